"""Sending money back: a whole payment or a whole consignment, once, never more than came in."""

import logging

from django.db import transaction
from django.db.models import F, Sum
from django.utils import timezone

from checkout.order.links import order_url
from checkout.order.models import Consignment, Order, PaymentState
from checkout.payment.errors import GatewayRefused, RefundNotPossible
from checkout.payment.gateways import gateway_for
from checkout.payment.models import Payment, Refund
from checkout.payment.order_money import order_money_update
from marketplace.duties import claim_due, next_try, nudge_on_commit
from marketplace.notices.services import notice_queue

logger = logging.getLogger(__name__)


def refund_request(
    *, payment: Payment, consignment: Consignment | None = None, reason: str, key: str
) -> Refund:
    """Decide to send money back and return the refund, which a worker then sends.

    Without `consignment`: whatever of the payment hasn't been sent back. With it: its goods and its delivery. The decision
    belongs to the caller's transaction; `key` makes it one of a kind: asking again returns the same refund.

    Raises RefundNotPossible where the payment holds no such sum (not paid, sent back, of another order).
    """
    with transaction.atomic():
        order = Order.objects.select_for_update(of=("self",)).get(pk=payment.order_id)
        known = Refund.objects.filter(idempotency_key=key).first()
        if known:
            return known
        payment = Payment.objects.select_for_update(of=("self",)).get(pk=payment.pk)
        amount = (
            _consignment_amount(payment, consignment)
            if consignment
            else payment.amount - payment.refunded_amount
        )
        _payment_take(payment, amount)
        if consignment:
            _consignment_take(consignment, amount)
        elif order.payment_state in (PaymentState.PAID, PaymentState.PARTLY_REFUNDED):
            _consignments_follow(order)
        refund = Refund.objects.create(
            payment=payment, consignment=consignment, amount=amount, reason=reason[:255], idempotency_key=key
        )
        order_money_update(order_id=order.pk)
        nudge_on_commit(refunds_send_due)
    return refund


def refund_retry(*, refund: Refund) -> None:
    """Try a failed refund again, after a person has looked into it. The provider sends it once all the same."""
    retried = Refund.objects.filter(pk=refund.pk, state=Refund.State.FAILED, reference="").update(
        state=Refund.State.PENDING, attempts=0, next_try_at=timezone.now()
    )
    if retried:
        nudge_on_commit(refunds_send_due)


def refunds_send_due() -> int:
    """Send every refund that is due and return how many went out. Safe on any number of workers."""
    return sum(
        _refund_send(refund) for refund in claim_due(Refund.objects.select_related("payment__order__user"))
    )


def _payment_take(payment: Payment, amount: int) -> None:
    taken = amount > 0 and (
        Payment.objects.filter(
            pk=payment.pk, state=Payment.State.PAID, refunded_amount__lte=F("amount") - amount
        ).update(refunded_amount=F("refunded_amount") + amount)
    )
    if not taken:
        raise RefundNotPossible(f"payment {payment.pk} does not hold {amount} đồng")


def _consignment_amount(payment: Payment, consignment: Consignment) -> int:
    if consignment.order_id != payment.order_id:
        raise RefundNotPossible(f"consignment {consignment.pk} was not paid by payment {payment.pk}")
    return consignment.goods_total + consignment.delivery_charge


def _consignment_take(consignment: Consignment, amount: int) -> None:
    taken = Consignment.objects.filter(pk=consignment.pk, refunded_amount=0).update(refunded_amount=amount)
    if not taken:
        raise RefundNotPossible(f"consignment {consignment.pk} has been refunded")


def _consignments_follow(order: Order) -> None:
    """Where nothing is kept of a paid order, each of its consignments is refunded in full.

    Money that came twice is another matter: what the order needs is still here.
    """
    kept = order.payments.filter(state=Payment.State.PAID).aggregate(
        kept=Sum(F("amount") - F("refunded_amount"), default=0)
    )["kept"]
    if kept == 0:
        order.consignments.update(refunded_amount=F("goods_total") + F("delivery_charge"))


def _refund_send(refund: Refund) -> bool:
    payment = refund.payment
    try:
        reference = gateway_for(payment.gateway).refund(
            payment=payment, amount=refund.amount, idempotency_key=refund.idempotency_key
        )
    except Exception as error:  # a provider's library raises what it likes; the row keeps it
        _refund_delay(refund, error)
        return False
    with transaction.atomic():
        done = Refund.objects.filter(pk=refund.pk, state=Refund.State.PENDING).update(
            state=Refund.State.DONE, reference=reference, error=""
        )
        if done:
            _tell_refund_sent(refund)
    return True


def _tell_refund_sent(refund: Refund) -> None:
    order = refund.payment.order
    notice_queue(
        key=f"refund-sent:{refund.pk}",
        template="refund_sent",
        language=order.language,
        context={
            "order_number": order.number,
            "order_url": order_url(order),
            "amount": refund.amount,
        },
        email=order.email,
        phone=order.phone,
    )


def _refund_delay(refund: Refund, error: Exception) -> None:
    """Put the refund off, or leave it to a person. The money stays set aside: it is owed."""
    moment = None if isinstance(error, GatewayRefused) else next_try(refund.attempts)
    Refund.objects.filter(pk=refund.pk, state=Refund.State.PENDING).update(
        state=Refund.State.PENDING if moment else Refund.State.FAILED,
        next_try_at=moment or timezone.now(),
        error=f"{type(error).__name__}: {error}"[:255],
    )
    log = logger.warning if moment else logger.error
    log("refund %s not sent at attempt %s: %s", refund.pk, refund.attempts, type(error).__name__)
