"""Webhooks: verified, stored once, answered, then dealt with once and in any order."""

import itertools
import time
from dataclasses import asdict
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from checkout.order.models import PaymentState
from checkout.payment import services
from checkout.payment.gateways.base import EventMeaning, GatewayEvent
from checkout.payment.models import Payment, Refund, WebhookEvent
from checkout.payment.services import webhook_events_process_due
from marketplace.duties import BACKOFF
from tests.factories.payments import call_webhook, make_order, make_paid, make_payment, webhook_body
from tests.integration.payment.conftest import Till

pytestmark = pytest.mark.django_db


def test_an_order_is_paid_by_a_webhook_and_by_nothing_else(till: Till) -> None:
    payment = make_payment(make_order())

    assert call_webhook(webhook_body(payment, event_id="e1")) == 200
    assert till.calls == []
    assert webhook_events_process_due() == 1

    payment.refresh_from_db()
    assert payment.state == Payment.State.PAID
    assert payment.paid_at is not None
    assert payment.capture_reference == payment.reference
    assert till.calls == [(payment.order_id, payment.pk, 625_000)]
    payment.order.refresh_from_db()
    assert (payment.order.payment_state, payment.order.paid_amount) == (PaymentState.PAID, 625_000)
    event = WebhookEvent.objects.get()
    assert (event.state, event.outcome, event.attempts) == ("processed", "paid", 1)


def test_the_same_webhook_ten_times_is_one_event_and_one_payment(till: Till) -> None:
    payment = make_payment(make_order())
    body = webhook_body(payment, event_id="e1")

    assert [call_webhook(body) for _ in range(10)] == [200] * 10
    assert [webhook_events_process_due(), webhook_events_process_due()] == [1, 0]
    assert call_webhook(body) == 200
    assert webhook_events_process_due() == 0

    assert WebhookEvent.objects.count() == 1
    assert len(till.calls) == 1


KINDS = ("payment.paid", "payment.failed", "payment.cancelled", "payment.paid")


@pytest.mark.parametrize("order_of_arrival", sorted(set(itertools.permutations(KINDS))))
def test_paid_wins_in_whatever_order_events_come(till: Till, order_of_arrival: tuple[str, ...]) -> None:
    payment = make_payment(make_order())

    for number, kind in enumerate(order_of_arrival):
        call_webhook(webhook_body(payment, event_id=f"e{number}", kind=kind))
        webhook_events_process_due()

    payment.refresh_from_db()
    assert payment.state == Payment.State.PAID
    assert len(till.calls) == 1
    assert not Refund.objects.exists()


@pytest.mark.parametrize(
    ("kind", "state"), [("payment.failed", "failed"), ("payment.cancelled", "cancelled")]
)
def test_an_attempt_that_ends_leaves_the_order_waiting(till: Till, kind: str, state: str) -> None:
    payment = make_payment(make_order())

    call_webhook(webhook_body(payment, event_id="e1", kind=kind))
    webhook_events_process_due()

    payment.refresh_from_db()
    assert payment.state == state
    assert payment.order.payment_state == PaymentState.AWAITING
    assert till.calls == []


def test_a_session_that_expired_at_the_provider_can_be_started_anew(till: Till) -> None:
    """The sandbox never says so, Stripe does."""
    order = make_order(method="card")
    payment = make_payment(order, gateway="stripe", reference="cs_1")
    event = GatewayEvent(
        event_id="evt_1",
        kind="checkout.session.expired",
        meaning=EventMeaning.EXPIRED,
        reference="cs_1",
        order_number=order.number,
        payment_id=payment.pk,
    )
    WebhookEvent.objects.create(gateway="stripe", event_id="evt_1", kind=event.kind, payload=asdict(event))

    assert webhook_events_process_due() == 1

    payment.refresh_from_db()
    order.refresh_from_db()
    assert payment.state == Payment.State.EXPIRED
    assert order.payment_state == PaymentState.AWAITING
    assert not order.payments.filter(state=Payment.State.STARTED).exists(), "the next tap opens another one"
    assert till.calls == []


def test_a_webhook_faster_than_our_own_note_is_understood(till: Till) -> None:
    payment = make_payment(make_order(), reference=None)

    call_webhook(webhook_body(payment, event_id="e1", reference="sp_given_by_provider"))
    webhook_events_process_due()

    payment.refresh_from_db()
    assert payment.state == Payment.State.PAID


def test_an_event_of_another_shop_on_the_same_account_is_left_alone(till: Till) -> None:
    payment = make_payment(make_order(), reference=None)

    call_webhook(webhook_body(payment, event_id="e1", reference="sp_theirs", order="XXXX-XXXX"))
    webhook_events_process_due()

    payment.refresh_from_db()
    assert payment.state == Payment.State.STARTED
    assert WebhookEvent.objects.get().outcome == "not a payment of this shop"


def test_another_sum_than_ours_pays_nothing_and_calls_a_person(till: Till) -> None:
    payment = make_payment(make_order())
    call_webhook(webhook_body(payment, event_id="e1", amount=1_000))

    for _ in range(len(BACKOFF) + 1):
        WebhookEvent.objects.update(next_try_at=timezone.now())
        webhook_events_process_due()

    payment.refresh_from_db()
    assert payment.state == Payment.State.STARTED
    assert till.calls == []
    event = WebhookEvent.objects.get()
    assert event.state == WebhookEvent.State.FAILED
    assert event.outcome == "EventDisagrees: 1000 đồng came in, 625000 were asked for"


