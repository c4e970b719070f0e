"""What is kept back of a sale, to the đồng: by which tariff, of what, and how much tax by kind of goods; and that no entry is out of balance."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from catalogue.models import ProductSet
from catalogue.producers.models import Partner
from checkout.campaigns.models import Campaign
from checkout.order.models import Consignment, Line, Order
from checkout.payment.refunds import refund_request
from checkout.settlement import bookings
from checkout.settlement.models import LedgerEntry
from checkout.settlement.postings import BANK, BUYERS, Unbalanced, postings_for
from checkout.settlement.rates.models import CommissionTariff, SetTaxKind, WithholdingRule
from marketplace.clock import today
from tests.factories.catalogue import sold_pack
from tests.factories.settlement import balances, commission, deliver, paid_order, payment_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_but_the_tests_own() -> None:
    CommissionTariff.objects.update(rate=0)


@pytest.fixture
def order() -> Order:
    """One parcel of a cooperative: goods 100.000 ₫ after 20.000 ₫ of the marketplace's and 10.000 ₫ of its own, delivery 30.000 ₫ by itself."""
    order = paid_order((2, 100_000, 30_000))
    Partner.objects.update(kind=Partner.Kind.COOPERATIVE)
    Consignment.objects.update(platform_discount=20_000)
    Line.objects.update(
        product=sold_pack(),
        platform_discount=20_000,
        producer_discount=10_000,
        line_price_before_discounts_incl_tax=130_000,
    )
    return order


def kept(order: Order) -> int:
    """Deliver the order and return the commission that was kept of it."""
    deliver(order.consignments.get())
    return -balances(order).get("commission", 0)


# --- Commission ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("base", "amount"),
    [
        # Ten per cent of 120.000 ₫: after the producer's discount, before the marketplace's, without delivery.
        (CommissionTariff.Base.GOODS, 12_000),
        (CommissionTariff.Base.GOODS_PAID, 10_000),
        (CommissionTariff.Base.GOODS_AND_DELIVERY, 15_000),
    ],
)
def test_it_is_taken_of_what_its_tariff_says(order: Order, base: str, amount: int) -> None:
    commission(1_000, base=base, valid_from=date(2026, 2, 1))

    assert kept(order) == amount


def test_of_delivery_by_our_carrier_nothing_is_taken(order: Order) -> None:
    commission(1_000, base=CommissionTariff.Base.GOODS_AND_DELIVERY, valid_from=date(2026, 2, 1))
    Consignment.objects.update(carried_by="platform")

    assert kept(order) == 12_000


@pytest.mark.parametrize("base", CommissionTariff.Base.values)
def test_whatever_it_was_taken_of_a_return_gives_it_back(order: Order, base: str) -> None:
    commission(1_000, base=base, valid_from=date(2026, 2, 1))
    kept(order)
    consignment = order.consignments.get()

    for turn in range(2):
        refund_request(
            payment=payment_of(order),
            consignment=consignment,
            lines={consignment.lines.get().pk: 1},
            with_delivery=turn == 1,
            reason="",
            key=f"turn-{turn}",
        )

    assert balances(order) == {"provider": 130_000, "refunds_due": -130_000}


@pytest.fixture
def campaign() -> Campaign:
    now = timezone.now()
    return Campaign.objects.create(
        name="Tết", slug="tet", starts_at=now - timedelta(days=1), ends_at=now + timedelta(days=9), percent=10
    )


def test_a_campaigns_goods_pay_the_campaigns_commission_and_others_their_producers(
    order: Order, campaign: Campaign
) -> None:
    producer = order.consignments.get().producer
    commission(1_000, valid_from=date(2026, 2, 1))
    commission(500, producer=producer, valid_from=date(2026, 2, 1))
    commission(200, campaign=campaign, valid_from=date(2026, 2, 1))
    other = paid_order((1, 100_000, 0), number="OTHER")
    other.consignments.update(producer=producer)
    Line.objects.filter(order=order).update(price_source=f"campaign:{campaign.pk}")
    Line.objects.filter(order=other).update(price_source="producer", product=sold_pack())

    assert (kept(order), kept(other)) == (2_400, 5_000)


def test_a_campaigns_commission_holds_on_its_days(order: Order, campaign: Campaign) -> None:
    commission(500, valid_from=date(2026, 2, 1))
    commission(200, campaign=campaign, valid_from=today() + timedelta(days=1))
    Line.objects.update(price_source=f"campaign:{campaign.pk}")

    assert kept(order) == 6_000


def test_the_day_of_the_order_counts_not_that_of_the_delivery(order: Order) -> None:
    commission(500, valid_from=date(2026, 2, 1), valid_until=today() - timedelta(days=1))
    commission(1_000, valid_from=today())
    Order.objects.update(date_placed=timezone.now() - timedelta(days=2))

    assert kept(order) == 6_000


# --- Taxes --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "vat", "pit"),
    [
        ("goods", 1_200, 600),
        ("production_transport", 3_600, 1_800),
        ("services", 6_000, 2_400),
        ("unknown", 6_000, 2_400),
    ],
)
def test_taxes_follow_the_kind_of_goods_of_the_product_set(
    order: Order, kind: str, vat: int, pit: int
) -> None:
    """Of 120.000 ₫: 1 % and 0.5 %, 3 % and 1.5 %, 5 % and 2 %; of a kind that nobody knows the highest. Delivery by itself is transport."""
    Partner.objects.update(kind=Partner.Kind.HOUSEHOLD)
    SetTaxKind.objects.update_or_create(
        product_set=ProductSet.objects.get(pk=Line.objects.get().product.parent.product_set_id),
        defaults={"kind": kind},
    )

    deliver(order.consignments.get())

    found = balances(order)
    assert (found["vat_withheld"], found["pit_withheld"]) == (-vat - 900, -pit - 450)


@pytest.mark.parametrize("kind", Partner.Kind.values)
def test_taxes_are_withheld_of_households_and_individuals_alone(order: Order, kind: str) -> None:
    Partner.objects.update(kind=kind)

    deliver(order.consignments.get())

    withheld = kind in WithholdingRule.objects.get().seller_kinds
    assert ("vat_withheld" in balances(order)) is withheld
    assert withheld is (kind not in {Partner.Kind.COOPERATIVE, Partner.Kind.COMPANY}), "these file their own"


# --- In balance ---------------------------------------------------------------------------------------------


def test_an_entry_out_of_balance_is_refused_in_code_on_every_database(
    order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong: Any = {LedgerEntry.Kind.PAYMENT_RECEIVED: lambda facts: [(BANK, 100), (BUYERS, -99)]}
    monkeypatch.setattr("checkout.settlement.postings._RULES", wrong)
    payment = payment_of(order)
    payment.pk = 999_999

    with pytest.raises(Unbalanced):
        postings_for(LedgerEntry.Kind.PAYMENT_RECEIVED, {})
    with pytest.raises(Unbalanced):
        bookings.book_payment_received(payment)

    assert LedgerEntry.objects.count() == 1
