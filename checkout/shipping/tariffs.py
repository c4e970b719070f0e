"""Which delivery table holds for a producer on a day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from checkout.shipping.errors import NoTariff
from checkout.shipping.models import DeliveryRate, DeliveryTariff


@dataclass(frozen=True)
class TariffBook:
    """The tables of one day: a producer's own where it has one, else the platform's."""

    on: date
    platform: DeliveryTariff | None
    own: dict[int, DeliveryTariff]

    def tariff(self, producer_id: int) -> DeliveryTariff:
        """Return the table that holds for a producer. Raises NoTariff where there is none."""
        tariff = self.own.get(producer_id) or self.platform
        if tariff is None:
            raise NoTariff
        return tariff

    def rate(self, producer_id: int, zone: str) -> DeliveryRate:
        """Return a table's line for a zone. Raises NoTariff where it has none."""
        for rate in self.tariff(producer_id).rates.all():
            if rate.zone == zone:
                return rate
        raise NoTariff


def tariff_book(producer_ids: Iterable[int], *, on: date) -> TariffBook:
    """Return the tables that hold on the day `on` for these producers, in two queries. Of several the youngest holds."""
    tariffs = (
        DeliveryTariff.objects.filter(
            Q(producer__isnull=True) | Q(producer__in=list(producer_ids)),
            Q(valid_until__isnull=True) | Q(valid_until__gte=on),
            valid_from__lte=on,
        )
        .order_by("valid_from", "pk")
        .prefetch_related("rates")
    )
    platform: DeliveryTariff | None = None
    own: dict[int, DeliveryTariff] = {}
    for tariff in tariffs:
        if tariff.producer_id is None:
            platform = tariff
        else:
            own[tariff.producer_id] = tariff
    return TariffBook(on=on, platform=platform, own=own)
