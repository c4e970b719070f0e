"""Which goods people buy together, handed down to the catalogue as a figure that says nothing of anybody."""

from collections import Counter, defaultdict
from datetime import timedelta
from itertools import permutations
from typing import Final

from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from catalogue.changes import mark_changed
from catalogue.models import BoughtTogether
from checkout.order.models import Line

#: So many different buyers make a pair.
BUYERS_FROM: Final = 3
#: How far back orders count.
SPAN: Final = timedelta(days=365)
#: The most companions of one good.
MOST: Final = 8
#: Orders with more goods than this (a stall that stocks up) say little about what goes together.
_LARGEST: Final = 30
_FRESH_KEY: Final = "goods-bought-together"
_FRESH_SECONDS: Final = 6 * 60 * 60


def goods_together_refresh_due() -> None:
    """Count anew, a few times a day. Safe to run twice and on two machines."""
    if cache.add(_FRESH_KEY, True, timeout=_FRESH_SECONDS):
        goods_together_refresh()


@transaction.atomic
def goods_together_refresh() -> int:
    """Count which goods were in one confirmed order of at least three different buyers; return how many pairs there are now.

    Buyers are told apart by phone number. Goods whose companions changed go to the index again.
    """
    buyers: defaultdict[tuple[int, int], set[str]] = defaultdict(set)
    for phone, goods in _baskets():
        if goods and len(goods) <= _LARGEST:
            for pair in permutations(sorted(goods), 2):
                buyers[pair].add(phone)
    counted = Counter({pair: len(phones) for pair, phones in buyers.items() if len(phones) >= BUYERS_FROM})
    wanted: dict[tuple[int, int], int] = {}
    taken: Counter[int] = Counter()
    for (good, other), count in sorted(counted.items(), key=lambda item: (-item[1], item[0])):
        if taken[good] < MOST:
            taken[good] += 1
            wanted[good, other] = count
    held = {
        (row.good_id, row.other_id): row
        for row in BoughtTogether.objects.select_for_update().order_by("good", "other")
    }
    stale = [row.pk for pair, row in held.items() if wanted.get(pair) != row.buyers]
    fresh = [pair for pair, count in wanted.items() if pair not in held or held[pair].buyers != count]
    BoughtTogether.objects.filter(pk__in=stale).delete()
    BoughtTogether.objects.bulk_create(
        BoughtTogether(good_id=good, other_id=other, buyers=wanted[good, other]) for good, other in fresh
    )
    # A document holds whose page names it: only pairs that came or went change one.
    mark_changed(other for _good, other in wanted.keys() ^ held.keys())
    return len(wanted)


def _baskets() -> list[tuple[str, set[int]]]:
    """Return, for each confirmed order, the buyer's phone and the goods in it that are still there."""
    lines = Line.objects.filter(
        order__confirmed_at__gte=timezone.now() - SPAN,
        order__cancelled_at__isnull=True,
        product__parent__isnull=False,
    ).values_list("order_id", "order__phone", "product__parent_id")
    baskets: dict[int, tuple[str, set[int]]] = {}
    for order_id, phone, good in lines:
        baskets.setdefault(order_id, (phone, set()))[1].add(good)
    return [basket for basket in baskets.values() if basket[0]]
