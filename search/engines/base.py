"""The port behind which a search engine stands. Views and jobs know this module only."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from contextlib import AbstractContextManager
from functools import cache
from typing import Final

from django.conf import settings
from django.utils.module_loading import import_string

from search import ranking
from search.documents import FACTS, Document
from search.facts import popularity_tokens
from search.interpretation import Interpretation
from search.query import Facet, Hit, Likeness, SearchQuery, SearchResult, Sort
from search.spelling import Vocabulary

#: How much sharing a value with a good makes another one like it; each word of the name counts by how rare it is.
ALIKE: Final = {Facet.SET: 4.0, Facet.SECTOR: 0.5, Facet.FORM: 1.0, Facet.PROVINCE: 0.8, Facet.PRODUCER: 0.4}
#: Goods bought together with a good come first, far above any likeness.
TOGETHER: Final = 1_000.0

#: Field and direction (True: highest first) of each order that isn't by score.
SORT_FIELDS: Final = {
    Sort.RELEVANCE: ("sort_recommended", True),  # of a search without words
    Sort.CHEAPEST: ("sort_cheapest", False),
    Sort.DEAREST: ("sort_dearest", True),
    Sort.NEWEST: ("sort_newest", True),
    Sort.STARS: ("sort_stars", True),
}
#: The most words that the vocabulary takes from an index.
VOCABULARY_SIZE: Final = 30_000
#: The most pairs of neighbours, the commonest first.
NEIGHBOURS_SIZE: Final = 30_000


class IndexBuilder(ABC):
    """A new index being filled, unseen until it is complete."""

    #: Name of the new index.
    name: str

    @abstractmethod
    def write(self, documents: Iterable[Document]) -> None:
        """Add documents."""


class SearchEngine(ABC):
    """One engine. Every method may raise `SearchUnavailable`."""

    @abstractmethod
    def index_name(self) -> str:
        """Return the name of the index in use; a rebuild changes it. Creates an empty one if none is."""

    @abstractmethod
    def search(self, query: SearchQuery, interpretation: Interpretation) -> SearchResult:
        """Return the page that ``query`` asks for, in one request."""

    @abstractmethod
    def similar(self, likeness: Likeness, *, size: int) -> tuple[Hit, ...]:
        """Return the goods shown at the moment that are most like one, never itself, in one request.

        Those bought together with it come first, with a score above `TOGETHER`; the others share its set, its producer or a word of its name.
        """

    @abstractmethod
    def write(self, documents: Iterable[Document]) -> None:
        """Write documents and tombstones; what the index holds in a newer version stays."""

    @abstractmethod
    def rebuild(self) -> AbstractContextManager[IndexBuilder]:
        """Fill a new index; it takes the place of the present one when the block ends without error."""

    @abstractmethod
    def vocabulary(self) -> Vocabulary:
        """Return the words of the goods; words of alcohol alone are hidden."""

    @abstractmethod
    def refresh(self) -> None:
        """Make everything written visible now (for tests and commands)."""

    @abstractmethod
    def delete(self) -> None:
        """Remove every index of this engine (for tests and `make reset`)."""


@cache
def get_engine() -> SearchEngine:
    """Return the engine that the settings name, one a process."""
    engine: SearchEngine = import_string(settings.SEARCH_ENGINE)()
    return engine


def ranking_push() -> list[tuple[str, str | bool, float]]:
    """Return the push that is the same for every search: field, its value, what it counts."""
    return [
        ("sold", True, ranking.SOLD_HERE),
        *((Facet.STARS.value, str(stars), stars * ranking.EACH_STAR) for stars in (3, 4, 5)),
        *(
            (FACTS, token, ranking.POPULARITY_STEP * 2**bit)
            for bit in range(ranking.POPULARITY_BITS)
            for token in popularity_tokens(1 << bit)
        ),
    ]
