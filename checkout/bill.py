"""What a basket comes to with its discounts and deliveries, and whether that is still what the buyer saw."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from checkout.basket.contents import ContentLine, Contents, Parcel
from checkout.offer.discounts import CodeStanding, Discount, offer_book
from checkout.offer.uses import OfferBuyer
from checkout.order.models import Consignment
from checkout.shipping.errors import CannotDeliver
from checkout.shipping.models import PickupPoint
from checkout.shipping.quotes import Quote, quote_consignment, quote_pickup
from checkout.shipping.tariffs import tariff_book
from marketplace.money import format_dong
from marketplace.places.models import Commune, Province

PICKUP = Consignment.Method.PICKUP
DELIVERY = Consignment.Method.DELIVERY


@dataclass(frozen=True, slots=True)
class LineBill:
    """One line and what is taken off it. Amounts in đồng, for all its packs."""

    line: ContentLine
    by_producer: int = 0
    by_platform: int = 0

    @property
    def discount(self) -> int:
        return self.by_producer + self.by_platform

    @property
    def amount(self) -> int:
        """What is left to pay."""
        return self.line.amount - self.discount


@dataclass(frozen=True, slots=True)
class ParcelBill:
    """One producer's part: the goods and how they come. Amounts in đồng."""

    parcel: Parcel
    quote: Quote
    lines: list[LineBill]
    #: What discounts take off the delivery, by who bears it.
    delivery_by_producer: int = 0
    delivery_by_platform: int = 0

    @property
    def method(self) -> str:
        return PICKUP if self.quote.is_pickup else DELIVERY

    @property
    def discount(self) -> int:
        """What is taken off the goods."""
        return sum(line.discount for line in self.lines)

    @property
    def goods_total(self) -> int:
        """What is left to pay for the goods."""
        return self.parcel.goods_total - self.discount

    @property
    def delivery_discount(self) -> int:
        return self.delivery_by_producer + self.delivery_by_platform

    @property
    def carriage(self) -> int:
        """What is left to pay for the way, without the charge for cash on delivery."""
        return self.quote.carriage - self.delivery_discount

    @property
    def charge(self) -> int:
        """What is left to pay for delivery."""
        return self.quote.charge - self.delivery_discount

    @property
    def is_least(self) -> bool:
        """Whether delivery could cost more, since it isn't known to which commune it goes."""
        return self.quote.is_least

    @property
    def platform_discount(self) -> int:
        """What the marketplace bears of it all."""
        return sum(line.by_platform for line in self.lines) + self.delivery_by_platform

    @property
    def total(self) -> int:
        return self.goods_total + self.charge


@dataclass(frozen=True, slots=True)
class Unquoted:
    """One producer's part that can't be delivered as it is, and why."""

    parcel: Parcel
    reason: str

    @property
    def problem(self) -> str:
        """The reason with the producer's name."""
        return _("%(producer)s: %(reason)s") % {"producer": self.parcel.producer.name, "reason": self.reason}


