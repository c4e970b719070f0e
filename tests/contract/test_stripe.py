"""The Stripe adapter against stripe-mock, which checks each request by Stripe's own description of its API; and the webhooks that
Stripe documents, signed as Stripe signs them."""

import json
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest
import stripe
from django.core.checks import run_checks
from django.test import RequestFactory
from django.utils import timezone, translation

from checkout.order.models import Order
from checkout.payment.bills import bill_of
from checkout.payment.closing import payments_close_due
from checkout.payment.errors import GatewayRefused, GatewayUnavailable, PaymentNotPossible
from checkout.payment.gateways.base import BillLine
from checkout.payment.gateways.stripe import API_VERSION, StripeGateway, _session_end
from checkout.payment.links import payment_urls
from checkout.payment.models import Payment
from checkout.payment.offers import offers_for
from checkout.payment.services import payment_start
from checkout.services import orders_expire_due
from tests.factories.catalogue import sold_pack
from tests.factories.orders import placed_order
from tests.factories.payments import URLS, make_order, make_paid, make_payment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stripe_is_set_up")]


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
def test_a_start_whose_answer_was_lost_is_repeated_word_for_word(
    monkeypatch: pytest.MonkeyPatch, requests_sent: list[dict[str, Any]]
) -> None:
    """Stripe takes the same key with the same words for the same session, however much later."""
    order = make_order(method="card")
    send = stripe.RequestsClient.request

    def answer_lost(*args: Any, **kwargs: Any) -> Any:
        send(*args, **kwargs)
        raise stripe.APIConnectionError("the answer never came", should_retry=False)

    with monkeypatch.context() as patch:
        patch.setattr(stripe.RequestsClient, "request", answer_lost)
        with pytest.raises(GatewayUnavailable):
            payment_start(order_id=order.pk, urls=URLS)
    with translation.override("en"):
        payment_start(order_id=order.pk, urls=URLS)

    first, second = ((one["headers"]["Idempotency-Key"], one["body"]) for one in requests_sent)
    assert first == second
    assert order.payments.get().redirect_url


@pytest.mark.stripe_mock
def test_with_less_than_half_an_hour_left_the_deadline_moves_to_the_end_of_the_session(
    requests_sent: list[dict[str, Any]],
) -> None:
    order = make_order(method="card", payment_deadline=timezone.now() + timedelta(minutes=5))

    payment = payment_start(order_id=order.pk, urls=URLS)

    order.refresh_from_db()
    left = order.payment_deadline - payment.created_at  # type: ignore[operator]
    assert timedelta(minutes=30) <= left <= timedelta(minutes=31)
    [expires_at] = requests_sent[0]["body"]["expires_at"]
    assert 0 <= int(expires_at) - int(order.payment_deadline.timestamp()) <= 1  # type: ignore[union-attr]


@pytest.mark.stripe_mock
def test_an_order_that_is_released_ends_its_session(requests_sent: list[dict[str, Any]]) -> None:
    order = placed_order(sold_pack(), payment_method="card")
    payment = payment_start(order_id=order.pk, urls=URLS)
    Order.objects.update(payment_deadline=timezone.now() - timedelta(seconds=1))

    assert orders_expire_due() == 1
    assert payments_close_due() == 1

    assert requests_sent[-1]["url"].endswith(f"/v1/checkout/sessions/{payment.reference}/expire")


@pytest.mark.parametrize(("total", "why_not"), [(99_999_999, ""), (100_000_000, "99.999.999")])
def test_cards_are_not_to_be_chosen_above_eight_digits(total: int, why_not: str) -> None:
    [card] = [offer for offer in offers_for([], total=total) if offer.method.code == "card"]

    assert bool(card.why_not) is bool(why_not)
    assert why_not in card.why_not


def test_an_order_above_eight_digits_never_reaches_stripe(requests_sent: list[dict[str, Any]]) -> None:
    order = make_order((1, 100_000_000, 0), method="card")

    with pytest.raises(PaymentNotPossible):
        payment_start(order_id=order.pk, urls=URLS)

    assert requests_sent == []
    assert not order.payments.exists()


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
@pytest.mark.parametrize("status", ["failed", "canceled"])
def test_a_refund_that_stripe_made_and_could_not_send_is_left_to_a_person(
    monkeypatch: pytest.MonkeyPatch, status: str
) -> None:
    payment = make_paid(make_order(method="card"), gateway="stripe", capture="pi_123")
    send = stripe.RequestsClient.request

    def request(self: stripe.RequestsClient, method: str, *args: Any, **kwargs: Any) -> Any:
        body, code, headers = send(self, method, *args, **kwargs)
        if method == "post":
            body = json.dumps(json.loads(body) | {"status": status}).encode()
        return body, code, headers

    monkeypatch.setattr(stripe.RequestsClient, "request", request)

    with pytest.raises(GatewayRefused, match=status):
        StripeGateway().refund(payment=payment, amount=145_000, idempotency_key="k")


