"""What the index holds: a good as it is true during one interval of time.

Prices, certificates and further papers begin and end without anybody writing. So a good has a document for
each interval in which nothing about it changes, and every query asks for the documents true at its moment:
``true_from <= moment < true_until``. At any moment a good has one such document or none.
"""

from __future__ import annotations

import hashlib
import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Any, Final, NamedTuple

from search.expressions import STORY, Form, bare_token, concept_token
from search.gazetteer import Level, gazetteer
from search.query import YES
from search.ranking import ZONE_WEIGHTS
from search.spelling import NEIGHBOURS
from search.syllables import is_folded_syllable
from search.synonyms import Lexicon, find_concepts, keys_of_name, lexicon, names_something
from search.text import is_bare, join_folded, words

#: Where every word is looked for; where it stands decides how much it counts.
ZONES: Final = tuple(zone for zone in ZONE_WEIGHTS if zone != STORY)
_TEXT_FORMS: Final = (Form.EXACT, Form.FOLDED, Form.JOINED)
_FIELDS_OF_ZONES: Final = tuple(
    (zone, tuple(f"{zone}_{form.value}" for form in _TEXT_FORMS)) for zone in (*ZONES, STORY)
)
#: The one field of what the good is, where it comes from, its codes (`search/facts.py`).
FACTS: Final = "facts"
TEXT_FIELDS: Final = (*(name for _, names in _FIELDS_OF_ZONES for name in names), FACTS)

#: Raise it where what documents say changes although their fields stay: indices of before are then made anew.
FORMAT: Final = 5

#: Documents of one good are numbered from 0; a good never has this many intervals.
MAXIMUM_INTERVALS: Final = 1_000

_WORD: Final = re.compile(r"[^\W_]+")
#: Texts of up to so many letters are worth keeping apart: they come again.
_LONGEST_KEPT: Final = 120
_PRODUCT_BITS: Final = 31
_HIGHEST_PRODUCT: Final = (1 << _PRODUCT_BITS) - 1
_HIGHEST_PRICE: Final = (1 << 31) - 1
#: From here on ``sort_cheapest`` says that a good has no price.
WITHOUT_PRICE: Final = _HIGHEST_PRICE << _PRODUCT_BITS
_DAY_BITS: Final = 20


class Text(NamedTuple):
    """A piece of text to be found.

    Without ``synonyms`` its words mean nothing but themselves. ``is_name``: it is the name of a person or a firm, in
    which a single syllable names no goods. ``bound``: positions of words that mean nothing but the name that they are
    part of (the *Trà* of Trà Vinh): they are found as neighbours, not alone. ``complete``: it has all its marks even
    where it has none, since it is English or part of a name that has some; the English *hat* is no *hạt*.
    """

    text: str
    synonyms: bool = True
    is_name: bool = False
    bound: frozenset[int] = frozenset()
    complete: bool = False

    @property
    def bare(self) -> bool:
        """Whether it was written without any mark, so that its words may stand for marked ones."""
        return not self.complete and is_bare(self.text)


@dataclass(frozen=True, kw_only=True)
class Tombstone:
    """That a document is no longer; keeps the version, so that nothing older comes back."""

    product_id: int
    number: int
    version: int

    @property
    def key(self) -> int:
        """The document's number in the whole index."""
        return self.product_id * MAXIMUM_INTERVALS + self.number

    @property
    def id(self) -> str:
        """The document's name in the index: ``<product id>:<number of its interval>``."""
        return f"{self.product_id}:{self.number}"


