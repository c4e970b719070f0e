"""Tables as files for people: CSV that Excel opens with its accents, and XLSX. No cell can become a formula: `harmless` is the one rule."""

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any, Final

from openpyxl import Workbook

#: With these a cell begins that a spreadsheet may compute.
_COMPUTED: Final = ("=", "+", "-", "@", "\t", "\r")


def csv_lines(rows: Iterable[list[Any]]) -> Iterator[str]:
    """Yield the lines of a CSV file, with the mark by which Excel knows UTF-8."""
    yield "\ufeff"
    line = io.StringIO()
    writer = csv.writer(line)
    for row in rows:
        writer.writerow([harmless(cell) for cell in row])
        yield line.getvalue()
        line.seek(0)
        line.truncate()


def xlsx_file(rows: Iterable[list[Any]]) -> bytes:
    """Return the rows as an Excel file."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in rows:
        sheet.append([harmless(cell) for cell in row])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def harmless(cell: Any) -> Any:
    """Return a cell that a spreadsheet shows and doesn't compute."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_COMPUTED) else cell


def as_written(cell: str) -> str:
    """Return what `harmless` made a cell of: for files of ours that come back."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_COMPUTED) else cell
