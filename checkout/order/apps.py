"""This fork in the place of Oscar's app; the label stays Oscar's."""

from oscar.apps.order.apps import OrderConfig as OscarAppConfig


class OrderConfig(OscarAppConfig):
    name = "checkout.order"

    def ready(self) -> None:
        """Oscar would look up views and receivers here that this project doesn't use."""
