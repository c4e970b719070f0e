"""How a search is said in tantivy's queries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import tantivy
from tantivy import FieldType, Occur, Query

from search import ranking
from search.documents import FACTS, WITHOUT_PRICE, ZONES
from search.engines.base import ranking_push
from search.expressions import AllOf, AnyOf, Constant, Expression, Form, Match
from search.interpretation import Interpretation
from search.query import Facet, SearchQuery, Sort


class QueryTranslator:
    """Writes a search as tantivy's queries.

    What no document holds is left out of them: tantivy would go through an alternative for each good even where it is empty.
    """

    def __init__(
        self,
        searcher: tantivy.Searcher,
        schema: tantivy.Schema,
        query: SearchQuery,
        interpretation: Interpretation,
    ) -> None:
        self._searcher = searcher
        self._schema = schema
        self._query = query
        self._interpretation = interpretation
        self._held: dict[tuple[str, str | bool], bool] = {}
        self._always = self._always_filters()
        self._chosen = {
            facet: Query.term_set_query(schema, facet.value, sorted(values))
            for facet, values in query.chosen().items()
        }

    def all_filters(self, *, without: Facet | str | None = None) -> Query:
        """Return what goods must satisfy, leaving out the filter of one facet (or of ``"price"``)."""
        return Query.boolean_query(self._filters(without))

    def scored(self) -> Query:
        """Return the whole search, with everything that counts."""
        preferred = [self.expression(match) for match in self._interpretation.preferred]
        lifts = [(Occur.Should, part) for part in preferred if part is not None]
        found = Query.boolean_query([*self._filters(), *lifts])
        # One around the other: tantivy then looks at the goods found. Beside the lifts it would go through every good that is sold.
        for push in self._pushes():
            found = Query.boolean_query([(Occur.Must, found), (Occur.Should, push)])
        return found

    def expression(self, expression: Expression) -> Query | None:
        """Return one part of what the text asks for; None: no document holds it."""
        if isinstance(expression, Constant):
            part = self.expression(expression.part)
            return part and Query.const_score_query(part, expression.weight)
        if isinstance(expression, AllOf):
            return self._all_of(expression)
        if isinstance(expression, AnyOf):
            return _best([self.expression(part) for part in _alternatives(expression)])
        return self._match(expression)

    def _filters(self, without: Facet | str | None = None) -> list[tuple[Occur, Query]]:
        parts = [(Occur.Must, _unscored(part)) for part in self._always]
        parts += [(Occur.Must, _unscored(part)) for facet, part in self._chosen.items() if facet != without]
        if self._query.has_price and without != "price":
            low, high = self._query.price_min, self._query.price_max
            parts.append((Occur.Must, _unscored(self._range("price", low, high))))
        if not self._query.adult and (alcohol := self._term("alcohol", True)) is not None:
            parts.append((Occur.MustNot, alcohol))
        required = self._interpretation.wanted(exactly=self._query.sort is not Sort.RELEVANCE)
        if required is not None:
            parts.append((Occur.Must, self.expression(required) or Query.empty_query()))
        return parts

    def _all_of(self, expression: AllOf) -> Query | None:
        parts = [self.expression(part) for part in expression.parts]
        wanted = [(Occur.Must, part) for part in parts if part is not None]
        if len(wanted) < len(parts):
            return None
        unwanted = [self.expression(part) for part in expression.without]
        without = [(Occur.MustNot, part) for part in unwanted if part is not None]
        return Query.boolean_query([*(wanted or [(Occur.Must, Query.all_query())]), *without])

    def _match(self, match: Match) -> Query | None:
        if match.form is Form.FACT:
            return _best([self._constant(FACTS, token, match.weight) for token in match.tokens])
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
        return _best(found, ranking.OTHER_ZONES_SHARE)

    def _token(self, field: str, token: str, weight: float, *, prefix: bool) -> Query | None:
        term = self._constant(field, token, weight)
        if not prefix:
            return term
        begun = Query.fuzzy_term_query(self._schema, field, token, 0, True, True)
        return _best([term, Query.const_score_query(begun, weight / 2)])

    def _constant(self, field: str, value: str | bool, weight: float) -> Query | None:
        term = self._term(field, value)
        return term and Query.const_score_query(term, weight)

    def _term(self, field: str, value: str | bool) -> Query | None:
        held = self._held.get((field, value))
        if held is None:
            held = self._held[field, value] = self._searcher.doc_freq(field, value) > 0
        if not held:
            return None
        if isinstance(value, bool):
            return Query.term_query(self._schema, field, value)
        return Query.term_query(self._schema, field, value, index_option="basic")

    def _always_filters(self) -> list[Query]:
        moment = self._query.moment
        without_price = [self._range("sort_cheapest", WITHOUT_PRICE, None)]
        return [
            *(without_price if self._query.price_unknown else []),
            self._range("true_from", None, moment),  # a tombstone has none
            self._range("true_until", moment + 1, None),
        ]

    def _pushes(self) -> list[Query]:
        if self._interpretation.required is None:
            return []
        pushes = [self._constant(field, value, weight) for field, value, weight in ranking_push()]
        return [push for push in pushes if push is not None]

    def _range(self, field: str, low: int | None, high: int | None) -> Query:
        return Query.range_query(self._schema, field, FieldType.Integer, low, high)


def _unscored(query: Query) -> Query:
    return Query.const_score_query(query, 0.0)


def _alternatives(expression: AnyOf) -> Iterator[Expression]:
    """Yield the parts, and in the place of alternatives their own: the best of the best is the best."""
    for part in expression.parts:
        if isinstance(part, AnyOf):
            yield from _alternatives(part)
        else:
            yield part


def _best(parts: Sequence[Query | None], share: float = 0.0) -> Query | None:
    """Return what is held of some alternatives: the best counts, and of the others a share. One alone stands for itself."""
    held = [part for part in parts if part is not None]
    if len(held) < 2:
        return held[0] if held else None
    return Query.disjunction_max_query(held, share)
