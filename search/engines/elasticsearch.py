"""Elasticsearch 8, through `elasticsearch.dsl`, with nothing but its core features.

An alias names the index in use. Documents carry external versions, so that a late or repeated write never
takes the place of a newer one; a deletion is written as a tombstone, since the server forgets the versions of
deleted documents.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import wraps
from typing import Any, Final
from uuid import uuid4

from django.conf import settings
from elastic_transport import TransportError
from elasticsearch import ApiError, Elasticsearch
from elasticsearch.dsl import Index, Mapping, Q, Search, field
from elasticsearch.dsl import query as dsl_query
from elasticsearch.helpers import streaming_bulk

from search import ranking
from search.documents import FACTS, TEXT_FIELDS, ZONES, Document, GoodDocument, stored_fields
from search.engines.base import (
    NEIGHBOURS_SIZE,
    SORT_FIELDS,
    VOCABULARY_SIZE,
    IndexBuilder,
    SearchEngine,
    ranking_push,
)
from search.engines.elasticsearch_similar import similar_query
from search.errors import SearchUnavailable
from search.expressions import AllOf, AnyOf, Constant, Expression, Form, Match
from search.interpretation import Interpretation
from search.query import PRICE_STEPS, Facet, Hit, Likeness, PriceStep, SearchQuery, SearchResult, Sort
from search.spelling import Vocabulary

_TIMEOUT_SECONDS: Final = 3
_BULK_TIMEOUT_SECONDS: Final = 60
_FACET_SIZE: Final = 2_000
_CONFLICT: Final = 409
_LONGS: Final = (
    "true_from", "true_until", "price", *sorted({name for name, _ in SORT_FIELDS.values()}),
)  # fmt: skip


def build_mapping() -> Mapping:
    """Return the mapping: token fields, keywords to count by, whole numbers to sort by."""
    mapping = Mapping()
    mapping.meta("dynamic", "strict")
    mapping.meta("_source", enabled=False)
    for name in TEXT_FIELDS:
        mapping.field(name, field.Text(analyzer="whitespace", index_options="docs"))
    mapping.field("vocabulary", field.Keyword())
    mapping.field("bought_with", field.Keyword())
    mapping.field("neighbours", field.Keyword())
    for facet in Facet:
        mapping.field(facet.value, field.Keyword())
    for name in ("product_id", "version", *_LONGS):
        mapping.field(name, field.Long())
    for name in ("sold", "alcohol", "live"):
        mapping.field(name, field.Boolean())
    return mapping


def _source(document: Document) -> dict[str, Any]:
    if not isinstance(document, GoodDocument):
        return {"live": False, "product_id": document.product_id, "version": document.version}
    return {
        "live": True,
        "vocabulary": document.vocabulary,
        "neighbours": document.neighbours,
        **{name: " ".join(tokens) for name, tokens in document.tokens.items()},
        **stored_fields(document),
    }


def _reported(method: Any) -> Any:
    """Turn the client's errors into `SearchUnavailable`."""

    @wraps(method)
    def reporting(*arguments: Any, **keywords: Any) -> Any:
        try:
            return method(*arguments, **keywords)
        except (TransportError, ApiError) as error:
            raise SearchUnavailable(f"Elasticsearch: {error}") from error

    return reporting


