"""What happens to one consignment: accepted, packed, shipped, delivered, cancelled, returned.

Each change is allowed by the table in `consignments.py`, recorded with actor and time, and followed by the order's fulfilment state. Locks
as everywhere in this room: order, consignment, stock, offers.
"""

import logging
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from checkout.errors import ChangeNotAllowed
from checkout.offer.uses import offers_give_back
from checkout.order.consignments import OUTSTANDING, fulfilment_state, may_become
from checkout.order.models import Consignment, ConsignmentEvent, Line, Order, PaymentState
from checkout.order.notices import (
    tell_consignment_cancelled,
    tell_consignment_returned,
    tell_delivered,
    tell_producer_cancelled,
    tell_ready_for_pickup,
    tell_shipped,
)
from checkout.payment.cash import cash_receive, payment_of
from checkout.payment.errors import RefundNotPossible
from checkout.payment.order_money import order_money_update
from checkout.payment.refunds import CANCELLED, RETURNED, refund_request
from checkout.reservations.services import stock_consume, stock_put_back_up_to, stock_release
from checkout.settlement.bookings import book_delivered, book_returned
from checkout.shipping.carriers.services import shipments_take_back
from marketplace.audit.services import audit_record

logger = logging.getLogger(__name__)
State = Consignment.State


@transaction.atomic
def consignment_accept(
    *, consignment_id: int, actor: Any = None, actor_kind: str = "producer"
) -> Consignment:
    """Take the order on. Raises ChangeNotAllowed."""
    consignment = _consignment_locked(consignment_id)
    return _move(consignment, State.ACCEPTED, actor, actor_kind)


@transaction.atomic
def consignment_pack(*, consignment_id: int, actor: Any = None, actor_kind: str = "producer") -> Consignment:
    """Note that the goods are packed; a buyer who fetches them is told. Raises ChangeNotAllowed."""
    consignment = _move(_consignment_locked(consignment_id), State.PACKED, actor, actor_kind)
    if consignment.method == Consignment.Method.PICKUP:
        tell_ready_for_pickup(consignment)
    return consignment


@transaction.atomic
def consignment_ship(
    *,
    consignment_id: int,
    carrier: str = "",
    tracking_number: str = "",
    actor: Any = None,
    actor_kind: str = "producer",
) -> Consignment:
    """Hand the parcel to a carrier: the goods leave the stock. Raises ChangeNotAllowed."""
    consignment = _consignment_locked(consignment_id)
    consignment.carrier, consignment.tracking_number = carrier.strip()[:80], tracking_number.strip()[:80]
    note = " ".join(part for part in (consignment.carrier, consignment.tracking_number) if part)
    _move(consignment, State.SHIPPED, actor, actor_kind, note)
    stock_consume(_lines(consignment))
    tell_shipped(consignment)
    return consignment


@transaction.atomic
def consignment_deliver(
    *, consignment_id: int, actor: Any = None, actor_kind: str = "producer", at: datetime | None = None
) -> Consignment:
    """Note that the buyer has the goods (`at`, now unless said), and the cash where it was due. Raises ChangeNotAllowed."""
    consignment = _consignment_locked(consignment_id)
    order = consignment.order
    if order.payment_state == PaymentState.DUE_ON_DELIVERY:
        consignment.collected_by = (
            Consignment.Hand.PRODUCER
            if consignment.method == Consignment.Method.PICKUP
            else consignment.carried_by
        )
        cash_receive(consignment=consignment)
    consignment.delivered_at = at or timezone.now()
    _move(consignment, State.DELIVERED, actor, actor_kind)
    book_delivered(consignment)
    if consignment.method == Consignment.Method.PICKUP:
        stock_consume(_lines(consignment))
    tell_delivered(consignment)
    return consignment


@transaction.atomic
def consignment_cancel(
    *, consignment_id: int, actor: Any = None, actor_kind: str = "producer", reason: str = ""
) -> Consignment:
    """Cancel one consignment before it ships: its stock comes back, its money goes back, the buyer is told. Raises ChangeNotAllowed.

    Its producer is told too where somebody else cancels it, so that it isn't sent all the same.
    """
    consignment = _consignment_locked(consignment_id)
    order = consignment.order
    consignments_cancel(order, [consignment], actor=actor, actor_kind=actor_kind, note=reason)
    tell_consignment_cancelled(
        consignment,
        reason,
        amount=_refund(consignment, reason or CANCELLED),
        by_producer=actor_kind == "producer",
    )
    if actor_kind != "producer":
        tell_producer_cancelled(consignment, reason)
    return consignment


@transaction.atomic
def consignment_return(
    *,
    consignment_id: int,
    actor: Any = None,
    actor_kind: str = "producer",
    reason: str = "",
    cause: str = Consignment.ReturnCause.OTHER,
) -> Consignment:
    """Note that the goods came back; what was paid goes back to the buyer, who is told, and so is the producer. Raises ChangeNotAllowed.

    `cause` says why; a parcel that was handed over can't have been refused. The stock stays as it is: somebody has to look at the goods
    before they are sold again (`returned_goods_take`).
    """
    consignment = _consignment_locked(consignment_id)
    never_handed_over = consignment.state == State.SHIPPED
    consignment.return_cause = cause if never_handed_over else Consignment.ReturnCause.OTHER
    _move(consignment, State.RETURNED, actor, actor_kind, reason)
    amount = _refund(consignment, reason or RETURNED)
    book_returned(consignment)
    tell_consignment_returned(
        consignment,
        reason,
        amount=amount,
        is_unpaid=never_handed_over and consignment.order.settled_by is None,
    )
    return consignment


