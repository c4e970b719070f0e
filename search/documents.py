"""What the index holds: a good as it is true during one interval of time.

Prices, certificates and further papers begin and end without anybody writing. So a good has a document for
each interval in which nothing about it changes, and every query asks for the documents true at its moment:
``true_from <= moment < true_until``. At any moment a good has one such document or none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Any, Final

from search.interpretation import Form, bare_token, concept_token
from search.synonyms import find_concepts
from search.text import is_bare, join_folded, words

#: Where a word stands decides how much it counts.
ZONES: Final = ("name", "context", "body")
TEXT_FIELDS: Final = tuple(f"{zone}_{form.value}" for zone in ZONES for form in Form)

#: Documents of one good are numbered from 0; a good never has this many intervals.
MAXIMUM_INTERVALS: Final = 1_000

#: Texts of up to so many letters are worth keeping apart: they come again.
_LONGEST_KEPT: Final = 120
_PRODUCT_BITS: Final = 31
_HIGHEST_PRODUCT: Final = (1 << _PRODUCT_BITS) - 1
_HIGHEST_PRICE: Final = (1 << 31) - 1
_DAY_BITS: Final = 20


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of text to be found. ``is_name_of_place``: its words mean nothing but the name."""

    text: str
    synonyms: bool = True


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

    ``price`` is the lead pack's during the interval, None where it has none. ``name``, ``context``
    (producer, places, kind, standards, packs) and ``body`` (descriptions) are what words are looked for in.
    """

    product_id: int
    number: int
    version: int
    true_from: int
    true_until: int
    name: tuple[Text, ...]
    context: tuple[Text, ...] = ()
    body: tuple[Text, ...] = ()
    sector: str = ""
    product_set: int | None = None
    stars: int
    province: str = ""
    producer: int
    standards: tuple[str, ...] = ()
    price: int | None = None
    sold: bool = False
    alcohol: bool = False
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
        for zone in ZONES:
            written = [_token_texts(piece) for piece in getattr(self, zone)]
            for position, form in enumerate(Form):
                fields[f"{zone}_{form.value}"] = " ".join([texts[position] for texts in written])
        return fields

    @cached_property
    def vocabulary(self) -> list[str]:
        """The canonical words of name and context, each once."""
        return sorted(set().union(*[_word_texts(piece) for piece in (*self.name, *self.context)]))

    def facets(self) -> dict[str, list[str]]:
        """The values that this document counts under, by facet."""
        return {
            "sector": [self.sector] if self.sector else [],
            "set": [] if self.product_set is None else [str(self.product_set)],
            "stars": [str(self.stars)],
            "province": [self.province] if self.province else [],
            "producer": [str(self.producer)],
            "standard": list(self.standards),
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
    sequence = words(piece.text)
    bare = is_bare(piece.text)
    exact = [word.text for word in sequence]
    if bare:
        exact += [bare_token(word.folded) for word in sequence]
    folded = [word.folded for word in sequence]
    if piece.synonyms:
        concepts = find_concepts(sequence, lenient=bare)
        folded += [concept_token(key) for key in dict.fromkeys(found.key for found in concepts)]
    return {Form.EXACT: exact, Form.FOLDED: folded, Form.JOINED: join_folded(sequence)}


def _token_texts(piece: Text) -> tuple[str, ...]:
    """Return the tokens of ``piece`` in each form, as text."""
    make = _kept_token_texts if len(piece.text) <= _LONGEST_KEPT else _made_token_texts
    return make(piece.text, piece.synonyms)


def _made_token_texts(text: str, synonyms: bool) -> tuple[str, ...]:
    tokens = text_tokens(Text(text, synonyms))
    return tuple(" ".join(tokens[form]) for form in Form)


def _word_texts(piece: Text) -> frozenset[str]:
    make = _kept_word_texts if len(piece.text) <= _LONGEST_KEPT else _made_word_texts
    return make(piece.text)


def _made_word_texts(text: str) -> frozenset[str]:
    return frozenset([word.text for word in words(text)])


# Producers, places, kinds and packs say the same of many goods.
_kept_token_texts = lru_cache(maxsize=16_384)(_made_token_texts)
_kept_word_texts = lru_cache(maxsize=16_384)(_made_word_texts)


def with_tombstones(
    documents: Sequence[GoodDocument], *, product_id: int, version: int, known: int
) -> Iterator[Document]:
    """Yield a good's documents and a tombstone for each of the ``known`` earlier ones beyond them."""
    yield from documents
    for number in range(len(documents), known):
        yield Tombstone(product_id=product_id, number=number, version=version)


def texts(pieces: Iterable[str | None], *, synonyms: bool = True) -> tuple[Text, ...]:
    """Return the pieces that say something, each once."""
    said = dict.fromkeys(piece.strip() for piece in pieces if piece and piece.strip())
    return tuple(Text(piece, synonyms) for piece in said)


def stored_fields(document: GoodDocument) -> dict[str, Any]:
    """Return the document's fields but its texts, as every engine stores them."""
    return {
        "product_id": document.product_id,
        "version": document.version,
        "true_from": document.true_from,
        "true_until": document.true_until,
        "price": document.price,
        "sold": document.sold,
        "alcohol": document.alcohol,
        **document.facets(),
        **document.sort_keys(),
    }
