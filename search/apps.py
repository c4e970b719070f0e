"""This fork in the place of Oscar's app; the label stays Oscar's."""

from django.db.models.signals import post_migrate
from oscar.apps.search.apps import SearchConfig as OscarAppConfig


class SearchConfig(OscarAppConfig):
    name = "search"

    def ready(self) -> None:
        """Answer the catalogue's question for similar goods; connect the load of a changed lexicon.

        Oscar would look up views and receivers here that this project doesn't use.
        """
        from catalogue.similar import answer_with
        from search.lexicon.loading import lexicon_load_after_migrate
        from search.similar import find_similar

        answer_with(find_similar)
        post_migrate.connect(lexicon_load_after_migrate, sender=self, dispatch_uid="lexicon_load")
