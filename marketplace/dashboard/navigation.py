"""The menu of the back office: what this person may open."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from lucide.templatetags.lucide import lucide

from catalogue.producers.models import Partner
from marketplace.accounts.models import StaffRole
from marketplace.accounts.roles import staff_scope

#: Screens of one producer's workplace: address name, words, icon.
PRODUCER_SCREENS: list[tuple[str, Any, str]] = [
    ("dashboard:today", _("Today"), "sun"),
    ("dashboard:consignments", _("Orders"), "package"),
    ("dashboard:goods", _("Goods"), "layout-grid"),
    ("dashboard:own-cases", _("Returns"), "undo-2"),
    ("dashboard:own-reviews", _("Reviews"), "message-square-text"),
]
#: Screens of the programme for admins and verifiers; the views themselves narrow them to provinces.
STAFF, ADMIN, NATIONAL = "staff", "admin", "national"
#: Address name, words, icon, for whom: any staff; admins, for orders hold buyers' data and imports write; admins of all provinces.
#: The first four stand under the thumb of a phone.
PROGRAMME_SCREENS: list[tuple[str, Any, str, str]] = [
    ("dashboard:programme", _("Today"), "sun", STAFF),
    ("dashboard:orders", _("Orders"), "package", ADMIN),
    ("dashboard:certificates", _("Certificates"), "badge-check", STAFF),
    ("dashboard:producers", _("Producers"), "users", STAFF),
    ("dashboard:programme-goods", _("Goods"), "layout-grid", STAFF),
    ("dashboard:cases", _("Returns"), "undo-2", ADMIN),
    ("dashboard:reviews", _("Reviews"), "message-square-text", ADMIN),
    ("dashboard:imports", _("Decision lists"), "file-up", ADMIN),
    ("dashboard:suggestions", _("To complete"), "list-checks", ADMIN),
    ("dashboard:campaigns", _("Campaigns"), "tag", NATIONAL),
    ("dashboard:tariffs", _("Delivery tables"), "truck", NATIONAL),
    ("dashboard:searches", _("Searches"), "search", NATIONAL),
    ("dashboard:lexicon", _("Words of the search"), "book-a", NATIONAL),
    ("dashboard:search-index", _("Search index"), "database", NATIONAL),
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
    if not staff_scope(request.user):
        return []
    admin = staff_scope(request.user, StaffRole.Role.ADMIN)
    may = {STAFF} | ({ADMIN} if admin else set()) | ({NATIONAL} if admin.everything else set())
    screens = [screen[:3] for screen in PROGRAMME_SCREENS if screen[3] in may]
    return list(_items(request, screens, {}))


def _items(
    request: HttpRequest, screens: Iterable[tuple[str, Any, str]], kwargs: dict[str, int]
) -> Iterable[Item]:
    urls = [(reverse(name, kwargs=kwargs or None), label, icon) for name, label, icon in screens]
    inside = [url for url, *_rest in urls if request.path.startswith(url)]
    current = max(inside, key=len, default="")
    for url, label, icon in urls:
        yield Item(str(label), url, lucide(icon, size=20, aria_hidden="true"), url == current)
