"""Goods like one, said in Elasticsearch's queries."""

from __future__ import annotations

from search import ranking
from search.engines.base import ALIKE, TOGETHER
from search.engines.elasticsearch_query import Query, constant
from search.query import Facet, Likeness


def similar_query(likeness: Likeness) -> Query:
    """Return what goods like one must satisfy, and what brings them near."""
    filters: list[Query] = [
        {"term": {"live": True}},
        {"range": {"true_from": {"lte": likeness.moment}}},
        {"range": {"true_until": {"gt": likeness.moment}}},
    ]
    if not likeness.adult:
        filters.append({"term": {"alcohol": False}})
    together = _shared("bought_with", str(likeness.product_id), TOGETHER)
    words: list[Query] = [{"term": {"name_folded": token}} for token in likeness.words]
    shared = {
        facet: [_shared(facet.value, value, ALIKE[facet]) for value in values]
        for facet, values in likeness.facets().items()
    }
    near = [together, *words, *shared.pop(Facet.SET), *shared.pop(Facet.PRODUCER)]
    return {
        "bool": {
            "filter": filters,
            "must_not": [{"term": {"product_id": likeness.product_id}}],
            "must": [{"bool": {"should": near, "minimum_should_match": 1}}],
            "should": [
                *(part for parts in shared.values() for part in parts),
                constant({"term": {"sold": True}}, ranking.SOLD_HERE),
            ],
        }
    }


def _shared(field: str, value: str, weight: float) -> Query:
    return constant({"term": {field: value}}, weight)
