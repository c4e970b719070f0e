"""What buyers and producers are told of an order. Each notice belongs to the transaction of the change it tells of."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.utils import translation

from catalogue.producers.contacts import producer_contacts
from checkout.order.consignments import OUTSTANDING
from checkout.order.links import held_url, lookup_url, order_url, work_url
from checkout.order.models import Consignment, Line, Order, PaymentState
from checkout.payment.links import payment_page_path
from marketplace.accounts.models import StaffRole
from marketplace.accounts.roles import staff_of
from marketplace.address.phones import format_phone
from marketplace.clock import today
from marketplace.money import round_dong
from marketplace.notices.services import notice_queue

#: Who is told of an order that was put aside.
LOOK_AT_HELD = (StaffRole.Role.SUPPORT, StaffRole.Role.ADMIN)


def tell_awaiting_payment(order: Order) -> None:
    """Tell the buyer until when to pay."""
    with translation.override(order.language):
        payment_url = urljoin(settings.SITE_URL, payment_page_path(order))
    _tell_buyer(
        order,
        "order_awaiting_payment",
        amount=round_dong(order.total_incl_tax),
        deadline=order.payment_deadline,
        payment_url=payment_url,
        lookup_url=lookup_url(order.language),
    )


def tell_confirmed(order: Order, consignments: Collection[Consignment], lines: Iterable[Line]) -> None:
    """Tell the buyer that the order stands, and each producer of its consignment, of which `lines` are."""
    held: dict[int | None, list[dict[str, Any]]] = defaultdict(list)
    for line in lines:
        held[line.consignment_id].append(_in_words(line))
    _tell_buyer(
        order,
        "order_confirmed",
        amount=round_dong(order.total_incl_tax),
        is_paid=order.payment_state == PaymentState.PAID,
        lookup_url=lookup_url(order.language),
        consignments=[
            {
                "producer": consignment.producer.name,
                "lines": held[consignment.pk],
                "delivery_charge": consignment.delivery_charge,
                "amount": consignment.goods_total + consignment.delivery_charge,
            }
            for consignment in consignments
        ],
    )
    for consignment in consignments:
        _tell_producer(
            consignment,
            "producer_consignment_new",
            lines=held[consignment.pk],
            amount=consignment.goods_total + consignment.delivery_charge,
            is_paid=order.payment_state == PaymentState.PAID,
            dispatch_until=consignment.dispatch_until or today(),
        )


def tell_held(order: Order, *, until: datetime) -> None:
    """Tell the buyer that somebody looks at the order first, and those of the programme who may look, until when."""
    _tell_buyer(order, "order_held", until=until)
    provinces = order.consignments.values_list("producer__commune__province", flat=True)
    people = {person for province in set(provinces) for person in staff_of(province, *LOOK_AT_HELD)}
    for person in people:
        notice_queue(
            key=f"staff-order-held:{order.number}:{person.pk}",
            template="staff_order_held",
            language=person.preferred_language,
            context={
                "order_number": order.number,
                "work_url": held_url(order, language=person.preferred_language),
                "until": until,
            },
            email=person.email,
            person=person,
        )


def tell_expired(order: Order) -> None:
    """Tell the buyer that the order was not paid in time."""
    _tell_buyer(order, "order_expired")


def tell_order_cancelled(order: Order, reason: str, *, amount: int) -> None:
    """Tell the buyer that the whole order is cancelled, and that `amount` (đồng, 0 for nothing) goes back the way it was paid."""
    _tell_buyer(order, "order_cancelled", reason=reason, amount=amount, is_unpaid=order.settled_by_id is None)


def tell_payment_returned(order: Order, *, payment_id: int, amount: int, cause: str) -> None:
    """Tell the buyer that money which the order has no use for goes back; `cause` as in `notices.kinds`."""
    _tell_buyer(order, "payment_returned", key=f"payment-returned:{payment_id}", amount=amount, cause=cause)


def tell_shipped(consignment: Consignment) -> None:
    """Tell the buyer that a consignment is on its way."""
    _tell_buyer_of(
        consignment,
        "consignment_shipped",
        carrier=consignment.carrier,
        tracking_number=consignment.tracking_number,
    )


def tell_ready_for_pickup(consignment: Consignment) -> None:
    """Tell the buyer that a consignment can be fetched."""
    _tell_buyer_of(
        consignment,
        "consignment_ready_for_pickup",
        pickup_address=pickup_address(consignment),
        pickup_hours=pickup_hours(consignment),
    )


def tell_delivered(consignment: Consignment) -> None:
    """Tell the buyer that a consignment has arrived."""
    phone = consignment.producer.public_phone
    _tell_buyer_of(consignment, "consignment_delivered", producer_phone=format_phone(phone) if phone else "")


def tell_consignment_cancelled(
    consignment: Consignment, reason: str, *, amount: int, by_producer: bool
) -> None:
    """Tell the buyer that one consignment won't come, and that `amount` (đồng, 0 for nothing) goes back the way it was paid."""
    order = consignment.order
    _tell_buyer_of(
        consignment,
        "consignment_cancelled",
        reason=reason,
        amount=amount,
        is_unpaid=order.settled_by_id is None,
        by_producer=by_producer,
        has_rest=order.consignments.filter(state__in=OUTSTANDING).exists(),
    )


