"""Reads orders for the pages that show them."""

from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Prefetch, QuerySet, prefetch_related_objects

from checkout.order.consignments import cash_due, may_all_be_cancelled
from checkout.order.links import order_number_of
from checkout.order.models import Consignment, Line, Order, ShippingAddress
from checkout.order.notices import pickup_address
from checkout.order.numbers import read_order_number
from checkout.order.timeline import TimelineEvent, consignment_timeline
from checkout.shipping.carriers.models import TrackingEvent
from checkout.shipping.carriers.selectors import reports_of
from marketplace.money import round_dong
from marketplace.prepared import PreparedRows


@dataclass(frozen=True, slots=True)
class ConsignmentView:
    """One consignment as the buyer sees it."""

    consignment: Consignment
    lines: list[Line]
    timeline: list[TimelineEvent]
    pickup_address: str
    #: The carrier's page about the parcel; empty where there is none.
    tracking_url: str
    #: What the carrier told of it on its way, the newest first.
    reports: list[TrackingEvent]


@dataclass(frozen=True, slots=True)
class OrderView:
    """One order as the buyer sees it. Amounts in đồng."""

    order: Order
    consignments: list[ConsignmentView]
    #: Before discounts, which stand beside them: what each took off, in all.
    goods_before: int
    delivery_before: int
    discounts: list[tuple[str, int]]
    total: int
    #: What is still to be handed over at the door.
    cash_due: int
    #: Where the parcels go; None where all is fetched.
    address: ShippingAddress | None
    can_be_cancelled: bool
    can_be_paid: bool


def orders_with_parts() -> QuerySet[Order]:
    """Return orders with consignments, lines, events and addresses loaded: a page of one costs a constant number of queries."""
    consignments = Consignment.objects.select_related(
        "producer__commune__province",
        "shipping_address__commune__province",
        "pickup_point__commune__province",
    )
    return Order.objects.select_related("user", "invoice_particulars").prefetch_related(
        Prefetch("consignments", consignments), "consignments__lines", "consignments__events"
    )


def order_by_token(token: str) -> Order | None:
    """Return the order that a signed address stands for."""
    number = order_number_of(token)
    return orders_with_parts().filter(number=number).first() if number else None


def order_by_number_and_phone(*, number: str, phone: str) -> Order | None:
    """Return the order that both belong to; `number` as a person types it, `phone` in E.164."""
    read = read_order_number(number)
    return Order.objects.filter(number=read, phone=phone).first() if read and phone else None


#: Why a parcel came back that its buyer could have taken.
COUNTED_FOR_THE_BUYER: Final = (Consignment.ReturnCause.REFUSED, Consignment.ReturnCause.UNREACHABLE)


def refused_parcels(phone: str) -> int:
    """Return how many parcels of a buyer (`phone` in E.164) came back because they were refused or nobody could be reached."""
    return len(_prepared_refused([phone])) if phone else 0


def _refused(phones: list[str]) -> QuerySet[Consignment, Any]:
    counted = Consignment.objects.filter(order__phone__in=phones, return_cause__in=COUNTED_FOR_THE_BUYER)
    return counted.order_by().values("pk")


_prepared_refused = PreparedRows(_refused, kind=str)


def order_view(order: Order) -> OrderView:
    """Return what an order's page shows."""
    consignments = list(order.consignments.all())
    on_the_way = [one for one in consignments if one.state == Consignment.State.SHIPPED]
    prefetch_related_objects(on_the_way, "shipments__carrier")
    reports = reports_of(on_the_way)
    return OrderView(
        order=order,
        consignments=[
            ConsignmentView(
                consignment=consignment,
                lines=list(consignment.lines.all()),
                timeline=consignment_timeline(consignment),
                pickup_address=pickup_address(consignment)
                if consignment.method == Consignment.Method.PICKUP
                else "",
                tracking_url=_tracking_url(consignment),
                reports=reports.get(consignment.pk, []),
            )
            for consignment in consignments
        ],
        goods_before=sum(
            one.goods_total + sum(line.discount for line in one.lines.all()) for one in consignments
        ),
        delivery_before=sum(one.delivery_charge + one.delivery_discount for one in consignments),
        discounts=_discounts(order, consignments),
        total=round_dong(order.total_incl_tax),
        cash_due=sum(cash_due(consignment) for consignment in consignments),
        address=next((one.shipping_address for one in consignments if one.shipping_address), None),
        can_be_cancelled=may_all_be_cancelled(order, consignments),
        can_be_paid=order.is_awaiting_payment,
    )


def _tracking_url(consignment: Consignment) -> str:
    if consignment.state != Consignment.State.SHIPPED:
        return ""
    shipments = [one for one in consignment.shipments.all() if one.number == consignment.tracking_number]
    return shipments[-1].carrier.page_of(shipments[-1].number) if shipments else ""


def _discounts(order: Order, consignments: list[Consignment]) -> list[tuple[str, int]]:
    """Return what each discount took off; most orders have none, and ask for none."""
    if not any(
        one.delivery_discount or any(line.discount for line in one.lines.all()) for one in consignments
    ):
        return []
    return [
        (f"{row.offer_name} ({row.voucher_code})" if row.voucher_code else row.offer_name, int(row.amount))
        for row in order.discounts.all()
    ]
