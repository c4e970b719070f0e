"""Random histories of payments, webhooks and refunds: whatever happens, the sums hold."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checkout.order.models import Consignment, Order, PaymentState
from checkout.payment.errors import PaymentNotPossible, RefundNotPossible
from checkout.payment.models import Payment, Refund
from checkout.payment.refunds import refund_request
from checkout.payment.services import payment_start, webhook_events_process_due
from tests.factories.payments import URLS, call_webhook, make_order, webhook_body
from tests.integration.payment.conftest import Till

pytestmark = pytest.mark.django_db

amounts = st.tuples(st.integers(1, 5), st.integers(1_000, 9_999_999), st.integers(0, 200_000))
steps = st.one_of(
    st.just(("start", 0)),
    st.just(("expire", 0)),
    st.tuples(st.sampled_from(["payment.paid", "payment.failed", "payment.cancelled"]), st.integers(0, 3)),
    st.tuples(st.just("refund all"), st.integers(0, 3)),
    st.tuples(st.just("refund part"), st.integers(0, 3)),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(goods=st.lists(amounts, min_size=1, max_size=3), history=st.lists(steps, max_size=14), data=st.data())
def test_sums_hold_in_every_history(
    till: Till, goods: list[tuple[int, int, int]], history: list[tuple[str, int]], data: Any
) -> None:
    till.calls.clear()
    order = make_order(*goods, number=f"H-{Order.objects.count()}")

    for number, (step, position) in enumerate(history):
        _play(order, step, position, number)
        _assert_sums_hold(order)

    paid_once = [payment_id for _, payment_id, _ in till.calls]
    assert len(paid_once) == len(set(paid_once))


def _play(order: Order, step: str, position: int, number: int) -> None:
    payments = list(order.payments.order_by("pk"))
    payment = payments[position % len(payments)] if payments else None
    try:
        if step == "start":
            payment_start(order_id=order.pk, urls=URLS)
        elif step == "expire":
            Order.objects.filter(pk=order.pk, payment_state=PaymentState.AWAITING).update(
                payment_state=PaymentState.EXPIRED
            )
        elif payment and step.startswith("payment."):
            body = webhook_body(payment, event_id=f"{order.number}-{number}", kind=step)
            assert [call_webhook(body), call_webhook(body)] == [200, 200]
            assert webhook_events_process_due() == 1
        elif payment and step == "refund all":
            refund_request(payment=payment, reason="", key=f"{order.number}-{number}")
        elif payment and step == "refund part":
            parts = list(order.consignments.all())
            part = parts[position % len(parts)]
            refund_request(payment=payment, consignment=part, reason="", key=f"{order.number}-{number}")
    except (PaymentNotPossible, RefundNotPossible):
        pass


def _assert_sums_hold(order: Order) -> None:
    order.refresh_from_db()
    payments = list(order.payments.all())
    paid = sum(payment.amount for payment in payments if payment.state == Payment.State.PAID)
    refunded = sum(payment.refunded_amount for payment in payments)
    assert refunded == sum(refund.amount for refund in Refund.objects.filter(payment__order=order))
    assert 0 <= refunded <= paid
    if paid:
        assert (order.paid_amount, order.refunded_amount) == (paid, refunded)
    kept, total = paid - refunded, int(order.total_incl_tax)
    # The shop never keeps more than the order costs, nor anything of an order that has ended.
    assert kept <= total
    match order.payment_state:
        case PaymentState.PAID:
            assert kept == total
        case PaymentState.PARTLY_REFUNDED:
            assert 0 < kept < total
        case _:
            assert kept == 0
    for part in Consignment.objects.filter(order=order):
        assert part.refunded_amount in (0, part.goods_total + part.delivery_charge)
    if order.payment_state in (PaymentState.PAID, PaymentState.PARTLY_REFUNDED, PaymentState.REFUNDED):
        assert sum(part.refunded_amount for part in order.consignments.all()) == total - kept
