"""From what was typed to the words that were typed: keyboards left off, joined and split words.

Misspelt words are mended in `search/correction.py`.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from search.gazetteer import gazetteer
from search.keyboard import decode
from search.spelling import Vocabulary
from search.syllables import is_folded_syllable, is_syllable, split_tone
from search.synonyms import lexicon
from search.text import Word, fold, normalize, word, words
from search.wording import query_wording

_TOKEN: Final = re.compile(r"[^\W_]+")
#: Behind a number stands a unit: *200 k* is a price.
_SHORTENED: Final = re.compile(r"(?<!\d )\b[^\W\d_]{1,4}\b(?=\s+\w)")
_LONGEST_JOINED: Final = 32
_LONGEST_SYLLABLE: Final = 7
_SHORTEST_OF_SEVERAL: Final = 4
_MOST_WAYS: Final = 24
#: The keys of marks on letters, as words of several syllables have them; tones stand on syllables alone.
_MARKED: Final = {
    "aa": "â", "ee": "ê", "oo": "ô", "aw": "ă", "ow": "ơ", "uw": "ư", "dd": "đ",
    "a6": "â", "e6": "ê", "o6": "ô", "a8": "ă", "o7": "ơ", "u7": "ư", "d9": "đ",
}  # fmt: skip
_TELEX_MARKS: Final = re.compile("aa|ee|oo|aw|ow|uw|dd")
_VNI_MARKS: Final = re.compile("[aeo]6|a8|[ou]7|d9")


def decode_keys(text: str, known: Vocabulary) -> str:
    """Return ``text`` (normalised) with words in undecoded Telex or VNI decoded.

    A word that is known as it stands is left alone, unless another word shows that the keyboard was off and stands
    beside what comes of it (``cats hair``: *Cát Hải*).
    """
    decodable = {
        match[0]: decoded
        for match in _TOKEN.finditer(text)
        if (decoded := decode(match[0]) or _decode_known(match[0], known)) is not None
        and not known.knows(match[0])
        and gazetteer().take_apart(match[0]) is None
    }
    # Where nobody knows what comes of it either, the keys are rather slips: *phw* is *phê* and no *phư*.
    evident = [
        token
        for token, decoded in decodable.items()
        if not known.knows_folded(fold(token)) and known.knows(word(decoded).text)
    ]
    if not evident:
        return text
    sequence = words(text)
    for at in gazetteer().told(sequence):  # *xã Krông Ana*, *xã Cư M'gar*
        decodable = {token: decoded for token, decoded in decodable.items() if token not in sequence[at].text}
    decodable |= _spoken_for(_TOKEN.findall(text), decodable, known)
    return _TOKEN.sub(lambda match: decodable.get(match[0], match[0]), text)


def _spoken_for(tokens: Sequence[str], decodable: Mapping[str, str], known: Vocabulary) -> dict[str, str]:
    """Return the known words that are another word in Telex or VNI, beside which a decoded one stands somewhere."""
    found: dict[str, str] = {}
    for before, behind in itertools.pairwise(tokens):
        if (before in decodable) == (behind in decodable):
            continue
        unread = behind if before in decodable else before
        meant = {**decodable, unread: decode(unread) or unread}
        first, second = (word(meant[token]) for token in (before, behind))
        if meant[unread] != unread and known.are_neighbours(first.text, second.text):
            found[unread] = meant[unread]
    return found


def _decode_known(token: str, known: Vocabulary) -> str | None:
    """Return the known word of several syllables (``atisô``) that ``token`` spells in Telex or VNI."""
    if len(token) <= _SHORTEST_OF_SEVERAL or not token.isascii():
        return None
    for marks in (_TELEX_MARKS, _VNI_MARKS):
        decoded = normalize(marks.sub(lambda match: _MARKED[match[0]], token))
        if decoded != token and known.knows(decoded):
            return decoded
    return None


def spell_out(text: str) -> str:
    """Return ``text`` (normalised) with words in full that people shorten (*ko đường*), where another word follows."""
    short_forms = query_wording().short_forms
    return _SHORTENED.sub(lambda match: short_forms.get(match[0], match[0]), text)


def respace(sequence: Sequence[Word], known: Vocabulary) -> list[Word]:
    """Return the words with joined ones taken apart (``nuocmam``) and split ones put together (``st 25``)."""
    spaced: list[Word] = []
    for item in sequence:
        if is_known(item, known) or _can_be_syllable(item.text):
            spaced.append(item)
        else:
            spaced += split_joined(item.text, known) or [item]
    merged: list[Word] = []
    for item in spaced:
        if merged and _belongs_together(merged[-1], item, known):
            merged[-1] = word(merged[-1].text + item.text)
        else:
            merged.append(item)
    return merged


def _belongs_together(first: Word, second: Word, known: Vocabulary) -> bool:
    joined = first.folded + second.folded
    if not known.knows_bare(joined) or known.are_neighbours_folded(first.folded, second.folded):
        return False
    return not (is_known(first, known) and is_known(second, known)) or second.text.isdigit()


def split_joined(text: str, known: Vocabulary) -> list[Word] | None:
    """Return the words that ``text`` joins: all known, and neighbours somewhere; None where it joins none."""
    if not 4 <= len(text) <= _LONGEST_JOINED or not text.isalpha():
        return None
    if place := gazetteer().take_apart(text):
        return [word(piece) for piece in place]

    def support(way: tuple[str, ...]) -> float:
        pairs = list(itertools.pairwise(way))
        found = sum(
            known.are_neighbours(first, second)
            if first != fold(first) or second != fold(second)
            else known.are_neighbours_folded(first, second)
            for first, second in pairs
        )
        return found / len(pairs)

    ways = [
        tuple(word(piece).text for piece in way)  # *ly* is compared as *li*
        for way in _ways(text, lambda piece: is_known(word(piece), known))
        if len(way) > 1
    ]
    best = max(ways, key=lambda way: (support(way), -len(way)), default=None)
    if best is None or (support(best) == 0 and fold(text) not in lexicon().joined):
        return None
    return [word(piece) for piece in best]


def _ways(text: str, is_piece: Callable[[str], bool]) -> list[tuple[str, ...]]:
    nothing: list[tuple[str, ...]] = [()]
    ways: list[list[tuple[str, ...]]] = [nothing, *([] for _ in text)]
    for end in range(1, len(text) + 1):
        found: list[tuple[str, ...]] = []
        for start in range(max(0, end - _LONGEST_SYLLABLE), end):
            piece = text[start:end]
            if ways[start] and _can_be_syllable(piece) and is_piece(piece):
                found += [(*way, piece) for way in ways[start]]
        ways[end] = sorted(found, key=len)[:_MOST_WAYS]
    return ways[-1]


def _can_be_syllable(piece: str) -> bool:
    return is_syllable(*split_tone(piece)) or (piece == fold(piece) and is_folded_syllable(piece))


def is_known(item: Word, known: Vocabulary) -> bool:
    """Whether some good, the lexicon or a place has the word, with its marks where it has any."""
    if not item.text.isalpha():
        return True
    return known.knows(item.text) if item.marked else known.knows_folded(item.folded)


def normalized(text: str) -> str:
    """Return ``text`` in one line, normalised."""
    return " ".join(normalize(text).split())
