"""This fork in the place of Oscar's app; the label stays Oscar's."""

from oscar.apps.dashboard.apps import DashboardConfig as OscarAppConfig


class DashboardConfig(OscarAppConfig):
    name = "marketplace.dashboard"

    def ready(self) -> None:
        """Oscar would look up views and receivers here that this project doesn't use."""
