"""The engine inside this process: tantivy, on the disk of one machine.

``<directory>/current`` names the index in use; each index is a directory beside it. One process writes at a
time (tantivy's own lock); every process reads, and sees a commit or a new index at its next search.
"""

from __future__ import annotations

import itertools
import os
import shutil
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import tantivy
from django.conf import settings
from tantivy import Occur, Order, Query

from search.documents import TEXT_FIELDS, Document, GoodDocument, stored_fields
from search.engines.base import (
    NEIGHBOURS_SIZE,
    SORT_FIELDS,
    VOCABULARY_SIZE,
    IndexBuilder,
    SearchEngine,
)
from search.engines.embedded_query import QueryTranslator
from search.engines.embedded_similar import similar_query
from search.errors import SearchUnavailable
from search.interpretation import Interpretation
from search.query import PRICE_STEPS, Facet, Hit, Likeness, PriceStep, SearchQuery, SearchResult, Sort
from search.spelling import Vocabulary

_WRITER_MEMORY: Final = 50_000_000
_FACET_SIZE: Final = 2_000
#: Hits with the same score are put in order here; more than this many equal ones stay as they come.
_MOST_TIES: Final = 5_000
_NUMBERS: Final = (
    "product_id", "version", "true_from", "true_until", "price",
    *sorted({field for field, _ in SORT_FIELDS.values()}),
)  # fmt: skip
_FLAGS: Final = ("sold", "alcohol", "live")


def build_schema() -> tantivy.Schema:
    """Return the schema: token fields, values to filter and count by, whole numbers to sort by."""
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("key", indexed=True, fast=True)
    for name in TEXT_FIELDS:
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="basic")
    for name in ("vocabulary", "neighbours"):
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="basic")
    builder.add_text_field("bought_with", tokenizer_name="raw", index_option="basic")
    for facet in Facet:
        builder.add_text_field(facet.value, tokenizer_name="raw", index_option="basic", fast=True)
    for name in _NUMBERS:
        builder.add_integer_field(name, indexed=True, fast=True)
    for name in _FLAGS:
        builder.add_boolean_field(name, indexed=True, fast=True)
    return builder.build()


