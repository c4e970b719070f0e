"""One unit of a query: a run of words that together ask one thing."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from search.expressions import Expression
from search.intents import Intent


class UnitKind(IntEnum):
    """What a run of words is. Of equally long readings the smaller number is taken."""

    WITHOUT = 0
    TOLD_PLACE = 1  # its kind is said
    FORM = 2
    GOODS = 3
    KIND = 4
    PLACE = 5
    COMPOUND = 6
    WISH = 7
    FILLING = 8
    WORD = 9
    CODE = 10
    FILTER = 11


@dataclass(frozen=True, slots=True)
class Unit:
    """A run of words and what it asks.

    ``required``: goods without it don't have every word. ``binds``: nor are they shown after those that do. ``alone``:
    what goods of the same kind must satisfy, ``wider``: it finds more than ``expression``. ``lifts`` are preferred, ``without`` keeps out.
    ``is_kind``: it asks what goods are by sector or set, whatever they say.
    """

    kind: UnitKind
    expression: Expression | None = None
    required: bool = False
    binds: bool = False
    alone: Expression | None = None
    wider: bool = False
    intent: Intent | None = None
    lifts: tuple[Expression, ...] = ()
    without: tuple[Expression, ...] = ()
    concepts: frozenset[str] = frozenset()
    is_kind: bool = False

    def intents(self) -> tuple[Intent, ...]:
        """The unit's intent, if it has one that a person may undo."""
        return (self.intent,) if self.intent else ()
