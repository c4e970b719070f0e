"""Finds goods: what pages and other readers of the search call."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from search.circuit import asking_engine
from search.engines.base import SearchEngine, get_engine
from search.interpretation import Interpretation, interpret
from search.query import SearchQuery, SearchResult
from search.spelling import Vocabulary
from search.vocabulary import current_vocabulary

#: How many goods are suggested while someone types.
SUGGESTIONS = 6
#: Up to how many goods another spelling is offered beside them.
FEW = 2


def find_goods(query: SearchQuery) -> tuple[SearchQuery, SearchResult]:
    """Return the page asked for, and the query as it was run: with the filters that its text said in words.

    One request to the engine; without facets while it is strained (see `search.circuit`). Raises SearchUnavailable.
    """
    interpretation = interpret(
        query.text, current_vocabulary() if query.text.strip() else None, plain=query.plain
    )
    with asking_engine() as with_facets:
        asked = replace(query, with_facets=query.with_facets and with_facets)
        return search_interpreted(get_engine(), asked, interpretation)


def find_in(
    engine: SearchEngine, query: SearchQuery, vocabulary: Vocabulary | None
) -> tuple[SearchQuery, SearchResult]:
    """Do the same in an engine of one's own, with the words that it knows. Raises SearchUnavailable."""
    interpretation = interpret(query.text, vocabulary, plain=query.plain)
    return search_interpreted(engine, query, interpretation)


def search_interpreted(
    engine: SearchEngine, query: SearchQuery, interpretation: Interpretation
) -> tuple[SearchQuery, SearchResult]:
    """Ask for what was understood and, where that finds nothing, for what may have been meant otherwise; in one request."""
    result = engine.search_in_turn(_in_turn(query, interpretation))
    interpretation = result.interpretation
    if 0 < result.total <= FEW and not interpretation.corrected and not interpretation.unfinished:
        result = replace(result, interpretation=replace(interpretation, suggestion=_offered(interpretation)))
    return query.with_phrases(interpretation), result


def _offered(interpretation: Interpretation) -> str:
    """Return another spelling of the words, empty where none is worth offering."""
    otherwise = interpretation.otherwise
    if otherwise is None or not otherwise.corrected or otherwise.keys_as_typed:
        return ""
    return otherwise.understood if otherwise.understood != interpretation.understood else ""


def _in_turn(
    query: SearchQuery, interpretation: Interpretation
) -> Iterator[tuple[SearchQuery, Interpretation]]:
    """Yield what is asked, and what is asked where nothing is found for that; the second is thought of when it is wanted."""
    yield query.with_phrases(interpretation), interpretation
    if (otherwise := interpretation.otherwise) is not None:
        yield query.with_phrases(otherwise), otherwise


def suggest_goods(text: str, *, at: datetime, adult: bool) -> SearchResult:
    """Return the first goods for a text whose last word may be unfinished. Raises SearchUnavailable."""
    interpretation = interpret(text, current_vocabulary(), unfinished=not text.endswith(" "))
    query = SearchQuery(at=at, text=text, adult=adult, page_size=SUGGESTIONS, with_facets=False)
    if interpretation.required is None and interpretation.phrases.empty:
        return SearchResult(total=0, hits=(), interpretation=interpretation)
    with asking_engine():
        return search_interpreted(get_engine(), query, interpretation)[1]
