"""The sitemap: what search engines may find. It obeys the one rule as seen by a visitor who hasn't declared an age.

Django's own sitemaps build every address in every language before they cut out a page; with twenty thousand goods that takes seconds.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.http import require_safe

from catalogue.addresses import good_url, producer_url
from catalogue.certification.models import Certificate
from catalogue.certification.rules import shown_q
from catalogue.models import Product, ProductChange
from catalogue.producers.directory import producers_shown
from catalogue.structured_data import absolute
from marketplace.clock import today
from marketplace.page_cache import public_page

#: Things a file; each brings an address in both languages.
THINGS_A_FILE = 5_000
_XML = "application/xml"


@dataclass(frozen=True, slots=True)
class Section:
    """One kind of thing: its rows, and the address of a row in a language."""

    rows: Callable[[], QuerySet[Any, Any] | Sequence[dict[str, Any]]]
    #: Empty where the thing has no page in that language.
    address: Callable[[dict[str, Any], str], str]


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing with its addresses by language."""

    addresses: list[tuple[str, str]]
    changed: datetime | None


@require_safe
def sitemap_index(request: HttpRequest, sections: Mapping[str, Section]) -> HttpResponse:
    """Name every file of the sitemap."""
    parts = {name: Paginator(section.rows(), THINGS_A_FILE) for name, section in sections.items()}
    files = [
        absolute(reverse("sitemap-file", kwargs={"section": name, "number": number}))
        for name, pages in parts.items()
        if pages.count
        for number in pages.page_range
    ]
    response = render(request, "catalogue/sitemap_index.xml", {"files": files}, content_type=_XML)
    return public_page(response)


@require_safe
def sitemap_file(
    request: HttpRequest, sections: Mapping[str, Section], section: str, number: int
) -> HttpResponse:
    """Give one file of the sitemap."""
    if section not in sections:
        raise Http404
    kind = sections[section]
    pages = Paginator(kind.rows(), THINGS_A_FILE)
    if number not in pages.page_range:
        raise Http404
    languages = [code for code, _name in settings.LANGUAGES]
    entries = [
        Entry(
            [(code, absolute(path)) for code in languages if (path := kind.address(row, code))],
            row.get("changed"),
        )
        for row in pages.page(number)
    ]
    response = render(request, "catalogue/sitemap.xml", {"entries": entries}, content_type=_XML)
    return public_page(response)


def _pages() -> list[dict[str, Any]]:
    """Return the pages that list something, sectors and sets only where goods are shown."""
    kinds = Product.objects.filter(shown_q(today())).values_list("sector__code", "product_set_id")
    found = set(kinds.order_by().distinct())
    sectors = sorted({sector for sector, _set in found if sector})
    sets = sorted({number for _sector, number in found if number})
    return [
        *({"name": name} for name in ("home", "catalogue:index", "producers:index", "certificates:check")),
        *({"name": "catalogue:category", "kwargs": {"sector": code}} for code in sectors),
        *({"name": "catalogue:set", "kwargs": {"number": number}} for number in sets),
    ]


def _page_address(row: dict[str, Any], language: str) -> str:
    with translation.override(language):
        return reverse(row["name"], kwargs=row.get("kwargs"))


def _goods() -> QuerySet[Product, Any]:
    changed = ProductChange.objects.filter(product_id=OuterRef("pk")).values("changed_at")[:1]
    return (
        Product.objects.filter(shown_q(today()))
        .order_by("pk")
        .values("pk", "slug", changed=Subquery(changed))
    )


def _producers() -> QuerySet[Any, Any]:
    shown = producers_shown(at=timezone.now(), adult=False)
    return shown.select_related(None).order_by("pk").values("code")


def _certificates() -> QuerySet[Certificate, Any]:
    shown = Product.objects.filter(shown_q(today())).values("pk")
    return (
        Certificate.objects.in_force(today()).filter(product__in=shown).order_by("pk").values("public_code")
    )


def _good_address(row: dict[str, Any], language: str) -> str:
    return good_url(pk=row["pk"], slug=row["slug"], language=language)


def _producer_address(row: dict[str, Any], language: str) -> str:
    return producer_url(code=row["code"], language=language)


def _certificate_address(row: dict[str, Any], language: str) -> str:
    with translation.override(language):
        return reverse("certificates:detail", kwargs={"public_code": row["public_code"]})


#: What the catalogue and its listing have to show; whoever mounts the sitemap may add more.
SECTIONS = {
    "pages": Section(_pages, _page_address),
    "goods": Section(_goods, _good_address),
    "producers": Section(_producers, _producer_address),
    "certificates": Section(_certificates, _certificate_address),
}
