"""Why a good is found by a search, at what rank, and what its score is made of; or why it isn't found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from catalogue.certification.facts import facts_for_goods
from catalogue.certification.rules import SaleDecision, sale_decision
from marketplace.clock import day_of
from search import ranking
from search.asked import Asked, describe, tell_asked
from search.documents import FACTS, ZONES, GoodDocument
from search.engines.base import SearchEngine, held_push
from search.expressions import AllOf, AnyOf, Constant, Expression, Form, Match
from search.facts import RATING
from search.interpretation import Interpretation, interpret
from search.query import Facet, SearchQuery
from search.selectors import search_interpreted
from search.sources import build_documents
from search.spelling import Vocabulary

#: Deepest rank that is looked for.
DEEPEST: Final = 1_000
_SAME: Final = 0.005


class Finding(StrEnum):
    """How it ended."""

    FOUND = "found"
    NOT_FOUND = "not found"
    NOT_SHOWN = "not shown"  # the rule of sale hides it, or it doesn't exist


class Obstacle(StrEnum):
    """What keeps a good out of a search that could show it."""

    MISSING = "missing"  # something that must be found isn't there: `asked` says what, `said` the words
    UNWANTED = "unwanted"  # it has what the search wants to be without
    STARS = "stars"
    PRICE = "price"
    TOO_DEEP = "too deep"  # beyond the first thousand
    INDEX_BEHIND = "index behind"  # nothing keeps it out: the index hasn't taken its last change yet


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that the search asks, and whether the good has it. ``score`` is what it counts, 0 where it hasn't.

    ``said`` are the words of the search that ask it. ``where`` names zones, or tokens of facts, in which it holds best;
    ``by_meaning``: another word for the same thing stands there.
    """

    asked: Asked
    said: str
    required: bool
    holds: bool
    score: float
    where: tuple[str, ...] = ()
    by_meaning: bool = False
    expression: str = ""


