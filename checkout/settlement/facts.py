"""What stands in an entry: the figures of sales and refunds, computed from the shop's rows.

A sale is taken back in shares: of each figure of a part as much as `units` of it have gone back so far, rounded down, less what went
back before. So parts add up to the whole, and a whole return leaves nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Max, Sum
from django.utils import timezone

from checkout.order.models import Consignment, Line
from checkout.payment.models import Payment, Refund, RefundPart
from checkout.settlement.rates.models import CommissionTariff, TaxKind
from checkout.settlement.rates.selectors import (
    Commissions,
    Withholding,
    commissions_for,
    share_of,
    tax_kinds,
    withholding_for,
)
from checkout.settlement.selectors import order_credit
from marketplace.clock import day_of
from marketplace.money import round_dong

Facts = dict[str, Any]
Base = CommissionTariff.Base
#: What goes back in shares, as far as a part has it; what the buyer paid goes back as the refund says.
SHARED: Final = ("platform_discount", "by_producer", "commission", "vat", "pit")


@dataclass(frozen=True, slots=True)
class Gone:
    """How many units of a part, and how many đồng of the buyer's, went back so far."""

    units: int
    paid: int


@dataclass(frozen=True, slots=True)
class _Step:
    """One going back: units gone before and after it, and đồng to the buyer."""

    before: int
    after: int
    paid: int


NOTHING: Final = Gone(0, 0)


def payment_facts(payment: Payment) -> Facts:
    """Return what a payment brought, and whose hands it lies in."""
    return {"payment": payment.pk, "amount": payment.amount, **_way_of(payment)}


def no_order_facts(transfer: Any) -> Facts:
    """Return what a bank transfer brought that no buyer sent, and what it is."""
    return {"transfer": transfer.pk, "amount": transfer.amount, "origin": transfer.origin}


def producer_paid_facts(transfer: Any) -> Facts:
    """Return whose debt a bank transfer paid, and how much of it."""
    return {"transfer": transfer.pk, "producer": transfer.producer_id, "amount": transfer.amount}


def dispute_lost_facts(
    payment: Payment, *, amount: int, shares: Sequence[tuple[int, int]], before: int | None = None
) -> Facts:
    """Return who bears what a dispute took: producers their `shares` (id, đồng). `before` (an entry's id): by what the buyer had to its credit then."""
    from_buyer = min(amount, max(0, order_credit(payment.order_id, before=before)))
    facts: Facts = {
        "payment": payment.pk,
        "amount": amount,
        "from_buyer": from_buyer,
        "producer": shares[0][0] if len(shares) == 1 else None,
    }
    if len(shares) > 1:
        return facts | {"shares": [{"producer": pk, "amount": share} for pk, share in shares]}
    # Where one producer bears all of it, nothing more has to be said.
    borne = sum(share for _pk, share in shares)
    return facts | ({"borne": borne} if 0 < borne < amount - from_buyer else {})


def refund_way_facts(refund: Refund) -> Facts:
    """Return what a refund sends, and which way it goes now: what its provider refused may go by bank transfer in the end."""
    way = {"gateway": "transfer"} if refund.by_transfer else _way_of(refund.payment)
    return {"refund": refund.pk, "amount": refund.amount, **way}


def _way_of(payment: Payment) -> Facts:
    way: Facts = {"gateway": payment.gateway}
    if payment.gateway == "cash" and payment.consignment is not None:
        way |= {
            "producer": payment.consignment.producer_id,
            "collected_by": payment.consignment.collected_by,
        }
    return way


# --- Sales --------------------------------------------------------------------------------------------------


