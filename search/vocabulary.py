"""The words that the shop knows, shared by all processes through the cache.

The index worker writes them down after changes and where the cache has lost them; a page reads its process's copy and
asks the engine only where a process that just began finds none. So a page costs one engine request.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from typing import Final

from django.core.cache import cache

from search.circuit import asking_engine
from search.engines.base import get_engine
from search.errors import SearchUnavailable
from search.spelling import Vocabulary

logger = logging.getLogger(__name__)

_STAMP_KEY: Final = "search-vocabulary-stamp"
_WORDS_KEY: Final = "search-vocabulary"
#: Seconds for which a process trusts its copy before it looks at the stamp.
_TRUSTED: Final = 30.0


@dataclass
class _Kept:
    """This process's copy."""

    vocabulary: Vocabulary
    stamp: float | None = None
    checked_at: float | None = None


_kept = _Kept(Vocabulary({}))


def current_vocabulary() -> Vocabulary:
    """Return the shop's words; an empty vocabulary, which corrects nothing, while none can be had."""
    now = time.monotonic()
    if _kept.checked_at is not None and now - _kept.checked_at < _TRUSTED:
        return _kept.vocabulary
    _kept.checked_at = now
    stamp = cache.get(_STAMP_KEY)
    if stamp is None and _kept.stamp is not None:
        return _kept.vocabulary  # the cache was emptied: the worker writes the words down again
    if stamp is None or (stored := cache.get(_WORDS_KEY)) is None:
        try:
            with asking_engine():
                refresh_vocabulary()
        except SearchUnavailable as error:
            logger.warning("no vocabulary to correct spelling with: %s", error)
    elif stamp != _kept.stamp:
        counts, hidden = stored
        _kept.vocabulary, _kept.stamp = Vocabulary(counts, hidden), stamp
    return _kept.vocabulary


def refresh_vocabulary() -> None:
    """Take the words from the index and put them down for every process. Raises SearchUnavailable."""
    vocabulary = get_engine().vocabulary()
    stamp = time.time()
    cache.set(_WORDS_KEY, (dict(vocabulary.counts), vocabulary.hidden), timeout=None)
    cache.set(_STAMP_KEY, stamp, timeout=None)
    _kept.vocabulary, _kept.stamp, _kept.checked_at = vocabulary, stamp, time.monotonic()


def vocabulary_age() -> float | None:
    """Return how many seconds ago the words were put down; None if never."""
    stamp = cache.get(_STAMP_KEY)
    return None if stamp is None else time.time() - stamp


def forget_vocabulary() -> None:
    """Drop this process's copy and the shared one."""
    cache.delete_many([_STAMP_KEY, _WORDS_KEY])
    _kept.vocabulary, _kept.stamp, _kept.checked_at = Vocabulary({}), None, None
