"""A table as a file for people: CSV that Excel opens with its accents, and XLSX. No cell can become a formula."""

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any, Final

from openpyxl import Workbook

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


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
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
