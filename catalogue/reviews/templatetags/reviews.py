"""Reviews in templates."""

from django import template

from catalogue.reviews.ratings import Rating

register = template.Library()


@register.filter
def marks_of(stars: int) -> tuple[bool, ...]:
    """Return five marks of which `stars` are filled."""
    return Rating(mean=stars, count=1).marks
