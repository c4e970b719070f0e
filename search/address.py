"""The address of a listing: what it asks for, and how it is written for another page, without a filter, or with one more."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from django.http import QueryDict

from marketplace.clock import day_of
from search.intents import PLAIN, IntentKind
from search.query import DEEPEST_HIT, EVERYWHERE, YES, Facet, SearchQuery, Sort

#: Parameters that are on or off: the facet's name in the address, and the value that turns it on.
SWITCHES: Final = {
    Facet.AVAILABLE: ("sold", "1"),
    Facet.REDUCED: ("reduced", "1"),
    Facet.SEASON: ("season", "now"),
}
#: Facets whose values stand in the address as they are, any number of them, in this order.
LISTED: Final = (
    Facet.STARS,
    Facet.SECTOR,
    Facet.SET,
    Facet.FORM,
    Facet.REGION,
    Facet.PROVINCE,
    Facet.STANDARD,
    Facet.PRODUCER,
)
#: No page beyond this one: whoever looks at so many goods narrows the search.
LAST_PAGE: Final = 50
#: What a listing's address may hold, in the order in which it is written.
_ORDER: Final = (
    "q", PLAIN, *(facet.value for facet in LISTED), "price_min", "price_max", "sold", "reduced", "season",
    "delivery", "sort", "page",
)  # fmt: skip
_HIGHEST_PRICE: Final = 10**9
_LONGEST_TEXT: Final = 120


def read_query(
    parameters: QueryDict, *, at: datetime, adult: bool, fixed: Mapping[Facet, str] | None = None
) -> SearchQuery:
    """Return what the address asks for. What makes no sense in it is left out, never an error.

    ``fixed`` are the facets that the page itself stands for (the listing of a sector).
    """
    filters = {
        facet: frozenset(value for value in parameters.getlist(facet.value) if _sensible(facet, value))
        for facet in LISTED
    }
    if parameters.get("reduced") == "1":
        filters[Facet.REDUCED] = frozenset({YES})
    if parameters.get("season") == "now":
        filters[Facet.SEASON] = frozenset({str(day_of(at).month)})
    if _sensible(Facet.PROVINCE, province := parameters.get("delivery", "")):
        filters[Facet.DELIVERY] = frozenset({EVERYWHERE, province})
    filters |= {facet: frozenset({value}) for facet, value in (fixed or {}).items()}
    low, high = (_whole(parameters.get(name), _HIGHEST_PRICE) for name in ("price_min", "price_max"))
    if low is not None and high is not None and low > high:
        low, high = high, low
    chosen = parameters.get("sort", "")
    return SearchQuery(
        at=at,
        adult=adult,
        text=parameters.get("q", "").replace("\x00", "").strip()[:_LONGEST_TEXT],
        filters={facet: values for facet, values in filters.items() if values},
        price_min=low,
        price_max=high,
        sold_only=parameters.get("sold") == "1",
        sort=Sort(chosen) if chosen in set(Sort) else Sort.RELEVANCE,
        page=max(1, _whole(parameters.get("page"), DEEPEST_HIT) or 1),
        plain=frozenset(parameters.getlist(PLAIN)) & set(IntentKind),
    )


def write_address(parameters: QueryDict) -> str:
    """Return the parameters for an address: those that say something, in one order, beginning with ``?``."""
    kept = QueryDict(mutable=True)
    for name, values in said(parameters):
        if name != "page" or values[-1] != "1":
            kept.setlist(name, list(values))
    return f"?{kept.urlencode()}"


def turning(parameters: QueryDict) -> str:
    """Return the address's parameters without the page, ending in ``&`` or empty: what links to other pages begin with."""
    kept = parameters.copy()
    kept.pop("page", None)
    address = write_address(kept)[1:]
    return f"{address}&" if address else ""


def said(parameters: QueryDict) -> Iterable[tuple[str, tuple[str, ...]]]:
    """Yield the parameters that say something, in one order: a form sends empty ones too."""
    known = {name: parameters.getlist(name) for name in _ORDER}
    for name, values in known.items():
        if kept := tuple(dict.fromkeys(value for value in values if value)):
            yield name, kept


def without(parameters: QueryDict, *names: str, value: str | None = None) -> str:
    """Return the address without these parameters, or without one value of them; a changed search begins at its first page."""
    left = parameters.copy()
    left.pop("page", None)
    for name in names:
        left.setlist(name, [item for item in parameters.getlist(name) if value is not None and item != value])
    return write_address(left)


def with_values(parameters: QueryDict, **values: str) -> str:
    """Return the address with these parameters set instead of what they were."""
    changed = parameters.copy()
    changed.pop("page", None)
    for name, value in values.items():
        changed[name] = value
    return write_address(changed)


def as_typed(parameters: QueryDict, kind: str) -> str:
    """Return the address in which the words that meant an intent are taken as they were typed."""
    changed = parameters.copy()
    changed.pop("page", None)
    changed.appendlist(PLAIN, kind)
    return write_address(changed)


def _sensible(facet: Facet, value: str) -> bool:
    if not value.isascii() or not 0 < len(value) <= 20:
        return False
    if facet in {Facet.SECTOR, Facet.STANDARD, Facet.FORM, Facet.REGION}:
        return value.isalnum()
    return value.isdigit() and len(value) < 10


def _whole(text: str | None, highest: int) -> int | None:
    digits = re.sub(r"[.,\s₫đ]", "", text or "")
    return min(int(digits), highest) if digits.isascii() and digits.isdigit() and len(digits) < 16 else None
