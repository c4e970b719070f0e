"""This fork in the place of Oscar's app; the label stays Oscar's."""

from oscar.apps.partner.apps import PartnerConfig as OscarAppConfig


class ProducersConfig(OscarAppConfig):
    name = "catalogue.producers"

    def ready(self) -> None:
        """Oscar would look up views and receivers here that this project doesn't use."""
