"""A listing as its page shows it: what was asked in the address, facets with names and counts, chips, pages."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from django.core.paginator import Page, Paginator
from django.http import QueryDict
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from catalogue.certification.models import StandardCertificate
from catalogue.models import ProductSet, Sector
from catalogue.producers.models import Partner
from marketplace.money import format_dong
from marketplace.places.selectors import provinces
from search.intents import PLAIN, IntentKind
from search.query import DEEPEST_HIT, Facet, SearchQuery, SearchResult, Sort

#: Facets in the order of the page, with the most values shown of each.
_SHOWN: Final = {
    Facet.STARS: 3,
    Facet.SECTOR: 6,
    Facet.SET: 26,
    Facet.PROVINCE: 34,
    Facet.STANDARD: 6,
    Facet.PRODUCER: 15,
}
_LABELS_SECONDS: Final = 60
_HIGHEST_PRICE: Final = 10**9
_LONGEST_TEXT: Final = 120


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a facet."""

    value: str
    label: str
    count: int
    selected: bool


@dataclass(frozen=True, slots=True)
class FacetGroup:
    """A facet with its values; ``name`` is the parameter of the address."""

    name: str
    title: str
    options: tuple[Choice, ...]
    open: bool


@dataclass(frozen=True, slots=True)
class Chip:
    """One narrowing in force, and the address without it; or, not ``on``, the way to take off all."""

    label: str
    url: str
    on: bool = True

    @property
    def removes(self) -> bool:
        """Whether pressing it takes the filter off."""
        return self.on


@dataclass(frozen=True, slots=True)
class Listing:
    """Everything about a page of goods but the goods."""

    query: SearchQuery
    result: SearchResult
    groups: tuple[FacetGroup, ...]
    chips: tuple[Chip, ...]
    page: Page[int]
    page_numbers: tuple[int | str, ...]
    #: The address's parameters without the page, ending in ``&`` or empty.
    parameters: str
    #: The same as pairs of name and values, without the order, for the form of the order.
    kept: tuple[tuple[str, tuple[str, ...]], ...]
    #: The orders offered: value, label, whether it is the one in force.
    sorts: tuple[tuple[str, str, bool], ...]


# -- the address ---------------------------------------------------------------------------------


def read_query(
    parameters: QueryDict, *, at: datetime, adult: bool, fixed: Mapping[Facet, str] | None = None
) -> SearchQuery:
    """Return what the address asks for. What makes no sense in it is left out, never an error.

    ``fixed`` are the facets that the page itself stands for (the listing of a sector).
    """
    filters = {
        facet: frozenset(value for value in parameters.getlist(facet.value) if _sensible(facet, value))
        for facet in Facet
    }
    filters |= {facet: frozenset({value}) for facet, value in (fixed or {}).items()}
    low, high = (_whole(parameters.get(name), _HIGHEST_PRICE) for name in ("price_min", "price_max"))
    if low is not None and high is not None and low > high:
        low, high = high, low
    chosen = parameters.get("sort", "")
    kinds = {kind.value for kind in IntentKind}
    return SearchQuery(
        plain=frozenset(kind for kind in parameters.getlist(PLAIN) if kind in kinds),
        at=at,
        adult=adult,
        text=parameters.get("q", "").replace("\x00", "").strip()[:_LONGEST_TEXT],
        filters={facet: values for facet, values in filters.items() if values},
        price_min=low,
        price_max=high,
        sold_only=parameters.get("sold") == "1",
        sort=Sort(chosen) if chosen in set(Sort) else Sort.RELEVANCE,
        page=max(1, _whole(parameters.get("page"), DEEPEST_HIT) or 1),
    )


def _sensible(facet: Facet, value: str) -> bool:
    if not value.isascii() or not 0 < len(value) <= 20:
        return False
    if facet in {Facet.SECTOR, Facet.STANDARD}:
        return value.isalnum()
    return value.isdigit() and len(value) < 10


def _whole(text: str | None, highest: int) -> int | None:
    digits = re.sub(r"[.,\s₫đ]", "", text or "")
    return min(int(digits), highest) if digits.isascii() and digits.isdigit() and len(digits) < 16 else None


# -- the page ------------------------------------------------------------------------------------


