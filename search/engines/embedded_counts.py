"""Counts for the filters beside a page of hits, in as few passes over the embedded index as its filters allow."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from typing import Any, Final

import tantivy

from search.engines.embedded_documents import COUNTED_BY
from search.engines.embedded_query import QueryTranslator
from search.query import MOST_PRODUCERS, PRICE_STEPS, Facet, PriceStep, SearchQuery, SearchResult

#: So many values of a facet are counted, in each segment too.
_FACET_SIZE: Final = 20_000
#: So many producers are counted at first: each takes longer to tell than its goods to count.
_PRODUCERS: Final = 4 * MOST_PRODUCERS

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


def facets_counted(
    searcher: tantivy.Searcher, translator: QueryTranslator, query: SearchQuery
) -> SearchResult:
    """Return a result without hits: every facet counted without its own filter. Facets that aren't narrowed share one pass."""
    narrowed = query.chosen()
    passes: dict[Facet | str | None, dict[str, Any]] = {None: {}}
    for facet in Facet:
        few = facet is Facet.PRODUCER and facet not in narrowed
        values = _values(facet, _PRODUCERS if few else _FACET_SIZE)
        passes.setdefault(facet if facet in narrowed else None, {})[facet.value] = values
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
    producers = counted[Facet.PRODUCER]["buckets"]
    if Facet.PRODUCER not in narrowed and _may_leave_out(producers):
        every = {Facet.PRODUCER.value: _values(Facet.PRODUCER, _FACET_SIZE)}
        counted |= searcher.aggregate(translator.all_filters(), every)
    facets = {
        facet: {_text(bucket["key"]): bucket["doc_count"] for bucket in counted[facet.value]["buckets"]}
        for facet in Facet
    }
    prices = counted["prices"]
    return SearchResult(
        total=0,
        hits=(),
        facets=facets,
        price_steps=_price_steps(counted["price_steps"]["buckets"]),
        cheapest=_whole(prices["min"]),
        dearest=_whole(prices["max"]),
        totals_without=totals,
    )


def _values(facet: Facet, size: int) -> dict[str, Any]:
    field = COUNTED_BY.get(facet, facet.value)
    return {"terms": {"field": field, "size": size, "segment_size": _FACET_SIZE}}


def _may_leave_out(producers: Sequence[dict[str, Any]]) -> bool:
    """Whether producers that weren't told may have as many goods as the last one that a filter names."""
    if len(producers) < _PRODUCERS:
        return False
    return producers[-1]["doc_count"] == producers[MOST_PRODUCERS - 1]["doc_count"]


def _text(value: str | float) -> str:
    return value if isinstance(value, str) else str(int(value))


def _price_steps(buckets: Iterable[dict[str, Any]]) -> tuple[PriceStep, ...]:
    steps = [
        PriceStep(_whole(bucket.get("from")), _whole(bucket.get("to")), bucket["doc_count"])
        for bucket in buckets
    ]
    return tuple(sorted(steps, key=lambda step: step.low or 0))


def _whole(number: float | None) -> int | None:
    return None if number is None else int(number)
