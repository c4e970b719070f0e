"""Misspelt words give way to those that were most likely meant: the cheapest way through the whole text.

Every word is taken as typed, or as a known word that it may have been. A way costs what its slips cost and what its
unknown words cost, less what its neighbours say for each other: two words that stand side by side in the name of some
good, in the lexicon or in the name of a place.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from search.gazetteer import Level, gazetteer
from search.repair import is_known
from search.spelling import Candidate, Vocabulary
from search.syllables import is_syllable, split_tone, swap_tones
from search.synonyms import find_concepts, lexicon
from search.text import Word, fold, word

#: What a word costs that nobody knows, beside the slips of one that somebody does.
_UNKNOWN: Final = 1.6
#: What two words are worth that are known side by side; that stand so in the name of some good; in how many more names.
_NEIGHBOURS: Final = 0.6
_NEIGHBOURS_IN_GOODS: Final = 0.9
_IN_MORE_NAMES: Final = 0.1  # each time that the number of names doubles …
_MOST_DOUBLINGS: Final = 3  # … so many times at most
#: How much more goods' names say where nothing was found for the words as typed.
_IN_DOUBT: Final = 2.0
#: The share that counts where one of the two was typed without marks.
_WITHOUT_MARKS: Final = 0.8
#: What a slip costs more in a word that is known as it stands.
_KNOWN_AS_TYPED: Final = 0.3
#: By how many readings of an unknown word its neighbours are looked for.
_READINGS: Final = 4


@dataclass(frozen=True, slots=True)
class Corrected:
    """The words to search for. ``changed``: one differs from what was typed by more than the keyboard's state."""

    words: tuple[Word, ...]
    changed: bool = False


def correct(sequence: Sequence[Word], known: Vocabulary, *, doubtful: bool = False) -> Corrected:
    """Return the words that were most likely meant.

    The words of a place that is told as such (*xã Đắk Sắk*) are what they say: many communes have words of their own.
    A word that is known is left alone, unless ``doubtful``: then it may give way to one that its neighbours speak for,
    if the lexicon doesn't know it as part of a phrase. A possible syllable that was typed with its marks gives way
    only to a word that a neighbour speaks for.
    """
    typed, sequence = sequence, [_as_heard(sequence, at, known) for at in range(len(sequence))]
    as_heard = Corrected(tuple(sequence), changed=list(typed) != sequence)
    if not doubtful and all(_is_left_alone(item, known) for item in sequence):
        return as_heard
    sure = gazetteer().told(sequence)
    if doubtful:
        sure |= _in_known_phrases(sequence) | _in_known_places(sequence)
    choices = [
        [Candidate(item.text, 0.0)] if at in sure else _choices(sequence, at, known, doubtful=doubtful)
        for at, item in enumerate(sequence)
    ]
    if all(len(own) == 1 and own[0].text == item.text for own, item in zip(choices, sequence, strict=True)):
        return as_heard
    paths: list[tuple[float, tuple[Candidate, ...]]] = [(0.0, ())]
    for own in choices:
        paths = [
            min(
                (
                    (
                        cost + choice.cost - _spoken_for(path, choice, known, doubtful=doubtful),
                        (*path, choice),
                    )
                    for cost, path in paths
                ),
                key=lambda found: found[0],
            )
            for choice in own
        ]
    _, best = min(paths, key=lambda found: found[0])
    mended = tuple(_accepted(sequence, best, known))
    if doubtful and _says_something_else(sequence, mended, known):
        return as_heard
    changed = any(before.text != after.text for before, after in zip(typed, mended, strict=True))
    return Corrected(mended, changed)


def _says_something_else(sequence: Sequence[Word], mended: Sequence[Word], known: Vocabulary) -> bool:
    """Whether that text wasn't meant: more than half of the known words gave way, or some word still stands beside none
    that it is known with."""
    given_way = {
        before.text
        for before, after in zip(sequence, mended, strict=True)
        if before.text != after.text and is_known(before, known)
    }
    if len(given_way) * 2 > len({item.text for item in sequence}):
        return True
    beside = [
        known.names_with(first.text, second.text)[0] is not None
        for first, second in itertools.pairwise(mended)
    ]
    return len(mended) > 1 and not all(any(beside[max(0, at - 1) : at + 1]) for at in range(len(mended)))


def _in_known_phrases(sequence: Sequence[Word]) -> frozenset[int]:
    """Return the places of words that the lexicon knows in a phrase of several: such a phrase is what it says."""
    return frozenset(
        at
        for concept in find_concepts(sequence, lenient=True)
        if concept.end - concept.start > 1
        for at in range(concept.start, concept.end)
    )


def _in_known_places(sequence: Sequence[Word]) -> frozenset[int]:
    """Return the places of words that name a district or something wider in several words: nobody meant another one."""
    return frozenset(
        at
        for named in gazetteer().find(sequence)
        if named.end - named.start > 1 and named.places[0].level < Level.COMMUNE
        for at in range(named.start, named.end)
    )


