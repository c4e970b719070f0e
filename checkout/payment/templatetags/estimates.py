"""About how many dollars a sum is: on pages in English."""

from decimal import Decimal

from django import template
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from checkout.payment.estimates import dollars_about

register = template.Library()


@register.filter
def dollar_estimate(amount: Decimal | int | None) -> str:
    """Return `about US$6.60` for an amount of đồng on a page in English; nothing in Vietnamese, or where no rate is known."""
    if not amount or (get_language() or "vi") != "en":
        return ""
    dollars = dollars_about(int(amount))
    return "" if dollars is None else _("about US$%(dollars)s") % {"dollars": f"{dollars:,}"}
