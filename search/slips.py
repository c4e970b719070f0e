"""What a slip of the fingers or of spelling costs: the less, the commoner it is among people who type Vietnamese.

A tone left out or mistaken, a mark left off a vowel, a sound that regions write alike (tr/ch, s/x, d/gi/r, n/l, final
n/ng and c/t, i/y), a doubled, left out, swapped or neighbouring letter. A whole wrong letter costs 1.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from search.syllables import HOOK, TILDE, split_tone
from search.text import fold

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

_TONE_LIKE: Final = 0.1  # hỏi for ngã
_TONE: Final = 0.35
_QUALITY: Final = 0.3  # each vowel (or đ) without its mark, or with another
SOUND: Final = 0.45
_I_FOR_Y: Final = 0.2
_NEIGHBOUR_KEY: Final = 0.7
_DOUBLED: Final = 0.5
_SWAPPED: Final = 0.7
_LEFT_OUT: Final = 0.9
_TOUCHED: Final = 0.8  # a key too many, beside one that was meant
_LETTER: Final = 1.0


@lru_cache(maxsize=65_536)
def sound_key(folded: str) -> str:
    """Return ``folded`` with letters of confusable sounds made one."""
    for pattern, common in _CONFUSIONS:
        folded = pattern.sub(common, folded)
    return folded


@lru_cache(maxsize=65_536)
def slip_cost(typed: str, meant: str) -> float:
    """Return how unlikely it is that somebody types ``typed`` for ``meant``.

    Nothing where the letters are the same and ``typed`` has no marks.
    """
    typed_folded, meant_folded = fold(typed), fold(meant)
    by_sound = _sound_cost(typed_folded, meant_folded)
    if typed == typed_folded:
        return min(_edit_cost(typed, meant_folded), by_sound)
    (typed_letters, typed_tone), (meant_letters, meant_tone) = split_tone(typed), split_tone(meant)
    by_sound += _quality_cost(typed_letters, meant_letters)
    return min(_edit_cost(typed_letters, meant_letters), by_sound) + _tone_cost(typed_tone, meant_tone)


def _sound_cost(typed: str, meant: str) -> float:
    """Return the cost where one was written as the other sounds."""
    if typed == meant:
        return 0.0
    typed_sound, meant_sound = sound_key(typed), sound_key(meant)
    return SOUND + (0.0 if typed_sound == meant_sound else _edit_cost(typed_sound, meant_sound))


def _tone_cost(typed: str, meant: str) -> float:
    if typed == meant:
        return 0.0
    return _TONE_LIKE if {typed, meant} == {HOOK, TILDE} else _TONE


def _quality_cost(typed: str, meant: str) -> float:
    return 0.0 if _qualities(typed) == _qualities(meant) else _QUALITY


def _qualities(letters: str) -> list[str]:
    return [letter for letter in letters if letter in "ăâđêôơư"]


def _edit_cost(typed: str, meant: str) -> float:
    """Return the cheapest way from ``typed`` to ``meant`` (Damerau-Levenshtein with unequal costs)."""
    rows, columns = len(typed) + 1, len(meant) + 1
    table = [[0.0] * columns for _ in range(rows)]
    for i in range(1, rows):
        table[i][0] = table[i - 1][0] + _extra_cost(typed, i - 1)
    for j in range(1, columns):
        table[0][j] = table[0][j - 1] + _missing_cost(meant, j - 1)
    for i in range(1, rows):
        for j in range(1, columns):
            cheapest = min(
                table[i - 1][j] + _extra_cost(typed, i - 1),
                table[i][j - 1] + _missing_cost(meant, j - 1),
                table[i - 1][j - 1] + _replaced_cost(typed[i - 1], meant[j - 1]),
            )
            if i > 1 and j > 1 and typed[i - 1] == meant[j - 2] and typed[i - 2] == meant[j - 1]:
                cheapest = min(cheapest, table[i - 2][j - 2] + _SWAPPED)
            table[i][j] = cheapest
    return table[-1][-1]


def _extra_cost(letters: str, position: int) -> float:
    """Return what one letter too many costs: half where it repeats the one before."""
    before, after = letters[position - 1 : position], letters[position + 1 : position + 2]
    letter = letters[position]
    if letter == before:
        return _DOUBLED
    touched = _neighbours(letter)
    return _TOUCHED if before in touched or after in touched else _LETTER


def _missing_cost(letters: str, position: int) -> float:
    """Return what a letter left out costs: half where it repeats the one before."""
    return _DOUBLED if position and letters[position] == letters[position - 1] else _LEFT_OUT


@lru_cache(maxsize=4_096)
def _replaced_cost(one: str, other: str) -> float:
    if one == other:
        return 0.0
    if fold(one) == fold(other):
        return _QUALITY
    if {one, other} == {"i", "y"}:
        return _I_FOR_Y
    return _NEIGHBOUR_KEY if fold(other) in _neighbours(fold(one)) else _LETTER


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
