"""Reads tables that people bring as CSV or Excel: which column holds what, and what is wrong with which row."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from catalogue.certification.imports.errors import FileRefused
from catalogue.certification.imports.reader import (
    Cell,
    Line,
    SourceFile,
    check_file,
    delimiters,
    lines,
    sheets,
)
from marketplace.folding import folded

__all__ = ["FileRefused", "FileRow", "RowProblem", "Table", "read_rows", "read_tables"]

#: The header stands among the first lines.
_HEADER_WITHIN: Final = 15


@dataclass(frozen=True, slots=True)
class Table:
    """A kind of table: its fields with the headers that mean them (compared without marks and capitals), and those it can't do without."""

    name: str
    headers: Mapping[str, Sequence[str]]
    needed: frozenset[str]

    def columns(self, line: Line) -> dict[str, int] | None:
        """Return where each field stands if `line` is this table's header."""
        titles = [folded(str(cell)) for cell in line.cells]
        found = {
            name: titles.index(folded(header))
            for name, headers in self.headers.items()
            for header in headers
            if folded(header) in titles
        }
        return found if self.needed <= found.keys() else None


@dataclass(frozen=True, slots=True)
class FileRow:
    """One filled row of a table: its number in the file, and its cells by field."""

    table: str
    number: int
    cells: Mapping[str, Cell]

    def text(self, name: str) -> str:
        """Return a cell as text; empty where there is none."""
        cell = self.cells.get(name, "")
        return cell.strftime("%d/%m/%Y") if isinstance(cell, date) else str(cell).strip()


@dataclass(frozen=True, slots=True)
class RowProblem:
    """What is wrong with a row, for whoever made the file."""

    number: int
    reason: str


@dataclass(slots=True)
class ReadRows:
    """What a file says: the values of its good rows by table, and the problems of the others."""

    values: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    problems: list[RowProblem] = field(default_factory=list)


def read_tables(*, file_name: str, content: bytes, tables: Collection[Table]) -> Iterator[FileRow]:
    """Yield the rows of every sheet that holds one of `tables`. Raises FileRefused where none does, or the file is none."""
    source = SourceFile.of_bytes(file_name, content)
    check_file(source)
    mark = max(delimiters(source), key=lambda one: _first_line(source, one))
    found = False
    for sheet in sheets(source):
        table, columns = None, {}
        for line in lines(source, sheet=sheet, delimiter=mark):
            if table is None:
                if line.number > _HEADER_WITHIN:
                    break
                for candidate in tables:
                    if (known := candidate.columns(line)) is not None:
                        table, columns, found = candidate, known, True
                        break
                continue
            cells = {name: line.cells[at] for name, at in columns.items() if at < len(line.cells)}
            if any(cells.values()):
                yield FileRow(table.name, line.number, cells)
    if not found:
        raise FileRefused(
            [
                _("The header wasn't found. It needs the columns: %(columns)s.")
                % {"columns": "; ".join(_header_words(table) for table in tables)}
            ]
        )


def read_rows(rows: Iterable[FileRow], read: Callable[[FileRow], dict[str, Any]]) -> ReadRows:
    """Read every row by `read`; where it raises ValidationError, the row's number and the reason are kept instead."""
    result = ReadRows()
    for row in rows:
        try:
            values = read(row)
        except ValidationError as error:
            result.problems.append(RowProblem(row.number, " ".join(error.messages)))
        else:
            result.values.setdefault(row.table, []).append(values)
    return result


def _first_line(source: SourceFile, mark: str) -> int:
    first = next(lines(source, delimiter=mark), None) if not source.is_workbook else None
    return len(first.cells) if first else 0


def _header_words(table: Table) -> str:
    return ", ".join(next(iter(table.headers[name])) for name in table.headers if name in table.needed)
