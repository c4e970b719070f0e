"""What a producer has to invoice: one invoice a delivered consignment, by the month in which it was delivered.

An invoice says what the buyer keeps by the end of that month; what goes back later is told as a change to it. The producer's income
is what the buyer paid and what the marketplace added to it (docs/money.md), less sums that it gave back as goodwill; those that the marketplace
bears leave its invoice as it is. Of a parcel that came back nothing is sold, as in the ledger.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from catalogue.certification.terms import add_months
from catalogue.producers.models import Partner
from checkout.invoices.models import InvoiceParticulars, InvoiceTerms
from checkout.order.models import Consignment, ConsignmentEvent, Line
from checkout.payment.models import RefundPart
from marketplace.clock import start_of_day
from marketplace.money import round_dong

_WHOLE_PERCENT = 10_000
#: What of a refund changes an invoice: packs and delivery, and sums that the producer bears.
_CHANGING = ("", Consignment.Hand.PRODUCER)


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """One line; `amount` (đồng) holds the VAT at `rate` (hundredths of a per cent), none where the form knows no VAT.

    A sum given back is a line below zero (`is_reduction`).
    """

    name: str
    unit: str
    quantity: int
    amount: int
    rate: int | None
    is_reduction: bool = False

    @property
    def net(self) -> int:
        """The amount without VAT, rounded half up."""
        return (
            self.amount
            if not self.rate
            else round_dong(Decimal(self.amount * _WHOLE_PERCENT) / (_WHOLE_PERCENT + self.rate))
        )

    @property
    def tax(self) -> int:
        return self.amount - self.net


@dataclass(frozen=True, slots=True)
class Invoice:
    """What one invoice says. Amounts in đồng."""

    consignment: Consignment
    particulars: InvoiceParticulars | None
    day: date
    lines: list[InvoiceLine]

    @property
    def buyer(self) -> str:
        """Whom it is made out to: the company, else the person."""
        return self.particulars.company if self.particulars else self.consignment.order.buyer_name

    @property
    def net(self) -> int:
        return sum(line.net for line in self.lines)

    @property
    def tax(self) -> int:
        return sum(line.tax for line in self.lines)

    @property
    def total(self) -> int:
        return sum(line.amount for line in self.lines)

    @property
    def given_back(self) -> int:
        """What the producer gave back as goodwill, taken off the other lines."""
        return -sum(line.amount for line in self.lines if line.is_reduction)

    def by_rate(self) -> dict[int | None, tuple[int, int]]:
        """Return net amount and tax of each rate."""
        sums: dict[int | None, tuple[int, int]] = {}
        for line in self.lines:
            net, tax = sums.get(line.rate, (0, 0))
            sums[line.rate] = (net + line.net, tax + line.tax)
        return sums


@dataclass(frozen=True, slots=True)
class InvoiceChange:
    """Something of an earlier month's invoice went back in this one: the producer issues a change to it."""

    consignment: Consignment
    words: str
    amount: int


def month_bounds(month: date) -> tuple[datetime, datetime]:
    """Return the first moment of the month of `month`, and that of the next one."""
    first = month.replace(day=1)
    return start_of_day(first), start_of_day(add_months(first, 1))


def invoices_of(producer: Partner, *, month: date, terms: InvoiceTerms | None) -> list[Invoice]:
    """Return what `producer` has to invoice for a month, in the order of delivery: five queries, whatever their number."""
    start, end = month_bounds(month)
    found = []
    for consignment in _delivered(producer, start, end):
        lines = _lines(consignment, terms)
        if any(line.amount for line in lines):
            day = timezone.localdate(consignment.delivered_at)
            given = getattr(consignment.order, "invoice_particulars", None)
            found.append(Invoice(consignment, given, day, lines))
    return found


def changes_of(producer: Partner, *, month: date) -> list[InvoiceChange]:
    """Return what went back in a month of what was invoiced in an earlier one: three queries, whatever their number."""
    start, end = month_bounds(month)
    gone = RefundPart.objects.filter(
        consignment__producer=producer,
        borne_by__in=_CHANGING,
        consignment__delivered_at__lt=start,
        refund__created_at__gte=start,
        refund__created_at__lt=end,
    )
    consignments = (
        Consignment.objects.annotate(
            was_back=_came_back(at__lt=start), is_back=_came_back(at__gte=start, at__lt=end)
        )
        .filter(
            Q(pk__in=gone.values("consignment")) | Q(is_back=True),
            producer=producer,
            delivered_at__lt=start,
            was_back=False,
        )
        .select_related("order")
        .prefetch_related(
            Prefetch("lines", Line.objects.order_by("pk")),
            Prefetch(
                "refund_parts", RefundPart.objects.filter(borne_by__in=_CHANGING).select_related("refund")
            ),
        )
        .order_by("pk")
    )
    return [change for one in consignments for change in _changes(one, start, end)]


