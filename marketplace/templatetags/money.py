"""Money in templates."""

from decimal import Decimal

from django import template

from marketplace.money import format_dong

register = template.Library()


@register.filter
def dong(amount: Decimal | int | None) -> str:
    """Return `150.000 ₫` for an amount of đồng; nothing for none."""
    return "" if amount is None else format_dong(amount)
