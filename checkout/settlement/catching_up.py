"""Booking what happened before the ledger was there: from the rows of the shop, in the order in which it happened."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction

from checkout.order.models import Consignment, ConsignmentEvent, Order
from checkout.payment.models import Payment, Refund
from checkout.settlement.bookings import (
    book_delivered,
    book_payment_received,
    book_refund_decided,
    book_refund_sent,
    book_returned,
)
from checkout.settlement.models import LedgerEntry

Happening = tuple[datetime, int, Callable[[Any], Any], Any]


def ledger_catch_up() -> int:
    """Book whatever of orders, payments and refunds is not in the ledger; return how many entries that made. Again: none."""
    before = LedgerEntry.objects.count()
    for order_id in Order.objects.order_by("pk").values_list("pk", flat=True).iterator():
        _order_catch_up(order_id)
    return LedgerEntry.objects.count() - before


@transaction.atomic
def _order_catch_up(order_id: int) -> None:
    order = Order.objects.select_for_update(of=("self",)).get(pk=order_id)
    paid = order.payments.filter(state=Payment.State.PAID).select_related("consignment")
    happenings: list[Happening] = [(payment.paid_at, 0, book_payment_received, payment) for payment in paid]
    for consignment in order.consignments.select_related("producer"):
        consignment.order = order
        happenings += _of_consignment(consignment)
    for refund in Refund.objects.filter(payment__order=order).select_related("payment__consignment"):
        happenings.append((refund.created_at, 2, book_refund_decided, refund))
        if refund.state == Refund.State.DONE:
            happenings.append((refund.created_at, 3, book_refund_sent, refund))
    for _at, _rank, book, row in sorted(happenings, key=lambda one: (one[0], one[1], one[3].pk)):
        book(row)


def _of_consignment(consignment: Consignment) -> list[Happening]:
    moments = {event.to_state: event.at for event in ConsignmentEvent.objects.filter(consignment=consignment)}
    delivered = consignment.delivered_at or moments.get(Consignment.State.DELIVERED)
    if delivered is None:
        return []
    if consignment.delivered_at is None:
        consignment.delivered_at = delivered
        consignment.save(update_fields=["delivered_at"])
    happenings: list[Happening] = [(delivered, 1, book_delivered, consignment)]
    if consignment.state == Consignment.State.RETURNED:
        returned = moments.get(Consignment.State.RETURNED, delivered)
        happenings.append((returned, 4, book_returned, consignment))
    return happenings