def build_listing(
    query: SearchQuery,
    result: SearchResult,
    parameters: QueryDict,
    *,
    language: str,
    fixed: Iterable[Facet] = (),
) -> Listing:
    """Return the page's parts; asks the database once at most, for the names of producers."""
    fixed = frozenset(fixed)
    labels = _all_labels(language, result, query)
    paginator = Paginator(range(min(result.total, DEEPEST_HIT)), query.page_size)
    page = paginator.get_page(query.page)
    elided = paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    kept = parameters.copy()
    kept.pop("page", None)
    encoded = _encode(kept)
    return Listing(
        query=query,
        result=result,
        groups=tuple(_groups(query, result, labels, fixed)),
        chips=_with_way_out([*_understood_chips(result, kept), *_chips(query, kept, labels, fixed)], query),
        page=page,
        page_numbers=tuple(number if isinstance(number, int) else "…" for number in elided),
        parameters=f"{encoded}&" if encoded else "",
        kept=tuple((name, values) for name, values in _said(kept) if name != "sort"),
        sorts=tuple((sort.value, label, sort is query.sort) for sort, label in _sort_labels(query).items()),
    )


def last_page(query: SearchQuery, result: SearchResult) -> SearchQuery | None:
    """Return the query for the last page where the one asked for lies behind it, else None."""
    pages = -(-min(result.total, DEEPEST_HIT) // query.page_size)
    return replace(query, page=pages) if 0 < pages < query.page else None


def _said(parameters: QueryDict) -> Iterable[tuple[str, tuple[str, ...]]]:
    """Yield the parameters that say something: a form sends empty ones too."""
    for name, values in parameters.lists():
        if said := tuple(value for value in values if isinstance(value, str) and value):
            yield name, said


def _encode(parameters: QueryDict) -> str:
    """Write parameters for an address, empty ones left out."""
    kept = QueryDict(mutable=True)
    for name, values in _said(parameters):
        kept.setlist(name, list(values))
    return kept.urlencode()


def _groups(
    query: SearchQuery,
    result: SearchResult,
    labels: Mapping[Facet, Mapping[str, str]],
    fixed: frozenset[Facet],
) -> Iterable[FacetGroup]:
    titles = _facet_titles()
    for facet, most in _SHOWN.items():
        if facet in fixed:
            continue
        chosen = query.filters.get(facet, frozenset())
        counts = result.facets.get(facet, {})
        names = labels[facet]
        values = [value for value in counts if value in names or value in chosen]
        values += sorted(value for value in chosen if value not in counts and value in names)
        if facet in {Facet.STARS, Facet.SET}:
            values.sort(key=int, reverse=facet is Facet.STARS)
        elif facet is Facet.SECTOR:
            values.sort(key=list(names).index)
        else:
            values.sort(key=lambda value: (-counts.get(value, 0), names.get(value, value)))
        values = [*values[:most], *(value for value in values[most:] if value in chosen)]
        if len(values) > 1 or chosen:
            yield FacetGroup(
                name=facet.value,
                title=titles[facet],
                options=tuple(
                    Choice(value, names.get(value, value), counts.get(value, 0), value in chosen)
                    for value in values
                ),
                open=bool(chosen) or facet in {Facet.STARS, Facet.SECTOR},
            )


def _chips(
    query: SearchQuery,
    parameters: QueryDict,
    labels: Mapping[Facet, Mapping[str, str]],
    fixed: frozenset[Facet],
) -> Iterable[Chip]:
    """Yield a chip for each narrowing that was set in the address, by hand or by a chip."""

    def without(name: str, value: str | None = None) -> str:
        left = parameters.copy()
        left.setlist(name, [item for item in parameters.getlist(name) if value is not None and item != value])
        return f"?{_encode(left)}"

    for facet in _SHOWN:
        if facet in fixed:
            continue
        for value in sorted(query.filters.get(facet, ())):
            if value in parameters.getlist(facet.value):
                yield Chip(labels[facet].get(value, value), without(facet.value, value))
    if query.price_min is not None and parameters.get("price_min"):
        yield Chip(_("from %(price)s") % {"price": format_dong(query.price_min)}, without("price_min"))
    if query.price_max is not None and parameters.get("price_max"):
        yield Chip(_("up to %(price)s") % {"price": format_dong(query.price_max)}, without("price_max"))
    if query.sold_only:
        yield Chip(_("Sold online"), without("sold"))


def _understood_chips(result: SearchResult, parameters: QueryDict) -> Iterable[Chip]:
    """Yield a chip for each thing that was understood in the words; without it they are taken as typed."""
    for intent in result.interpretation.intents:
        left = parameters.copy()
        left.appendlist(PLAIN, intent.kind.value)
        yield Chip(intent.label, f"?{_encode(left)}")


def _with_way_out(chips: list[Chip], query: SearchQuery) -> tuple[Chip, ...]:
    """Add, to filters in force, the way to take all of them off."""
    if not chips:
        return ()
    url = f"?{urlencode({'q': query.text})}" if query.text else "?"
    return (*chips, Chip(_("Remove all filters"), url, on=False))


def understood_filters(query: SearchQuery, parameters: QueryDict) -> list[str]:
    """Return in words the filters that were read from the text, for "understood as"."""
    said: list[str] = []
    stars = query.filters.get(Facet.STARS, frozenset())
    if stars and not parameters.getlist(Facet.STARS.value):
        said.append(", ".join(_stars_label(number) for number in sorted(stars) if number in "345"))
    if not parameters.get("price_min") and not parameters.get("price_max"):
        if query.price_min is not None:
            said.append(_("from %(price)s") % {"price": format_dong(query.price_min)})
        if query.price_max is not None:
            said.append(_("up to %(price)s") % {"price": format_dong(query.price_max)})
    return [words for words in said if words]


# -- words ---------------------------------------------------------------------------------------


def _sort_labels(query: SearchQuery) -> dict[Sort, str]:
    return {
        Sort.RELEVANCE: _("Most relevant") if query.text else _("Recommended"),
        Sort.CHEAPEST: _("Price: low to high"),
        Sort.DEAREST: _("Price: high to low"),
        Sort.NEWEST: _("Newest"),
        Sort.STARS: _("Most stars"),
    }


def _facet_titles() -> dict[Facet, str]:
    return {
        Facet.STARS: _("Stars"),
        Facet.SECTOR: _("Sector"),
        Facet.SET: _("Kind of goods"),
        Facet.PROVINCE: _("Province"),
        Facet.STANDARD: _("Standards"),
        Facet.PRODUCER: _("Producer"),
    }


def _stars_label(number: str) -> str:
    return _("%(stars)s stars") % {"stars": number}


def _all_labels(language: str, result: SearchResult, query: SearchQuery) -> dict[Facet, dict[str, str]]:
    counts = result.facets.get(Facet.PRODUCER, {})
    commonest = sorted(counts, key=lambda value: (-counts[value], int(value)))[: _SHOWN[Facet.PRODUCER]]
    wanted = {int(value) for value in (*commonest, *query.filters.get(Facet.PRODUCER, ()))}
    producers = Partner.objects.filter(pk__in=wanted).values_list("pk", "name") if wanted else ()
    return {
        Facet.STARS: {number: _stars_label(number) for number in "543"},
        **kind_labels(language),
        Facet.PRODUCER: {str(pk): name for pk, name in producers},
    }


def kind_labels(language: str) -> dict[Facet, dict[str, str]]:
    """Return the names of sectors, sets, provinces and standards; read at most once a minute and process."""
    return _kind_labels(language, int(time.monotonic() // _LABELS_SECONDS))


@lru_cache(maxsize=4)
def _kind_labels(language: str, _minute: int) -> dict[Facet, dict[str, str]]:
    def named(rows: Iterable[dict[str, Any]], key: str) -> dict[str, str]:
        return {str(row[key]): row[f"name_{language}"] or row["name_vi"] for row in rows}

    names = ("name_vi", f"name_{language}") if language != "vi" else ("name_vi",)
    return {
        Facet.SECTOR: named(Sector.objects.order_by("position").values("code", *names), "code"),
        Facet.SET: named(ProductSet.objects.order_by("number").values("number", *names), "number"),
        Facet.PROVINCE: {province.code: province.short_name for province in provinces()},
        Facet.STANDARD: {standard.value: str(standard.label) for standard in StandardCertificate.Standard},
    }
