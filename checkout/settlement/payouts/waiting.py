"""What comes when: the parcels whose money still waits, and the day on which it can be paid out."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from checkout.order.models import Consignment
from checkout.settlement.payouts.due import HAS_OPEN_CASE, Due, waits_q
from checkout.settlement.payouts.models import PayoutTerms


@dataclass(frozen=True, slots=True)
class Coming:
    """The money of one parcel (đồng), and from when on it can be paid out; None: once the buyer's complaint is settled."""

    consignment: Consignment
    amount: int
    free_at: datetime | None


def money_to_come(due: Due, terms: PayoutTerms) -> list[Coming]:
    """Return what waits of a producer's balance, the next first. One query."""
    amounts = due.waiting_by_order
    found = Consignment.objects.filter(waits_q(terms), producer=due.producer, order__in=amounts)
    days = timedelta(days=terms.days_after_delivery)
    return [
        Coming(
            consignment,
            amounts[consignment.order_id],
            None
            if consignment.has_open_case or consignment.delivered_at is None
            else consignment.delivered_at + days,
        )
        for consignment in found.annotate(has_open_case=HAS_OPEN_CASE).order_by("delivered_at", "pk")
    ]
