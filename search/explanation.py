"""Why a good is found by a search, at what rank, and what its score is made of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from search import ranking
from search.documents import FACTS, ZONES, GoodDocument
from search.engines.base import SearchEngine, ranking_push
from search.expressions import AllOf, AnyOf, Constant, Expression, Form, Match
from search.interpretation import Interpretation, interpret
from search.query import SearchQuery
from search.selectors import search_interpreted
from search.sources import build_documents
from search.spelling import Vocabulary

#: Deepest rank that is looked for.
_DEEPEST: Final = 1_000
_SAME: Final = 0.01


class Finding(StrEnum):
    """How it ended."""

    FOUND = "found"
    NOT_FOUND = "not found"
    NOT_SHOWN = "not shown"  # the rule of sale hides it, or it doesn't exist


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that the search asks, and whether the good has it. ``score`` is what it counts, 0 where it hasn't."""

    asked: str
    required: bool
    holds: bool
    score: float
    where: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a good stands where it stands. ``rank`` counts from 1; None where it isn't among the first thousand."""

    finding: Finding
    interpretation: Interpretation
    total: int
    rank: int | None = None
    score: float = 0.0
    parts: tuple[Part, ...] = ()


def explain(engine: SearchEngine, query: SearchQuery, vocabulary: Vocabulary, product_id: int) -> Explanation:
    """Return why the good ``product_id`` is found by ``query``, or what it lacks. Raises SearchUnavailable."""
    asked = replace(query, page=1, page_size=_DEEPEST, with_facets=False)
    _, result = search_interpreted(engine, asked, interpret(query.text, vocabulary, plain=query.plain))
    interpretation = result.interpretation
    document = _document(product_id, query)
    if document is None:
        return Explanation(Finding.NOT_SHOWN, interpretation, result.total)
    parts = tuple(_parts(interpretation, document))
    for rank, hit in enumerate(result.hits, start=1):
        if hit.product_id == product_id:
            return Explanation(Finding.FOUND, interpretation, result.total, rank, hit.score, parts)
    return Explanation(Finding.NOT_FOUND, interpretation, result.total, parts=parts)


def _document(product_id: int, query: SearchQuery) -> GoodDocument | None:
    _, documents = build_documents([product_id], now=query.at).get(product_id, (0, []))
    for document in documents:
        if document.true_from <= query.moment < document.true_until and (query.adult or not document.alcohol):
            return document
    return None


def _parts(interpretation: Interpretation, document: GoodDocument) -> Iterator[Part]:
    if interpretation.required is not None:
        yield from _clauses(interpretation.exact or interpretation.required, document, required=True)
        for lift in interpretation.preferred:
            yield from _clauses(lift, document, required=False)
        for field, value, weight in ranking_push():
            held = _has_push(document, field, value)
            if held:
                yield Part(f"{field} {value}", required=False, holds=True, score=weight, where="push")


def _clauses(expression: Expression, document: GoodDocument, *, required: bool) -> Iterator[Part]:
    """Yield a part for each demand of a conjunction; alternatives stand in one part."""
    if isinstance(expression, AllOf) and len(expression.parts) > 1:
        for part in expression.parts:
            yield from _clauses(part, document, required=required)
        return
    score, where = score_of(expression, document)
    yield Part(describe(expression), required, score is not None, score or 0.0, where)


def score_of(expression: Expression, document: GoodDocument) -> tuple[float | None, str]:
    """Return what ``expression`` counts for ``document`` (None: it doesn't hold) and where it holds best.

    The same sum as the engines make, from the same weights.
    """
    if isinstance(expression, Match):
        return _match_score(expression, document)
    if isinstance(expression, Constant):
        held, where = score_of(expression.part, document)
        return (None, "") if held is None else (expression.weight, where)
    scores = [score_of(part, document) for part in expression.parts]
    if isinstance(expression, AnyOf):
        held_scores = [(score, where) for score, where in scores if score is not None]
        return max(held_scores, default=(None, ""), key=lambda found: found[0] or 0.0)
    if any(score is None for score, _ in scores):
        return None, ""
    if any(score_of(part, document)[0] is not None for part in expression.without):
        return None, ""
    return sum(score or 0.0 for score, _ in scores), ", ".join(dict.fromkeys(where for _, where in scores))


def _match_score(match: Match, document: GoodDocument) -> tuple[float | None, str]:
    found: list[tuple[float, str]] = []
    if match.form is Form.FACT:
        facts = set(document.tokens[FACTS])
        found = [(match.weight, token) for token in match.tokens if token in facts]
        return found[0] if found else (None, "")
    for zone in [match.zone] if match.zone else ZONES:
        held = set(document.tokens[f"{zone}_{match.form.value}"])
        weight = ranking.ZONE_WEIGHTS[zone] * match.weight
        for token in match.tokens:
            if token in held:
                found.append((weight, zone))
            elif match.prefix and any(other.startswith(token) for other in held):
                found.append((weight / 2, zone))
    if not found:
        return None, ""
    best = max(found, key=lambda pair: pair[0])
    others = sum(weight for weight, _ in found) - best[0]
    return best[0] + ranking.OTHER_ZONES_SHARE * others, best[1]


def _has_push(document: GoodDocument, field: str, value: str | bool) -> bool:
    if field == "sold":
        return document.sold is value
    if field == FACTS:
        return value in document.tokens[FACTS]
    return value in document.facets().get(field, ())


def describe(expression: Expression) -> str:
    """Write an expression as a person reads it: ``trà | 1tea`` means any of them, ``&`` all of them."""
    if isinstance(expression, Match):
        shown = " | ".join(expression.tokens)
        return f"{shown}…" if expression.prefix else shown
    if isinstance(expression, Constant):
        return f"every word: {describe(expression.part)}"
    if isinstance(expression, AnyOf):
        return " | ".join(dict.fromkeys(describe(part) for part in expression.parts))
    kept = " & ".join(f"({describe(part)})" for part in expression.parts)
    out = "".join(f" without ({describe(part)})" for part in expression.without)
    return f"{kept}{out}"
