"""How a search is said in Elasticsearch's queries, and what it counts: as plain values, since objects for each part take longer than the search."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from search import ranking
from search.documents import FACTS, WITHOUT_PRICE, ZONES
from search.engines.base import SORT_FIELDS
from search.engines.elasticsearch_counts import aggregations
from search.engines.elasticsearch_index import PUSH
from search.expressions import AllOf, AnyOf, Constant, Expression, Form, Match
from search.interpretation import Interpretation
from search.query import Facet, SearchQuery, Sort

Query = dict[str, Any]
#: Ties go by product id.
BY_SCORE: Final = ("_score", "product_id")
#: What is read of a hit: its column, nothing that would be unpacked.
HITS: Final[dict[str, Any]] = {
    "docvalue_fields": ["product_id"],
    "_source": False,
    "stored_fields": "_none_",
}


def page_body(query: SearchQuery, interpretation: Interpretation) -> dict[str, Any]:
    """Return the body of a page's one search."""
    if query.sort is Sort.RELEVANCE and interpretation.required is not None:
        order: Sequence[Any] = BY_SCORE
    else:
        name, descending = SORT_FIELDS[query.sort]
        order = [{name: "desc" if descending else "asc"}]
    chosen = _chosen(query)
    return {
        "query": main_query(query, interpretation),
        **({"post_filter": {"bool": {"filter": list(chosen.values())}}} if chosen else {}),
        **({"aggs": aggregations(query, chosen)} if query.with_facets else {}),
        "sort": order,
        "from": query.first,
        "size": query.page_size,
        "track_total_hits": True,
        "track_scores": interpretation.least_score > 0,
        **HITS,
    }


def _chosen(query: SearchQuery) -> dict[Facet | str, dict[str, Any]]:
    """Return the filter of each facet that is narrowed, and of the price."""
    chosen: dict[Facet | str, dict[str, Any]] = {
        facet: {"terms": {facet.value: sorted(values)}} for facet, values in query.chosen().items()
    }
    if query.has_price:
        bounds = {"gte": query.price_min, "lte": query.price_max}
        given = {side: value for side, value in bounds.items() if value is not None}
        chosen["price"] = {"range": {"price": given}}
    return chosen


def main_query(query: SearchQuery, interpretation: Interpretation) -> Query:
    """Return what every hit and every count must satisfy, whatever facets are narrowed."""
    filters: list[Query] = [
        {"term": {"live": True}},
        {"range": {"true_from": {"lte": query.moment}}},
        {"range": {"true_until": {"gt": query.moment}}},
    ]
    if not query.adult:
        filters.append({"term": {"alcohol": False}})
    if query.price_unknown:
        filters.append({"range": {"sort_cheapest": {"gte": WITHOUT_PRICE}}})
    required = interpretation.wanted(exactly=query.sort is not Sort.RELEVANCE)
    if required is None:
        return {"bool": {"filter": filters}}
    found = {
        "bool": {
            "filter": filters,
            "must": [_expression(required)],
            "should": [_expression(match) for match in interpretation.preferred],
        }
    }
    push = {"field": PUSH, "missing": 0}  # a tombstone has none
    return {"function_score": {"query": found, "field_value_factor": push, "boost_mode": "sum"}}


def constant(condition: Query, weight: float) -> Query:
    """Return what counts ``weight`` wherever ``condition`` holds."""
    return {"constant_score": {"filter": condition, "boost": weight}}


def _expression(expression: Expression) -> Query:
    if isinstance(expression, Constant):
        return constant(_expression(expression.part), expression.weight)
    if isinstance(expression, AllOf):
        parts = {"must": [_expression(part) for part in expression.parts]}
        without = [_expression(part) for part in expression.without]
        return {"bool": parts | {"must_not": without} if without else parts}
    if isinstance(expression, AnyOf):
        return _best_of([_expression(part) for part in expression.parts])
    return _match(expression)


def _match(match: Match) -> Query:
    if match.form is Form.FACT:
        return _best_of([_token(FACTS, token, match.weight) for token in match.tokens])
    found = []
    for zone in [match.zone] if match.zone else ZONES:
        name = f"{zone}_{match.form.value}"
        weight = ranking.ZONE_WEIGHTS[zone] * match.weight
        for token in match.tokens:
            found.append(_token(name, token, weight))
            if match.prefix:
                found.append(constant({"prefix": {name: {"value": token}}}, weight / 2))
    return _best_of(found, tie_breaker=ranking.OTHER_ZONES_SHARE)


def _best_of(queries: list[Query], **how: float) -> Query:
    return queries[0] if len(queries) == 1 else {"dis_max": {"queries": queries, **how}}


def _token(name: str, token: str, weight: float) -> Query:
    return constant({"term": {name: token}}, weight)
