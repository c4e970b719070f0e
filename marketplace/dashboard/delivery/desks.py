"""The two desks of delivery: the programme's, for all tables and days, and a producer's, for its own.

A screen is written once; the desk says whose rows it shows and which of its addresses are meant.
"""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from catalogue.producers.models import Partner
from catalogue.producers.selectors import MAY_EDIT_GOODS
from checkout.shipping.models import ClosedDays, DeliveryTariff
from marketplace.dashboard.access import NationalAccess, ProducerAccess

#: Screens of the programme's desk: address name and words.
PROGRAMME_TABS = [
    ("tariffs", _("Tables")),
    ("delivery-trial", _("What would it cost?")),
    ("cooling", _("Cooled goods")),
    ("holidays", _("Public holidays")),
    ("pickup-points", _("Pickup points")),
    ("carriers", _("Carriers")),
    ("tracking-file", _("Reports from a file")),
    ("cash-file", _("Cash of carriers")),
]
OWN_TABS = [
    ("own-tariffs", _("Tables and days")),
    ("own-parcels", _("Parcels")),
    ("own-delivery-trial", _("What would it cost?")),
]


@dataclass(frozen=True, slots=True)
class Tab:
    """One of the desk's screens, as `components/tabs.html` shows it."""

    label: Any
    url: str
    current: bool
    count: None = None


class Desk:
    """What a screen asks its desk for."""

    request: Any
    kwargs: dict[str, Any]
    owner: Partner | None

    def tariffs(self) -> QuerySet[DeliveryTariff]:
        """Return the tables that the desk shows."""
        raise NotImplementedError

    def closed_days(self) -> QuerySet[ClosedDays]:
        """Return the closed days that the desk keeps."""
        raise NotImplementedError

    def producers(self) -> QuerySet[Partner]:
        """Return the producers whose parcels the desk looks at."""
        raise NotImplementedError

    def may_edit(self) -> bool:
        """Whether this person changes something here."""
        raise NotImplementedError

    def address(self, name: str, **kwargs: Any) -> str:
        """Return the desk's address of the screen that the programme's desk calls `name`."""
        raise NotImplementedError


class ProgrammeDesk(NationalAccess):
    """For admins of all provinces: every table, and what holds for everybody."""

    owner: Partner | None = None

    def tariffs(self) -> QuerySet[DeliveryTariff]:
        return DeliveryTariff.objects.all()

    def closed_days(self) -> QuerySet[ClosedDays]:
        return ClosedDays.objects.filter(producer=None)

    def producers(self) -> QuerySet[Partner]:
        return Partner.objects.filter(seller_state=Partner.SellerState.VERIFIED)

    def may_edit(self) -> bool:
        return True

    def address(self, name: str, **kwargs: Any) -> str:
        return reverse(f"dashboard:{name}", kwargs=kwargs or None)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        tabs = _tabs(PROGRAMME_TABS, self.address, self.request.path)
        return super().get_context_data(**kwargs, tabs=tabs, owner=None)


class OwnDesk(ProducerAccess):
    """For a producer's members: its own tables and days. Owners and sellers change them, others look."""

    @property
    def owner(self) -> Partner:
        return self.producer

    def tariffs(self) -> QuerySet[DeliveryTariff]:
        return DeliveryTariff.objects.filter(producer=self.producer)

    def closed_days(self) -> QuerySet[ClosedDays]:
        return ClosedDays.objects.filter(producer=self.producer)

    def producers(self) -> QuerySet[Partner]:
        return Partner.objects.filter(pk=self.producer.pk)

    def may_edit(self) -> bool:
        return self.is_one_of(*MAY_EDIT_GOODS)

    def address(self, name: str, **kwargs: Any) -> str:
        return reverse(f"dashboard:own-{name}", kwargs={"producer_pk": self.producer.pk, **kwargs})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        def address(name: str) -> str:
            return reverse(f"dashboard:{name}", kwargs={"producer_pk": self.producer.pk})

        tabs = _tabs(OWN_TABS, address, self.request.path)
        return super().get_context_data(**kwargs, tabs=tabs, owner=self.producer)


class OwnDeskForEditors(OwnDesk):
    """Screens that change something."""

    member_roles = MAY_EDIT_GOODS


def _tabs(screens: list[tuple[str, Any]], address: Any, path: str) -> list[Tab]:
    urls = [(address(name), words) for name, words in screens]
    current = max((url for url, _words in urls if path.startswith(url)), key=len, default="")
    return [Tab(words, url, url == current) for url, words in urls]
