"""The file of rows that were held or rejected: taken, mended in any spreadsheet, and imported again."""

import csv
import io
from collections.abc import Iterator

from django.db.models import QuerySet

from catalogue.certification.imports.headers import OWN_HEADERS, Field
from catalogue.certification.imports.models import DecisionImport, ImportRow, Outcome
from catalogue.certification.imports.parsing import in_words
from catalogue.certification.imports.rows import RowReader
from catalogue.certification.imports.services import defaults_of
from catalogue.certification.imports.table import RawRow
from marketplace.clock import today
from marketplace.slugs import vietnamese_slug
from marketplace.spreadsheets import harmless

_ASIDES = ("Kết quả nhập", "Câu hỏi", "Lý do", "Các câu trả lời", "Trả lời")
_MARK = "\ufeff"  # tells spreadsheets that the file is UTF-8


def mending_lines(record: DecisionImport) -> Iterator[str]:
    """Yield the CSV of the rows of this import that were held or rejected; code and source lead each back to its evidence.

    An answer from the column of answers, written into the last column, counts as given.
    """
    rows = record.rows.filter(outcome__in=[Outcome.HELD, Outcome.REJECTED])
    complete = _Completion(record)
    fields, extras = _columns(rows, complete)
    yield _MARK + _line([*(OWN_HEADERS[field] for field in fields), *extras, *_ASIDES])
    for row in rows.iterator(chunk_size=500):
        written = complete(row.raw) | {Field.KEY.value: row.key, Field.SOURCE.value: row.source}
        yield _line(
            [
                *(written.get(field.value, "") for field in fields),
                *(written.get(extra, "") for extra in extras),
                row.get_outcome_display(),
                row.get_question_display() if row.question else "",
                row.reason,
                "; ".join(f"{choice['value']} = {choice['label']}" for choice in row.choices),
                "",
            ]
        )


class _Completion:
    """Writes into a row what its file said for many rows at once: options, title rows, the group's title. A mended row stands alone."""

    def __init__(self, record: DecisionImport) -> None:
        self.reader = RowReader(defaults_of(record), sets=(), today=today())
        self.province = record.province.name if record.province else ""

    def __call__(self, raw: dict[str, str]) -> dict[str, str]:
        row = self.reader.read(RawRow.of_written(raw, number=0, line=0))
        said = {
            Field.PROVINCE: self.province,
            Field.STARS: str(row.stars or ""),
            Field.SECTOR: raw.get("group", "") if row.sector else "",
            Field.DECISION: row.decision_number,
            # In words, as that may stand beside any other way of writing dates.
            Field.DECIDED_ON: in_words(row.decided_on) if row.decided_on else "",
            Field.AUTHORITY: row.authority,
        }
        return {**{which.value: text for which, text in said.items() if text}, **raw}


def _columns(rows: QuerySet[ImportRow], complete: _Completion) -> tuple[list[Field], list[str]]:
    used: dict[str, None] = {}
    for raw in rows.values_list("raw", flat=True).iterator(chunk_size=500):
        used.update(dict.fromkeys(complete(raw)))
    own = {field.value for field in OWN_HEADERS}
    fields = [field for field in OWN_HEADERS if field in {Field.KEY, Field.SOURCE} or field.value in used]
    extras = [name for name in used if name not in own and name not in {"group", Field.NUMBER, Field.ANSWER}]
    return fields, extras


def _line(cells: list[str]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow([harmless(cell) for cell in cells])
    return text.getvalue()


def mending_name(record: DecisionImport) -> str:
    """Return the file's name."""
    return f"{vietnamese_slug(record.source) or 'danh-sach'}-can-sua.csv"


def has_rows_to_mend(record: DecisionImport) -> bool:
    return ImportRow.objects.filter(
        decision_import=record, outcome__in=[Outcome.HELD, Outcome.REJECTED]
    ).exists()
