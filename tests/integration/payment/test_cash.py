"""Cash handed over at the door is a payment of its parcel, and goes back by bank transfer."""

from dataclasses import replace
from datetime import timedelta
from importlib import import_module
from urllib.parse import urlsplit

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from checkout.order.links import order_path, order_token
from checkout.order.models import Consignment, Order, PaymentState
from checkout.order.services import (
    consignment_accept,
    consignment_deliver,
    consignment_pack,
    consignment_return,
    consignment_ship,
)
from checkout.payment.bank_accounts import (
    bank_account_give,
    bank_accounts_forget_due,
    refund_by_transfer,
    refund_transfer_refused,
    refund_transferred,
    refunds_to_transfer,
)
from checkout.payment.cash import cash_receive
from checkout.payment.errors import RefundNotPossible
from checkout.payment.links import account_url, payment_token
from checkout.payment.models import BuyerBankAccount, Payment, Refund
from checkout.payment.refunds import refund_request, refunds_send_due
from marketplace.customer.services import AccountStillNeeded, account_delete, personal_data
from marketplace.money import format_dong
from marketplace.notices.models import Notice
from tests.factories.catalogue import sold_pack
from tests.factories.orders import BUYER, placed_order
from tests.factories.payments import make_order, make_paid
from tests.factories.people import account_with_proved_mail

pytestmark = pytest.mark.django_db

ACCOUNT = {"bank_bin": "970436", "number": "0071001234567", "holder": "NGUYEN THI LAN"}


@pytest.fixture
def order() -> Order:
    return placed_order(sold_pack(), sold_pack())


def ship(consignment: Consignment) -> None:
    consignment_accept(consignment_id=consignment.pk)
    consignment_pack(consignment_id=consignment.pk)
    consignment_ship(consignment_id=consignment.pk)


def hand_over(consignment: Consignment) -> Payment:
    ship(consignment)
    consignment_deliver(consignment_id=consignment.pk)
    return Payment.objects.get(consignment=consignment)


def sums(order: Order) -> tuple[str, int, int]:
    order.refresh_from_db()
    return order.payment_state, order.paid_amount, order.refunded_amount


def test_each_parcel_is_paid_when_it_is_handed_over(order: Order) -> None:
    first, second = order.consignments.all()
    assert not order.payments.exists()

    payment = hand_over(first)

    assert (payment.gateway, payment.state, payment.amount) == ("cash", "paid", first.total)
    assert payment.paid_at is not None
    assert sums(order) == (PaymentState.DUE_ON_DELIVERY, first.total, 0)

    hand_over(second)

    assert sums(order) == (PaymentState.PAID, order.total_incl_tax, 0)


def test_what_costs_nothing_is_paid_by_nothing(order: Order) -> None:
    consignment = order.consignments.all()[0]
    consignment.goods_total = consignment.delivery_charge = 0

    assert cash_receive(consignment=consignment) is None
    assert not order.payments.exists()


def test_cash_is_taken_once(order: Order) -> None:
    consignment = order.consignments.all()[0]
    payment = hand_over(consignment)

    assert cash_receive(consignment=consignment) == payment
    assert order.payments.count() == 1


def test_cash_of_before_is_a_payment_too(order: Order) -> None:
    consignment = order.consignments.all()[0]
    hand_over(consignment)
    Payment.objects.all().delete()
    Order.objects.update(settled_by=None)

    migration = import_module("checkout.payment.migrations.0010_cash_that_was_handed_over")
    migration.fill(apps, None)

    payment = Payment.objects.get()
    consignment.refresh_from_db()
    assert (payment.consignment, payment.amount, payment.state) == (consignment, consignment.total, "paid")
    assert payment.paid_at == consignment.delivered_at
    assert cash_receive(consignment=consignment) == payment
    assert sums(order) == (PaymentState.DUE_ON_DELIVERY, consignment.total, 0)


def test_a_refused_parcel_leaves_the_others_paid(order: Order) -> None:
    first, second = order.consignments.all()
    hand_over(first)
    ship(second)

    consignment_return(consignment_id=second.pk, reason="refused")

    assert sums(order) == (PaymentState.PAID, first.total, 0)
    assert not Refund.objects.exists()


