"""What it costs to deliver one producer's part of a basket, and when it comes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from catalogue.producers.models import Partner
from checkout.shipping.calendars import ShippingCalendar, calendar_of
from checkout.shipping.errors import NotCooled, PlaceNotServed, TooFarForFresh
from checkout.shipping.models import WHOLE, DeliveryRate, DeliveryTariff, PickupPoint, RemoteCommune, Zone
from checkout.shipping.tariffs import TariffBook, tariff_book
from checkout.shipping.weights import Item, ParcelWeight, chargeable_weight, parcel_weight
from checkout.shipping.zones import zone_between
from marketplace.places.models import Commune, Province


@dataclass(frozen=True, slots=True)
class Working:
    """What a quote was worked out from, for whoever wants to see each step."""

    tariff: DeliveryTariff
    rate: DeliveryRate
    weight: ParcelWeight
    #: Steps of weight above the first.
    steps: int
    is_free: bool
    #: What the surcharges for cash are a share of.
    collected: int
    remote: RemoteCommune | None


@dataclass(frozen=True, slots=True)
class Quote:
    """The delivery of one consignment. Amounts in đồng, weights in grams, days inclusive."""

    #: What the buyer pays: the way, and the surcharges below.
    charge: int
    cash_charge: int
    chargeable_weight: int
    #: Grams that a pack of unknown weight counted for; None where every weight is known.
    assumed_weight: int | None
    #: None at pickup.
    zone: Zone | None
    dispatch_until: date
    from_date: date
    until_date: date
    days_min: int
    days_max: int
    #: By how much the goods must grow for free delivery; None where it is free or never is.
    free_remaining: int | None
    remote_charge: int = 0
    insurance_charge: int = 0
    cold_charge: int = 0
    #: What the way would have cost, where the producer's own table carries so much free: the producer bears it.
    by_producer: int = 0
    #: Whether it costs more and takes longer to some communes of the province: it isn't known to which one it goes.
    is_least: bool = False
    is_pickup: bool = False
    pickup_point: PickupPoint | None = None
    working: Working | None = None

    @property
    def carriage(self) -> int:
        """What the carrier's way costs, without any surcharge: the part that free delivery covers."""
        return self.charge - self.cash_charge - self.remote_charge - self.insurance_charge - self.cold_charge


