"""Offers at the programme's desk: the marketplace's own are kept here; a producer's can be seen and stopped."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from catalogue.producers.models import Partner
from checkout.offer.models import ConditionalOffer
from checkout.offer.selectors import offers_kept
from marketplace.dashboard.campaign_choices import CampaignAccess
from marketplace.dashboard.offers import desk


class ProgrammeOffers(CampaignAccess, desk.OfferDesk):
    """The desk: all offers to be seen, the marketplace's to be changed."""

    owner: Partner | None = None
    is_programme = True

    def offers(self) -> QuerySet[ConditionalOffer]:
        return offers_kept()

    def changeable(self) -> QuerySet[ConditionalOffer]:
        return offers_kept().filter(producer=None)


class OfferListView(ProgrammeOffers, desk.OfferListScreen):
    """All offers, or those of the marketplace or of producers alone."""

    def get_queryset(self) -> QuerySet[ConditionalOffer]:
        by = self.request.GET.get("by")
        found = self.offers()
        return found.filter(funded_by=by) if by in ConditionalOffer.Funder.values else found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        by = self.request.GET.get("by", "")
        words = {"": _("All"), "platform": _("The marketplace's"), "producer": _("Producers'")}
        tabs = [
            {"label": label, "url": f"?by={key}" if key else "?", "current": by == key}
            for key, label in words.items()
        ]
        return super().get_context_data(**kwargs, tabs=tabs, query=f"by={by}&" if by in words and by else "")


class OfferKindsView(ProgrammeOffers, desk.OfferKindsScreen):
    """What an offer of the marketplace can give."""


class OfferNewView(ProgrammeOffers, desk.OfferNewScreen):
    """A new offer of the marketplace."""


class OfferView(ProgrammeOffers, desk.OfferScreen):
    """One offer."""


class OfferEditView(ProgrammeOffers, desk.OfferEditScreen):
    """Changes an offer of the marketplace."""


class OfferStopView(ProgrammeOffers, desk.OfferStopScreen):
    """Stops an offer, whoever bears it; a producer is told why."""


class OfferCodesView(ProgrammeOffers, desk.OfferCodesScreen):
    """Makes more codes."""


class OfferCodesFileView(ProgrammeOffers, desk.OfferCodesFileScreen):
    """The codes as a table."""
