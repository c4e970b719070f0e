"""What a search asks of a document, in a form that any engine can run: tokens, and how they go together.

Every match counts a constant that `search/ranking.py` declares, whatever else the index holds. So the same good
gets the same score from every engine, on every day, and a score can be explained part by part.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

#: The zone of what the producer tells of itself. No match looks there that doesn't name it.
STORY: Final = "story"


class Form(StrEnum):
    """In which form of the indexed text a token is looked for.

    *exact*: words with their marks. *folded*: words without marks, and groups of synonyms. *joined*: neighbours
    written as one word. *fact*: what the good is, where it comes from, its codes (see `search/facts.py`).
    """

    EXACT = "exact"
    FOLDED = "folded"
    JOINED = "joined"
    FACT = "fact"


@dataclass(frozen=True, slots=True)
class Match:
    """One of ``tokens`` stands in the text, in that form; ``prefix``: or begins a word there.

    The weight of a word is multiplied by that of the zone in which it stands; a fact counts its weight alone.
    ``zone``: only there.
    """

    form: Form
    tokens: tuple[str, ...]
    weight: float = 1.0
    prefix: bool = False
    zone: str = ""


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one part holds; the best one counts."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every part holds, and none of ``without``."""

    parts: tuple[Expression, ...]
    without: tuple[Expression, ...] = ()


@dataclass(frozen=True, slots=True)
class Constant:
    """``part`` holds; it counts ``weight``, however well it holds."""

    part: Expression
    weight: float


Expression = Match | AnyOf | AllOf | Constant


def any_of(parts: list[Expression]) -> Expression:
    """Return the parts as alternatives; one alone stands for itself."""
    return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))


def all_of(parts: list[Expression]) -> Expression:
    """Return the parts as one demand; one alone stands for itself."""
    return parts[0] if len(parts) == 1 else AllOf(tuple(parts))


def bare_token(folded: str) -> str:
    """Return the token of a word in a text that was written without marks."""
    return f"0{folded}"


def concept_token(key: str) -> str:
    """Return the token of a group of synonyms."""
    return f"1{key}"