@dataclass(frozen=True, kw_only=True)
class GoodDocument:
    """One good during one interval. Moments are whole seconds since 1970, prices whole đồng.

    ``price`` is the lead pack's during the interval, None where it has none. ``name``, ``maker`` (the producer),
    ``context`` (standards, packs, street), ``body`` (descriptions) and ``story`` (what the producer's published stories say)
    are what words are looked for in; ``facts`` are tokens of their own (`search/facts.py`).
    """

    product_id: int
    number: int
    version: int
    true_from: int
    true_until: int
    name: tuple[Text, ...]
    maker: tuple[Text, ...] = ()
    context: tuple[Text, ...] = ()
    body: tuple[Text, ...] = ()
    story: tuple[Text, ...] = ()
    facts: tuple[str, ...] = ()
    sector: str = ""
    product_set: int | None = None
    stars: int
    province: str = ""
    producer: int
    standards: tuple[str, ...] = ()
    price: int | None = None
    sold: bool = False
    alcohol: bool = False
    #: Further values to count by, see `search.query.Facet`.
    region: str = ""
    forms: tuple[str, ...] = ()
    season: tuple[int, ...] = ()
    reduced: bool = False
    delivery: tuple[str, ...] = ()
    #: Ids of goods that it was bought together with.
    bought_with: tuple[int, ...] = ()
    created_at: datetime

    @property
    def key(self) -> int:
        """The document's number in the whole index."""
        return self.product_id * MAXIMUM_INTERVALS + self.number

    @property
    def id(self) -> str:
        """The document's name in the index: ``<product id>:<number of its interval>``."""
        return f"{self.product_id}:{self.number}"

    @property
    def tokens(self) -> dict[str, list[str]]:
        """The tokens of every text field (``name_exact``, ``name_folded``, …), in order."""
        return {field: text.split() for field, text in self.token_texts.items()}

    @cached_property
    def token_texts(self) -> dict[str, str]:
        """The tokens of every text field, a space between them: what engines are given."""
        fields: dict[str, str] = {}
        table = lexicon()
        for zone, names in _FIELDS_OF_ZONES:
            make = _kept_story_texts if zone == STORY else _token_texts
            written = [make(piece, table) for piece in getattr(self, zone)]
            for name, *texts in zip(names, *written, strict=False):
                fields[name] = " ".join(texts)
        # What else a name names stands with the papers: there it weighs less.
        further = [_token_texts(piece, table)[-1] for piece in self.name]
        fields["context_folded"] = " ".join([fields["context_folded"], *further]).strip()
        fields[FACTS] = " ".join(self.facts)
        return fields

    @cached_property
    def vocabulary(self) -> list[str]:
        """The canonical words of name, maker and context, each once."""
        return sorted(
            set().union(*[_word_texts(piece) for piece in (*self.name, *self.maker, *self.context)])
        )

    @cached_property
    def neighbours(self) -> list[str]:
        """The words that stand side by side in a name or a producer's, as ``first_second``, each pair once."""
        return sorted(
            {
                f"{first.text}{NEIGHBOURS}{second.text}"
                for piece in (*self.name, *self.maker)
                for first, second in itertools.pairwise(words(piece.text))
            }
        )

    @cached_property
    def values(self) -> dict[str, Any]:
        """What is stored beside the texts to filter, count and sort by."""
        return {
            "price": self.price,
            "sold": self.sold,
            "alcohol": self.alcohol,
            "bought_with": [str(product_id) for product_id in self.bought_with],
            **self.facets(),
            **self.sort_keys(),
        }

    @cached_property
    def content(self) -> int:
        """A number below 2^48 that differs where what the document says differs, whatever its version and its interval."""
        said = (*self.token_texts.values(), *self.vocabulary, *self.neighbours, repr(self.values))
        written = "\n".join(said).encode(errors="surrogatepass")
        return int.from_bytes(hashlib.blake2b(written, digest_size=6).digest())

    def facets(self) -> dict[str, list[str]]:
        """The values that this document counts under, by facet."""
        return {
            "sector": [self.sector] if self.sector else [],
            "set": [] if self.product_set is None else [str(self.product_set)],
            "stars": [str(self.stars)],
            "province": [self.province] if self.province else [],
            "producer": [str(self.producer)],
            "standard": list(self.standards),
            "region": [self.region] if self.region else [],
            "form": list(self.forms),
            "available": [YES] if self.sold else [],
            "reduced": [YES] if self.reduced else [],
            "season": [str(month) for month in self.season],
            "delivery": list(self.delivery),
        }

    def sort_keys(self) -> dict[str, int]:
        """Return one whole number an order; the product id is part of it, so that no two are equal."""
        backwards = _HIGHEST_PRODUCT - self.product_id
        price = None if self.price is None else min(self.price, _HIGHEST_PRICE)
        day = self.created_at.toordinal()
        return {
            "sort_recommended": (
                ((self.sold << 3 | self.stars) << _DAY_BITS | day) << _PRODUCT_BITS | backwards
            ),
            "sort_cheapest": (
                (_HIGHEST_PRICE if price is None else price) << _PRODUCT_BITS | self.product_id
            ),
            "sort_dearest": (0 if price is None else price) << _PRODUCT_BITS | backwards,
            "sort_newest": int(self.created_at.timestamp()) << _PRODUCT_BITS | backwards,
            "sort_stars": (((self.stars << 1 | self.sold) << _DAY_BITS | day) << _PRODUCT_BITS | backwards),
        }


Document = GoodDocument | Tombstone


def text_tokens(piece: Text) -> dict[Form, list[str]]:
    """Return the tokens under which ``piece`` is found, by form.

    *exact*: words with their marks, and a twin for each word of a text written without any, so that it
    may stand for a marked one. *folded*: words without marks, and the groups of synonyms named.
    *joined*: neighbours written as one.
    """
    return dict(zip(_TEXT_FORMS, _tokens(piece, lexicon()), strict=False))