def test_cash_of_a_returned_parcel_waits_to_be_transferred(order: Order) -> None:
    first, second = order.consignments.all()
    payment = hand_over(first)
    hand_over(second)

    consignment_return(consignment_id=first.pk, reason="broken")

    refund = Refund.objects.get()
    assert (refund.payment, refund.consignment, refund.amount) == (payment, first, first.total)
    assert refund.state == Refund.State.TO_TRANSFER
    assert sums(order) == (PaymentState.PARTLY_REFUNDED, order.total_incl_tax, first.total)
    assert refunds_send_due() == 0, "no machine sends cash"


def test_a_return_before_the_last_parcel_came_is_counted_once_it_has(order: Order) -> None:
    first, second = order.consignments.all()
    hand_over(first)
    consignment_return(consignment_id=first.pk)
    assert sums(order) == (PaymentState.DUE_ON_DELIVERY, first.total, first.total)

    hand_over(second)

    assert sums(order) == (PaymentState.PARTLY_REFUNDED, order.total_incl_tax, first.total)


def test_cash_of_one_parcel_pays_nothing_of_another(order: Order) -> None:
    first, second = order.consignments.all()
    payment = hand_over(first)
    hand_over(second)

    with pytest.raises(RefundNotPossible):
        refund_request(payment=payment, consignment=second, reason="", key="wrong")


def test_some_packs_of_a_cash_parcel_go_back() -> None:
    order = placed_order(sold_pack(), quantity=3)
    consignment = order.consignments.get()
    payment = hand_over(consignment)
    line = consignment.lines.get()

    refund = refund_request(
        payment=payment, lines={line.pk: 1}, with_delivery=False, reason="one is broken", key="a"
    )

    assert refund.amount == consignment.goods_total // 3
    assert refund.state == Refund.State.TO_TRANSFER


@pytest.mark.parametrize(("gateway", "of_consignment"), [("cash", False), ("sandbox", True)])
def test_cash_and_only_cash_is_of_a_consignment(order: Order, gateway: str, of_consignment: bool) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Payment.objects.create(
            order=order,
            gateway=gateway,
            amount=1,
            consignment=order.consignments.all()[0] if of_consignment else None,
        )


@pytest.fixture
def refund() -> Refund:
    order = placed_order(sold_pack())
    return refund_request(payment=hand_over(order.consignments.get()), reason="broken", key="a")


def test_a_refund_is_paid_out_once_the_buyer_has_named_an_account(refund: Refund) -> None:
    assert not refunds_to_transfer().exists()

    bank_account_give(order_id=refund.payment.order_id, **ACCOUNT)

    assert list(refunds_to_transfer()) == [refund]

    for _ in range(2):
        refund_transferred(refund_id=refund.pk, reference="FT26334")

    refund.refresh_from_db()
    assert (refund.state, refund.reference) == (Refund.State.DONE, "FT26334")
    assert refund.sent_at is not None
    assert not refunds_to_transfer().exists()
    assert Notice.objects.filter(template="refund_sent", channel="sms").count() == 1


def test_an_account_that_refuses_the_money_is_forgotten_and_another_one_counts(
    refund: Refund, caplog: pytest.LogCaptureFixture
) -> None:
    bank_account_give(order_id=refund.payment.order_id, **ACCOUNT)
    refund_transferred(refund_id=refund.pk, reference="FT26334")

    refund_transfer_refused(refund_id=refund.pk, error="account closed")

    assert "account closed" not in caplog.text, "the bank's words may name the buyer"
    refund.refresh_from_db()
    assert (refund.state, refund.sent_at, refund.error) == (Refund.State.TO_TRANSFER, None, "account closed")
    assert not BuyerBankAccount.objects.exists()

    bank_account_give(order_id=refund.payment.order_id, **{**ACCOUNT, "number": "123456789"})
    assert refunds_to_transfer().get().payment.order.bank_account.masked_number == "…6789"
    refund_transferred(refund_id=refund.pk, reference="FT26335")
    told = Notice.objects.filter(template="refund_sent", channel="sms").order_by("pk")
    assert [one.context["account"][-4:] for one in told] == ["4567", "6789"], (
        "the second account is told, too"
    )


def test_no_account_is_taken_where_nothing_waits_for_one(order: Order) -> None:
    with pytest.raises(RefundNotPossible):
        bank_account_give(order_id=order.pk, **ACCOUNT)


@pytest.mark.parametrize(("days", "kept"), [(89, 1), (91, 0)])
def test_an_account_is_forgotten_90_days_after_the_money_was_sent(
    refund: Refund, days: int, kept: int
) -> None:
    bank_account_give(order_id=refund.payment.order_id, **ACCOUNT)
    refund_transferred(refund_id=refund.pk, reference="FT26334")
    Refund.objects.update(sent_at=timezone.now() - timedelta(days=days))

    bank_accounts_forget_due()

    assert BuyerBankAccount.objects.count() == kept


