"""How a search is said in tantivy's queries."""

from __future__ import annotations

import tantivy
from tantivy import FieldType, Occur, Query

from search import ranking
from search.documents import FACTS, WITHOUT_PRICE, ZONES
from search.engines.base import ranking_push
from search.expressions import AllOf, AnyOf, Constant, Expression, Form, Match
from search.interpretation import Interpretation
from search.query import Facet, SearchQuery, Sort


class QueryTranslator:
    """Writes a search as tantivy's queries."""

    def __init__(self, schema: tantivy.Schema, query: SearchQuery, interpretation: Interpretation) -> None:
        self._schema = schema
        self._query = query
        self._interpretation = interpretation
        self._always = self._always_filters()
        self._chosen = {
            facet: Query.term_set_query(schema, facet.value, sorted(values))
            for facet, values in query.chosen().items()
        }

    def all_filters(self, *, without: Facet | str | None = None, scored: bool = False) -> Query:
        """Return the whole search, leaving out the filter of one facet (or of ``"price"``)."""
        parts = [(Occur.Must, _unscored(part)) for part in self._always]
        parts += [(Occur.Must, _unscored(part)) for facet, part in self._chosen.items() if facet != without]
        if self._query.has_price and without != "price":
            low, high = self._query.price_min, self._query.price_max
            parts.append((Occur.Must, _unscored(self._range("price", low, high))))
        if not self._query.adult:
            parts.append((Occur.MustNot, Query.term_query(self._schema, "alcohol", True)))
        if (
            required := self._interpretation.wanted(exactly=self._query.sort is not Sort.RELEVANCE)
        ) is not None:
            parts.append((Occur.Must, self.expression(required)))
        if scored:
            parts += [(Occur.Should, self.expression(match)) for match in self._interpretation.preferred]
            parts += self._lifts()
        return Query.boolean_query(parts)

    def expression(self, expression: Expression) -> Query:
        """Return one part of what the text asks for."""
        if isinstance(expression, Constant):
            return Query.const_score_query(self.expression(expression.part), expression.weight)
        if isinstance(expression, AllOf):
            without = [(Occur.MustNot, self.expression(part)) for part in expression.without]
            parts = [(Occur.Must, self.expression(part)) for part in expression.parts]
            return Query.boolean_query([*(parts or [(Occur.Must, Query.all_query())]), *without])
        if isinstance(expression, AnyOf):
            return Query.disjunction_max_query([self.expression(part) for part in expression.parts], 0.0)
        return self._match(expression)

    def _match(self, match: Match) -> Query:
        if match.form is Form.FACT:
            found = [self._token(FACTS, token, match.weight, prefix=False) for token in match.tokens]
            return Query.disjunction_max_query(found, 0.0)
        found = [
            self._token(
                f"{zone}_{match.form.value}",
                token,
                ranking.ZONE_WEIGHTS[zone] * match.weight,
                prefix=match.prefix,
            )
            for zone in ([match.zone] if match.zone else ZONES)
            for token in match.tokens
        ]
        return Query.disjunction_max_query(found, ranking.OTHER_ZONES_SHARE)

    def _token(self, field: str, token: str, weight: float, *, prefix: bool) -> Query:
        term = Query.const_score_query(
            Query.term_query(self._schema, field, token, index_option="basic"), weight
        )
        if not prefix:
            return term
        begun = Query.fuzzy_term_query(self._schema, field, token, 0, True, True)
        return Query.disjunction_max_query([term, Query.const_score_query(begun, weight / 2)], 0.0)

    def _always_filters(self) -> list[Query]:
        moment = self._query.moment
        without_price = [self._range("sort_cheapest", WITHOUT_PRICE, None)]
        return [
            *(without_price if self._query.price_unknown else []),
            Query.term_query(self._schema, "live", True),
            self._range("true_from", None, moment),
            self._range("true_until", moment + 1, None),
        ]

    def _lifts(self) -> list[tuple[Occur, Query]]:
        if self._interpretation.required is None:
            return []
        return [
            (Occur.Should, Query.const_score_query(self._push(field, value), weight))
            for field, value, weight in ranking_push()
        ]

    def _push(self, field: str, value: str | bool) -> Query:
        if isinstance(value, bool):
            return Query.term_query(self._schema, field, value)
        return Query.term_query(self._schema, field, value, index_option="basic")

    def _range(self, field: str, low: int | None, high: int | None) -> Query:
        return Query.range_query(self._schema, field, FieldType.Integer, low, high)


def _unscored(query: Query) -> Query:
    return Query.const_score_query(query, 0.0)
