"""A listing as its page shows it: facets with names and counts, chips, order, pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.core.cache import cache
from django.core.paginator import Page, Paginator
from django.http import QueryDict
from django.utils.translation import gettext as _

from search.address import LAST_PAGE, said, turning
from search.chips import Chip, chips
from search.facets import Delivery, FacetGroup, PriceBar, Switch, delivery, facet_groups, price_bars, switches
from search.insights.selectors import common_searches
from search.labels import all_labels, kind_labels
from search.parts import parts_of
from search.query import Facet, SearchQuery, SearchResult, Sort
from search.spelling import Vocabulary

#: How many sets and searches an empty page offers.
_WAYS_ON = 8
_POPULAR_SECONDS = 60 * 60 * 24


@dataclass(frozen=True, slots=True)
class Listing:
    """Everything about a page of goods but the goods."""

    query: SearchQuery
    result: SearchResult
    groups: tuple[FacetGroup, ...]
    switches: tuple[Switch, ...]
    price_bars: tuple[PriceBar, ...]
    delivery: Delivery
    chips: tuple[Chip, ...]
    page: Page[int]
    page_numbers: tuple[int | str, ...]
    #: Whether there are more goods than pages show.
    goes_on: bool
    #: The address's parameters without the page, ending in ``&`` or empty.
    parameters: str
    #: The same as pairs of name and values, without the order, for the form of the order.
    kept: tuple[tuple[str, tuple[str, ...]], ...]
    #: The orders offered: value, label, whether it is the one in force.
    sorts: tuple[tuple[str, str, bool], ...]

    @property
    def is_narrowed(self) -> bool:
        """Whether the address asks for more than all goods of this page, in their own order."""
        return bool(self.chips) or self.query.sort is not Sort.RELEVANCE


@dataclass(frozen=True, slots=True)
class WaysOn:
    """Where to go from an empty page: parts of the words, sectors, sets with many goods (value and name), searches that others made."""

    parts: tuple[str, ...]
    sectors: tuple[tuple[str, str], ...]
    sets: tuple[tuple[str, str], ...]
    searches: tuple[str, ...]


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
    labels = all_labels(language, result, query)
    paginator = Paginator(range(min(result.total, LAST_PAGE * query.page_size)), query.page_size)
    page = paginator.get_page(query.page)
    elided = paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    kept = parameters.copy()
    kept.pop("page", None)
    return Listing(
        query=query,
        result=result,
        groups=tuple(facet_groups(query, result, labels, fixed)),
        switches=tuple(switches(query, result)),
        price_bars=price_bars(query, result, parameters),
        delivery=delivery(query, result, labels),
        chips=chips(query, result, parameters, labels, fixed),
        page=page,
        page_numbers=tuple(number if isinstance(number, int) else "…" for number in elided),
        goes_on=result.total > LAST_PAGE * query.page_size,
        parameters=turning(parameters),
        kept=tuple((name, values) for name, values in said(kept) if name != "sort"),
        sorts=tuple((sort.value, label, sort is query.sort) for sort, label in _sort_labels(query).items()),
    )


def last_page(query: SearchQuery, result: SearchResult) -> int | None:
    """Return the number of the last page where the one asked for lies behind it, else None."""
    pages = min(-(-result.total // query.page_size), LAST_PAGE)
    return pages if 0 < pages < query.page else None


def remember_popular_sets(query: SearchQuery, result: SearchResult) -> None:
    """Keep which sets have most goods, as a listing of all goods counted them, for pages without any."""
    counts = result.facets.get(Facet.SET, {})
    if counts and not query.text and not query.chosen() and not query.has_price:
        commonest = sorted(counts, key=lambda number: (-counts[number], int(number)))
        cache.set(_popular_key(query.adult), commonest[:_WAYS_ON], timeout=_POPULAR_SECONDS)


def ways_on(query: SearchQuery, language: str, vocabulary: Vocabulary | None = None) -> WaysOn:
    """Return where to go from a page without goods; a few reads of the cache, and one query in five minutes.

    ``vocabulary``: the shop's words, to tell which parts of the search goods have.
    """
    labels: Mapping[Facet, Mapping[str, str]] = kind_labels(language)
    sets: list[str] = cache.get(_popular_key(query.adult)) or []
    return WaysOn(
        parts=parts_of(query, vocabulary) if vocabulary is not None and query.text.strip() else (),
        sectors=tuple(labels[Facet.SECTOR].items()),
        sets=tuple((number, labels[Facet.SET][number]) for number in sets if number in labels[Facet.SET]),
        searches=tuple(common_searches("", most=_WAYS_ON)),
    )


def _popular_key(adult: bool) -> str:
    return f"search-popular-sets:{adult}"


def _sort_labels(query: SearchQuery) -> dict[Sort, str]:
    return {
        Sort.RELEVANCE: _("Most relevant") if query.text else _("Recommended"),
        Sort.CHEAPEST: _("Price: low to high"),
        Sort.DEAREST: _("Price: high to low"),
        Sort.NEWEST: _("Newest"),
        Sort.STARS: _("Most stars"),
    }
