"""The moment from which producers see an order."""

from collections.abc import Iterable

from django.db.models import prefetch_related_objects
from django.utils import timezone

from checkout.order.dates import dates_follow
from checkout.order.models import Consignment, Line, Order
from checkout.order.notices import tell_confirmed
from checkout.safety.holding import order_hold_if_unusual
from marketplace.clock import day_of


def order_confirmed(
    order: Order, consignments: Iterable[Consignment], lines: Iterable[Line] | None = None
) -> None:
    """Note that a paid order, or one due on delivery, stands; tell the buyer and every producer. Confirming again changes nothing.

    An order about which something is unusual is put aside instead (`checkout.safety`), until a person lets it go.
    `lines` are the order's, where they are at hand. Call it with the order locked, or just made, inside the transaction of what confirms it.
    """
    if order.confirmed_at is not None or order_hold_if_unusual(order):
        return
    order.confirmed_at = timezone.now()
    Order.objects.filter(pk=order.pk).update(confirmed_at=order.confirmed_at)
    shipped = list(consignments)
    if day_of(order.confirmed_at) > day_of(order.date_placed):
        dates_follow(shipped, on=day_of(order.confirmed_at))
    prefetch_related_objects(shipped, "producer__memberships__user")
    tell_confirmed(order, shipped, order.lines.order_by("pk") if lines is None else lines)
