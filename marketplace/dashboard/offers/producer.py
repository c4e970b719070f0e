"""Offers in a producer's workplace: on its own goods, and borne by it."""

from typing import Any

from django.db.models import QuerySet

from catalogue.producers.models import Partner
from catalogue.producers.selectors import MAY_EDIT_GOODS
from checkout.offer.models import ConditionalOffer, OfferUse
from checkout.offer.selectors import offers_of
from marketplace.dashboard.access import ProducerAccess
from marketplace.dashboard.offers import desk


class OwnOffers(ProducerAccess, desk.OfferDesk):
    """The desk: this producer's offers, to be seen by every member."""

    names = "producer-"

    @property
    def owner(self) -> Partner | None:
        return self.producer

    def offers(self) -> QuerySet[ConditionalOffer]:
        return offers_of(self.producer)

    def changeable(self) -> QuerySet[ConditionalOffer]:
        return offers_of(self.producer)

    @property
    def may_change(self) -> bool:
        return self.is_one_of(*MAY_EDIT_GOODS)

    def uses(self, offer: ConditionalOffer) -> QuerySet[OfferUse]:
        """Leave out what producers don't see yet: orders that may still expire."""
        return super().uses(offer).filter(order__confirmed_at__isnull=False)

    def url(self, name: str, **parameters: Any) -> str:
        return super().url(name, producer_pk=self.producer.pk, **parameters)


class KeptOffers(OwnOffers):
    """For those who set the prices."""

    member_roles = MAY_EDIT_GOODS


class OfferListView(OwnOffers, desk.OfferListScreen):
    """The producer's offers."""


class OfferKindsView(KeptOffers, desk.OfferKindsScreen):
    """What an offer can give."""


class OfferNewView(KeptOffers, desk.OfferNewScreen):
    """A new offer."""


class OfferView(OwnOffers, desk.OfferScreen):
    """One offer."""


class OfferEditView(KeptOffers, desk.OfferEditScreen):
    """Changes an offer."""


class OfferStopView(KeptOffers, desk.OfferStopScreen):
    """Stops an offer."""


class OfferCodesView(KeptOffers, desk.OfferCodesScreen):
    """Makes more codes."""


class OfferCodesFileView(KeptOffers, desk.OfferCodesFileScreen):
    """The codes as a table."""