def quote_consignment(
    *,
    producer: Partner,
    items: Iterable[Item],
    goods_total: int,
    province: Province | None,
    on: date,
    commune: Commune | None = None,
    paid_on_delivery: bool = False,
    book: TariffBook | None = None,
) -> Quote:
    """Return the quote for `items` of `producer`, worth `goods_total` đồng after discounts, ordered on the day `on`.

    `province` and `commune` are where it goes; while the commune isn't known, the quote says whether it could be more. Free delivery
    covers the way, not the surcharges; without items there is nothing to carry. `book`, made for `province`, saves its queries where
    there are many quotes. Raises CannotDeliver.
    """
    carried = list(items)
    book = book or tariff_book([producer.pk], on=on, province=province)
    tariff = book.tariff(producer.pk)
    zone = zone_between(producer.commune.province if producer.commune else None, province)
    rate = book.rate(producer.pk, zone)
    far = book.remote_communes(producer.pk)
    remote = far.get(commune.code) if commune else None
    if remote and commune and not remote.is_served:
        raise PlaceNotServed(commune.display_name)
    weight = parcel_weight(
        carried, volume_divisor=tariff.volume_divisor, assumed_weight=tariff.assumed_pack_weight
    )
    chargeable = chargeable_weight(weight.grams, first=rate.first_weight, step=rate.step_weight)
    steps = (chargeable - rate.first_weight) // rate.step_weight
    free_from = rate.free_from if province else book.free_anywhere_from(producer.pk)
    is_free = free_from is not None and goods_total >= free_from
    way = rate.first_charge + steps * rate.step_charge if carried else 0
    carriage = 0 if is_free else way
    remote_charge = remote.surcharge if remote and carried else 0
    cold_charge = _cold_charge(carried, tariff)
    insurance_charge = _insurance_charge(tariff, goods_total)
    collected = goods_total + carriage + remote_charge + cold_charge + insurance_charge
    cash_charge = cash_charge_of(tariff, collected) if paid_on_delivery else 0
    calendar = book.calendars.of(producer)
    dispatch_until = calendar.dispatch_day(on, producer.dispatch_days)
    extra_days = remote.extra_days if remote else 0
    from_date = calendar.arrival(dispatch_until, rate.days_min + extra_days)
    until_date = calendar.arrival(dispatch_until, rate.days_max + extra_days)
    if province is not None:  # of an unknown place the farthest was assumed
        _refuse_what_spoils(carried, days=(until_date - dispatch_until).days)
    return Quote(
        charge=carriage + remote_charge + cold_charge + insurance_charge + cash_charge,
        cash_charge=cash_charge,
        remote_charge=remote_charge,
        cold_charge=cold_charge,
        insurance_charge=insurance_charge,
        by_producer=way if is_free and tariff.producer_id else 0,
        chargeable_weight=chargeable,
        assumed_weight=tariff.assumed_pack_weight if weight.is_assumed else None,
        zone=zone,
        dispatch_until=dispatch_until,
        from_date=from_date,
        until_date=until_date,
        days_min=(from_date - on).days,
        days_max=(until_date - on).days,
        free_remaining=None if is_free or free_from is None else free_from - goods_total,
        is_least=commune is None and bool(far),
        working=Working(tariff, rate, weight, steps, is_free, collected, remote),
    )


def cash_charge_of(tariff: DeliveryTariff, collected: int) -> int:
    """Return what it costs to have `collected` đồng taken at the door."""
    return tariff.cod_charge + _share(collected, tariff.cod_rate)


def quote_pickup(
    *, producer: Partner, on: date, calendar: ShippingCalendar | None = None, point: PickupPoint | None = None
) -> Quote:
    """Return the quote for goods that the buyer fetches: free, once the producer has them ready, at its door or at `point`."""
    calendar = calendar or calendar_of(producer, on=on)
    packed = calendar.dispatch_day(on, producer.dispatch_days)
    ready = packed + timedelta(days=point.days if point else 0)
    return Quote(
        charge=0,
        cash_charge=0,
        chargeable_weight=0,
        assumed_weight=None,
        zone=None,
        dispatch_until=packed,
        from_date=ready,
        until_date=ready,
        days_min=(ready - on).days,
        days_max=(ready - on).days,
        free_remaining=None,
        is_pickup=True,
        pickup_point=point,
    )


def _share(amount: int, rate: int) -> int:
    """Return `rate` hundredths of a per cent of `amount`, rounded half up to 1 đồng."""
    return (amount * rate * 2 + WHOLE) // (2 * WHOLE)


def _insurance_charge(tariff: DeliveryTariff, goods_total: int) -> int:
    is_insured = tariff.insured_from is not None and goods_total >= tariff.insured_from
    return _share(goods_total, tariff.insurance_rate) if is_insured else 0


def _cold_charge(items: Sequence[Item], tariff: DeliveryTariff) -> int:
    cooled = [item.name for item in items if item.needs_cooling]
    if cooled and tariff.cold_charge is None:
        raise NotCooled(cooled)
    return tariff.cold_charge or 0 if cooled else 0


def _refuse_what_spoils(items: Sequence[Item], *, days: int) -> None:
    """Raise TooFarForFresh where the way may take longer than some of the goods keep."""
    spoiling = [item for item in items if item.keeps_days is not None and item.keeps_days < days]
    if spoiling:
        keeps = min(item.keeps_days or 0 for item in spoiling)
        raise TooFarForFresh([item.name for item in spoiling], keeps=keeps, takes=days)