def test_an_account_is_kept_while_money_has_to_go_there(refund: Refund) -> None:
    bank_account_give(order_id=refund.payment.order_id, **ACCOUNT)
    BuyerBankAccount.objects.update(given_at=timezone.now() - timedelta(days=200))

    assert bank_accounts_forget_due() == 0
    assert BuyerBankAccount.objects.exists()


def account_page(order: Order) -> str:
    return urlsplit(account_url(order)).path


def test_the_buyer_names_the_account_on_a_page_whose_address_was_sent(refund: Refund, client: Client) -> None:
    order = refund.payment.order
    asked = Notice.objects.get(template="refund_account_needed", channel="sms")
    assert asked.context["amount"] == refund.amount
    assert asked.context["account_url"].endswith(account_page(order))

    page = client.get(account_page(order))
    assert format_dong(refund.amount) in page.content.decode()

    answer = client.post(
        account_page(order),
        {"bank_bin": "970436", "number": "0071 0012-345.67", "holder": " nguyễn  thị lan"},
        follow=True,
    )

    account = BuyerBankAccount.objects.get()
    assert (account.bank_bin, account.number, account.holder) == ("970436", "0071001234567", "NGUYEN THI LAN")
    words = answer.content.decode()
    assert "Vietcombank …4567" in words
    assert "0071001234567" not in words
    told = Notice.objects.get(template="refund_account_named", channel="sms")
    assert told.context["account"] == "Vietcombank …4567"


@pytest.mark.parametrize(
    "wrong",
    [
        {"bank_bin": "999999"},
        {"bank_bin": ""},
        {"number": "12345"},
        {"number": "12a;drop"},
        {"holder": "<b>"},
    ],
)
def test_what_no_bank_would_take_is_asked_again(
    refund: Refund, client: Client, wrong: dict[str, str]
) -> None:
    answer = client.post(account_page(refund.payment.order), {**ACCOUNT, **wrong})

    assert answer.status_code == 422
    assert not BuyerBankAccount.objects.exists()


def test_who_knows_the_order_alone_cannot_name_an_account(refund: Refund, client: Client) -> None:
    """Whoever carries the parcel knows number and phone, and by them the order's page."""
    order = refund.payment.order
    page = client.get(order_path(order)).content.decode()
    assert account_page(order) not in page
    for token in (order_token(order), payment_token(order), f"{order.number}.x"):
        url = reverse("payment:account", args=[token])
        assert client.post(url, ACCOUNT).status_code == 404

    assert not BuyerBankAccount.objects.exists()


def test_the_link_is_sent_again_once_an_hour(refund: Refund, client: Client) -> None:
    order = refund.payment.order

    for _ in range(2):
        client.post(reverse("payment:account-link", args=[order_token(order)]))

    assert Notice.objects.filter(template="refund_account_needed", channel="sms").count() == 2


def test_with_nothing_to_send_the_page_says_so(order: Order, client: Client) -> None:
    page = client.get(account_page(order)).content.decode()

    assert "<form" not in page
    assert client.post(account_page(order), ACCOUNT).status_code == 302
    assert not BuyerBankAccount.objects.exists()


def test_what_the_provider_refused_goes_by_bank_transfer() -> None:
    payment = make_paid(make_order())
    refund = refund_request(payment=payment, reason="", key="a")
    Refund.objects.update(state=Refund.State.FAILED, error="card closed")

    refund_by_transfer(refund=refund)

    refund.refresh_from_db()
    assert refund.state == Refund.State.TO_TRANSFER
    assert Notice.objects.filter(template="refund_account_needed").exists()


def test_an_account_is_not_deleted_before_its_money_has_gone_back() -> None:
    buyer = account_with_proved_mail("lan@example.vn")
    order = placed_order(sold_pack(), buyer=replace(BUYER, user=buyer))
    refund = refund_request(payment=hand_over(order.consignments.get()), reason="broken", key="a")
    bank_account_give(order_id=order.pk, **ACCOUNT)
    assert personal_data(buyer)["orders"][0]["money_back_to"] == "Vietcombank 0071001234567 NGUYEN THI LAN"

    with pytest.raises(AccountStillNeeded):
        account_delete(user=buyer)

    refund_transferred(refund_id=refund.pk, reference="FT26334")
    account_delete(user=buyer)

    assert not BuyerBankAccount.objects.exists()
