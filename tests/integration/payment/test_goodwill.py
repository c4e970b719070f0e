"""A sum given back as goodwill: within what the parcel holds, borne as stated, set off against what goes back later; packs that cost nothing."""

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from catalogue.producers.models import Partner
from checkout.order.models import Consignment, Line, Order
from checkout.order.services import consignment_return
from checkout.payment.errors import RefundNotPossible
from checkout.payment.gateways.sandbox import SandboxGateway
from checkout.payment.goodwill import GoodwillNotPossible, goodwill_give
from checkout.payment.models import Payment, Refund, RefundPart
from checkout.payment.refunds import refund_request, refunds_send_due
from checkout.settlement.reconciliation.services import all_differences
from checkout.settlement.selectors import producer_balance
from marketplace.audit.models import AuditEvent
from marketplace.notices.models import Notice
from tests.factories.catalogue import sold_pack
from tests.factories.payouts import finance, owner_of
from tests.factories.settlement import balances, commission, deliver, entries, legs, paid_order, payment_of

pytestmark = pytest.mark.django_db

PLATFORM, PRODUCER = "platform", "producer"


@pytest.fixture(autouse=True)
def _commission_of_5_per_cent(monkeypatch: pytest.MonkeyPatch) -> None:
    commission(500, valid_from=date(2026, 2, 1))
    monkeypatch.setattr(SandboxGateway, "refund", lambda self, **_: "sr_1")


@pytest.fixture
def order() -> Order:
    """Two packs of a household for 100.000 ₫, delivery 20.000 ₫, delivered."""
    order = paid_order((2, 100_000, 20_000))
    Partner.objects.update(kind=Partner.Kind.HOUSEHOLD)
    Line.objects.update(product=sold_pack())
    deliver(order.consignments.get())
    return order


def give(
    order: Order, amount: int, borne_by: str = PLATFORM, *, key: str = "g1", reason: str = "Giao muộn"
) -> Refund:
    return goodwill_give(
        consignment_id=order.consignments.get().pk,
        amount=amount,
        borne_by=borne_by,
        reason=reason,
        key=key,
        by=finance(),
    )


def send_packs_back(order: Order, packs: int, key: str = "packs") -> Refund:
    line = order.lines.get()
    return refund_request(
        payment=payment_of(order),
        consignment=line.consignment,
        lines={line.pk: packs},
        with_delivery=packs == line.quantity,
        reason="",
        key=key,
    )


def test_the_marketplace_bears_it_and_the_sale_stays_as_it_is(order: Order) -> None:
    producer = order.consignments.get().producer
    earned = producer_balance(producer)

    refund = give(order, 30_000)
    refunds_send_due()

    assert producer_balance(producer) == earned
    assert balances()["losses"] == 30_000
    assert balances()["provider"] == 90_000
    refund.refresh_from_db()
    assert (refund.state, refund.amount) == ("done", 30_000)
    assert legs(entries("refund_decided")[0]) == [
        ("losses", 30_000),
        ("buyers", -30_000),
        ("buyers", 30_000),
        ("refunds_due", -30_000),
    ]
    assert AuditEvent.objects.get(action="refund.given").changes == {"amount": 30_000, "borne_by": PLATFORM}
    assert not Notice.objects.filter(template="producer_goodwill_borne").exists()
    assert all_differences() == []


def test_the_producer_bears_it_and_is_told_why(order: Order) -> None:
    producer = order.consignments.get().producer
    owner, earned = owner_of(producer), producer_balance(producer)

    give(order, 30_000, PRODUCER)

    assert producer_balance(producer) == earned - 30_000
    assert "losses" not in balances()
    told = Notice.objects.get(template="producer_goodwill_borne", channel="mail")
    assert (told.recipient, told.context["amount"], told.context["reason"]) == (
        owner.email,
        30_000,
        "Giao muộn",
    )
    assert all_differences() == []


@pytest.mark.parametrize("borne_by", [PLATFORM, PRODUCER])
def test_all_goods_come_back_after_it_and_nothing_is_left_with_anybody(order: Order, borne_by: str) -> None:
    give(order, 30_000, borne_by)

    consignment_return(consignment_id=order.consignments.get().pk)
    refunds_send_due()

    assert sorted(Refund.objects.values_list("amount", flat=True)) == [30_000, 90_000]
    assert balances() == {}
    assert all_differences() == []


