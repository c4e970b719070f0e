"""Which goods stand below the page of one: those like it, and those bought together with it.

The page belongs to the catalogue, the answer to whoever can search: that room registers itself (`answer_with`), so that
the catalogue need not know it. Without an answer the page shows goods of the same producer or set.
"""

import logging
from datetime import datetime
from typing import Final, NamedTuple, Protocol

from catalogue.good_reading import RELATED, read_related
from catalogue.models import Product

logger = logging.getLogger(__name__)

#: The most goods in each of the two rows.
MOST: Final = RELATED


class NoAnswer(Exception):
    """Whoever finds similar goods doesn't answer at the moment."""


class SimilarGoods(NamedTuple):
    """Ids of goods, the best first. A good may have left since: readers ask the one rule again."""

    together: list[int]
    alike: list[int]


class Finder(Protocol):
    """Finds goods for the page of `good`, never itself, in two rows of at most `MOST`. Raises NoAnswer."""

    def __call__(self, good: Product, *, at: datetime, adult: bool) -> SimilarGoods: ...


_finder: Finder | None = None


def answer_with(finder: Finder) -> None:
    """Let `finder` be asked from now on; called once, when the project starts."""
    global _finder
    _finder = finder


def similar_goods(good: Product, *, at: datetime, adult: bool) -> SimilarGoods:
    """Return the goods to show below the page of `good`; one query where the finder doesn't answer, else none."""
    if _finder is not None:
        try:
            return _finder(good, at=at, adult=adult)
        except NoAnswer as reason:
            logger.warning("similar goods come from the database: %s", reason)
    return SimilarGoods(together=[], alike=read_related(good, at=at, adult=adult))
