"""`manage.py search_rebuild`: a new search index from the database, swapped in when it is complete and right."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from marketplace.progress import ProgressBar
from search.errors import SearchError
from search.rebuilding import go_back, rebuild_index


class Command(BaseCommand):
    help = (
        "Build a new search index from the database; searches go on in the present one until the new one is complete, "
        "counted and compared. One that was interrupted goes on where it stopped. The index before stays for --back."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--processes", type=int, help="processes that read goods (default: one a processor)"
        )
        parser.add_argument(
            "--force", action="store_true", help="put the new index in use even if it loses goods"
        )
        parser.add_argument(
            "--afresh", action="store_true", help="begin anew instead of going on with an interrupted one"
        )
        parser.add_argument(
            "--back", action="store_true", help="put the index before the present one back in use"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["back"]:
            self._go_back()
            return
        bar = ProgressBar(self.stdout) if options["verbosity"] else None
        started = time.monotonic()
        try:
            done = rebuild_index(
                report=bar.show if bar else None,
                processes=options["processes"],
                force=options["force"],
                afresh=options["afresh"],
            )
        except SearchError as error:
            if bar:
                bar.end()
            raise CommandError(
                f"The search index was not rebuilt, the present one stays: {error}."
            ) from error
        if bar:
            bar.end()
            if done.resumed_from:
                self.stdout.write(f"Went on after {done.resumed_from:,} goods of an interrupted rebuild.")
            seconds = time.monotonic() - started
            rate = (done.goods - done.resumed_from) / max(seconds, 0.001)
            self.stdout.write(f"{done.goods:,} goods indexed in {seconds:.1f} s, {rate:,.0f} a second.")
            for product_id, reason in sorted(done.failed.items())[:20]:
                self.stderr.write(
                    f"Good {product_id} could not be indexed and is tried again later: {reason}"
                )

    def _go_back(self) -> None:
        try:
            name = go_back()
        except SearchError as error:
            raise CommandError(f"The present search index stays: {error}.") from error
        self.stdout.write(
            f"{name} is in use again. `search_rebuild --back` once more returns to the newer one."
        )
