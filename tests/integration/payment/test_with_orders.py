"""Money and real orders together: paid, late, twice, for nothing, and back."""

from datetime import timedelta

import pytest
from django.utils import timezone

from catalogue.models import Product
from catalogue.producers.models import StockRecord
from checkout.order.models import Order, PaymentState
from checkout.order.services import consignment_cancel
from checkout.payment.models import Payment, Refund
from checkout.payment.services import payment_start, webhook_events_process_due
from checkout.services import order_cancel, orders_expire_due
from marketplace.notices.models import Notice
from tests.factories.catalogue import sold_pack
from tests.factories.orders import placed_order
from tests.factories.payments import URLS, call_webhook, webhook_body

pytestmark = pytest.mark.django_db


def started(order: Order) -> Payment:
    return payment_start(order_id=order.pk, urls=URLS)


def hear(payment: Payment, event_id: str = "e1", kind: str = "payment.paid") -> None:
    payment.refresh_from_db()
    assert call_webhook(webhook_body(payment, event_id=event_id, kind=kind)) == 200
    assert webhook_events_process_due() == 1


def expire(order: Order) -> None:
    Order.objects.filter(pk=order.pk).update(payment_deadline=timezone.now() - timedelta(seconds=1))
    assert orders_expire_due() == 1


def promised(pack: Product) -> int:
    return StockRecord.objects.get(product=pack).num_allocated


def told() -> list[str]:
    return list(Notice.objects.filter(channel="sms").order_by("pk").values_list("template", flat=True))


def test_a_payment_confirms_the_order_and_tells_everybody_once() -> None:
    order = placed_order(sold_pack(), payment_method="sandbox")
    payment = started(order)

    hear(payment)
    hear(payment, "e2")

    order.refresh_from_db()
    assert (order.payment_state, order.paid_amount) == (PaymentState.PAID, payment.amount)
    assert order.confirmed_at is not None
    assert told() == ["order_awaiting_payment", "order_confirmed", "producer_consignment_new"]


def test_late_money_brings_the_order_back_where_its_goods_are_still_there() -> None:
    pack = sold_pack()
    order = placed_order(pack, payment_method="sandbox", quantity=2)
    payment = started(order)
    expire(order)
    assert promised(pack) == 0

    hear(payment)

    order.refresh_from_db()
    assert order.payment_state == PaymentState.PAID
    assert promised(pack) == 2
    assert not Refund.objects.exists()


def test_late_money_goes_back_where_the_goods_are_gone() -> None:
    pack = sold_pack(stock={"num_in_stock": 2})
    order = placed_order(pack, payment_method="sandbox", quantity=2)
    payment = started(order)
    expire(order)
    other = placed_order(pack, quantity=2)

    hear(payment)

    order.refresh_from_db()
    refund = Refund.objects.get()
    assert order.payment_state == PaymentState.EXPIRED
    assert (order.paid_amount, order.refunded_amount) == (payment.amount, payment.amount)
    assert (refund.payment, refund.amount) == (payment, payment.amount)
    assert promised(pack) == 2
    assert "payment_returned" in told()
    other.refresh_from_db()
    assert other.payment_state == PaymentState.DUE_ON_DELIVERY


def test_money_for_a_cancelled_order_goes_back() -> None:
    order = placed_order(sold_pack(), payment_method="sandbox")
    payment = started(order)
    order_cancel(order_id=order.pk)

    hear(payment)

    assert Refund.objects.get().amount == payment.amount


def test_money_that_comes_twice_goes_back_once() -> None:
    order = placed_order(sold_pack(), payment_method="sandbox")
    first = started(order)
    hear(first, "e1", "payment.failed")
    second = started(order)
    hear(second, "e2")
    hear(first, "e3")

    order.refresh_from_db()
    refund = Refund.objects.get()
    assert refund.payment == first
    assert order.payment_state == PaymentState.PAID
    assert order.paid_amount - order.refunded_amount == order.total_incl_tax


def test_a_cancelled_paid_order_gets_its_money_back_in_full() -> None:
    order = placed_order(sold_pack(), sold_pack(), payment_method="sandbox")
    payment = started(order)
    hear(payment)

    order_cancel(order_id=order.pk, reason="wrong size")
    order_cancel(order_id=order.pk, reason="wrong size")

    order.refresh_from_db()
    assert order.payment_state == PaymentState.REFUNDED
    assert order.refunded_amount == payment.amount
    assert sum(refund.amount for refund in Refund.objects.all()) == payment.amount


def test_a_consignment_that_a_producer_cannot_send_is_paid_back_alone() -> None:
    order = placed_order(sold_pack(), sold_pack(), payment_method="sandbox")
    hear(started(order))
    consignment = order.consignments.order_by("pk")[0]

    consignment_cancel(consignment_id=consignment.pk, reason="sold out")

    order.refresh_from_db()
    refund = Refund.objects.get()
    assert refund.amount == consignment.goods_total + consignment.delivery_charge
    assert order.payment_state == PaymentState.PARTLY_REFUNDED
