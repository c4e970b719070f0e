"""Refunds that somebody made at the provider and not here: noted once, so that our sums stay true and nothing is sent twice."""

import logging
from collections.abc import Iterable

from django.db.models import Q
from django.utils import timezone

from checkout.payment.gateways.base import ProviderRefund
from checkout.payment.models import Payment, Refund
from checkout.payment.notices import tell_refund_sent
from checkout.payment.refunds import refund_made_outside
from checkout.settlement.bookings import book_refund_sent

logger = logging.getLogger(__name__)


def is_known(payment: Payment, *, reference: str, key: str) -> bool:
    """Return whether a refund of the provider's is one of ours: by its name, or by our key while its name is on its way to us.

    One that was given up isn't on its way: that the provider made it after all is news, or somebody would send the money again.
    """
    on_its_way = Q(idempotency_key=key, reference="", state=Refund.State.PENDING) if key else Q(pk__in=[])
    return payment.refunds.filter(Q(reference=reference) | on_its_way).exists()


def refund_note(payment: Payment, refunds: Iterable[ProviderRefund]) -> str:
    """Take note of those of `refunds` that we don't know and return what came of it. Order and payment are locked by the caller.

    One of the sum of a refund that had failed is that refund, made by hand or after we gave it up. Raises RefundNotPossible where the payment holds no such sum.
    """
    unknown = [
        made
        for made in refunds
        if not made.has_failed and not is_known(payment, reference=made.reference, key=made.key)
    ]
    for made in unknown:
        _note(payment, made)
    return "refunded at the provider" if unknown else "already known"


def _note(payment: Payment, made: ProviderRefund) -> None:
    given_up = payment.refunds.filter(state=Refund.State.FAILED, amount=made.amount).order_by("pk")
    failed = given_up.filter(idempotency_key=made.key).first() or given_up.first()
    if failed is not None:
        failed.state, failed.reference, failed.error = Refund.State.DONE, made.reference, ""
        failed.sent_at = timezone.now()
        failed.save(update_fields=["state", "reference", "error", "sent_at"])
        refund = failed
        book_refund_sent(refund)
    else:
        refund = refund_made_outside(
            payment=payment,
            reference=made.reference,
            amount=made.amount,
            key=f"{payment.gateway}:{made.reference}"[:80],
        )
    logger.warning("refund %s was made at the provider (%s)", refund.pk, made.reference)
    tell_refund_sent(refund)
