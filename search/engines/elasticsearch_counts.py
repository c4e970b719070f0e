"""Counts for the filters beside a page of hits, as aggregations of the page's one search."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from search.engines.counts import COUNTED_BY, Aggregations, narrowed, passes, result_of
from search.query import MOST_PRODUCERS, Facet, SearchQuery, SearchResult

#: The most values of a facet that are told.
_FACET_SIZE: Final = 20_000


def aggregations(query: SearchQuery, chosen: Mapping[Facet | str, Any]) -> Aggregations:
    """Return what counts every facet, and the prices, without its own filter; ``chosen`` are the filters.

    Under no filter they stand side by side: within one, even one that leaves nothing out, each costs the server several times as much.
    """
    asked: Aggregations = {}
    for without, counted in passes(query, _values).items():
        filters = [part for name, part in chosen.items() if name != without]
        if without is None and not filters:
            asked |= counted
        else:
            asked[_name(without)] = {"filter": {"bool": {"filter": filters}}, "aggs": counted}
    return asked


def facets_counted(query: SearchQuery, answer: Mapping[str, Any]) -> SearchResult:
    """Return a result without hits, of what the server answered to `aggregations`."""
    own = narrowed(query)
    counted = {name: found for part in answer.values() for name, found in part.items()} if own else answer
    return result_of(counted, {name: answer[_name(name)]["doc_count"] for name in own})


def _name(without: Facet | str | None) -> str:
    return f"without_{without}"


def _values(facet: Facet, is_narrowed: bool) -> Any:
    """Count a facet's values, the commonest first, of equally common ones the lowest: no more producers than a filter names."""
    few = facet is Facet.PRODUCER and not is_narrowed
    return {
        "terms": {"field": COUNTED_BY.get(facet, facet.value), "size": MOST_PRODUCERS if few else _FACET_SIZE}
    }
