"""Phone numbers in templates, as people write them."""

from django import template

from marketplace.address.phones import format_phone

register = template.Library()


@register.filter
def phone(number: str | None) -> str:
    """Return `0912 345 678` for `+84912345678`, on one line; nothing for none."""
    return format_phone(number).replace(" ", "\N{NO-BREAK SPACE}") if number else ""