def test_it_stays_with_the_buyer_as_long_as_the_parcel_holds_enough(order: Order) -> None:
    give(order, 30_000)

    assert send_packs_back(order, 1, "one").amount == 50_000
    assert balances()["losses"] == 30_000
    # The parcel holds 40.000 of the second pack's 50.000: the rest is set off.
    assert send_packs_back(order, 1, "two").amount == 40_000
    assert balances()["losses"] == 20_000
    assert all_differences() == []


def test_more_than_one_are_set_off_ours_first(order: Order) -> None:
    give(order, 70_000, PRODUCER)
    give(order, 20_000, PLATFORM, key="g2")

    refund = send_packs_back(order, 1)

    assert refund.amount == 30_000
    set_off = RefundPart.objects.filter(refund=refund).exclude(borne_by="")
    assert list(set_off.values_list("borne_by", "amount")) == [(PLATFORM, -20_000)]
    assert "losses" not in balances()
    assert all_differences() == []


def test_what_was_given_whole_leaves_nothing_to_send_when_the_goods_come_back(order: Order) -> None:
    give(order, 120_000)
    refunds_send_due()
    assert balances()["losses"] == 120_000

    consignment_return(consignment_id=order.consignments.get().pk)

    assert list(Refund.objects.order_by("pk").values_list("amount", "state")) == [
        (120_000, "done"),
        (0, "done"),
    ]
    assert balances() == {}
    assert all_differences() == []


def test_the_rest_of_the_payment_goes_back_less_what_was_given(order: Order) -> None:
    give(order, 30_000)

    refund = refund_request(payment=payment_of(order), reason="", key="rest")
    refunds_send_due()

    assert refund.amount == 90_000
    assert balances() == {}
    assert all_differences() == []


@pytest.mark.parametrize("amount", [0, -1, 120_001])
def test_never_more_than_the_parcel_holds(order: Order, amount: int) -> None:
    with pytest.raises(GoodwillNotPossible):
        give(order, amount)

    assert not Refund.objects.exists()


def test_the_constraints_hold_sums_too(order: Order) -> None:
    give(order, 30_000)

    with pytest.raises(IntegrityError), transaction.atomic():
        Consignment.objects.update(refunded_amount=120_001)
    with pytest.raises(IntegrityError), transaction.atomic():
        Payment.objects.update(refunded_amount=120_001)


def test_not_before_the_delivery_not_without_a_reason_and_once_a_key(order: Order) -> None:
    with pytest.raises(GoodwillNotPossible):
        give(order, 1_000, reason=" ")
    first, second = give(order, 1_000), give(order, 1_000)
    assert first == second

    under_way = paid_order((1, 50_000, 0), number="UNDER-WAY")
    with pytest.raises(GoodwillNotPossible):
        give(under_way, 1_000, key="g9")
    assert Refund.objects.count() == 1


def test_of_money_that_the_bank_disputes_nothing_is_given(order: Order) -> None:
    Payment.objects.update(disputed_amount=100_000)

    with pytest.raises(GoodwillNotPossible):
        give(order, 20_001)


def test_packs_whose_share_is_nothing_go_back_without_a_word_of_error() -> None:
    order = paid_order((3, 2, 10_000))
    deliver(order.consignments.get())
    line = order.lines.get()

    refund = send_packs_back(order, 1)  # a third of 2 đồng, rounded down

    assert (refund.amount, refund.state) == (0, "done")
    line.refresh_from_db()
    assert (line.refunded_quantity, line.refunded_amount) == (1, 0)
    assert send_packs_back(order, 1, "second").amount == 1
    assert not Notice.objects.filter(template="refund_sent").exists()
    assert all_differences() == []


def test_nothing_at_all_is_still_no_refund(order: Order) -> None:
    with pytest.raises(RefundNotPossible):
        send_packs_back(order, 0)


def test_the_screen_gives_it_once(order: Order, client: Any) -> None:
    client.force_login(finance())
    consignment = order.consignments.get()
    step = reverse("dashboard:order-goodwill", args=[order.number, consignment.pk])
    assert step in client.get(reverse("dashboard:order", args=[order.number])).content.decode()
    shown = client.get(step)
    assert "120.000" in shown.content.decode()
    values = {"amount": "30.000", "borne_by": PRODUCER, "reason": "Giao muộn", "seen": 0}

    assert "120.000" in client.post(step, values | {"amount": "130.000"}).content.decode()
    client.post(step, values | {"reason": ""})
    assert not Refund.objects.exists()
    for _twice in range(2):
        client.post(step, values)

    assert Refund.objects.get().amount == 30_000
    assert "30.000" in client.get(reverse("dashboard:order", args=[order.number])).content.decode()
