"""Money in templates."""

from decimal import Decimal
from typing import Any

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from marketplace.money import NO_BREAK_SPACE, format_dong
from marketplace.numbers import percent_words

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
def debit(amount: int) -> str:
    """Return the amount of a posting on the debit side; nothing where it stands on the other."""
    return format_dong(amount) if amount > 0 else ""


@register.filter
def credit(amount: int) -> str:
    """Return the amount of a posting on the credit side; nothing where it stands on the other."""
    return format_dong(-amount) if amount < 0 else ""


@register.filter
def percent(hundredths: int) -> str:
    """Return hundredths of a per cent with their sign: `0,5 %`."""
    return f"{percent_words(hundredths)}{NO_BREAK_SPACE}%"


@register.filter
def quoted_charge(quote: Any) -> str:
    """Return what a delivery quote costs: `18.000 ₫`, `from 18.000 ₫` where it may be more, or that it is free."""
    words = charge(quote.charge)
    return _("from %(charge)s") % {"charge": words} if quote.is_least and quote.charge else words