@dataclass(frozen=True, slots=True)
class Reason:
    """One obstacle. ``asked`` and ``said``: what the search asks and in which words."""

    obstacle: Obstacle
    asked: Asked = Asked.WORDS
    said: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a good stands where it stands, or isn't found.

    ``rank`` counts from 1. ``query`` is the search as it was run, with what its words said of stars and price. ``document`` is what
    the index should hold of the good at the moment, ``verdict`` what the one rule says (both None where there is no such good;
    no document where nothing is shown).
    """

    finding: Finding
    interpretation: Interpretation
    query: SearchQuery
    total: int
    rank: int | None = None
    score: float = 0.0
    parts: tuple[Part, ...] = ()
    reasons: tuple[Reason, ...] = ()
    verdict: SaleDecision | None = None
    document: GoodDocument | None = None


@dataclass(frozen=True, slots=True)
class _Held:
    """That an expression holds: what it counts, and where its best match stands."""

    score: float
    where: tuple[str, ...] = ()
    by_meaning: bool = False


def explain(engine: SearchEngine, query: SearchQuery, vocabulary: Vocabulary, product_id: int) -> Explanation:
    """Return why the good ``product_id`` is found by ``query``, or what keeps it out. Raises SearchUnavailable."""
    asked = replace(query, page=1, page_size=DEEPEST, with_facets=False)
    run, result = search_interpreted(engine, asked, interpret(query.text, vocabulary, plain=query.plain))
    interpretation = result.interpretation
    found = Explanation(
        Finding.NOT_SHOWN, interpretation, run, result.total, verdict=_verdict(product_id, query)
    )
    document = _document(product_id, query)
    if document is None:
        return found
    parts = tuple(_parts(interpretation, document))
    found = replace(found, parts=parts, document=document)
    for rank, hit in enumerate(result.hits, start=1):
        if hit.product_id == product_id:
            return replace(found, finding=Finding.FOUND, rank=rank, score=hit.score)
    reasons = tuple(_obstacles(found, document)) or (
        Reason(Obstacle.TOO_DEEP if result.total > DEEPEST else Obstacle.INDEX_BEHIND),
    )
    return replace(found, finding=Finding.NOT_FOUND, reasons=reasons)


def _verdict(product_id: int, query: SearchQuery) -> SaleDecision | None:
    facts = facts_for_goods([product_id]).get(product_id)
    if facts is None:
        return None
    return sale_decision(facts=facts, on=day_of(query.at), at=query.at, adult=query.adult)


def _document(product_id: int, query: SearchQuery) -> GoodDocument | None:
    _, documents = build_documents([product_id], now=query.at).get(product_id, (0, []))
    for document in documents:
        if document.true_from <= query.moment < document.true_until and (query.adult or not document.alcohol):
            return document
    return None


# -- what keeps it out -----------------------------------------------------------------------------


def _obstacles(found: Explanation, document: GoodDocument) -> Iterator[Reason]:
    query = found.query
    stars = query.filters.get(Facet.STARS)
    if stars and str(document.stars) not in stars:
        yield Reason(Obstacle.STARS)
    if query.has_price and not _price_fits(document.price, query):
        yield Reason(Obstacle.PRICE)
    for part in found.parts:
        if part.required and not part.holds:
            yield Reason(Obstacle.MISSING, part.asked, part.said)
    interpretation = found.interpretation
    for unwanted in _unwanted(interpretation.exact or interpretation.required):
        if _held(unwanted, document) is not None:
            yield Reason(Obstacle.UNWANTED)
            return


def _price_fits(price: int | None, query: SearchQuery) -> bool:
    if price is None:
        return False
    return (query.price_min is None or query.price_min <= price) and (
        query.price_max is None or price <= query.price_max
    )


def _unwanted(expression: Expression | None) -> tuple[Expression, ...]:
    return expression.without if isinstance(expression, AllOf) else ()


# -- what it is made of ----------------------------------------------------------------------------


def _parts(interpretation: Interpretation, document: GoodDocument) -> Iterator[Part]:
    required = interpretation.required
    if required is None:
        return
    exact = interpretation.exact or required
    has_all = _held(exact, document)
    counted = 0.0
    for part in _clauses(exact, interpretation, document, required=True):
        # A good that lacks something is scored as one of the same kind, not by the words that it has.
        yield part if has_all is not None else replace(part, score=0.0)
        counted += part.score if has_all is not None else 0.0
    scored = _held(required, document)
    if scored is not None and scored.score - counted > _SAME:
        yield Part(Asked.SAME_KIND, "", False, True, scored.score - counted, scored.where, scored.by_meaning)
    for lift in interpretation.preferred:
        yield from _clauses(lift, interpretation, document, required=False)
    for field, value, weight in held_push(document):
        yield Part(_pushed_by(field, value), "", False, True, weight, (f"{field} {value}",))


def _pushed_by(field: str, value: str | bool) -> Asked:
    if field == FACTS:
        return Asked.RATING if str(value).startswith(RATING) else Asked.SALES
    return Asked.SOLD if field == "sold" else Asked.STARS


def _clauses(
    expression: Expression, interpretation: Interpretation, document: GoodDocument, *, required: bool
) -> Iterator[Part]:
    """Yield a part for each demand of a conjunction; alternatives stand in one part. What it must be without is no part."""
    if isinstance(expression, AllOf) and (len(expression.parts) > 1 or (required and expression.without)):
        for part in expression.parts:
            yield from _clauses(part, interpretation, document, required=required)
        return
    held = _held(expression, document)
    asked, said = tell_asked(expression, interpretation, required=required)
    yield Part(
        asked,
        said,
        required,
        held is not None,
        held.score if held else 0.0,
        held.where if held else (),
        held.by_meaning if held else False,
        describe(expression),
    )


def _held(expression: Expression, document: GoodDocument) -> _Held | None:
    """Return what ``expression`` counts for ``document``; None: it doesn't hold. The same sum as the engines make."""
    if isinstance(expression, Match):
        return _match(expression, document)
    if isinstance(expression, Constant):
        held = _held(expression.part, document)
        return None if held is None else replace(held, score=expression.weight)
    parts = [_held(part, document) for part in expression.parts]
    if isinstance(expression, AnyOf):
        holding = [held for held in parts if held]
        best = max(holding, default=None, key=lambda held: held.score)
        return best and replace(best, by_meaning=all(held.by_meaning for held in holding))
    if any(held is None for held in parts):
        return None
    if any(_held(part, document) is not None for part in expression.without):
        return None
    counting = [held for held in parts if held]
    return _Held(
        sum(held.score for held in counting),
        tuple(dict.fromkeys(place for held in counting for place in held.where)),
        any(held.by_meaning for held in counting),
    )


def _match(match: Match, document: GoodDocument) -> _Held | None:
    if match.form is Form.FACT:
        facts = set(document.tokens[FACTS])
        return next((_Held(match.weight, (token,)) for token in match.tokens if token in facts), None)
    found: list[tuple[float, str, str]] = []
    for zone in [match.zone] if match.zone else ZONES:
        held = set(document.tokens[f"{zone}_{match.form.value}"])
        weight = ranking.ZONE_WEIGHTS[zone] * match.weight
        for token in match.tokens:
            if token in held:
                found.append((weight, zone, token))
            elif match.prefix and any(other.startswith(token) for other in held):
                found.append((weight / 2, zone, token))
    if not found:
        return None
    best = max(found, key=lambda item: item[0])
    others = sum(weight for weight, _, _ in found) - best[0]
    by_meaning = match.form is Form.FOLDED and best[2][:1] == "1" and not best[2].isdigit()
    return _Held(best[0] + ranking.OTHER_ZONES_SHARE * others, (best[1],), by_meaning)
