"""docs/money.md tells the life of 100.000 đồng: each life is played, and every row of the page held against its entries."""

import re
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from catalogue.producers.models import Partner
from checkout.order.models import Consignment, Line, Order
from checkout.payment.gateways.sandbox import SandboxGateway
from checkout.payment.refunds import refund_request, refunds_send_due
from checkout.payment.transfers.debts import debt_memo_of
from checkout.settlement.bookings import (
    book_cash_fee,
    book_cash_remitted,
    book_fee,
    book_payout_created,
    book_payout_done,
    book_provider_paid_out,
)
from checkout.settlement.models import LedgerEntry
from checkout.settlement.selectors import producer_balance
from tests.factories.catalogue import sold_pack
from tests.factories.payments import make_order
from tests.factories.settlement import balances, commission, deliver, legs, paid_order, payment_of
from tests.factories.transfers import money_comes

pytestmark = pytest.mark.django_db

PAGE = (Path(__file__).parents[3] / "docs" / "money.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| (\w+) \| (\w+) \| (\w+) \| ([\d.]+) \|$", re.M)

Told = list[tuple[str, str, str, int]]


def told(heading: str) -> Told:
    """Return the rows of the table under a heading of the page."""
    section = PAGE.split(f"## {heading}\n")[1].split("\n#")[0]
    return [
        (event, debit, credit, int(amount.replace(".", "")))
        for event, debit, credit, amount in ROW.findall(section)
    ]


def booked() -> Told:
    """Return what the ledger holds, in the same form: postings come in pairs."""
    rows = []
    for entry in LedgerEntry.objects.order_by("pk"):
        found = legs(entry)
        for first, second in zip(found[::2], found[1::2], strict=True):
            debit, credit = (first, second) if first[1] > 0 else (second, first)
            assert debit[1] == -credit[1]
            rows.append((entry.kind, debit[0], credit[0], debit[1]))
    return rows


@pytest.fixture(autouse=True)
def _rates_of_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    commission(500, valid_from=date(2026, 2, 1))
    monkeypatch.setattr(SandboxGateway, "refund", lambda self, **_: "sr_1")


def sold(packs: int = 1) -> Order:
    """Return a paid order of a household's goods for 100.000 ₫, which the buyer has fetched."""
    order = paid_order((packs, 100_000, 0))
    delivered(order)
    return order


def delivered(order: Order) -> None:
    Partner.objects.update(kind=Partner.Kind.HOUSEHOLD)
    Line.objects.update(product=sold_pack())
    deliver(order.consignments.get())


class Payout:
    """What the ledger asks of a payout."""

    pk = 1

    def __init__(self, producer_id: int, amount: int) -> None:
        self.producer_id, self.amount = producer_id, amount


def test_from_the_card_to_the_producers_bank() -> None:
    producer = sold().consignments.get().producer
    names: dict[str, Any] = {"provider": "sandbox", "at": timezone.now()}
    book_fee(amount=3_400, key="txn_1", **names)
    book_provider_paid_out(amount=96_600, key="txn_2", **names)
    payout = Payout(producer.pk, producer_balance(producer))
    book_payout_created(payout)
    book_payout_done(payout)

    assert booked() == told("Paid by card, delivered, paid out")
    assert balances() == {
        "bank": 3_100,
        "commission": -5_000,
        "vat_withheld": -1_000,
        "pit_withheld": -500,
        "fees": 3_400,
    }
    assert "3.100 ₫" in PAGE


def test_one_of_two_packs_comes_back() -> None:
    order = sold(packs=2)
    line = order.lines.get()

    refund_request(
        payment=payment_of(order),
        consignment=line.consignment,
        lines={line.pk: 1},
        reason="",
        key="a",
    )
    refunds_send_due()

    assert booked() == told("One of two packs comes back")


def test_cash_that_the_producer_took() -> None:
    order = make_order((1, 100_000, 0), method="cash", payment_state="due_on_delivery")
    Order.objects.update(confirmed_at=timezone.now())
    Consignment.objects.update(carried_by="producer")

    delivered(order)

    assert booked() == told("Paid in cash to the producer")
    assert producer_balance(order.consignments.get().producer) == -6_500


def test_the_producer_pays_what_it_owes() -> None:
    order = make_order((1, 100_000, 0), method="cash", payment_state="due_on_delivery")
    Order.objects.update(confirmed_at=timezone.now())
    Consignment.objects.update(carried_by="producer")
    delivered(order)
    producer = order.consignments.get().producer

    money_comes(amount=6_500, memo=debt_memo_of(producer.pk))

    assert booked() == told("The producer pays what it owes")
    assert producer_balance(producer) == 0


def test_cash_that_our_carrier_took() -> None:
    order = make_order((1, 100_000, 0), method="cash", payment_state="due_on_delivery")
    Order.objects.update(confirmed_at=timezone.now())
    Consignment.objects.update(carried_by="platform")
    delivered(order)
    remittance: Any = SimpleNamespace(pk=1, amount=95_000, fee=5_000)

    book_cash_remitted(remittance)
    book_cash_fee(remittance)

    assert booked() == told("Paid in cash to the marketplace's carrier")
    assert "cod_transit" not in balances()


def test_delivery_that_the_producer_gives_for_free() -> None:
    order = paid_order((1, 100_000, 0))
    Consignment.objects.update(carried_by="platform", delivery_by_producer=21_000)

    delivered(order)

    assert booked() == told("Delivery that the producer gives for free")


def test_every_flow_of_the_drawing_stands_in_a_table() -> None:
    drawn = re.findall(r'-- "\d · (?:fee )?([\d.]+)" -->', PAGE)

    assert drawn
    assert {int(amount.replace(".", "")) for amount in drawn} == {
        amount for *_, amount in told("Paid by card, delivered, paid out")
    }
