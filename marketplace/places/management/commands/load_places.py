"""`manage.py load_places`: bring provinces, communes and old units to the version of the data files."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from marketplace.places.loading import places_load
from marketplace.places.models import Commune, LegacyUnit, Province


class Command(BaseCommand):
    """Load the published lists; does nothing where they are loaded already."""

    help = "Loads provinces, communes and the units that they replaced; safe to run again."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take `--force`."""
        parser.add_argument(
            "--force", action="store_true", help="load even where this version is loaded already"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, and say what the tables hold."""
        changed = places_load(force=options["force"])
        counts = f"{Province.objects.count()} provinces, {Commune.objects.count()} communes"
        rows = f"{LegacyUnit.objects.count()} rows of old units"
        self.stdout.write(f"{'Loaded' if changed else 'Up to date'}: {counts}, {rows}.")
