"""Which delivery table holds for a producer on a day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from checkout.shipping.errors import NoTariff
from checkout.shipping.models import DeliveryRate, DeliveryTariff
from marketplace.prepared import PreparedRows, columns_of, model_from_row


@dataclass(frozen=True)
class TariffBook:
    """The tables of one day: a producer's own where it has one, else the platform's."""

    on: date
    platform: DeliveryTariff | None
    own: dict[int, DeliveryTariff]
    #: The lines of the tables by table and zone.
    rates: dict[tuple[int, str], DeliveryRate]

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


def tariff_book(producer_ids: Iterable[int], *, on: date) -> TariffBook:
    """Return the tables that hold on the day `on` for these producers, in two queries. Of several the youngest holds."""
    platform: DeliveryTariff | None = None
    own: dict[int, DeliveryTariff] = {}
    for row in _prepared_tariffs(list(producer_ids) or [0], on):
        tariff = model_from_row(DeliveryTariff, row)
        if tariff.producer_id is None:
            platform = tariff
        else:
            own[tariff.producer_id] = tariff
    tables = [tariff.pk for tariff in (platform, *own.values()) if tariff]
    rates = [model_from_row(DeliveryRate, row) for row in _prepared_rates(tables)]
    return TariffBook(on, platform, own, {(rate.tariff_id, rate.zone): rate for rate in rates})


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


_prepared_tariffs = PreparedRows(_tariffs)
_prepared_rates = PreparedRows(_rates)
