"""A process may be killed at any step of paying another way, taking cash or deciding a refund: after it, once more, all is as it should be."""

from pathlib import Path

import pytest
from django.db.models import Sum
from django.utils import timezone

from checkout.order.models import Consignment, Order, PaymentState
from checkout.order.services import (
    consignment_accept,
    consignment_deliver,
    consignment_pack,
    consignment_ship,
)
from checkout.payment.change import payment_method_change
from checkout.payment.closing import payments_close_due
from checkout.payment.models import Payment, PaymentClosing, Refund, RefundPart
from checkout.payment.refunds import refund_request
from checkout.payment.services import payment_start, webhook_events_process_due
from checkout.settlement.models import LedgerEntry, Posting
from marketplace.notices.models import Notice
from tests.concurrency.test_killed_processes import killed
from tests.concurrency.together import at_once
from tests.factories.catalogue import sold_pack
from tests.factories.orders import placed_order
from tests.factories.payments import URLS, call_webhook, make_order, make_paid, webhook_body

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def assert_the_ledger_balances() -> None:
    assert (Posting.objects.aggregate(sum=Sum("amount"))["sum"] or 0) == 0


@pytest.mark.parametrize(
    ("target", "when"),
    [
        ("checkout.payment.change:payments_close", "after"),
        ("checkout.payment.change:_pay_on_delivery", "after"),
        ("checkout.order.confirmation:tell_confirmed", "before"),
    ],
)
def test_killed_while_paying_another_way_leaves_the_first_one_open(
    target: str, when: str, tmp_path: Path
) -> None:
    order = placed_order(sold_pack(), payment_method="sandbox")
    payment = payment_start(order_id=order.pk, urls=URLS)

    killed("change-way", target, when, order.pk, tmp_path)

    order.refresh_from_db()
    payment.refresh_from_db()
    assert (order.payment_method, payment.state) == ("sandbox", Payment.State.STARTED)
    assert not PaymentClosing.objects.exists()

    payment_method_change(order_id=order.pk, code="cash")
    order.refresh_from_db()
    assert order.payment_state == PaymentState.DUE_ON_DELIVERY
    assert Notice.objects.filter(template="order_confirmed", channel="sms").count() == 1


@pytest.mark.parametrize(
    ("target", "when"),
    [
        ("checkout.payment.closing:gateway_for", "before"),
        ("checkout.payment.gateways.base:Gateway.close", "after"),
    ],
)
def test_killed_while_closing_a_payment_asks_the_provider_again(
    target: str, when: str, tmp_path: Path
) -> None:
    order = placed_order(sold_pack(), payment_method="sandbox")
    payment_start(order_id=order.pk, urls=URLS)
    payment_method_change(order_id=order.pk, code="cash")

    killed("close", target, when, "", tmp_path)

    assert PaymentClosing.objects.get().state == PaymentClosing.State.PENDING
    PaymentClosing.objects.update(next_try_at=timezone.now())  # the dead worker's lease runs out
    assert payments_close_due() == 1


@pytest.mark.parametrize(
    ("target", "when"),
    [
        ("checkout.payment.refunds:_payment_take", "after"),
        ("checkout.payment.refunds:_parts_take", "after"),
        ("checkout.payment.refunds:book_refund_decided", "after"),
        ("checkout.payment.refunds:order_money_update", "after"),
    ],
)
def test_killed_while_deciding_a_refund_takes_nothing(target: str, when: str, tmp_path: Path) -> None:
    payment = make_paid(make_order())

    killed("decide-refund", target, when, payment.pk, tmp_path)

    payment.refresh_from_db()
    assert payment.refunded_amount == 0
    assert not Refund.objects.exists()
    assert not RefundPart.objects.exists()
    assert not LedgerEntry.objects.filter(kind="refund_decided").exists()

    refund = refund_request(payment=payment, reason="", key="the-key")
    payment.refresh_from_db()
    assert payment.refunded_amount == refund.amount == payment.amount
    assert_the_ledger_balances()


@pytest.mark.parametrize(
    ("target", "when"),
    [
        ("checkout.order.services:cash_receive", "after"),
        ("checkout.order.services:book_delivered", "after"),
        ("checkout.order.services:tell_delivered", "before"),
    ],
)
def test_killed_while_taking_cash_takes_none_and_the_next_time_takes_it_once(
    target: str, when: str, tmp_path: Path
) -> None:
    order = placed_order(sold_pack(), quantity=2)
    consignment = order.consignments.get()
    for step in (consignment_accept, consignment_pack, consignment_ship):
        step(consignment_id=consignment.pk)

    killed("deliver", target, when, consignment.pk, tmp_path)

    consignment.refresh_from_db()
    assert (consignment.state, consignment.collected_by) == (Consignment.State.SHIPPED, "")
    assert not Payment.objects.exists()
    assert not LedgerEntry.objects.exists()

    consignment_deliver(consignment_id=consignment.pk)
    order.refresh_from_db()
    assert (order.payment_state, order.paid_amount) == (PaymentState.PAID, order.total_incl_tax)
    assert Payment.objects.get().amount == consignment.total
    assert_the_ledger_balances()


def test_paid_and_changed_at_once_ends_one_way() -> None:
    """The provider's word and the change of mind meet: either the order is paid, or it is due on delivery and the money goes back."""
    order = placed_order(sold_pack(), payment_method="sandbox")
    payment = payment_start(order_id=order.pk, urls=URLS)
    call_webhook(webhook_body(payment, event_id="e1"))

    at_once(
        *[webhook_events_process_due] * 2,
        *[lambda: payment_method_change(order_id=order.pk, code="cash")] * 2,
    )

    order.refresh_from_db()
    payment.refresh_from_db()
    assert payment.state == Payment.State.PAID
    if order.payment_state == PaymentState.PAID:
        assert (order.settled_by, payment.refunded_amount) == (payment, 0)
    else:
        assert order.payment_state == PaymentState.DUE_ON_DELIVERY
        assert (order.settled_by, payment.refunded_amount) == (None, payment.amount)
    assert Order.objects.get().confirmed_at is not None
    assert_the_ledger_balances()
