"""What is offered under the search field while someone types: searches, kinds, places, producers, goods."""

from __future__ import annotations

import time
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Final

from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from catalogue.addresses import producer_url
from catalogue.cards import Card
from catalogue.producers.directory import communes_with_goods, producers_shown
from marketplace.places.models import Commune, MacroRegion
from marketplace.places.names import short_name
from marketplace.places.selectors import find_commune, former_units
from search.highlighting import highlight
from search.insights.selectors import common_searches
from search.intents import PLAIN, IntentKind
from search.interpretation import Interpretation
from search.kept_cards import forget_cards, kept_cards
from search.labels import kind_labels, sets_to_browse
from search.query import Facet
from search.selectors import suggest_goods
from search.text import Word, words

#: The most options of each kind; together few enough to be seen at once.
_SEARCHES, _KINDS, _PLACES, _PRODUCERS, _GOODS = 3, 2, 2, 2, 5
#: Names are read anew so often: by a process, and by all of them together.
_PROCESS_SECONDS: Final = 60
_SHARED_SECONDS: Final = 5 * 60
#: With these words a name of a place (*Ba Sao*, *Nam Triệu*) could be taken for stars or a price.
_WORDS_OF_FILTERS: Final = frozenset({"sao", "triệu", "nghìn", "ngàn", "trăm", "tỷ", "tỉ"})
_NO_FILTERS: Final = (IntentKind.PRICE.value, IntentKind.STARS.value)
_KINDS_OF_PLACES: Final = frozenset({"xã", "xa", "phường", "phuong", "tỉnh", "tinh"})


@dataclass(frozen=True, slots=True)
class Option:
    """One thing that may be meant: ``name`` is safe to show, ``icon`` a name of Lucide's."""

    url: str
    name: SafeString | str
    icon: str


@dataclass(frozen=True, slots=True)
class Suggestions:
    """Everything offered for what was typed; ``total`` is the number of goods found."""

    searches: tuple[Option, ...] = ()
    kinds: tuple[Option, ...] = ()
    places: tuple[Option, ...] = ()
    producers: tuple[Option, ...] = ()
    goods: tuple[tuple[Card, SafeString | str], ...] = ()
    total: int = 0

    @property
    def groups(self) -> list[tuple[str, str, tuple[Option, ...]]]:
        """The groups of plain options that hold something: key, heading, options."""
        named = [
            ("searches", _("Searches"), self.searches),
            ("kinds", _("Kinds of goods"), self.kinds),
            ("places", _("Places"), self.places),
            ("producers", _("Producers"), self.producers),
        ]
        return [group for group in named if group[2]]

    @property
    def count(self) -> int:
        """How many options there are, the way to all results among them."""
        plain = sum(len(options) for _key, _heading, options in self.groups)
        return plain + len(self.goods) + (1 if self.total else 0)

    @property
    def boundaries(self) -> list[datetime | None]:
        """The moments at which a price among them may change."""
        return [card.until for card, _name in self.goods]


