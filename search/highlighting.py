"""Marks in a text the words that a search was for."""

from __future__ import annotations

import itertools
import re
from typing import Final

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from search.interpretation import Interpretation
from search.synonyms import find_concepts, lexicon
from search.text import Word, word

_WORD: Final = re.compile(r"[^\W_]+")


def highlight(text: str, interpretation: Interpretation) -> SafeString:
    """Return ``text`` as HTML with ``<mark>`` around the words that the search found, neighbours together."""
    spans = [match.span() for match in _WORD.finditer(text)]
    sequence = [word(text[start:end]) for start, end in spans]
    marked = _marked(sequence, interpretation)
    pieces: list[str] = []
    position = 0
    index = 0
    while index < len(spans):
        if index not in marked:
            index += 1
            continue
        last = index
        while last + 1 in marked:
            last += 1
        start, end = spans[index][0], spans[last][1]
        pieces += [
            conditional_escape(text[position:start]),
            "<mark>",
            conditional_escape(text[start:end]),
            "</mark>",
        ]
        position, index = end, last + 1
    pieces.append(conditional_escape(text[position:]))
    return mark_safe("".join(pieces))


def _marked(sequence: list[Word], interpretation: Interpretation) -> set[int]:
    """Return the positions of the words in ``sequence`` that the search is about."""
    asked = interpretation.words
    exact = {item.text for item in asked if item.marked}
    folded = {item.folded for item in asked if not item.marked}
    pairs = {first.folded + second.folded: (first, second) for first, second in itertools.pairwise(asked)}
    is_bare = not any(item.marked for item in sequence)
    if is_bare:  # its words may stand for marked ones
        folded |= {item.folded for item in asked}
    found = {
        position
        for position, item in enumerate(sequence)
        if item.text in exact or item.folded in folded or (not item.marked and item.folded in pairs)
    }
    if interpretation.unfinished and asked:
        last = asked[-1]
        found |= {
            position
            for position, item in enumerate(sequence)
            if (item.text if last.marked else item.folded).startswith(last.text)
        }
    whole = {item.folded for item in asked}
    for position, beside in enumerate(itertools.pairwise(sequence)):
        written = beside[0].folded + beside[1].folded
        if written in whole or (written in pairs and (is_bare or all(map(_is, pairs[written], beside)))):
            found |= {position, position + 1}
    if interpretation.concepts:
        broader = lexicon().broader
        for concept in find_concepts(sequence, lenient=False):
            if not interpretation.concepts.isdisjoint((concept.key, *broader.get(concept.key, ()))):
                found.update(range(concept.start, concept.end))
    return found


def _is(asked: Word, held: Word) -> bool:
    return asked.text == held.text or (not asked.marked and asked.folded == held.folded)
