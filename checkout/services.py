"""What happens to a whole order: placed, paid, confirmed, cancelled, expired.

Written law of locks: late, once, and in this order: order, payment, consignments, basket, certificates, stock records, offers. What concerns one
consignment is in `checkout.order.services`; sending money back is in `checkout.payment`.
"""

import logging
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalogue.certification.facts import facts_for
from catalogue.certification.rules import sale_decision
from catalogue.certification.verdicts import VerdictReason
from checkout.basket.models import Basket
from checkout.basket.models import Line as BasketLine
from checkout.errors import ChangeNotAllowed
from checkout.offer.errors import OfferRanOut
from checkout.offer.uses import offers_give_back, offers_take_again
from checkout.order.confirmation import order_confirmed
from checkout.order.consignments import may_all_be_cancelled
from checkout.order.models import Consignment, Order, PaymentState
from checkout.order.notices import (
    tell_expired,
    tell_order_cancelled,
    tell_payment_returned,
    tell_producer_cancelled,
)
from checkout.order.services import consignments_cancel
from checkout.payment.closing import payments_close
from checkout.payment.methods import method_for
from checkout.payment.models import Payment
from checkout.payment.refunds import CANCELLED, OF_NO_USE, refund_request
from checkout.placement import Buyer, place_order
from checkout.reservations.errors import StockTooLow
from checkout.reservations.services import stock_release, stock_reserve_again
from marketplace.clock import day_of
from marketplace.money import round_dong

__all__ = [
    "Buyer",
    "order_cancel",
    "order_mark_paid",
    "orders_expire_due",
    "place_order",
]

logger = logging.getLogger(__name__)

#: Orders ended in one round of the worker.
_BATCH = 200


@transaction.atomic
def order_mark_paid(*, order_id: int, payment_id: int, amount: int) -> None:
    """Take note that `payment_id` brought `amount` đồng for an order. Told again, nothing changes.

    An awaiting order is paid and confirmed. An expired one is brought back if its goods can still be had. Money that the order has no use
    for (too late, a second time, another sum, cancelled) is sent back, and the buyer is told.
    """
    order = order_locked(order_id)
    if order.settled_by_id == payment_id:
        return
    payment = Payment.objects.get(pk=payment_id)
    fits = amount == round_dong(order.total_incl_tax) and order.cancelled_at is None
    if fits and (order.payment_state == PaymentState.AWAITING or _brought_back(order)):
        order.payment_state = PaymentState.PAID
        order.settled_by = payment
        order.paid_amount = amount
        order.save(update_fields=["payment_state", "settled_by", "paid_amount", "basket"])
        payments_close(order)
        order_confirmed(order, order.consignments.all())
        logger.info("order %s is paid by payment %s", order.number, payment_id)
        return
    refund_request(payment=payment, reason=OF_NO_USE, key=f"unneeded:{payment_id}")
    tell_payment_returned(order, payment_id=payment_id, amount=amount, cause=_no_use(order))
    logger.info("payment %s of order %s goes back (%s)", payment_id, order.number, order.payment_state)


def _no_use(order: Order) -> str:
    """Return why an order has no use for money that came in."""
    if order.cancelled_at is not None:
        return "cancelled"
    if method_for(order.payment_method).is_paid_on_delivery:
        return "on_delivery"
    return "twice" if order.settled_by_id else "late"


@transaction.atomic
def order_cancel(*, order_id: int, actor: Any = None, actor_kind: str = "buyer", reason: str = "") -> Order:
    """Cancel a whole order as long as nothing of it is packed: stock comes back, money goes back, everybody is told.

    Cancelling twice changes nothing. Raises ChangeNotAllowed.
    """
    order = order_locked(order_id)
    if order.cancelled_at is not None:
        return order
    consignments = list(
        order.consignments.select_for_update(of=("self",)).select_related("producer").order_by("pk")
    )
    open_consignments = [one for one in consignments if one.state != Consignment.State.CANCELLED]
    if order.payment_state == PaymentState.EXPIRED:
        raise ChangeNotAllowed(_("This order has already ended."))
    if not may_all_be_cancelled(order, consignments):
        raise ChangeNotAllowed(_("A part of this order is already packed and can no longer be cancelled."))
    was_awaiting = order.payment_state == PaymentState.AWAITING
    if was_awaiting:
        _basket_reopen(order)
    payments_close(order)
    consignments_cancel(order, open_consignments, actor=actor, actor_kind=actor_kind, note=reason)
    settled, amount = order.settled_by, 0
    if settled is not None and settled.refundable_amount:
        refund = refund_request(
            payment=settled, reason=reason or CANCELLED, key=f"order-cancelled:{order.pk}"
        )
        amount = refund.amount
    tell_order_cancelled(order, reason, amount=amount)
    if order.confirmed_at:
        for consignment in open_consignments:
            tell_producer_cancelled(consignment, reason)
    logger.info("order %s was cancelled by %s", order.number, actor_kind)
    order.refresh_from_db()
    return order


