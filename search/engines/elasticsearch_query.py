"""How a search is said in Elasticsearch's queries, and what it counts."""

from __future__ import annotations

import itertools
from typing import Final

from elasticsearch.dsl import Q, Search
from elasticsearch.dsl import query as dsl_query

from search import ranking
from search.documents import FACTS, WITHOUT_PRICE, ZONES
from search.engines.base import ranking_push
from search.expressions import AllOf, AnyOf, Constant, Expression, Form, Match
from search.interpretation import Interpretation
from search.query import PRICE_STEPS, Facet, SearchQuery, Sort

_FACET_SIZE: Final = 2_000


def main_query(query: SearchQuery, interpretation: Interpretation) -> dsl_query.Query:
    """Return what every hit and every count must satisfy, whatever facets are narrowed."""
    filters = [
        Q("term", live=True),
        Q("range", true_from={"lte": query.moment}),
        Q("range", true_until={"gt": query.moment}),
    ]
    if not query.adult:
        filters.append(Q("term", alcohol=False))
    if query.price_unknown:
        filters.append(Q("range", sort_cheapest={"gte": WITHOUT_PRICE}))
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


def count_facets(search: Search, chosen: dict[Facet | str, dsl_query.Query]) -> None:
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
