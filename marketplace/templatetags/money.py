"""Money in templates."""

from decimal import Decimal

from django import template
from django.utils.translation import pgettext

from marketplace.money import format_dong

register = template.Library()


@register.filter
def dong(amount: Decimal | int | None) -> str:
    """Return `150.000 ₫` for an amount of đồng; nothing for none."""
    return "" if amount is None else format_dong(amount)


@register.filter
def charge(amount: Decimal | int | None) -> str:
    """Return what carrying costs: `18.000 ₫`, or that it is free."""
    return pgettext("delivery", "free") if amount == 0 else dong(amount)
