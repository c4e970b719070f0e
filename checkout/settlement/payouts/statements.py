"""A producer's statement: every movement of its balance in a span of days, each with its order, from what it was to what it is."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db.models import Sum
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from catalogue.producers.models import Partner
from checkout.order.models import Consignment
from checkout.settlement.models import LedgerEntry, Posting
from marketplace.clock import start_of_day

Kind = LedgerEntry.Kind

#: What a movement is, in the producer's words.
WORDS: Final[Mapping[str, str | Promise]] = {
    Kind.DELIVERED: _("Sale"),
    Kind.REFUND_DECIDED: _("Money back to the buyer"),
    Kind.RETURNED: _("Goods came back"),
    Kind.PAYMENT_RECEIVED: _("Cash that you collected"),
    Kind.PAYOUT_CREATED: _("Payout"),
    Kind.PAYOUT_FAILED: _("Payout that did not go through"),
    Kind.PAYOUT_RETURNED: _("Payout that the bank sent back"),
    Kind.DISPUTE_LOST: _("Payment that the buyer's bank took back"),
    Kind.PRODUCER_PAID: _("Paid in by you"),
}
#: The part of a sale that a producer bears instead of the buyer.
_DELIVERY_BORNE: Final = _("Delivery that you pay instead of the buyer")


@dataclass(frozen=True, slots=True)
class Movement:
    """One line of a statement: what it does to the balance, in đồng, by what it is for."""

    at: datetime
    words: str | Promise
    order_number: str
    #: The producer's consignment, to which the line leads; None where it belongs to none.
    consignment: Consignment | None
    #: Goods and, where the producer carries, delivery, with the discounts that the marketplace bears.
    earned: int
    #: What is kept back, below zero; above where it is given back.
    commission: int
    tax: int
    #: What is neither sale nor kept back: cash collected, payouts.
    other: int
    #: The balance after it.
    balance: int

    @property
    def amount(self) -> int:
        return self.earned + self.commission + self.tax + self.other


@dataclass(frozen=True, slots=True)
class Statement:
    """A span of days, both inclusive, with its movements and sums."""

    producer: Partner
    first: date
    last: date
    opening: int
    movements: list[Movement]

    @property
    def closing(self) -> int:
        return self.opening + sum(movement.amount for movement in self.movements)

    @property
    def earned(self) -> int:
        return sum(movement.earned for movement in self.movements)

    @property
    def commission(self) -> int:
        return sum(movement.commission for movement in self.movements)

    @property
    def tax(self) -> int:
        return sum(movement.tax for movement in self.movements)

    @property
    def other(self) -> int:
        return sum(movement.other for movement in self.movements)


def statement_for(producer: Partner, *, first: date, last: date) -> Statement:
    """Return a producer's statement of `first` to `last`, both inclusive, in Vietnam's days. Four queries, however many movements."""
    start, end = start_of_day(first), start_of_day(last + timedelta(days=1))
    theirs = Posting.objects.filter(account__producer=producer)
    opening = -(theirs.filter(entry__at__lt=start).aggregate(sum=Sum("amount"))["sum"] or 0)
    sums = dict(
        theirs.filter(entry__at__gte=start, entry__at__lt=end)
        .order_by()
        .values_list("entry")
        .annotate(Sum("amount"))
    )
    entries = list(LedgerEntry.objects.filter(pk__in=sums).select_related("order").order_by("at", "pk"))
    consignments = _consignments(producer, {entry.order_id for entry in entries if entry.order_id})
    movements: list[Movement] = []
    for entry in entries:
        kept = _kept_back(entry, producer.pk)
        commission, tax = kept["commission"], kept["vat"] + kept["pit"]
        is_sale = entry.kind in (Kind.DELIVERED, Kind.REFUND_DECIDED, Kind.RETURNED)
        amount = -sums[entry.pk] - kept["by_producer"]
        line = Movement(
            at=entry.at,
            words=WORDS.get(entry.kind, entry.get_kind_display()),
            order_number=entry.order.number if entry.order else "",
            consignment=consignments.get(entry.order_id),
            earned=amount - commission - tax if is_sale else 0,
            commission=commission,
            tax=tax,
            other=0 if is_sale else amount,
            balance=(movements[-1].balance if movements else opening) + amount,
        )
        movements.append(line)
        if borne := kept["by_producer"]:
            movements.append(
                replace(
                    line,
                    words=_DELIVERY_BORNE,
                    earned=0,
                    commission=0,
                    tax=0,
                    other=borne,
                    balance=line.balance + borne,
                )
            )
    return Statement(producer, first, last, opening, movements)


def _consignments(producer: Partner, orders: set[int]) -> dict[int | None, Consignment]:
    found = Consignment.objects.filter(producer=producer, order__in=orders)
    return {consignment.order_id: consignment for consignment in found}


def _kept_back(entry: LedgerEntry, producer_pk: int) -> Mapping[str, int]:
    """Return what commission, taxes and delivery that it bears do to the producer's balance: below zero where they are kept back."""
    facts: Mapping[str, Any] = entry.facts
    figures: dict[str, int] = defaultdict(int)
    if entry.kind == Kind.REFUND_DECIDED:
        sales, sign = facts["sales"], 1
    elif entry.kind in (Kind.DELIVERED, Kind.RETURNED):
        sales, sign = [facts], -1 if entry.kind == Kind.DELIVERED else 1
    else:
        return figures
    for sale in sales:
        if sale["producer"] == producer_pk:
            for part in sale["parts"]:
                for figure in ("commission", "vat", "pit", "by_producer"):
                    figures[figure] += sign * part.get(figure, 0)
    return figures
