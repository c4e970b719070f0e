"""`manage.py import_decisions FILE`: a province's decision list into producers, goods and certificates."""

import json
import sys
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from catalogue.certification.errors import CertificationError
from catalogue.certification.imports.errors import FileRefused
from catalogue.certification.imports.parsing import read_date
from catalogue.certification.imports.reader import SourceFile
from catalogue.certification.imports.rows import Defaults
from catalogue.certification.imports.services import decisions_import
from catalogue.certification.imports.sources import source_of
from marketplace.places.models import Province

_BAR = 40


class Command(BaseCommand):
    """Import a decision list in CSV or XLSX."""

    help = "Import a decision list (CSV or XLSX) as a province publishes it. Importing twice changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--decision", default="", help="number of the decision, where rows don't name it")
        parser.add_argument("--date", default="", help="its day: 2026-08-05 or 05/08/2026")
        parser.add_argument("--authority", default="", help="who took it: “UBND tỉnh Lâm Đồng”")
        parser.add_argument("--source", default="", help="name of the source; default: the file's name")
        parser.add_argument("--province", default=None, help="code of the province that all rows lie in")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, change nothing")
        parser.add_argument("--json", action="store_true", help="print the counts as JSON in the last line")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(_("There is no file %(path)s.") % {"path": path})
        province = options["province"]
        if province and not Province.objects.filter(code=province).exists():
            raise CommandError(_("There is no province with the code “%(code)s”.") % {"code": province})
        defaults = Defaults(
            source=options["source"] or source_of(path.name),
            decision_number=options["decision"],
            decided_on=self._day(options["date"]),
            authority=options["authority"],
            province=province,
        )
        try:
            report = decisions_import(
                source_file=SourceFile(path.name, path.stat().st_size, lambda: path.open("rb")),
                defaults=defaults,
                dry_run=options["dry_run"],
                on_progress=self._progress,
            )
        except FileRefused as refused:
            lines = "\n".join(f"  - {problem}" for problem in refused.problems)
            told = _("%(file)s was not imported, nothing was changed:") % {"file": path.name}
            raise CommandError(f"{told}\n{lines}") from refused
        except CertificationError as refused:
            raise CommandError(str(refused.message)) from refused
        if report.resumed_at:
            self.stderr.write(_("Went on after row %(row)d.") % {"row": report.resumed_at})
        for text in report.contradictions:
            self.stderr.write(self.style.WARNING(text))
        if report.unknown_columns:
            columns = ", ".join(report.unknown_columns)
            self.stderr.write(_("Columns kept without a meaning: %(columns)s") % {"columns": columns})
        for text in report.notes:
            self.stderr.write(_("Taken for a note, not for a product: %(text)s") % {"text": text})
        if options["json"]:
            self.stdout.write(json.dumps(report.counts))
        else:
            self.stdout.write(", ".join(f"{name}: {count}" for name, count in report.counts.items()))

    def _day(self, text: str) -> date | None:
        if not text:
            return None
        day = read_date(text).day
        if day is None:
            raise CommandError(
                _("“%(text)s” is not a date; write 2026-08-05 or 05/08/2026.") % {"text": text}
            )
        return day

    def _progress(self, done: int, total: int) -> None:
        if not sys.stderr.isatty():
            return
        filled = _BAR * done // max(total, 1)
        self.stderr.write(f"\r{'█' * filled}{'░' * (_BAR - filled)} {done}/{total}", ending="")
        if done >= total:
            self.stderr.write("")
