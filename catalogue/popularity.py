"""How well goods sell at present: a level from 0 to 7 at each good, a small push in the search's order.

Whoever knows orders counts (`checkout/order/popularity.py`) and hands down the levels; they say nothing of anybody. What is counted is
declared here, because the page of criteria publishes it.
"""

from collections.abc import Mapping
from typing import Final

from django.db import transaction

from catalogue.changes import mark_changed
from catalogue.models import HIGHEST_POPULARITY, Product

#: How many days back sales count.
SPAN_DAYS: Final = 90
#: After so many days a sale counts half.
HALF_LIFE_DAYS: Final = 30
#: One buyer's packs of a good count up to this many, so that nobody buys a place.
MOST_OF_ONE_BUYER: Final = 10

_BATCH: Final = 500


def popularity_level(weight: float) -> int:
    """Return the level of goods of which `weight` packs were sold, each counted by its age.

    The first pack makes one level, each further level takes twice as many: 1, 2, 4, 8, 16, 32, 64.
    """
    return min(int(weight).bit_length(), HIGHEST_POPULARITY)


def popularity_set(levels: Mapping[int, int]) -> int:
    """Record the level of each good by its id; goods that aren't named have none. Return how many changed.

    Only what changed is written and goes to the index, in batches of one transaction each, so that nothing waits long. Goods that
    are no longer there are passed over.
    """
    held = dict(Product.objects.filter(popularity__gt=0).values_list("pk", "popularity"))
    wanted = {pk: level for pk, level in levels.items() if level}
    changed = sorted(pk for pk in held.keys() | wanted.keys() if held.get(pk, 0) != wanted.get(pk, 0))
    return sum(
        _write({pk: wanted.get(pk, 0) for pk in changed[start : start + _BATCH]})
        for start in range(0, len(changed), _BATCH)
    )


@transaction.atomic
def _write(levels: Mapping[int, int]) -> int:
    goods = Product.objects.select_for_update(of=("self",), no_key=True).filter(
        pk__in=levels, structure=Product.PARENT
    )
    held = dict(goods.order_by("pk").values_list("pk", "popularity"))
    changed = [pk for pk, level in held.items() if level != levels[pk]]
    for level in sorted({levels[pk] for pk in changed}):
        Product.objects.filter(pk__in=[pk for pk in changed if levels[pk] == level]).update(popularity=level)
    mark_changed(changed)
    return len(changed)
