"""This fork in the place of Oscar's app; the label stays Oscar's."""

from oscar.apps.address.apps import AddressConfig as OscarAppConfig


class AddressConfig(OscarAppConfig):
    name = "marketplace.address"

    def ready(self) -> None:
        """Oscar would look up views and receivers here that this project doesn't use."""
