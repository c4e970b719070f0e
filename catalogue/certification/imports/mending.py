"""The file of rows that were held or rejected: taken, mended in any spreadsheet, and imported again."""

import csv
import io
from collections.abc import Iterator

from django.db.models import QuerySet

from catalogue.certification.imports.headers import OWN_HEADERS, Field
from catalogue.certification.imports.models import DecisionImport, ImportRow, Outcome
from catalogue.certification.imports.reader import is_formula
from marketplace.slugs import vietnamese_slug

_ASIDES = ("Kết quả nhập", "Câu hỏi", "Lý do", "Các câu trả lời", "Trả lời")
_MARK = "\ufeff"  # tells spreadsheets that the file is UTF-8


def mending_lines(record: DecisionImport) -> Iterator[str]:
    """Yield the CSV of the rows of this import that were held or rejected; code and source lead each back to its evidence.

    An answer from the column of answers, written into the last column, counts as given.
    """
    rows = record.rows.filter(outcome__in=[Outcome.HELD, Outcome.REJECTED])
    fields, extras = _columns(rows)
    yield _MARK + _line([*(OWN_HEADERS[field] for field in fields), *extras, *_ASIDES])
    for row in rows.iterator(chunk_size=500):
        written = {**row.raw, Field.KEY.value: row.key, Field.SOURCE.value: row.source}
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


def _columns(rows: QuerySet[ImportRow]) -> tuple[list[Field], list[str]]:
    used: dict[str, None] = {}
    for raw in rows.values_list("raw", flat=True).iterator(chunk_size=500):
        used.update(dict.fromkeys(raw))
    own = {field.value for field in OWN_HEADERS}
    fields = [field for field in OWN_HEADERS if field in {Field.KEY, Field.SOURCE} or field.value in used]
    extras = [name for name in used if name not in own and name not in {"group", Field.NUMBER, Field.ANSWER}]
    return fields, extras


def _line(cells: list[str]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow([f"'{cell}" if is_formula(cell) else cell for cell in cells])
    return text.getvalue()


def mending_name(record: DecisionImport) -> str:
    """Return the file's name."""
    return f"{vietnamese_slug(record.source) or 'danh-sach'}-can-sua.csv"


def has_rows_to_mend(record: DecisionImport) -> bool:
    return ImportRow.objects.filter(
        decision_import=record, outcome__in=[Outcome.HELD, Outcome.REJECTED]
    ).exists()
