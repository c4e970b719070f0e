"""The port behind which a search engine stands. Views and jobs know this module only."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Final, NamedTuple

from django.conf import settings
from django.utils.module_loading import import_string

from search import ranking
from search.documents import FACTS, FORMAT, Document, GoodDocument
from search.facts import popularity_tokens, rating_tokens
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


def form_mark(definition: object) -> str:
    """Return eight letters that differ where indices differ: in their fields (``definition``), or in what documents say."""
    return hashlib.blake2b(repr((FORMAT, definition)).encode(), digest_size=4).hexdigest()


class Refusal(NamedTuple):
    """A good that an engine would not take, and why; the others of its batch were taken."""

    product_id: int
    reason: str


@dataclass(frozen=True, slots=True)
class HeldDocument:
    """What an index holds of a document: enough to tell whether it says what the database says.

    ``content`` is `GoodDocument.content`; moments are seconds since 1970.
    """

    product_id: int
    number: int
    version: int
    live: bool
    true_from: int = 0
    true_until: int = 0
    content: int = 0


@dataclass(frozen=True, slots=True)
class IndexSize:
    """How many documents an index holds, those of the past and tombstones included, and how many bytes it takes."""

    documents: int
    bytes: int


class IndexBuilder(ABC):
    """A new index being filled, unseen until the engine switches to it.

    Documents are packed in any process (`SearchEngine.pack`) and written in one.
    """

    #: Name of the new index.
    name: str

    @abstractmethod
    def write(self, documents: Sequence[GoodDocument]) -> list[Refusal]:
        """Pack and write."""

    @abstractmethod
    def write_packed(self, packed: bytes) -> list[Refusal]:
        """Take what `SearchEngine.pack` made; may return before it is written. Returns what is known to be refused."""

    @abstractmethod
    def save(self) -> list[Refusal]:
        """Wait until everything given is written and survives a crash; return what was refused since the last time."""

    @abstractmethod
    def forget_after(self, product_id: int) -> None:
        """Remove the documents of goods with a higher id: what an interrupted filling left half done."""


class SearchEngine(ABC):
    """One engine. Every method may raise `SearchUnavailable`."""

    #: What the names of this release's indices end in (`form_mark`).
    mark: str

    # -- which index --------------------------------------------------------------------------

    def reads(self, index: str) -> bool:
        """Whether an index has the form that this release writes and searches; the others ask for a rebuild.

        Searches raise `IndexOutdated` while the index in use has another one.
        """
        return index.endswith(f"-{self.mark}")

    @abstractmethod
    def index_name(self) -> str:
        """Return the name of the index in use; a rebuild changes it. Creates an empty one if none is."""

    @abstractmethod
    def previous_index(self) -> str | None:
        """Return the name of the index that was in use before, None if it is no longer there."""

    @abstractmethod
    def create_index(self) -> str:
        """Make a new, empty index that no search sees, and return its name."""

    @abstractmethod
    def has_index(self, name: str) -> bool:
        """Whether the index is there."""

    @abstractmethod
    def switch_to(self, name: str) -> None:
        """Put the index in use at one stroke; the one before is kept as `previous_index`, others are removed."""

    @abstractmethod
    def drop_index(self, name: str) -> None:
        """Remove an index that isn't in use; not an error where it is gone already."""

    # -- searching ----------------------------------------------------------------------------

    @abstractmethod
    def search(self, query: SearchQuery, interpretation: Interpretation) -> SearchResult:
        """Return the page that ``query`` asks for, in one request."""

    def search_in_turn(self, searches: Iterable[tuple[SearchQuery, Interpretation]]) -> SearchResult:
        """Return the page of the first of these searches that finds something, else that of the last; in one request.

        Here one after the other, as an engine inside the process does, which no request leaves; one that lies behind a wire sends
        them together.
        """
        for query, interpretation in searches:
            result = self.search(query, interpretation)
            if result.total:
                break
        return result

    @abstractmethod
    def similar(self, likeness: Likeness, *, size: int) -> tuple[Hit, ...]:
        """Return the goods shown at the moment that are most like one, never itself, in one request.

        Those bought together with it come first, with a score above `TOGETHER`; the others share its set, its producer or a word of its name.
        """

    @abstractmethod
    def vocabulary(self) -> Vocabulary:
        """Return the words of the goods; words of alcohol alone are hidden."""

    # -- writing ------------------------------------------------------------------------------

    @abstractmethod
    def write(self, documents: Iterable[Document], *, index: str | None = None) -> list[Refusal]:
        """Write documents and tombstones; what the index holds in a newer version stays.

        ``index`` names an index that is there; None: the one in use. Returns the goods that can't be written as they are.
        """

    @classmethod
    @abstractmethod
    def pack(cls, documents: Sequence[GoodDocument]) -> tuple[bytes, list[Refusal]]:
        """Return documents as `IndexBuilder.write_packed` takes them, and those that can't be written. Asks nobody."""

    @abstractmethod
    def filling(self, name: str) -> AbstractContextManager[IndexBuilder]:
        """Fill the new index ``name``, fast and by this process alone; it is whole when the block ends without error."""

    @contextmanager
    def rebuild(self) -> Iterator[IndexBuilder]:
        """Fill a new index; it takes the place of the present one when the block ends without error."""
        name = self.create_index()
        try:
            with self.filling(name) as builder:
                yield builder
        except BaseException:
            self.drop_index(name)
            raise
        self.switch_to(name)

    @abstractmethod
    def refresh(self, index: str | None = None) -> None:
        """Make everything written visible now."""

    # -- looking after it ---------------------------------------------------------------------

    @abstractmethod
    def contents(self, index: str, first: int, last: int) -> list[HeldDocument]:
        """Return every document and tombstone of the goods with ids from ``first`` to ``last``, both included."""

    @abstractmethod
    def count_true(self, index: str, moment: int) -> int:
        """Return how many goods the index shows at a moment (seconds since 1970), to an adult."""

    @abstractmethod
    def index_size(self, index: str) -> IndexSize:
        """Return how large the index is."""

    @abstractmethod
    def delete(self) -> None:
        """Remove every index of this engine (for tests and `make reset`)."""


@cache
def get_engine() -> SearchEngine:
    """Return the engine that the settings name, one a process."""
    engine: SearchEngine = import_string(settings.SEARCH_ENGINE)()
    return engine


@cache
def ranking_push() -> tuple[tuple[str, str | bool, float], ...]:
    """Return the push that is the same for every search: field, its value, what it counts."""
    return (
        ("sold", True, ranking.SOLD_HERE),
        *((Facet.STARS.value, str(stars), stars * ranking.EACH_STAR) for stars in (3, 4, 5)),
        *(
            (FACTS, token, ranking.POPULARITY_STEP * 2**bit)
            for bit in range(ranking.POPULARITY_BITS)
            for token in popularity_tokens(1 << bit)
        ),
        *(
            (FACTS, token, ranking.RATING_STEP * 2**bit)
            for bit in range(ranking.RATING_BITS)
            for token in rating_tokens(1 << bit)
        ),
    )


def held_push(document: GoodDocument) -> list[tuple[str, str | bool, float]]:
    """Return what of that push a good has."""
    held: dict[str, Sequence[str | bool]] = {
        "sold": [document.sold],
        Facet.STARS.value: [str(document.stars)],
        FACTS: document.facts,
    }
    return [part for part in ranking_push() if part[1] in held[part[0]]]
