"""The page a buyer comes back to: it reads, says how the payment stands, and offers what can be done."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from checkout.order.models import Order, PaymentState
from checkout.payment.links import payment_page_path, payment_token
from checkout.payment.models import Payment
from checkout.payment.refunds import refund_request
from tests.factories.payments import make_order, make_paid, make_payment

pytestmark = pytest.mark.django_db


def shown(order: Order, language: str = "en", headers: dict[str, str] | None = None) -> str:
    with translation.override(language):
        answer = Client(headers=headers).get(payment_page_path(order))
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    return answer.content.decode()


def test_coming_back_changes_nothing() -> None:
    order = make_order()
    payment = make_payment(order)

    assert "We are waiting for your payment" in shown(order)

    payment.refresh_from_db()
    order.refresh_from_db()
    assert (payment.state, order.payment_state) == ("started", PaymentState.AWAITING)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"payment_state": PaymentState.PAID}, "your payment has arrived"),
        ({"payment_state": PaymentState.PARTLY_REFUNDED}, "Money is on its way back"),
        ({"payment_state": PaymentState.REFUNDED}, "Money is on its way back"),
        ({"payment_state": PaymentState.DUE_ON_DELIVERY, "method": "cash"}, "You pay on delivery"),
        ({"payment_state": PaymentState.EXPIRED}, "Nothing was charged"),
        ({"cancelled_at": timezone.now()}, "Nothing was charged"),
        ({"payment_deadline": timezone.now() - timedelta(minutes=1)}, "Nothing was charged"),
        ({"payment_state": PaymentState.EXPIRED, "paid_amount": 625_000}, "came too late"),
    ],
)
def test_says_how_the_payment_stands(fields: dict[str, Any], words: str) -> None:
    assert words in shown(make_order(**fields))


@pytest.mark.parametrize("state", [PaymentState.PAID, PaymentState.DUE_ON_DELIVERY])
def test_an_order_that_is_put_aside_is_not_said_to_be_under_way(state: PaymentState) -> None:
    """No producer sees it yet."""
    page = shown(make_order(payment_state=state, held_at=timezone.now()))

    assert "somebody looks at it" in page
    assert "are getting your goods ready" not in page
    assert "is confirmed" not in page


def test_late_money_of_a_bank_transfer_goes_back_to_an_account_that_is_asked_for() -> None:
    """Nobody can send a transfer back the way it came."""
    order = make_order(method="transfer")
    refund_request(payment=make_paid(order, gateway="transfer"), reason="", key="late")
    Order.objects.update(payment_state=PaymentState.EXPIRED)
    order.refresh_from_db()

    page = shown(order)

    assert "We ask you for your account" in page
    assert "the way you paid" not in page


def test_a_refused_payment_can_be_tried_again() -> None:
    order = make_order()
    make_payment(order, state=Payment.State.FAILED)

    page = shown(order)

    assert "The payment did not go through" in page
    assert "Try again" in page


def test_asks_again_by_itself_only_while_money_is_awaited() -> None:
    waiting, paid = make_order(number="AAAA-0001"), make_order(number="AAAA-0002")
    make_paid(paid)

    assert 'hx-trigger="every 3s"' in shown(waiting)
    assert "hx-trigger" not in re.sub(r"<header.*?</header>", "", shown(paid), flags=re.S)
    assert "<html" not in shown(waiting, headers={"hx-request": "true"})


def test_leaves_the_screen_alone_while_nothing_is_new() -> None:
    order = make_order()
    client = Client(headers={"hx-request": "true"})
    with translation.override("en"):
        address = f"{payment_page_path(order)}?seen=unfinished"

    assert client.get(address).status_code == 204
    make_payment(order, state=Payment.State.FAILED)
    assert "did not go through" in client.get(address).content.decode()


def test_the_button_leads_to_the_provider() -> None:
    order = make_order()
    with translation.override("vi"):
        start = reverse("payment:start", args=[payment_token(order)])

    answer = Client().post(start)

    payment = order.payments.get()
    assert answer.status_code == 302
    assert answer["Location"] == payment.redirect_url
    assert payment.redirect_url.startswith("http://testserver/sandbox-pay/")


def test_an_order_that_has_ended_leads_back_with_the_reason() -> None:
    order = make_order(payment_state=PaymentState.EXPIRED)
    with translation.override("en"):
        start = reverse("payment:start", args=[payment_token(order)])

    answer = Client().post(start, follow=True)

    assert "This order has ended and can no longer be paid." in answer.content.decode()


@pytest.mark.parametrize("name", ["status", "start"])
def test_a_token_that_we_did_not_sign_finds_nothing(name: str) -> None:
    order = make_order()
    with translation.override("en"):
        address = reverse(f"payment:{name}", args=[f"{order.number}.forged"])

    assert Client().post(address).status_code in (404, 405)
    assert Client().get(address, follow=True).status_code == 404


def test_both_languages() -> None:
    order = make_order()

    assert "Chúng tôi đang chờ thanh toán của bạn" in shown(order, "vi")
    assert "625.000\u00a0₫" in shown(order, "vi")