def _tantivy_document(document: Document) -> tantivy.Document:
    made = tantivy.Document()
    made.add_unsigned("key", document.key)
    made.add_boolean("live", isinstance(document, GoodDocument))
    if not isinstance(document, GoodDocument):
        made.add_integer("product_id", document.product_id)
        made.add_integer("version", document.version)
        return made
    for field, tokens in document.tokens.items():
        made.add_text(field, " ".join(tokens))
    made.add_text("vocabulary", " ".join(document.vocabulary))
    made.add_text("neighbours", " ".join(document.neighbours))
    for field, value in stored_fields(document).items():
        if isinstance(value, bool):
            made.add_boolean(field, value)
        elif isinstance(value, int):
            made.add_integer(field, value)
        elif isinstance(value, list):
            for item in value:
                made.add_text(field, item)
    return made


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
        self._directory = Path(directory or settings.EMBEDDED_SEARCH_DIR)
        self._lock = threading.Lock()
        self._opened: _Opened | None = None
        self._schema = build_schema()

    # -- which index --------------------------------------------------------------------------

    def index_name(self) -> str:
        name = self._current_name()
        if name is None:
            name = self._create().name
            self._switch_to(name)
        return name

    def _current_name(self) -> str | None:
        try:
            return (self._directory / "current").read_text(encoding="ascii").strip() or None
        except FileNotFoundError:
            return None

    def _create(self) -> Path:
        stamp = datetime.now(UTC).strftime("%Y%m%d%H%M%S")
        path = self._directory / f"goods-{stamp}-{uuid4().hex[:6]}"
        path.mkdir(parents=True)
        tantivy.Index(self._schema, path=str(path))
        return path

    def _switch_to(self, name: str) -> None:
        """Make ``name`` the index in use at one stroke, and remove the others."""
        written = self._directory / f"current.{uuid4().hex}"
        written.write_text(name, encoding="ascii")
        os.replace(written, self._directory / "current")
        for other in self._directory.glob("goods-*"):
            if other.name != name:
                shutil.rmtree(other, ignore_errors=True)

    def _open(self) -> _Opened:
        """Return the index in use with its newest commit."""
        name = self._current_name()
        if name is None:
            raise SearchUnavailable("there is no search index yet: run `manage.py search_rebuild`")
        try:
            status = os.stat(self._directory / name / "meta.json")
            stamp = (status.st_mtime_ns, status.st_ino)
            opened = self._opened
            if opened is not None and opened.name == name and opened.stamp == stamp:
                return opened
            with self._lock:
                if opened is not None and opened.name == name:
                    index = opened.index
                else:
                    index = tantivy.Index.open(str(self._directory / name))
                    index.config_reader("manual")
                index.reload()
                self._opened = _Opened(name, index, stamp, index.searcher())
                return self._opened
        except (OSError, ValueError) as error:
            raise SearchUnavailable(f"the search index {name} can't be read: {error}") from error

    # -- searching ----------------------------------------------------------------------------

    def search(self, query: SearchQuery, interpretation: Interpretation) -> SearchResult:
        opened = self._open()
        translator = QueryTranslator(self._schema, query, interpretation)
        hits, total = self._hits(opened.searcher, translator, query, interpretation)
        if interpretation.least_score and total and not self._reaches(
            opened.searcher, translator, query, interpretation
        ):
            return SearchResult(total=0, hits=(), interpretation=interpretation)
        if not query.with_facets:
            return SearchResult(total=total, hits=hits, interpretation=interpretation)
        facets, prices, totals = self._count(opened.searcher, translator, query)
        return SearchResult(
            total=total,
            hits=hits,
            facets=facets,
            price_steps=_price_steps(prices["price_steps"]["buckets"]),
            cheapest=_whole(prices["prices"]["min"]),
            dearest=_whole(prices["prices"]["max"]),
            totals_without=totals,
            interpretation=interpretation,
        )

    def similar(self, likeness: Likeness, *, size: int) -> tuple[Hit, ...]:
        opened = self._open()
        hits, _found = self._by_score(opened.searcher, similar_query(self._schema, likeness), 0, size)
        return hits

    def _reaches(
        self,
        searcher: tantivy.Searcher,
        translator: QueryTranslator,
        query: SearchQuery,
        interpretation: Interpretation,
    ) -> bool:
        """Whether some good has every word."""
        if query.sort is not Sort.RELEVANCE:
            return True
        best = searcher.search(translator.all_filters(scored=True), limit=1).hits
        return bool(best) and best[0][0] >= interpretation.least_score

    def _hits(
        self,
        searcher: tantivy.Searcher,
        translator: QueryTranslator,
        query: SearchQuery,
        interpretation: Interpretation,
    ) -> tuple[tuple[Hit, ...], int]:
        wanted = translator.all_filters(scored=True)
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
        ids = _numbers(searcher, "product_id", found)
        return tuple(Hit(product_id) for product_id in ids), _total(found)

    def _by_score(
        self, searcher: tantivy.Searcher, wanted: Query, first: int, size: int
    ) -> tuple[tuple[Hit, ...], int]:
        """Return the best hits, equal scores in the order of product ids.

        The engine leaves ties as they lie in its segments. So hits are fetched until the last score of the
        page has no equal beyond what was fetched.
        """
        limit = first + size + 1
        while True:
            found = searcher.search(wanted, limit=limit)
            scores = [round(score, 4) for score, _ in found.hits]
            complete = len(scores) < limit or scores[-1] != scores[first + size - 1]
            if complete or limit > first + size + _MOST_TIES:
                break
            limit *= 4
        ids = _numbers(searcher, "product_id", found)
        ordered = sorted(zip(scores, ids, strict=True), key=lambda pair: (-pair[0], pair[1]))
        page = ordered[first : first + size]
        return tuple(Hit(product_id, score) for score, product_id in page), _total(found)

    def _count(
        self, searcher: tantivy.Searcher, translator: QueryTranslator, query: SearchQuery
    ) -> tuple[dict[Facet, dict[str, int]], dict[str, Any], dict[Facet | str, int]]:
        """Count every facet without its own filter; facets that aren't narrowed share one pass."""
        narrowed = query.chosen()
        passes: dict[Facet | str | None, dict[str, Any]] = {None: {}}
        for facet in Facet:
            terms = {"terms": {"field": facet.value, "size": _FACET_SIZE}}
            passes.setdefault(facet if facet in narrowed else None, {})[facet.value] = terms
        passes.setdefault("price" if query.has_price else None, {}).update(_PRICE_AGGREGATIONS)
        counted: dict[str, Any] = {}
        totals: dict[Facet | str, int] = {}
        for without, aggregations in passes.items():
            if not aggregations:
                continue
            if without is not None:
                aggregations["goods"] = {"value_count": {"field": "product_id"}}
            counted |= searcher.aggregate(translator.all_filters(without=without), aggregations)
            if without is not None:
                totals[without] = int(counted["goods"]["value"])
        facets = {
            facet: {bucket["key"]: bucket["doc_count"] for bucket in counted[facet.value]["buckets"]}
            for facet in Facet
        }
        return facets, counted, totals

    # -- writing ------------------------------------------------------------------------------

    def write(self, documents: Iterable[Document]) -> None:
        newest: dict[int, Document] = {}
        for document in documents:
            if document.key not in newest or newest[document.key].version <= document.version:
                newest[document.key] = document
        if not newest:
            return
        self.index_name()
        with self._writer(self._open().index) as writer:
            opened = self._open()  # read again behind the lock: nobody else commits from here on
            held = self._versions(opened.searcher, list(newest))
            for key, document in newest.items():
                if held.get(key, -1) <= document.version:
                    writer.delete_documents_by_query(Query.term_query(self._schema, "key", key))
                    writer.add_document(_tantivy_document(document))
            writer.commit()

    @contextmanager
    def _writer(self, index: tantivy.Index) -> Iterator[tantivy.IndexWriter]:
        try:
            writer = index.writer(_WRITER_MEMORY, 1)
        except ValueError as error:
            raise SearchUnavailable(f"another process is writing the search index: {error}") from error
        try:
            yield writer
        finally:
            writer.wait_merging_threads()

    def _versions(self, searcher: tantivy.Searcher, keys: list[int]) -> dict[int, int]:
        query = Query.term_set_query(self._schema, "key", keys)
        found = searcher.search(query, limit=len(keys) + 1)
        return dict(zip(_numbers(searcher, "key", found), _numbers(searcher, "version", found), strict=True))

    @contextmanager
    def rebuild(self) -> Iterator[IndexBuilder]:
        path = self._create()
        try:
            with self._writer(tantivy.Index.open(str(path))) as writer:
                yield _EmbeddedBuilder(path.name, writer)
                writer.commit()
        except BaseException:
            shutil.rmtree(path, ignore_errors=True)
            raise
        self._switch_to(path.name)

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

    def refresh(self) -> None:
        self.index_name()
        self._open()

    def delete(self) -> None:
        self._opened = None
        shutil.rmtree(self._directory, ignore_errors=True)


