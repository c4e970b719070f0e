"""Holding disputes against the ledger: what the bank took, what it gave back, what is lost and who bears it."""

from collections.abc import Iterator

from checkout.payment.models import Dispute
from checkout.settlement.facts import dispute_lost_facts, payment_facts
from checkout.settlement.models import LedgerEntry
from checkout.settlement.reconciliation.checking import Found, held_against
from checkout.settlement.reconciliation.models import Difference

Booked = LedgerEntry.Kind
State = Dispute.State
_CHUNK = 500


def dispute_differences() -> Iterator[Found]:
    """Yield what of disputes isn't booked as it stands, and what is booked of none."""
    kinds = (Booked.DISPUTED, Booked.DISPUTE_WON, Booked.DISPUTE_LOST)
    unasked = {entry.key: entry for entry in LedgerEntry.objects.filter(kind__in=kinds).order_by("pk")}
    disputes = Dispute.objects.select_related("payment__consignment").order_by("pk")
    for dispute in disputes.prefetch_related("shares__consignment").iterator(chunk_size=_CHUNK):
        borne = sum(share.amount for share in dispute.shares.all())
        if borne != dispute.borne_amount:
            order_id = dispute.payment.order_id
            yield Found(
                f"dispute-shares:{dispute.pk}", Difference.Kind.SUMS, borne, dispute.borne_amount, order_id
            )
        for kind in _to_be_booked(dispute):
            key = f"dispute:{dispute.reference}:{_VERBS[kind]}"
            entry = unasked.pop(key, None)
            yield from held_against(entry, key, _facts(dispute, kind, entry), dispute.payment.order_id)
    for key, entry in unasked.items():
        yield Found(f"unasked:{key}", Difference.Kind.UNASKED, 0, entry.facts.get("amount"), entry.order_id)


#: How the keys of entries end.
_VERBS = {Booked.DISPUTED: "disputed", Booked.DISPUTE_WON: "dispute_won", Booked.DISPUTE_LOST: "lost"}


def _to_be_booked(dispute: Dispute) -> Iterator[Booked]:
    if dispute.was_away:
        yield Booked.DISPUTED
    if dispute.decided_at:
        yield Booked.DISPUTE_LOST
    elif dispute.was_away and dispute.state in (State.WON, State.CLOSED):
        yield Booked.DISPUTE_WON


def _facts(dispute: Dispute, kind: Booked, entry: LedgerEntry | None) -> dict[str, object]:
    if kind == Booked.DISPUTE_LOST:
        return dispute_lost_facts(
            dispute.payment,
            amount=dispute.amount,
            shares=[(share.consignment.producer_id, share.amount) for share in dispute.shares.all()],
            before=entry.pk if entry else None,
        )
    return {**payment_facts(dispute.payment), "amount": dispute.amount}