def tell_producer_cancelled(consignment: Consignment, reason: str) -> None:
    """Tell the producer that a consignment is not to be sent."""
    _tell_producer(consignment, "producer_consignment_cancelled", reason=reason)


def tell_consignment_returned(consignment: Consignment, reason: str, *, amount: int, is_unpaid: bool) -> None:
    """Tell the buyer and the producer that a parcel came back.

    `amount` (đồng) goes back to the buyer the way it was paid, 0 for nothing; `is_unpaid`: its cash was never handed over.
    """
    _tell_buyer_of(consignment, "consignment_returned", reason=reason, amount=amount, is_unpaid=is_unpaid)
    _tell_producer(consignment, "producer_consignment_returned", reason=reason)


def pickup_address(consignment: Consignment) -> str:
    """Return where a consignment is fetched, as one line."""
    if consignment.pickup_point is not None:
        return f"{consignment.pickup_point.name}, {consignment.pickup_point.address}"
    producer = consignment.producer
    place = producer.commune.full_name if producer.commune else ""
    return ", ".join(part for part in (producer.street, place) if part) or producer.address_text


def pickup_hours(consignment: Consignment) -> str:
    """Return when a consignment can be fetched, as whoever hands it over says it."""
    point = consignment.pickup_point
    return str(point.hours if point is not None else consignment.producer.pickup_hours)


def _in_words(line: Line) -> dict[str, Any]:
    return {
        "quantity": line.quantity,
        "name": f"{line.title} ({line.pack_label})" if line.pack_label else line.title,
        "amount": round_dong(line.line_price_incl_tax),
    }


def _tell_buyer(order: Order, template: str, *, key: str = "", **context: Any) -> None:
    notice_queue(
        key=key or f"{template}:{order.number}",
        template=template,
        language=order.language,
        context={"order_number": order.number, "order_url": order_url(order), **context},
        email=order.email,
        phone=order.phone,
        person=order.user,
    )


def _tell_buyer_of(consignment: Consignment, template: str, **context: Any) -> None:
    _tell_buyer(
        consignment.order,
        template,
        key=f"{template}:{consignment.number}",
        consignment_number=consignment.number,
        producer=consignment.producer.name,
        **context,
    )


def _tell_producer(consignment: Consignment, template: str, **context: Any) -> None:
    for contact in producer_contacts(consignment.producer):
        notice_queue(
            key=f"{template}:{consignment.number}:{contact.key}",
            template=template,
            language=contact.language,
            context={
                "consignment_number": consignment.number,
                "work_url": work_url(consignment, language=contact.language),
                **context,
            },
            email=contact.email,
            phone=contact.phone,
            person=contact.person,
            producer_id=consignment.producer_id,
        )
