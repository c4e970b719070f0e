"""A change of mind: an order that still waits for its money is paid another way."""

import logging

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from checkout.order.confirmation import order_confirmed
from checkout.order.models import Consignment, Line, Order, PaymentState
from checkout.payment.closing import payments_close
from checkout.payment.errors import PaymentNotPossible
from checkout.payment.methods import method_for
from checkout.payment.offers import MethodOffer, offers_for, why_not
from checkout.payment.transfers.crediting import amount_kept
from checkout.shipping.quotes import cash_charge_of
from checkout.shipping.tariffs import tariff_book
from marketplace.clock import day_of
from marketplace.money import round_dong

logger = logging.getLogger(__name__)


def other_ways(order: Order) -> list[MethodOffer]:
    """Return the other ways to pay an order that waits for its money, and why not some of them; none once it doesn't wait."""
    if not is_open(order) or amount_kept(order):
        return []
    return [
        offer
        for offer in offers_for(_lines(order), total=round_dong(order.total_incl_tax), phone=order.phone)
        if offer.method.code != order.payment_method
    ]


def _lines(order: Order) -> list[Line]:
    return list(order.lines.select_related("product__parent"))


def is_open(order: Order) -> bool:
    """Return whether an order still waits for its money, within its time."""
    in_time = order.payment_deadline is None or order.payment_deadline > timezone.now()
    return order.is_awaiting_payment and in_time


def cash_charges(order: Order) -> dict[int, int]:
    """Return what paying on delivery adds to each consignment (by id, in đồng), by the tables of the day of the order.

    As at the checkout: of what is collected before anything is taken off the way.
    """
    delivered = [
        one for one in order.consignments.all() if one.method == Consignment.Method.DELIVERY and one.total
    ]
    book = tariff_book([one.producer_id for one in delivered], on=day_of(order.date_placed))
    return {
        one.pk: cash_charge_of(book.tariff(one.producer_id), one.total + one.delivery_discount)
        for one in delivered
    }


@transaction.atomic
def payment_method_change(*, order_id: int, code: str) -> Order:
    """Have an order paid the way `code` from now on, and return it. The same way again changes nothing.

    What is under way at the earlier provider is closed; money that it brings all the same goes back. Cash on delivery adds its charge and
    confirms the order; any other way gives the order the time that it would have had, never less than is left. Raises PaymentNotPossible.
    """
    order = Order.objects.select_for_update(of=("self",)).get(pk=order_id)
    if order.payment_method == code:
        return order
    if not is_open(order):
        raise PaymentNotPossible(_("This order has ended and can no longer be paid."))
    if amount_kept(order):
        raise PaymentNotPossible(_("A part of the money has already come: please transfer the rest."))
    offer = next((one for one in other_ways(order) if one.method.code == code), None)
    if offer is None or offer.why_not:
        raise PaymentNotPossible(_("This way to pay is not offered for this order. Please choose another."))
    payments_close(order)
    order.payment_method = code
    if offer.method.is_paid_on_delivery:
        _pay_on_delivery(order)
    else:
        deadline = method_for(code).deadline_from(order.date_placed)
        order.payment_deadline = max(filter(None, [order.payment_deadline, deadline]))
        order.save(update_fields=["payment_method", "payment_deadline"])
    logger.info("order %s is paid by %s from now on", order.number, code)
    return order


def _pay_on_delivery(order: Order) -> None:
    charges = cash_charges(order)
    total = round_dong(order.total_incl_tax) + sum(charges.values())
    if why := why_not(method_for(order.payment_method), _lines(order), total=total, phone=order.phone):
        raise PaymentNotPossible(why)
    for pk, charge in sorted(charges.items()):
        Consignment.objects.filter(pk=pk).update(delivery_charge=F("delivery_charge") + charge)
    added = sum(charges.values())
    order.total_incl_tax += added
    order.total_excl_tax += added
    order.shipping_incl_tax += added
    order.shipping_excl_tax += added
    order.payment_state, order.payment_deadline = PaymentState.DUE_ON_DELIVERY, None
    order.save()
    order_confirmed(order, order.consignments.all())