class _EmbeddedBuilder(IndexBuilder):
    def __init__(self, name: str, writer: tantivy.IndexWriter) -> None:
        self.name = name
        self._writer = writer

    def write(self, documents: Iterable[Document]) -> None:
        for document in documents:
            self._writer.add_document(_tantivy_document(document))


_PRICE_AGGREGATIONS: Final[dict[str, Any]] = {
    "prices": {"stats": {"field": "price"}},
    "price_steps": {
        "range": {
            "field": "price",
            "ranges": [
                {"to": PRICE_STEPS[0]},
                *({"from": low, "to": high} for low, high in itertools.pairwise(PRICE_STEPS)),
                {"from": PRICE_STEPS[-1]},
            ],
        }
    },
}


def _price_steps(buckets: Iterable[dict[str, Any]]) -> tuple[PriceStep, ...]:
    steps = [
        PriceStep(_whole(bucket.get("from")), _whole(bucket.get("to")), bucket["doc_count"])
        for bucket in buckets
    ]
    return tuple(sorted(steps, key=lambda step: step.low or 0))


def _numbers(searcher: tantivy.Searcher, name: str, found: tantivy.SearchResult) -> list[int]:
    """Return the whole number that each hit has in field ``name``."""
    values = searcher.fast_field_values(name, [address for _, address in found.hits])
    return [int(value or 0) for value in values]


def _total(found: tantivy.SearchResult) -> int:
    """Return how many documents match (the library's type stubs leave it out)."""
    total: int = found.count  # type: ignore[attr-defined]
    return total


def _whole(number: float | None) -> int | None:
    return None if number is None else int(number)
