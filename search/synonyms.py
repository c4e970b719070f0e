"""Looks up in a text the phrases of the lexicon.

A phrase found in a good's text or in a query becomes the token of its group (its *concept*), so that
phrases of any length find each other both ways and no rule feeds another. In the index a concept writes the tokens of
everything that it is a kind of as well; a query asks for the concepts that it names and for nothing broader. So
*fruit* finds mangoes and *mango* finds no other fruit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from search.lexicon.files import CommonWords
from search.lexicon.groups import Group, Language, all_broader
from search.syllables import is_folded_syllable
from search.text import Word, word, words

#: The group of names in which no word names goods: found, it hides what lies inside.
_NOTHING: Final = ""
#: The share of words in a text without marks that must be possible syllables for it to be Vietnamese.
_MOSTLY: Final = 0.6
#: Words that no Vietnamese text has and hardly an English sentence lacks.
_ENGLISH: Final = frozenset(
    {"and", "are", "for", "from", "is", "it", "its", "of", "that", "the", "this", "with", "your"}
)


@dataclass(frozen=True, slots=True)
class Concept:
    """A group found in a text: words ``start`` up to but not ``end`` name it."""

    key: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase that names its group, or (``excepted``) in which the group's words mean something else."""

    texts: tuple[str, ...]
    key: str
    excepted: bool


@dataclass(slots=True)
class _Node:
    """What may follow after some words (without marks), and the phrases that end here."""

    following: dict[str, _Node] = field(default_factory=dict)
    phrases: list[Phrase] = field(default_factory=list)


@dataclass(frozen=True, eq=False)
class Lexicon:
    """Every group, arranged for looking up word by word."""

    root: _Node
    #: A phrase written as one word, without marks.
    joined: Mapping[str, str]
    #: The words of all phrases, without marks and as they are spelt.
    known: frozenset[str]
    spelt: frozenset[str]
    #: For each key the keys of everything that it is a kind of; and the same with the key itself in front.
    broader: Mapping[str, tuple[str, ...]]
    closure: Mapping[str, tuple[str, ...]]
    #: For each part the combinations in which it stands: all the parts, and the key that they make together.
    composites: Mapping[str, tuple[tuple[frozenset[str], str], ...]]
    #: The keys of groups that tell a quality or a form, not which goods are meant.
    describing: frozenset[str]
    #: Every phrase, word by word, for whoever wants to know words and neighbours.
    sequences: frozenset[tuple[str, ...]]

    def with_broader(self, keys: Iterable[str]) -> tuple[str, ...]:
        """Return ``keys`` with those of everything that they are a kind of, each once."""
        return _with_broader(tuple(keys), self)

    def made_by(self, keys: Iterable[str]) -> tuple[str, ...]:
        """Return the keys that ``keys`` make together, with those of everything that these are a kind of."""
        found = dict.fromkeys(keys)
        made: dict[str, None] = {}
        grown = not self.composites.keys().isdisjoint(found)
        while grown:
            whole = [
                key
                for part in found
                for parts, key in self.composites.get(part, ())
                if key not in found and parts <= found.keys()
            ]
            more = dict.fromkeys(self.with_broader(whole))
            found |= more
            made |= more
            grown = bool(whole)
        return tuple(made)


# Goods of a kind name the same, and each good asks several times.
@lru_cache(maxsize=8_192)
def _with_broader(keys: tuple[str, ...], table: Lexicon) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for key in keys:
        found |= dict.fromkeys(table.closure.get(key) or (key,))
    return tuple(found)


def compile_lexicon(groups: Iterable[Group], *, common: CommonWords) -> Lexicon:
    """Arrange ``groups`` for looking up. Raises BroaderLoop."""
    groups = list(groups)
    broader = all_broader({group.key: group.broader for group in groups})
    root = _Node()
    joined: dict[str, str] = {}
    known: set[str] = set()
    sequences: set[tuple[str, ...]] = set()
    composites: defaultdict[str, list[tuple[frozenset[str], str]]] = defaultdict(list)
    for name in common.names:
        _add(root, words(name), _NOTHING, excepted=True)
    for group in groups:
        classifiers = [
            word(text)
            for family, texts in common.classifiers.items()
            if family == group.key or family in broader[group.key]
            for text in texts
        ]
        for entry in group.entries:
            for sequence in _with_classifiers(words(entry.text), entry.language, classifiers):
                _add(root, sequence, group.key, excepted=False)
                joined.setdefault("".join(item.folded for item in sequence), group.key)
                known.update(item.folded for item in sequence)
                sequences.add(tuple(item.text for item in sequence))
        for text in group.exceptions:
            _add(root, words(text), group.key, excepted=True)
        for parts in group.parts:
            for part in parts if parts <= broader.keys() else ():
                composites[part].append((parts, group.key))
    return Lexicon(
        root=root,
        joined=joined,
        known=frozenset(known),
        spelt=frozenset(text for sequence in sequences for text in sequence),
        broader=broader,
        closure={key: (key, *wider) for key, wider in broader.items()},
        composites={part: tuple(found) for part, found in composites.items()},
        describing=frozenset(group.key for group in groups if group.describes),
        sequences=frozenset(sequences),
    )


