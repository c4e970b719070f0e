"""Synonyms: phrases that name the same thing, from ``search/data/synonyms.toml``.

A phrase found in a good's text or in a query becomes the token of its group (its *concept*), so that
phrases of any length find each other both ways and no rule feeds another.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from search.text import Word, words

_DATA: Final = Path(__file__).parent / "data" / "synonyms.toml"


@dataclass(frozen=True, slots=True)
class Concept:
    """A group found in a text: words ``start`` up to but not ``end`` name it."""

    key: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase that names its group, or (``excepted``) in which the group's words mean something else."""

    words: tuple[Word, ...]
    key: str
    excepted: bool


@dataclass(frozen=True)
class Lexicon:
    """The data file, arranged for looking up by first word."""

    phrases: dict[str, list[Phrase]]
    joined: dict[str, str]
    #: The words of all phrases, without marks and as they are spelt.
    known: frozenset[str]
    spelt: frozenset[str]
    ignored: frozenset[str]
    ignored_phrases: tuple[tuple[Word, ...], ...]
    negations: frozenset[str]


@cache
def lexicon() -> Lexicon:
    """Read the data file once a process."""
    data = tomllib.loads(_DATA.read_text(encoding="utf-8"))
    phrases: dict[str, list[Phrase]] = {}
    joined: dict[str, str] = {}
    known: set[str] = set()
    spelt: set[str] = set()
    for group in data["group"]:
        entries = [(phrase, False) for phrase in group["phrases"]]
        entries += [(phrase, True) for phrase in group.get("except", [])]
        for text, excepted in entries:
            phrase = Phrase(tuple(words(text)), group["key"], excepted)
            phrases.setdefault(phrase.words[0].folded, []).append(phrase)
            if not excepted:
                joined.setdefault("".join(item.folded for item in phrase.words), phrase.key)
                known.update(item.folded for item in phrase.words)
                spelt.update(item.text for item in phrase.words)
    return Lexicon(
        phrases=phrases,
        joined=joined,
        known=frozenset(known),
        spelt=frozenset(spelt),
        ignored=frozenset(data["ignored"]["words"]),
        ignored_phrases=tuple(
            sorted((tuple(words(phrase)) for phrase in data["ignored"]["phrases"]), key=len, reverse=True)
        ),
        negations=frozenset(data["negations"]["words"]),
    )


def _names(phrase: Word, found: Word, *, lenient: bool) -> bool:
    """Whether ``found`` may stand for a phrase's word; lenient: marks left out are forgiven."""
    return phrase.text == found.text or (lenient and not found.marked and phrase.folded == found.folded)


def find_concepts(sequence: Sequence[Word], *, lenient: bool) -> list[Concept]:
    """Return the groups named in ``sequence``.

    ``lenient``: the text may lack marks (a query, or a text written without any), so ``mam xoi``
    names *mâm xôi*. Marks that are there decide. A place inside a group's exception doesn't name it.
    """
    table = lexicon()
    concepts: list[Concept] = []
    excepted: set[tuple[str, int]] = set()
    for start, first in enumerate(sequence):
        for phrase in table.phrases.get(first.folded, ()):
            end = start + len(phrase.words)
            if end > len(sequence) or not all(
                _names(expected, found, lenient=lenient)
                for expected, found in zip(phrase.words, sequence[start:end], strict=True)
            ):
                continue
            if phrase.excepted:
                excepted.update((phrase.key, position) for position in range(start, end))
            else:
                concepts.append(Concept(phrase.key, start, end))
    return [
        concept
        for concept in concepts
        if not excepted.issuperset((concept.key, at) for at in range(concept.start, concept.end))
    ]


def positions_to_ignore(sequence: Sequence[Word]) -> set[int]:
    """Return where a query says nothing about goods.

    A query of such phrases alone ("đặc sản") asks for everything; single words alone may be a name.
    """
    table = lexicon()
    ignored: set[int] = set()
    for start in range(len(sequence)):
        for phrase in table.ignored_phrases:
            found = sequence[start : start + len(phrase)]
            if len(found) == len(phrase) and all(
                _names(expected, item, lenient=True) for expected, item in zip(phrase, found, strict=True)
            ):
                ignored.update(range(start, start + len(phrase)))
    single = {position for position, item in enumerate(sequence) if item.text in table.ignored}
    return (
        ignored | single
        if len(ignored) == len(sequence) or len(ignored | single) < len(sequence)
        else ignored
    )