@dataclass(frozen=True, slots=True)
class Bill:
    """The whole: what the buyer sees before the order and pays after it."""

    parcels: list[ParcelBill]
    #: Those that can't be delivered: with one of them nothing can be ordered yet.
    unquoted: list[Unquoted]
    #: What offers and codes take off, each in all.
    discounts: list[Discount] = field(default_factory=list)
    #: How each code in the basket stands.
    codes: list[CodeStanding] = field(default_factory=list)
    #: What is missing for an offer, and what doesn't go together, in words.
    hints: list[str] = field(default_factory=list)

    @property
    def goods_before(self) -> int:
        """What the goods come to before any discount at the till."""
        return self.goods_total + self.goods_discount

    @property
    def goods_discount(self) -> int:
        return sum(part.discount for part in self.parcels)

    @property
    def goods_discounts(self) -> list[Discount]:
        """Those on goods alone: what comes off delivery isn't known before the place is."""
        return [discount for discount in self.discounts if not discount.offer.is_on_delivery]

    @property
    def goods_total(self) -> int:
        return sum(part.goods_total for part in self.parcels)

    @property
    def delivery_before(self) -> int:
        """What delivery comes to before any discount."""
        return sum(part.quote.charge for part in self.parcels)

    @property
    def delivery_total(self) -> int:
        return sum(part.charge for part in self.parcels)

    @property
    def total(self) -> int:
        return self.goods_total + self.delivery_total

    @property
    def problems(self) -> list[str]:
        """Why the bill isn't whole, in words for the buyer."""
        return [part.problem for part in self.unquoted]

    @property
    def is_least(self) -> bool:
        """Whether it could be more, since it isn't known to which commune it goes."""
        return any(part.is_least for part in self.parcels)

    def shown(self) -> str:
        """Return what a page that shows this bill hands back with the order: lines, discounts and deliveries, each with its amount."""
        return json.dumps(
            {
                "lines": {
                    str(own.line.pk): [
                        own.line.quantity,
                        own.line.price.now if own.line.price else 0,
                        own.discount,
                    ]
                    for part in self.parcels
                    for own in part.lines
                },
                "discounts": {str(discount.offer.pk): discount.amount for discount in self.discounts},
                "deliveries": {
                    str(part.parcel.producer.pk): [part.method, part.charge] for part in self.parcels
                },
            },
            separators=(",", ":"),
        )


def bill_for(
    contents: Contents,
    *,
    province: Province | None,
    on: date,
    commune: Commune | None = None,
    pickups: frozenset[int] = frozenset(),
    pickup_points: Mapping[int, PickupPoint] | None = None,
    paid_on_delivery: bool = False,
    phone: str = "",
) -> Bill:
    """Return the bill of `contents` ordered on the day `on`, with the delivery tables' few queries and few for the discounts.

    It goes to `commune` of `province`, as far as they are known. `pickups` names producers whose goods the buyer fetches at their door;
    one that doesn't offer it delivers. `pickup_points` names those whose goods are fetched elsewhere, and where. `phone` (E.164) is the
    buyer's, as far as it is known: some discounts hold so often for one buyer.
    """
    offers = offer_book(contents, buyer=OfferBuyer(contents.owner_id, phone))
    on_goods = offers.on_goods()
    book = tariff_book([parcel.producer.pk for parcel in contents.parcels], on=on, province=province)
    quotes: dict[int, Quote] = {}
    unquoted = []
    for parcel in contents.parcels:
        producer = parcel.producer
        point = (pickup_points or {}).get(producer.pk)
        if point or (producer.pk in pickups and producer.pickup_offered):
            quotes[producer.pk] = quote_pickup(
                producer=producer, on=on, calendar=book.calendars.of(producer), point=point
            )
            continue
        try:
            quotes[producer.pk] = quote_consignment(
                producer=producer,
                items=parcel.items(),
                goods_total=parcel.goods_total - sum(on_goods.of_line(line.pk) for line in parcel.lines),
                province=province,
                commune=commune,
                on=on,
                paid_on_delivery=paid_on_delivery,
                book=book,
            )
        except CannotDeliver as error:
            unquoted.append(Unquoted(parcel, error.words))
    discounts = [
        *on_goods.given,
        *offers.on_delivery({pk: quote.carriage for pk, quote in quotes.items()}),
    ]
    return Bill(
        parcels=[
            _parcel_bill(parcel, quotes[parcel.producer.pk], discounts)
            for parcel in contents.parcels
            if parcel.producer.pk in quotes
        ],
        unquoted=unquoted,
        discounts=discounts,
        codes=offers.standings(discounts, on_goods.till),
        hints=offers.hints(on_goods.till),
    )


