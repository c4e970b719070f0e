"""Goods like one, said in tantivy's queries."""

from __future__ import annotations

import tantivy
from tantivy import FieldType, Occur, Query

from search import ranking
from search.engines.base import ALIKE, TOGETHER
from search.query import Facet, Likeness


def similar_query(schema: tantivy.Schema, likeness: Likeness) -> Query:
    """Return what goods like one must satisfy, and what brings them near."""

    def constant(field: str, value: str | int | bool, boost: float) -> Query:
        return Query.const_score_query(Query.term_query(schema, field, value), boost)

    def number(field: str, low: int | None, high: int | None) -> Query:
        return Query.const_score_query(Query.range_query(schema, field, FieldType.Integer, low, high), 0.0)

    words = [Query.term_query(schema, "name_folded", token, index_option="basic") for token in likeness.words]
    shared = {
        facet: [constant(facet.value, value, ALIKE[facet]) for value in values]
        for facet, values in likeness.facets().items()
    }
    together = constant("bought_with", str(likeness.product_id), TOGETHER)
    near = [together, *words, *shared.pop(Facet.SET), *shared.pop(Facet.PRODUCER)]
    parts = [
        (Occur.Must, constant("live", True, 0.0)),
        (Occur.Must, number("true_from", None, likeness.moment)),
        (Occur.Must, number("true_until", likeness.moment + 1, None)),
        (Occur.Must, Query.boolean_query([(Occur.Should, part) for part in near])),
        (Occur.MustNot, Query.term_query(schema, "product_id", likeness.product_id)),
        (Occur.Should, constant("sold", True, ranking.SOLD_HERE)),
        *((Occur.Should, part) for found in shared.values() for part in found),
    ]
    if not likeness.adult:
        parts.append((Occur.MustNot, Query.term_query(schema, "alcohol", True)))
    return Query.boolean_query(parts)
