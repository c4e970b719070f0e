"""Money under load: many webhooks, workers and requests at once, on PostgreSQL."""

import pytest

from checkout.order.models import PaymentState
from checkout.payment.errors import RefundNotPossible
from checkout.payment.gateways.sandbox import SandboxGateway
from checkout.payment.models import Payment, Refund, WebhookEvent
from checkout.payment.refunds import refund_request, refunds_send_due
from checkout.payment.services import payment_start, webhook_events_process_due
from marketplace.notices.adapters import Mail
from marketplace.notices.models import Notice
from marketplace.notices.services import notice_queue, notices_send_due
from tests.concurrency.together import at_once
from tests.factories.payments import URLS, call_webhook, make_order, make_paid, make_payment, webhook_body
from tests.integration.payment.conftest import Till, till

__all__ = ["till"]

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def test_ten_webhooks_at_once_and_four_workers_make_one_payment(till: Till) -> None:
    order = make_order()
    payment = make_payment(order)
    body = webhook_body(payment, event_id="e1")

    answers = at_once(*[lambda: call_webhook(body)] * 10)
    processed = at_once(*[webhook_events_process_due] * 4)

    assert answers == [200] * 10
    assert sorted(processed) == [0, 0, 0, 1]
    assert WebhookEvent.objects.count() == 1
    assert len(till.calls) == 1


def test_events_of_one_payment_in_wrong_order_on_four_workers_pay_once(till: Till) -> None:
    order = make_order()
    payment = make_payment(order)
    kinds = ["payment.failed", "payment.paid", "payment.cancelled", "payment.paid", "payment.failed"] * 2
    bodies = [webhook_body(payment, event_id=f"e{number}", kind=kind) for number, kind in enumerate(kinds)]

    at_once(*[lambda body=body: call_webhook(body) for body in bodies])
    processed = at_once(*[webhook_events_process_due] * 4)

    payment.refresh_from_db()
    order.refresh_from_db()
    assert sum(processed) == len(kinds)
    assert payment.state == Payment.State.PAID
    assert (order.payment_state, order.paid_amount, order.refunded_amount) == (PaymentState.PAID, 625_000, 0)
    assert len(till.calls) == 1
    assert not Refund.objects.exists()


def test_webhooks_arriving_while_workers_run_pay_once(till: Till) -> None:
    order = make_order()
    payment = make_payment(order)
    body = webhook_body(payment, event_id="e1")

    at_once(*[lambda: call_webhook(body), webhook_events_process_due] * 5)
    webhook_events_process_due()

    payment.refresh_from_db()
    assert payment.state == Payment.State.PAID
    assert len(till.calls) == 1


def test_two_payments_of_one_order_at_once_keep_one_and_return_one(till: Till) -> None:
    order = make_order()
    first = make_payment(order, state=Payment.State.FAILED)
    second = make_payment(order, reference="sp_second")
    for number, payment in enumerate([first, second]):
        call_webhook(webhook_body(payment, event_id=f"e{number}"))

    at_once(*[webhook_events_process_due] * 2)

    order.refresh_from_db()
    assert (order.payment_state, order.paid_amount, order.refunded_amount) == (
        PaymentState.PAID,
        1_250_000,
        625_000,
    )
    assert Refund.objects.get().amount == 625_000


def test_ten_taps_start_one_payment() -> None:
    order = make_order()

    started = at_once(*[lambda: payment_start(order_id=order.pk, urls=URLS)] * 10)

    assert {payment.pk for payment in started} == {order.payments.get().pk}
    assert len({payment.redirect_url for payment in started}) == 1


def test_ten_refunds_at_once_send_no_more_than_came_in(monkeypatch: pytest.MonkeyPatch) -> None:
    order = make_order()
    payment = make_paid(order)
    consignments = list(order.consignments.all())
    sent: list[int] = []

    def refund(self: SandboxGateway, *, payment: Payment, amount: int, idempotency_key: str) -> str:
        sent.append(amount)
        return f"sr_{idempotency_key}"

    monkeypatch.setattr(SandboxGateway, "refund", refund)

    asked = at_once(
        *[
            lambda number=number, part=part: refund_request(
                payment=payment, consignment=part, reason="", key=f"key-{number}"
            )
            for number, part in enumerate([None, consignments[0], consignments[1], consignments[0]] * 2)
        ]
    )
    at_once(*[refunds_send_due] * 4)

    order.refresh_from_db()
    payment.refresh_from_db()
    accepted = [refund for refund in asked if isinstance(refund, Refund)]
    assert all(isinstance(one, Refund | RefundNotPossible) for one in asked)
    assert sum(refund.amount for refund in accepted) == sum(sent) == 625_000
    assert payment.refunded_amount == order.refunded_amount == 625_000
    assert order.payment_state == PaymentState.REFUNDED


def test_the_same_refund_asked_ten_times_at_once_is_one() -> None:
    payment = make_paid(make_order())

    asked = at_once(*[lambda: refund_request(payment=payment, reason="", key="same")] * 10)

    assert {refund.pk for refund in asked} == {Refund.objects.get().pk}


def test_four_workers_send_each_notice_once(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    monkeypatch.setattr(Mail, "send", lambda self, message: sent.append(message.recipient))
    for number in range(20):
        notice_queue(
            key=f"n{number}",
            template="order_expired",
            language="vi",
            context={"order_number": "A", "order_url": "https://shop.example/"},
            email=f"{number}@example.com",
        )

    at_once(*[notices_send_due] * 4)

    assert sorted(sent) == sorted({f"{number}@example.com" for number in range(20)})
    assert set(Notice.objects.values_list("state", "attempts")) == {("sent", 1)}