@transaction.atomic
def returned_goods_take(
    *, consignment_id: int, good_packs: Mapping[int, int], actor: Any = None, actor_kind: str = "producer"
) -> int:
    """Put packs of a returned consignment that are as good as before back on the shelf; return how many were put there now.

    `good_packs` says of each line (its id) how many in all; what was put back before isn't put back again. Raises ChangeNotAllowed.
    """
    consignment = _consignment_locked(consignment_id)
    if consignment.state != State.RETURNED:
        raise ChangeNotAllowed(_("These goods have not come back."))
    taken = stock_put_back_up_to(
        {line.pk: good_packs[line.pk] for line in _lines(consignment) if line.pk in good_packs}
    )
    if taken:
        audit_record(action="goods.put_back", subject=consignment, changes={"packs": taken}, actor=actor)
    logger.info("consignment %s: %d packs back on the shelf by %s", consignment.number, taken, actor_kind)
    return taken


def consignments_cancel(
    order: Order, consignments: Iterable[Consignment], *, actor: Any, actor_kind: str, note: str
) -> None:
    """Cancel consignments of a locked order, give their stock back and take them back from carriers. Raises ChangeNotAllowed."""
    cancelled = list(consignments)
    for consignment in cancelled:
        _record(consignment, State.CANCELLED, actor, actor_kind, note)
    stock_release(Line.objects.filter(consignment__in=cancelled))
    shipments_take_back(cancelled)
    _order_follow(order)


def _consignment_locked(consignment_id: int) -> Consignment:
    """Return a consignment that producers see, its order and itself locked, in this order."""
    order_id = Consignment.objects.values_list("order", flat=True).get(pk=consignment_id)
    order = Order.objects.select_for_update(of=("self",)).get(pk=order_id)
    consignment: Consignment = (
        Consignment.objects.select_for_update(of=("self",))
        .select_related("producer__commune__province", "pickup_point__commune__province")
        .get(pk=consignment_id)
    )
    if order.confirmed_at is None:
        raise ChangeNotAllowed(_("This order is not confirmed yet."))
    consignment.order = order
    return consignment


def _move(consignment: Consignment, state: str, actor: Any, actor_kind: str, note: str = "") -> Consignment:
    _record(consignment, state, actor, actor_kind, note)
    _order_follow(consignment.order)
    return consignment


def _record(consignment: Consignment, state: str, actor: Any, actor_kind: str, note: str) -> None:
    """Change the state and write down who did it."""
    if not may_become(consignment, state):
        raise ChangeNotAllowed(
            _("Consignment %(number)s is %(state)s: this step is not possible now.")
            % {"number": consignment.number, "state": consignment.get_state_display().lower()}
        )
    before, consignment.state = consignment.state, state
    consignment.save(
        update_fields=[
            "state", "carrier", "tracking_number", "carried_by", "collected_by", "delivered_at", "return_cause",
        ]
    )  # fmt: skip
    ConsignmentEvent.objects.create(
        consignment=consignment,
        from_state=before,
        to_state=state,
        actor=actor,
        actor_kind=actor_kind,
        note=note[:255],
    )
    logger.info("consignment %s: %s to %s by %s", consignment.number, before, state, actor_kind)


def _order_follow(order: Order) -> None:
    """Let the order's states follow from its consignments: cash is all in once nothing that it was due for is still to come."""
    states = list(order.consignments.values_list("state", flat=True))
    order.fulfilment_state = fulfilment_state(states)
    if all(state == State.CANCELLED for state in states):
        order.cancelled_at = order.cancelled_at or timezone.now()
        offers_give_back(order)
    is_due = order.payment_state == PaymentState.DUE_ON_DELIVERY
    is_handed_over = order.payments.filter(consignment__isnull=False).exists()
    if is_due and is_handed_over and not any(state in OUTSTANDING for state in states):
        order.payment_state = PaymentState.PAID
    order.save(update_fields=["fulfilment_state", "cancelled_at", "payment_state"])
    if is_due:
        order_money_update(order_id=order.pk)
        order.refresh_from_db(fields=["paid_amount", "refunded_amount", "payment_state"])


def _refund(consignment: Consignment, reason: str) -> int:
    """Send back what is left of what was paid for a consignment; return how much that is in đồng."""
    payment = payment_of(consignment)
    if payment is None or not consignment.total or _is_all_back(consignment):
        return 0
    try:
        refund = refund_request(
            payment=payment, consignment=consignment, reason=reason, key=f"consignment:{consignment.pk}"
        )
    except RefundNotPossible:
        # The buyer's bank holds the money in a dispute: it decides, and a second time nothing goes back.
        logger.warning("consignment %s: its money is in a dispute", consignment.number)
        return 0
    return refund.amount


def _is_all_back(consignment: Consignment) -> bool:
    packs_left = consignment.lines.filter(refunded_quantity__lt=F("quantity"))
    return consignment.refunded_delivery >= consignment.delivery_charge and not packs_left.exists()


def _lines(consignment: Consignment) -> Iterable[Line]:
    lines: Iterable[Line] = consignment.lines.all()
    return lines