def _changes(consignment: Any, start: datetime, end: datetime) -> Iterator[InvoiceChange]:
    """Yield by how much what the producer has to invoice became less, line by line: with what the marketplace had added.

    Of a parcel that came back within these days (`is_back`) nothing is left.
    """
    parts = list(consignment.refund_parts.all())
    before = [part for part in parts if part.refund.created_at < start]
    after = [part for part in parts if part.refund.created_at < end]
    lines = list(consignment.lines.all())
    for line in lines:
        was, left = (_goods(line, gone, None) for gone in (before, after))
        if consignment.is_back:
            left = replace(left, quantity=0, amount=0)
        if was.amount != left.amount:
            words = f"{was.quantity - left.quantity} × {line.title}"
            yield InvoiceChange(consignment, words, was.amount - left.amount)
    way_left = 0 if consignment.is_back else _delivery(consignment, lines, after)
    if less := _delivery(consignment, lines, before) - way_left:
        yield InvoiceChange(consignment, _("Delivery"), less)
    given = sum(_given_back(consignment, lines, before))
    by_now = 0 if consignment.is_back else sum(_given_back(consignment, lines, after))
    if given != by_now:
        yield InvoiceChange(consignment, _("Sum given back as goodwill"), by_now - given)


def _delivered(producer: Partner, start: datetime, end: datetime) -> QuerySet[Consignment]:
    before = RefundPart.objects.filter(refund__created_at__lt=end, borne_by__in=_CHANGING)
    return (
        Consignment.objects.filter(
            ~_came_back(at__lt=end), producer=producer, delivered_at__gte=start, delivered_at__lt=end
        )
        .select_related("order__invoice_particulars", "shipping_address__commune__province")
        .prefetch_related(
            Prefetch("lines", Line.objects.order_by("pk")),
            Prefetch("refund_parts", before, to_attr="gone_back"),
        )
        .order_by("delivered_at", "pk")
    )


def _came_back(**moments: datetime) -> Exists:
    """Return the condition that a consignment came back as a whole at such a moment."""
    events = ConsignmentEvent.objects.filter(to_state=Consignment.State.RETURNED, **moments)
    return Exists(events.filter(consignment=OuterRef("pk")))


def _lines(consignment: Consignment, terms: InvoiceTerms | None) -> list[InvoiceLine]:
    gone: list[RefundPart] = consignment.gone_back  # type: ignore[attr-defined]
    goods_rate = terms.vat_rate if terms else None
    lines = list(consignment.lines.all())
    found = [_goods(line, gone, goods_rate) for line in lines]
    delivery_rate = terms.delivery_vat_rate if terms else None
    found.append(InvoiceLine(_("Delivery"), "", 1, _delivery(consignment, lines, gone), delivery_rate))
    for amount, rate in zip(_given_back(consignment, lines, gone), (goods_rate, delivery_rate), strict=True):
        found.append(InvoiceLine(_("Sum given back as goodwill"), "", 1, -amount, rate, is_reduction=True))
    return [line for line in found if line.amount and line.quantity]


def _goods(line: Line, gone: Iterable[RefundPart], rate: int | None) -> InvoiceLine:
    parts = [part for part in gone if part.line_id == line.pk]
    packs = sum(part.quantity for part in parts)
    paid = round_dong(line.line_price_incl_tax) - sum(part.amount for part in parts)
    added = line.platform_discount - line.platform_discount * packs // line.quantity
    return InvoiceLine(line.title, line.pack_label, line.quantity - packs, paid + added, rate)


def _delivery(consignment: Consignment, lines: Iterable[Line], gone: Iterable[RefundPart]) -> int:
    """Return what the producer earned for the way, where its own carrier went it."""
    if consignment.carried_by != Consignment.Hand.PRODUCER:
        return 0
    paid = consignment.delivery_charge - sum(
        part.amount for part in gone if part.line_id is None and not part.borne_by
    )
    added = consignment.platform_discount - sum(line.platform_discount for line in lines)
    return paid + added if paid or not consignment.delivery_charge else 0


def _given_back(
    consignment: Consignment, lines: Iterable[Line], gone: Iterable[RefundPart]
) -> tuple[int, int]:
    """Return the sums that the producer gave back, of goods and of delivery: goods first, and never more than is left of either."""
    gone = list(gone)
    given = sum(part.amount for part in gone if part.borne_by)
    of_goods = min(given, sum(_goods(line, gone, None).amount for line in lines))
    return of_goods, min(given - of_goods, _delivery(consignment, lines, gone))
