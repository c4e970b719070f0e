"""`manage.py search_rebuild`: a new search index from the database, swapped in when it is complete."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from search.errors import SearchUnavailable
from search.indexing import rebuild_index

WIDTH = 40


class Command(BaseCommand):
    help = "Build a new search index from the database; searches go on in the old one until it is complete."

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        try:
            goods = rebuild_index(report=self._show if options["verbosity"] else None)
        except SearchUnavailable as error:
            raise CommandError(f"The search index was not rebuilt, the old one stays: {error}") from error
        if options["verbosity"]:
            if self.stdout.isatty():
                self.stdout.write("")
            self.stdout.write(f"{goods:,} goods indexed in {time.monotonic() - started:.1f} s.")

    def _show(self, done: int, total: int) -> None:
        """Draw the bar on a terminal, one line a tenth elsewhere."""
        part = 1.0 if total == 0 else min(1.0, done / total)
        bar = "█" * int(part * WIDTH)
        line = f"{bar:░<{WIDTH}} {part:4.0%}  {done:,} / {total:,}"
        if self.stdout.isatty():
            self.stdout.write(f"\r{line}", ending="")
            self.stdout.flush()
        elif int(part * 10) != getattr(self, "_tenth", None):
            self._tenth = int(part * 10)
            self.stdout.write(line)
