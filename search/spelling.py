"""Misspelling: which known word was meant, weighted by how Vietnamese is mistyped.

Known are the words of the shown goods, of the lexicon and of places. A slip costs the less the commoner it is: a tone
left out or mistaken, a sound that regions write alike (tr/ch, s/x, d/gi/r, n/l, final n/ng and c/t, i/y), a doubled
or swapped letter, a neighbouring key. Words that stand beside each other somewhere speak for each other.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

from search.syllables import HOOK, TILDE, TONES, is_folded_syllable, is_syllable, split_tone
from search.text import fold

#: Joins two neighbours of a name in the index's vocabulary.
NEIGHBOURS: Final = "_"

#: Sounds that regions or habit write alike, on words without marks: (pattern, common letters).
_CONFUSIONS: Final = tuple(
    (re.compile(pattern), common)
    for pattern, common in (
        (r"^ngh", "ng"),
        (r"^gh", "g"),
        (r"^(?:f|ph)", "ph"),
        (r"^(?:tr|ch)", "ch"),
        (r"^(?:sh|s|x)", "s"),
        (r"^(?:gi|d|r|v|j|z)(?=[aeiouy])", "d"),
        (r"^(?:l|n)(?=[aeiouy])", "l"),
        (r"^(?:k|q)(?!h)", "c"),
        (r"(?:ch|c|k|t|p)$", "t"),
        (r"(?:ng|nh|n|m)$", "n"),
        (r"y$", "i"),
        (r"w", "u"),
        (r"([a-z])\1", r"\1"),
    )
)
_KEYBOARD: Final = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_SHORTEST: Final = 2
_LONGEST: Final = 32

# What a slip costs; a whole wrong letter costs 1.
_TONE_LIKE: Final = 0.1  # hỏi for ngã
_TONE: Final = 0.35
_QUALITY: Final = 0.35
_SOUND: Final = 0.45
_I_FOR_Y: Final = 0.2
_NEIGHBOUR_KEY: Final = 0.7
_DOUBLED: Final = 0.5
_SWAPPED: Final = 0.7
_LETTER: Final = 1.0
#: The most that slips may cost, by the length of the word.
_LIMITS: Final = ((3, 0.8), (5, 1.1), (8, 1.6), (_LONGEST, 2.1))


def sound_key(folded: str) -> str:
    """Return ``folded`` with letters of confusable sounds made one."""
    for pattern, common in _CONFUSIONS:
        folded = pattern.sub(common, folded)
    return folded


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
    _folded_pairs: dict[tuple[str, str], int] = field(init=False, repr=False)
    _spellings: dict[str, list[str]] = field(init=False, repr=False)
    _folded: list[str] = field(init=False, repr=False)
    _total: dict[str, int] = field(init=False, repr=False)
    _sounds: dict[str, list[str]] = field(init=False, repr=False)
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
        total: dict[str, int] = {}
        sounds: dict[str, list[str]] = {}
        for text in sorted(words, key=lambda word: (-words[word], word)):
            spellings.setdefault(fold(text), []).append(text)
        for folded, texts in spellings.items():
            total[folded] = sum(words[text] for text in texts)
            sounds.setdefault(sound_key(folded), []).append(folded)
        set_field = object.__setattr__
        set_field(self, "_words", words)
        set_field(self, "_pairs", pairs)
        folded_pairs: dict[tuple[str, str], int] = {}
        for (first, second), count in pairs.items():
            key = (fold(first), fold(second))
            folded_pairs[key] = folded_pairs.get(key, 0) + count
        set_field(self, "_folded_pairs", folded_pairs)
        set_field(self, "_spellings", spellings)
        set_field(self, "_folded", list(spellings))
        set_field(self, "_total", total)
        set_field(self, "_sounds", sounds)
        set_field(self, "_hidden_folded", frozenset(fold(text) for text in self.hidden))

    def __bool__(self) -> bool:
        return bool(self.counts)

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

    def are_neighbours_in_goods(self, first: str, second: str) -> bool:
        """Whether they stand so in the name of some good, not only in the lexicon or a place's; with any marks."""
        return self._folded_pairs.get((fold(first), fold(second)), 0) > 0

    def are_neighbours_folded(self, first: str, second: str) -> bool:
        """Whether the two words stand side by side in some name, whatever their marks."""
        return (first, second) in self._folded_pairs

    def spellings(self, folded: str) -> list[str]:
        """Return the ways in which goods write ``folded``, the commonest first."""
        return self._spellings.get(folded, [])

    def display(self, folded: str) -> str:
        """Return the commonest way to write ``folded``."""
        return next(iter(self.spellings(folded)), folded)

    def nearest(self, folded: str, *, by_sound_only: bool = False) -> str | None:
        """Return the known word (without marks) that ``folded`` most likely means, or None."""
        found = [
            candidate
            for candidate in self.candidates(folded)
            if not by_sound_only or sound_key(fold(candidate.text)) == sound_key(folded)
        ]
        best = min(
            found,
            key=lambda candidate: (candidate.cost, -self._total[fold(candidate.text)], candidate.text),
            default=None,
        )
        return fold(best.text) if best else None

    def candidates(self, typed: str, limit: int = 12) -> list[Candidate]:
        """Return the known words that ``typed`` (with or without marks) may mean, the cheapest first."""
        folded = fold(typed)
        if not _SHORTEST <= len(folded) <= _LONGEST or not folded.isalpha():
            return []
        near: dict[str, None] = dict.fromkeys(self._sounds.get(sound_key(folded), ()))
        if len(folded) > 2:
            close = process.extract(
                folded, self._folded, scorer=OSA.distance,
                score_cutoff=2 if len(folded) > 4 else 1, limit=80,
            )  # fmt: skip
            near |= dict.fromkeys(known for known, _, _ in close)
        most = next(cost for length, cost in _LIMITS if len(folded) <= length)
        found = [
            Candidate(text, cost)
            for known in near
            if len(known) >= _SHORTEST
            for text in self._spellings[known]
            if (cost := slip_cost(typed, text)) <= most
        ]
        found.sort(key=lambda candidate: (candidate.cost, -self._words[candidate.text], candidate.text))
        return found[:limit]


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


