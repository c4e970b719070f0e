"""The engine inside this process: tantivy, on the disk of one machine.

One process writes at a time; every process reads, and sees a commit or a new index at its next search.
:mod:`search.engines.embedded_index` keeps the files.
"""

from __future__ import annotations

import os
import shutil
import threading
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import tantivy
from django.conf import settings
from tantivy import FieldType, Occur, Order, Query

from search.documents import MAXIMUM_INTERVALS, Document, GoodDocument
from search.engines.base import (
    NEIGHBOURS_SIZE,
    SORT_FIELDS,
    VOCABULARY_SIZE,
    HeldDocument,
    IndexBuilder,
    IndexSize,
    Refusal,
    SearchEngine,
    form_mark,
)
from search.engines.embedded_counts import facets_counted
from search.engines.embedded_documents import FIELDS, build_schema, made_documents, pack_documents
from search.engines.embedded_index import FILLING_MEMORY, FILLING_THREADS, EmbeddedBuilder, IndexFolder
from search.engines.embedded_query import QueryTranslator
from search.engines.embedded_similar import similar_query
from search.errors import IndexOutdated, SearchUnavailable
from search.interpretation import Interpretation
from search.query import Hit, Likeness, SearchQuery, SearchResult, Sort
from search.spelling import Vocabulary

#: So many hits more than a page holds are fetched, in case that they score as its last one does.
_TIES: Final = 500
#: Where more do, goods are asked for by so many ids for each one wanted, then by four times as many, and so on.
_IDS_FOR_EACH: Final = 128


@dataclass(slots=True)
class _Opened:
    """An index as this process has it open."""

    name: str
    index: tantivy.Index
    stamp: tuple[int, int]
    searcher: tantivy.Searcher