def sale_facts(consignment: Consignment, *, kept: Mapping[str, Any] | None = None) -> Facts:
    """Return the sale of what of a delivered consignment has not gone back by now.

    `kept` are the facts of the sale as it was booked: what had gone back, and the kinds of seller and of goods, are taken as they were then.
    """
    group = kept["group"] if kept else consignment.producer.kind
    until = kept["until"] if kept else _last_part(consignment.pk)
    gone = _gone(consignment.pk, until=until)
    lines = list(consignment.lines.select_related("product__parent").order_by("pk"))
    kinds = _kinds_kept(kept) if kept else _kinds_of(lines)
    commissions = commissions_for(
        producer_id=consignment.producer_id, group=group, on=day_of(consignment.order.date_placed)
    )
    withholding = withholding_for(group=group, on=day_of(consignment.delivered_at or timezone.now()))
    parts = [
        _line_part(line, gone.get(line.pk, NOTHING), kinds.get(line.pk, ""), commissions, withholding)
        for line in lines
    ]
    parts.append(_delivery_part(consignment, lines, gone.get(None, NOTHING), commissions, withholding))
    return {
        "consignment": consignment.pk,
        "producer": consignment.producer_id,
        "carried_by": consignment.carried_by,
        "group": group,
        "until": until,
        "parts": [part for part in parts if part["units"]],
    }


def _last_part(consignment_id: int) -> int:
    """Return the id of the last refund part of a consignment by now, 0 where there is none."""
    return RefundPart.objects.filter(consignment=consignment_id).aggregate(last=Max("pk"))["last"] or 0


def _gone(consignment_id: int, *, since: int = 0, until: int) -> dict[int | None, Gone]:
    """Return what went back of a consignment by the refund parts after `since` up to `until`, by line (None: the delivery)."""
    parts = RefundPart.objects.filter(consignment=consignment_id, pk__gt=since, pk__lte=until, borne_by="")
    return {
        row["line"]: Gone(row["packs"] if row["line"] else row["paid"], row["paid"])
        for row in parts.order_by().values("line").annotate(packs=Sum("quantity"), paid=Sum("amount"))
    }


def _kinds_kept(kept: Mapping[str, Any]) -> dict[int, str]:
    return {part["line"]: part["kind"] for part in kept["parts"] if part["line"] is not None}


def _kinds_of(lines: Iterable[Line]) -> dict[int, str]:
    """Return the kind of goods of each line; of one whose pack is gone it is not known."""
    lines = list(lines)
    kinds = tax_kinds(line.product for line in lines)
    return {line.pk: kinds.get(line.product_id, TaxKind.UNKNOWN) for line in lines}


def _line_part(
    line: Line, gone: Gone, kind: str, commissions: Commissions, withholding: Withholding
) -> Facts:
    paid = round_dong(line.line_price_incl_tax) - gone.paid
    discount = _left_of(line.platform_discount, gone.units, of=line.quantity)
    tariff = commissions.tariff(line.price_source)
    base = paid if tariff and tariff.base == Base.GOODS_PAID else paid + discount
    return {
        "line": line.pk,
        "units": line.quantity - gone.units,
        "paid": paid,
        "platform_discount": discount,
        **_kept_back(base, tariff, paid + discount, kind, withholding),
    }


def _delivery_part(
    consignment: Consignment,
    lines: Iterable[Line],
    gone: Gone,
    commissions: Commissions,
    withholding: Withholding,
) -> Facts:
    """Return the delivery: where the producer carries, income of its own, taxed as transport; its units are the đồng paid for it.

    Where our carrier goes, what the producer bears of it (`by_producer`) is charged to it. Both went with what the buyer got back before.
    """
    paid = consignment.delivery_charge - gone.paid
    added = consignment.platform_discount - sum(line.platform_discount for line in lines)
    is_theirs = consignment.carried_by == Consignment.Hand.PRODUCER
    discount = _left_of(added, gone.paid, of=consignment.delivery_charge)
    income = paid + discount if is_theirs else 0
    borne = 0 if is_theirs else consignment.delivery_by_producer
    borne = _left_of(borne, gone.paid, of=consignment.delivery_charge)
    tariff = commissions.tariff("")
    if tariff and (not is_theirs or tariff.base != Base.GOODS_AND_DELIVERY):
        tariff = None
    return {
        "line": None,
        "units": paid or discount or borne,
        "paid": paid,
        "platform_discount": discount,
        **({"by_producer": borne} if borne else {}),
        **_kept_back(income, tariff, income, TaxKind.PRODUCTION_TRANSPORT, withholding),
    }


