"""Cash that is handed over for a parcel: a payment like any other, so that counting, refunds and the ledger know one way."""

from django.utils import timezone

from checkout.order.models import Consignment
from checkout.payment.models import Payment
from checkout.payment.order_money import order_money_update
from checkout.settlement.bookings import book_payment_received

GATEWAY = "cash"


def cash_receive(*, consignment: Consignment) -> Payment | None:
    """Note that the buyer handed over what a consignment costs, and return the payment; None where it costs nothing.

    Call it with order and consignment locked, who collected it already said, in the transaction that notes the delivery. Noted again, nothing changes.
    """
    if not consignment.total:
        return None
    payment, is_new = Payment.objects.get_or_create(
        gateway=GATEWAY,
        reference=consignment.number,
        defaults={
            "order_id": consignment.order_id,
            "consignment": consignment,
            "amount": consignment.total,
            "state": Payment.State.PAID,
            "paid_at": timezone.now(),
        },
    )
    if is_new:
        book_payment_received(payment)
        order_money_update(order_id=consignment.order_id)
    return payment


def payment_of(consignment: Consignment) -> Payment | None:
    """Return the payment that holds a consignment's money: the order's own, else the cash handed over for it; None before it is paid."""
    return consignment.order.settled_by or Payment.objects.filter(consignment=consignment).first()
