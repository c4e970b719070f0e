"""Delivered parcels, and cases about them, made by the same services as real ones."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from catalogue.models import Product
from checkout.aftersale.eligibility import reasons_on
from checkout.aftersale.models import Case, Reason
from checkout.aftersale.services import case_open
from checkout.order.models import Consignment, Order
from checkout.order.services import (
    consignment_accept,
    consignment_deliver,
    consignment_pack,
    consignment_ship,
)
from checkout.payment.models import Payment
from checkout.services import order_mark_paid
from marketplace.clock import today
from tests.factories.catalogue import sold_pack
from tests.factories.orders import placed_order
from tests.factories.pictures import picture_upload


def paid_order(*packs: Product, quantity: int = 3, **how: Any) -> Order:
    """Return an order that was paid by the sandbox provider; without packs, of one that is made."""
    order = placed_order(*(packs or (sold_pack(),)), quantity=quantity, payment_method="sandbox", **how)
    payment = Payment.objects.create(
        order=order,
        gateway="sandbox",
        reference=f"sp_{order.number}",
        capture_reference=f"sp_{order.number}",
        amount=int(order.total_incl_tax),
        state=Payment.State.PAID,
        paid_at=timezone.now(),
    )
    order_mark_paid(order_id=order.pk, payment_id=payment.pk, amount=payment.amount)
    order.refresh_from_db()
    return order


def shipped(order: Order) -> Order:
    """Return `order` once its parcels are with the carrier."""
    for consignment in order.consignments.all():
        for step in (consignment_accept, consignment_pack, consignment_ship):
            step(consignment_id=consignment.pk)
    return order


def delivered_order(*packs: Product, days_ago: int = 0, **how: Any) -> Order:
    """Return a paid order whose parcels all came, `days_ago` days before today."""
    order = shipped(paid_order(*packs, **how))
    for consignment in order.consignments.all():
        consignment_deliver(consignment_id=consignment.pk)
    order.consignments.update(delivered_at=timezone.now() - timedelta(days=days_ago))
    return order


def reason(code: str) -> Reason:
    """Return the reason of that code that holds today."""
    return next(one for one in reasons_on(today()) if one.code == code)


def opened_case(order: Order | None = None, *, code: str = "damaged", quantity: int = 2, **how: Any) -> Case:
    """Return an open case about `quantity` packs of each line of an order's first parcel, with a picture."""
    consignment: Consignment = (order or delivered_order()).consignments.get()
    values: dict[str, Any] = {
        "consignment_id": consignment.pk,
        "reason_id": reason(code).pk,
        "packs": {line.pk: quantity for line in consignment.lines.all()},
        "description": "Hộp bị móp, trà đổ ra ngoài.",
        "pictures": [picture_upload()],
        **how,
    }
    return case_open(**values)