def _tokens(piece: Text, table: Lexicon) -> tuple[list[str], ...]:
    """Return the tokens of each form of `_TEXT_FORMS`, then those of what the text says by its other meanings."""
    sequence = words(piece.text)
    bare = piece.bare
    free = [word for at, word in enumerate(sequence) if at not in piece.bound] if piece.bound else sequence
    exact = [word.text for word in free]
    if bare:
        exact += [bare_token(word.folded) for word in free]
    folded = [word.folded for word in free]
    further: list[str] = []
    if piece.synonyms:
        near, more = keys_of_name(sequence, bare=bare, is_name=piece.is_name, bound=piece.bound, table=table)
        folded += [concept_token(key) for key in near]
        further = [concept_token(key) for key in more]
    return exact, folded, join_folded(sequence), further


def _token_texts(piece: Text, table: Lexicon) -> tuple[str, ...]:
    """Return what `_tokens` returns as texts."""
    make = _kept_token_texts if len(piece.text) <= _LONGEST_KEPT else _made_token_texts
    return make(piece, table)


def _made_token_texts(piece: Text, table: Lexicon) -> tuple[str, ...]:
    return tuple(map(" ".join, _tokens(piece, table)))


def _word_texts(piece: Text) -> frozenset[str]:
    make = _kept_word_texts if len(piece.text) <= _LONGEST_KEPT else _made_word_texts
    return make(piece.text)


def _made_word_texts(text: str) -> frozenset[str]:
    return frozenset([word.text for word in words(text)])


# Producers, places, kinds and packs say the same of many goods, as long as the lexicon stays.
_kept_token_texts = lru_cache(maxsize=16_384)(_made_token_texts)
_kept_word_texts = lru_cache(maxsize=16_384)(_made_word_texts)
# A producer's goods are mostly read together.
_kept_story_texts = lru_cache(maxsize=256)(_made_token_texts)


def with_tombstones(
    documents: Sequence[GoodDocument], *, product_id: int, version: int, known: int
) -> Iterator[Document]:
    """Yield a good's documents and a tombstone for each of the ``known`` earlier ones beyond them."""
    yield from documents
    for number in range(len(documents), known):
        yield Tombstone(product_id=product_id, number=number, version=version)


def texts(
    pieces: Iterable[str | None],
    *,
    english: Iterable[str | None] = (),
    synonyms: bool = True,
    is_name: bool = False,
) -> tuple[Text, ...]:
    """Return the pieces that say something, each once; those in English after the others."""
    said: dict[str, bool] = {}
    for written, complete in ((pieces, False), (english, True)):
        for piece in written:
            if piece and piece.strip():
                said.setdefault(piece.strip(), complete)
    return tuple(Text(piece, synonyms, is_name, complete=complete) for piece, complete in said.items())


def stored_fields(document: GoodDocument) -> dict[str, Any]:
    """Return the document's fields but its texts, as every engine stores them."""
    return {
        "product_id": document.product_id,
        "version": document.version,
        "true_from": document.true_from,
        "true_until": document.true_until,
        "content": document.content,
        **document.values,
    }


def named_texts(pieces: Iterable[str | None], *, english: Iterable[str | None] = ()) -> tuple[Text, ...]:
    """Return names, each once; what in them is part of a proper name (the *Trà* of Trà Vinh) isn't found as goods."""
    return tuple(piece._replace(bound=_proper_words(piece.text)) for piece in texts(pieces, english=english))


def proper_names(pieces: Iterable[Text]) -> tuple[Text, ...]:
    """Return the words of names that are part of proper names, to be found as words of little weight."""
    found: dict[bool, list[str]] = {True: [], False: []}
    for piece in pieces:
        if piece.bound:
            sequence = _WORD.findall(piece.text)
            found[piece.bare] += [sequence[at] for at in sorted(piece.bound)]
    return texts(found[True], english=found[False], synonyms=False)


def _proper_words(name: str) -> frozenset[int]:
    """Return the positions of words that name goods elsewhere and here are part of a proper name.

    Written large beside another large word, behind goods that are named first: by the rules of spelling such words
    name a place, a maker or a brand. In a name that is written large throughout only names of places tell.
    """
    typed = _WORD.findall(name)
    sequence = words(name)
    if name.isupper() or len(typed) != len(sequence):
        return frozenset()
    large = [word[:1].isupper() for word in typed]
    table = lexicon()
    doubtful = {
        at
        for at, is_large in enumerate(large)
        if is_large
        and (large[at - 1 : at] == [True] or large[at + 1 : at + 2] == [True])
        and is_folded_syllable(sequence[at].folded)
        and names_something(sequence[at], table)
    }
    if not doubtful:
        return frozenset()
    proper = {
        at
        for named in gazetteer().find(sequence)
        if named.end - named.start > 1 and named.places[0].level < Level.COMMUNE
        if all(large[named.start : named.end])
        for at in range(named.start, named.end)
    }
    names_goods_first = any(
        concept.start == 0 for concept in find_concepts(sequence, lenient=False, table=table)
    )
    if names_goods_first and not all(large):
        proper |= set(range(large.index(False), len(large)))
    return frozenset(doubtful & proper)
