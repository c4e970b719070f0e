"""This fork in the place of Oscar's app; the label stays Oscar's."""

from oscar.apps.search.apps import SearchConfig as OscarAppConfig


class SearchConfig(OscarAppConfig):
    name = "search"

    def ready(self) -> None:
        """Oscar would look up views and receivers here that this project doesn't use."""
