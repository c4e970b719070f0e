"""Opens CSV and XLSX files as lines of plain cells, and refuses what isn't what it says.

Nothing here holds more than a line: a file may be read twice, first to judge it whole, then to import it.
"""

import codecs
import csv
import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import BinaryIO

from defusedxml.ElementTree import iterparse
from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils import column_index_from_string

from catalogue.certification.imports.errors import FileRefused
from catalogue.wording import composed

MAX_FILE_BYTES = 20 * 1024 * 1024
MAX_UNPACKED_BYTES = 150 * 1024 * 1024
MAX_RATIO = 150
MAX_ARCHIVE_PARTS = 2_000
MAX_LINES = 60_000
MAX_COLUMNS = 120
MAX_CELL_CHARACTERS = 5_000
_PROBE_BYTES = 1024 * 1024
_DELIMITERS = ",;\t|"
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
#: What a spreadsheet would run: a formula; or a plus or minus before a function's call, a cell of a sheet or another program.
_FORMULA = re.compile(
    r"^\s*(=.|@\s*\w+\s*\(|[+\-]([\s\d.,+\-*/^&(]*[A-Za-z_][A-Za-z0-9_.]*\(|.*[\w'\]]!\s*\$?[A-Za-z]+\$?\d|.*\w\|))",
    re.DOTALL,
)
_XLSX_MERGE = re.compile(r"^([A-Z]+)(\d+):([A-Z]+)(\d+)$")

Cell = str | date


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a sheet: its number as a person counts (from 1), and its cells, text in NFC without outer space."""

    number: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file that can be opened again and again."""

    name: str
    size: int
    open: Callable[[], BinaryIO]

    @property
    def is_workbook(self) -> bool:
        with self.open() as stream:
            return stream.read(4) == b"PK\x03\x04"

    @classmethod
    def of_bytes(cls, name: str, content: bytes) -> "SourceFile":
        return cls(name, len(content), lambda: io.BytesIO(content))


