"""`manage.py search_rebuild`: a new search index from the database, swapped in when it is complete."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from marketplace.progress import ProgressBar
from search.errors import SearchUnavailable
from search.indexing import rebuild_index


class Command(BaseCommand):
    help = "Build a new search index from the database; searches go on in the old one until it is complete."

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        try:
            goods = rebuild_index(report=ProgressBar(self.stdout) if options["verbosity"] else None)
        except SearchUnavailable as error:
            raise CommandError(f"The search index was not rebuilt, the old one stays: {error}") from error
        if options["verbosity"]:
            self.stdout.write(f"{goods:,} goods indexed in {time.monotonic() - started:.1f} s.")
