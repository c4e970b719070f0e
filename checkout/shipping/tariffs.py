"""Which delivery table holds for a producer on a day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from checkout.shipping.calendars import Calendars, calendars_for
from checkout.shipping.errors import NoTariff
from checkout.shipping.models import DeliveryRate, DeliveryTariff, RemoteCommune
from marketplace.places.models import Province
from marketplace.prepared import PreparedRows, columns_of, model_from_row


@dataclass(frozen=True)
class TariffBook:
    """The tables of one day: a producer's own where it has one, else the platform's."""

    on: date
    platform: DeliveryTariff | None
    own: dict[int, DeliveryTariff]
    #: The lines of the tables by table and zone.
    rates: dict[tuple[int, str], DeliveryRate]
    #: Their far communes in the province asked for, by table.
    remote: dict[int, dict[str, RemoteCommune]]
    calendars: Calendars

    def tariff(self, producer_id: int) -> DeliveryTariff:
        """Return the table that holds for a producer. Raises NoTariff where there is none."""
        tariff = self.own.get(producer_id) or self.platform
        if tariff is None:
            raise NoTariff
        return tariff

    def rate(self, producer_id: int, zone: str) -> DeliveryRate:
        """Return a table's line for a zone. Raises NoTariff where it has none."""
        rate = self.rates.get((self.tariff(producer_id).pk, zone))
        if rate is None:
            raise NoTariff
        return rate

    def free_anywhere_from(self, producer_id: int) -> int | None:
        """Return the value of goods (đồng) from which the way is free into every zone; None where one never is. Raises NoTariff."""
        table = self.tariff(producer_id).pk
        limits = [rate.free_from for (tariff, _zone), rate in self.rates.items() if tariff == table]
        known = [limit for limit in limits if limit is not None]
        return max(known) if known and len(known) == len(limits) else None

    def remote_communes(self, producer_id: int) -> dict[str, RemoteCommune]:
        """Return the far communes of a producer's table in the province of the book, by code. Raises NoTariff."""
        return self.remote.get(self.tariff(producer_id).pk, {})


def tariff_book(producer_ids: Iterable[int], *, on: date, province: Province | None = None) -> TariffBook:
    """Return the tables that hold on the day `on` for these producers, in three queries; with a province four.

    Of several tables the youngest holds. Without `province` nothing is known of far communes.
    """
    producer_ids = list(producer_ids)
    platform: DeliveryTariff | None = None
    own: dict[int, DeliveryTariff] = {}
    for row in _prepared_tariffs(producer_ids or [0], on):
        tariff = model_from_row(DeliveryTariff, row)
        if tariff.producer_id is None:
            platform = tariff
        else:
            own[tariff.producer_id] = tariff
    tables = [tariff.pk for tariff in (platform, *own.values()) if tariff]
    rates = [model_from_row(DeliveryRate, row) for row in _prepared_rates(tables)]
    remote: dict[int, dict[str, RemoteCommune]] = {}
    for row in _prepared_remote(tables, province.code) if province else ():
        far = model_from_row(RemoteCommune, row)
        remote.setdefault(far.tariff_id, {})[far.commune_id] = far
    return TariffBook(
        on=on,
        platform=platform,
        own=own,
        rates={(rate.tariff_id, rate.zone): rate for rate in rates},
        remote=remote,
        calendars=calendars_for(producer_ids, on=on),
    )


def _tariffs(producer_ids: list[int], on: date) -> QuerySet[DeliveryTariff, Any]:
    return (
        DeliveryTariff.objects.filter(
            Q(producer__isnull=True) | Q(producer__in=producer_ids),
            Q(valid_until__isnull=True) | Q(valid_until__gte=on),
            valid_from__lte=on,
        )
        .order_by("valid_from", "pk")
        .values(*columns_of(DeliveryTariff))
    )


def _rates(tariff_ids: list[int]) -> QuerySet[DeliveryRate, Any]:
    return DeliveryRate.objects.filter(tariff__in=tariff_ids).order_by().values(*columns_of(DeliveryRate))


def _remote(tariff_ids: list[int], province_code: str) -> QuerySet[RemoteCommune, Any]:
    return (
        RemoteCommune.objects.filter(tariff__in=tariff_ids, commune__province=province_code)
        .order_by()
        .values(*columns_of(RemoteCommune))
    )


_prepared_remote = PreparedRows(_remote)
_prepared_tariffs = PreparedRows(_tariffs)
_prepared_rates = PreparedRows(_rates)
