"""What a basket comes to with its deliveries, and whether that is still what the buyer saw."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from checkout.basket.contents import Contents, Parcel
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
class ParcelBill:
    """One producer's part: the goods and how they come. Amounts in đồng."""

    parcel: Parcel
    quote: Quote

    @property
    def method(self) -> str:
        return PICKUP if self.quote.is_pickup else DELIVERY

    @property
    def total(self) -> int:
        return self.parcel.goods_total + self.quote.charge


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

    @property
    def goods_total(self) -> int:
        return sum(part.parcel.goods_total for part in self.parcels)

    @property
    def delivery_total(self) -> int:
        return sum(part.quote.charge for part in self.parcels)

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
        return any(part.quote.is_least for part in self.parcels)

    def shown(self) -> str:
        """Return what a page that shows this bill hands back with the order: lines and deliveries, each with its amount."""
        return json.dumps(
            {
                "lines": {
                    str(line.pk): [line.quantity, line.price.now if line.price else 0]
                    for part in self.parcels
                    for line in part.parcel.lines
                },
                "deliveries": {
                    str(part.parcel.producer.pk): [part.method, part.quote.charge] for part in self.parcels
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
) -> Bill:
    """Return the bill of `contents` ordered on the day `on`, with the delivery tables' few queries.

    It goes to `commune` of `province`, as far as they are known. `pickups` names producers whose goods the buyer fetches at their door;
    one that doesn't offer it delivers. `pickup_points` names those whose goods are fetched elsewhere, and where.
    """
    book = tariff_book([parcel.producer.pk for parcel in contents.parcels], on=on, province=province)
    parts, unquoted = [], []
    for parcel in contents.parcels:
        point = (pickup_points or {}).get(parcel.producer.pk)
        if point or (parcel.producer.pk in pickups and parcel.producer.pickup_offered):
            calendar = book.calendars.of(parcel.producer)
            quote = quote_pickup(producer=parcel.producer, on=on, calendar=calendar, point=point)
            parts.append(ParcelBill(parcel, quote))
            continue
        try:
            quote = quote_consignment(
                producer=parcel.producer,
                items=parcel.items(),
                goods_total=parcel.goods_total,
                province=province,
                commune=commune,
                on=on,
                paid_on_delivery=paid_on_delivery,
                book=book,
            )
        except CannotDeliver as error:
            unquoted.append(Unquoted(parcel, error.words))
        else:
            parts.append(ParcelBill(parcel, quote))
    return Bill(parts, unquoted)


def shown_from(text: str) -> Mapping[str, Mapping[str, Any]] | None:
    """Return what a page handed back of `Bill.shown()`, or None where it is nothing of ours: then nothing was seen."""
    try:
        shown = json.loads(text)
        lines = {str(key): [int(value[0]), int(value[1])] for key, value in shown["lines"].items()}
        deliveries = {str(key): [str(value[0]), int(value[1])] for key, value in shown["deliveries"].items()}
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError, RecursionError):
        return None
    return {"lines": lines, "deliveries": deliveries}


def changes_since(shown: Mapping[str, Mapping[str, Any]], bill: Bill) -> list[str]:
    """Return in words what differs between a bill and what the buyer saw of it; nothing where every đồng agrees."""
    changes: list[str] = []
    seen_lines = dict(shown["lines"])
    for part in bill.parcels:
        for line in part.parcel.lines:
            price = line.price.now if line.price else 0
            seen = seen_lines.pop(str(line.pk), None)
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
        method, charge = shown["deliveries"].get(str(part.parcel.producer.pk), (part.method, None))
        if charge is not None and (method, charge) != (part.method, part.quote.charge):
            changes.append(
                _("Delivery by %(producer)s is now %(now)s, it was %(before)s.")
                % {
                    "producer": part.parcel.producer.name,
                    "now": format_dong(part.quote.charge),
                    "before": format_dong(charge),
                }
            )
    if seen_lines:
        changes.append(_("Something was taken out of the basket."))
    return changes
