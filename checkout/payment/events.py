"""What a provider's event means for a payment and its order: the same for every provider, in any order, any number of times."""

import logging

from django.utils import timezone

from checkout.order.models import Order
from checkout.payment.gateways.base import EventMeaning
from checkout.payment.models import Payment, Refund, WebhookEvent
from checkout.payment.order_money import order_money_update
from checkout.services import order_mark_paid
from checkout.settlement.bookings import book_payment_received, book_refund_failed

logger = logging.getLogger(__name__)

_ENDINGS = {
    EventMeaning.FAILED: Payment.State.FAILED,
    EventMeaning.CANCELLED: Payment.State.CANCELLED,
    EventMeaning.EXPIRED: Payment.State.EXPIRED,
}


class EventDisagrees(Exception):
    """The provider took another sum than ours: a person has to look."""


def event_apply(event: WebhookEvent) -> str:
    """Apply a stored event in the caller's transaction and return in a few words what came of it.

    Paid wins over every other state, whichever was heard of first; nothing takes a payment back from paid. Raises EventDisagrees.
    """
    meaning = EventMeaning(event.payload["meaning"])
    if meaning == EventMeaning.NOTHING:
        return "of no consequence"
    if meaning == EventMeaning.REFUND_FAILED:
        return _refund_failed(event)
    payment = _payment_of(event)
    if payment is None:
        return "not a payment of this shop"
    if meaning == EventMeaning.PAID:
        return _paid(payment, event)
    ended = Payment.objects.filter(pk=payment.pk, state=Payment.State.STARTED).update(state=_ENDINGS[meaning])
    return str(meaning) if ended else f"already {payment.state}"


def _payment_of(event: WebhookEvent) -> Payment | None:
    """Return the payment that the event speaks of, its order locked.

    A webhook can be faster than our own note of the provider's reference, so the payment is found by our id, too;
    the order's number then has to agree (accounts at a provider are shared between installations).
    """
    payload = event.payload
    payments = Payment.objects.filter(gateway=event.gateway)
    payment = payments.filter(reference=payload["reference"]).first() if payload["reference"] else None
    if payment is None and payload["payment_id"]:
        payment = payments.filter(
            pk=payload["payment_id"], order__number=payload["order_number"], reference__isnull=True
        ).first()
    if payment is None:
        return None
    Order.objects.select_for_update(of=("self",)).get(pk=payment.order_id)
    return Payment.objects.select_for_update(of=("self",)).get(pk=payment.pk)


def _paid(payment: Payment, event: WebhookEvent) -> str:
    if event.payload["amount"] != payment.amount:
        logger.error("payment %s: another sum than ours came in (event %s)", payment.pk, event.pk)
        raise EventDisagrees(f"{event.payload['amount']} đồng came in, {payment.amount} were asked for")
    newly_paid = (
        Payment.objects.filter(pk=payment.pk)
        .exclude(state=Payment.State.PAID)
        .update(
            state=Payment.State.PAID,
            paid_at=timezone.now(),
            capture_reference=event.payload["capture_reference"],
        )
    )
    if not newly_paid:
        return "already paid"
    payment.refresh_from_db()
    book_payment_received(payment)
    # The order decides what the money is for: itself, or, where it has ended or is paid, a refund.
    order_mark_paid(order_id=payment.order_id, payment_id=payment.pk, amount=payment.amount)
    order_money_update(order_id=payment.order_id)
    return "paid"


def _refund_failed(event: WebhookEvent) -> str:
    refund = (
        Refund.objects.select_for_update(of=("self",))
        .select_related("payment__consignment", "consignment")
        .filter(
            payment__gateway=event.gateway,
            reference=event.payload["refund_reference"],
            state=Refund.State.DONE,
        )
        .first()
    )
    if refund is None:
        return "not a refund of this shop"
    refund.state, refund.error = Refund.State.FAILED, "refused by the buyer's bank"
    refund.save(update_fields=["state", "error"])
    book_refund_failed(refund)
    logger.error("a refund came back (event %s)", event.pk)
    return "refund failed"
