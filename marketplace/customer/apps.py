"""This fork in the place of Oscar's app; the label stays Oscar's."""

from oscar.apps.customer.apps import CustomerConfig as OscarAppConfig


class CustomerConfig(OscarAppConfig):
    name = "marketplace.customer"

    def ready(self) -> None:
        """Oscar would look up views and receivers here that this project doesn't use."""
