"""To which provinces goods are delivered, from what the till says of its tables (`DeliveryReach`)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from catalogue.producers.models import DeliveryReach
from marketplace.places.index import place_index
from marketplace.places.models import Province
from search.query import EVERYWHERE


@dataclass(frozen=True, slots=True)
class Reaches:
    """The tables that hold on some day or later, by producer; those of None are the shop's own."""

    by_producer: dict[int | None, list[DeliveryReach]]

    def of(self, producer_id: int | None) -> tuple[DeliveryReach, ...]:
        """Return the producer's own tables and the shop's, in the order in which they begin."""
        shop = self.by_producer.get(None, [])
        own = self.by_producer.get(producer_id, []) if producer_id is not None else []
        return (*shop, *own)


def reaches_of(producer_ids: Iterable[int | None], *, since: date) -> Reaches:
    """Return the tables of these producers and of the shop that hold on the day `since` or later; one query."""
    rows = DeliveryReach.objects.filter(
        Q(producer__isnull=True) | Q(producer__in=[pk for pk in producer_ids if pk is not None]),
        Q(valid_until__isnull=True) | Q(valid_until__gte=since),
    ).order_by("valid_from", "pk")
    found: defaultdict[int | None, list[DeliveryReach]] = defaultdict(list)
    for row in rows:
        found[row.producer_id].append(row)
    return Reaches(dict(found))


def provinces_reached(reaches: Iterable[DeliveryReach], home: Province | None, on: date) -> tuple[str, ...]:
    """Return the codes of the provinces reached from `home` on a day, or `EVERYWHERE`; none where no table says.

    The producer's own table goes before the shop's; of several the one that began last holds. Where the producer's province isn't known
    the farthest zone counts, as in a quote.
    """
    holding = [
        reach
        for reach in reaches
        if reach.valid_from <= on and (reach.valid_until is None or on <= reach.valid_until)
    ]
    own = [reach for reach in holding if reach.producer_id is not None]
    if not holding:
        return ()
    reach = (own or holding)[-1]
    if home is None:
        return (EVERYWHERE,) if reach.between_regions else ()
    if reach.same_province and reach.same_region and reach.between_regions:
        return (EVERYWHERE,)
    return tuple(
        sorted(
            province.code for province in place_index().provinces.values() if _reaches(reach, home, province)
        )
    )


def _reaches(reach: DeliveryReach, home: Province, province: Province) -> bool:
    if province.code == home.code:
        return reach.same_province
    if province.macro_region == home.macro_region:
        return reach.same_region
    return reach.between_regions
