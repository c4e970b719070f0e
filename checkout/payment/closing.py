"""Closing payments under way whose order needs them no longer, so that a provider's page doesn't take money for nothing."""

import logging

from django.utils import timezone

from checkout.order.models import Order
from checkout.payment.gateways import gateway_for
from checkout.payment.models import Payment, PaymentClosing
from marketplace.duties import claim_due, next_try, nudge_on_commit

logger = logging.getLogger(__name__)


def payments_close(order: Order) -> None:
    """End what is under way to pay an order: here at once, at the providers by a worker.

    Call it with the order locked, in the transaction of what makes further money needless. Money that comes all the same is late money.
    """
    started = list(order.payments.select_for_update().filter(state=Payment.State.STARTED).order_by("pk"))
    if not started:
        return
    Payment.objects.filter(pk__in=[payment.pk for payment in started]).update(state=Payment.State.CANCELLED)
    PaymentClosing.objects.bulk_create(
        [PaymentClosing(payment=payment) for payment in started], ignore_conflicts=True
    )
    nudge_on_commit(payments_close_due)


def payment_close_again(payment: Payment) -> None:
    """Have a payment closed whose order ended while the provider was still being told of it: only now is there something to close."""
    PaymentClosing.objects.filter(payment=payment).update(
        state=PaymentClosing.State.PENDING, attempts=0, next_try_at=timezone.now()
    )


def payments_close_due() -> int:
    """Have the providers close what was ended here; return how many did. Safe on any number of workers."""
    return sum(
        _close(closing) for closing in claim_due(PaymentClosing.objects.select_related("payment__order"))
    )


def _close(closing: PaymentClosing) -> bool:
    pending = PaymentClosing.objects.filter(pk=closing.pk, state=PaymentClosing.State.PENDING)
    try:
        gateway_for(closing.payment.gateway).close(closing.payment)
    except Exception as error:  # a provider's library raises what it likes; the row keeps it
        moment = next_try(closing.attempts)
        pending.update(
            state=PaymentClosing.State.PENDING if moment else PaymentClosing.State.FAILED,
            next_try_at=moment or timezone.now(),
            error=f"{type(error).__name__}: {error}"[:255],
        )
        logger.warning("payment %s not closed: %s", closing.payment_id, type(error).__name__)
        return False
    return bool(pending.update(state=PaymentClosing.State.DONE, error=""))
