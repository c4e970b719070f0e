"""`manage.py search_load_lexicon`: bring the shipped lexicon into the database."""

from typing import Any

from django.core.management.base import BaseCommand

from search.lexicon.loading import lexicon_load


class Command(BaseCommand):
    """Load the lexicon's files; what admins have edited stays."""

    help = (
        "Bring the shipped lexicon (search/data/lexicon) into the database. Safe to run twice; what admins have edited stays. "
        "`migrate` does the same."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        loaded = lexicon_load(force=True)
        self.stdout.write(
            f"{loaded.added} groups added, {loaded.changed} changed, {loaded.removed} removed; "
            f"{loaded.kept} edited by admins stay as they are."
        )
