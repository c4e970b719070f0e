"""What a change of a group would do, said before it is saved: for each phrase the goods found now and afterwards.

Now: what the search finds. Afterwards: goods that have the phrase itself, goods that name the group by any phrase of its new
wording or of its narrower groups, and goods of other groups that the phrase names. The candidates come from the engine, the verdict from their texts, so that
exceptions count; beyond `MOST` goods a number is a lower bound.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.utils import timezone
from django.utils.translation import get_language

from catalogue.models import Product
from search.engines.base import get_engine
from search.expressions import Expression, Form, Match, any_of, concept_token
from search.interpretation import Interpretation
from search.lexicon.groups import Group
from search.lexicon.in_force import every_group, lexicon_in_force
from search.lexicon.reindexing import names, with_group
from search.query import SearchQuery
from search.selectors import find_goods
from search.sources import build_documents
from search.synonyms import Lexicon, find_concepts
from search.text import words
from search.units import phrase_expression

#: So many goods of a set are looked at one by one.
MOST: Final = 200
#: A phrase that finds more goods than this is likely too common a word.
MANY: Final = 300
_PHRASES: Final = 12
_NAMES: Final = 3


@dataclass(frozen=True, slots=True)
class Found:
    """How many goods, and the names of the first; ``at_least``: more than were looked at."""

    count: int
    names: tuple[str, ...] = ()
    at_least: bool = False


@dataclass(frozen=True, slots=True)
class PhraseEffect:
    """What a search for ``text`` finds. ``state``: added, removed or kept."""

    text: str
    state: str
    now: Found
    afterwards: Found


@dataclass(frozen=True, slots=True)
class Effects:
    """What a change would do. ``elsewhere``: phrases that name another group too, with one phrase of that group.

    ``common``: phrases that find very many goods. ``short``: added phrases of one syllable, which typed without marks may mean much.
    ``phrases`` are the first of ``total``, changed ones first.
    """

    phrases: tuple[PhraseEffect, ...]
    total: int
    elsewhere: tuple[tuple[str, str], ...]
    common: tuple[str, ...]
    short: tuple[str, ...]


def effects_of(group: Group | None, before: Group | None) -> Effects:
    """Return what it does to have ``group`` (None: switched off) in the place of ``before`` (None: new).

    Raises SearchUnavailable, LexiconError.
    """
    present = every_group(active_only=True)
    key = next(known.key for known in (group, before) if known is not None)
    others = [other for other in present if other.key != key]
    table = with_group(others, group)
    texts = _texts(group, before)
    shown = texts[:_PHRASES]
    own = {text: _goods(phrase_expression(words(text))) for text, _ in shown}
    now = {text: _search(text) for text, _ in shown}
    candidates = _candidates(table, key, [text for text, _ in texts])
    seen = {*candidates, *(pk for pks, _ in now.values() for pk in pks)}
    documents = {pk: built[0] for pk, (_, built) in build_documents(sorted(seen)).items() if built}
    belonging = [pk for pk in candidates if pk in documents and names(documents[pk], key, table)]
    capped = len(candidates) >= MOST
    effects = []
    for text, state in shown:
        literal, literal_total = own[text]
        found_now, total_now = now[text]
        also = _other_meanings(text, key, table)
        others_goods = [
            pk
            for pk in found_now
            if pk in documents and any(names(documents[pk], other, table) for other in also)
        ]
        after = [*(belonging if state != "removed" else []), *literal, *others_goods]
        uncounted = capped or literal_total > len(literal) or (bool(also) and total_now > len(found_now))
        effects.append(
            PhraseEffect(
                text,
                state,
                Found(total_now, _names_of(found_now[:_NAMES])),
                _found(dict.fromkeys(after), uncounted),
            )
        )
    entries = [entry.text for entry in group.entries] if group else []
    return Effects(
        phrases=tuple(effects),
        total=len(texts),
        elsewhere=tuple(_elsewhere(entries, others)),
        common=tuple(text for text, _ in shown if text in entries and own[text][1] > MANY),
        short=tuple(
            text
            for text, state in texts
            if state == "added" and len(words(text)) == 1 and words(text)[0].marked
        ),
    )


def _texts(group: Group | None, before: Group | None) -> list[tuple[str, str]]:
    """Return the phrases before and after with their state, changed ones first."""
    now = {entry.text: None for entry in before.entries} if before else {}
    then = {entry.text: None for entry in group.entries} if group else {}
    return [
        *((text, "added") for text in then if text not in now),
        *((text, "removed") for text in now if text not in then),
        *((text, "kept") for text in then if text in now),
    ]


def _candidates(table: Lexicon, key: str, texts: Iterable[str]) -> list[int]:
    """Return goods that may name the group: by what the index says of them now, or by the phrases themselves."""
    narrower = [other for other, above in table.broader.items() if key in above]
    known = lexicon_in_force().broader
    tokens = tuple(concept_token(other) for other in (key, *narrower) if other in known)
    parts: list[Expression] = [Match(Form.FOLDED, tokens)] if tokens else []
    parts += [phrase_expression(words(text)) for text in texts]
    return _goods(any_of(parts))[0] if parts else []


def _goods(expression: Expression) -> tuple[list[int], int]:
    """Return the first goods for which ``expression`` holds, and how many there are."""
    interpretation = Interpretation(typed="", required=expression, exact=expression)
    query = SearchQuery(at=timezone.now(), adult=True, page_size=MOST, with_facets=False)
    result = get_engine().search(query, interpretation)
    return result.product_ids, result.total


def _search(text: str) -> tuple[list[int], int]:
    """Return the first goods that a search for ``text`` finds now, and how many it finds."""
    query = SearchQuery(at=timezone.now(), text=text, adult=True, page_size=MOST, with_facets=False)
    _, result = find_goods(query)
    return result.product_ids, result.total


def _other_meanings(text: str, key: str, table: Lexicon) -> set[str]:
    """Return the other groups that the whole of ``text`` names."""
    sequence = words(text)
    return {
        concept.key
        for concept in find_concepts(sequence, lenient=True, table=table)
        if concept.key != key and (concept.start, concept.end) == (0, len(sequence))
    }


def _found(product_ids: Iterable[int], at_least: bool) -> Found:
    ids = list(product_ids)
    return Found(len(ids), _names_of(ids[:_NAMES]), at_least)


def _names_of(product_ids: list[int]) -> tuple[str, ...]:
    rows = Product.objects.filter(pk__in=product_ids).values_list("pk", "title_vi", "title_en")
    english = get_language() == "en"
    titles = {pk: (in_english or own) if english else own for pk, own, in_english in rows}
    return tuple(titles[pk] for pk in product_ids if pk in titles)


def _elsewhere(texts: Iterable[str], others: Iterable[Group]) -> Iterable[tuple[str, str]]:
    spelt = {tuple(item.text for item in words(text)): text for text in texts}
    for other in others:
        for entry in other.entries:
            text = spelt.get(tuple(item.text for item in words(entry.text)))
            if text is not None:
                yield text, next((own.text for own in other.entries if own.text != text), other.key)
