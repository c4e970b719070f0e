"""This fork in the place of Oscar's app; the label stays Oscar's."""

from oscar.apps.catalogue.apps import CatalogueConfig as OscarAppConfig


class CatalogueConfig(OscarAppConfig):
    name = "catalogue"

    def ready(self) -> None:
        """Oscar would look up views and receivers here that this project doesn't use."""
