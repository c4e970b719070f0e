"""Misspelling: which words are known, which stand side by side, and which of them a mistyped one may have been.

Known are the words of the shown goods, of the lexicon and of places. What a slip costs is `search/slips.py`'s; words
that stand beside each other somewhere speak for each other.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

from search.slips import SOUND, slip_cost, sound_key
from search.text import fold

#: Joins two neighbours of a name in the index's vocabulary.
NEIGHBOURS: Final = "_"

_SHORTEST: Final = 2
_LONGEST: Final = 32

#: The most that slips may cost, by the length of the word as typed.
_LIMITS: Final = ((3, 0.8), (5, 1.1), (8, 1.6), (_LONGEST, 2.1))
#: How much more they may cost in a word that a neighbour speaks for.
_BESIDE_A_NEIGHBOUR: Final = 0.4


@dataclass(frozen=True, slots=True)
class Candidate:
    """A known word (canonical spelling) that may have been meant, and what the slips cost."""

    text: str
    cost: float


@dataclass(frozen=True)
class Vocabulary:
    """The words that stand in the shown goods' names, places, producers and kinds, and which are neighbours in names.

    ``counts``: canonical word to number of documents; two words with ``_`` between them stand side by side in a name.
    ``hidden``: words that are known but never offered (those of goods that may not be shown to everyone).
    """

    counts: Mapping[str, int]
    hidden: frozenset[str] = frozenset()
    _words: dict[str, int] = field(init=False, repr=False)
    _pairs: dict[tuple[str, str], int] = field(init=False, repr=False)
    _spellings: dict[str, list[str]] = field(init=False, repr=False)
    _folded: list[str] = field(init=False, repr=False)
    _hidden_folded: frozenset[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        words: dict[str, int] = {}
        pairs: dict[tuple[str, str], int] = {}
        for text, count in self.counts.items():
            first, between, second = text.partition(NEIGHBOURS)
            if between:
                pairs[first, second] = count
            else:
                words[text] = count
        spellings: dict[str, list[str]] = {}
        for text in sorted(words, key=lambda word: (-words[word], word)):
            spellings.setdefault(fold(text), []).append(text)
        set_field = object.__setattr__
        set_field(self, "_words", words)
        set_field(self, "_pairs", pairs)
        set_field(self, "_spellings", spellings)
        set_field(self, "_folded", list(spellings))
        set_field(self, "_hidden_folded", frozenset(fold(text) for text in self.hidden))

    def __bool__(self) -> bool:
        return bool(self.counts)

    # What only a misspelling asks for is made when the first one comes.

    @cached_property
    def _sounds(self) -> dict[str, list[str]]:
        sounds: dict[str, list[str]] = {}
        for folded in self._spellings:
            sounds.setdefault(sound_key(folded), []).append(folded)
        return sounds

    @cached_property
    def _loose_pairs(self) -> dict[tuple[str, str], int]:
        """Every pair with one of the two without its marks, and with both."""
        loose: dict[tuple[str, str], int] = {}
        for (first, second), count in self._pairs.items():
            for key in {(fold(first), second), (first, fold(second)), (fold(first), fold(second))}:
                loose[key] = max(loose.get(key, 0), count)
        return loose

    @cached_property
    def _following(self) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
        """For each word without marks those that stand behind it somewhere, and those that stand before it."""
        behind: dict[str, set[str]] = {}
        before: dict[str, set[str]] = {}
        for first, second in self._pairs:
            behind.setdefault(fold(first), set()).add(fold(second))
            before.setdefault(fold(second), set()).add(fold(first))
        return behind, before

    def knows(self, text: str) -> bool:
        """Whether a good has the word with exactly these marks."""
        return text in self._words or text in self.hidden

    def knows_folded(self, folded: str) -> bool:
        """Whether a good has the word with any marks."""
        return folded in self._spellings or folded in self._hidden_folded

    def knows_bare(self, folded: str) -> bool:
        """Whether a good has the word without any mark."""
        return folded in self._words

    def count(self, text: str) -> int:
        """Return how many documents have the word with these marks."""
        return self._words.get(text, 0)

    def are_neighbours(self, first: str, second: str) -> bool:
        """Whether the two words, with these marks, stand side by side in some name."""
        return (first, second) in self._pairs

    def are_neighbours_folded(self, first: str, second: str) -> bool:
        """Whether the two words stand side by side in some name, whatever their marks."""
        return (first, second) in self._loose_pairs

    def names_with(self, first: str, second: str) -> tuple[int | None, bool]:
        """Return in how many names the two words stand side by side, and whether with these very marks.

        A word without marks may stand for one with any. 0: only the lexicon or a place has them so; None: nobody.
        """
        exact, loose = self._pairs.get((first, second)), self._loose_pairs.get((first, second))
        if exact or (exact is not None and not loose):
            return exact, True
        return loose, False

    def beside(self, before: str | None, behind: str | None) -> set[str]:
        """Return the words without marks that stand somewhere behind ``before`` or before ``behind`` (without marks)."""
        followers, leaders = self._following
        found: set[str] = set()
        if before is not None:
            found |= followers.get(before, set())
        if behind is not None:
            found |= leaders.get(behind, set())
        return found

    def spellings(self, folded: str) -> list[str]:
        """Return the ways in which goods write ``folded``, the commonest first."""
        return self._spellings.get(folded, [])

    def display(self, folded: str) -> str:
        """Return the commonest way to write ``folded``."""
        return next(iter(self.spellings(folded)), folded)

    def candidates(self, typed: str, *, neighbours: Collection[str] = (), limit: int = 12) -> list[Candidate]:
        """Return the known words that ``typed`` (with or without marks) may mean, the cheapest first.

        ``neighbours``: words without marks that the words beside it speak for; of these more slips are believed, and
        they are returned beyond ``limit``.
        """
        folded = fold(typed)
        if not _SHORTEST <= len(folded) <= _LONGEST or not folded.isalpha():
            return []
        most = next(cost for length, cost in _LIMITS if len(folded) <= length)
        near = dict.fromkeys(self._sounds.get(sound_key(folded), ()))
        if len(folded) > 2:
            near |= dict.fromkeys(_close(folded, self._folded, 2 if len(folded) > 4 else 1))
        found = self._spelt(typed, near, most)
        found.sort(key=lambda candidate: (candidate.cost, -self._words[candidate.text], candidate.text))
        kept = dict.fromkeys(found[:limit])
        if neighbours:
            beside = _close(folded, neighbours, 2 if len(folded) > 3 else 1)
            kept |= dict.fromkeys(self._spelt(typed, beside, most + _BESIDE_A_NEIGHBOUR))
        return list(kept)

    def sounding_like(self, typed: str) -> list[str]:
        """Return the known words with the marks of ``typed`` that much of the country says alike."""
        folded = fold(typed)
        alike = (known for known in self._sounds.get(sound_key(folded), ()) if known != folded)
        return [found.text for found in self._spelt(typed, alike, SOUND)]

    def _spelt(self, typed: str, near: Iterable[str], most: float) -> list[Candidate]:
        return [
            Candidate(text, cost)
            for known in near
            if len(known) >= _SHORTEST
            for text in self._spellings.get(known, ())
            if (cost := slip_cost(typed, text)) <= most
        ]


def _close(folded: str, known: Collection[str], distance: int) -> list[str]:
    """Return which of ``known`` are at most ``distance`` slips away, the nearest first, eighty at most."""
    found = process.extract(folded, known, scorer=OSA.distance, score_cutoff=distance, limit=80)
    return [text for text, *_ in found]


def joined_vocabulary(
    vocabulary: Vocabulary, more_words: Iterable[str], more_pairs: Iterable[tuple[str, str]]
) -> Vocabulary:
    """Return ``vocabulary`` with further words and neighbours, which count as rare."""
    counts = dict(vocabulary.counts)
    for text in more_words:
        counts.setdefault(text, 0)
    for first, second in more_pairs:
        counts.setdefault(f"{first}{NEIGHBOURS}{second}", 0)
    return Vocabulary(counts, vocabulary.hidden)
