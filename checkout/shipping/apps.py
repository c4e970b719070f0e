"""This fork in the place of Oscar's app; the label stays Oscar's."""

from oscar.apps.shipping.apps import ShippingConfig as OscarAppConfig


class ShippingConfig(OscarAppConfig):
    name = "checkout.shipping"

    def ready(self) -> None:
        """Oscar would look up views and receivers here that this project doesn't use."""
