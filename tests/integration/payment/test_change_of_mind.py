"""A buyer whose payment failed pays the same order another way, until its deadline; an earlier attempt can't pay it twice."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from checkout.order.models import Consignment, Order, PaymentState
from checkout.payment.change import other_ways, payment_method_change
from checkout.payment.closing import payments_close_due
from checkout.payment.errors import PaymentNotPossible
from checkout.payment.links import payment_token
from checkout.payment.methods import TRANSFER
from checkout.payment.models import CashLimit, Payment, PaymentClosing
from checkout.payment.services import payment_start, webhook_events_process_due
from checkout.payment.transfers.accounts import receiving_account_enter, receiving_account_use
from checkout.shipping.models import DeliveryTariff
from marketplace.money import format_dong
from marketplace.notices.models import Notice
from tests.factories.catalogue import sold_pack
from tests.factories.offers import make_offer
from tests.factories.orders import placed_order
from tests.factories.payments import URLS, call_webhook, webhook_body
from tests.factories.transfers import money_comes

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _account_of_the_shop() -> None:
    account = receiving_account_enter(bank_bin="970436", number="0071001234567", holder="CHO OCOP", by=None)
    receiving_account_use(account_id=account.pk, by=None)


@pytest.fixture
def order() -> Order:
    return placed_order(sold_pack(), quantity=2, payment_method="sandbox")


def hear(payment: Payment, event_id: str, kind: str = "payment.paid", **data: Any) -> None:
    call_webhook(webhook_body(payment, event_id=event_id, kind=kind, **data))
    webhook_events_process_due()


def test_after_a_failure_the_order_is_paid_by_transfer(order: Order) -> None:
    first = payment_start(order_id=order.pk, urls=URLS)
    hear(first, "e1", "payment.failed")

    payment_method_change(order_id=order.pk, code="transfer")
    second = payment_start(order_id=order.pk, urls=URLS)

    order.refresh_from_db()
    assert (order.payment_method, order.payment_state) == ("transfer", PaymentState.AWAITING)
    assert order.payment_deadline == order.date_placed + timedelta(hours=48)
    assert (second.gateway, second.amount) == ("transfer", first.amount)


def test_the_time_is_never_made_shorter(order: Order) -> None:
    payment_method_change(order_id=order.pk, code="transfer")
    payment_method_change(order_id=order.pk, code="sandbox")

    order.refresh_from_db()
    assert order.payment_deadline == order.date_placed + TRANSFER.deadline


def test_what_is_under_way_is_closed_and_what_it_brings_goes_back(order: Order) -> None:
    first = payment_start(order_id=order.pk, urls=URLS)

    payment_method_change(order_id=order.pk, code="cash")

    first.refresh_from_db()
    assert first.state == Payment.State.CANCELLED
    assert PaymentClosing.objects.get().payment == first
    assert payments_close_due() == 1
    hear(first, "e1")
    order.refresh_from_db()
    first.refresh_from_db()
    assert order.payment_state == PaymentState.DUE_ON_DELIVERY
    assert (first.state, first.refunded_amount) == (Payment.State.PAID, first.amount)
    assert Notice.objects.get(template="payment_returned", channel="sms").context["cause"] == "on_delivery"


def test_the_earlier_way_may_still_win_before_the_other_is_paid(order: Order) -> None:
    """The money that comes first pays; what comes twice goes back."""
    first = payment_start(order_id=order.pk, urls=URLS)
    payment_method_change(order_id=order.pk, code="transfer")
    second = payment_start(order_id=order.pk, urls=URLS)

    hear(first, "e1")

    order.refresh_from_db()
    second.refresh_from_db()
    assert (order.payment_state, order.settled_by) == (PaymentState.PAID, first)
    assert second.state == Payment.State.CANCELLED


def test_cash_adds_its_charge_and_confirms_the_order(order: Order) -> None:
    DeliveryTariff.objects.update(cod_charge=10_000, cod_rate=0)
    before = int(order.total_incl_tax)

    payment_method_change(order_id=order.pk, code="cash")

    order.refresh_from_db()
    consignment = order.consignments.get()
    assert (order.payment_state, order.payment_deadline) == (PaymentState.DUE_ON_DELIVERY, None)
    assert order.confirmed_at is not None
    assert int(order.total_incl_tax) == before + 10_000 == consignment.total
    assert Notice.objects.filter(template="order_confirmed").exists()


def test_cash_costs_afterwards_what_it_would_have_cost_at_the_checkout() -> None:
    DeliveryTariff.objects.update(cod_charge=0, cod_rate=1_000)
    make_offer(off_delivery=100, largest_amount=10_000)
    pack = sold_pack()
    at_once = placed_order(pack, quantity=2, payment_method="cash")
    later = placed_order(pack, quantity=2, payment_method="sandbox")
    assert later.consignments.get().delivery_discount > 0

    payment_method_change(order_id=later.pk, code="cash")

    later.refresh_from_db()
    assert later.total_incl_tax == at_once.total_incl_tax


def test_once_a_part_of_the_money_has_come_the_rest_comes_the_same_way(order: Order) -> None:
    payment_method_change(order_id=order.pk, code="transfer")
    money_comes(order, amount=1_000)

    assert other_ways(order) == []
    with pytest.raises(PaymentNotPossible, match="chuyển"):
        payment_method_change(order_id=order.pk, code="cash")

    order.refresh_from_db()
    assert order.payment_method == "transfer"


def test_the_same_way_again_changes_nothing(order: Order) -> None:
    payment = payment_start(order_id=order.pk, urls=URLS)

    payment_method_change(order_id=order.pk, code="sandbox")

    payment.refresh_from_db()
    assert payment.state == Payment.State.STARTED


@pytest.mark.parametrize(
    "changes",
    [
        {"payment_state": PaymentState.PAID},
        {"payment_state": PaymentState.EXPIRED},
        {"cancelled_at": timezone.now()},
        {"payment_deadline": timezone.now() - timedelta(seconds=1)},
    ],
)
def test_an_order_that_waits_for_nothing_stays_as_it_is(order: Order, changes: dict[str, Any]) -> None:
    Order.objects.update(**changes)

    with pytest.raises(PaymentNotPossible):
        payment_method_change(order_id=order.pk, code="cash")

    order.refresh_from_db()
    assert order.payment_method == "sandbox"
    assert other_ways(order) == []


@pytest.mark.parametrize("code", ["card", "gold", ""])
def test_a_way_that_is_not_offered_is_refused(order: Order, code: str) -> None:
    with pytest.raises(PaymentNotPossible):
        payment_method_change(order_id=order.pk, code=code)


def why_no_cash(order: Order) -> str:
    with translation.override("en"):
        return next(str(one.why_not) for one in other_ways(order) if one.method.code == "cash")


def test_cash_has_its_limit_and_says_why(order: Order) -> None:
    assert why_no_cash(order) == ""
    CashLimit.objects.update(most_amount=int(order.total_incl_tax) - 1)

    assert why_no_cash(order) == f"For orders up to {format_dong(order.total_incl_tax - 1)}."
    with pytest.raises(PaymentNotPossible):
        payment_method_change(order_id=order.pk, code="cash")


def test_what_paying_at_the_door_adds_counts_towards_the_limit(order: Order) -> None:
    """As at the checkout, where the order would have been refused."""
    DeliveryTariff.objects.update(cod_charge=10_000, cod_rate=0)
    CashLimit.objects.update(most_amount=int(order.total_incl_tax) + 9_999)

    with pytest.raises(PaymentNotPossible, match=r"Chỉ cho đơn đến"):
        payment_method_change(order_id=order.pk, code="cash")

    order.refresh_from_db()
    assert (order.payment_method, order.payment_state) == ("sandbox", PaymentState.AWAITING)
    CashLimit.objects.update(most_amount=int(order.total_incl_tax) + 10_000)
    payment_method_change(order_id=order.pk, code="cash")


def test_whose_parcels_came_back_pays_before(order: Order) -> None:
    for _ in range(2):
        refused = placed_order(sold_pack())
        Consignment.objects.filter(order=refused).update(
            state=Consignment.State.RETURNED, return_cause=Consignment.ReturnCause.REFUSED
        )

    assert "came back" in why_no_cash(order)


def test_the_limit_of_the_day_holds(order: Order) -> None:
    CashLimit.objects.create(
        valid_from=timezone.now().date() + timedelta(days=2), most_amount=1, refused_parcels=1
    )

    assert why_no_cash(order) == ""


def page_of(order: Order, name: str = "status") -> str:
    with translation.override("en"):
        return reverse(f"payment:{name}", args=[payment_token(order)])


def test_the_page_offers_the_other_ways_with_what_they_cost(order: Order, client: Client) -> None:
    DeliveryTariff.objects.update(cod_charge=10_000, cod_rate=0)
    hear(payment_start(order_id=order.pk, urls=URLS), "e1", "payment.failed")

    words = client.get(page_of(order)).content.decode()

    assert "Pay another way" in words
    assert 'value="transfer"' in words
    assert 'value="cash"' in words
    assert f"Paying on delivery adds {format_dong(10_000)}" in words

    assert client.post(page_of(order, "change"), {"method": "cash"}).status_code == 302
    assert "You pay on delivery" in client.get(page_of(order)).content.decode()


def test_the_page_goes_on_to_the_provider_of_the_way(order: Order, client: Client) -> None:
    payment_method_change(order_id=order.pk, code="transfer")

    answer = client.post(page_of(order, "change"), {"method": "sandbox"})

    assert "/sandbox-pay/" in answer.headers["Location"]


def test_the_page_says_why_it_cannot_be_changed(order: Order, client: Client) -> None:
    Order.objects.update(payment_state=PaymentState.PAID)

    answer = client.post(page_of(order, "change"), {"method": "cash"}, follow=True)

    assert "can no longer be paid" in answer.content.decode()
