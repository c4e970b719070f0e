"""What an index knows of a good beside its words: tokens of the one field ``facts``.

========  ==============================================================================================
``p: …``  places, see `search/gazetteer.py`
``s:``    sector; ``s?`` only by its suggested set
``k:``    product set; ``k?`` suggested, not confirmed
``f:``    form (`search/data/forms.toml`)
``g:``    net quantity in grams or millilitres
``o:``    stars proposed, not awarded
``n:``    a code or number, without punctuation: product, certificate, decision, GTIN, the row of a list
``h:``    how a name begins: first word as typed and without marks, and the group of synonyms it names
``=``     a whole name as one word
``b:``    a bit of popularity
``r:``    a bit of what buyers say of it
``-``     a word without marks that the good says it is without ("không đường"), and ``-1`` the group of synonyms
========  ==============================================================================================
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Final

from search.forms import said_forms
from search.ranking import POPULARITY_BITS, RATING_BITS
from search.synonyms import Lexicon, find_concepts, lexicon
from search.text import Word, fold, fold_in_place, is_bare, words
from search.wording import query_wording

_QUANTITY: Final = re.compile(
    r"(?<![\w.,])(?P<number>\d+(?:[.,]\d+)?)\s*(?P<unit>kg|kilogam|kilogram|ki lo|kilo|ky|gam|gram|grams|gr|g|lit|litre|liter|l|ml|cc)\b"
)
_GRAMS: Final = {
    "kg": 1000, "kilogam": 1000, "kilogram": 1000, "ki lo": 1000, "kilo": 1000, "ky": 1000, "lit": 1000, "litre": 1000, "liter": 1000,
    "l": 1000,
}  # fmt: skip
#: Where an English name goes on to say more of the thing.
_ENGLISH_ASIDE: Final = re.compile(r"\b(?:with|in|from|for|and)\b|[,(–—:]", re.IGNORECASE)
#: Words before the thing itself: a box of tea is tea.
_CONTAINERS: Final = frozenset(
    {"hộp", "set", "combo", "bộ", "gói", "túi", "chai", "hũ", "lọ", "sản", "thùng", "giỏ", "đặc", "cặp"}
)


#: How tokens of ratings begin.
RATING: Final = "r:"


def code_token(code: str) -> str:
    """Return a code as it is compared: letters and digits only, without marks, in lower case."""
    return "n:" + re.sub(r"[^0-9a-z]", "", fold(code))


def quantity_token(grams: int) -> str:
    """Return the token of a net quantity in grams (or millilitres)."""
    return f"g:{grams}"


def read_quantities(text: str) -> Iterator[tuple[int, int, int]]:
    """Yield start, end and grams (or millilitres) of each quantity in ``text``: ``500g``, ``1,5 kg``, ``0.5 lít``."""
    for match in _QUANTITY.finditer(fold_in_place(text)):
        number = Decimal(match["number"].replace(",", "."))
        yield match.start(), match.end(), int(number * _GRAMS.get(match["unit"], 1))


def facts_of_names(vietnamese: Iterable[str], english: Iterable[str] = ()) -> list[str]:
    """Return what a good's names tell: what they name first, and the whole of them.

    A Vietnamese name begins with what the thing is, an English one ends with it.
    """
    found: dict[str, None] = {}
    table = lexicon()
    for name in vietnamese:
        sequence = words(name)
        if sequence:
            found[_whole(sequence)] = None
            found |= dict.fromkeys(_beginnings(sequence, table, lenient=is_bare(name)))
    for name in english:
        sequence = words(name)
        if sequence:
            found[_whole(sequence)] = None
            found |= dict.fromkeys(_endings(words(_ENGLISH_ASIDE.split(name)[0]), table))
    return list(found)


def _whole(sequence: Sequence[Word]) -> str:
    return "=" + "".join(word.folded for word in sequence)


def _endings(sequence: Sequence[Word], table: Lexicon) -> Iterator[str]:
    concepts = find_concepts(sequence, lenient=False, table=table)
    last = max((concept.end for concept in concepts), default=None)
    named = (concept.key for concept in concepts if concept.end == last)
    for key in table.with_broader(named):
        yield head_token(f"1{key}")


def _beginnings(sequence: Sequence[Word], table: Lexicon, *, lenient: bool) -> Iterator[str]:
    start = next((at for at, word in enumerate(sequence) if word.text not in _CONTAINERS), 0)
    for at in {0, start}:
        yield head_token(sequence[at].text)
        yield head_token(sequence[at].folded)
        if at + 1 < len(sequence):
            yield head_token(sequence[at].folded + sequence[at + 1].folded)
    concepts = find_concepts(sequence, lenient=lenient, table=table)
    first = min((concept.start for concept in concepts), default=None)
    named = [concept.key for concept in concepts if concept.start in {first, 0, start}]
    # *Khoai lang mật sấy* begins as dried sweet potatoes do, though it says so in two places.
    found = table.with_broader(concept.key for concept in concepts)
    made = [key for part in named for parts, key in table.composites.get(part, ()) if parts <= set(found)]
    for key in table.with_broader([*named, *made]):
        yield head_token(f"1{key}")


def head_token(token: str) -> str:
    """Return the token of a name that begins with ``token``."""
    return f"h:{token}"


def facts_of_texts(texts: Iterable[str]) -> list[str]:
    """Return the forms and quantities that names, packs and particulars tell, and what they say to be without."""
    table = lexicon()
    return list(dict.fromkeys(fact for text in texts for fact in _facts_of_text(text, table)))


@lru_cache(maxsize=4_096)
def _facts_of_text(text: str, _read_with: Lexicon) -> tuple[str, ...]:
    sequence = words(text)
    found = [f"f:{key}" for key in said_forms(text)]
    found += [quantity_token(grams) for _, _, grams in read_quantities(text)]
    for _, thing in negations(sequence):
        found += without_tokens(sequence[thing:])
    return tuple(found)


def without_tokens(sequence: Sequence[Word]) -> list[str]:
    """Return the tokens of what a negation before ``sequence`` is about: the word, and the goods that begin with it."""
    named = (concept.key for concept in find_concepts(sequence, lenient=True) if concept.start == 0)
    return [f"-{sequence[0].folded}", *(f"-1{key}" for key in named)]


def negations(sequence: Sequence[Word]) -> Iterator[tuple[int, int]]:
    """Yield where a negation stands, and where the thing begins of which there is none: *không (sử dụng) đường*.

    What was taken away is said like that too: *rút xương* is without bones.
    """
    wording = query_wording()
    said = [at for at, word in enumerate(sequence[:-1]) if word.text in wording.negations]
    removals = [span.start for span in wording.removals.find(sequence, lenient=True)]
    if not said and not removals:
        return
    excepted = {
        at for span in wording.not_negated.find(sequence, lenient=True) for at in range(span.start, span.end)
    }
    for at in said:
        if at not in excepted:
            thing = at + 1
            while thing < len(sequence) and sequence[thing].text in wording.having:
                thing += 1
            yield at, thing if thing < len(sequence) else at + 1
    for at in removals:
        yield at, at + 1


def popularity_tokens(level: int) -> list[str]:
    """Return the bits of a popularity from 0 to 2^`POPULARITY_BITS` - 1."""
    return [f"b:{bit}" for bit in range(POPULARITY_BITS) if level >> bit & 1]


def rating_tokens(step: int) -> list[str]:
    """Return the bits of a step of ratings from 0 to 2^`RATING_BITS` - 1."""
    return [f"{RATING}{bit}" for bit in range(RATING_BITS) if step >> bit & 1]
