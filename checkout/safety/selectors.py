"""Orders that were put aside, in words."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from checkout.order.models import Order
from checkout.safety.models import OrderHold, Signal
from marketplace.money import format_dong

_SUMS = (Signal.LARGE_CASH, Signal.LARGE_SUM)


@dataclass(frozen=True, slots=True)
class Reason:
    """A signal that struck: its words, and what was found."""

    label: str | Promise
    found: str


@dataclass(frozen=True, slots=True)
class HoldInWords:
    """Why an order is put aside, and how long somebody may still look."""

    reasons: list[Reason]
    left: str
    until: datetime


def hold_in_words(order: Order) -> HoldInWords | None:
    """Return it for an order that is put aside now, else None."""
    if order.held_at is None or order.cancelled_at is not None:
        return None
    hold = OrderHold.objects.get(order=order)
    return HoldInWords(reasons_of(hold), time_left(hold.until), hold.until)


def held_orders(orders: QuerySet[Order]) -> QuerySet[Order]:
    """Return those of `orders` that wait for a look, the most urgent first."""
    waiting = orders.filter(held_at__isnull=False, cancelled_at=None, hold__ended_at=None)
    return waiting.select_related("hold").order_by("hold__until", "pk")


def reasons_of(hold: OrderHold) -> list[Reason]:
    """Return why an order was put aside."""
    return [_reason(one["signal"], one["found"]) for one in hold.signals]


def time_left(until: datetime) -> str:
    """Return how long a person has still to look, in words."""
    minutes = max(0, int((until - timezone.now()).total_seconds() // 60))
    if minutes >= 60:
        return _("%(hours)d h %(minutes)d min left") % {"hours": minutes // 60, "minutes": minutes % 60}
    return ngettext("%(minutes)d minute left", "%(minutes)d minutes left", minutes) % {"minutes": minutes}


def _reason(code: str, found: int) -> Reason:
    if code not in Signal.values:
        return Reason(code, str(found))
    signal = Signal(code)
    return Reason(signal.label, format_dong(found) if signal in _SUMS else str(found))
