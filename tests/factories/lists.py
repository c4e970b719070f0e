"""Decision lists as files, for tests."""

import csv
import io
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook

from catalogue.certification.imports.reader import SourceFile
from catalogue.certification.imports.rows import Defaults
from catalogue.certification.imports.services import ImportReport, decisions_import

HEADER = ["STT", "Tên sản phẩm", "Tên chủ thể", "Địa chỉ", "Phân hạng", "Số quyết định", "Ngày quyết định", "Cơ quan ban hành"]  # fmt: skip


def row(number: int = 1, **cells: Any) -> list[Any]:
    """A row under `HEADER`: coffee of a cooperative in Lạc Dương with 4 stars."""
    return [
        number,
        cells.get("product", f"Cà phê số {number}"),
        cells.get("producer", "HTX Cà phê Lạc Dương"),
        cells.get("address", "Thôn 2, xã Lạc Dương, tỉnh Lâm Đồng"),
        cells.get("stars", "4 sao"),
        cells.get("decision", "3981/QĐ-UBND"),
        cells.get("date", "05/8/2026"),
        cells.get("authority", "UBND tỉnh Lâm Đồng"),
    ]


def csv_bytes(lines: Sequence[Sequence[Any]], *, delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(lines)
    return text.getvalue().encode(encoding)


def csv_file(lines: Sequence[Sequence[Any]], *, name: str = "danh-sach.csv", **kwargs: Any) -> SourceFile:
    return SourceFile.of_bytes(name, csv_bytes(lines, **kwargs))


def xlsx_file(
    lines: Sequence[Sequence[Any]], *, name: str = "danh-sach.xlsx", merged: Sequence[str] = ()
) -> SourceFile:
    book = Workbook()
    for line in lines:
        book.active.append(list(line))
    for area in merged:
        book.active.merge_cells(area)
    content = io.BytesIO()
    book.save(content)
    return SourceFile.of_bytes(name, content.getvalue())


def workbook(sheets: dict[str, Sequence[Sequence[Any]]], *, name: str = "danh-sach.xlsx") -> SourceFile:
    """A workbook of several sheets, by their names."""
    book = Workbook()
    book.remove(book.active)
    for title, lines in sheets.items():
        sheet = book.create_sheet(title)
        for line in lines:
            sheet.append(list(line))
    content = io.BytesIO()
    book.save(content)
    return SourceFile.of_bytes(name, content.getvalue())


def imported(source_file: SourceFile, *, source: str = "danh-sach", **kwargs: Any) -> ImportReport:
    defaults = Defaults(source=source, **{name: kwargs.pop(name) for name in list(kwargs) if name in {"decision_number", "decided_on", "authority", "province"}})  # fmt: skip
    return decisions_import(source_file=source_file, defaults=defaults, **kwargs)


def counts(report: ImportReport) -> dict[str, int]:
    """The counts that aren't zero."""
    return {name: count for name, count in report.counts.items() if count}
