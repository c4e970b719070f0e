"""Vietnamese text, made comparable once for every engine, at index and at query time.

A typed or stored text becomes a sequence of :class:`Word`. Two words are the same word when their
``text`` is the same, however they were encoded or spelt:

* composed or decomposed (NFC, NFD), upper or lower case, ``Ð`` and ``Đ``;
* tone on either vowel (``hoà``/``hòa``, ``thuỷ``/``thủy``), ``i`` or ``y`` (``mì``/``mỳ``);
* with hyphens, slashes, dots or quotes between them.

``folded`` is the word without any mark (``đ`` becomes ``d``). It serves words typed without
marks; where marks were typed, they decide (see :mod:`search.interpretation`).
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from search.syllables import is_syllable, place_tone, split_tone

_WORD: Final = re.compile(r"[^\W_]+")
_APOSTROPHE: Final = re.compile(r"(?<=[^\W\d_])['’ʼ`´](?=[^\W\d_])")
_LOOKALIKES: Final = str.maketrans({"ð": "đ", "ɖ": "đ", "₫": " "})
#: The longest text whose folding is remembered: words come again, names don't.
_LONGEST_KEPT: Final = 16
#: The longest text whose words are remembered for a while: names and packs, no descriptions.
_LONGEST_SPLIT: Final = 120
_I_FOR_Y: Final = re.compile(r"^(?P<onset>[bcdđghklmnprstvx]|ch|kh|nh|ph|th|tr)y$")


@dataclass(frozen=True, slots=True)
class Word:
    """One word. ``text`` is its canonical spelling, ``folded`` the same without marks."""

    text: str
    folded: str

    @property
    def marked(self) -> bool:
        """Whether the word carries any mark: a tone, a quality mark, or đ."""
        return self.text != self.folded


def normalize(text: str) -> str:
    """Return ``text`` composed (NFC), casefolded and with look-alike letters made one."""
    return unicodedata.normalize("NFC", text.casefold()).translate(_LOOKALIKES)


def fold(text: str) -> str:
    """Return ``text`` without marks, in lower case; ``đ`` becomes ``d``."""
    return _fold_word(text) if len(text) <= _LONGEST_KEPT else _without_marks(text)


@lru_cache(maxsize=65_536)
def _fold_word(text: str) -> str:
    return _without_marks(text)


def _without_marks(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", normalize(text).replace("đ", "d"))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


@lru_cache(maxsize=8_192)
def is_bare(text: str) -> bool:
    """Whether ``text`` was written without any mark, so that its words may stand for marked ones."""
    return text.isascii() or fold(text) == normalize(text)


@lru_cache(maxsize=65_536)
def word(token: str) -> Word:
    """Return the canonical word for one ``token`` (letters and digits only)."""
    token = normalize(token)
    letters, tone = split_tone(token)
    if not is_syllable(letters):
        return Word(token, fold(token))
    if match := _I_FOR_Y.match(letters):
        letters = f"{match['onset']}i"
    elif letters == "qui":
        letters = "quy"
    canonical = place_tone(letters, tone)
    return Word(canonical, fold(canonical))


def words(text: str) -> list[Word]:
    """Split ``text`` into words; whatever is no letter and no digit separates them.

    An apostrophe inside a name joins (``K'Ho`` is ``kho``).
    """
    return list(_kept_words(text) if len(text) <= _LONGEST_SPLIT else _split_words(text))


def _split_words(text: str) -> tuple[Word, ...]:
    return tuple(word(token) for token in split_tokens(text))


# A good's name is asked for its words again and again while its document is made.
_kept_words = lru_cache(maxsize=8_192)(_split_words)


def split_tokens(text: str) -> list[str]:
    """Return the tokens that :func:`words` makes words of, as they were typed (lower case)."""
    return _WORD.findall(_APOSTROPHE.sub("", normalize(text)))


def join_folded(sequence: list[Word]) -> list[str]:
    """Return every two neighbours written as one word without marks (``đà lạt`` gives ``dalat``)."""
    return [f"{first.folded}{second.folded}" for first, second in itertools.pairwise(sequence)]
