"""This fork in the place of Oscar's app; the label stays Oscar's."""

from oscar.apps.checkout.apps import CheckoutConfig as OscarAppConfig


class CheckoutConfig(OscarAppConfig):
    name = "checkout"

    def ready(self) -> None:
        """Oscar would look up views and receivers here that this project doesn't use."""
