"""Every word that a search may be about: those of the shown goods, of the lexicon, of places and of wording."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import cache

from search.gazetteer import gazetteer
from search.spelling import Vocabulary, joined_vocabulary
from search.synonyms import Lexicon, lexicon
from search.wording import forms_of_goods, kinds_of_goods, query_wording


@cache
def _wording() -> tuple[frozenset[str], frozenset[tuple[str, str]]]:
    """Return words and neighbours of places, forms, kinds and queries."""
    wording = query_wording()
    words: set[str] = set(wording.filling | wording.describing | wording.negations)
    pairs: set[tuple[str, str]] = set(gazetteer().pairs)
    for spellings in gazetteer().spelt.values():
        words |= spellings
    for table in (forms_of_goods(), kinds_of_goods(), wording.filling_phrases, wording.describing_phrases):
        words |= table.words()
        pairs |= table.pairs()
    words |= wording.compounds.words()
    return frozenset(words), frozenset(pairs)


@dataclass
class _Kept:
    """The last dictionary that was made, and of what."""

    vocabulary: Vocabulary | None = None
    table: Lexicon | None = None
    made: Vocabulary | None = None


_kept = _Kept()


def dictionary(vocabulary: Vocabulary) -> Vocabulary:
    """Return ``vocabulary`` with all other words that a search may be about; kept until either changes."""
    table = lexicon()
    if _kept.made is None or _kept.vocabulary is not vocabulary or _kept.table is not table:
        made = _make(vocabulary, table)
        _kept.vocabulary, _kept.table, _kept.made = vocabulary, table, made
        return made
    return _kept.made


def _make(vocabulary: Vocabulary, table: Lexicon) -> Vocabulary:
    known_words, known_pairs = _wording()
    words, pairs = set(known_words), set(known_pairs)
    for phrase in table.sequences:
        words.update(phrase)
        pairs.update(itertools.pairwise(phrase))
    return joined_vocabulary(vocabulary, sorted(words), sorted(pairs))
