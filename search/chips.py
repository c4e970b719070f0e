"""The chips above a listing: what was understood and what is narrowed, each with the address without it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.http import QueryDict
from django.utils.translation import gettext as _

from search.address import LISTED, SWITCHES, as_typed, with_values, without
from search.intents import PLAIN, Intent, IntentKind
from search.labels import Labels, price_label, switch_labels
from search.query import EVERYWHERE, Facet, SearchQuery, SearchResult

#: Facets of which a good has one value at most: what several values find adds up.
_SINGLE: Final = frozenset(
    {Facet.STARS, Facet.SECTOR, Facet.SET, Facet.REGION, Facet.PROVINCE, Facet.PRODUCER}
)


@dataclass(frozen=True, slots=True)
class Chip:
    """One narrowing in force, and the address without it; or, not ``on``, the way to take off all.

    ``understood``: read from the words of the search. ``count``: how many goods there are without it, where that is known.
    """

    label: str
    url: str
    on: bool = True
    understood: bool = False
    count: int | None = None

    @property
    def removes(self) -> bool:
        """Whether pressing it takes the filter off."""
        return self.on


def chips(
    query: SearchQuery, result: SearchResult, parameters: QueryDict, labels: Labels, fixed: frozenset[Facet]
) -> tuple[Chip, ...]:
    """Return the chips of a page: what was understood, what was chosen, and the way to take off all."""
    found = [
        *_understood(result, parameters),
        *_listed(query, result, parameters, labels, fixed),
        *_others(query, result, parameters, labels),
    ]
    if any(not chip.understood for chip in found):
        address = QueryDict(mutable=True)
        found.append(Chip(_("Remove all filters"), with_values(address, q=query.text), on=False))
    if parameters.getlist(PLAIN):
        found.append(Chip(_("Understand the words again"), without(parameters, PLAIN), on=False))
    return tuple(found)


def _understood(result: SearchResult, parameters: QueryDict) -> Iterable[Chip]:
    """Yield a chip for each thing read from the words, but for what was set by hand instead."""
    for intent in result.interpretation.intents:
        if not _set_by_hand(intent, parameters):
            yield Chip(intent.label, as_typed(parameters, intent.kind.value), understood=True)


def _set_by_hand(intent: Intent, parameters: QueryDict) -> bool:
    if intent.kind is IntentKind.PRICE:
        return bool(parameters.get("price_min") or parameters.get("price_max"))
    return intent.kind is IntentKind.STARS and bool(parameters.getlist(Facet.STARS.value))


def _listed(
    query: SearchQuery, result: SearchResult, parameters: QueryDict, labels: Labels, fixed: frozenset[Facet]
) -> Iterable[Chip]:
    for facet in LISTED:
        if facet in fixed:
            continue
        for value in sorted(query.filters.get(facet, ())):
            if value in parameters.getlist(facet.value):
                yield Chip(
                    labels[facet].get(value, value),
                    without(parameters, facet.value, value=value),
                    count=_without_value(facet, value, query, result),
                )


def _without_value(facet: Facet, value: str, query: SearchQuery, result: SearchResult) -> int | None:
    """Return how many goods there are without one value of a facet, where the page's own counts tell."""
    left = query.filters[facet] - {value}
    if not left:
        return result.totals_without.get(facet)
    if facet in _SINGLE and facet in result.facets:
        return sum(result.facets[facet].get(other, 0) for other in left)
    return None


def _others(
    query: SearchQuery, result: SearchResult, parameters: QueryDict, labels: Labels
) -> Iterable[Chip]:
    totals = result.totals_without
    if query.has_price and (parameters.get("price_min") or parameters.get("price_max")):
        yield Chip(
            price_label(query.price_min, query.price_max),
            without(parameters, "price_min", "price_max"),
            count=totals.get("price"),
        )
    words = switch_labels()
    chosen = query.chosen()
    for facet, (name, _value) in SWITCHES.items():
        if facet in chosen and parameters.get(name):
            yield Chip(words[facet], without(parameters, name), count=totals.get(facet))
    for province in query.filters.get(Facet.DELIVERY, frozenset()) - {EVERYWHERE}:
        name = labels[Facet.PROVINCE].get(province, province)
        yield Chip(
            _("Delivered to %(province)s") % {"province": name},
            without(parameters, "delivery"),
            count=totals.get(Facet.DELIVERY),
        )
