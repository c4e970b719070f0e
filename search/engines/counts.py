"""Counts for the filters beside a page of hits: what is counted at once, and what a page makes of it.

Aggregations are said alike to both engines, which differ in how they are asked for values.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from search.query import PRICE_STEPS, Facet, PriceStep, SearchQuery, SearchResult

#: Facets with so many values that they are counted by numbers, in a field of their own.
COUNTED_BY: Final = {Facet.PRODUCER: "producer_number"}
#: What is asked of an engine: aggregations by their names.
Aggregations = dict[str, Any]

_PRICES: Final[Aggregations] = {
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


def narrowed(query: SearchQuery) -> list[Facet | str]:
    """Return the facets that are narrowed, and ``"price"`` where it is."""
    return [*query.chosen(), *(["price"] if query.has_price else [])]


def passes(
    query: SearchQuery, values: Callable[[Facet, bool], Any]
) -> dict[Facet | str | None, Aggregations]:
    """Return what is counted without the filter of each facet that is narrowed, and (None) under all filters, which the others share.

    ``values`` makes the aggregation of a facet; it is told whether the facet is narrowed.
    """
    own = narrowed(query)
    found: dict[Facet | str | None, Aggregations] = {None: {}, **{name: {} for name in own}}
    for facet in Facet:
        found[facet if facet in own else None][facet.value] = values(facet, facet in own)
    found["price" if "price" in own else None].update(_PRICES)
    return {name: asked for name, asked in found.items() if asked}


def result_of(counted: Mapping[str, Any], totals: Mapping[Facet | str, int]) -> SearchResult:
    """Return a result without hits, of what was counted in all passes together."""
    prices = counted["prices"]
    return SearchResult(
        total=0,
        hits=(),
        facets={
            facet: {
                _value(facet, bucket["key"]): bucket["doc_count"]
                for bucket in counted[facet.value]["buckets"]
            }
            for facet in Facet
        },
        price_steps=_price_steps(counted["price_steps"]["buckets"]),
        cheapest=_whole(prices["min"]),
        dearest=_whole(prices["max"]),
        totals_without=totals,
    )


def _value(facet: Facet, key: Any) -> str:
    return str(int(key)) if facet in COUNTED_BY else key


def _price_steps(buckets: Iterable[dict[str, Any]]) -> tuple[PriceStep, ...]:
    steps = [
        PriceStep(_whole(bucket.get("from")), _whole(bucket.get("to")), bucket["doc_count"])
        for bucket in buckets
    ]
    return tuple(sorted(steps, key=lambda step: step.low or 0))


def _whole(number: float | None) -> int | None:
    return None if number is None else int(number)
