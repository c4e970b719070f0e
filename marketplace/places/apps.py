"""The app of provinces, communes and their old names."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class PlacesConfig(AppConfig):
    """Keeps the tables at the version of the data files, as Django keeps content types: after each migrate."""

    name = "marketplace.places"
    label = "places"

    def ready(self) -> None:
        """Connect the load of changed data files."""
        from marketplace.places.loading import places_load_after_migrate

        post_migrate.connect(places_load_after_migrate, sender=self, dispatch_uid="places_load")
