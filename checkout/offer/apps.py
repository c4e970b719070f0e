"""This fork in the place of Oscar's app; the label stays Oscar's."""

from oscar.apps.offer.apps import OfferConfig as OscarAppConfig


class OfferConfig(OscarAppConfig):
    name = "checkout.offer"

    def ready(self) -> None:
        """Oscar would look up views and receivers here that this project doesn't use."""
