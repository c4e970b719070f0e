"""What it costs to deliver one producer's part of a basket, and when it comes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from catalogue.producers.models import Partner
from checkout.shipping.models import Zone
from checkout.shipping.tariffs import TariffBook, tariff_book
from checkout.shipping.weights import Item, chargeable_weight, parcel_weight
from checkout.shipping.zones import zone_between
from marketplace.places.models import Province


@dataclass(frozen=True, slots=True)
class Quote:
    """The delivery of one consignment. Amounts in đồng, weights in grams, days inclusive."""

    #: What the buyer pays, the charge for cash on delivery included.
    charge: int
    cash_charge: int
    chargeable_weight: int
    #: Grams that a pack of unknown weight counted for; None where every weight is known.
    assumed_weight: int | None
    #: None at pickup.
    zone: Zone | None
    days_min: int
    days_max: int
    from_date: date
    until_date: date
    #: By how much the goods must grow for free delivery; None where it is free or never is.
    free_remaining: int | None
    is_pickup: bool = False

    @property
    def carriage(self) -> int:
        """What the carrier's way costs, without the charge for cash on delivery."""
        return self.charge - self.cash_charge


def quote_consignment(
    *,
    producer: Partner,
    items: Iterable[Item],
    goods_total: int,
    province: Province | None,
    on: date,
    paid_on_delivery: bool = False,
    book: TariffBook | None = None,
) -> Quote:
    """Return the quote for `items` of `producer`, worth `goods_total` đồng after discounts, to `province`, ordered on the day `on`.

    Free delivery covers the carrier's charge, not the one for cash on delivery; without items there is nothing to carry. `book` saves two queries where there are many
    quotes. Raises NoTariff.
    """
    carried = list(items)
    book = book or tariff_book([producer.pk], on=on)
    tariff = book.tariff(producer.pk)
    zone = zone_between(producer.commune.province if producer.commune else None, province)
    rate = book.rate(producer.pk, zone)
    weight = parcel_weight(
        carried, volume_divisor=tariff.volume_divisor, assumed_weight=tariff.assumed_pack_weight
    )
    chargeable = chargeable_weight(weight.grams, first=rate.first_weight, step=rate.step_weight)
    steps = (chargeable - rate.first_weight) // rate.step_weight
    is_free = tariff.free_from is not None and goods_total >= tariff.free_from
    carriage = 0 if is_free or not carried else rate.first_charge + steps * rate.step_charge
    cash_charge = tariff.cod_charge if paid_on_delivery else 0
    days_min, days_max = producer.dispatch_days + rate.days_min, producer.dispatch_days + rate.days_max
    return Quote(
        charge=carriage + cash_charge,
        cash_charge=cash_charge,
        chargeable_weight=chargeable,
        assumed_weight=tariff.assumed_pack_weight if weight.is_assumed else None,
        zone=zone,
        days_min=days_min,
        days_max=days_max,
        from_date=on + timedelta(days=days_min),
        until_date=on + timedelta(days=days_max),
        free_remaining=None if is_free or tariff.free_from is None else tariff.free_from - goods_total,
    )


def quote_pickup(*, producer: Partner, on: date) -> Quote:
    """Return the quote for goods that the buyer fetches: free, once the producer has them ready."""
    ready = on + timedelta(days=producer.dispatch_days)
    return Quote(
        charge=0,
        cash_charge=0,
        chargeable_weight=0,
        assumed_weight=None,
        zone=None,
        days_min=producer.dispatch_days,
        days_max=producer.dispatch_days,
        from_date=ready,
        until_date=ready,
        free_remaining=None,
        is_pickup=True,
    )
