"""What an order has received and given back, counted from its payments."""

from django.db.models import Q, Sum

from checkout.order.models import Order, PaymentState
from checkout.payment.models import Payment
from marketplace.money import round_dong

#: Only these follow the money; an order that expired stays expired when late money goes back.
_FOLLOWING = (PaymentState.PAID, PaymentState.PARTLY_REFUNDED)


def order_money_update(*, order_id: int) -> None:
    """Write the sums of an order's payments and refunds on the order, whose row the caller has locked.

    Money that came twice and went back once leaves the order paid. Of an order paid on delivery only the parcels that were handed over were
    to be paid.
    """
    order = Order.objects.get(pk=order_id)
    sums = Payment.objects.filter(order_id=order_id, state=Payment.State.PAID).aggregate(
        paid=Sum("amount", default=0),
        refunded=Sum("refunded_amount", default=0),
        cash=Sum("amount", filter=Q(consignment__isnull=False), default=0),
    )
    order.paid_amount, order.refunded_amount = sums["paid"], sums["refunded"]
    if order.payment_state in _FOLLOWING:
        order.payment_state = state_after(
            kept=sums["paid"] - sums["refunded"], total=sums["cash"] or round_dong(order.total_incl_tax)
        )
    order.save(update_fields=["paid_amount", "refunded_amount", "payment_state"])


def state_after(*, kept: int, total: int) -> PaymentState:
    """Return how an order's payment stands that has kept so much of what it costs."""
    if kept >= total:
        return PaymentState.PAID
    return PaymentState.PARTLY_REFUNDED if kept else PaymentState.REFUNDED
