"""To which product set a good most likely belongs by its name, where nobody has said it yet.

A list often tells no more than the sector. The set then follows from what the name names first, by the groups of the
lexicon and the lines of ``search/data/sets.toml``; never against the sector that the list states. Only the search uses
it: a person still confirms the set.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from search.forms import forms_of
from search.synonyms import Lexicon, find_concepts, lexicon
from search.text import Word, is_bare, words

_SETS: Final = Path(__file__).parent / "data" / "sets.toml"


@dataclass(frozen=True, slots=True)
class _Line:
    """A set, and what a name must say to be of it."""

    number: int
    groups: frozenset[str]
    forms: frozenset[str]
    unless: frozenset[str]

    def holds(self, groups: frozenset[str], forms: frozenset[str]) -> bool:
        return (
            not self.groups.isdisjoint(groups)
            and (not self.forms or not self.forms.isdisjoint(forms))
            and self.unless.isdisjoint(forms)
        )


@cache
def _lines() -> tuple[tuple[_Line, ...], frozenset[str]]:
    """Return the lines in order, and the groups that only tell a form where they stand before a thing."""
    data = tomllib.loads(_SETS.read_text(encoding="utf-8"))
    lines = tuple(
        _Line(
            line["number"],
            frozenset(line["groups"]),
            frozenset(line.get("forms", ())),
            frozenset(line.get("unless", ())),
        )
        for line in data["set"]
    )
    return lines, frozenset(data["before_the_thing"])


def likely_set(name: str, *, sector: str, sectors: Mapping[int, str]) -> int | None:
    """Return the number of the set that ``name`` speaks for; None where no word tells.

    ``sector``: code of the sector that is known, empty if none is; ``sectors``: the sector of each set.
    """
    allowed = frozenset(number for number, own in sectors.items() if not sector or own == sector)
    return _likely_set(name, allowed, lexicon())


@lru_cache(maxsize=16_384)
def _likely_set(name: str, allowed: frozenset[int], table: Lexicon) -> int | None:
    forms = frozenset(forms_of([name]))
    lines, before = _lines()
    for groups in _named_groups(words(name), table, before, lenient=is_bare(name)):
        for line in lines:
            if line.number in allowed and line.holds(groups, forms):
                return line.number
    return None


def _named_groups(
    sequence: Sequence[Word], table: Lexicon, before: frozenset[str], *, lenient: bool
) -> Iterator[frozenset[str]]:
    """Yield the groups of each thing that a name names, with what it is a kind of.

    The first thing comes first, of several phrases that begin there the longest (*bột rau má* before *bột*); those of
    ``before`` come last.
    """
    found = [
        concept
        for concept in find_concepts(sequence, lenient=lenient, table=table)
        if concept.key not in table.describing
    ]
    composed = table.made_by(table.with_broader(dict.fromkeys(concept.key for concept in found)))
    for concept in sorted(found, key=lambda concept: (concept.key in before, concept.start, -concept.end)):
        narrower = [key for key in composed if concept.key in table.broader.get(key, ())]
        yield frozenset(table.with_broader([concept.key, *narrower]))
