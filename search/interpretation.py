"""What a typed text asks for, as an expression that any engine can run.

The rules, in the order in which they are tried for each word:

1. a word that some good has is taken as typed; marks decide where they were typed;
2. undecoded Telex or VNI is decoded (``caf phee``);
3. a word whose marks no good has is searched for without marks where they are likely a slip: hỏi for ngã,
   no possible syllable, or one of several words (``phúc bồn tữ``); else the other word is only offered;
4. a word that no good has is replaced by the nearest one that a good has (``atizo``).

Every word must then be found: as itself, as part of a phrase with the same meaning, or written
together with its neighbour (``Đà Lạt``, ``Dalat``).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from search.keyboard import decode
from search.phrases import Phrases, read_phrases
from search.spelling import Vocabulary
from search.syllables import is_folded_syllable, is_syllable, split_syllables, split_tone, swap_tones
from search.synonyms import find_concepts, lexicon, positions_to_ignore
from search.text import Word, fold, split_tokens, word

#: How much a match by meaning, or by another way of spacing, counts beside the typed word itself.
_CONCEPT_WEIGHT: Final = 0.8
_SPACING_WEIGHT: Final = 0.9
_NEIGHBOUR_WEIGHT: Final = 0.5
_MAXIMUM_WORDS: Final = 16
_MAXIMUM_LETTERS: Final = 200


class Form(StrEnum):
    """In which form of the indexed text a token is looked for."""

    EXACT = "exact"
    FOLDED = "folded"
    JOINED = "joined"


@dataclass(frozen=True, slots=True)
class Match:
    """One of ``tokens`` stands in the text, in that form; ``prefix``: or begins a word there."""

    form: Form
    tokens: tuple[str, ...]
    weight: float = 1.0
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one part holds; the best one counts."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every part holds."""

    parts: tuple[Expression, ...]


Expression = Match | AnyOf | AllOf


def bare_token(folded: str) -> str:
    """Return the token of a word in a text that was written without marks."""
    return f"0{folded}"


def concept_token(key: str) -> str:
    """Return the token of a group of synonyms."""
    return f"1{key}"


@dataclass(frozen=True, slots=True)
class Interpretation:
    """A text as understood. ``required`` is None for a text without words: everything matches.

    ``preferred`` lifts the rank and decides nothing. ``understood`` is the text of the words as
    taken; ``corrected`` says that it differs from what was typed by more than the keyboard's state.
    ``suggestion`` is another text that may have been meant, empty if there is none.
    """

    typed: str
    understood: str = ""
    corrected: bool = False
    suggestion: str = ""
    required: Expression | None = None
    preferred: tuple[Match, ...] = ()
    phrases: Phrases = field(default_factory=lambda: Phrases(""))
    words: tuple[Word, ...] = ()
    concepts: frozenset[str] = frozenset()
    unfinished: bool = False


def interpret(text: str, vocabulary: Vocabulary | None = None, *, unfinished: bool = False) -> Interpretation:
    """Understand ``text``; ``unfinished``: the last word may be the beginning of a longer one.

    Without a ``vocabulary`` nothing is corrected and only what can't be a word is decoded.
    """
    typed = " ".join(text.split())[:_MAXIMUM_LETTERS]
    phrases = read_phrases(typed)
    tokens = split_tokens(phrases.rest)[:_MAXIMUM_WORDS]
    sequence = [word(token) for token in tokens]
    ignored = positions_to_ignore(sequence)
    tokens = [token for position, token in enumerate(tokens) if position not in ignored]
    sequence = [item for position, item in enumerate(sequence) if position not in ignored]
    if not sequence:
        return Interpretation(typed=typed, phrases=phrases)
    kept, corrected = _repair(sequence, vocabulary, unfinished=unfinished)
    offered = [_other_marks(item, vocabulary) or item for item in kept]
    concepts = _concept_tokens(kept)
    clauses = _clauses(kept, concepts, unfinished=unfinished)
    preferred = tuple(
        Match(Form.JOINED, (first.folded + second.folded,), _NEIGHBOUR_WEIGHT)
        for first, second in itertools.pairwise(kept)
    )
    return Interpretation(
        typed=typed,
        understood=_display(tokens, sequence, kept, vocabulary),
        corrected=corrected,
        suggestion="" if offered == kept else _display(tokens, sequence, offered, vocabulary),
        required=clauses[0] if len(clauses) == 1 else AllOf(tuple(clauses)),
        preferred=preferred,
        phrases=phrases,
        words=tuple(kept),
        concepts=frozenset(key for keys in concepts for key in keys),
        unfinished=unfinished,
    )


# -- repair ------------------------------------------------------------------------------------


def _repair(
    sequence: list[Word], vocabulary: Vocabulary | None, *, unfinished: bool
) -> tuple[list[Word], bool]:
    """Return the words to search for, and whether any was corrected."""
    repaired: list[Word] = []
    corrected = False
    for index, item in enumerate(sequence):
        last = index == len(sequence) - 1
        neighbours = sequence[max(0, index - 1) : index + 2]
        replacement = item
        if not _known(item, neighbours, vocabulary) and not (unfinished and last and vocabulary):
            replacement = _decoded(item, vocabulary) or item
            if vocabulary and not _known(replacement, [replacement], vocabulary):
                nearest = _nearest(replacement, vocabulary, alone=len(sequence) == 1)
                corrected = corrected or nearest is not None
                replacement = nearest or replacement
        repaired.append(replacement)
    return repaired, corrected