def suggestions(text: str, *, language: str, at: datetime, adult: bool) -> Suggestions:
    """Return what to offer for ``text``, whose last word may be unfinished.

    One request to the engine, and two queries where a good was not shown lately; nothing of alcohol unless ``adult``. Raises SearchUnavailable.
    """
    if not text.strip():
        return Suggestions()
    result = suggest_goods(text, at=at, adult=adult)
    cards = kept_cards(result.product_ids[:_GOODS], language=language, at=at, adult=adult)
    interpretation = result.interpretation
    typed = list(interpretation.words) or words(text)
    minute = int(time.monotonic() // _PROCESS_SECONDS)
    kinds = _kinds(language, adult, minute).find(typed, most=_KINDS)
    places = _places(language, adult, minute).find(_without_kind_of_place(typed), most=_PLACES)
    producers = _producers(language, adult, minute).find(typed, most=_PRODUCERS)
    return Suggestions(
        searches=tuple(_searches(text)),
        kinds=_options(kinds, "shapes", interpretation),
        places=_options(places, "map-pin", interpretation),
        producers=_options(producers, "store", interpretation),
        goods=tuple((card, highlight(card.name, interpretation)) for card in cards),
        total=result.total,
    )


def _searches(text: str) -> Iterator[Option]:
    address = reverse("search:search")
    for found in common_searches(text, most=_SEARCHES):
        yield Option(f"{address}?{urlencode({'q': found})}", found, "search")


def _options(entries: Iterable[Entry], icon: str, interpretation: Interpretation) -> tuple[Option, ...]:
    return tuple(
        Option(entry.url, format_html("{}{}", highlight(entry.name, interpretation), entry.aside), icon)
        for entry in entries
    )


# -- names that begin so -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Entry:
    """A name, and the page that it leads to.

    ``aside`` is shown behind the name; ``sought`` is what is typed to find it, if not the two.
    """

    name: str
    url: str
    aside: str = ""
    sought: str = ""


@dataclass(slots=True)
class NameIndex:
    """Names by the beginnings of their words; found in the order in which they were given."""

    entries: Sequence[Entry]
    _spelt: list[list[Word]] = field(init=False)
    _places: list[tuple[str, int]] = field(init=False)

    def __post_init__(self) -> None:
        self._spelt = [words(entry.sought or f"{entry.name}{entry.aside}") for entry in self.entries]
        self._places = sorted(
            (word.folded, number) for number, sequence in enumerate(self._spelt) for word in sequence
        )

    def find(self, typed: Sequence[Word], *, most: int) -> list[Entry]:
        """Return names that have each typed word, the last of which may be only begun; one of each page.

        Those that have them side by side and in their order come first. A word typed with marks is found with these marks alone.
        """
        if not typed or len("".join(word.folded for word in typed)) < 2:
            return []
        candidates = self._beginning(max(typed, key=lambda word: len(word.folded)).folded)
        as_typed: dict[str, Entry] = {}
        others: dict[str, Entry] = {}
        for number in sorted(candidates):
            sequence, entry = self._spelt[number], self.entries[number]
            if self._has(sequence, typed):
                found = as_typed if self._has_in_order(sequence, typed) else others
                found.setdefault(entry.url, entry)
            if len(as_typed) == most:
                break
        return list(
            (as_typed | {url: entry for url, entry in others.items() if url not in as_typed}).values()
        )[:most]

    def _beginning(self, prefix: str) -> set[int]:
        found: set[int] = set()
        for place in range(bisect_left(self._places, (prefix, -1)), len(self._places)):
            word, number = self._places[place]
            if not word.startswith(prefix):
                break
            found.add(number)
        return found

    def _has(self, sequence: list[Word], typed: Sequence[Word]) -> bool:
        return all(
            any(_is(word, wanted, begun=position == len(typed) - 1) for word in sequence)
            for position, wanted in enumerate(typed)
        )

    @staticmethod
    def _has_in_order(sequence: list[Word], typed: Sequence[Word]) -> bool:
        last = len(typed) - 1
        return any(
            all(_is(sequence[start + at], wanted, begun=at == last) for at, wanted in enumerate(typed))
            for start in range(len(sequence) - last)
        )


def _is(word: Word, wanted: Word, *, begun: bool) -> bool:
    own, other = (word.text, wanted.text) if wanted.marked else (word.folded, wanted.folded)
    return own.startswith(other) if begun else own == other


@lru_cache(maxsize=8)
def _kinds(language: str, adult: bool, _minute: int) -> NameIndex:
    sectors = [
        Entry(name, reverse("catalogue:category", kwargs={"sector": code}))
        for code, name in kind_labels(language)[Facet.SECTOR].items()
    ]
    sets = [
        Entry(name, reverse("catalogue:set", kwargs={"number": int(number)}))
        for number, name in sets_to_browse(language, adult=adult).items()
    ]
    return NameIndex([*sectors, *sets])


@lru_cache(maxsize=8)
def _places(language: str, adult: bool, _minute: int) -> NameIndex:
    return _places_with(language, communes_shown(adult=adult))


def communes_shown(*, adult: bool) -> tuple[str, ...]:
    """Return the codes of the communes from which goods are shown, as of the last five minutes."""
    key = f"search-communes:{adult}"
    codes: list[str] | None = cache.get(key)
    if codes is None:
        codes = communes_with_goods(at=timezone.now(), adult=adult)
        cache.set(key, codes, timeout=_SHARED_SECONDS)
    return tuple(codes)


@lru_cache(maxsize=8)
def _places_with(language: str, communes: tuple[str, ...]) -> NameIndex:
    """Return the regions, the provinces, these communes, and what was called otherwise until June 2025."""
    listing = reverse("catalogue:index")
    regions = [Entry(str(region.label), f"{listing}?region={region.value}") for region in MacroRegion]
    provinces = [
        Entry(name, f"{listing}?province={code}")
        for code, name in kind_labels(language)[Facet.PROVINCE].items()
    ]
    today = [commune for code in communes if (commune := find_commune(code)) is not None]
    named = [
        Entry(commune.display_name, _search_url(commune.full_name), f", {commune.province.short_name}")
        for commune in today
    ]
    return NameIndex([*regions, *provinces, *named, *_former_names(today, named)])


def _former_names(communes: Sequence[Commune], named: Sequence[Entry]) -> Iterator[Entry]:
    """Yield each name of before under which somebody may look for goods of these communes, with what it is called now."""
    now = _(", now %(name)s")
    provinces = {unit.province: commune.province for commune in communes for unit in former_units(commune)}
    for old, province in sorted(provinces.items()):
        if short_name(old) != province.short_name:
            yield Entry(short_name(old), _search_url(old), now % {"name": province.short_name}, sought=old)
    for commune, today in zip(communes, named, strict=True):
        aside = now % {"name": f"{today.name}{today.aside}"}
        for unit in former_units(commune):
            if unit.name != commune.name:
                yield Entry(unit.name, today.url, aside, sought=unit.name)


def _without_kind_of_place(typed: Sequence[Word]) -> Sequence[Word]:
    """Return the words behind *xã* or *phường*, which nearly all communes begin with."""
    return typed[1:] if typed and typed[0].text in _KINDS_OF_PLACES else typed


def _search_url(place: str) -> str:
    """Return the search for a place's full name, which binds; no part of it is a price or stars (*Xã Ba Sao*)."""
    said: dict[str, str | tuple[str, ...]] = {"q": place}
    if not _WORDS_OF_FILTERS.isdisjoint(place.casefold().replace(",", " ").split()):
        said[PLAIN] = _NO_FILTERS
    return f"{reverse('search:search')}?{urlencode(said, doseq=True)}"


@lru_cache(maxsize=8)
def _producers(language: str, adult: bool, _minute: int) -> NameIndex:
    key = f"search-producers:{adult}"
    names: list[tuple[str, str]] | None = cache.get(key)
    if names is None:
        shown = producers_shown(at=timezone.now(), adult=adult)
        names = list(shown.values_list("code", "name"))
        cache.set(key, names, timeout=_SHARED_SECONDS)
    return NameIndex([Entry(name, producer_url(code=code, language=language)) for code, name in names])


def forget_names() -> None:
    """Read the names anew at the next suggestion (for tests)."""
    for kept in (_kinds, _places, _places_with, _producers):
        kept.cache_clear()
    forget_cards()
