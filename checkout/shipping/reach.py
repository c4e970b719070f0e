"""Tells the rooms below how far parcels go: search filters by it, and may not know the delivery tables."""

from collections import Counter
from datetime import date
from typing import NamedTuple

from django.db import transaction

from catalogue.changes import mark_changed
from catalogue.models import Product
from catalogue.producers.models import DeliveryReach
from checkout.shipping.models import DeliveryTariff, Zone


class _Reach(NamedTuple):
    producer_id: int | None
    valid_from: date
    valid_until: date | None
    same_province: bool
    same_region: bool
    between_regions: bool


@transaction.atomic
def reach_record() -> int:
    """Bring `DeliveryReach` into line with the delivery tables; return how many rows changed.

    Safe to run twice: what is true already stays, and only goods whose reach changed go to the index again.
    """
    wanted = Counter(_wanted())
    stale, changed = [], set()
    for row in DeliveryReach.objects.select_for_update().order_by("pk"):
        held = _Reach(*(getattr(row, name) for name in _Reach._fields))
        if wanted[held]:
            wanted[held] -= 1
        else:
            stale.append(row.pk)
            changed.add(held.producer_id)
    missing = list(wanted.elements())
    if not stale and not missing:
        return 0
    changed |= {reach.producer_id for reach in missing}
    DeliveryReach.objects.filter(pk__in=stale).delete()
    DeliveryReach.objects.bulk_create(DeliveryReach(**reach._asdict()) for reach in missing)
    goods = Product.objects.filter(structure=Product.PARENT)
    if None not in changed:  # the shop's own table holds for everybody who has none
        goods = goods.filter(producer__in=changed)
    mark_changed(goods.values_list("pk", flat=True))
    return len(stale) + len(missing)


def _wanted() -> list[_Reach]:
    """Return what the tables say, in the order in which they were made."""
    tariffs = DeliveryTariff.objects.order_by("valid_from", "pk").prefetch_related("rates")
    reaches = []
    for tariff in tariffs:
        zones = {rate.zone for rate in tariff.rates.all()}
        reaches.append(
            _Reach(
                producer_id=tariff.producer_id,
                valid_from=tariff.valid_from,
                valid_until=tariff.valid_until,
                same_province=Zone.SAME_PROVINCE in zones,
                same_region=Zone.SAME_REGION in zones,
                between_regions=Zone.BETWEEN_REGIONS in zones,
            )
        )
    return reaches
