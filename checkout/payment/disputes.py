"""Disputes: the buyer's bank takes money back. The order is marked, finance is told, and what the bank holds can't be sent back by us."""

import logging
from datetime import datetime
from typing import Final

from django.db.models import Sum
from django.utils import timezone

from checkout.payment.errors import PaymentError
from checkout.payment.gateways.base import GatewayEvent
from checkout.payment.models import Dispute, Payment
from checkout.payment.notices import tell_dispute
from checkout.settlement.bookings import book_dispute_lost, book_dispute_won, book_disputed

logger = logging.getLogger(__name__)

State = Dispute.State

#: In the providers' words.
_STATES: Final[dict[str, str]] = {
    "warning_needs_response": State.INQUIRY,
    "warning_under_review": State.INQUIRY,
    "warning_closed": State.CLOSED,
    "needs_response": State.OPEN,
    "under_review": State.UNDER_REVIEW,
    "prevented": State.CLOSED,
    "won": State.WON,
    "lost": State.LOST,
}


class DisputeNotUnderstood(PaymentError):
    """A dispute of another currency, or in a state that we don't know: a person has to look."""


def dispute_note(payment: Payment, said: GatewayEvent) -> str:
    """Take note of how a dispute stands and return what came of it. Order and payment are locked by the caller.

    Heard of in any order: what has ended stays ended. Raises DisputeNotUnderstood.
    """
    state = _STATES.get(said.dispute_state)
    if state is None or said.amount is None:
        raise DisputeNotUnderstood(
            f"dispute {said.dispute_reference}: {said.dispute_state}, {said.amount} đồng"
        )
    dispute = payment.disputes.filter(reference=said.dispute_reference).first()
    before = dispute.state if dispute else ""
    if dispute and before in Dispute.ENDED:
        return f"already {before}"
    dispute = dispute or Dispute(payment=payment, reference=said.dispute_reference)
    dispute.state, dispute.amount, dispute.reason = state, said.amount, said.dispute_reason[:60]
    dispute.answer_by = datetime.fromisoformat(said.answer_by) if said.answer_by else None
    dispute.was_away = dispute.was_away or state in Dispute.MONEY_IS_AWAY
    dispute.ended_at = timezone.now() if state in Dispute.ENDED else None
    dispute.save()
    _hold_back(payment)
    _book(dispute)
    if state != before:
        logger.warning("dispute %s of payment %s: %s", dispute.reference, payment.pk, state)
        tell_dispute(dispute)
    return f"dispute {state}"


def _book(dispute: Dispute) -> None:
    """Book what the bank took, and what came of it. The marketplace bears what is lost; a producer where finance books it so."""
    payment, amount, key = dispute.payment, dispute.amount, dispute.reference
    if dispute.state in Dispute.MONEY_IS_AWAY:
        book_disputed(payment=payment, amount=amount, key=key)
    if dispute.state == State.LOST:
        book_dispute_lost(payment=payment, amount=amount, key=key)
    elif dispute.ended_at and dispute.was_away:
        book_dispute_won(payment=payment, amount=amount, key=key)


def _hold_back(payment: Payment) -> None:
    """Count what the bank has taken; of money that had gone back already, nothing is left to hold."""
    away = payment.disputes.filter(state__in=Dispute.MONEY_IS_AWAY).aggregate(sum=Sum("amount", default=0))[
        "sum"
    ]
    payment.disputed_amount = min(away, payment.amount - payment.refunded_amount)
    payment.save(update_fields=["disputed_amount"])
