"""Elasticsearch 8, through `elasticsearch.dsl`, with nothing but its core features.

An alias names the index in use, another the one before it; searches ask a third, which names the index in use where it has the form
that this release reads, so that none is searched by mistake and none costs a request more. Documents carry external versions, so that a late or repeated write never
takes the place of a newer one; a deletion is written as a tombstone, since the server forgets the versions of
deleted documents.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final
from uuid import uuid4

from django.conf import settings
from elasticsearch import Elasticsearch, NotFoundError
from elasticsearch.dsl import Index
from elasticsearch.helpers import scan

from search.documents import Document, GoodDocument
from search.engines.base import (
    NEIGHBOURS_SIZE,
    VOCABULARY_SIZE,
    HeldDocument,
    IndexBuilder,
    IndexSize,
    Refusal,
    SearchEngine,
    form_mark,
    ranking_push,
)
from search.engines.elasticsearch_counts import facets_counted
from search.engines.elasticsearch_index import (
    FILLING,
    FILLING_SECONDS,
    IN_USE,
    WRITE_SECONDS,
    ElasticsearchBuilder,
    build_mapping,
    bulk,
    in_requests,
    pack_documents,
    reported,
)
from search.engines.elasticsearch_query import BY_SCORE, HITS, main_query, page_body
from search.engines.elasticsearch_similar import similar_query
from search.errors import IndexOutdated, SearchUnavailable
from search.interpretation import Interpretation
from search.query import Hit, Likeness, SearchQuery, SearchResult, Sort
from search.spelling import Vocabulary

logger = logging.getLogger(__name__)

#: Seconds that a visitor waits for an answer: with facets, and without.
_SEARCH_SECONDS: Final = 3.0
_PLAIN_SEARCH_SECONDS: Final = 1.5
#: Seconds for everything that nobody waits for: making, switching, measuring an index.
_CARE_SECONDS: Final = 30.0
#: Seconds that a rebuild waits for its index to be gathered; 100,000 goods take five.
GATHERING_SECONDS: Final = 300.0
_HIGHEST_ID: Final = 2**53
#: What is read of an answer; the server writes nothing else.
_PARTS: Final = ("hits.total", "hits.max_score", "hits.hits._score", "hits.hits.fields", "aggregations")
_READ: Final = ",".join(_PARTS)
_READ_TOGETHER: Final = ",".join(f"responses.{part}" for part in ("status", "error", *_PARTS))
#: What `contents` reads of a document.
_HELD: Final = ("product_id", "version", "live", "true_from", "true_until", "content")


class ElasticsearchEngine(SearchEngine):
    """An Elasticsearch server, its alias ``<prefix>-goods``."""

    def __init__(self, url: str | None = None, prefix: str | None = None) -> None:
        self._client = Elasticsearch(
            url or settings.ELASTICSEARCH_URL,
            request_timeout=_CARE_SECONDS,
            max_retries=0,
            retry_on_timeout=False,
        )
        #: Clients that wait as long as a visitor does; making one takes a good part of a search.
        self._patient = {
            seconds: self._client.options(request_timeout=seconds)
            for seconds in (_SEARCH_SECONDS, _PLAIN_SEARCH_SECONDS)
        }
        self._alias = f"{prefix or settings.ELASTICSEARCH_INDEX_PREFIX}-goods"
        self._previous = f"{self._alias}-before"
        self.mark = form_mark((build_mapping().to_dict(), ranking_push()))
        self._searched = f"{self._alias}-form-{self.mark}"

    # -- which index --------------------------------------------------------------------------

    @reported
    def index_name(self) -> str:
        name = self._named(self._alias)
        if name is None:
            name = self._create(IN_USE)
            self._client.indices.update_aliases(
                actions=[self._add(name, self._alias), *self._to_be_searched(name)]
            )
        return name

    @staticmethod
    def _add(name: str, alias: str) -> dict[str, Any]:
        return {"add": {"index": name, "alias": alias}}

    def _to_be_searched(self, name: str) -> list[dict[str, Any]]:
        """Return what points the searches of the release that reads an index at it, and those of others at none."""
        nowhere = {"remove": {"index": "*", "alias": f"{self._alias}-form-*", "must_exist": False}}
        return [nowhere, *([self._add(name, self._searched)] if self.reads(name) else [])]

    @reported
    def previous_index(self) -> str | None:
        return self._named(self._previous)

    def _named(self, alias: str) -> str | None:
        """Return the index that an alias stands for; of several, the newest."""
        client = self._client.options(ignore_status=404, request_timeout=_SEARCH_SECONDS)  # `/readyz/` waits
        answer = client.indices.get_alias(name=alias)
        if answer.meta.status == 404:
            return None
        return max(answer)

    @reported
    def create_index(self) -> str:
        return self._create(FILLING)

    def _create(self, settings_: dict[str, Any]) -> str:
        stamp = datetime.now(UTC).strftime("%Y%m%d%H%M%S")
        index = Index(f"{self._alias}-{stamp}-{uuid4().hex[:6]}-{self.mark}", using=self._client)
        index.settings(number_of_shards=1, **settings_["index"])
        index.mapping(build_mapping())
        index.create()
        return str(index._name)

    @reported
    def has_index(self, name: str) -> bool:
        return bool(self._client.indices.exists(index=name))

    @reported
    def switch_to(self, name: str) -> None:
        before = self._named(self._alias)
        kept = {name, before if before != name else self._named(self._previous)}
        actions = [self._add(name, self._alias), *self._to_be_searched(name)]
        if before is not None and before != name:
            actions += [
                {"remove": {"index": before, "alias": self._alias}},
                {"remove": {"index": "*", "alias": self._previous, "must_exist": False}},
                self._add(before, self._previous),
            ]
        self._client.indices.update_aliases(actions=actions)
        for other in self._client.indices.get(index=f"{self._alias}-2*"):
            if other not in kept:
                self.drop_index(other)

    @reported
    def drop_index(self, name: str) -> None:
        self._client.options(ignore_status=404).indices.delete(index=name)

    # -- searching ----------------------------------------------------------------------------

    @reported
    def search(self, query: SearchQuery, interpretation: Interpretation) -> SearchResult:
        body = page_body(query, interpretation)
        return _result(self._ask(body, _patience(query)), query, interpretation)

    @reported
    def search_in_turn(self, searches: Iterable[tuple[SearchQuery, Interpretation]]) -> SearchResult:
        asked = list(searches)
        if len(asked) == 1:
            return self.search(*asked[0])
        answers = self._ask_together([page_body(*search) for search in asked], _patience(asked[0][0]))
        results = [_result(answer, *search) for answer, search in zip(answers, asked, strict=True)]
        return next((result for result in results if result.total), results[-1])

    @reported
    def similar(self, likeness: Likeness, *, size: int) -> tuple[Hit, ...]:
        body = {
            "query": similar_query(likeness),
            "sort": BY_SCORE,
            "size": size,
            "track_total_hits": False,
            **HITS,
        }
        return _hits(self._ask(body, _PLAIN_SEARCH_SECONDS))

    def _ask(self, body: dict[str, Any], seconds: float) -> dict[str, Any]:
        """Send one search. Only where there is nothing to search, ask once more what is there."""
        try:
            return self._patient[seconds].search(index=self._searched, body=body, filter_path=_READ).body
        except NotFoundError as error:
            raise self._nothing_to_search() from error

    def _ask_together(self, bodies: Sequence[dict[str, Any]], seconds: float) -> list[dict[str, Any]]:
        """Send several searches in one request."""
        lines = [line for body in bodies for line in ({"index": self._searched}, body)]
        answers: list[dict[str, Any]] = self._patient[seconds].msearch(
            searches=lines, filter_path=_READ_TOGETHER
        )["responses"]
        for answer in answers:  # of one of them: the request itself went well
            if answer["status"] == 404:
                raise self._nothing_to_search()
            if "error" in answer:
                raise SearchUnavailable(f"Elasticsearch: {answer['error']}")
        return answers

    def _nothing_to_search(self) -> SearchUnavailable:
        name = self._named(self._alias)
        if name is not None:
            return IndexOutdated(name)
        return SearchUnavailable("there is no search index yet: run `manage.py search_rebuild`")

    # -- writing ------------------------------------------------------------------------------

    def write(self, documents: Iterable[Document], *, index: str | None = None) -> list[Refusal]:
        index = index or self.index_name()
        if not self.has_index(index):  # a bulk request would make it anew, without its mapping
            raise SearchUnavailable(f"Elasticsearch: the index {index} is no longer there")
        client = self._client.options(request_timeout=WRITE_SECONDS)
        refused: list[Refusal] = []
        for part in in_requests(list(documents)):
            packed, unpackable = pack_documents(part)
            refused += unpackable + bulk(client, index, packed)
        return refused

    @classmethod
    def pack(cls, documents: Sequence[GoodDocument]) -> tuple[bytes, list[Refusal]]:
        return pack_documents(documents)

    @contextmanager
    def filling(self, name: str) -> Iterator[IndexBuilder]:
        builder = ElasticsearchBuilder(
            self._client, name, lambda product_id: self._ids_after(name, product_id)
        )
        try:
            yield builder
            builder.save()
        finally:
            builder.close()
        client = self._client.options(request_timeout=FILLING_SECONDS)
        self._gather(name)
        reported(client.indices.put_settings)(index=name, settings=IN_USE)
        reported(client.indices.refresh)(index=name)

    def _gather(self, name: str) -> None:
        """Have the index lie in one piece: each piece is searched by itself, and several cost a search up to a fifth more."""
        client = self._client.options(request_timeout=GATHERING_SECONDS)
        try:
            reported(client.indices.forcemerge)(index=name, max_num_segments=1)
        except SearchUnavailable as error:  # the server goes on, and answers meanwhile
            logger.warning("index %s is still being gathered: %s", name, error)

    def _ids_after(self, index: str, product_id: int) -> list[tuple[str, int]]:
        self.refresh(index)
        held = self.contents(index, product_id + 1, _HIGHEST_ID)
        return [(f"{document.product_id}:{document.number}", document.version) for document in held]

    @reported
    def vocabulary(self) -> Vocabulary:
        words = {"terms": {"field": "vocabulary", "size": VOCABULARY_SIZE}}
        pairs = {"terms": {"field": "neighbours", "size": NEIGHBOURS_SIZE}}
        harmless = {"filter": {"term": {"alcohol": False}}, "aggs": {"words": words, "pairs": pairs}}
        body = {"query": {"term": {"live": True}}, "size": 0, "aggs": {"every": words, "harmless": harmless}}
        counted = self._ask(body, _SEARCH_SECONDS)["aggregations"]
        buckets = (*counted["harmless"]["words"]["buckets"], *counted["harmless"]["pairs"]["buckets"])
        counts = {bucket["key"]: bucket["doc_count"] for bucket in buckets}
        every = (bucket["key"] for bucket in counted["every"]["buckets"])
        return Vocabulary(counts, frozenset(word for word in every if word not in counts))

    @reported
    def refresh(self, index: str | None = None) -> None:
        self._client.indices.refresh(index=index or self.index_name())

    # -- looking after it ---------------------------------------------------------------------

    @reported
    def contents(self, index: str, first: int, last: int) -> list[HeldDocument]:
        found = scan(
            self._client.options(request_timeout=WRITE_SECONDS),
            index=index,
            size=5_000,
            query={
                "query": {"range": {"product_id": {"gte": first, "lte": last}}},
                "docvalue_fields": list(_HELD),
                "_source": False,
            },
        )
        return [_held(hit) for hit in found]

    @reported
    def count_true(self, index: str, moment: int) -> int:
        at_the_moment = SearchQuery(at=datetime.fromtimestamp(moment, UTC), adult=True)
        found = self._client.count(index=index, query=main_query(at_the_moment, Interpretation(typed="")))
        return int(found["count"])

    @reported
    def index_size(self, index: str) -> IndexSize:
        total = self._client.indices.stats(index=index, metric=["docs", "store"])["_all"]["primaries"]
        return IndexSize(documents=total["docs"]["count"], bytes=total["store"]["size_in_bytes"])

    @reported
    def delete(self) -> None:
        for name in self._client.indices.get(index=f"{self._alias}-2*"):
            self._client.indices.delete(index=name)


def _held(hit: dict[str, Any]) -> HeldDocument:
    values = {name: found[0] for name, found in hit["fields"].items()}
    return HeldDocument(number=int(hit["_id"].split(":")[1]), **values)


def _patience(query: SearchQuery) -> float:
    """Return how long (seconds) a visitor waits for it."""
    return _SEARCH_SECONDS if query.with_facets else _PLAIN_SEARCH_SECONDS


def _result(answer: dict[str, Any], query: SearchQuery, interpretation: Interpretation) -> SearchResult:
    hits, total = answer["hits"], answer["hits"]["total"]["value"]
    by_score = query.sort is Sort.RELEVANCE and interpretation.least_score > 0
    if by_score and total and (hits.get("max_score") or 0.0) < interpretation.least_score:
        return SearchResult(total=0, hits=(), interpretation=interpretation)
    counted = (
        facets_counted(query, answer["aggregations"]) if query.with_facets else SearchResult(total=0, hits=())
    )
    return replace(counted, total=total, hits=_hits(answer), interpretation=interpretation)


def _hits(answer: dict[str, Any]) -> tuple[Hit, ...]:
    """Return what was found; the server leaves out what there is none of."""
    found = answer.get("hits", {}).get("hits", ())
    return tuple(Hit(hit["fields"]["product_id"][0], hit.get("_score") or 0.0) for hit in found)
