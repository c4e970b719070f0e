"""`manage.py search_check`: does the search index say what the database says?"""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from marketplace.progress import ProgressBar
from search.checking import CheckReport, check_index
from search.errors import SearchError


class Command(BaseCommand):
    help = (
        "Compare the search index in use with the database, good by good: is it there, in which version, with which prices and "
        "stars, from when until when. Changes nothing unless --mend is given. Ends with 1 where differences remain."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--mend", action="store_true", help="write anew what differs")
        parser.add_argument("--json", action="store_true", help="print the result as one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        bar = ProgressBar(self.stdout) if options["verbosity"] and not options["json"] else None
        try:
            report = check_index(mend=options["mend"], report=bar.show if bar else None)
        except SearchError as error:
            raise CommandError(f"The search index could not be checked: {error}.") from error
        if bar:
            bar.end()
        if options["json"]:
            self.stdout.write(json.dumps(report.as_json(), ensure_ascii=False))
        else:
            self._say(report)
        if not report.is_true:
            sys.exit(1)

    def _say(self, report: CheckReport) -> None:
        self.stdout.write(f"{report.goods:,} goods compared with {report.index_name}.")
        if report.waiting:
            self.stdout.write(f"{report.waiting:,} changes of the last seconds are on their way.")
        if not report.differences:
            self.stdout.write("Database and index agree.")
            return
        for kind, count in report.kinds.most_common():
            self.stdout.write(f"{kind.replace('_', ' '):<12} {count:,}")
        for example in report.examples:
            self.stdout.write(
                f"  good {example.product_id}: {example.kind.replace('_', ' ')} "
                f"(database {example.database_version}, index {example.index_version})"
            )
        self.stdout.write(
            f"{report.mended:,} of {report.differences:,} differences mended."
            if report.mended
            else "Nothing was changed; `search_check --mend` writes these goods anew."
        )
