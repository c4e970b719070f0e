"""Holding payouts against the ledger, for the nightly reconciliation and `manage.py ledger_check`."""

from collections.abc import Iterator

from django.db.models import Sum
from django.db.models.functions import Coalesce

from checkout.settlement.models import LedgerEntry
from checkout.settlement.payouts.models import Payout
from checkout.settlement.reconciliation.checking import Found
from checkout.settlement.reconciliation.models import Difference

#: What the ledger knows of a payout by its state.
_BOOKED = {
    Payout.State.PENDING: {"created"},
    Payout.State.DONE: {"created", "done"},
    Payout.State.FAILED: {"created", "failed"},
    Payout.State.RETURNED: {"created", "done", "returned"},
    Payout.State.WITHDRAWN: {"created", "failed"},
}


def payout_differences() -> Iterator[Found]:
    """Yield each payout to a producer that the ledger tells otherwise, or whose parts don't add up to it."""
    booked = _booked()
    payouts = Payout.objects.filter(producer__isnull=False).annotate(
        parts_sum=Coalesce(Sum("parts__amount"), 0)
    )
    for payout in payouts.order_by("pk").iterator():
        expected = _BOOKED[Payout.State(payout.state)]
        amounts = booked.get(payout.pk, {})
        if amounts.keys() != expected or set(amounts.values()) != {payout.amount}:
            yield Found(
                f"payout:{payout.pk}",
                Difference.Kind.FACTS,
                payout.amount,
                amounts.get("created", 0),
                producer_id=payout.producer_id,
                detail=f"{payout.reference}: {payout.state}, {', '.join(sorted(amounts)) or '–'}",
            )
        if payout.parts_sum != payout.amount:
            yield Found(
                f"payout:{payout.pk}:parts",
                Difference.Kind.FACTS,
                payout.amount,
                payout.parts_sum,
                producer_id=payout.producer_id,
                detail=payout.reference,
            )


def _booked() -> dict[int, dict[str, int]]:
    """Return the ledger's amounts by payout and by what happened to it: created, done, failed, returned."""
    kinds = {
        LedgerEntry.Kind.PAYOUT_CREATED: "created",
        LedgerEntry.Kind.PAYOUT_DONE: "done",
        LedgerEntry.Kind.PAYOUT_FAILED: "failed",
        LedgerEntry.Kind.PAYOUT_RETURNED: "returned",
    }
    booked: dict[int, dict[str, int]] = {}
    entries = LedgerEntry.objects.filter(kind__in=kinds).order_by("pk").values_list("kind", "facts")
    for kind, facts in entries.iterator():
        booked.setdefault(facts["payout"], {})[kinds[LedgerEntry.Kind(kind)]] = facts["amount"]
    return booked
