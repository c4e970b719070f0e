"""Every word that a search may be about: those of the shown goods, of the lexicon, of places and of wording."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, lru_cache

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


def _of_lexicon(table: Lexicon) -> Iterable[tuple[str, ...]]:
    for phrases in table.phrases.values():
        for phrase in phrases:
            yield tuple(word.text for word in phrase.words)


@lru_cache(maxsize=4)
def _dictionary(vocabulary_id: int, lexicon_id: int, holder: _Held) -> Vocabulary:
    words, pairs = (set(found) for found in _wording())
    for phrase in _of_lexicon(holder.lexicon):
        words.update(phrase)
        pairs.update(zip(phrase, phrase[1:], strict=False))
    return joined_vocabulary(holder.vocabulary, sorted(words), sorted(pairs))


class _Held:
    """Carries what can't be hashed through the cache; equal to every other of its kind."""

    def __init__(self, vocabulary: Vocabulary, table: Lexicon) -> None:
        self.vocabulary = vocabulary
        self.lexicon = table

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held) and other.vocabulary is self.vocabulary and other.lexicon is self.lexicon

    def __hash__(self) -> int:
        return 0


def dictionary(vocabulary: Vocabulary) -> Vocabulary:
    """Return ``vocabulary`` with all other words that a search may be about, kept for the last few vocabularies."""
    table = lexicon()
    return _dictionary(id(vocabulary), id(table), _Held(vocabulary, table))
