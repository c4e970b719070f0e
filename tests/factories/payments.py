"""Orders that wait for money, and what providers say of them."""

import json
from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from checkout.order.models import Consignment, Line, Order, PaymentState
from checkout.payment.gateways.base import PaymentUrls
from checkout.payment.models import Payment
from checkout.payment.sandbox.signature import HEADER, sign
from tests.factories.producers import ProducerFactory

SECRET = "sandbox-webhook-secret-for-tests"
URLS = PaymentUrls(
    success="https://shop.example/vi/thanh-toan/token/",
    cancel="https://shop.example/vi/thanh-toan/token/",
    webhook="https://shop.example/webhooks/sandbox/",
)


def make_order(
    *goods: tuple[int, int, int], number: str = "7K2M-Q4XP", method: str = "sandbox", **fields: Any
) -> Order:
    """Return an awaiting order; `goods` gives quantity, total and delivery charge (đồng) of each consignment's one line."""
    goods = goods or ((3, 450_000, 30_000), (1, 120_000, 25_000))
    values: dict[str, Any] = {
        "number": number,
        "phone": "+84912345678",
        "payment_method": method,
        "payment_state": PaymentState.AWAITING,
        "payment_deadline": timezone.now() + timedelta(minutes=60),
        "date_placed": timezone.now(),
        "currency": "VND",
        **fields,
    }
    total = sum(amount + delivery for _, amount, delivery in goods)
    order = Order.objects.create(total_incl_tax=total, total_excl_tax=total, **values)
    for position, (quantity, amount, delivery) in enumerate(goods, start=1):
        producer = ProducerFactory.create()
        consignment = Consignment.objects.create(
            order=order,
            producer=producer,
            number=f"{number}-{position}",
            goods_total=amount,
            delivery_charge=delivery,
        )
        Line.objects.create(
            order=order,
            consignment=consignment,
            partner=producer,
            partner_name=producer.name,
            partner_sku=f"{number}-{position}",
            title=f"Trà atiso số {position}",
            pack_label="hộp 20 túi",
            stars=4,
            quantity=quantity,
            num_allocated=0,
            line_price_incl_tax=amount,
            line_price_excl_tax=amount,
            line_price_before_discounts_incl_tax=amount,
            line_price_before_discounts_excl_tax=amount,
        )
    return order


def make_payment(order: Order, **fields: Any) -> Payment:
    """Return a payment that is under way at the sandbox provider."""
    values: dict[str, Any] = {
        "order": order,
        "gateway": "sandbox",
        "reference": f"sp_{order.number}",
        "redirect_url": "https://shop.example/sandbox-pay/x/",
        "amount": int(order.total_incl_tax),
        **fields,
    }
    return Payment.objects.create(**values)


def make_paid(order: Order, *, capture: str = "", **fields: Any) -> Payment:
    """Return a payment that has paid `order`; the provider calls its money `capture`."""
    payment = make_payment(
        order,
        state=Payment.State.PAID,
        paid_at=timezone.now(),
        capture_reference=capture or f"sp_{order.number}",
        **fields,
    )
    order.payment_state, order.paid_amount, order.settled_by = PaymentState.PAID, payment.amount, payment
    order.save(update_fields=["payment_state", "paid_amount", "settled_by"])
    return payment


def webhook_body(payment: Payment, *, event_id: str, kind: str = "payment.paid", **data: Any) -> bytes:
    """Return what the sandbox provider would send."""
    values = {
        "reference": payment.reference,
        "order": payment.order.number,
        "payment": str(payment.pk),
        "amount": payment.amount,
        "currency": "VND",
        **data,
    }
    return json.dumps({"id": event_id, "type": kind, "created": 0, "data": values}).encode()


def call_webhook(
    body: bytes, *, secret: str = SECRET, at: int | None = None, client: Client | None = None
) -> int:
    """Post `body` as the provider would and return the shop's status code."""
    answer = (client or Client()).post(
        "/webhooks/sandbox/",
        data=body,
        content_type="application/json",
        headers={HEADER: sign(body, secret=secret, at=at)},
    )
    return answer.status_code
