"""Putting an order aside before anybody confirms it."""

import logging
from datetime import timedelta

from django.utils import timezone

from checkout.order.models import Order
from checkout.order.notices import tell_held
from checkout.safety.models import OrderHold
from checkout.safety.signals import Struck, signals_of

logger = logging.getLogger(__name__)


def order_hold_if_unusual(order: Order) -> bool:
    """Put `order` aside where a signal strikes, and return whether it is. The buyer and those who look are told.

    Call it with the order locked, or just made, in the transaction that would confirm it. An order that was let go isn't held again.
    """
    if order.held_at is not None:
        return True
    struck = signals_of(order)
    if not struck or OrderHold.objects.filter(order=order).exists():
        return False
    _hold(order, struck)
    return True


def _hold(order: Order, struck: list[Struck]) -> None:
    now = timezone.now()
    hold = OrderHold.objects.create(
        order=order,
        signals=[{"signal": one.rule.signal, "found": one.found} for one in struck],
        held_at=now,
        until=now + timedelta(hours=min(one.rule.hours for one in struck)),
    )
    order.held_at = now
    order.hold_reason = ", ".join(one.rule.signal for one in struck)[:255]
    order.save(update_fields=["held_at", "hold_reason"])
    tell_held(order, until=hold.until)
    logger.info("order %s is put aside: %s", order.number, order.hold_reason)
