"""Goods like one, said in Elasticsearch's queries."""

from __future__ import annotations

from elasticsearch.dsl import Q
from elasticsearch.dsl import query as dsl_query

from search import ranking
from search.engines.base import ALIKE, TOGETHER
from search.query import Facet, Likeness


def similar_query(likeness: Likeness) -> dsl_query.Query:
    """Return what goods like one must satisfy, and what brings them near."""
    filters = [
        Q("term", live=True),
        Q("range", true_from={"lte": likeness.moment}),
        Q("range", true_until={"gt": likeness.moment}),
    ]
    if not likeness.adult:
        filters.append(Q("term", alcohol=False))
    together = _constant("bought_with", str(likeness.product_id), TOGETHER)
    words = [Q("term", name_folded=token) for token in likeness.words]
    shared = {
        facet: [_constant(facet.value, value, ALIKE[facet]) for value in values]
        for facet, values in likeness.facets().items()
    }
    near = [together, *words, *shared.pop(Facet.SET), *shared.pop(Facet.PRODUCER)]
    return Q(
        "bool",
        filter=filters,
        must_not=[Q("term", product_id=likeness.product_id)],
        must=[Q("bool", should=near, minimum_should_match=1)],
        should=[
            *(part for parts in shared.values() for part in parts),
            Q("constant_score", filter=Q("term", sold=True), boost=ranking.SOLD_HERE),
        ],
    )


def _constant(field: str, value: str, boost: float) -> dsl_query.Query:
    return Q("constant_score", filter=Q("term", **{field: value}), boost=boost)