class EmbeddedEngine(SearchEngine):
    """Tantivy in a directory of this machine."""

    def __init__(self, directory: Path | None = None) -> None:
        self._schema = build_schema()
        self.mark = form_mark(FIELDS)
        self._folder = IndexFolder(Path(directory or settings.EMBEDDED_SEARCH_DIR), self._schema, self.mark)
        self._lock = threading.Lock()
        self._opened: _Opened | None = None

    @property
    def directory(self) -> Path:
        """Where the indices lie."""
        return self._folder.path

    # -- which index --------------------------------------------------------------------------

    def index_name(self) -> str:
        return self._folder.current() or self._folder.create_first()

    def previous_index(self) -> str | None:
        return self._folder.previous()

    def create_index(self) -> str:
        return self._folder.create()

    def has_index(self, name: str) -> bool:
        return self._folder.has(name)

    def switch_to(self, name: str) -> None:
        self._folder.switch_to(name)

    def drop_index(self, name: str) -> None:
        self._folder.drop(name)

    def _open(self) -> _Opened:
        """Return the index in use with its newest commit."""
        name = self._folder.current()
        if name is None:
            raise SearchUnavailable("there is no search index yet: run `manage.py search_rebuild`")
        if not self.reads(name):
            raise IndexOutdated(name)
        try:
            status = os.stat(self._folder.path / name / "meta.json")
            stamp = (status.st_mtime_ns, status.st_ino)
            opened = self._opened
            if opened is not None and opened.name == name and opened.stamp == stamp:
                return opened
            with self._lock:
                same = opened is not None and opened.name == name
                index = opened.index if opened is not None and same else self._folder.open(name)
                index.reload()
                self._opened = _Opened(name, index, stamp, index.searcher())
                return self._opened
        except (OSError, ValueError) as error:
            raise SearchUnavailable(f"the search index {name} can't be read: {error}") from error

    # -- searching ----------------------------------------------------------------------------

    def search(self, query: SearchQuery, interpretation: Interpretation) -> SearchResult:
        opened = self._open()
        translator = QueryTranslator(opened.searcher, self._schema, query, interpretation)
        hits, total, best = self._hits(opened.searcher, translator, query, interpretation)
        by_score = query.sort is Sort.RELEVANCE and interpretation.least_score > 0
        if by_score and best < interpretation.least_score:  # no good has every word
            return SearchResult(total=0, hits=(), interpretation=interpretation)
        if not query.with_facets:
            return SearchResult(total=total, hits=hits, interpretation=interpretation)
        counted = facets_counted(opened.searcher, translator, query, total)
        return replace(counted, total=total, hits=hits, interpretation=interpretation)

    def similar(self, likeness: Likeness, *, size: int) -> tuple[Hit, ...]:
        opened = self._open()
        hits, _found, _best = self._by_score(opened.searcher, similar_query(self._schema, likeness), 0, size)
        return hits

    def _hits(
        self,
        searcher: tantivy.Searcher,
        translator: QueryTranslator,
        query: SearchQuery,
        interpretation: Interpretation,
    ) -> tuple[tuple[Hit, ...], int, float]:
        """Return the page's hits, how many there are in all, and the best score; the engine searches once."""
        wanted = translator.scored()
        first, size = query.first, query.page_size
        if query.sort is Sort.RELEVANCE and interpretation.required is not None:
            return self._by_score(searcher, wanted, first, size)
        field, descending = SORT_FIELDS[query.sort]
        found = searcher.search(
            wanted,
            limit=size,
            offset=first,
            order_by_field=field,
            order=Order.Desc if descending else Order.Asc,
        )
        ids = _numbers(searcher, "product_id", found.hits)
        return tuple(Hit(product_id) for product_id in ids), _total(found), 0.0

    def _by_score(
        self, searcher: tantivy.Searcher, wanted: Query, first: int, size: int
    ) -> tuple[tuple[Hit, ...], int, float]:
        """Return the best hits, equal scores in the order of product ids; how many match; and the best score.

        The engine leaves ties as they lie in its segments. So a few more are fetched than the page holds, and of that what scores no less
        than the page's last hit is put in order. Where more may score so than were fetched, those with the lowest ids are asked for.
        """
        last = first + size
        found = searcher.search(wanted, limit=last + _TIES)
        hits = found.hits  # made anew at each reading
        total = _total(found)
        best = hits[0][0] if hits else 0.0
        page: list[Hit] = []
        start = 0
        for score, end in _score_groups(hits):
            if end > first:  # a group that reaches into the page
                ids = sorted(_numbers(searcher, "product_id", hits[start:end]))
                if last <= end == len(hits) < total:
                    count = last - start
                    ids = self._lowest_ids(searcher, wanted, score, count, highest=ids[count - 1])
                page += [Hit(number, score) for number in ids[max(0, first - start) : last - start]]
            if end >= last:
                break
            start = end
        return tuple(page), total, best

    def _lowest_ids(
        self, searcher: tantivy.Searcher, wanted: Query, score: float, count: int, *, highest: int
    ) -> list[int]:
        """Return the lowest product ids, in order, of what scores so: at least ``count``; so many have no id above ``highest``."""
        ids: list[int] = []
        low, length = 0, _IDS_FOR_EACH * count
        while low <= highest and len(ids) < count:
            until = min(low + length - 1, highest)
            stretch = Query.range_query(self._schema, "product_id", FieldType.Integer, low, until)
            # The stretch first: of segments that have none of it the engine then asks nothing else.
            narrowed = Query.boolean_query(
                [(Occur.Must, Query.const_score_query(stretch, 0.0)), (Occur.Must, wanted)]
            )
            # A good has one document that is true at the moment.
            found = searcher.search(narrowed, limit=length, count=False)
            equal = [hit for hit in found.hits if round(hit[0], 4) == score]
            ids += sorted(_numbers(searcher, "product_id", equal))
            low, length = low + length, 4 * length
        return ids

    # -- writing ------------------------------------------------------------------------------

    def write(self, documents: Iterable[Document], *, index: str | None = None) -> list[Refusal]:
        newest: dict[int, Document] = {}
        for document in documents:
            if document.key not in newest or newest[document.key].version <= document.version:
                newest[document.key] = document
        if not newest:
            return []
        made, refused = made_documents(newest)
        name = index or self.index_name()
        opened = self._folder.open(name)
        with self._folder.writer(name, opened) as writer:
            opened.reload()  # behind the lock: nobody else commits from here on
            held = self._versions(opened.searcher(), list(newest))
            for key, ready in made.items():
                if held.get(key, -1) <= newest[key].version:
                    writer.delete_documents_by_query(Query.term_query(self._schema, "key", key))
                    writer.add_document(ready)
            writer.commit()
        return refused

    def _versions(self, searcher: tantivy.Searcher, keys: list[int]) -> dict[int, int]:
        query = Query.term_set_query(self._schema, "key", keys)
        found = searcher.search(query, limit=len(keys) + 1)
        return dict(
            zip(_numbers(searcher, "key", found.hits), _numbers(searcher, "version", found.hits), strict=True)
        )

    @classmethod
    def pack(cls, documents: Sequence[GoodDocument]) -> tuple[bytes, list[Refusal]]:
        return pack_documents(documents)

    @contextmanager
    def filling(self, name: str) -> Iterator[IndexBuilder]:
        index = self._folder.open(name)
        with self._folder.writer(name, index, memory=FILLING_MEMORY, threads=FILLING_THREADS) as writer:
            yield EmbeddedBuilder(name, writer, self._schema)
            writer.commit()

    def vocabulary(self) -> Vocabulary:
        searcher = self._open().searcher
        without_alcohol = Query.boolean_query(
            [
                (Occur.Must, Query.term_query(self._schema, "live", True)),
                (Occur.MustNot, Query.term_query(self._schema, "alcohol", True)),
            ]
        )
        counts = {
            term: count
            for field, limit in (("vocabulary", VOCABULARY_SIZE), ("neighbours", NEIGHBOURS_SIZE))
            for term, count in searcher.terms_with_prefix(
                field, "", filter_query=without_alcohol, limit=limit
            )
        }
        every = searcher.terms_with_prefix("vocabulary", "", limit=VOCABULARY_SIZE)
        return Vocabulary(counts, frozenset(word for word, _ in every if word not in counts))

    def refresh(self, index: str | None = None) -> None:
        self.index_name()
        self._open()

    # -- looking after it ---------------------------------------------------------------------

    def contents(self, index: str, first: int, last: int) -> list[HeldDocument]:
        searcher = self._folder.open(index).searcher()
        wanted = Query.range_query(self._schema, "product_id", FieldType.Integer, first, last)
        found = searcher.search(wanted, limit=max(1, searcher.num_docs))
        columns = [_numbers(searcher, name, found.hits) for name in _HELD]
        return [
            HeldDocument(
                product_id=product_id,
                number=key - product_id * MAXIMUM_INTERVALS,
                version=version,
                live=bool(live),
                true_from=true_from,
                true_until=true_until,
                content=content,
            )
            for product_id, key, version, live, true_from, true_until, content in zip(*columns, strict=True)
        ]

    def count_true(self, index: str, moment: int) -> int:
        searcher = self._folder.open(index).searcher()
        at_the_moment = SearchQuery(at=datetime.fromtimestamp(moment, UTC), adult=True)
        translator = QueryTranslator(searcher, self._schema, at_the_moment, Interpretation(typed=""))
        wanted = translator.all_filters()
        return _total(searcher.search(wanted, limit=1))

    def index_size(self, index: str) -> IndexSize:
        return self._folder.size(index)

    def delete(self) -> None:
        self._opened = None
        shutil.rmtree(self._folder.path, ignore_errors=True)


#: What `contents` reads of a document.
_HELD: Final = ("product_id", "key", "version", "live", "true_from", "true_until", "content")


def _score_groups(hits: Sequence[tuple[float, Any]]) -> Iterator[tuple[float, int]]:
    """Yield each score, to four digits, of hits that fall by it, and where the hits with that score end."""
    start = 0
    while start < len(hits):
        score = round(hits[start][0], 4)
        start = bisect_right(hits, -score, lo=start, key=lambda hit: -round(hit[0], 4))
        yield score, start


def _numbers(searcher: tantivy.Searcher, name: str, hits: Sequence[tuple[Any, Any]]) -> list[int]:
    """Return the whole number that each hit has in field ``name``."""
    values = searcher.fast_field_values(name, [address for _, address in hits])
    return [int(value or 0) for value in values]


def _total(found: tantivy.SearchResult) -> int:
    """Return how many documents match (the library's type stubs leave it out)."""
    total: int = found.count  # type: ignore[attr-defined]
    return total
