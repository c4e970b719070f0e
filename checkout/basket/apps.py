"""This fork in the place of Oscar's app; the label stays Oscar's."""

from oscar.apps.basket.apps import BasketConfig as OscarAppConfig


class BasketConfig(OscarAppConfig):
    name = "checkout.basket"

    def ready(self) -> None:
        """Oscar would look up views and receivers here that this project doesn't use."""
