"""What a provider's event means for a payment and its order: the same for every provider, in any order, any number of times."""

import logging
from collections.abc import Sequence

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_noop

from checkout.order.models import Order
from checkout.payment.disputes import dispute_note
from checkout.payment.gateways import gateway_for
from checkout.payment.gateways.base import EventMeaning, GatewayEvent, ProviderRefund
from checkout.payment.models import Payment, Refund, WebhookEvent
from checkout.payment.order_money import order_money_update
from checkout.payment.outside_refunds import is_known, refund_note
from checkout.services import order_mark_paid
from checkout.settlement.bookings import book_payment_received, book_refund_failed

logger = logging.getLogger(__name__)

_ENDINGS = {
    EventMeaning.FAILED: Payment.State.FAILED,
    EventMeaning.CANCELLED: Payment.State.CANCELLED,
    EventMeaning.EXPIRED: Payment.State.EXPIRED,
}
#: Kept as written here, shown in the reader's language.
REFUSED_BY_THE_BANK = gettext_noop("refused by the buyer's bank")
NOT_OF_THIS_SHOP = "not a payment of this shop"


class EventDisagrees(Exception):
    """The provider took another sum than ours: a person has to look."""


def event_look_up(event: WebhookEvent) -> list[ProviderRefund]:
    """Ask the provider which refunds there are, and how they stand, where it speaks of one that we don't know.

    A network call: call it outside a transaction. Raises GatewayUnavailable or GatewayRefused.
    """
    said = _read(event)
    if said.meaning not in (EventMeaning.REFUNDED, EventMeaning.REFUNDS_CHANGED):
        return []
    payment = _payment_of(event.gateway, said)
    if payment is None or _knows_of(payment, said):
        return []
    return gateway_for(event.gateway).refunds_of(payment)


def event_apply(event: WebhookEvent, *, refunds: Sequence[ProviderRefund] = ()) -> str:
    """Apply a stored event in the caller's transaction and return in a few words what came of it; sets the event's order.

    Paid wins over every other state, whichever was heard of first; nothing takes a payment back from paid. `refunds` is what `event_look_up`
    returned. Raises EventDisagrees, RefundNotPossible.
    """
    said = _read(event)
    match said.meaning:
        case EventMeaning.NOTHING:
            return "of no consequence"
        case EventMeaning.NOT_OURS:
            return "of another account"
    payment = _locked(_payment_of(event.gateway, said))
    if payment is None:
        logger.warning("event %s (%s) is about %s", event.pk, event.kind, NOT_OF_THIS_SHOP)
        return NOT_OF_THIS_SHOP
    event.order_id = payment.order_id
    match said.meaning:
        case EventMeaning.PAID:
            return _paid(payment, said)
        case EventMeaning.REFUND_FAILED:
            return _refund_failed(payment, said)
        case EventMeaning.REFUNDED | EventMeaning.REFUNDS_CHANGED:
            return refund_note(payment, refunds)
        case EventMeaning.DISPUTED:
            return dispute_note(payment, said)
    ended = Payment.objects.filter(pk=payment.pk, state=Payment.State.STARTED).update(
        state=_ENDINGS[said.meaning]
    )
    return str(said.meaning) if ended else f"already {payment.state}"


def _read(event: WebhookEvent) -> GatewayEvent:
    kept = {"event_id": event.event_id, "kind": event.kind, **event.payload}
    return GatewayEvent(**{**kept, "meaning": EventMeaning(kept["meaning"])})


def _captured(gateway: str, capture_reference: str) -> Payment | None:
    """Return the payment whose money the provider calls so."""
    if not capture_reference:
        return None
    return Payment.objects.filter(gateway=gateway, capture_reference=capture_reference).first()


