"""Shop and sandbox provider over a real network connection, in both directions."""

from typing import Any
from urllib.parse import urlsplit
from urllib.request import HTTPCookieProcessor, Request, build_opener

import pytest
from django.test import RequestFactory

from checkout.order.models import PaymentState
from checkout.payment.links import payment_urls
from checkout.payment.models import Payment, Refund
from checkout.payment.refunds import refund_request, refunds_send_due
from checkout.payment.sandbox.models import SandboxPayment
from checkout.payment.sandbox.services import sandbox_deliveries_send_due
from checkout.payment.services import payment_start, webhook_events_process_due
from tests.factories.payments import make_order
from tests.integration.payment.conftest import Till

pytestmark = pytest.mark.django_db(transaction=True)


def test_from_the_shop_to_the_provider_and_back_with_a_refund(live_server: Any, till: Till) -> None:
    order = make_order()
    request = RequestFactory().get("/", SERVER_NAME="localhost", SERVER_PORT=urlsplit(live_server.url).port)
    payment = payment_start(order_id=order.pk, urls=payment_urls(request, order))
    browser = build_opener(HTTPCookieProcessor())

    # The buyer opens the provider's page and presses "Pay".
    page = browser.open(Request(payment.redirect_url)).read().decode()
    token = page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    provider = SandboxPayment.objects.get()
    assert provider.webhook_url.startswith("http://localhost:")
    answer = browser.open(
        Request(payment.redirect_url, data=f"csrfmiddlewaretoken={token}&ending=pay".encode()), timeout=30
    )
    assert answer.url == provider.success_url

    # The provider calls the shop; the shop deals with it.
    assert sandbox_deliveries_send_due() == 1
    assert webhook_events_process_due() == 1
    order.refresh_from_db()
    assert order.payment_state == PaymentState.PAID

    # The shop asks the provider to send the money back.
    refund_request(payment=Payment.objects.get(), reason="cancelled", key="k1")
    assert refunds_send_due() == 1
    provider.refresh_from_db()
    assert provider.refunded_amount == 625_000
    assert Refund.objects.get().state == Refund.State.DONE
