"""A round of the index worker: an index that this release reads, what changed in it, and its words for the pages."""

from __future__ import annotations

import logging

from search.errors import SearchUnavailable
from search.indexing import index_pending
from search.rebuilding import replace_outdated
from search.vocabulary import refresh_vocabulary, vocabulary_age

logger = logging.getLogger(__name__)


def keep_index_true() -> int:
    """Do what is due; return how many goods were taken up, 0 where nothing waits or nothing can be done now.

    After an update of the shop the index is made anew where its form changed. Words of the goods that are no longer in the cache are
    read here, so that no page has to ask the engine for them beside its own search.
    """
    try:
        if replace_outdated():
            return 0
        taken = index_pending()
        if not taken and vocabulary_age() is None:
            refresh_vocabulary()
    except SearchUnavailable as error:
        logger.warning("the search index can't be looked after: %s", error)
        return 0
    return taken
