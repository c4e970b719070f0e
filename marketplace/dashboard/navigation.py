"""The menu of the back office: what this person may open."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from catalogue.producers.models import Membership
from marketplace.dashboard.access import may_open, member_may_open
from marketplace.templatetags.icons import lucide

#: Screens of one producer's workplace: address name, words, icon.
PRODUCER_SCREENS: list[tuple[str, Any, str]] = [
    ("dashboard:today", _("Today"), "sun"),
    ("dashboard:consignments", _("Orders"), "package"),
    ("dashboard:goods", _("Goods"), "layout-grid"),
    ("dashboard:own-cases", _("Returns"), "undo-2"),
    ("dashboard:own-reviews", _("Reviews"), "message-square-text"),
    ("dashboard:producer-offers", _("Offers"), "ticket-percent"),
    ("dashboard:own-tariffs", _("Delivery"), "truck"),
    ("dashboard:money", _("My money"), "wallet"),
]
#: Screens of the programme: address name, words, icon. Shown to whom the screen itself would let in (its `staff_roles`).
#: The first four stand under the thumb of a phone.
PROGRAMME_SCREENS: list[tuple[str, Any, str]] = [
    ("dashboard:programme", _("Today"), "sun"),
    ("dashboard:orders", _("Orders"), "package"),
    ("dashboard:certificates", _("Certificates"), "badge-check"),
    ("dashboard:producers", _("Producers"), "users"),
    ("dashboard:applications", _("Applications to sell"), "user-plus"),
    ("dashboard:held", _("Put aside"), "shield-alert"),
    ("dashboard:programme-goods", _("Goods"), "layout-grid"),
    ("dashboard:cases", _("Returns"), "undo-2"),
    ("dashboard:reviews", _("Reviews"), "message-square-text"),
    ("dashboard:questions", _("Questions"), "message-circle-question-mark"),
    ("dashboard:imports", _("Decision lists"), "file-up"),
    ("dashboard:suggestions", _("To complete"), "list-checks"),
    ("dashboard:payment-events", _("Payment events"), "webhook"),
    ("dashboard:campaigns", _("Campaigns"), "tag"),
    ("dashboard:offers", _("Offers and codes"), "ticket-percent"),
    ("dashboard:tariffs", _("Delivery"), "truck"),
    ("dashboard:ledger", _("Ledger"), "book-open-check"),
    ("dashboard:commissions", _("Commission and taxes"), "percent"),
    ("dashboard:transfers", _("Bank transfers"), "landmark"),
    ("dashboard:payouts", _("Payouts"), "hand-coins"),
    ("dashboard:searches", _("Searches"), "search"),
    ("dashboard:lexicon", _("Words of the search"), "book-a"),
    ("dashboard:search-index", _("Search index"), "database"),
    ("dashboard:people", _("People and roles"), "user-cog"),
    ("dashboard:audit", _("Audit log"), "scroll-text"),
]


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the menu."""

    label: str
    url: str
    icon: str
    current: bool


def navigation_for(request: HttpRequest, *, membership: Membership | None) -> list[Item]:
    """Return the menu of the workplace whose page this is (the person belongs to it by `membership`), else that of the programme."""
    if membership is not None:
        own = [
            screen
            for screen in PRODUCER_SCREENS
            if member_may_open(membership, screen[0].removeprefix("dashboard:"))
        ]
        return list(_items(request, own, {"producer_pk": membership.producer_id}))
    screens = [
        screen for screen in PROGRAMME_SCREENS if may_open(request.user, screen[0].removeprefix("dashboard:"))
    ]
    return list(_items(request, screens, {}))


def _items(
    request: HttpRequest, screens: Iterable[tuple[str, Any, str]], kwargs: dict[str, int]
) -> Iterable[Item]:
    urls = [(reverse(name, kwargs=kwargs or None), label, icon) for name, label, icon in screens]
    inside = [url for url, *_rest in urls if request.path.startswith(url)]
    current = max(inside, key=len, default="")
    for url, label, icon in urls:
        yield Item(str(label), url, lucide(icon, size=20, aria_hidden="true"), url == current)
