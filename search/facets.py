"""The filters of a listing as its page shows them: values with names, counts and what is chosen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.http import QueryDict
from django.utils.translation import gettext as _

from marketplace.clock import day_of
from search.address import LISTED, SWITCHES, with_values, without
from search.labels import Labels, facet_titles, price_label, switch_labels
from search.query import EVERYWHERE, YES, Facet, PriceStep, SearchQuery, SearchResult

#: A list longer than this can be searched in.
_SEARCHED_FROM: Final = 8
#: Facets that stand open before anything is chosen.
_OPEN: Final = frozenset({Facet.STARS, Facet.SECTOR})
#: Height of the highest bar of the histogram, and the least that a bar with goods has.
_BAR, _LEAST_BAR = 60, 4


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a facet."""

    value: str
    label: str
    count: int
    selected: bool


@dataclass(frozen=True, slots=True)
class FacetGroup:
    """A facet with its values; ``name`` is the parameter of the address. ``searched``: long enough to be searched in."""

    name: str
    title: str
    options: tuple[Choice, ...]
    open: bool
    searched: bool = False


@dataclass(frozen=True, slots=True)
class Switch:
    """A filter that is on or off, with how many goods it leaves."""

    name: str
    value: str
    label: str
    count: int
    selected: bool


@dataclass(frozen=True, slots=True)
class PriceBar:
    """One step of the prices: how many goods, how high its bar, and the address that narrows to it (or takes that off).

    ``tick`` is the price at its right edge, in short; ``top`` and ``height`` are in sixtieths of the highest bar.
    """

    label: str
    tick: str
    count: int
    top: int
    height: int
    url: str
    selected: bool


@dataclass(frozen=True, slots=True)
class Delivery:
    """To which province goods shall be delivered. No ``options``: nobody has said yet where they deliver."""

    options: tuple[Choice, ...]
    chosen: str


def facet_groups(
    query: SearchQuery, result: SearchResult, labels: Labels, fixed: frozenset[Facet]
) -> Iterable[FacetGroup]:
    """Yield the facets with several values, or with something chosen, in the order of the page."""
    titles = facet_titles()
    for facet in LISTED:
        if facet in fixed:
            continue
        chosen = query.filters.get(facet, frozenset())
        counts = result.facets.get(facet, {})
        names = labels[facet]
        values = [value for value in counts if value in names or value in chosen]
        values += sorted(value for value in chosen if value not in counts and value in names)
        if facet in {Facet.PRODUCER, Facet.PROVINCE, Facet.STANDARD}:
            values.sort(key=lambda value: (-counts.get(value, 0), names.get(value, value)))
        else:
            order = {value: place for place, value in enumerate(names)}
            values.sort(key=lambda value: order.get(value, len(order)))
        if len(values) > 1 or chosen:
            yield FacetGroup(
                name=facet.value,
                title=titles[facet],
                options=tuple(
                    Choice(value, names.get(value, value), counts.get(value, 0), value in chosen)
                    for value in values
                ),
                open=bool(chosen) or facet in _OPEN,
                searched=len(values) > _SEARCHED_FROM,
            )


def switches(query: SearchQuery, result: SearchResult) -> Iterable[Switch]:
    """Yield what can be switched on: what is sold always, the others where there are goods for them."""
    labels = switch_labels()
    chosen = query.chosen()
    for facet, (name, value) in SWITCHES.items():
        wanted = str(day_of(query.at).month) if facet is Facet.SEASON else YES
        count = result.facets.get(facet, {}).get(wanted, 0)
        if count or facet in chosen or facet is Facet.AVAILABLE:
            yield Switch(name, value, labels[facet], count, facet in chosen)


def price_bars(query: SearchQuery, result: SearchResult, parameters: QueryDict) -> tuple[PriceBar, ...]:
    """Return the histogram of the prices; none where goods have none."""
    highest = max((step.count for step in result.price_steps), default=0)
    return tuple(_bar(step, highest, query, parameters) for step in result.price_steps) if highest else ()


def _bar(step: PriceStep, highest: int, query: SearchQuery, parameters: QueryDict) -> PriceBar:
    low, high = step.low, None if step.high is None else step.high - 1
    selected = (query.price_min, query.price_max) == (low, high)
    height = max(_LEAST_BAR, round(_BAR * step.count / highest)) if step.count else 0
    bounds = {
        name: str(value) for name, value in (("price_min", low), ("price_max", high)) if value is not None
    }
    missing = {name: "" for name in ("price_min", "price_max") if name not in bounds}
    return PriceBar(
        label=price_label(low, high),
        tick=_short(step.high),
        count=step.count,
        top=_BAR - height,
        height=height,
        url=without(parameters, "price_min", "price_max")
        if selected
        else with_values(parameters, **bounds, **missing),
        selected=selected,
    )


def _short(price: int | None) -> str:
    """Return a price as people write it in short: `50k`, `1tr`."""
    if price is None:
        return ""
    if price >= 1_000_000:
        return _("%(number)sm") % {"number": price // 1_000_000}
    return _("%(number)sk") % {"number": price // 1_000}


def delivery(query: SearchQuery, result: SearchResult, labels: Labels) -> Delivery:
    """Return to which provinces goods are delivered, by their names, with how many; nothing where no table says."""
    counts = result.facets.get(Facet.DELIVERY, {})
    chosen = next(iter(query.filters.get(Facet.DELIVERY, frozenset()) - {EVERYWHERE}), "")
    if not counts and not chosen:
        return Delivery((), "")
    everywhere = counts.get(EVERYWHERE, 0)
    return Delivery(
        tuple(
            Choice(code, name, everywhere + counts.get(code, 0), code == chosen)
            for code, name in labels[Facet.PROVINCE].items()
        ),
        chosen,
    )