def _payment_of(gateway: str, said: GatewayEvent) -> Payment | None:
    """Return the payment that an event speaks of.

    A webhook can be faster than our own note of the provider's reference, so the payment is found by our id, too; the order's
    number then has to agree (accounts at a provider are shared between installations).
    """
    if said.refund_reference:
        known = Refund.objects.filter(payment__gateway=gateway, reference=said.refund_reference)
        return Payment.objects.filter(refunds__in=known).first() or _captured(gateway, said.capture_reference)
    payments = Payment.objects.filter(gateway=gateway)
    if said.reference and (payment := payments.filter(reference=said.reference).first()):
        return payment
    if said.payment_id:
        ours = payments.filter(pk=said.payment_id, order__number=said.order_number).first()
        if ours is None or ours.reference is None:
            return ours
        return _lost_attempt(ours, said) if said.meaning == EventMeaning.PAID else None
    return _captured(gateway, said.capture_reference)


def _lost_attempt(payment: Payment, said: GatewayEvent) -> Payment:
    """Return a payment for money of an attempt whose name we never learnt, because the provider's answer to its start was lost."""
    found, _is_new = Payment.objects.get_or_create(
        gateway=payment.gateway,
        reference=said.reference,
        defaults={"order": payment.order, "amount": payment.amount, "state": Payment.State.EXPIRED},
    )
    return found


def _locked(payment: Payment | None) -> Payment | None:
    """Return the payment locked, its order before it."""
    if payment is None:
        return None
    Order.objects.select_for_update(of=("self",)).get(pk=payment.order_id)
    return Payment.objects.select_for_update(of=("self",)).get(pk=payment.pk)


def _paid(payment: Payment, said: GatewayEvent) -> str:
    if said.amount != payment.amount:
        logger.error("payment %s: another sum than ours came in (event %s)", payment.pk, said.event_id)
        raise EventDisagrees(f"{said.amount} đồng came in, {payment.amount} were asked for")
    newly_paid = (
        Payment.objects.filter(pk=payment.pk)
        .exclude(state=Payment.State.PAID)
        .update(
            state=Payment.State.PAID,
            paid_at=timezone.now(),
            capture_reference=said.capture_reference,
        )
    )
    if not newly_paid:
        return "already paid"
    _hear_again(payment.gateway, said.capture_reference)
    payment.refresh_from_db()
    book_payment_received(payment)
    # The order decides what the money is for: itself, or, where it has ended or is paid, a refund.
    order_mark_paid(order_id=payment.order_id, payment_id=payment.pk, amount=payment.amount)
    order_money_update(order_id=payment.order_id)
    return "paid"


def _hear_again(gateway: str, capture_reference: str) -> None:
    """Have what was said of this money before it came dealt with once more: a refund or a dispute can be told of first.

    Only of what is done with, so that nothing waits for another worker that holds its event and wants this order.
    """
    if capture_reference:
        WebhookEvent.objects.filter(
            gateway=gateway, about=capture_reference, order=None, state=WebhookEvent.State.PROCESSED
        ).update(state=WebhookEvent.State.PENDING, attempts=0, next_try_at=timezone.now())


def _knows_of(payment: Payment, said: GatewayEvent) -> bool:
    """Return whether we know what an event says of refunds: the refund itself, or that so much has gone back in all."""
    if said.meaning == EventMeaning.REFUNDED:
        return is_known(payment, reference=said.refund_reference, key=said.refund_key)
    # What went by our bank instead went not through the provider: its sum says nothing of that.
    sent = sum(
        payment.refunds.filter(state=Refund.State.DONE, by_transfer=False).values_list("amount", flat=True)
    )
    return (said.amount or 0) <= sent


def _refund_failed(payment: Payment, said: GatewayEvent) -> str:
    # It may be refused before the provider's answer, with its name, has reached us: then our key tells which it is.
    unnamed = Q(idempotency_key=said.refund_key, reference="", state=Refund.State.PENDING)
    named = Q(reference=said.refund_reference, state=Refund.State.DONE)
    refund = payment.refunds.filter(named | unnamed if said.refund_key else named).first()
    if refund is not None:
        refund.state, refund.error = Refund.State.FAILED, REFUSED_BY_THE_BANK
        refund.reference = said.refund_reference
        refund.save(update_fields=["state", "error", "reference"])
        book_refund_failed(refund)
        logger.error("a refund came back (event %s)", said.event_id)
        return "refund failed"
    known = is_known(payment, reference=said.refund_reference, key=said.refund_key)
    return "already known" if known else "not a refund of this shop"