def _with_classifiers(
    sequence: list[Word], language: str, classifiers: Sequence[Word]
) -> Iterator[list[Word]]:
    """Yield a phrase as it is written, and with each of the words that say of which sort it is."""
    yield sequence
    if language != Language.VIETNAMESE or not classifiers:
        return
    bare = sequence[1:] if sequence[0] in classifiers else sequence
    if bare:
        yield from ([classifier, *bare] for classifier in classifiers)


def _add(root: _Node, sequence: Sequence[Word], key: str, *, excepted: bool) -> None:
    if not sequence:
        return
    node = root
    for item in sequence:
        node = node.following.setdefault(item.folded, _Node())
    phrase = Phrase(tuple(item.text for item in sequence), key, excepted)
    if phrase not in node.phrases:
        node.phrases.append(phrase)


def lexicon() -> Lexicon:
    """Return the lexicon in force."""
    from search.lexicon.in_force import lexicon_in_force

    return lexicon_in_force()


def find_concepts(sequence: Sequence[Word], *, lenient: bool, table: Lexicon | None = None) -> list[Concept]:
    """Return the groups named in ``sequence``, in the order in which they begin.

    ``lenient``: the text may lack marks (a query, or a text written without any), so ``mam xoi``
    names *mâm xôi*. Marks that are there decide. A place inside a group's exception doesn't name it, and neither does a
    syllable without marks inside a longer phrase: ``ca phe`` is coffee and no fish, ``hat sen`` no English hat.
    ``table``: another lexicon than the one in force.
    """
    return list(_kept_concepts(tuple(sequence), table or lexicon(), lenient))


# Name, beginning, groups and further groups of a good's document all ask what its name names.
@lru_cache(maxsize=2_048)
def _kept_concepts(sequence: tuple[Word, ...], table: Lexicon, lenient: bool) -> tuple[Concept, ...]:
    concepts: list[Concept] = []
    excepted: set[tuple[str, int]] = set()
    for phrase, start, end in _phrases(sequence, table, lenient=lenient):
        if phrase.excepted:
            excepted.update((phrase.key, position) for position in range(start, end))
        else:
            concepts.append(Concept(phrase.key, start, end))
    if excepted:
        concepts = [found for found in concepts if not _is_excepted(found, excepted)]
    if lenient and len(concepts) > 1:
        spans = {(found.start, found.end) for found in concepts}
        concepts = [
            found
            for found in concepts
            if not (_may_lack_marks(sequence[found.start : found.end]) and _inside_a_longer(found, spans))
        ]
    return tuple(concepts)


def phrases(table: Lexicon) -> Iterator[Phrase]:
    """Yield every phrase of ``table``."""
    waiting = [table.root]
    while waiting:
        node = waiting.pop()
        yield from node.phrases
        waiting += node.following.values()


def _phrases(sequence: Sequence[Word], table: Lexicon, *, lenient: bool) -> Iterator[tuple[Phrase, int, int]]:
    """Yield the phrases in ``sequence`` with their places."""
    folded = [item.folded for item in sequence]
    first_words = table.root.following
    for start, first in enumerate(folded):
        node = first_words.get(first)
        end = start + 1
        while node is not None:
            if node.phrases:
                said = sequence[start:end]
                for phrase in node.phrases:
                    if _says(phrase, said, lenient=lenient):
                        yield phrase, start, end
            node = node.following.get(folded[end]) if end < len(folded) else None
            end += 1