@pytest.mark.stripe_mock
def test_a_session_is_ended_by_its_name(requests_sent: list[dict[str, Any]]) -> None:
    payment = make_payment(make_order(method="card"), gateway="stripe", reference="cs_test_1")

    StripeGateway().close(payment)

    [request] = requests_sent
    assert request["url"].endswith("/v1/checkout/sessions/cs_test_1/expire")
    assert request["headers"]["Stripe-Version"] == API_VERSION


def test_a_session_whose_name_was_never_learnt_needs_no_ending(requests_sent: list[dict[str, Any]]) -> None:
    StripeGateway().close(make_payment(make_order(method="card"), gateway="stripe", reference=None))

    assert requests_sent == []


@pytest.mark.parametrize(
    ("error", "becomes"),
    [
        (stripe.InvalidRequestError("over", None, code="resource_missing"), GatewayRefused),
        (stripe.IdempotencyError("other parameters"), GatewayRefused),
        (stripe.IdempotencyError("busy", code="idempotency_key_in_use"), GatewayUnavailable),
        (stripe.RateLimitError("slowly"), GatewayUnavailable),
        (stripe.APIConnectionError("no answer"), GatewayUnavailable),
    ],
)
def test_errors_are_told_apart_by_whether_another_try_helps(
    monkeypatch: pytest.MonkeyPatch, error: Exception, becomes: type[Exception]
) -> None:
    def fail(*args: Any, **kwargs: Any) -> Any:
        raise error

    monkeypatch.setattr(stripe.RequestsClient, "request", fail)
    payment = make_payment(make_order(method="card"), gateway="stripe", reference=None)

    with pytest.raises(becomes):
        StripeGateway().start(payment=payment, lines=[], urls=URLS, language="vi")


def test_ending_a_session_that_is_over_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def over(*args: Any, **kwargs: Any) -> Any:
        raise stripe.InvalidRequestError("only open sessions can be expired", None)

    monkeypatch.setattr(stripe.RequestsClient, "request", over)

    StripeGateway().close(make_payment(make_order(method="card"), gateway="stripe", reference="cs_test_1"))


@pytest.mark.stripe_mock
def test_refunds_are_listed_with_our_keys(requests_sent: list[dict[str, Any]]) -> None:
    payment = make_paid(make_order(method="card"), gateway="stripe", capture="pi_123")

    [refund] = StripeGateway().refunds_of(payment)

    assert refund.reference.startswith("re_")
    assert (refund.key, refund.has_failed) == ("", False)
    assert requests_sent[0]["url"].endswith("/v1/refunds?payment_intent=pi_123&limit=100")


def test_a_call_that_is_repeated_from_another_language_says_the_same(rf: RequestFactory) -> None:
    """Stripe takes one key with other parameters for a mistake."""
    order = make_order(method="card", language="vi")
    addresses = []
    for language in ("vi", "en"):
        with translation.override(language):
            addresses.append(payment_urls(rf.get("/"), order))

    assert addresses[0] == addresses[1]


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
    assert ("card" in [offer.method.code for offer in offers_for([], total=1)]) is offered


@pytest.mark.parametrize(
    ("key", "live_allowed", "complains"),
    [
        ("sk_live_1", False, True),
        ("rk_live_1", False, True),
        ("sk_live_1", True, False),
        ("sk_test_1", False, False),
    ],
)
def test_the_system_check_refuses_live_keys_outside_production(
    settings: Any, key: str, live_allowed: bool, complains: bool
) -> None:
    settings.STRIPE_SECRET_KEY, settings.STRIPE_LIVE_KEYS_ALLOWED = key, live_allowed

    assert ("payment.E001" in [message.id for message in run_checks()]) is complains


def test_the_bill_speaks_the_language_of_the_order() -> None:
    vietnamese, english = (make_order(number=f"AAAA-{code}", language=code) for code in ("vi", "en"))

    assert bill_of(english)[-1].name.startswith("Delivery: ")
    assert bill_of(vietnamese)[-1].name.startswith("Giao hàng: ")
