"""The ledger under load, on PostgreSQL: however often and in whatever order something is told, it is booked once."""

import random
from collections import Counter
from datetime import time
from typing import Any

import pytest

from checkout.order.models import Order, PaymentState
from checkout.payment.errors import RefundNotPossible
from checkout.payment.gateways.sandbox import SandboxGateway
from checkout.payment.models import Payment, Refund, WebhookEvent
from checkout.payment.refunds import refund_request, refunds_send_due
from checkout.payment.services import webhook_events_process_due
from checkout.settlement.bookings import book_delivered, book_payment_received
from checkout.settlement.models import Account, LedgerEntry
from checkout.settlement.reconciliation.models import Reconciliation
from checkout.settlement.reconciliation.services import all_differences, reconciliations_run_due
from checkout.settlement.selectors import order_credit
from tests.concurrency.together import at_once
from tests.factories.payments import call_webhook, make_order, make_payment, webhook_body
from tests.factories.settlement import balances, deliver, paid_order, payment_of

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

#: Events of one payment: each kind so many times, under an id of its own each.
PAID_AMONG_OTHERS = ["payment.paid"] * 8 + ["payment.failed"] * 6 + ["payment.cancelled"] * 6
ONLY_FAILED = ["payment.failed"] * 20


def test_a_storm_of_a_thousand_events_shuffled_and_each_told_three_times_has_one_result() -> None:
    paid = [make_payment(make_order((1, 100_000 + n, 0), number=f"PAID-{n}")) for n in range(40)]
    failed = [make_payment(make_order((1, 50_000, 0), number=f"FAIL-{n}")) for n in range(10)]
    bodies = [
        webhook_body(payment, event_id=f"{payment.pk}-{number}", kind=kind)
        for payments, kinds in ((paid, PAID_AMONG_OTHERS), (failed, ONLY_FAILED))
        for payment in payments
        for number, kind in enumerate(kinds)
    ]
    assert len(bodies) == 1_000
    storm = bodies * 3
    random.Random(5).shuffle(storm)

    def tell(share: list[bytes]) -> Counter[int]:
        return Counter(call_webhook(body) for body in share)

    def work() -> int:
        return sum(iter(webhook_events_process_due, 0))

    shares: list[Any] = [lambda share=storm[number::6]: tell(share) for number in range(6)]
    heard = at_once(*shares, work, work)
    work()

    assert sum(heard[:6], Counter()) == Counter({200: 3_000})
    assert Counter(WebhookEvent.objects.values_list("state", flat=True)) == {"processed": 1_000}
    assert Counter(Payment.objects.values_list("state", flat=True)) == {"paid": 40, "failed": 10}
    assert Order.objects.filter(payment_state=PaymentState.PAID).count() == 40
    assert LedgerEntry.objects.count() == 40
    assert not Refund.objects.exists()
    assert all(order_credit(payment.order_id) == payment.amount for payment in paid)
    assert all_differences() == []


def test_two_refunds_of_the_whole_at_once_are_booked_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SandboxGateway, "refund", lambda self, **_: "sr_1")
    order = paid_order()
    payment = payment_of(order)

    asked = at_once(
        *[
            lambda key=key: refund_request(payment=payment, reason="", key=key)
            for key in ("first", "second", "third", "fourth")
        ]
    )
    at_once(*[refunds_send_due] * 4)

    assert Counter(type(one) for one in asked) == {Refund: 1, RefundNotPossible: 3}
    assert balances() == {}
    assert all_differences() == []


def test_an_event_booked_by_ten_at_once_stands_once() -> None:
    order = paid_order((1, 100_000, 0))
    consignment = deliver(order.consignments.get())
    payment = payment_of(order)

    booked = at_once(
        *[lambda: book_payment_received(payment), lambda: book_delivered(consignment)] * 5,
    )

    assert {entry.pk for entry in booked} == set(LedgerEntry.objects.values_list("pk", flat=True))
    assert LedgerEntry.objects.count() == 2


def test_sales_of_one_producer_at_once_open_one_account_and_wait_for_nobody() -> None:
    orders = [paid_order((1, 100_000, 0), number=f"S-{number}") for number in range(8)]
    producer = orders[0].consignments.get().producer
    for order in orders:
        order.consignments.update(producer=producer)

    delivered = at_once(*[lambda order=order: deliver(order.consignments.get()) for order in orders])

    assert not [one for one in delivered if isinstance(one, Exception)]
    assert Account.objects.filter(producer=producer).count() == 1
    assert all_differences() == []


def test_a_night_has_one_round_however_many_workers_begin_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("checkout.settlement.reconciliation.services.NIGHT_FROM", time.min)

    at_once(*[reconciliations_run_due] * 6)

    assert Reconciliation.objects.count() == 1