def orders_expire_due() -> int:
    """End the orders that were not paid in time and return how many: stock comes back, the basket reopens.

    Safe on any number of workers: each order is one transaction, and one that another worker has in hand is passed over.
    """
    now = timezone.now()
    due = Order.objects.filter(
        payment_state=PaymentState.AWAITING, cancelled_at=None, payment_deadline__lte=now
    ).order_by("payment_deadline", "pk")
    return sum(_order_expire(pk) for pk in due.values_list("pk", flat=True)[:_BATCH])


def order_locked(order_id: int) -> Order:
    """Return an order with its row locked until the transaction ends. The first lock of whoever changes an order."""
    order: Order = Order.objects.select_for_update(of=("self",)).get(pk=order_id)
    return order


@transaction.atomic
def _order_expire(order_id: int) -> bool:
    order = (
        Order.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(
            pk=order_id,
            payment_state=PaymentState.AWAITING,
            cancelled_at=None,
            payment_deadline__lte=timezone.now(),
        )
        .first()
    )
    if order is None:
        return False
    order.payment_state = PaymentState.EXPIRED
    order.save(update_fields=["payment_state"])
    payments_close(order)
    _basket_reopen(order)
    stock_release(order.lines.all())
    offers_give_back(order)
    tell_expired(order)
    logger.info("order %s was not paid in time", order.number)
    return True


def _basket_reopen(order: Order) -> None:
    """Give the buyer the goods back into the basket."""
    Basket.objects.filter(pk=order.basket_id, status=Basket.SUBMITTED).update(
        status=Basket.OPEN, date_submitted=None
    )


def _basket_today(order: Order) -> Basket | None:
    """Return the basket of an order, locked; where it was merged into another at a sign-in, that other one."""
    baskets = Basket.objects.select_for_update(of=("self",))
    basket: Basket | None = baskets.filter(pk=order.basket_id).first()
    while basket is not None and basket.status == Basket.MERGED and basket.merged_into_id:
        basket = baskets.filter(pk=basket.merged_into_id).first()
    return basket


def _brought_back(order: Order) -> bool:
    """Return whether an expired order could be given its goods and discounts again: they may be sold, and enough of both is left.

    Where the buyer has ordered the same basket again, that order stands and this one's money goes back.
    """
    if order.payment_state != PaymentState.EXPIRED:
        return False
    basket = _basket_today(order)
    if basket is not None and basket.status != Basket.OPEN:
        return False
    lines = list(order.lines.all())
    if not _may_still_be_sold(lines):
        return False
    try:
        with transaction.atomic():
            stock_reserve_again(lines)
            offers_take_again(order)
    except (StockTooLow, OfferRanOut):
        return False
    if basket is not None:
        _take_out_of(basket, lines)
        # The basket belongs to the buyer's next order; this one needs it no longer.
        order.basket = None
    return True


def _may_still_be_sold(lines: list[Any]) -> bool:
    """Judge again by the one rule. Age was declared and the price agreed when the order was placed; stock is asked for afterwards."""
    if any(line.product_id is None for line in lines):
        return False
    now = timezone.now()
    facts = facts_for([line.product_id for line in lines], at=now, lock=True)
    accepted = {VerdictReason.SOLD, VerdictReason.NO_STOCK, VerdictReason.NO_PRICE}
    return all(
        line.product_id in facts
        and sale_decision(facts=facts[line.product_id], on=day_of(now), at=now, adult=True).reason in accepted
        for line in lines
    )


def _take_out_of(basket: Basket, lines: list[Any]) -> None:
    """Take what has been bought after all out of the reopened basket."""
    bought = {line.product_id: line.quantity for line in lines}
    for line in BasketLine.objects.filter(basket=basket, product__in=bought):
        left = line.quantity - bought[line.product_id]
        if left > 0:
            BasketLine.objects.filter(pk=line.pk).update(quantity=left)
        else:
            line.delete()