def _left_of(figure: int, gone: int, *, of: int) -> int:
    """Return what is left of a figure once `gone` units of its part have gone back; all of it where the part has none."""
    return figure - figure * gone // of if of else figure


def _kept_back(
    base: int, tariff: CommissionTariff | None, income: int, kind: str, withholding: Withholding
) -> Facts:
    """Return commission and taxes, with the rates that they follow from."""
    rate = withholding.rate(kind)
    return {
        "kind": str(kind),
        "tariff": tariff.pk if tariff else None,
        "commission_base": base if tariff else 0,
        "commission_rate": tariff.rate if tariff else 0,
        "commission": share_of(base, tariff.rate) if tariff else 0,
        "vat_rate": rate.vat if rate else 0,
        "vat": share_of(income, rate.vat) if rate else 0,
        "pit_rate": rate.pit if rate else 0,
        "pit": share_of(income, rate.pit) if rate else 0,
    }


# --- What goes back -----------------------------------------------------------------------------------------


def refund_facts(refund: Refund, *, sales: Mapping[int, Mapping[str, Any]]) -> Facts:
    """Return what a refund gives back. `sales` are the facts of the sales that stand by then, by the id of their consignment."""
    by_consignment: dict[int, list[RefundPart]] = {}
    sums = []
    for part in refund.parts.select_related("consignment").order_by("pk"):
        if part.borne_by:
            sums.append(
                {
                    "producer": part.consignment.producer_id,
                    "borne_by": part.borne_by,
                    "amount": part.amount,
                }
            )
        elif part.consignment_id in sales and part.pk > sales[part.consignment_id]["until"]:
            by_consignment.setdefault(part.consignment_id, []).append(part)
    return {
        "refund": refund.pk,
        "amount": refund.amount,
        "sales": [
            _taken_back(sales[consignment_id], _steps(parts, sales[consignment_id]))
            for consignment_id, parts in sorted(by_consignment.items())
        ],
        **({"sums": sums} if sums else {}),
    }


def return_facts(
    consignment: Consignment, *, sale: Mapping[str, Any], kept: Mapping[str, Any] | None = None
) -> Facts:
    """Return what of a sale no refund has taken back by now (`kept`: when the return was booked)."""
    until = kept["until"] if kept else _last_part(consignment.pk)
    gone = _gone(consignment.pk, since=sale["until"], until=until)
    steps = {
        part["line"]: _Step(
            before=gone.get(part["line"], NOTHING).units,
            after=part["units"],
            paid=part["paid"] - gone.get(part["line"], NOTHING).paid,
        )
        for part in sale["parts"]
    }
    return {**_taken_back(sale, steps), "until": until}


def _steps(parts: list[RefundPart], sale: Mapping[str, Any]) -> dict[int | None, _Step]:
    gone = _gone(sale["consignment"], since=sale["until"], until=parts[0].pk - 1)
    steps = {}
    for part in parts:
        before = gone.get(part.line_id, NOTHING).units
        steps[part.line_id] = _Step(
            before=before,
            after=before + (part.quantity if part.line_id else part.amount),
            paid=part.amount,
        )
    return steps


def _taken_back(sale: Mapping[str, Any], steps: Mapping[int | None, _Step]) -> Facts:
    """Return the parts of a sale that go back, each with its shares."""
    parts = []
    for part in sale["parts"]:
        step = steps.get(part["line"])
        if step is None:
            continue
        shares = {
            figure: part[figure] * step.after // part["units"] - part[figure] * step.before // part["units"]
            for figure in SHARED
            if figure in part
        }
        if step.paid or any(shares.values()):
            units = step.after - step.before
            parts.append({"line": part["line"], "units": units, "paid": step.paid, **shares})
    return {
        "consignment": sale["consignment"],
        "producer": sale["producer"],
        "carried_by": sale["carried_by"],
        "parts": parts,
    }