# -- what a slip costs ------------------------------------------------------------------------------


@lru_cache(maxsize=65_536)
def slip_cost(typed: str, meant: str) -> float:
    """Return how unlikely it is that somebody types ``typed`` for ``meant``; 0 for the same letters without marks."""
    typed_folded, meant_folded = fold(typed), fold(meant)
    cost = _letters_cost(typed_folded, meant_folded)
    if typed == typed_folded:
        return cost
    return cost + _marks_cost(typed, meant)


def _letters_cost(typed: str, meant: str) -> float:
    if typed == meant:
        return 0.0
    plain = _edit_cost(typed, meant)
    if sound_key(typed) == sound_key(meant):
        return min(plain, _SOUND)
    return min(plain, _SOUND + _edit_cost(sound_key(typed), sound_key(meant)))


def _marks_cost(typed: str, meant: str) -> float:
    (typed_letters, typed_tone), (meant_letters, meant_tone) = split_tone(typed), split_tone(meant)
    cost = 0.0
    if typed_tone != meant_tone:
        cost += _TONE_LIKE if {typed_tone, meant_tone} == {HOOK, TILDE} else _TONE
    if _qualities(typed_letters) != _qualities(meant_letters):
        cost += _QUALITY
    return cost


def _qualities(letters: str) -> list[str]:
    return [letter for letter in letters if letter in "ăâđêôơư"]


def _edit_cost(typed: str, meant: str) -> float:
    """Return the cheapest way from ``typed`` to ``meant`` (Damerau-Levenshtein with unequal costs)."""
    rows, columns = len(typed) + 1, len(meant) + 1
    table = [[0.0] * columns for _ in range(rows)]
    for i in range(1, rows):
        table[i][0] = table[i - 1][0] + _extra_cost(typed, i - 1)
    for j in range(1, columns):
        table[0][j] = table[0][j - 1] + _extra_cost(meant, j - 1)
    for i in range(1, rows):
        for j in range(1, columns):
            cheapest = min(
                table[i - 1][j] + _extra_cost(typed, i - 1),
                table[i][j - 1] + _extra_cost(meant, j - 1),
                table[i - 1][j - 1] + _replaced_cost(typed[i - 1], meant[j - 1]),
            )
            if i > 1 and j > 1 and typed[i - 1] == meant[j - 2] and typed[i - 2] == meant[j - 1]:
                cheapest = min(cheapest, table[i - 2][j - 2] + _SWAPPED)
            table[i][j] = cheapest
    return table[-1][-1]


def _extra_cost(letters: str, position: int) -> float:
    """Return what one letter more costs: half where it repeats the one before."""
    return _DOUBLED if position and letters[position] == letters[position - 1] else _LETTER


def _replaced_cost(one: str, other: str) -> float:
    if one == other:
        return 0.0
    if {one, other} == {"i", "y"}:
        return _I_FOR_Y
    return _NEIGHBOUR_KEY if other in _neighbours(one) else _LETTER


@lru_cache(maxsize=64)
def _neighbours(letter: str) -> frozenset[str]:
    found: set[str] = set()
    for row, keys in enumerate(_KEYBOARD):
        column = keys.find(letter)
        if column < 0:
            continue
        for other_row in (row - 1, row, row + 1):
            if 0 <= other_row < len(_KEYBOARD):
                found.update(_KEYBOARD[other_row][max(0, column - 1) : column + 2])
    return frozenset(found - {letter})


def is_possible_word(typed: str) -> bool:
    """Whether ``typed`` can be a Vietnamese syllable as it stands."""
    letters, tone = split_tone(typed)
    return is_syllable(letters, tone) if typed != fold(typed) else is_folded_syllable(typed)


def without_tone(text: str) -> str:
    """Return ``text`` with its quality marks but without tones."""
    decomposed = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", "".join(letter for letter in decomposed if letter not in TONES))
