"""The shape of a Vietnamese syllable: onset, rime, tone.

Knows which letter sequences can be a syllable, where the tone mark stands, and how a run of
letters without spaces (``dongtrunghathao``) falls into syllables.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Final

#: Combining characters of the five marked tones, in the order huyền, sắc, hỏi, ngã, nặng.
GRAVE, ACUTE, HOOK, TILDE, DOT = "\u0300", "\u0301", "\u0309", "\u0303", "\u0323"
TONES: Final = frozenset({GRAVE, ACUTE, HOOK, TILDE, DOT})

_QUALITY_VOWELS: Final = frozenset("ăâêôơư")
_VOWELS: Final = frozenset("aeiouy") | _QUALITY_VOWELS
_STOP_FINALS: Final = ("c", "ch", "p", "t", "k")

#: Longest first, so that a prefix match finds ``ngh`` before ``ng`` before ``n``.
ONSETS: Final = tuple(
    "ngh ch gh gi kh ng nh ph qu th tr b c d đ g h k l m n p r s t v x".split()  # noqa: SIM905
)

#: Every rime of the standard language without tones, and ``-k`` as highland names have it.
RIMES: Final = frozenset(
    """
    a ac ach ai ak am an ang anh ao ap at au ay ăc ăk ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây
    e ec em en eng eo ep et ê êch êm ên ênh êp êt êu
    i ia ich im in inh ip it iu iêc iêm iên iêng iêp iêt iêu
    o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oc oe oem oen oeo oet
    oi ok om on ong ooc oong op ot ô ôc ôi ôk ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt
    u ua uân uâng uât uây uc uê uêch uênh ui uk um un ung uơ uô uôc uôi uôm uôn uông uôt up ut
    uy uya uych uyên uyêt uynh uyp uyt uyu
    ư ưa ưc ưi ưm ưn ưng ưt ưu ươc ươi ươm ươn ương ươp ươt ươu
    y ych yêm yên yêng yêt yêu yn ynh yt
    """.split()  # noqa: SIM905
)


def _without_quality(letters: str) -> str:
    decomposed = unicodedata.normalize("NFD", letters.replace("đ", "d"))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


_FOLDED_ONSETS: Final = tuple(dict.fromkeys(_without_quality(onset) for onset in ONSETS))
_FOLDED_RIMES: Final = frozenset(_without_quality(rime) for rime in RIMES)


def split_tone(token: str) -> tuple[str, str]:
    """Return (letters without tone, combining tone mark or an empty string).

    A token with more than one tone is no single syllable and is returned as it is.
    """
    decomposed = unicodedata.normalize("NFD", token)
    tones = [letter for letter in decomposed if letter in TONES]
    if len(tones) != 1:
        return token, ""
    letters = "".join(letter for letter in decomposed if letter not in TONES)
    return unicodedata.normalize("NFC", letters), tones[0]


def split_onset(letters: str) -> tuple[str, str]:
    """Split a syllable without tone into onset and rime; either may be empty."""
    for onset in ONSETS:
        if letters.startswith(onset) and len(letters) > len(onset):
            if onset == "gi" and letters[2] not in _VOWELS:
                continue  # ``gì``, ``gìn``: the i belongs to the rime
            return onset, letters[len(onset) :]
    return "", letters


def place_tone(letters: str, tone: str) -> str:
    """Put ``tone`` on the one vowel of ``letters`` where this house writes it.

    A syllable whose final consonant is a stop can only have sắc or nặng. Where such a syllable has
    ``ă â ơ ư`` but no tone (``Đăk Lăk``) the sắc was left out and is put back.
    """
    if not tone:
        if letters.endswith(_STOP_FINALS) and any(letter in "ăâơư" for letter in letters):
            tone = ACUTE
        else:
            return letters
    onset, rime = split_onset(letters)
    position = _tone_position(rime)
    if position is None:
        return unicodedata.normalize("NFC", letters + tone)
    marked = f"{onset}{rime[: position + 1]}{tone}{rime[position + 1 :]}"
    return unicodedata.normalize("NFC", marked)


def _tone_position(rime: str) -> int | None:
    """Return the index in ``rime`` of the vowel that carries the tone."""
    vowels = [index for index, letter in enumerate(rime) if letter in _VOWELS]
    if not vowels:
        return None
    quality = [index for index in vowels if rime[index] in _QUALITY_VOWELS]
    if quality:
        return quality[-1]
    ends_in_consonant = rime[-1] not in _VOWELS
    if ends_in_consonant or rime in {"oa", "oe", "uy"}:
        return vowels[-1]
    return vowels[1] if len(vowels) == 3 else vowels[0]


def swap_tones(token: str) -> str:
    """Return ``token`` with hỏi for ngã and ngã for hỏi: much of the country says them alike."""
    decomposed = unicodedata.normalize("NFD", token)
    return unicodedata.normalize("NFC", decomposed.translate({ord(HOOK): TILDE, ord(TILDE): HOOK}))


def is_syllable(letters: str, tone: str = "") -> bool:
    """Whether ``letters`` (quality marks kept, tone apart) can be a Vietnamese syllable."""
    onset, rime = split_onset(letters)
    if onset == "gi" and f"i{rime}" in RIMES:
        rime = f"i{rime}"  # ``giếng``, ``giếc``: the i is written once
    if rime not in RIMES:
        return False
    if tone and rime.endswith(_STOP_FINALS) and tone not in {ACUTE, DOT}:
        return False
    return _may_stand_together(onset, rime)


def _may_stand_together(onset: str, rime: str) -> bool:
    """``gh`` and ``ngh`` stand only before front vowels."""
    return onset not in {"gh", "ngh"} or rime[0] in "ieêy"


@lru_cache(maxsize=16_384)
def is_folded_syllable(letters: str) -> bool:
    """Whether ``letters``, without any mark, can be a syllable typed without marks."""
    for onset in (*_FOLDED_ONSETS, ""):
        rime = letters[len(onset) :]
        if letters.startswith(onset) and rime in _FOLDED_RIMES and _may_stand_together(onset, rime):
            return True
    return letters in {"gi", "gin"}


@lru_cache(maxsize=4_096)
def split_syllables(letters: str, limit: int = 3) -> tuple[tuple[str, ...], ...]:
    """Return the ways in which ``letters`` falls into syllables, fewest syllables first.

    Only letters without marks; at most ``limit`` ways, each of two syllables or more.
    """
    if not (letters.isascii() and letters.isalpha()) or not 4 <= len(letters) <= 32:
        return ()
    # Every way to write the first n letters, built from left to right.
    nothing: list[tuple[str, ...]] = [()]
    ways: list[list[tuple[str, ...]]] = [nothing, *([] for _ in letters)]
    for end in range(1, len(letters) + 1):
        found: list[tuple[str, ...]] = []
        for start in range(max(0, end - 7), end):
            if ways[start] and is_folded_syllable(letters[start:end]):
                found += [(*way, letters[start:end]) for way in ways[start]]
        ways[end] = sorted(found, key=len)[: limit * 4]
    whole = [way for way in ways[-1] if len(way) > 1]
    if not whole:
        return ()
    fewest = min(len(way) for way in whole)
    return tuple(way for way in whole if len(way) == fewest)[:limit]
