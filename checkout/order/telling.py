"""Who is told what, when something happens to an order. Every notice is queued in the transaction of the change."""

from datetime import timedelta
from typing import Any

from catalogue.producers.models import Membership, Partner
from catalogue.producers.selectors import MAY_FULFIL
from checkout.order.links import order_url, work_url
from checkout.order.models import Consignment, Order, PaymentState
from marketplace.clock import today
from marketplace.money import round_dong
from marketplace.notices.services import notice_queue

State = Consignment.State


def tell_buyer(order: Order, template: str, *, key: str, **context: Any) -> None:
    """Queue a notice to the buyer by whatever the buyer gave."""
    notice_queue(
        key=f"{template}:{order.pk}:{key}",
        template=template,
        language=order.language,
        context={"order_number": order.number, "order_url": order_url(order), **context},
        email=order.guest_email or (order.user.email if order.user else ""),
        phone=order.phone,
    )


def tell_producer(consignment: Consignment, template: str, **context: Any) -> None:
    """Queue a notice to those of the producer's members who fulfil, else to the producer's own contact."""
    producer: Partner = consignment.producer
    members = Membership.objects.filter(producer=producer, role__in=MAY_FULFIL).select_related("user")
    contacts = [(str(m.user_id), m.user.email, m.user.phone, m.user.preferred_language) for m in members]
    for who, email, phone, language in contacts or [("producer", producer.email, producer.phone, "vi")]:
        notice_queue(
            key=f"{template}:{consignment.pk}:{who}",
            template=template,
            language=language,
            context={
                "consignment_number": consignment.number,
                "work_url": work_url(producer.pk, consignment.pk),
                **context,
            },
            email=email,
            phone=phone,
        )


def tell_order_placed(order: Order) -> None:
    """Tell the buyer that an order waits for its money."""
    tell_buyer(
        order,
        "order_awaiting_payment",
        key="placed",
        amount=round_dong(order.total_incl_tax),
        deadline=order.payment_deadline,
        payment_url=order_url(order),
    )


def tell_order_confirmed(order: Order, consignments: list[Consignment]) -> None:
    """Tell the buyer and every producer that the order stands."""
    is_paid = order.payment_state == PaymentState.PAID
    lines = _lines_by_consignment(order)
    tell_buyer(
        order,
        "order_confirmed",
        key="confirmed",
        amount=round_dong(order.total_incl_tax),
        is_paid=is_paid,
        consignments=[
            {
                "producer": parcel.producer.name,
                "lines": lines.get(parcel.pk, []),
                "delivery_charge": parcel.delivery_charge,
                "amount": parcel.goods_total + parcel.delivery_charge,
            }
            for parcel in consignments
        ],
    )
    for parcel in consignments:
        tell_producer(
            parcel,
            "producer_consignment_new",
            lines=lines.get(parcel.pk, []),
            amount=parcel.goods_total + parcel.delivery_charge,
            is_paid=is_paid,
            dispatch_until=today() + timedelta(days=parcel.producer.dispatch_days),
        )


def tell_consignment_changed(*, order: Order, consignment: Consignment, actor_kind: str, reason: str) -> None:
    """Tell the buyer what happened to a parcel, and the producer where somebody else did it."""
    words = {"consignment_number": consignment.number, "producer": consignment.producer.name}
    key = f"{consignment.pk}:{consignment.state}"
    if consignment.state == State.PACKED and consignment.method == Consignment.Method.PICKUP:
        producer = consignment.producer
        tell_buyer(
            order,
            "consignment_ready_for_pickup",
            key=key,
            pickup_address=producer.address_text or producer.street,
            pickup_hours=producer.pickup_hours,
            **words,
        )
    elif consignment.state == State.SHIPPED:
        tell_buyer(
            order,
            "consignment_shipped",
            key=key,
            carrier=consignment.carrier,
            tracking_number=consignment.tracking_number,
            **words,
        )
    elif consignment.state == State.DELIVERED:
        tell_buyer(order, "consignment_delivered", key=key, **words)
    elif consignment.state == State.CANCELLED:
        if actor_kind == "producer":
            tell_buyer(order, "consignment_cancelled", key=key, reason=reason, **words)
        elif order.confirmed_at is not None:
            tell_producer(consignment, "producer_consignment_cancelled", reason=reason)


def _lines_by_consignment(order: Order) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = {}
    for line in order.lines.all():
        row = {"quantity": line.quantity, "name": line.title, "amount": round_dong(line.line_price_incl_tax)}
        found.setdefault(line.consignment_id, []).append(row)
    return found
