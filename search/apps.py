"""This fork in the place of Oscar's app; the label stays Oscar's."""

from django.db.models.signals import post_migrate
from oscar.apps.search.apps import SearchConfig as OscarAppConfig


class SearchConfig(OscarAppConfig):
    name = "search"

    def ready(self) -> None:
        """Connect the load of a changed lexicon. Oscar would look up views and receivers that this project doesn't use."""
        from search.lexicon.loading import lexicon_load_after_migrate

        post_migrate.connect(lexicon_load_after_migrate, sender=self, dispatch_uid="lexicon_load")
