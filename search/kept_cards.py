"""Cards that suggestions show again and again while someone types: kept by the process, as long as pages are kept.

What ends a page's life (`marketplace.page_cache`) ends a card's: a change of the catalogue, the next moment at which its price may
change, midnight. Suggestions show no stock, so nothing else about them can grow old.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Final

from catalogue.cards import Card, cards_for
from marketplace.clock import next_day_boundary
from marketplace.page_cache import page_generation

#: Seconds for which a card is kept at most, and how many cards a process keeps.
_LIFE: Final = 60.0
_MOST: Final = 5_000


@dataclass(slots=True)
class _Kept:
    """Cards by good, language and age, of one generation of pages; a good that isn't shown is None."""

    generation: float = -1.0
    cards: dict[tuple[int, str, bool], tuple[Card | None, datetime, float]] = field(default_factory=dict)


_kept = _Kept()
_lock = Lock()


def kept_cards(product_ids: Sequence[int], *, language: str, at: datetime, adult: bool) -> list[Card]:
    """Return what `catalogue.cards.cards_for` returns, in no query where this process has the cards already, else in two."""
    now = time.monotonic()
    generation = page_generation()
    with _lock:
        if _kept.generation != generation or len(_kept.cards) > _MOST:
            _kept.cards, _kept.generation = {}, generation
        cards = _kept.cards
    found: dict[int, Card | None] = {}
    for product_id in product_ids:
        card, until, dropped_at = cards.get((product_id, language, adult), (None, at, 0.0))
        if at < until and now < dropped_at:
            found[product_id] = card
    missing = [product_id for product_id in product_ids if product_id not in found]
    if missing:
        read = {card.product_id: card for card in cards_for(missing, language=language, at=at, adult=adult)}
        midnight = next_day_boundary()
        for product_id in missing:
            card = found[product_id] = read.get(product_id)
            until = min(midnight, card.until) if card and card.until else midnight
            cards[product_id, language, adult] = (card, until, now + _LIFE)
    return [card for product_id in product_ids if (card := found[product_id]) is not None]


def forget_cards() -> None:
    """Read every card anew (for tests)."""
    _kept.generation = -1.0