def _says(phrase: Phrase, said: Sequence[Word], *, lenient: bool) -> bool:
    """Whether words that are a phrase's without marks are the phrase; ``lenient``: marks may be left out."""
    for expected, item in zip(phrase.texts, said, strict=True):
        # The letters are the same already: only marks that were typed can contradict.
        if expected != item.text and (item.marked or not lenient):
            return False
    return True


def _is_excepted(concept: Concept, excepted: set[tuple[str, int]]) -> bool:
    places = range(concept.start, concept.end)
    return all((concept.key, at) in excepted for at in places) or all(
        (_NOTHING, at) in excepted for at in places
    )


def _may_lack_marks(sequence: Sequence[Word]) -> bool:
    return all(not item.marked and is_folded_syllable(item.folded) for item in sequence)


def _inside_a_longer(concept: Concept, spans: Iterable[tuple[int, int]]) -> bool:
    return any(
        start <= concept.start and concept.end <= end and end - start > concept.end - concept.start
        for start, end in spans
    )


@lru_cache(maxsize=8_192)
def names_something(said: Word, table: Lexicon) -> bool:
    """Whether a word that stands alone names a group."""
    return bool(_kept_concepts((said,), table, False))


def indexed_keys(
    sequence: Sequence[Word],
    *,
    bare: bool = False,
    is_name: bool = False,
    bound: frozenset[int] = frozenset(),
    table: Lexicon | None = None,
) -> list[str]:
    """Return the keys under which a good's text is found: of what it names, and of what the thing itself is a kind of.

    The thing itself is what a text begins with: *kẹo dừa* is sweets; the coconut in it is found too, but makes no fruit of it.
    ``bare``: the text was written without any mark. ``is_name``: it is the name of a person or a firm, in which a single
    syllable is a name and no goods (*Ngô*, *Lê*, *Mai*). ``bound``: positions that name nothing by themselves. ``table``: another
    lexicon than the one in force.
    """
    table = table or lexicon()
    return _near_keys(_named(sequence, table, bare=bare, is_name=is_name, bound=bound), table)


def further_keys(
    sequence: Sequence[Word],
    *,
    bare: bool = False,
    bound: frozenset[int] = frozenset(),
    table: Lexicon | None = None,
) -> list[str]:
    """Return the keys of what the other things that a name names are kinds of: worth less than `indexed_keys`."""
    return keys_of_name(sequence, bare=bare, bound=bound, table=table)[1]


def keys_of_name(
    sequence: Sequence[Word],
    *,
    bare: bool = False,
    is_name: bool = False,
    bound: frozenset[int] = frozenset(),
    table: Lexicon | None = None,
) -> tuple[list[str], list[str]]:
    """Return `indexed_keys` and `further_keys` of a text, which is read once."""
    table = table or lexicon()
    found = _named(sequence, table, bare=bare, is_name=is_name, bound=bound)
    near = _near_keys(found, table)
    return near, [key for key in table.with_broader(concept.key for concept in found) if key not in near]


def _named(
    sequence: Sequence[Word], table: Lexicon, *, bare: bool, is_name: bool, bound: frozenset[int]
) -> list[Concept]:
    lenient = bare and is_likely_vietnamese(sequence)
    found = find_concepts(sequence, lenient=lenient, table=table)
    if bound:
        found = [concept for concept in found if not bound.issuperset(range(concept.start, concept.end))]
    if is_name:
        found = [
            concept
            for concept in found
            if concept.end - concept.start > 1 or not is_folded_syllable(sequence[concept.start].folded)
        ]
    return found


def _near_keys(found: Sequence[Concept], table: Lexicon) -> list[str]:
    if not found:
        return []
    named = dict.fromkeys(concept.key for concept in found)
    heads = [concept for concept in found if concept.key not in table.describing]
    first = min((concept.start for concept in heads), default=0)
    itself = table.with_broader(concept.key for concept in heads if concept.start == first)
    return list(dict.fromkeys([*named, *itself, *table.made_by(table.with_broader(named))]))


def is_likely_vietnamese(sequence: Sequence[Word]) -> bool:
    """Whether a text without marks is Vietnamese that lacks them, and not English: nearly all words are syllables.

    Else the English *me*, *hat* and *tan* would name *mè*, *hạt* and *tần*.
    """
    syllables = sum(is_folded_syllable(item.folded) for item in sequence)
    return syllables >= _MOSTLY * len(sequence) and _ENGLISH.isdisjoint(item.text for item in sequence)
