"""Tells what a piece of a search's expression asks, for people: the words themselves, a place, a kind, the whole name …

An expression is made for engines. Which of its kinds it is, is told by its tokens (`search/facts.py`), which words asked it by those in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from itertools import pairwise
from typing import Final

from search import ranking
from search.expressions import AllOf, AnyOf, Constant, Expression, Form, Match
from search.intents import IntentKind
from search.interpretation import Interpretation
from search.text import Word


class Asked(StrEnum):
    """What is asked of a good."""

    WORDS = "words"
    PLACE = "place"
    KIND = "kind"
    FORM = "form"
    NO_OTHER_FORM = "no other form"
    WEIGHT = "weight"
    WITHOUT = "without"
    CODE = "code"
    PROPOSED = "proposed"
    # What only lifts
    SAME_KIND = "same kind"
    EVERY_WORD = "every word"
    AS_TYPED = "as typed"
    READING = "reading"
    FIRST = "first"
    SIDE_BY_SIDE = "side by side"
    WHOLE_PHRASE = "whole phrase"
    WHOLE_NAME = "whole name"
    # The push
    SOLD = "sold"
    STARS = "stars"
    SALES = "sales"
    RATING = "rating"


_BY_FACT: Final = (
    (("p:", "q:", "d:", "d!", "c:", "u:", "u!"), Asked.PLACE),
    (("n:",), Asked.CODE),
    (("o:",), Asked.PROPOSED),
    (("h:",), Asked.FIRST),
    (("=",), Asked.WHOLE_NAME),
)
#: These stand beside goods named by the lexicon too, which are words then.
_BY_FACT_ALONE: Final = (
    (("s:", "s?", "k:", "k?"), Asked.KIND),
    (("f:",), Asked.FORM),
    (("g:",), Asked.WEIGHT),
    (("-",), Asked.WITHOUT),
)
#: The intent whose words name such a thing.
_INTENTS: Final = {
    Asked.PLACE: IntentKind.PLACE,
    Asked.CODE: IntentKind.CODE,
    Asked.PROPOSED: IntentKind.PROPOSED,
    Asked.WEIGHT: IntentKind.WEIGHT,
    Asked.WITHOUT: IntentKind.WITHOUT,
}


def tell_asked(
    expression: Expression, interpretation: Interpretation, *, required: bool
) -> tuple[Asked, str]:
    """Return what ``expression`` asks, and in which words of the search; without words where all of them ask it."""
    asked = _kind(expression, required=required)
    if asked is Asked.READING and isinstance(expression, Match):
        return asked, expression.tokens[0]
    said = " ".join(item.text for item in _words_in(expression, interpretation.words))
    intents = [intent.said for intent in interpretation.intents if intent.kind is _INTENTS.get(asked)]
    if intents and (not said or len(intents) == 1):
        said = ", ".join(intents)
    return asked, said


def _kind(expression: Expression, *, required: bool) -> Asked:
    if isinstance(expression, Constant):
        if expression.weight == ranking.EVERY_WORD:
            return Asked.EVERY_WORD
        if isinstance(expression.part, AllOf) and not expression.part.parts:
            return Asked.NO_OTHER_FORM
    leaves = list(_matches(expression))
    facts = [token for leaf in leaves if leaf.form is Form.FACT for token in leaf.tokens]
    by_fact = _by_fact(facts, _BY_FACT)
    if by_fact is not None:
        return by_fact
    names_goods = any(_is_meaning(token) for leaf in leaves for token in _folded(leaf))
    if not names_goods:
        alone = _by_fact(facts, _BY_FACT_ALONE)
        if alone is not None:
            return alone
    # A good of the same kind is lifted by the words that it has: they count as such, not as a form of their own.
    if required or names_goods:
        return Asked.WORDS
    return _lift(expression, leaves)


def _lift(expression: Expression, leaves: Sequence[Match]) -> Asked:
    if leaves and all(leaf.form is Form.JOINED for leaf in leaves):
        is_whole = isinstance(expression, AnyOf) and isinstance(expression.parts[0], Constant)
        return Asked.WHOLE_PHRASE if is_whole else Asked.SIDE_BY_SIDE
    if isinstance(expression, Match) and expression.form is Form.EXACT and len(expression.tokens) == 1:
        return Asked.READING
    return Asked.AS_TYPED


def _by_fact(facts: Sequence[str], table: Sequence[tuple[tuple[str, ...], Asked]]) -> Asked | None:
    return next((asked for marks, asked in table if any(fact.startswith(marks) for fact in facts)), None)


def _words_in(expression: Expression, words: Sequence[Word]) -> list[Word]:
    """Return the words of the search that the expression looks for, in their order."""
    leaves = list(_matches(expression))
    exact = {token for leaf in leaves if leaf.form is Form.EXACT for token in leaf.tokens}
    folded = {token for leaf in leaves for token in _folded(leaf)}
    joined = {token for leaf in leaves if leaf.form is Form.JOINED for token in leaf.tokens}
    found = {at for at, item in enumerate(words) if item.text in exact or item.folded in folded}
    for at, (first, second) in enumerate(pairwise(words)):
        if first.folded + second.folded in joined:
            found |= {at, at + 1}
    return [words[at] for at in sorted(found)]


def _folded(leaf: Match) -> tuple[str, ...]:
    return leaf.tokens if leaf.form is Form.FOLDED else ()


def _is_meaning(token: str) -> bool:
    return token[:1] == "1" and not token.isdigit()


def _matches(expression: Expression) -> Iterator[Match]:
    if isinstance(expression, Match):
        yield expression
    elif isinstance(expression, Constant):
        yield from _matches(expression.part)
    else:
        for part in expression.parts:
            yield from _matches(part)


def describe(expression: Expression) -> str:
    """Write an expression by its tokens: ``trà | 1tea`` means any of them, ``&`` all of them."""
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
