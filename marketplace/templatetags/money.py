"""Money in templates."""

from decimal import Decimal
from typing import Any

from django import template
from django.utils.translation import gettext as _
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


@register.filter
def quoted_charge(quote: Any) -> str:
    """Return what a delivery quote costs: `18.000 ₫`, `from 18.000 ₫` where it may be more, or that it is free."""
    words = charge(quote.charge)
    return _("from %(charge)s") % {"charge": words} if quote.is_least and quote.charge else words
