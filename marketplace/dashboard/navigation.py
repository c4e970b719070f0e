"""The menu of the back office: what this person may open."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from lucide.templatetags.lucide import lucide

from catalogue.producers.models import Partner
from marketplace.accounts.roles import staff_scope

#: Screens of one producer's workplace: address name, words, icon.
PRODUCER_SCREENS: list[tuple[str, Any, str]] = [
    ("dashboard:today", _("Today"), "sun"),
    ("dashboard:consignments", _("Orders"), "package"),
    ("dashboard:goods", _("Goods"), "layout-grid"),
]
#: Screens of the programme, for any staff role; the views themselves narrow it.
STAFF_SCREENS: list[tuple[str, Any, str]] = [
    ("dashboard:programme", _("Today"), "sun"),
    ("dashboard:orders", _("Orders"), "package"),
    ("dashboard:imports", _("Decision lists"), "file-up"),
    ("dashboard:suggestions", _("To complete"), "list-checks"),
    ("dashboard:certificates", _("Certificates"), "badge-check"),
    ("dashboard:producers", _("Producers"), "users"),
]
#: Screens that concern all provinces.
NATIONAL_SCREENS: list[tuple[str, Any, str]] = [
    ("dashboard:campaigns", _("Campaigns"), "tag"),
    ("dashboard:tariffs", _("Delivery tables"), "truck"),
    ("dashboard:lexicon", _("Words of the search"), "book-a"),
    ("dashboard:searches", _("Searches"), "search"),
]


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the menu."""

    label: str
    url: str
    icon: str
    current: bool


def navigation_for(request: HttpRequest, *, producer: Partner | None) -> list[Item]:
    """Return the menu of the producer's workplace whose page this is, else that of the programme."""
    if producer is not None:
        return list(_items(request, PRODUCER_SCREENS, {"producer_pk": producer.pk}))
    scope = staff_scope(request.user)
    screens = [*STAFF_SCREENS, *(NATIONAL_SCREENS if scope.everything else [])] if scope else []
    return list(_items(request, screens, {}))


def _items(
    request: HttpRequest, screens: Iterable[tuple[str, Any, str]], kwargs: dict[str, int]
) -> Iterable[Item]:
    urls = [(reverse(name, kwargs=kwargs or None), label, icon) for name, label, icon in screens]
    inside = [url for url, *_rest in urls if request.path.startswith(url)]
    current = max(inside, key=len, default="")
    for url, label, icon in urls:
        yield Item(str(label), url, lucide(icon, size=20, aria_hidden="true"), url == current)
