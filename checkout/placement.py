"""From a basket to an order (decision 2 of the architecture).

Everything happens in one transaction. Locks are taken late, once and in this order, here and in `checkout.services`: order, payment,
consignments, basket, certificates, stock records, offers; rows of a kind by their ids. With the certificates held everything is judged again,
then it is written. The stock of a good that everybody wants is locked last: whoever orders it waits for another's commit and little more.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from oscar.apps.shipping.methods import Free
from oscar.core.loading import get_class
from oscar.core.prices import Price

from checkout.basket.contents import Contents, basket_contents
from checkout.basket.models import Basket
from checkout.bill import Bill, bill_for, changes_since, shown_from
from checkout.errors import BasketEmpty, OrderChanged, OrderRefused
from checkout.invoices.services import invoice_particulars_write
from checkout.offer.errors import OfferRanOut
from checkout.offer.uses import OfferBuyer, offers_take
from checkout.order.confirmation import order_confirmed
from checkout.order.models import Consignment, Line, Order, PaymentState
from checkout.order.notices import tell_awaiting_payment
from checkout.payment.methods import PaymentMethod, method_for
from checkout.payment.offers import why_not
from checkout.reservations.errors import StockTooLow
from checkout.reservations.services import stock_reserve
from checkout.safety.traces import Origin, trace_record
from checkout.shipping.pickup_points import points_for
from marketplace.clock import day_of
from marketplace.money import format_dong

_NOT_OFFERED = _lazy("This way to pay is not offered for these goods. Please choose another.")


@dataclass(frozen=True)
class Buyer:
    """Who orders: `phone` is E.164, `email` may be empty, `user` is None for a guest. `is_adult`: the age was declared and confirmed."""

    name: str
    phone: str
    email: str = ""
    user: Any = None
    language: str = "vi"
    is_adult: bool = False
    #: The device and the network that the order comes from.
    origin: Origin = field(default_factory=Origin)


@transaction.atomic
def place_order(
    *,
    basket_id: int,
    buyer: Buyer,
    payment_method: str,
    shown: str,
    address: Mapping[str, Any] | None = None,
    pickups: frozenset[int] = frozenset(),
    pickup_points: Mapping[int, int] | None = None,
    invoice: Mapping[str, str] | None = None,
) -> Order:
    """Place the order for a basket and return it: all of it, at the total that the buyer saw, or nothing.

    `address` holds the values of `AbstractVietnamAddress` and may be None only where the buyer fetches everything; `pickups` names
    the producers where that is so, `pickup_points` those whose goods are fetched at a point, with the point's id. `shown` is what `Bill.shown()` gave to the page. `invoice` says to whom invoices are
    made out (the fields of `InvoiceParticulars`). A basket that has become an order gives that
    order again: a double tap places one. Cash on delivery is confirmed at once, anything else awaits its money until the method's deadline.

    Raises BasketEmpty, OrderRefused (something must be mended) and OrderChanged (something is no longer as it was shown).
    """
    basket = Basket.objects.select_for_update(of=("self",)).filter(pk=basket_id).first()
    if basket is None:
        raise BasketEmpty([_("Your basket is empty.")])
    if basket.status != Basket.OPEN:
        return _order_of(basket)
    now = timezone.now()
    contents = _contents(basket, buyer, now)
    method = _method(payment_method)
    bill = bill_for(
        contents,
        province=address["commune"].province if address else None,
        commune=address["commune"] if address else None,
        on=day_of(now),
        pickups=pickups,
        pickup_points=points_for(pickup_points or {}),
        paid_on_delivery=method.is_paid_on_delivery,
        phone=buyer.phone,
    )
    if bill.unquoted:
        raise OrderRefused(bill.problems)
    _refuse_unless_payable(method, contents, total=bill.total, phone=buyer.phone)
    _refuse_unless_as_shown(shown, bill)
    if address is None and any(not part.quote.is_pickup for part in bill.parcels):
        raise OrderRefused([_("Please enter the address for delivery.")])
    order, consignments, lines = _order_create(basket, now, bill, buyer, method, address)
    if invoice:
        invoice_particulars_write(order=order, particulars=invoice)
    trace_record(order=order, origin=buyer.origin, address=address)
    if order.is_awaiting_payment:
        tell_awaiting_payment(order)
    else:
        order_confirmed(order, consignments, lines)
    try:
        stock_reserve(lines)
    except StockTooLow as error:
        _contents(basket, buyer, now)  # the buyer is told of what there is too little now
        raise OrderChanged([_("There is not enough left for all of these goods together.")]) from error
    _offers_take(order, bill, buyer, now)
    return order


def _order_of(basket: Basket) -> Order:
    live = Order.objects.filter(basket=basket, cancelled_at=None).exclude(payment_state=PaymentState.EXPIRED)
    order: Order | None = live.first()
    if order is None:
        raise BasketEmpty([_("Your basket is empty.")])
    return order


def _contents(basket: Basket, buyer: Buyer, at: datetime) -> Contents:
    """Judge every line. Raises BasketEmpty and OrderChanged."""
    contents = basket_contents(basket, adult=buyer.is_adult, at=at, lock=True)
    _refuse_unless_sold(contents)
    return contents


def _refuse_unless_sold(contents: Contents) -> None:
    if not contents.lines:
        raise BasketEmpty([_("Your basket is empty.")])
    reasons = [f"{line.name}: {line.problem}" for line in contents.lines if not line.is_sold]
    reasons += [
        _("%(producer)s takes orders from %(minimum)s; %(missing)s are missing.")
        % {
            "producer": parcel.producer.name,
            "minimum": format_dong(parcel.producer.minimum_order),
            "missing": format_dong(parcel.minimum_missing),
        }
        for parcel in contents.parcels
        if parcel.minimum_missing and all(line.is_sold for line in parcel.lines)
    ]
    if reasons:
        raise OrderChanged(reasons)


def _method(code: str) -> PaymentMethod:
    try:
        return method_for(code)
    except KeyError:
        raise OrderRefused([_NOT_OFFERED]) from None


def _refuse_unless_payable(method: PaymentMethod, contents: Contents, *, total: int, phone: str) -> None:
    if not method.is_offered():
        raise OrderRefused([_NOT_OFFERED])
    if why := why_not(method, [line.line for line in contents.lines], total=total, phone=phone):
        raise OrderRefused([f"{method.label}: {why}", _("Please choose another way to pay.")])


def _refuse_unless_as_shown(shown: str, bill: Bill) -> None:
    """Hold the page to its word: the total shown is the total placed, line by line."""
    seen = shown_from(shown)
    if seen is None:
        raise OrderChanged([_("Please look through the total once more and confirm it.")])
    changes = changes_since(seen, bill)
    if changes or shown_from(bill.shown()) != seen:
        raise OrderChanged(changes or [_("Please look through the total once more and confirm it.")])


def _order_create(
    basket: Basket,
    at: datetime,
    bill: Bill,
    buyer: Buyer,
    method: PaymentMethod,
    address: Mapping[str, Any] | None,
) -> tuple[Order, list[Consignment], list[Line]]:
    """Write the order with consignments and lines by Oscar's creator and close the basket."""
    creator = get_class("order.utils", "OrderCreator")(bill, address)
    order: Order = creator.place_order(
        basket=basket,
        total=_price(bill.total),
        shipping_method=Free(),
        shipping_charge=_price(bill.delivery_total),
        user=buyer.user,
        guest_email=buyer.email,
        phone=buyer.phone,
        buyer_name=buyer.name,
        language=buyer.language,
        payment_method=method.code,
        **_payment_begins(bill, method, at),
    )
    basket.submit()
    return order, creator.consignments, creator.lines


def _payment_begins(bill: Bill, method: PaymentMethod, at: datetime) -> dict[str, Any]:
    """Return how an order's payment stands at first: where discounts leave nothing to pay, it is paid."""
    if not bill.total:
        return {"payment_state": PaymentState.PAID, "payment_deadline": None}
    state = PaymentState.DUE_ON_DELIVERY if method.is_paid_on_delivery else PaymentState.AWAITING
    return {"payment_state": state, "payment_deadline": method.deadline_from(at)}


def _offers_take(order: Order, bill: Bill, buyer: Buyer, at: datetime) -> None:
    """Count what the order uses of offers and codes: with the stock the last locks."""
    user_id = buyer.user.pk if buyer.user is not None else None
    try:
        offers_take(order=order, discounts=bill.discounts, buyer=OfferBuyer(user_id, buyer.phone), at=at)
    except OfferRanOut as error:
        raise OrderChanged(
            [
                _("%(name)s has just been used up. Please look through the total once more.")
                % {"name": error.message}
            ]
        ) from error


def _price(amount: int) -> Price:
    return Price(currency=settings.OSCAR_DEFAULT_CURRENCY, excl_tax=Decimal(amount), incl_tax=Decimal(amount))
