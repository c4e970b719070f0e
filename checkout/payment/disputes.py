"""Disputes: the buyer's bank takes money back. The order is marked, finance is told, and what the bank holds can't be sent back by us.

What is lost was the buyer's own as far as nothing was delivered for it. Of the rest a person says whether the marketplace bears it, or the
producer whose parcel it is about; until then it stands on the account of disputes.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import F, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from catalogue.producers.models import Partner
from checkout.order.models import Consignment, Order
from checkout.payment.errors import PaymentError
from checkout.payment.gateways.base import GatewayEvent
from checkout.payment.models import Dispute, DisputeShare, Payment
from checkout.payment.notices import tell_dispute, tell_dispute_borne
from checkout.settlement.bookings import book_dispute_lost, book_dispute_won, book_disputed
from checkout.settlement.selectors import order_credit
from marketplace.accounts.models import User
from marketplace.audit.services import audit_record
from marketplace.money import format_dong, split_within

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
#: In which order a dispute goes through them until it ends.
_ON_THE_WAY: Final = (State.INQUIRY, State.OPEN, State.UNDER_REVIEW)


class DisputeNotUnderstood(PaymentError):
    """A dispute of another currency, or in a state that we don't know: a person has to look."""


class DecisionNotPossible(PaymentError):
    """The dispute is not lost or was decided before, the producer has no part in it, or no reason was given."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True, slots=True)
class Bearer:
    """A parcel whose producer may bear a loss, and how much of it: at most what the parcel cost, didn't go back, and isn't borne of a dispute before.

    `share` is its part where all of them bear the loss, in proportion to that.
    """

    consignment: Consignment
    amount: int
    share: int

    @property
    def producer(self) -> Partner:
        producer: Partner = self.consignment.producer
        return producer


def dispute_note(payment: Payment, said: GatewayEvent) -> str:
    """Take note of how a dispute stands and return what came of it. Order and payment are locked by the caller.

    Heard of in any order: what has ended stays ended, and what is told late leads nowhere back. Raises DisputeNotUnderstood.
    """
    state = _STATES.get(said.dispute_state)
    if state is None or said.amount is None:
        raise DisputeNotUnderstood(
            f"dispute {said.dispute_reference}: {said.dispute_state}, {said.amount} đồng"
        )
    dispute = payment.disputes.filter(reference=said.dispute_reference).first()
    before = dispute.state if dispute else ""
    if before in Dispute.ENDED or _is_told_late(state, before):
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


def _is_told_late(state: str, before: str) -> bool:
    """Return whether a dispute is past `state`: an inquiry heard of after the bank took the money must not free it for a refund."""
    if before not in _ON_THE_WAY or state not in _ON_THE_WAY:
        return False
    return _ON_THE_WAY.index(State(state)) < _ON_THE_WAY.index(State(before))


def loss_of(dispute: Dispute) -> int:
    """Return what of a dispute somebody has to bear, in đồng: nothing, as far as nothing was delivered for it."""
    return dispute.amount - min(dispute.amount, max(0, order_credit(dispute.payment.order_id)))


def bearers_of(dispute: Dispute) -> list[Bearer]:
    """Return the parcels whose producers may bear a lost dispute. Their shares add up to the loss, or to all that the parcels cost."""
    loss = loss_of(dispute)
    delivered = Consignment.objects.filter(order=dispute.payment.order_id, delivered_at__isnull=False)
    borne = DisputeShare.objects.filter(consignment=OuterRef("pk")).values("consignment")
    kept = delivered.annotate(
        kept=F("goods_total")
        + F("delivery_charge")
        - F("refunded_amount")
        - Coalesce(Subquery(borne.values(sum=Sum("amount"))), 0)
    )
    found = list(kept.filter(kept__gt=0).select_related("producer").order_by("pk")) if loss else []
    costs = [one.kept for one in found]
    shares = split_within(loss, costs, costs)
    return [Bearer(one, min(loss, one.kept), share) for one, share in zip(found, shares, strict=True)]


@transaction.atomic
def dispute_decide(*, dispute: Dispute, shares: Mapping[int, int], reason: str, by: User) -> Dispute:
    """Say who bears a lost dispute: of each parcel in `shares` (its id; đồng) the producer, of the rest the marketplace.

    The producers are told why. Raises DecisionNotPossible.
    """
    order_id = Dispute.objects.values_list("payment__order", flat=True).get(pk=dispute.pk)
    Order.objects.select_for_update(of=("self",)).get(pk=order_id)
    dispute = Dispute.objects.select_for_update(of=("self",)).select_related("payment").get(pk=dispute.pk)
    if not reason.strip():
        raise DecisionNotPossible(_("Say why."))
    if not dispute.is_to_be_decided:
        raise DecisionNotPossible(_("This dispute is not lost, or it was decided before."))
    bearers = {one.consignment.pk: one for one in bearers_of(dispute)}
    _hold_within(shares, bearers, loss=loss_of(dispute))
    DisputeShare.objects.bulk_create(
        DisputeShare(dispute=dispute, consignment=bearers[pk].consignment, amount=amount)
        for pk, amount in shares.items()
    )
    dispute.borne_amount = sum(shares.values())
    dispute.decision, dispute.decided_by = reason.strip()[:255], by
    _lost(dispute)
    who = ", ".join(f"{bearers[pk].producer.name} {format_dong(amount)}" for pk, amount in shares.items())
    audit_record(
        action="dispute.decided",
        subject=dispute,
        words=f"{dispute.reference}: {who or _('The marketplace')}",
        changes={"shares": {bearers[pk].consignment.number: amount for pk, amount in shares.items()}},
        reason=reason,
        actor=by,
    )
    for share in dispute.shares.select_related("consignment__producer"):
        tell_dispute_borne(dispute, share)
    return dispute


def _hold_within(shares: Mapping[int, int], bearers: Mapping[int, Bearer], *, loss: int) -> None:
    """Raise DecisionNotPossible unless each share is within what its parcel cost, and all of them within the loss."""
    if not shares.keys() <= bearers.keys():
        raise DecisionNotPossible(_("This producer has no parcel that the dispute could be about."))
    for pk, amount in shares.items():
        if not 0 < amount <= bearers[pk].amount:
            raise DecisionNotPossible(
                _("%(producer)s bears at most %(most)s.")
                % {"producer": bearers[pk].producer, "most": format_dong(bearers[pk].amount)}
            )
    if (more := sum(shares.values()) - loss) > 0:
        raise DecisionNotPossible(
            _("The shares are %(more)s more than was lost.") % {"more": format_dong(more)}
        )


def _book(dispute: Dispute) -> None:
    """Book what the bank took, and what came of it; who bears what is lost a person says, where there is something to bear."""
    payment, amount, key = dispute.payment, dispute.amount, dispute.reference
    if dispute.state in Dispute.MONEY_IS_AWAY:
        book_disputed(payment=payment, amount=amount, key=key)
    if dispute.state == State.LOST:
        if not loss_of(dispute):
            _lost(dispute)
    elif dispute.ended_at and dispute.was_away:
        book_dispute_won(payment=payment, amount=amount, key=key)


def _lost(dispute: Dispute) -> None:
    dispute.decided_at = timezone.now()
    dispute.save()
    book_dispute_lost(
        payment=dispute.payment,
        amount=dispute.amount,
        key=dispute.reference,
        shares=shares_of(dispute),
    )


def shares_of(dispute: Dispute) -> list[tuple[int, int]]:
    """Return what each producer (its id) bears of a lost dispute, in đồng."""
    return list(dispute.shares.order_by("consignment").values_list("consignment__producer", "amount"))


def _hold_back(payment: Payment) -> None:
    """Count what the bank has taken; of money that had gone back already, nothing is left to hold."""
    away = payment.disputes.filter(state__in=Dispute.MONEY_IS_AWAY).aggregate(sum=Sum("amount", default=0))[
        "sum"
    ]
    payment.disputed_amount = min(away, payment.amount - payment.refunded_amount)
    payment.save(update_fields=["disputed_amount"])
