"""Parts of a search, each worth looking for alone: a way on where no good has all of it.

Told from the words of the shop, of which each process keeps a copy: no request more to the engine.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import groupby, pairwise
from typing import Final

from marketplace.places.selectors import find_commune
from search.gazetteer import NamedPlace, gazetteer
from search.interpretation import interpret
from search.query import SearchQuery
from search.runs import Run, runs_of
from search.spelling import Vocabulary
from search.suggesting import communes_shown
from search.syllables import is_folded_syllable
from search.synonyms import Lexicon, Phrase, lexicon, phrases
from search.text import Word, split_tokens, word, words
from search.unit import UnitKind
from search.wording import KindOfGoods

#: The most parts that are offered.
_MOST: Final = 4


def parts_of(query: SearchQuery, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Return the goods, the places and the names among the words that some good has, as they were typed.

    None is the whole search again, and none tells of alcohol, whose words the vocabulary hides.
    """
    sequence = interpret(query.text, vocabulary, plain=query.plain).words
    runs = runs_of(sequence, lambda kind: kind.value not in query.plain)
    typed = {word(token).text: token for token in split_tokens(query.text)}
    whole = [item.text for item in words(query.text)]
    found: dict[str, None] = {}
    for run in _with_names_whole(runs):
        said = sequence[run.start : run.end]
        if [item.text for item in said] != whole and _is_had(run, said, vocabulary, adult=query.adult):
            found[" ".join(typed.get(item.text, item.text) for item in said)] = None
    return tuple(found)[:_MOST]


def _with_names_whole(runs: Sequence[Run]) -> Iterator[Run]:
    """Yield the runs, plain words that stand side by side as one: together they are a name."""
    for is_word, group in groupby(runs, key=lambda run: run.kind is UnitKind.WORD):
        alike = list(group)
        if is_word:
            yield Run(alike[0].start, alike[-1].end, UnitKind.WORD, None)
        else:
            yield from alike


def _is_had(run: Run, said: Sequence[Word], vocabulary: Vocabulary, *, adult: bool) -> bool:
    match run.kind:
        case UnitKind.GOODS | UnitKind.KIND:
            return _stand_in_names(said, vocabulary) or _are_had(_groups_of(run), vocabulary)
        case UnitKind.PLACE | UnitKind.TOLD_PLACE:
            shown = _facts_with_goods(communes_shown(adult=adult))
            return _stand_in_names(said, vocabulary) or not _facts_of_places(run.meaning).isdisjoint(shown)
        case UnitKind.WORD:
            # A syllable alone says nothing; what is no syllable is somebody's name.
            is_name = len(said) > 1 or not is_folded_syllable(said[0].folded)
            return is_name and _stand_in_names(said, vocabulary)
    return False


def _are_had(groups: frozenset[str], vocabulary: Vocabulary) -> bool:
    """Whether some name has a phrase of these groups, or of one that is a kind of them."""
    table = lexicon()
    return any(
        _stand_in_names([word(text) for text in phrase.texts], vocabulary)
        for phrase in _every_phrase(table)
        if not groups.isdisjoint(table.closure.get(phrase.key, ()))
    )


def _groups_of(run: Run) -> frozenset[str]:
    """Return the groups of the lexicon that a run of goods or of a kind of them means."""
    meanings = run.meaning if isinstance(run.meaning, list) else [run.meaning]
    kinds = [meaning for meaning in meanings if isinstance(meaning, KindOfGoods)]
    named = [meaning for meaning in meanings if isinstance(meaning, str)]
    return frozenset([*named, *(group for kind in kinds for group in kind.groups)])


def _stand_in_names(said: Sequence[Word], vocabulary: Vocabulary) -> bool:
    """Whether some name of goods or of a producer has these words side by side."""
    if len(said) == 1:
        item = said[0]
        return bool(vocabulary.count(item.text) if item.marked else vocabulary.spellings(item.folded))
    return all(vocabulary.names_with(first.text, second.text)[0] for first, second in pairwise(said))


def _facts_of_places(named: NamedPlace) -> set[str]:
    return set().union(*(place.own | place.wider for place in named.places))


@lru_cache(maxsize=2)
def _facts_with_goods(communes: tuple[str, ...]) -> frozenset[str]:
    known = [commune for code in communes if (commune := find_commune(code)) is not None]
    return frozenset(
        fact for commune in known for fact in gazetteer().facts_of(commune.code, commune.province_id, "")
    )


@lru_cache(maxsize=1)
def _every_phrase(table: Lexicon) -> tuple[Phrase, ...]:
    return tuple(phrase for phrase in phrases(table) if not phrase.excepted)
