"""Vietnamese text, made comparable once for every engine, at index and at query time.

A typed or stored text becomes a sequence of :class:`Word`. Two words are the same word when their ``text`` is the
same, however they were encoded or spelt; ``folded`` is the word without any mark. The rules in the order in which
they work, each with its source:

1. *Case*: full case folding (The Unicode Standard, 3.13, ``toCasefold``). ``CÀ PHÊ`` is ``cà phê``.
2. *Encoding*: canonical composition (UAX #15, NFC). A letter and its combining marks, in any canonical order, are the
   composed letter; NFD text from a Mac is NFC text from anywhere else.
3. *Look-alikes*: ``ð`` (U+00F0, whose capital ``Ð`` old 8-bit fonts put where ``Đ`` belongs) and ``ɖ`` (U+0256, whose
   capital looks the same) are ``đ``; ``₫`` is the currency and separates. Unicode keeps all of them apart
   (UTS #39, confusables).
4. *Words*: runs of letters and digits (general categories L and N); everything else separates: spaces, hyphens,
   slashes, dots, quotes. ``Phan Thiết - Mũi Né`` is ``phan thiết/mũi né``. An apostrophe between letters joins, since in
   names of the highlands it is part of a word (``K'Ho``, ``Cư M'gar``: so in the official lists of communes).
5. *Syllable*: only a possible Vietnamese syllable (onset, rhyme, tone; `search/syllables.py`, after the tables of Đoàn
   Thiện Thuật, *Ngữ âm tiếng Việt*) is spelt anew by the rules 6 to 8. ``café`` and ``naïve`` keep their own marks.
6. *Tone placement*: on one vowel, wherever it was typed. ``hoà`` and ``hòa``, ``thuỷ`` and ``thủy`` are both in use: the
   schools' spelling (Ministry of Education, decision 240/QĐ of 1984, and 1989/QĐ-BGDĐT of 2018) and the older one of
   typesetters. Inside the house it stands as the schools write it: the last vowel with a quality mark, else the last
   before a final consonant, the second of ``oa oe uy`` and of three vowels, otherwise the first.
7. *Left-out tone*: a syllable that ends in ``c ch k p t`` can only have sắc or nặng; where one with ``ă â ơ ư`` has
   none it is sắc. ``Đăk Lăk`` is ``Đắk Lắk`` (official papers write both). Words with ``ê ô`` and no tone stand as they
   are: they are names of other languages (``Krôk``).
8. *i and y*: ``y`` as the only vowel after a consonant is ``i`` (``mỳ`` is ``mì``, ``kỹ`` is ``kĩ``: the same decisions), and
   ``qui`` is ``quy``. In ``tai`` and ``tay``, ``thúi`` and ``thúy`` the letters tell words apart and stay.
9. *Folding* (``folded`` only): canonical decomposition without combining marks (UAX #15, NFD), and ``đ``, which has no
   decomposition, is ``d``. It serves words typed without marks; where marks were typed they decide
   (`search/interpretation.py`).
10. *Joined*: two neighbours written as one, without marks (``đà lạt`` gives ``dalat``): what people type in addresses and
    hashtags. It is a form of its own in the index and never replaces the words.

What isn't a matter of text alone lies beside: undecoded Telex and VNI in `search/keyboard.py`, joined and split words of
a query in `search/repair.py`, misspelling in `search/correction.py`, synonyms in `search/synonyms.py`.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from functools import lru_cache
from typing import Final, NamedTuple

from search.syllables import is_syllable, place_tone, split_tone

_WORD: Final = re.compile(r"[^\W_]+")
_APOSTROPHE: Final = re.compile(r"(?<=[^\W\d_])['’ʼ`´](?=[^\W\d_])")
_LOOKALIKES: Final = str.maketrans({"ð": "đ", "ɖ": "đ", "₫": " "})
#: What folding takes away: every combining mark of the planes in use, and the bar of ``đ``, which has no decomposition.
_MARKS: Final = {
    **{code: None for code in range(0x300, 0x20000) if unicodedata.combining(chr(code))},
    ord("đ"): "d",
}
#: The longest text whose folding is remembered: words come again, names don't.
_LONGEST_KEPT: Final = 16
#: The longest text whose words are remembered for a while: names and packs, no descriptions.
_LONGEST_SPLIT: Final = 120
_I_FOR_Y: Final = re.compile(r"^(?P<onset>[bcdđghklmnprstvx]|ch|kh|nh|ph|th|tr)y$")


class Word(NamedTuple):
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


def fold_in_place(text: str) -> str:
    """Return ``text`` folded letter by letter, so that a place in it is the same place in ``text``."""
    return text.translate(_FOLDED_LETTERS)


class _FoldedLetters(dict[int, str]):
    """The first letter of what each letter folds to, a space where nothing is left."""

    def __missing__(self, code: int) -> str:
        self[code] = found = (fold(chr(code)) or " ")[0]
        return found


_FOLDED_LETTERS: Final = _FoldedLetters()


@lru_cache(maxsize=65_536)
def _fold_word(text: str) -> str:
    return _without_marks(text)


def _without_marks(text: str) -> str:
    return unicodedata.normalize("NFD", normalize(text)).translate(_MARKS)


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
