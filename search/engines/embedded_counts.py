"""Counts for the filters beside a page of hits, in as few passes over the embedded index as its filters allow."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, Final

import tantivy

from search.engines.counts import COUNTED_BY, passes, result_of
from search.engines.embedded_query import QueryTranslator
from search.query import MOST_PRODUCERS, Facet, SearchQuery, SearchResult

#: So many values of a facet are counted, in each segment too.
_FACET_SIZE: Final = 20_000
#: So many producers are told at first: each takes longer to tell than its goods to count.
_PRODUCERS: Final = 4 * MOST_PRODUCERS
#: Of so many goods found, a producer with a single one is hardly among the commonest: at first it isn't told either; of twice as many, one
#: with two, and so on.
_FEW_AMONG: Final = 4_000


def facets_counted(
    searcher: tantivy.Searcher, translator: QueryTranslator, query: SearchQuery, total: int
) -> SearchResult:
    """Return a result without hits: every facet counted without its own filter. ``total``: how many goods were found."""
    fewest = 1 + total // _FEW_AMONG
    counted: dict[str, Any] = {}
    totals: dict[Facet | str, int] = {}
    for without, aggregations in passes(query, partial(_values, fewest)).items():
        if without is not None:
            aggregations["goods"] = {"value_count": {"field": "product_id"}}
        counted |= searcher.aggregate(translator.all_filters(without=without), aggregations)
        if without is not None:
            totals[without] = int(counted["goods"]["value"])
    if Facet.PRODUCER not in totals and _may_leave_out(counted[Facet.PRODUCER]["buckets"], fewest):
        every = {Facet.PRODUCER.value: _every_value(Facet.PRODUCER)}
        counted |= searcher.aggregate(translator.all_filters(), every)
    return result_of(counted, totals)


def _values(fewest: int, facet: Facet, is_narrowed: bool) -> dict[str, Any]:
    if facet is not Facet.PRODUCER or is_narrowed:
        return _every_value(facet)
    return _every_value(facet, size=_PRODUCERS, min_doc_count=fewest)


def _every_value(facet: Facet, **limits: int) -> dict[str, Any]:
    field = COUNTED_BY.get(facet, facet.value)
    return {"terms": {"field": field, "size": _FACET_SIZE, "segment_size": _FACET_SIZE, **limits}}


def _may_leave_out(producers: Sequence[dict[str, Any]], fewest: int) -> bool:
    """Whether producers that weren't told may have as many goods as the last one that a filter names."""
    if len(producers) < _PRODUCERS:
        return fewest > 1 and len(producers) < MOST_PRODUCERS
    return bool(producers[-1]["doc_count"] == producers[MOST_PRODUCERS - 1]["doc_count"])
