"""From what was typed to the words that were meant: keyboards, joined and split words, misspelling."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from search.keyboard import decode
from search.spelling import Candidate, Vocabulary
from search.syllables import is_folded_syllable, is_syllable, split_tone, swap_tones
from search.synonyms import lexicon
from search.text import Word, fold, normalize, word

_TOKEN: Final = re.compile(r"[^\W_]+")
#: What a word costs that nobody knows, beside the slips of one that somebody does; what a known neighbour is worth.
_UNKNOWN: Final = 1.6
_NEIGHBOUR: Final = 0.6
#: … and how much more where goods' names say it, and where nothing was found for the words as typed.
_NEIGHBOUR_IN_GOODS: Final = 0.3
#: What a slip costs more in a word that is known as it stands.
_KNOWN_AS_TYPED: Final = 0.3
_LONGEST_JOINED: Final = 32
_LONGEST_SYLLABLE: Final = 7
_MOST_WAYS: Final = 24


@dataclass(frozen=True, slots=True)
class Repaired:
    """The words to search for. ``corrected``: one differs from what was typed by more than the keyboard's state."""

    words: tuple[Word, ...]
    corrected: bool = False


def decode_keys(text: str, known: Vocabulary) -> str:
    """Return ``text`` (normalised) with words in undecoded Telex or VNI decoded.

    A word that is known as it stands is left alone, unless another word shows that the keyboard was off.
    """
    decodable = {
        match[0]: decoded
        for match in _TOKEN.finditer(text)
        if (decoded := decode(match[0])) is not None and not known.knows(match[0])
    }
    evident = [token for token in decodable if not known.knows_folded(fold(token))]
    if not evident:
        return text
    return _TOKEN.sub(lambda match: decodable.get(match[0], match[0]), text)


def respace(sequence: Sequence[Word], known: Vocabulary) -> list[Word]:
    """Return the words with joined ones taken apart (``nuocmam``) and split ones put together (``st 25``)."""
    spaced: list[Word] = []
    for item in sequence:
        if _is_known(item, known):
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
    return not (_is_known(first, known) and _is_known(second, known)) or second.text.isdigit()


def split_joined(text: str, known: Vocabulary) -> list[Word] | None:
    """Return the words that ``text`` joins: all known, and neighbours somewhere; None where it joins none."""
    if not 4 <= len(text) <= _LONGEST_JOINED or not text.isalpha():
        return None

    def support(way: tuple[str, ...]) -> float:
        pairs = list(itertools.pairwise(way))
        found = sum(
            known.are_neighbours(first, second)
            if first != fold(first) or second != fold(second)
            else known.are_neighbours_folded(first, second)
            for first, second in pairs
        )
        return found / len(pairs)

    ways = [way for way in _ways(text, lambda piece: _is_known(word(piece), known)) if len(way) > 1]
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


def correct(sequence: Sequence[Word], known: Vocabulary, *, doubtful: bool = False) -> Repaired:
    """Return the words that were most likely meant.

    A word that is known is left alone, unless ``doubtful``: then it may give way to one that its neighbours speak for.
    A possible syllable that was typed with its marks gives way only to a word that a neighbour speaks for.
    """
    choices = [_choices(item, known, alone=len(sequence) == 1, doubtful=doubtful) for item in sequence]
    if all(len(own) == 1 for own in choices):
        return Repaired(tuple(sequence))
    paths: list[tuple[float, tuple[Candidate, ...]]] = [(0.0, ())]
    for own in choices:
        paths = [
            min(
                (
                    (
                        cost + choice.cost - _spoken_for(path, choice, known) * (1.5 if doubtful else 1.0),
                        (*path, choice),
                    )
                    for cost, path in paths
                ),
                key=lambda found: found[0],
            )
            for choice in own
        ]
    _, best = min(paths, key=lambda found: found[0])
    repaired = list(_accepted(sequence, best, known))
    return Repaired(
        tuple(repaired),
        any(before.text != after.text for before, after in zip(sequence, repaired, strict=True)),
    )


def _choices(item: Word, known: Vocabulary, *, alone: bool, doubtful: bool) -> list[Candidate]:
    if not item.text.isalpha() or len(item.folded) < 2:
        return [Candidate(item.text, 0.0)]
    as_typed = _is_known(item, known)
    if as_typed and not doubtful:
        return [Candidate(item.text, 0.0)]
    if item.marked and is_syllable(*split_tone(item.text)) and alone:
        swapped = swap_tones(item.text)
        if not as_typed and swapped != item.text and known.knows(swapped):
            return [Candidate(swapped, 0.0)]
        return [Candidate(item.text, 0.0)]
    dearer = _KNOWN_AS_TYPED if as_typed else 0.0
    found = [
        Candidate(candidate.text, candidate.cost + dearer)
        for candidate in known.candidates(item.text)
        if fold(candidate.text) != item.folded or item.marked
    ]
    return [Candidate(item.text, 0.0 if as_typed else _UNKNOWN), *found]


def _spoken_for(path: tuple[Candidate, ...], choice: Candidate, known: Vocabulary) -> float:
    if not path:
        return 0.0
    first, second = path[-1].text, choice.text
    if known.are_neighbours(first, second):
        return _NEIGHBOUR + (_NEIGHBOUR_IN_GOODS if known.are_neighbours_in_goods(first, second) else 0.0)
    bare = first == fold(first) or second == fold(second)
    return _NEIGHBOUR * 0.8 if bare and known.are_neighbours_folded(fold(first), fold(second)) else 0.0


def _accepted(sequence: Sequence[Word], best: tuple[Candidate, ...], known: Vocabulary) -> Iterator[Word]:
    """Yield each word as chosen, or as typed where a choice would say too much."""
    for at, (item, choice) in enumerate(zip(sequence, best, strict=True)):
        if choice.text == item.text:
            yield item
            continue
        spoken_for = (at > 0 and _spoken_for(best[at - 1 : at], choice, known) > 0) or (
            at + 1 < len(best) and _spoken_for((choice,), best[at + 1], known) > 0
        )
        sure_of_marks = item.marked and is_syllable(*split_tone(item.text))
        as_typed = _is_known(item, known)
        if (sure_of_marks or as_typed) and not spoken_for and not (len(best) == 1 and not as_typed):
            yield item
        elif item.marked:
            yield word(choice.text)
        else:
            folded = fold(choice.text)
            yield Word(folded, folded)


def _is_known(item: Word, known: Vocabulary) -> bool:
    if not item.text.isalpha():
        return True
    return known.knows(item.text) if item.marked else known.knows_folded(item.folded)


def normalized(text: str) -> str:
    """Return ``text`` in one line, normalised."""
    return " ".join(normalize(text).split())
