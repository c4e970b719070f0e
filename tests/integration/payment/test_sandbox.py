"""The sandbox provider: knows what a signed address told it, plays every ending, and calls the shop as a real one does."""

import io
import json
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from checkout.order.models import Order, PaymentState
from checkout.payment.models import Payment, Refund, WebhookEvent
from checkout.payment.refunds import refund_request, refunds_send_due
from checkout.payment.sandbox import wire
from checkout.payment.sandbox.models import SandboxDelivery, SandboxPayment, SandboxRefund
from checkout.payment.sandbox.services import sandbox_deliveries_send_due
from checkout.payment.sandbox.signature import HEADER, sign
from checkout.payment.services import payment_start, webhook_events_process_due
from tests.factories.payments import SECRET, URLS, make_order
from tests.integration.payment.conftest import Till

pytestmark = pytest.mark.django_db


@pytest.fixture
def order() -> Order:
    return make_order()


@pytest.fixture
def payment(order: Order) -> Payment:
    return payment_start(order_id=order.pk, urls=URLS)


@pytest.fixture(autouse=True)
def _wire_to_this_site(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let signed messages go to the test client instead of over the network (`test_sandbox_over_http` uses the network)."""

    def urlopen(request: Any, timeout: int) -> Any:
        answer = Client(headers={HEADER: request.get_header(HEADER.capitalize())}).post(
            urlsplit(request.full_url).path, data=request.data, content_type="application/json"
        )
        if answer.status_code >= 400:
            raise wire.HTTPError(request.full_url, answer.status_code, "", {}, None)  # type: ignore[arg-type]
        return io.BytesIO(answer.content)

    monkeypatch.setattr(wire, "urlopen", urlopen)


def page(payment: Payment) -> str:
    address = urlsplit(payment.redirect_url)
    return f"{address.path}?{address.query}"


def end(payment: Payment, ending: str) -> Any:
    client = Client()
    client.get(page(payment))
    return client.post(urlsplit(payment.redirect_url).path, {"ending": ending})


def deliver() -> None:
    sandbox_deliveries_send_due()
    webhook_events_process_due()


def test_paying_pays_the_order(payment: Payment, order: Order, till: Till) -> None:
    answer = end(payment, "pay")

    assert answer.status_code == 302
    assert answer["Location"] == URLS.success
    order.refresh_from_db()
    assert order.payment_state == PaymentState.AWAITING

    deliver()

    order.refresh_from_db()
    assert order.payment_state == PaymentState.PAID
    assert SandboxDelivery.objects.get().state == SandboxDelivery.State.DONE


@pytest.mark.parametrize(("ending", "state"), [("fail", "failed"), ("cancel", "cancelled")])
def test_failing_and_cancelling_leave_the_order_waiting(
    payment: Payment, order: Order, till: Till, ending: str, state: str
) -> None:
    assert end(payment, ending)["Location"] == URLS.cancel

    deliver()

    payment.refresh_from_db()
    order.refresh_from_db()
    assert payment.state == state
    assert order.payment_state == PaymentState.AWAITING


def test_after_a_refusal_the_same_page_can_still_take_the_money(
    payment: Payment, order: Order, till: Till
) -> None:
    end(payment, "fail")
    end(payment, "pay")
    deliver()

    order.refresh_from_db()
    assert order.payment_state == PaymentState.PAID


def test_calling_twice_is_one_event(payment: Payment, till: Till) -> None:
    end(payment, "pay_twice")
    deliver()

    assert SandboxDelivery.objects.filter(state="done").count() == 2
    assert WebhookEvent.objects.count() == 1
    assert len(till.calls) == 1


def test_paying_late_is_told_after_the_deadline(payment: Payment, order: Order, till: Till) -> None:
    end(payment, "pay_late")
    deliver()

    assert not WebhookEvent.objects.exists()
    delivery = SandboxDelivery.objects.get()
    assert order.payment_deadline is not None
    assert delivery.next_try_at > order.payment_deadline

    Order.objects.update(payment_state=PaymentState.EXPIRED)
    SandboxDelivery.objects.update(next_try_at=timezone.now())
    deliver()

    assert till.calls == [(order.pk, payment.pk, 625_000)]
    assert Refund.objects.get().amount == 625_000


def test_a_paid_payment_is_not_paid_again(payment: Payment) -> None:
    end(payment, "pay")
    end(payment, "pay")
    end(payment, "cancel")

    assert SandboxPayment.objects.get().state == SandboxPayment.State.PAID
    assert SandboxDelivery.objects.count() == 1


def test_a_shop_that_does_not_answer_is_called_again(
    payment: Payment, order: Order, till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    end(payment, "pay")
    with monkeypatch.context() as patch:
        patch.setattr(wire, "urlopen", lambda *args, **kwargs: (_ for _ in ()).throw(ConnectionRefusedError))
        assert sandbox_deliveries_send_due() == 0
    delivery = SandboxDelivery.objects.get()
    assert (delivery.state, delivery.error) == ("pending", "NoAnswer: ConnectionRefusedError")

    SandboxDelivery.objects.update(next_try_at=timezone.now() - timedelta(seconds=1))
    deliver()

    order.refresh_from_db()
    assert order.payment_state == PaymentState.PAID


def test_money_goes_back_once(payment: Payment, order: Order, till: Till) -> None:
    end(payment, "pay")
    deliver()
    payment.refresh_from_db()

    refund_request(payment=payment, reason="", key="k1")
    assert refunds_send_due() == 1
    Refund.objects.update(state="pending", next_try_at=timezone.now())
    assert refunds_send_due() == 1

    assert SandboxRefund.objects.get().amount == 625_000
    assert SandboxPayment.objects.get().refunded_amount == 625_000
    assert Refund.objects.get().reference == SandboxRefund.objects.get().reference


def test_the_provider_refuses_more_than_it_took(payment: Payment, till: Till) -> None:
    end(payment, "pay")
    deliver()

    def ask(amount: int, *, secret: str = SECRET) -> int:
        body = json.dumps(
            {"reference": payment.reference, "amount": amount, "idempotency_key": f"k{amount}"}
        ).encode()
        return (
            Client()
            .post(
                "/sandbox-pay/refunds/",
                data=body,
                content_type="application/json",
                headers={HEADER: sign(body, secret=secret)},
            )
            .status_code
        )

    assert [ask(625_001), ask(0), ask(-1), ask(1, secret="other"), ask(625_000), ask(1)] == [
        422,
        422,
        422,
        400,
        200,
        422,
    ]


def test_an_address_that_the_shop_did_not_sign_opens_nothing(payment: Payment) -> None:
    answer = Client().get(page(payment).replace("amount=625000", "amount=1000"))

    assert answer.status_code == 400
    assert not SandboxPayment.objects.exists()


@pytest.fixture
def shown(payment: Payment) -> str:
    return Client().get(page(payment)).content.decode()


def test_the_page_says_that_it_is_a_sandbox_in_both_languages(payment: Payment, shown: str) -> None:
    assert '<html lang="vi">' in shown
    assert "625.000" in shown
    assert "7K2M-Q4XP" in shown
    english = Client().get(f"{urlsplit(payment.redirect_url).path}?language=en").content.decode()
    assert '<html lang="en">' in english
    assert "Sandbox: no real money moves" in english


def test_unknown_endings_and_references_are_not_found(payment: Payment) -> None:
    assert end(payment, "steal").status_code == 404
    assert Client().post("/sandbox-pay/sp_nothing/", {"ending": "pay"}).status_code == 404


def test_the_page_takes_forms_of_its_own_only(payment: Payment) -> None:
    client = Client(enforce_csrf_checks=True)
    client.get(page(payment))

    assert client.post(urlsplit(payment.redirect_url).path, {"ending": "pay"}).status_code == 403


@pytest.mark.parametrize("path", ["/sandbox-pay/refunds/", "/sandbox-pay/sp_x/", "/webhooks/sandbox/"])
def test_without_the_setting_there_is_no_sandbox(payment: Payment, settings: Any, path: str) -> None:
    settings.SANDBOX_PAYMENT = False

    assert Client().post(path).status_code == 404
    assert Client().get(page(payment)).status_code == 404
