"""How well goods sell, counted from orders and handed down to the catalogue as a level that says nothing of anybody."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from django.core.cache import cache

from catalogue.popularity import (
    HALF_LIFE_DAYS,
    MOST_OF_ONE_BUYER,
    SPAN_DAYS,
    popularity_level,
    popularity_set,
)
from checkout.order.models import Consignment, Line
from marketplace.clock import day_of, start_of_day, today

#: A parcel in one of these is no sale.
_NO_SALE: Final = (Consignment.State.CANCELLED, Consignment.State.RETURNED)
_A_DAY_SECONDS: Final = 24 * 60 * 60


def popularity_refresh_due() -> None:
    """Count anew once a day. Safe to run twice and on two machines; a count that fails is tried again at the next round."""
    key = f"goods-popularity-{today():%Y-%m-%d}"
    if not cache.add(key, True, timeout=_A_DAY_SECONDS):
        return
    try:
        popularity_refresh()
    except BaseException:
        cache.delete(key)
        raise


def popularity_refresh() -> int:
    """Count the packs sold of each good in the last 90 days; return for how many goods the level changed.

    What counts is packs, not money: of confirmed orders, but for parcels that were cancelled or came back. A day's sales count half after
    30 days, a quarter after 60. Buyers are told apart by phone number, and each counts for ten packs of a good at most.
    """
    bought: defaultdict[tuple[int, str], float] = defaultdict(float)
    for good, buyer, age, packs in _sales():
        bought[good, buyer] += packs * 0.5 ** (age / HALF_LIFE_DAYS)
    weights: defaultdict[int, float] = defaultdict(float)
    for (good, _buyer), weight in bought.items():
        weights[good] += min(weight, MOST_OF_ONE_BUYER)
    return popularity_set({good: popularity_level(weight) for good, weight in weights.items()})


def _sales() -> Iterator[tuple[int, str, int, int]]:
    """Yield good, buyer, age in days and number of packs of every line that counts."""
    now = today()
    lines = (
        Line.objects.filter(
            order__confirmed_at__gte=start_of_day(now - timedelta(days=SPAN_DAYS)),
            order__cancelled_at__isnull=True,
            consignment__isnull=False,
            product__parent__isnull=False,
        )
        .exclude(consignment__state__in=_NO_SALE)
        .order_by()
        .values_list("product__parent_id", "order_id", "order__phone", "order__confirmed_at", "quantity")
    )
    for good, order, phone, confirmed_at, packs in lines.iterator(chunk_size=2_000):
        yield good, phone or f"order {order}", max((now - day_of(confirmed_at)).days, 0), packs
