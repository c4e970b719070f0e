"""What comes when: the parcels whose money still waits, and the day on which it can be paid out."""

from dataclasses import dataclass
from datetime import datetime

from catalogue.producers.models import Partner
from checkout.order.models import Consignment
from checkout.settlement.payouts.due import free_at, waiting_by_order, waits_q
from checkout.settlement.payouts.models import PayoutTerms


@dataclass(frozen=True, slots=True)
class Coming:
    """The money of one parcel (đồng), and from when on it can be paid out."""

    consignment: Consignment
    amount: int
    free_at: datetime | None


def money_to_come(producer: Partner, terms: PayoutTerms) -> list[Coming]:
    """Return what waits of a producer's balance, the next first."""
    amounts = waiting_by_order(producer, terms)
    found = Consignment.objects.filter(waits_q(terms), producer=producer, order__in=amounts)
    return [
        Coming(consignment, amounts[consignment.order_id], free_at(consignment, terms))
        for consignment in found.select_related("order").order_by("delivered_at", "pk")
    ]
