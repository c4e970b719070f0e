"""The Stripe adapter against stripe-mock, which checks each request by Stripe's own description of its API; and the webhooks that
Stripe documents, signed as Stripe signs them."""

import hashlib
import hmac
import json
import os
import time
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest
import stripe
from django.test import Client

from checkout.order.models import Order
from checkout.payment.bills import bill_of
from checkout.payment.errors import GatewayRefused, GatewayUnavailable
from checkout.payment.gateways.base import BillLine, EventMeaning
from checkout.payment.gateways.stripe import StripeGateway, _session_end
from checkout.payment.methods import methods_for
from checkout.payment.models import Payment, WebhookEvent
from checkout.payment.services import payment_start
from tests.factories.payments import URLS, make_order, make_paid, make_payment

pytestmark = pytest.mark.django_db

SECRET, NEW_SECRET = "whsec_current", "whsec_next"


@pytest.fixture(autouse=True)
def _stripe_settings(settings: Any) -> None:
    settings.STRIPE_SECRET_KEY = "sk_test_123"
    settings.STRIPE_WEBHOOK_SECRETS = [SECRET, NEW_SECRET]
    settings.STRIPE_API_BASE = os.environ.get("STRIPE_MOCK_URL", "http://127.0.0.1:9")


@pytest.fixture
def requests_sent(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What goes over the wire, on its way to stripe-mock."""
    sent: list[dict[str, Any]] = []
    send = stripe.RequestsClient.request

    def request(
        self: stripe.RequestsClient, method: str, url: str, headers: dict[str, str], post_data: Any = None
    ) -> Any:
        sent.append({"method": method, "url": url, "headers": headers, "body": parse_qs(post_data or "")})
        return send(self, method, url, headers, post_data)

    monkeypatch.setattr(stripe.RequestsClient, "request", request)
    return sent


@pytest.mark.stripe_mock
def test_a_session_is_started_with_our_own_sums(requests_sent: list[dict[str, Any]]) -> None:
    order = make_order((3, 450_000, 30_000), (1, 120_000, 0), method="card")

    payment = payment_start(order_id=order.pk, urls=URLS)

    assert payment.reference
    assert payment.reference.startswith("cs_")
    [request] = requests_sent
    body = {name: values[0] for name, values in request["body"].items()}
    names = [order.consignments.all()[0].producer.name]
    assert body == {
        "mode": "payment",
        "line_items[0][quantity]": "1",
        "line_items[0][price_data][currency]": "vnd",
        "line_items[0][price_data][unit_amount]": "450000",
        "line_items[0][price_data][product_data][name]": "3 × Trà atiso số 1 (hộp 20 túi)",
        "line_items[1][quantity]": "1",
        "line_items[1][price_data][currency]": "vnd",
        "line_items[1][price_data][unit_amount]": "120000",
        "line_items[1][price_data][product_data][name]": "1 × Trà atiso số 2 (hộp 20 túi)",
        "line_items[2][quantity]": "1",
        "line_items[2][price_data][currency]": "vnd",
        "line_items[2][price_data][unit_amount]": "30000",
        "line_items[2][price_data][product_data][name]": body[
            "line_items[2][price_data][product_data][name]"
        ],
        "success_url": URLS.success,
        "cancel_url": URLS.cancel,
        "client_reference_id": order.number,
        "metadata[payment_id]": str(payment.pk),
        "metadata[order_number]": order.number,
        "payment_intent_data[metadata][payment_id]": str(payment.pk),
        "payment_intent_data[metadata][order_number]": order.number,
        "payment_intent_data[description]": order.number,
        "expires_at": str(int(order.payment_deadline.timestamp())),  # type: ignore[union-attr]
        "locale": "vi",
    }
    assert names[0] in body["line_items[2][price_data][product_data][name]"]
    assert request["headers"]["Idempotency-Key"] == f"payment-{payment.pk}-{order.number}"


@pytest.mark.stripe_mock
def test_a_refund_names_its_sum_and_its_key(requests_sent: list[dict[str, Any]]) -> None:
    payment = make_paid(make_order(method="card"), gateway="stripe")
    payment.capture_reference = "pi_123"

    reference = StripeGateway().refund(payment=payment, amount=145_000, idempotency_key="consignment-7")

    assert reference.startswith("re_")
    search, request = requests_sent
    assert search["method"] == "get"
    assert search["url"].endswith("/v1/refunds?payment_intent=pi_123&limit=100")
    assert request["url"].endswith("/v1/refunds")
    assert request["body"] == {
        "payment_intent": ["pi_123"],
        "amount": ["145000"],
        "metadata[payment_id]": [str(payment.pk)],
        "metadata[refund_key]": ["consignment-7"],
    }
    assert request["headers"]["Idempotency-Key"] == "refund-consignment-7"


@pytest.mark.stripe_mock
def test_a_refund_that_stripe_knows_is_not_sent_again(
    monkeypatch: pytest.MonkeyPatch, requests_sent: list[dict[str, Any]]
) -> None:
    payment = make_paid(make_order(method="card"), gateway="stripe")
    payment.capture_reference = "pi_123"
    send = stripe.RequestsClient.request

    def request(self: stripe.RequestsClient, method: str, *args: Any, **kwargs: Any) -> Any:
        body, status, headers = send(self, method, *args, **kwargs)
        if method == "get":
            answer = json.loads(body)
            answer["data"][0] |= {"id": "re_known", "metadata": {"refund_key": "k"}, "status": "succeeded"}
            body = json.dumps(answer).encode()
        return body, status, headers

    monkeypatch.setattr(stripe.RequestsClient, "request", request)

    assert StripeGateway().refund(payment=payment, amount=145_000, idempotency_key="k") == "re_known"
    assert [one["method"] for one in requests_sent] == ["get"]


@pytest.mark.stripe_mock
def test_what_stripe_refuses_is_not_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("checkout.payment.gateways.stripe._line_item", lambda line: {"quantity": "some"})
    order = make_order(method="card")

    with pytest.raises(GatewayRefused):
        payment_start(order_id=order.pk, urls=URLS)

    assert order.payments.get().state == Payment.State.FAILED


@pytest.mark.stripe_mock
def test_a_bill_of_a_hundred_lines_fits_a_session(requests_sent: list[dict[str, Any]]) -> None:
    payment = make_payment(make_order(method="card"), gateway="stripe")
    lines = [BillLine(name=f"{'x' * 300} {number}", amount=1_000 + number) for number in range(130)]

    StripeGateway().start(payment=payment, lines=lines, urls=URLS, language="en")

    [request] = requests_sent
    amounts = [int(values[0]) for name, values in request["body"].items() if name.endswith("[unit_amount]")]
    assert len(amounts) == 100
    assert sum(amounts) == sum(line.amount for line in lines)
    assert max(len(v[0]) for n, v in request["body"].items() if n.endswith("[name]")) == 250
    assert request["body"]["locale"] == ["en"]


def test_a_silent_stripe_is_told_from_a_refusing_one(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.STRIPE_API_BASE = "http://127.0.0.1:9"
    monkeypatch.setattr(stripe.RequestsClient, "_sleep_time_seconds", lambda *args, **kwargs: 0)
    order = make_order(method="card")

    with pytest.raises(GatewayUnavailable):
        payment_start(order_id=order.pk, urls=URLS)

    waiting = order.payments.get()
    assert (waiting.state, waiting.redirect_url) == (Payment.State.STARTED, "")


@pytest.mark.parametrize(
    ("left", "lives"),
    [
        (timedelta(minutes=60), timedelta(minutes=60)),
        (timedelta(minutes=5), timedelta(minutes=31)),
        (timedelta(hours=48), timedelta(hours=23, minutes=59)),
    ],
)
def test_a_session_lives_until_the_deadline_as_far_as_stripe_allows(
    left: timedelta, lives: timedelta
) -> None:
    order = make_order(method="card")
    payment = make_payment(order, gateway="stripe")
    order.payment_deadline = payment.created_at + left

    assert _session_end(payment) == payment.created_at + lives


@pytest.mark.parametrize(
    ("key", "secrets", "live_allowed", "offered"),
    [
        ("sk_test_1", ["whsec_1"], False, True),
        ("rk_test_1", ["whsec_1"], False, True),
        ("sk_live_1", ["whsec_1"], False, False),
        ("rk_live_1", ["whsec_1"], False, False),
        ("sk_live_1", ["whsec_1"], True, True),
        ("", ["whsec_1"], True, False),
        ("sk_test_1", [], False, False),
    ],
)
def test_offered_only_where_keys_are_set_and_live_ones_only_in_production(
    settings: Any, key: str, secrets: list[str], live_allowed: bool, offered: bool
) -> None:
    settings.STRIPE_SECRET_KEY = key
    settings.STRIPE_WEBHOOK_SECRETS = secrets
    settings.STRIPE_LIVE_KEYS_ALLOWED = live_allowed

    assert StripeGateway().is_offered() is offered
    assert ("card" in [method.code for method in methods_for([])]) is offered


def session_event(payment: Payment, kind: str, **changes: Any) -> dict[str, Any]:
    """Return an event as Stripe documents it, cut down to more than we read."""
    session = {
        "id": payment.reference,
        "object": "checkout.session",
        "amount_total": payment.amount,
        "client_reference_id": payment.order.number,
        "currency": "vnd",
        "customer_details": {"email": "lan@example.com", "name": "Nguyễn Thị Lan", "phone": None},
        "metadata": {"payment_id": str(payment.pk), "order_number": payment.order.number},
        "payment_intent": "pi_3Q",
        "payment_status": "paid",
        "status": "complete",
        **changes,
    }
    return {
        "id": f"evt_{kind}",
        "object": "event",
        "api_version": "2025-01-27.acacia",
        "created": 1_764_000_000,
        "livemode": False,
        "type": kind,
        "data": {"object": session},
    }


def post(event: dict[str, Any] | bytes, *, secret: str = SECRET, at: int | None = None) -> int:
    body = event if isinstance(event, bytes) else json.dumps(event).encode()
    moment = at or int(time.time())
    digest = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    return (
        Client()
        .post(
            "/webhooks/stripe/",
            data=body,
            content_type="application/json",
            headers={"Stripe-Signature": f"t={moment},v1={digest},v0=abc"},
        )
        .status_code
    )


@pytest.fixture
def payment() -> Payment:
    order: Order = make_order(method="card")
    return make_payment(order, gateway="stripe", reference="cs_test_1")


@pytest.mark.parametrize(
    ("kind", "changes", "meaning"),
    [
        ("checkout.session.completed", {}, EventMeaning.PAID),
        ("checkout.session.completed", {"payment_status": "unpaid"}, EventMeaning.NOTHING),
        ("checkout.session.async_payment_succeeded", {}, EventMeaning.PAID),
        (
            "checkout.session.async_payment_failed",
            {"payment_status": "unpaid", "payment_intent": None},
            EventMeaning.FAILED,
        ),
        (
            "checkout.session.expired",
            {"payment_status": "unpaid", "status": "expired", "payment_intent": None},
            EventMeaning.EXPIRED,
        ),
    ],
)
def test_understands_what_becomes_of_a_session(
    payment: Payment, kind: str, changes: dict[str, Any], meaning: EventMeaning
) -> None:
    assert post(session_event(payment, kind, **changes)) == 200

    event = WebhookEvent.objects.get()
    assert (event.gateway, event.event_id, event.kind) == ("stripe", f"evt_{kind}", kind)
    assert event.payload["meaning"] == meaning
    assert event.payload["amount"] == 625_000
    assert event.payload["payment_id"] == payment.pk


def test_nothing_of_the_person_who_paid_is_stored(payment: Payment) -> None:
    post(session_event(payment, "checkout.session.completed"))

    stored = json.dumps(WebhookEvent.objects.get().payload, ensure_ascii=False)
    assert "lan@example.com" not in stored
    assert "Lan" not in stored


def test_another_currency_is_no_sum_of_ours(payment: Payment) -> None:
    post(session_event(payment, "checkout.session.completed", currency="usd"))

    assert WebhookEvent.objects.get().payload["amount"] is None


def test_the_next_secret_holds_while_the_old_one_still_does(payment: Payment) -> None:
    assert post(session_event(payment, "checkout.session.completed"), secret=NEW_SECRET) == 200


@pytest.mark.parametrize("attack", ["secret", "old", "live", "nonsense", "list"])
def test_what_stripe_did_not_sign_is_refused_and_not_stored(payment: Payment, attack: str) -> None:
    event = session_event(payment, "checkout.session.completed")
    match attack:
        case "secret":
            status = post(event, secret="whsec_other")
        case "old":
            status = post(event, at=int(time.time()) - 301)
        case "live":
            status = post({**event, "livemode": True})
        case "nonsense":
            status = post(b"\xff{")
        case _:
            status = post(b"[]")

    assert status == 400
    assert not WebhookEvent.objects.exists()


@pytest.mark.parametrize(
    ("kind", "status", "meaning"),
    [
        ("refund.failed", "failed", EventMeaning.REFUND_FAILED),
        ("refund.updated", "succeeded", EventMeaning.NOTHING),
        ("charge.succeeded", "succeeded", EventMeaning.NOTHING),
    ],
)
def test_other_events_are_stored_and_understood(kind: str, status: str, meaning: EventMeaning) -> None:
    thing = {"id": "re_1", "object": "refund", "status": status}
    event = {"id": "evt_1", "type": kind, "livemode": False, "data": {"object": thing}}

    assert post(event) == 200

    assert WebhookEvent.objects.get().payload["meaning"] == meaning


def test_the_bill_speaks_the_language_of_the_order() -> None:
    vietnamese, english = (make_order(number=f"AAAA-{code}", language=code) for code in ("vi", "en"))

    assert bill_of(english)[-1].name.startswith("Delivery: ")
    assert bill_of(vietnamese)[-1].name.startswith("Giao hàng: ")
