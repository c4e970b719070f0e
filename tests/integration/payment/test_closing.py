"""What is under way at a provider is ended there once its order has ended, is paid, or is paid another way."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from checkout.order.models import Order, PaymentState
from checkout.order.services import consignment_cancel
from checkout.payment.closing import payments_close_due
from checkout.payment.errors import GatewayUnavailable, PaymentNotPossible
from checkout.payment.gateways.sandbox import SandboxGateway
from checkout.payment.models import Payment, PaymentClosing, Refund
from checkout.payment.services import payment_start, webhook_events_process_due
from checkout.services import order_cancel, orders_expire_due
from tests.factories.catalogue import sold_pack
from tests.factories.orders import placed_order
from tests.factories.payments import URLS, call_webhook, make_order, make_payment, webhook_body

pytestmark = pytest.mark.django_db


@pytest.fixture
def closed(monkeypatch: pytest.MonkeyPatch) -> list[Payment]:
    """The payments that the provider was asked to close."""
    asked: list[Payment] = []
    monkeypatch.setattr(SandboxGateway, "close", lambda self, payment: asked.append(payment))
    return asked


@pytest.fixture
def order() -> Order:
    return placed_order(sold_pack(), payment_method="sandbox")


def test_an_order_that_ends_takes_its_open_payment_with_it(order: Order, closed: list[Payment]) -> None:
    payment = payment_start(order_id=order.pk, urls=URLS)
    Order.objects.update(payment_deadline=timezone.now() - timedelta(seconds=1))

    assert orders_expire_due() == 1
    payment.refresh_from_db()
    assert payment.state == Payment.State.CANCELLED

    assert [payments_close_due(), payments_close_due()] == [1, 0]
    assert closed == [payment]


def test_a_cancelled_order_does_too(order: Order, closed: list[Payment]) -> None:
    payment = payment_start(order_id=order.pk, urls=URLS)

    order_cancel(order_id=order.pk)

    payments_close_due()
    assert closed == [payment]


def test_once_paid_other_attempts_are_closed_and_what_they_bring_goes_back(closed: list[Payment]) -> None:
    order = make_order()
    first = make_payment(order, gateway="stripe", reference="cs_first")
    second = make_payment(order)
    call_webhook(webhook_body(second, event_id="e1"))
    webhook_events_process_due()

    first.refresh_from_db()
    assert first.state == Payment.State.CANCELLED
    assert PaymentClosing.objects.get().payment == first
    assert not Refund.objects.exists()


def test_money_that_comes_before_it_was_closed_is_late_money(order: Order) -> None:
    payment = payment_start(order_id=order.pk, urls=URLS)
    order_cancel(order_id=order.pk)

    call_webhook(webhook_body(payment, event_id="e1"))
    webhook_events_process_due()

    payment.refresh_from_db()
    assert (payment.state, payment.refunded_amount) == (Payment.State.PAID, payment.amount)


def test_an_order_that_ends_while_its_payment_starts_has_it_closed_too(
    order: Order, closed: list[Payment], monkeypatch: pytest.MonkeyPatch
) -> None:
    start = SandboxGateway.start

    def slowly(self: SandboxGateway, *, payment: Payment, **about: Any) -> Any:
        order_cancel(order_id=order.pk)
        assert payments_close_due() == 1
        return start(self, payment=payment, **about)

    monkeypatch.setattr(SandboxGateway, "start", slowly)
    payment = payment_start(order_id=order.pk, urls=URLS)

    assert payments_close_due() == 1
    assert closed == [payment, payment]


def test_a_silent_provider_is_asked_again(order: Order, monkeypatch: pytest.MonkeyPatch) -> None:
    def silent(self: SandboxGateway, payment: Payment) -> None:
        raise GatewayUnavailable("no answer")

    payment_start(order_id=order.pk, urls=URLS)
    order_cancel(order_id=order.pk)
    monkeypatch.setattr(SandboxGateway, "close", silent)

    assert payments_close_due() == 0

    closing = PaymentClosing.objects.get()
    assert (closing.state, closing.attempts) == (PaymentClosing.State.PENDING, 1)
    assert closing.next_try_at > timezone.now()
    monkeypatch.undo()
    PaymentClosing.objects.update(next_try_at=timezone.now())
    assert payments_close_due() == 1


@pytest.fixture
def slow_gateway(monkeypatch: pytest.MonkeyPatch) -> None:
    """A provider that takes money for half an hour at least, and a million at most."""
    monkeypatch.setattr(SandboxGateway, "shortest", timedelta(minutes=31))
    monkeypatch.setattr(SandboxGateway, "most", 1_000_000)


@pytest.mark.usefixtures("slow_gateway")
def test_with_little_time_left_the_deadline_moves_once() -> None:
    order = make_order(payment_deadline=timezone.now() + timedelta(minutes=5))

    payment_start(order_id=order.pk, urls=URLS)
    order.refresh_from_db()
    moved = order.payment_deadline
    assert moved is not None
    assert timedelta(minutes=30) < moved - timezone.now() <= timedelta(minutes=31)

    order.payments.update(state=Payment.State.FAILED)
    Order.objects.update(payment_deadline=timezone.now() + timedelta(minutes=4))
    payment_start(order_id=order.pk, urls=URLS)
    order.refresh_from_db()
    assert order.payment_deadline < moved


@pytest.mark.usefixtures("slow_gateway")
def test_with_time_enough_the_deadline_stays() -> None:
    order = make_order()

    payment_start(order_id=order.pk, urls=URLS)

    deadline = order.payment_deadline
    order.refresh_from_db()
    assert order.payment_deadline == deadline


@pytest.mark.usefixtures("slow_gateway")
@pytest.mark.parametrize(("amount", "taken"), [(1_000_000, True), (1_000_001, False)])
def test_a_provider_takes_no_more_than_it_can(amount: int, taken: bool) -> None:
    order = make_order((1, amount, 0))

    if taken:
        assert payment_start(order_id=order.pk, urls=URLS).amount == amount
    else:
        with pytest.raises(PaymentNotPossible):
            payment_start(order_id=order.pk, urls=URLS)


def test_a_consignment_whose_money_the_bank_holds_is_cancelled_without_a_refund(order: Order) -> None:
    payment = payment_start(order_id=order.pk, urls=URLS)
    call_webhook(webhook_body(payment, event_id="e1"))
    webhook_events_process_due()
    Payment.objects.update(disputed_amount=payment.amount)

    consignment_cancel(consignment_id=order.consignments.get().pk)

    assert not Refund.objects.exists()
    order.refresh_from_db()
    assert order.payment_state == PaymentState.PAID
