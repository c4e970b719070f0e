"""Names of what goods are narrowed by, in the language of the page."""

from __future__ import annotations

import time
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final

from django.core.cache import cache
from django.utils.translation import gettext as _

from catalogue.certification.models import StandardCertificate
from catalogue.models import ALCOHOL_SETS, ProductSet, Sector
from catalogue.producers.models import Partner
from marketplace.money import format_dong
from marketplace.places.models import MacroRegion
from marketplace.places.selectors import provinces
from search.forms import form_choices
from search.query import MOST_PRODUCERS, PRICE_STEPS, Facet, SearchQuery, SearchResult

Labels = dict[Facet, dict[str, str]]

#: Names change with a deployment or by an admin's hand: a process reads them anew after a minute, all of them after ten.
_PROCESS_SECONDS: Final = 60
_SHARED_SECONDS: Final = 10 * 60


def facet_titles() -> dict[Facet, str]:
    """Return the headings of the facets."""
    return {
        Facet.STARS: _("Stars"),
        Facet.SECTOR: _("Sector"),
        Facet.SET: _("Kind of goods"),
        Facet.FORM: _("Form"),
        Facet.REGION: _("Part of the country"),
        Facet.PROVINCE: _("Province"),
        Facet.STANDARD: _("Standards"),
        Facet.PRODUCER: _("Producer"),
    }


def switch_labels() -> dict[Facet, str]:
    """Return the words of the facets that are on or off."""
    return {
        Facet.AVAILABLE: _("Sold online"),
        Facet.REDUCED: _("At a reduced price"),
        Facet.SEASON: _("In season now"),
    }


def stars_label(number: str) -> str:
    """Return `4 sao`."""
    return _("%(stars)s stars") % {"stars": number}


def price_label(low: int | None, high: int | None) -> str:
    """Return a range of prices (đồng, both ends included; None is open) in words."""
    if low is None and high is not None:
        return (
            _("under %(price)s") % {"price": format_dong(high + 1)}
            if high + 1 in PRICE_STEPS
            else _("up to %(price)s") % {"price": format_dong(high)}
        )
    if high is None:
        return _("from %(price)s") % {"price": format_dong(low or 0)}
    top = high + 1 if high + 1 in PRICE_STEPS else high
    return f"{format_dong(low or 0)} – {format_dong(top)}"


def kind_labels(language: str) -> Labels:
    """Return the names of sectors, sets, regions, provinces, standards and forms; no query but once in ten minutes."""
    return _kept_labels(language, int(time.monotonic() // _PROCESS_SECONDS))


def sets_to_browse(language: str, *, adult: bool) -> dict[str, str]:
    """Return the names of the product sets that a visitor may see."""
    hidden = () if adult else {str(number) for number in ALCOHOL_SETS}
    return {number: name for number, name in kind_labels(language)[Facet.SET].items() if number not in hidden}


def all_labels(language: str, result: SearchResult, query: SearchQuery) -> Labels:
    """Return every name that a page of results may need; one query, for producers."""
    counts = result.facets.get(Facet.PRODUCER, {})
    commonest = sorted(counts, key=lambda value: (-counts[value], int(value)))[:MOST_PRODUCERS]
    wanted = {int(value) for value in (*commonest, *query.filters.get(Facet.PRODUCER, ()))}
    producers = Partner.objects.filter(pk__in=wanted).values_list("pk", "name") if wanted else ()
    return {
        **kind_labels(language),
        Facet.STARS: {number: stars_label(number) for number in "543"},
        Facet.REGION: {region.value: str(region.label) for region in MacroRegion},
        Facet.STANDARD: {standard.value: str(standard.label) for standard in StandardCertificate.Standard},
        Facet.FORM: form_choices(language),
        Facet.PRODUCER: {str(pk): name for pk, name in producers},
    }


@lru_cache(maxsize=4)
def _kept_labels(language: str, _minute: int) -> Labels:
    key = f"search-labels:{language}"
    labels: Labels | None = cache.get(key)
    if labels is None:
        labels = _read_labels(language)
        cache.set(key, labels, timeout=_SHARED_SECONDS)
    return labels


def _read_labels(language: str) -> Labels:
    def named(rows: Iterable[dict[str, Any]], key: str) -> dict[str, str]:
        return {str(row[key]): row[f"name_{language}"] or row["name_vi"] for row in rows}

    names = ("name_vi", f"name_{language}") if language != "vi" else ("name_vi",)
    return {
        Facet.SECTOR: named(Sector.objects.order_by("position").values("code", *names), "code"),
        Facet.SET: named(ProductSet.objects.order_by("number").values("number", *names), "number"),
        Facet.PROVINCE: {province.code: province.short_name for province in provinces()},
    }