def test_money_for_an_order_that_is_paid_goes_back(till: Till) -> None:
    order = make_order()
    make_paid(order)
    second = make_payment(order, reference="sp_second")

    call_webhook(webhook_body(second, event_id="e1"))
    webhook_events_process_due()

    order.refresh_from_db()
    assert order.payment_state == PaymentState.PAID
    assert (order.paid_amount, order.refunded_amount) == (1_250_000, 625_000)
    assert Refund.objects.get().payment == second


def test_late_money_goes_back_and_the_order_stays_expired(till: Till) -> None:
    order = make_order(payment_state=PaymentState.EXPIRED)
    payment = make_payment(order, state=Payment.State.EXPIRED)

    call_webhook(webhook_body(payment, event_id="e1"))
    webhook_events_process_due()

    order.refresh_from_db()
    assert order.payment_state == PaymentState.EXPIRED
    assert (order.paid_amount, order.refunded_amount) == (625_000, 625_000)
    assert Refund.objects.get().amount == 625_000


def test_a_failure_loses_no_event(till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    payment = make_payment(make_order())
    call_webhook(webhook_body(payment, event_id="e1"))
    with monkeypatch.context() as patch:
        patch.setattr(services, "event_apply", lambda event: 1 / 0)
        started = timezone.now()
        assert webhook_events_process_due() == 0

    event = WebhookEvent.objects.get()
    assert (event.state, event.attempts) == ("pending", 1)
    assert event.next_try_at >= started + BACKOFF[0]

    WebhookEvent.objects.update(next_try_at=timezone.now() - timedelta(seconds=1))
    assert webhook_events_process_due() == 1
    assert len(till.calls) == 1


def test_half_of_an_event_is_never_done(till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    payment = make_payment(make_order())
    call_webhook(webhook_body(payment, event_id="e1"))
    monkeypatch.setattr("checkout.payment.events.order_money_update", lambda *, order_id: 1 / 0)

    webhook_events_process_due()

    payment.refresh_from_db()
    payment.order.refresh_from_db()
    assert payment.state == Payment.State.STARTED
    assert payment.order.payment_state == PaymentState.AWAITING


@pytest.mark.parametrize(
    "attack",
    ["another secret", "old", "from the future", "changed body", "no signature", "nonsense"],
)
def test_what_the_provider_did_not_sign_is_refused_and_not_stored(attack: str) -> None:
    body = webhook_body(make_payment(make_order()), event_id="e1")
    now = int(time.time())
    client = Client()

    def post(body: bytes, header: str) -> int:
        return client.post(
            "/webhooks/sandbox/",
            data=body,
            content_type="application/json",
            headers={"Sandbox-Signature": header},
        ).status_code

    match attack:
        case "another secret":
            status = call_webhook(body, secret="another")
        case "old":
            status = call_webhook(body, at=now - 400)
        case "from the future":
            status = call_webhook(body, at=now + 400)
        case "changed body":
            from checkout.payment.sandbox.signature import sign

            status = post(
                body.replace(b"625000", b"1"), sign(body, secret="sandbox-webhook-secret-for-tests")
            )
        case "no signature":
            status = post(body, "")
        case _:
            status = post(body, "t=é,v1=ü;;;=")

    assert status == 400
    assert not WebhookEvent.objects.exists()


@pytest.mark.parametrize("body", [b"[]", b"{}", b'{"id": 1}', b"\xff\xfe", b'{"data": []}'])
def test_signed_nonsense_is_refused(body: bytes) -> None:
    assert call_webhook(body) == 400
    assert not WebhookEvent.objects.exists()


def test_a_webhook_reads_and_sets_no_session() -> None:
    body = webhook_body(make_payment(make_order()), event_id="e1")
    client = Client(enforce_csrf_checks=True)

    assert call_webhook(body, client=client) == 200

    assert not client.cookies


def test_an_oversized_webhook_is_refused_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    assert call_webhook(b"x" * (256 * 1024 + 1)) == 413
    assert "webhook of sandbox refused: length 262145" in caplog.text


def test_what_is_refused_or_about_no_payment_of_ours_is_logged(
    till: Till, caplog: pytest.LogCaptureFixture
) -> None:
    payment = make_payment(make_order(), reference=None)
    body = webhook_body(payment, event_id="e1", reference="sp_theirs", order="XXXX-XXXX")

    call_webhook(body, secret="another")
    call_webhook(body, at=int(time.time()) - 400)
    assert caplog.text.count("webhook of sandbox refused: ") == 2
    call_webhook(body)
    webhook_events_process_due()

    assert "is about not a payment of this shop" in caplog.text


@pytest.mark.parametrize("path", ["/webhooks/stripe/", "/webhooks/paypal/"])
def test_a_provider_that_is_not_offered_has_no_address(path: str) -> None:
    assert Client().post(path, data=b"{}", content_type="application/json").status_code == 404


def test_a_webhook_is_not_read() -> None:
    assert Client().get("/webhooks/sandbox/").status_code == 405


def test_calls_that_nobody_signed_are_answered_no_more_after_a_while() -> None:
    body = webhook_body(make_payment(make_order()), event_id="e1")

    answers = [call_webhook(body, secret="somebody-elses") for _number in range(31)]

    assert answers == [400] * 30 + [429]
    assert call_webhook(body) == 429, "from this address, for a minute"
    assert not WebhookEvent.objects.exists()


def test_calls_that_are_signed_are_never_counted(till: Till) -> None:
    payment = make_payment(make_order())

    answers = [call_webhook(webhook_body(payment, event_id=f"e{number}")) for number in range(40)]

    assert answers == [200] * 40