class ElasticsearchEngine(SearchEngine):
    """An Elasticsearch server, its alias ``<prefix>-goods``."""

    def __init__(self, url: str | None = None, prefix: str | None = None) -> None:
        self._client = Elasticsearch(
            url or settings.ELASTICSEARCH_URL,
            request_timeout=_TIMEOUT_SECONDS,
            max_retries=0,
            retry_on_timeout=False,
        )
        self._alias = f"{prefix or settings.ELASTICSEARCH_INDEX_PREFIX}-goods"

    # -- which index --------------------------------------------------------------------------

    @_reported
    def index_name(self) -> str:
        name = self._current_name()
        if name is None:
            name = self._create()
            self._switch_to(name)
        return name

    def _current_name(self) -> str | None:
        if not self._client.indices.exists_alias(name=self._alias):
            return None
        return next(iter(self._client.indices.get_alias(name=self._alias)))

    def _create(self) -> str:
        stamp = datetime.now(UTC).strftime("%Y%m%d%H%M%S")
        index = Index(f"{self._alias}-{stamp}-{uuid4().hex[:6]}", using=self._client)
        index.settings(number_of_shards=1, auto_expand_replicas="0-1", refresh_interval="1s")
        index.mapping(build_mapping())
        index.create()
        return str(index._name)

    def _switch_to(self, name: str) -> None:
        """Point the alias at ``name`` at one stroke, and remove the other indices."""
        others = [found for found in self._client.indices.get(index=f"{self._alias}-*") if found != name]
        actions: list[dict[str, Any]] = [{"add": {"index": name, "alias": self._alias}}]
        actions += [{"remove_index": {"index": other}} for other in others]
        self._client.indices.update_aliases(actions=actions)

    # -- searching ----------------------------------------------------------------------------

    @_reported
    def search(self, query: SearchQuery, interpretation: Interpretation) -> SearchResult:
        response = self._build(query, interpretation).execute()
        hits = tuple(
            Hit(int(hit.meta.fields["product_id"][0] if "fields" in hit.meta else hit.product_id[0]),
                hit.meta.score or 0.0)
            for hit in response
        )  # fmt: skip
        total = response.hits.total.value  # type: ignore[attr-defined]
        by_score = query.sort is Sort.RELEVANCE and interpretation.least_score > 0
        if by_score and total and (response.hits.max_score or 0.0) < interpretation.least_score:  # type: ignore[attr-defined]
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

    @_reported
    def similar(self, likeness: Likeness, *, size: int) -> tuple[Hit, ...]:
        search = Search(using=self._client, index=self._alias).query(similar_query(likeness))
        search = search.sort("_score", "product_id").extra(
            docvalue_fields=["product_id"], _source=False, track_total_hits=False
        )[:size]
        return tuple(Hit(int(hit.product_id[0]), hit.meta.score or 0.0) for hit in search.execute())

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
        search = Search(using=self._client, index=self._alias).query(_main_query(query, interpretation))
        if chosen:
            search = search.post_filter("bool", filter=list(chosen.values()))
        if query.sort is Sort.RELEVANCE and interpretation.required is not None:
            search = search.sort("_score", "product_id")
        else:
            name, descending = SORT_FIELDS[query.sort]
            search = search.sort(f"-{name}" if descending else name)
        if query.with_facets:
            _count(search, chosen)
        first = query.first
        return search.extra(
            docvalue_fields=["product_id"],
            _source=False,
            track_total_hits=True,
            track_scores=interpretation.least_score > 0,
        )[first : first + query.page_size]

    # -- writing ------------------------------------------------------------------------------

    @_reported
    def write(self, documents: Iterable[Document]) -> None:
        self._bulk(self.index_name(), documents)

    def _bulk(self, index: str, documents: Iterable[Document]) -> None:
        actions = (
            {
                "_op_type": "index",
                "_index": index,
                "_id": document.id,
                "version": document.version,
                "version_type": "external_gte",
                "_source": _source(document),
            }
            for document in documents
        )
        client = self._client.options(request_timeout=_BULK_TIMEOUT_SECONDS)
        for succeeded, item in streaming_bulk(client, actions, raise_on_error=False):
            result = item["index"]
            if not succeeded and result["status"] != _CONFLICT:  # a conflict: the index holds a newer one
                raise SearchUnavailable(f"Elasticsearch refused {result['_id']}: {result.get('error')}")

    @contextmanager
    def rebuild(self) -> Iterator[IndexBuilder]:
        name = _reported(self._create)()
        try:
            yield _ElasticsearchBuilder(self, name)
            _reported(self._client.indices.refresh)(index=name)
        except BaseException:
            self._client.options(ignore_status=404).indices.delete(index=name)
            raise
        _reported(self._switch_to)(name)

    @_reported
    def vocabulary(self) -> Vocabulary:
        search = Search(using=self._client, index=self._alias).query("term", live=True).extra(size=0)
        search.aggs.bucket("every", "terms", field="vocabulary", size=VOCABULARY_SIZE)
        harmless = search.aggs.bucket("harmless", "filter", Q("term", alcohol=False))
        harmless.bucket("words", "terms", field="vocabulary", size=VOCABULARY_SIZE)
        harmless.bucket("pairs", "terms", field="neighbours", size=NEIGHBOURS_SIZE)
        counted = search.execute().aggregations
        buckets = (*counted.harmless.words.buckets, *counted.harmless.pairs.buckets)
        counts = {bucket.key: bucket.doc_count for bucket in buckets}
        every = (bucket.key for bucket in counted.every.buckets)
        return Vocabulary(counts, frozenset(word for word in every if word not in counts))

    @_reported
    def refresh(self) -> None:
        self._client.indices.refresh(index=self.index_name())

    @_reported
    def delete(self) -> None:
        for name in self._client.indices.get(index=f"{self._alias}-*"):
            self._client.indices.delete(index=name)