def _parcel_bill(parcel: Parcel, quote: Quote, discounts: Sequence[Discount]) -> ParcelBill:
    """Return one producer's part, each amount under the name of who bears it."""
    of_platform = [discount for discount in discounts if discount.is_borne_by_platform]
    of_producer = [discount for discount in discounts if not discount.is_borne_by_platform]
    producer = parcel.producer.pk
    return ParcelBill(
        parcel=parcel,
        quote=quote,
        lines=[
            LineBill(
                line,
                by_producer=sum(discount.lines.get(line.pk, 0) for discount in of_producer),
                by_platform=sum(discount.lines.get(line.pk, 0) for discount in of_platform),
            )
            for line in parcel.lines
        ],
        delivery_by_producer=sum(discount.parcels.get(producer, 0) for discount in of_producer),
        delivery_by_platform=sum(discount.parcels.get(producer, 0) for discount in of_platform),
    )


def shown_from(text: str) -> Mapping[str, Mapping[str, Any]] | None:
    """Return what a page handed back of `Bill.shown()`, or None where it is nothing of ours: then nothing was seen."""
    try:
        shown = json.loads(text)
        lines = {
            str(key): [int(value[0]), int(value[1]), int(value[2])] for key, value in shown["lines"].items()
        }
        discounts = {str(key): int(value) for key, value in shown["discounts"].items()}
        deliveries = {str(key): [str(value[0]), int(value[1])] for key, value in shown["deliveries"].items()}
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError, RecursionError):
        return None
    return {"lines": lines, "discounts": discounts, "deliveries": deliveries}


def changes_since(shown: Mapping[str, Mapping[str, Any]], bill: Bill) -> list[str]:
    """Return in words what differs between a bill and what the buyer saw of it; nothing where every đồng agrees."""
    return [
        *_changed_lines(shown["lines"], bill),
        *_changed_discounts(shown["discounts"], bill),
        *_changed_deliveries(shown["deliveries"], bill),
    ]


def _changed_lines(seen_lines: Mapping[str, Any], bill: Bill) -> list[str]:
    changes: list[str] = []
    left = dict(seen_lines)
    for line in (own.line for part in bill.parcels for own in part.lines):
        price = line.price.now if line.price else 0
        seen = left.pop(str(line.pk), None)
        if seen is None:
            changes.append(_("%(name)s was added to the basket.") % {"name": line.name})
            continue
        if seen[0] != line.quantity:
            changes.append(
                _("%(name)s: the quantity is now %(now)d, it was %(before)d.")
                % {"name": line.name, "now": line.quantity, "before": seen[0]}
            )
        if seen[1] != price:
            changes.append(
                _("%(name)s: the price is now %(now)s, it was %(before)s.")
                % {"name": line.name, "now": format_dong(price), "before": format_dong(seen[1])}
            )
    if left:
        changes.append(_("Something was taken out of the basket."))
    return changes


def _changed_discounts(seen: Mapping[str, int], bill: Bill) -> list[str]:
    """Say of each discount that it is another or none any more, of a code also why."""
    now = {str(discount.offer.pk): discount for discount in bill.discounts}
    codes = {str(standing.voucher.offer_id): standing for standing in bill.codes}
    changes = [
        _("%(name)s takes off %(now)s, not %(before)s.")
        % {
            "name": discount.label,
            "now": format_dong(discount.amount),
            "before": format_dong(seen.get(pk, 0)),
        }
        for pk, discount in now.items()
        if seen.get(pk, 0) != discount.amount
    ]
    for pk, before in seen.items():
        if pk in codes and pk not in now:
            changes.append(
                _("The code %(code)s takes off nothing any more: %(why)s")
                % {"code": codes[pk].voucher.code, "why": codes[pk].problem}
            )
        elif pk not in now:
            changes.append(
                _("A discount of %(before)s doesn't hold any more.") % {"before": format_dong(before)}
            )
    return changes


def _changed_deliveries(seen: Mapping[str, Any], bill: Bill) -> list[str]:
    changes = []
    for part in bill.parcels:
        method, charge = seen.get(str(part.parcel.producer.pk), (part.method, None))
        if charge is not None and (method, charge) != (part.method, part.charge):
            changes.append(
                _("Delivery by %(producer)s is now %(now)s, it was %(before)s.")
                % {
                    "producer": part.parcel.producer.name,
                    "now": format_dong(part.charge),
                    "before": format_dong(charge),
                }
            )
    return changes
