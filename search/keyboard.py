"""Words typed with the Vietnamese keyboard switched off: undecoded Telex and VNI.

``caf phee`` is *cà phê* in Telex, ``tra2 o6 long`` is *trà ô long* in VNI. The keys may come in any order that the
keyboards of this country take: the tone right after its vowel or at the end of the word (``toans``, ``tosan``), the
mark of a vowel at once or later (``ddieenj``, ``ddienej``), ``dd`` at the beginning or its second ``d`` at the end,
``w`` for horn, breve and ``ư`` alone, ``uow`` for *ươ*, ``ooo`` for *oo*.

Each key is read as a letter or as a mark, and every reading is followed; what remains must be a syllable. Whether a
decoding is taken is for the interpretation to decide, since some English words (``box``, ``mix``) decode too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from search.syllables import ACUTE, DOT, GRAVE, HOOK, TILDE, is_syllable, place_tone, split_tone

_TELEX_TONES: Final = {"f": GRAVE, "s": ACUTE, "r": HOOK, "x": TILDE, "j": DOT}
_VNI_TONES: Final = {"2": GRAVE, "1": ACUTE, "3": HOOK, "4": TILDE, "5": DOT}
_CIRCUMFLEX: Final = {"a": "â", "e": "ê", "o": "ô"}
_HORN: Final = {"u": "ư", "o": "ơ"}
_BREVE: Final = {"a": "ă"}
_VOWELS: Final = frozenset("aeiouyăâêôơư")
#: The longest syllable has 7 letters (nghiêng), 3 marks and a tone.
_LONGEST: Final = 12
_MOST_READINGS: Final = 64


@dataclass(frozen=True, slots=True)
class _Reading:
    """What the keys so far may mean: letters, the tone, and how many keys were read as marks."""

    letters: str = ""
    tone: str = ""
    marks: int = 0

    def letter(self, key: str) -> _Reading:
        return replace(self, letters=self.letters + key)

    def marked(self, position: int, letter: str) -> _Reading:
        letters = self.letters[:position] + letter + self.letters[position + 1 :]
        return replace(self, letters=letters, marks=self.marks + 1)

    def with_tone(self, tone: str) -> Iterator[_Reading]:
        if not self.tone and any(letter in _VOWELS for letter in self.letters):
            yield replace(self, tone=tone, marks=self.marks + 1)


def decode(token: str) -> str | None:
    """Return the syllable that ``token`` (lower case) spells in Telex or VNI, or None."""
    return decode_telex(token) or decode_vni(token)


@lru_cache(maxsize=16_384)
def decode_telex(token: str) -> str | None:
    """Return the syllable that ``token`` spells in Telex; None if it uses none of its keys."""
    return _decode(token, _telex_key) if token.isalpha() else None


@lru_cache(maxsize=16_384)
def decode_vni(token: str) -> str | None:
    """Return the syllable that ``token`` spells in VNI; None if it carries none of its digits."""
    return (
        _decode(token, _vni_key) if token.isalnum() and token[:1].isalpha() and not token.isalpha() else None
    )


def _decode(token: str, read_key: Callable[[_Reading, str], Iterator[_Reading]]) -> str | None:
    if not 2 <= len(token) <= _LONGEST:
        return None
    keys, tone = split_tone(token)  # half decoded where the keyboard was switched in mid-word: ``đow``
    readings = [_Reading(tone=tone)]
    for key in keys:
        found = (after for reading in readings for after in read_key(reading, key))
        readings = sorted(dict.fromkeys(found), key=lambda reading: -reading.marks)[:_MOST_READINGS]
    for reading in readings:  # whoever types a mark's key means the mark: most marks first
        if reading.marks and is_syllable(reading.letters, reading.tone):
            return place_tone(reading.letters, reading.tone)
    return None


def _telex_key(reading: _Reading, key: str) -> Iterator[_Reading]:
    if key in _TELEX_TONES:
        yield from reading.with_tone(_TELEX_TONES[key])
    if key == "w":
        yield from _horned_or_breved(reading)
        if reading.letters[-1:] not in _VOWELS:
            yield replace(reading, letters=reading.letters + "ư", marks=reading.marks + 1)
        return
    if key == "d" and reading.letters[:1] == "d":
        yield reading.marked(0, "đ")
    if key in _CIRCUMFLEX:
        yield from _circumflexed(reading, key)
        if reading.letters.endswith(_CIRCUMFLEX[key]):  # a third time takes the mark back: ``ooo`` is oo
            yield replace(reading, letters=f"{reading.letters[:-1]}{key}{key}")
    yield reading.letter(key)


def _vni_key(reading: _Reading, key: str) -> Iterator[_Reading]:
    if key in _VNI_TONES:
        yield from reading.with_tone(_VNI_TONES[key])
    elif key == "6":
        for vowel in _CIRCUMFLEX:
            yield from _circumflexed(reading, vowel)
    elif key in "78":
        yield from _horned_or_breved(reading, marks=_HORN if key == "7" else _BREVE)
        if key == "7" and "ươ" in reading.letters:
            yield reading  # the key is often pressed for each of the two
    elif key == "9":
        if reading.letters[:1] == "d":
            yield reading.marked(0, "đ")
    elif not key.isdigit():
        yield reading.letter(key)


def _circumflexed(reading: _Reading, vowel: str) -> Iterator[_Reading]:
    position = reading.letters.rfind(vowel)
    if position >= 0:
        yield reading.marked(position, _CIRCUMFLEX[vowel])


def _horned_or_breved(reading: _Reading, marks: dict[str, str] | None = None) -> Iterator[_Reading]:
    """Yield the ways in which one key marks a vowel, or both of *uo*."""
    table = marks or _HORN | _BREVE
    pair = reading.letters.rfind("uo")
    if pair >= 0 and "o" in table:
        both = reading.letters[:pair] + "ươ" + reading.letters[pair + 2 :]
        yield replace(reading, letters=both, marks=reading.marks + 1)
    for position, letter in enumerate(reading.letters):
        if letter in table:
            yield reading.marked(position, table[letter])