def check_file(source: SourceFile) -> None:
    """Raise FileRefused unless the file is small, in a known form, decodable to its end and no trap."""
    if source.size == 0:
        raise FileRefused([_("The file is empty.")])
    if source.size > MAX_FILE_BYTES:
        raise FileRefused([_("The file is larger than %(limit)d MB.") % {"limit": MAX_FILE_BYTES // 2**20}])
    if source.is_workbook:
        _check_archive(source)
    else:
        _check_text(source)


def sheets(source: SourceFile) -> list[str]:
    """Return the names of a workbook's visible sheets; one empty name for a text file."""
    if not source.is_workbook:
        return [""]
    with _workbook(source) as book:
        visible = [sheet.title for sheet in book.worksheets if sheet.sheet_state == "visible"]
    if not visible:
        raise FileRefused([_("The workbook has no visible sheet.")])
    return visible


def lines(source: SourceFile, *, sheet: str = "", delimiter: str = ",") -> Iterator[Line]:
    """Yield the lines of the file, blank ones too. Raises FileRefused at the first cell or line beyond the limits."""
    found = _workbook_lines(source, sheet) if source.is_workbook else _text_lines(source, delimiter)
    filled = 0
    for written in found:
        line = Line(written.number, _without_blank_end(written.cells))
        filled += bool(line.cells)
        if filled > MAX_LINES:
            raise FileRefused([_("The file has more than %(limit)d lines.") % {"limit": MAX_LINES}])
        if len(line.cells) > MAX_COLUMNS:
            raise FileRefused([_("Line %(line)d has too many columns.") % {"line": line.number}])
        for column, cell in enumerate(line.cells, start=1):
            if isinstance(cell, str) and len(cell) > MAX_CELL_CHARACTERS:
                raise FileRefused(
                    [
                        _("Line %(line)d, column %(column)d: the cell holds more than %(limit)d characters.")
                        % {"line": line.number, "column": column, "limit": MAX_CELL_CHARACTERS}
                    ]
                )
        yield line


def _without_blank_end(cells: tuple[Cell, ...]) -> tuple[Cell, ...]:
    """Leave out what spreadsheets keep at the end of lines: columns that were once coloured."""
    end = len(cells)
    while end and not cells[end - 1]:
        end -= 1
    return cells[:end]


def delimiters(source: SourceFile) -> str:
    """Return the separators that this file could use, none for a workbook."""
    if source.is_workbook:
        return ","
    with source.open() as stream:
        head = stream.read(20_000).decode(_encoding(source), errors="ignore")
    return "".join(mark for mark in _DELIMITERS if mark in head) or ","


def is_formula(text: str) -> bool:
    """Return whether this text was meant for a formula, so that a list that holds it is refused; what is only written out is `harmless`."""
    return bool(_FORMULA.match(text))


def formulas(source: SourceFile, sheet: str) -> Iterator[tuple[int, int]]:
    """Yield line and column (from 1) of each formula of a workbook's sheet."""
    with _workbook(source, values=False) as book:
        for row in book[sheet].iter_rows():
            for cell in row:
                if getattr(cell, "data_type", "") == "f":
                    yield cell.row, cell.column


def _encoding(source: SourceFile) -> str:
    with source.open() as stream:
        return "utf-16" if stream.read(2) in _UTF_16 else "utf-8-sig"


def _check_text(source: SourceFile) -> None:
    decoder = codecs.getincrementaldecoder(_encoding(source))()
    with source.open() as stream:
        try:
            while block := stream.read(_PROBE_BYTES):
                if "\x00" in decoder.decode(block):
                    raise FileRefused(
                        [_("The file is neither a table of text nor an Excel workbook (xlsx).")]
                    )
            decoder.decode(b"", final=True)
        except UnicodeError as error:
            raise FileRefused(
                [
                    _(
                        "The file is not in UTF-8. Open it in a spreadsheet and save it as “CSV UTF-8” or as an Excel "
                        "workbook (xlsx)."
                    )
                ]
            ) from error


def _check_archive(source: SourceFile) -> None:
    try:
        with source.open() as stream, zipfile.ZipFile(stream) as archive:
            parts = archive.infolist()
            unpacked = sum(part.file_size for part in parts)
            squeezed = any(
                part.file_size > _PROBE_BYTES and part.file_size > MAX_RATIO * max(part.compress_size, 1)
                for part in parts
            )
            if len(parts) > MAX_ARCHIVE_PARTS or unpacked > MAX_UNPACKED_BYTES or squeezed:
                raise FileRefused([_("The workbook unpacks to far more than it should; it was not opened.")])
            if any(part.flag_bits & 0x1 for part in parts):
                raise FileRefused([_("The workbook is locked with a password.")])
            if "xl/workbook.xml" not in archive.namelist():
                raise FileRefused([_("The file is neither a table of text nor an Excel workbook (xlsx).")])
            for part in parts:
                if part.filename.endswith((".xml", ".rels")) and b"<!DOCTYPE" in archive.open(part).read(
                    4096
                ):
                    raise FileRefused([_("The workbook carries definitions that no spreadsheet needs.")])
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError) as error:
        raise FileRefused([_("The workbook is damaged and cannot be opened.")]) from error


def _text_lines(source: SourceFile, delimiter: str) -> Iterator[Line]:
    with source.open() as stream, io.TextIOWrapper(stream, encoding=_encoding(source), newline="") as text:
        reader = csv.reader(text, delimiter=delimiter)
        number = 0
        try:
            for number, row in enumerate(reader, start=1):
                yield Line(number, tuple(composed(cell) for cell in row))
        except csv.Error as error:
            raise FileRefused(
                [
                    _("Line %(line)d cannot be read: a cell is far too large or a quote is never closed.")
                    % {"line": number + 1}
                ]
            ) from error


@contextmanager
def _workbook(source: SourceFile, *, values: bool = True) -> Iterator:
    """Open the workbook; whatever breaks while it is opened or read refuses the file."""
    with source.open() as stream:
        try:
            with closing(load_workbook(stream, read_only=True, data_only=values, keep_links=False)) as book:
                yield book
        except FileRefused:
            raise
        except Exception as error:  # openpyxl raises whatever a broken part makes it raise
            raise FileRefused([_("The workbook is damaged and cannot be opened.")]) from error


def _workbook_lines(source: SourceFile, sheet: str) -> Iterator[Line]:
    with _workbook(source) as book:
        page = book[sheet] if sheet else book.worksheets[0]
        page.reset_dimensions()
        spans = _merged_downwards(source, page._worksheet_path)
        held: dict[int, tuple[int, Cell]] = {}
        for number, row in enumerate(page.iter_rows(values_only=True), start=1):
            cells = [_plain(value) for value in row]
            for column, last in spans.get(number, ()):
                held[column] = last, cells[column] if column < len(cells) else ""
            for column, (last, value) in held.items():
                if number <= last and column < len(cells) and not cells[column]:
                    cells[column] = value
            yield Line(number, tuple(cells))


def _merged_downwards(source: SourceFile, part: str) -> dict[int, list[tuple[int, int]]]:
    """Return by first line the cells merged over several lines of one column: column (from 0) and last line.

    A producer with five goods often stands in one tall cell; its value holds for each of its lines.
    """
    spans: dict[int, list[tuple[int, int]]] = {}
    with source.open() as stream, zipfile.ZipFile(stream) as archive, archive.open(part) as sheet:
        for _event, element in iterparse(sheet, forbid_dtd=True):
            if element.tag.endswith("}mergeCell"):
                area = _XLSX_MERGE.match(element.get("ref", ""))
                if area and area[1] == area[3] and int(area[4]) > int(area[2]):
                    column = column_index_from_string(area[1]) - 1
                    spans.setdefault(int(area[2]), []).append((column, int(area[4])))
            element.clear()
    return spans


def _plain(value: object) -> Cell:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return composed(str(value))
