"""Phrases that say something else than which good is meant: forms, kinds of goods, fillers, praise, negations.

The phrases are data: ``search/data/forms.toml``, ``kinds.toml``, ``wording.toml``.
"""

from __future__ import annotations

import itertools
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

from search.text import Word, words

_DATA: Final = Path(__file__).parent / "data"
Meaning = TypeVar("Meaning")


@dataclass(frozen=True, slots=True)
class Span(Generic[Meaning]):
    """Words ``start`` up to but not ``end`` of a text, and what they mean."""

    start: int
    end: int
    meaning: Meaning


class PhraseTable(Generic[Meaning]):
    """Phrases and what each means. Marks that were typed decide; marks left out are forgiven where asked."""

    def __init__(self, entries: Iterable[tuple[str, Meaning]]) -> None:
        #: By the first word, without marks: each phrase without marks, as it is spelt, and its meaning.
        self._by_first: dict[str, list[tuple[list[str], tuple[Word, ...], Meaning]]] = {}
        for phrase, meaning in entries:
            sequence = tuple(words(phrase))
            folded = [word.folded for word in sequence]
            self._by_first.setdefault(folded[0], []).append((folded, sequence, meaning))

    def find(self, sequence: Sequence[Word], *, lenient: bool) -> list[Span[Meaning]]:
        """Return every phrase that stands in ``sequence``, overlapping ones too, the longest first."""
        found = []
        folded = [word.folded for word in sequence]
        for start, first in enumerate(folded):
            for letters, phrase, meaning in self._by_first.get(first, ()):
                end = start + len(phrase)
                # Nearly every candidate is none without marks either.
                if folded[start:end] == letters and all(
                    expected.text == said.text or (lenient and not said.marked)
                    for expected, said in zip(phrase, sequence[start:end], strict=True)
                ):
                    found.append(Span(start, end, meaning))
        return sorted(found, key=lambda span: (span.start - span.end, span.start))

    def find_longest(self, sequence: Sequence[Word], *, lenient: bool) -> list[Span[Meaning]]:
        """Return the phrases that stand in ``sequence``; of those that overlap the longest, in order."""
        taken: set[int] = set()
        chosen = []
        for span in self.find(sequence, lenient=lenient):
            places = range(span.start, span.end)
            if taken.isdisjoint(places):
                taken.update(places)
                chosen.append(span)
        return sorted(chosen, key=lambda span: span.start)

    def words(self) -> set[str]:
        """Return the canonical words of all phrases."""
        return {word.text for phrase in self._sequences() for word in phrase}

    def pairs(self) -> set[tuple[str, str]]:
        """Return the neighbours in all phrases."""
        return {
            (first.text, second.text)
            for phrase in self._sequences()
            for first, second in itertools.pairwise(phrase)
        }

    def _sequences(self) -> Iterator[tuple[Word, ...]]:
        yield from (phrase for phrases in self._by_first.values() for _, phrase, _ in phrases)


@dataclass(frozen=True, slots=True)
class FormOfGoods:
    """A form that goods come in, with the forms that it implies and those that it rules out."""

    key: str
    implied: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KindOfGoods:
    """A kind of goods: sectors (codes), product sets (numbers) and groups of the lexicon, and what many count in as well."""

    name: str
    sectors: tuple[str, ...] = ()
    sets: tuple[int, ...] = ()
    groups: tuple[str, ...] = ()
    related: tuple[int, ...] = ()
    related_groups: tuple[str, ...] = ()
    weak: bool = False
    whole: bool = False


@dataclass(frozen=True)
class QueryWording:
    """What stands in queries beside the goods themselves."""

    filling: frozenset[str]
    filling_phrases: PhraseTable[None]
    describing: frozenset[str]
    describing_phrases: PhraseTable[None]
    negations: frozenset[str]
    having: frozenset[str]
    #: Words before a thing that say what of it is meant (*hoa*, *vị*).
    of: frozenset[str]
    removals: PhraseTable[None]
    #: For whom a gift is, and the words behind which that stands.
    recipients: PhraseTable[None]
    giving: frozenset[str]
    things: PhraseTable[None]
    not_negated: PhraseTable[None]
    compounds: PhraseTable[None]
    #: Words as people shorten them, and in full.
    short_forms: Mapping[str, str]


@cache
def forms_of_goods() -> PhraseTable[FormOfGoods | None]:
    """Return the phrases of forms; None stands for an exception."""
    entries: list[tuple[str, FormOfGoods | None]] = []
    for form in _read("forms.toml")["form"]:
        meaning = FormOfGoods(form["key"], tuple(form.get("implies", ())), tuple(form.get("excludes", ())))
        entries += [(phrase, meaning) for phrase in form["phrases"]]
        entries += [(phrase, None) for phrase in form.get("except", ())]
    return PhraseTable(entries)


@cache
def kinds_of_goods() -> PhraseTable[KindOfGoods]:
    """Return the names of kinds of goods."""
    entries = []
    for kind in _read("kinds.toml")["kind"]:
        meaning = KindOfGoods(
            name=kind["names"][0],
            sectors=tuple(kind.get("sectors", ())),
            sets=tuple(kind.get("sets", ())),
            groups=tuple(kind.get("groups", ())),
            related=tuple(kind.get("related", ())),
            related_groups=tuple(kind.get("related_groups", ())),
            weak=kind.get("weak", False),
            whole=kind.get("whole", False),
        )
        entries += [(name, meaning) for name in kind["names"]]
    return PhraseTable(entries)


@cache
def query_wording() -> QueryWording:
    """Return fillers, praise, negations and everyday compounds."""
    data = _read("wording.toml")

    def phrases(texts: Iterable[str]) -> PhraseTable[None]:
        return PhraseTable((text, None) for text in texts)

    return QueryWording(
        filling=frozenset(data["filling"]["words"]),
        filling_phrases=phrases(data["filling"]["phrases"]),
        describing=frozenset(data["describing"]["words"]),
        describing_phrases=phrases(data["describing"]["phrases"]),
        negations=frozenset(data["negations"]["words"]),
        having=frozenset(data["negations"]["having"]),
        of=frozenset(data["negations"]["of"]),
        removals=phrases(
            f"{verb} {part}"
            for verb, part in itertools.product(data["negations"]["removing"], data["negations"]["parts"])
        ),
        recipients=phrases(data["recipients"]["phrases"]),
        giving=frozenset(data["recipients"]["behind"]),
        things=phrases(data["negations"]["things"]),
        not_negated=phrases(data["negations"]["except"]),
        compounds=phrases(data["compounds"]["phrases"]),
        short_forms={short: full for full, shorts in data["short_forms"].items() for short in shorts},
    )


def forms_in(sequence: Sequence[Word], *, lenient: bool) -> list[Span[FormOfGoods]]:
    """Return the forms named in a text, of overlapping ones the longest; what an exception covers isn't one."""
    return [
        Span(span.start, span.end, span.meaning)
        for span in forms_of_goods().find_longest(sequence, lenient=lenient)
        if span.meaning is not None
    ]


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((_DATA / name).read_text(encoding="utf-8"))