def _as_heard(sequence: Sequence[Word], at: int, known: Vocabulary) -> Word:
    """Return a known word at a place, or the one that sounds like it and makes a phrase of the lexicon with a neighbour.

    Only where nobody knows the word beside either neighbour and it names no goods itself: *bánh trưng* is *bánh chưng*.
    """
    item = sequence[at]
    before, behind = sequence[:at][-1:], sequence[at + 1 :][:1]
    if not item.marked or not item.text.isalpha() or not is_known(item, known):
        return item

    def known_beside(text: str) -> bool:
        return any(known.names_with(other.text, text)[0] is not None for other in before) or any(
            known.names_with(text, other.text)[0] is not None for other in behind
        )

    def makes_a_phrase(text: str) -> bool:
        meant = word(text)
        return any(
            concept.end - concept.start > 1
            for pair in ((*before, meant), (meant, *behind))
            for concept in find_concepts(pair, lenient=False)
        )

    if known_beside(item.text) or any(
        concept.key not in lexicon().describing for concept in find_concepts([item], lenient=False)
    ):
        return item
    return next((word(text) for text in known.sounding_like(item.text) if makes_a_phrase(text)), item)


def _is_left_alone(item: Word, known: Vocabulary) -> bool:
    return not item.text.isalpha() or len(item.folded) < 2 or is_known(item, known)


def _choices(sequence: Sequence[Word], at: int, known: Vocabulary, *, doubtful: bool) -> list[Candidate]:
    """Return what the word at a place may be: itself first."""
    item = sequence[at]
    as_typed = is_known(item, known)
    if not item.text.isalpha() or len(item.folded) < 2 or (as_typed and not doubtful):
        return [Candidate(item.text, 0.0)]
    if len(sequence) == 1 and (as_typed or (item.marked and is_syllable(*split_tone(item.text)))):
        return [_alone(item, known, doubtful=doubtful)]
    dearer = _KNOWN_AS_TYPED if as_typed else 0.0
    neighbours: set[str] = set()
    for before in _readings(sequence[at - 1], known) if at else ():
        neighbours |= known.beside(before, None)
    for behind in _readings(sequence[at + 1], known) if at + 1 < len(sequence) else ():
        neighbours |= known.beside(None, behind)
    found = [
        Candidate(candidate.text, candidate.cost + dearer)
        for candidate in known.candidates(item.text, neighbours=neighbours)
        if fold(candidate.text) != item.folded or item.marked
    ]
    return [Candidate(item.text, 0.0 if as_typed else _UNKNOWN), *found]


def _readings(item: Word, known: Vocabulary) -> list[str]:
    """Return what a neighbour may be, without marks: itself where it is known, else the nearest known words."""
    if is_known(item, known):
        return [item.folded]
    near = known.candidates(item.text, limit=_READINGS)
    return list(dict.fromkeys(fold(candidate.text) for candidate in near))


def _alone(item: Word, known: Vocabulary, *, doubtful: bool) -> Candidate:
    """Return what a lone possible syllable means: itself, hỏi for ngã, or, in doubt, the same letters with other marks."""
    swapped = swap_tones(item.text)
    if not known.knows(item.text) and swapped != item.text and known.knows(swapped):
        return Candidate(swapped, 0.0)
    if doubtful and item.marked:
        return next(
            (found for found in known.candidates(item.text) if fold(found.text) == item.folded),
            Candidate(item.text, 0.0),
        )
    return Candidate(item.text, 0.0)


def _spoken_for(
    path: Sequence[Candidate], choice: Candidate, known: Vocabulary, *, doubtful: bool = False
) -> float:
    """Return what the last word of ``path`` and ``choice`` say for each other."""
    if not path:
        return 0.0
    names, exactly = known.names_with(path[-1].text, choice.text)
    if names is None:
        return 0.0
    worth = _NEIGHBOURS
    if names:
        worth = _NEIGHBOURS_IN_GOODS + _IN_MORE_NAMES * min(names.bit_length() - 1, _MOST_DOUBLINGS)
        worth *= _IN_DOUBT if doubtful else 1.0
    return worth if exactly else worth * _WITHOUT_MARKS


def _accepted(sequence: Sequence[Word], best: Sequence[Candidate], known: Vocabulary) -> Iterator[Word]:
    """Yield each word as chosen, or as typed where a choice would say too much."""
    beside = [_spoken_for((first,), second, known) > 0 for first, second in itertools.pairwise(best)]
    for at, (item, choice) in enumerate(zip(sequence, best, strict=True)):
        if choice.text == item.text:
            yield item
            continue
        spoken_for = any(beside[max(0, at - 1) : at + 1])
        sure_of_marks = item.marked and is_syllable(*split_tone(item.text))
        if (sure_of_marks or is_known(item, known)) and not spoken_for and len(best) > 1:
            yield item
        elif item.marked:
            yield word(choice.text)
        else:
            folded = fold(choice.text)
            yield Word(folded, folded)
