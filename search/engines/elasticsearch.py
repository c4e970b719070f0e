"""Elasticsearch 8, through `elasticsearch.dsl`, with nothing but its core features.

An alias names the index in use, another the one before it; searches ask a third, which names the index in use where it has the form
that this release reads, so that none is searched by mistake and none costs a request more. Documents carry external versions, so that a late or repeated write never
takes the place of a newer one; a deletion is written as a tombstone, since the server forgets the versions of
deleted documents.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Final
from uuid import uuid4

from django.conf import settings
from elasticsearch import ApiError, Elasticsearch, NotFoundError
from elasticsearch.dsl import Index, MultiSearch, Q, Search
from elasticsearch.dsl import query as dsl_query
from elasticsearch.helpers import scan

from search.documents import Document, GoodDocument
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
from search.engines.elasticsearch_query import count_facets, main_query
from search.engines.elasticsearch_similar import similar_query
from search.errors import IndexOutdated, SearchUnavailable
from search.interpretation import Interpretation
from search.query import Facet, Hit, Likeness, PriceStep, SearchQuery, SearchResult, Sort
from search.spelling import Vocabulary

#: Seconds that a visitor waits for an answer: with facets, and without.
_SEARCH_SECONDS: Final = 3.0
_PLAIN_SEARCH_SECONDS: Final = 1.5
#: Seconds for everything that nobody waits for: making, switching, measuring an index.
_CARE_SECONDS: Final = 30.0
_HIGHEST_ID: Final = 2**53
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
        self._alias = f"{prefix or settings.ELASTICSEARCH_INDEX_PREFIX}-goods"
        self._previous = f"{self._alias}-before"
        self.mark = form_mark(build_mapping().to_dict())
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
        response = self._ask(self._build(query, interpretation))
        return self._read(response, query, interpretation)

    @reported
    def search_in_turn(self, searches: Iterable[tuple[SearchQuery, Interpretation]]) -> SearchResult:
        asked = list(searches)
        if len(asked) == 1:
            return self.search(*asked[0])
        client = self._patient(with_facets=asked[0][0].with_facets)
        responses = self._ask_together(client, [self._build(*search) for search in asked])
        results = [self._read(response, *search) for response, search in zip(responses, asked, strict=True)]
        return next((result for result in results if result.total), results[-1])

    def _read(self, response: Any, query: SearchQuery, interpretation: Interpretation) -> SearchResult:
        hits = tuple(
            Hit(int(hit.meta.fields["product_id"][0] if "fields" in hit.meta else hit.product_id[0]),
                hit.meta.score or 0.0)
            for hit in response
        )  # fmt: skip
        total = response.hits.total.value
        by_score = query.sort is Sort.RELEVANCE and interpretation.least_score > 0
        if by_score and total and (response.hits.max_score or 0.0) < interpretation.least_score:
            return SearchResult(total=0, hits=(), interpretation=interpretation)
        if not query.with_facets:
            return SearchResult(total=total, hits=hits, interpretation=interpretation)
        counted = response.aggregations
        prices = counted.by_price.prices
        return SearchResult(
            total=total,
            hits=hits,
            facets={
                facet: {
                    bucket.key: bucket.doc_count for bucket in counted[f"by_{facet.value}"]["values"].buckets
                }
                for facet in Facet
            },
            price_steps=tuple(
                PriceStep(_whole(bucket, "from"), _whole(bucket, "to"), bucket.doc_count)
                for bucket in counted.by_price.steps.buckets
            ),
            cheapest=None if prices.count == 0 else int(prices.min),
            dearest=None if prices.count == 0 else int(prices.max),
            totals_without={
                name: counted[f"by_{name}"].doc_count
                for name in (*query.chosen(), *(["price"] if query.has_price else []))
            },
            interpretation=interpretation,
        )

    @reported
    def similar(self, likeness: Likeness, *, size: int) -> tuple[Hit, ...]:
        search = Search(using=self._patient(with_facets=False), index=self._searched)
        search = search.query(similar_query(likeness))
        search = search.sort("_score", "product_id").extra(
            docvalue_fields=["product_id"], _source=False, track_total_hits=False
        )[:size]
        return tuple(Hit(int(hit.product_id[0]), hit.meta.score or 0.0) for hit in self._ask(search))

    def _patient(self, *, with_facets: bool) -> Elasticsearch:
        """Return the client that waits as long as a visitor does."""
        return self._client.options(request_timeout=_SEARCH_SECONDS if with_facets else _PLAIN_SEARCH_SECONDS)

    def _ask(self, search: Search) -> Any:
        """Send one search. Only where there is nothing to search, ask once more what is there."""
        try:
            return search.execute()
        except NotFoundError as error:
            raise self._nothing_to_search() from error

    def _ask_together(self, client: Elasticsearch, searches: Sequence[Search]) -> list[Any]:
        """Send several searches in one request."""
        together: MultiSearch[Any] = MultiSearch(using=client)
        for search in searches:
            together = together.add(search)
        try:
            return together.execute()
        except ApiError as error:  # of one of them: the request itself went well
            if error.body.get("status") == 404:
                raise self._nothing_to_search() from error
            raise

    def _nothing_to_search(self) -> SearchUnavailable:
        name = self._named(self._alias)
        if name is not None:
            return IndexOutdated(name)
        return SearchUnavailable("there is no search index yet: run `manage.py search_rebuild`")

    def _build(self, query: SearchQuery, interpretation: Interpretation) -> Search:
        """Write the page's one request."""
        chosen: dict[Facet | str, dsl_query.Query] = {
            facet: Q("terms", **{facet.value: sorted(values)}) for facet, values in query.chosen().items()
        }
        if query.has_price:
            bounds = {"gte": query.price_min, "lte": query.price_max}
            chosen["price"] = Q(
                "range", price={side: value for side, value in bounds.items() if value is not None}
            )
        search = Search(using=self._patient(with_facets=query.with_facets), index=self._searched)
        search = search.query(main_query(query, interpretation))
        if chosen:
            search = search.post_filter("bool", filter=list(chosen.values()))
        if query.sort is Sort.RELEVANCE and interpretation.required is not None:
            search = search.sort("_score", "product_id")
        else:
            name, descending = SORT_FIELDS[query.sort]
            search = search.sort(f"-{name}" if descending else name)
        if query.with_facets:
            count_facets(search, chosen)
        first = query.first
        return search.extra(
            docvalue_fields=["product_id"],
            _source=False,
            track_total_hits=True,
            track_scores=interpretation.least_score > 0,
        )[first : first + query.page_size]

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
        reported(client.indices.put_settings)(index=name, settings=IN_USE)
        reported(client.indices.refresh)(index=name)

    def _ids_after(self, index: str, product_id: int) -> list[tuple[str, int]]:
        self.refresh(index)
        held = self.contents(index, product_id + 1, _HIGHEST_ID)
        return [(f"{document.product_id}:{document.number}", document.version) for document in held]

    @reported
    def vocabulary(self) -> Vocabulary:
        client = self._client.options(request_timeout=_SEARCH_SECONDS)
        search = Search(using=client, index=self._searched).query("term", live=True).extra(size=0)
        search.aggs.bucket("every", "terms", field="vocabulary", size=VOCABULARY_SIZE)
        harmless = search.aggs.bucket("harmless", "filter", Q("term", alcohol=False))
        harmless.bucket("words", "terms", field="vocabulary", size=VOCABULARY_SIZE)
        harmless.bucket("pairs", "terms", field="neighbours", size=NEIGHBOURS_SIZE)
        counted = self._ask(search).aggregations
        buckets = (*counted.harmless.words.buckets, *counted.harmless.pairs.buckets)
        counts = {bucket.key: bucket.doc_count for bucket in buckets}
        every = (bucket.key for bucket in counted.every.buckets)
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
        search = Search(using=self._client, index=index)
        return search.query(main_query(at_the_moment, Interpretation(typed=""))).count()

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


def _whole(bucket: Any, side: str) -> int | None:
    return int(bucket[side]) if side in bucket else None