def _known(item: Word, neighbours: list[Word], vocabulary: Vocabulary | None) -> bool:
    """Whether ``item`` may be searched for as it was typed."""
    table = lexicon()
    if any(letter.isdigit() for letter in item.text) and not (decode(item.text)):
        return True
    if item.text in table.negations:
        return True
    if not item.marked and (item.folded in table.known or item.folded in table.joined):
        return True
    if not vocabulary:
        return item.marked or len(item.folded) < 2 or decode(item.text) is None
    if any(
        vocabulary.knows_folded(first.folded + second.folded)
        for first, second in itertools.pairwise(neighbours)
    ):
        return True
    if item.marked:
        return vocabulary.knows(item.text) or item.text in table.spelt
    if vocabulary.knows_folded(item.folded):
        return True
    return any(all(vocabulary.knows_folded(part) for part in parts) for parts in split_syllables(item.folded))


def _decoded(item: Word, vocabulary: Vocabulary | None) -> Word | None:
    decoded = decode(item.text)
    if decoded is None:
        return None
    candidate = word(decoded)
    if vocabulary and not vocabulary.knows_folded(candidate.folded):
        return candidate if candidate.folded in lexicon().known else None
    return candidate


def _nearest(item: Word, vocabulary: Vocabulary, *, alone: bool) -> Word | None:
    """Return the same word without its unknown marks, or the nearest known one.

    Whoever typed a possible syllable with its marks meant that syllable: only a word of the same sound replaces it.
    """
    meant = item.marked and is_syllable(*split_tone(item.text))
    if item.marked and vocabulary.knows_folded(item.folded):
        slip = not alone or not meant or vocabulary.knows(swap_tones(item.text))
        return Word(item.folded, item.folded) if slip else None
    found = vocabulary.nearest(item.folded, by_sound_only=meant)
    return Word(found, found) if found else None


def _other_marks(item: Word, vocabulary: Vocabulary | None) -> Word | None:
    """Return the same letters as some good has them, where none has them with these marks."""
    if not vocabulary or not item.marked or _known(item, [item], vocabulary):
        return None
    return Word(item.folded, item.folded) if vocabulary.knows_folded(item.folded) else None


def _display(tokens: list[str], typed: list[Word], taken: list[Word], vocabulary: Vocabulary | None) -> str:
    """Write the words as taken: unchanged ones as they were typed, corrected ones with marks."""
    shown = []
    for original, before, after in zip(tokens, typed, taken, strict=True):
        if before == after:
            shown.append(original)
        elif after.marked or not vocabulary:
            shown.append(after.text)
        else:
            shown.append(vocabulary.display(after.folded))
    return " ".join(shown)


# -- expression --------------------------------------------------------------------------------


def _concept_tokens(sequence: list[Word]) -> list[frozenset[str]]:
    """Return, for each word, the groups that it names alone or with its neighbours."""
    keys: list[set[str]] = [set() for _ in sequence]
    for concept in find_concepts(sequence, lenient=True):
        for position in range(concept.start, concept.end):
            keys[position].add(concept.key)
    for position, item in enumerate(sequence):  # written together: ``caphe``, ``dongtrunghathao``
        key = lexicon().joined.get(item.folded)
        if key is not None and not item.marked and len(item.folded) > 4:
            keys[position].add(key)
    return [frozenset(found) for found in keys]


def _clauses(sequence: list[Word], concepts: list[frozenset[str]], *, unfinished: bool) -> list[Expression]:
    """Return what must hold for each word."""
    clauses: list[Expression] = []
    negations = lexicon().negations
    for index, item in enumerate(sequence):
        last = index == len(sequence) - 1
        previous = sequence[index - 1] if index else None
        following = None if last else sequence[index + 1]
        if previous is not None and previous.text in negations:
            clauses.append(Match(Form.JOINED, (previous.folded + item.folded,)))
            continue
        if item.text in negations and following is not None:
            continue  # its neighbour's clause asks for both, side by side
        parts = list(_own(item, prefix=unfinished and last))
        pairs = [
            first.folded + second.folded
            for first, second in ((previous, item), (item, following))
            if first is not None and second is not None
        ]
        if pairs:
            parts.append(Match(Form.FOLDED, tuple(pairs), _SPACING_WEIGHT))
        if concepts[index]:
            tokens = tuple(concept_token(key) for key in sorted(concepts[index]))
            parts.append(Match(Form.FOLDED, tokens, _CONCEPT_WEIGHT))
        clauses.append(parts[0] if len(parts) == 1 else AnyOf(tuple(parts)))
    return clauses


def _own(item: Word, *, prefix: bool) -> Iterable[Expression]:
    """Yield the ways in which a word can be found for itself."""
    if item.marked:
        yield Match(Form.EXACT, (item.text, bare_token(item.folded)), prefix=prefix)
    else:
        yield Match(Form.FOLDED, (item.folded,), prefix=prefix)
    if len(item.folded) < 4 or item.folded.isdigit() or is_folded_syllable(item.folded):
        return
    yield Match(Form.JOINED, (item.folded,), _SPACING_WEIGHT, prefix=prefix)
    for parts in split_syllables(fold(item.folded)):
        if len(parts) > 2:
            pairs = itertools.pairwise(parts)
            yield AllOf(
                tuple(Match(Form.JOINED, (first + second,), _SPACING_WEIGHT) for first, second in pairs)
            )
