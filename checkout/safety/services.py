"""Ending a hold: a person lets the order go on, or its time runs out. Cancelling is `checkout.services.order_cancel`."""

import logging
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from checkout.errors import ChangeNotAllowed
from checkout.order.confirmation import order_confirmed
from checkout.order.models import Order
from checkout.safety.models import HoldRule, OrderHold
from marketplace.accounts.models import User
from marketplace.audit.services import audit_record

logger = logging.getLogger(__name__)


@transaction.atomic
def order_release(*, order_id: int, by: User | None, note: str = "") -> Order:
    """Let an order go on that was put aside: it is confirmed as if nothing had been. Letting go twice changes nothing.

    Raises ChangeNotAllowed where it was cancelled meanwhile, or never held.
    """
    order: Order = Order.objects.select_for_update(of=("self",)).get(pk=order_id)
    if order.cancelled_at is not None:
        raise ChangeNotAllowed(_("This order was cancelled meanwhile."))
    hold = OrderHold.objects.filter(order=order).first()
    if hold is None:
        raise ChangeNotAllowed(_("This order was never put aside."))
    if hold.ended_at is not None:
        return order
    _end(order, hold, OrderHold.Outcome.RELEASED, by=by)
    audit_record(
        action="order.released", subject=order, changes={"signals": hold.signals}, reason=note, actor=by
    )
    return order


def holds_end_due() -> int:
    """Let the orders go on whose time to be looked at has run out, and return how many: a signal alone refuses nobody.

    Safe on any number of workers: each order is one transaction, and one that somebody has in hand is passed over.
    """
    due = OrderHold.objects.filter(
        ended_at=None, until__lte=timezone.now(), order__cancelled_at=None, order__held_at__isnull=False
    ).order_by("until")
    return sum(_lapse(pk) for pk in due.values_list("order", flat=True)[:200])


@transaction.atomic
def _lapse(order_id: int) -> bool:
    orders = Order.objects.select_for_update(of=("self",), skip_locked=True)
    order: Order | None = orders.filter(pk=order_id, cancelled_at=None, held_at__isnull=False).first()
    hold = OrderHold.objects.filter(order=order, ended_at=None).first() if order else None
    if order is None or hold is None:
        return False
    _end(order, hold, OrderHold.Outcome.LAPSED, by=None)
    audit_record(action="order.lapsed", subject=order, changes={"signals": hold.signals})
    logger.warning("order %s goes on: nobody looked at it in time", order.number)
    return True


@transaction.atomic
def hold_rule_write(*, values: Mapping[str, Any], by: User | None) -> HoldRule:
    """Write a rule that holds from its day on, in place of one that would begin the same day."""
    known = {"signal": values["signal"], "valid_from": values["valid_from"]}
    rest = {name: value for name, value in values.items() if name not in known}
    rule, _is_new = HoldRule.objects.update_or_create(**known, defaults={**rest, "written_by": by})
    audit_record(action="hold_rule.changed", subject=rule, words=str(rule), changes=dict(values), actor=by)
    return rule


def _end(order: Order, hold: OrderHold, outcome: OrderHold.Outcome, *, by: User | None) -> None:
    hold.ended_at, hold.ended_by, hold.outcome = timezone.now(), by, outcome
    hold.save(update_fields=["ended_at", "ended_by", "outcome"])
    order.held_at = None
    order.save(update_fields=["held_at"])
    order_confirmed(order, order.consignments.all())