class _ElasticsearchBuilder(IndexBuilder):
    def __init__(self, engine: ElasticsearchEngine, name: str) -> None:
        self.name = name
        self._engine = engine

    def write(self, documents: Iterable[Document]) -> None:
        _reported(self._engine._bulk)(self.name, documents)


def _main_query(query: SearchQuery, interpretation: Interpretation) -> dsl_query.Query:
    """Return what every hit and every count must satisfy, whatever facets are narrowed."""
    filters = [
        Q("term", live=True),
        Q("range", true_from={"lte": query.moment}),
        Q("range", true_until={"gt": query.moment}),
    ]
    if not query.adult:
        filters.append(Q("term", alcohol=False))
    required = interpretation.wanted(exactly=query.sort is not Sort.RELEVANCE)
    if required is None:
        return Q("bool", filter=filters)
    lifts = [
        Q("constant_score", filter=Q("term", **{name: value}), boost=weight)
        for name, value, weight in ranking_push()
    ]
    return Q(
        "bool",
        filter=filters,
        must=[_expression(required)],
        should=[*(_expression(match) for match in interpretation.preferred), *lifts],
    )


def _expression(expression: Expression) -> dsl_query.Query:
    if isinstance(expression, Constant):
        return Q("constant_score", filter=_expression(expression.part), boost=expression.weight)
    if isinstance(expression, AllOf):
        without = [_expression(part) for part in expression.without]
        return Q("bool", must=[_expression(part) for part in expression.parts], must_not=without)
    if isinstance(expression, AnyOf):
        return Q("dis_max", queries=[_expression(part) for part in expression.parts])
    return _match(expression)


def _match(match: Match) -> dsl_query.Query:
    if match.form is Form.FACT:
        facts = [_token(FACTS, token, match.weight) for token in match.tokens]
        return Q("dis_max", queries=facts)
    found = []
    for zone in [match.zone] if match.zone else ZONES:
        name = f"{zone}_{match.form.value}"
        weight = ranking.ZONE_WEIGHTS[zone] * match.weight
        for token in match.tokens:
            found.append(_token(name, token, weight))
            if match.prefix:
                begun = Q("prefix", **{name: {"value": token}})
                found.append(Q("constant_score", filter=begun, boost=weight / 2))
    return Q("dis_max", queries=found, tie_breaker=ranking.OTHER_ZONES_SHARE)


def _token(name: str, token: str, weight: float) -> dsl_query.Query:
    return Q("constant_score", filter=Q("term", **{name: token}), boost=weight)


def _count(search: Search, chosen: dict[Facet | str, dsl_query.Query]) -> None:
    """Count every facet, and the prices, without their own filter."""
    for facet in (*Facet, "price"):
        others = [part for name, part in chosen.items() if name != facet]
        bucket = search.aggs.bucket(f"by_{facet}", "filter", Q("bool", filter=others))
        if facet != "price":
            bucket.bucket("values", "terms", field=str(facet), size=_FACET_SIZE)
            continue
        steps = [
            {"to": PRICE_STEPS[0]},
            *({"from": low, "to": high} for low, high in itertools.pairwise(PRICE_STEPS)),
            {"from": PRICE_STEPS[-1]},
        ]
        bucket.metric("prices", "stats", field="price")
        bucket.bucket("steps", "range", field="price", ranges=steps)


def _whole(bucket: Any, side: str) -> int | None:
    return int(bucket[side]) if side in bucket else None
