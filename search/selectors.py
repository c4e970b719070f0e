"""Finds goods: what pages and other readers of the search call."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from search.circuit import asking_engine
from search.engines.base import get_engine
from search.interpretation import interpret
from search.query import SearchQuery, SearchResult
from search.vocabulary import current_vocabulary

#: How many goods are suggested while someone types.
SUGGESTIONS = 6


def find_goods(query: SearchQuery) -> tuple[SearchQuery, SearchResult]:
    """Return the page asked for, and the query as it was run: with the filters that its text said in words.

    One request to the engine, without facets while it is strained (see `search.circuit`). Raises SearchUnavailable.
    """
    interpretation = interpret(query.text, current_vocabulary() if query.text.strip() else None)
    understood = query.with_phrases(interpretation)
    with asking_engine() as with_facets:
        understood = replace(understood, with_facets=understood.with_facets and with_facets)
        return understood, get_engine().search(understood, interpretation)


def suggest_goods(text: str, *, at: datetime, adult: bool) -> SearchResult:
    """Return the first goods for a text whose last word may be unfinished. Raises SearchUnavailable."""
    interpretation = interpret(text, current_vocabulary(), unfinished=not text.endswith(" "))
    query = SearchQuery(at=at, text=text, adult=adult, page_size=SUGGESTIONS, with_facets=False)
    if interpretation.required is None and interpretation.phrases.empty:
        return SearchResult(total=0, hits=(), interpretation=interpretation)
    with asking_engine():
        return get_engine().search(query.with_phrases(interpretation), interpretation)
