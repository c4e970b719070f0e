"""Reads the file in which a bank tells what became of a batch: CSV or XLSX, whatever its columns are called.

A transfer is found back by our reference, which stands in its memo; the rest of a row is amount, state, reason and the bank's own number.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext as _

from catalogue.certification.imports.errors import FileRefused
from catalogue.certification.imports.reader import Cell, SourceFile, check_file, delimiters, lines, sheets
from checkout.order.numbers import ALPHABET
from checkout.settlement.payouts.errors import ResultRefused
from marketplace.folding import folded


class Field(StrEnum):
    """What a column of the file can hold."""

    AMOUNT = "amount"
    STATUS = "status"
    REASON = "reason"
    BANK_REFERENCE = "bank_reference"


#: How banks head their columns, folded; the first that fits a header takes it.
_HEADERS: Final[dict[Field, tuple[str, ...]]] = {
    Field.STATUS: ("trang thai", "ket qua", "tinh trang", "status", "result"),
    Field.REASON: ("ly do", "mo ta loi", "loi", "ghi chu", "reason", "error", "note"),
    Field.AMOUNT: ("so tien", "amount"),
    Field.BANK_REFERENCE: (
        "ma giao dich",
        "so giao dich",
        "so but toan",
        "so ft",
        "transaction",
        "bank reference",
    ),
}
_FAILED: Final = (
    "khong thanh cong",
    "that bai",
    "loi",
    "tu choi",
    "huy",
    "hoan tra",
    "fail",
    "error",
    "reject",
    "return",
)
_DONE: Final = ("thanh cong", "hoan thanh", "da chuyen", "da thuc hien", "success", "done", "complete")
_WAITING: Final = ("dang xu ly", "cho xu ly", "cho duyet", "processing", "pending", "waiting")
_REFERENCE: Final = re.compile(rf"CT[{ALPHABET}]{{10}}")
#: Plain, or with groups of three; decimals only of nothing, and behind another sign than the groups.
_AMOUNT: Final = re.compile(
    r"(\d+)(?:[.,]0{1,2})?|(\d{1,3}(?:\.\d{3})+)(?:,0{1,2})?|(\d{1,3}(?:,\d{3})+)(?:\.0{1,2})?"
)
_NOT_AN_AMOUNT: Final = re.compile(r"\s|₫|đ|vnd|vnđ", re.IGNORECASE)
#: The header stands within so many lines.
_HEADER_WITHIN: Final = 30
_TOTALS: Final = ("tong", "cong")


class Status(StrEnum):
    """What a bank says of a transfer."""

    DONE = "done"
    FAILED = "failed"
    WAITING = "waiting"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One row as the bank wrote it. `reference` is empty where none of ours stands in it, `amount` None where none can be read."""

    line: int
    reference: str
    amount: int | None
    status: Status
    said: str
    reason: str
    bank_reference: str


def result_rows(name: str, content: bytes) -> list[ResultRow]:
    """Return the rows of the bank's file. Raises ResultRefused where it can't be read, or names no amount or state."""
    source = SourceFile.of_bytes(name, content)
    try:
        check_file(source)
        for sheet in sheets(source):
            for delimiter in delimiters(source):
                found = _rows(source, sheet, delimiter)
                if found is not None:
                    return found
    except FileRefused as refused:
        raise ResultRefused(refused.problems) from refused
    raise ResultRefused(
        [_("No header was found: one line must name the amount (“Số tiền”) and the state (“Trạng thái”).")]
    )


def read_amount(cell: Cell) -> int | None:
    """Return whole đồng of what a bank wrote (`1.250.000`, `1,250,000.00`), or None."""
    found = _AMOUNT.fullmatch(_NOT_AN_AMOUNT.sub("", str(cell)))
    whole = next(filter(None, found.groups()), "") if found else ""
    return int(whole.replace(".", "").replace(",", "")) if whole else None


def read_status(cell: Cell) -> Status:
    """Return what a bank says of a transfer."""
    words = f" {folded(str(cell))}"
    for status, marks in ((Status.FAILED, _FAILED), (Status.WAITING, _WAITING), (Status.DONE, _DONE)):
        if any(f" {mark}" in words for mark in marks):
            return status
    return Status.UNKNOWN


def _rows(source: SourceFile, sheet: str, delimiter: str) -> list[ResultRow] | None:
    """Return the rows below the header; None where there is no header."""
    found = iter(lines(source, sheet=sheet, delimiter=delimiter))
    columns: dict[Field, int] = {}
    for line in found:
        columns = _columns(line.cells)
        if {Field.AMOUNT, Field.STATUS} <= columns.keys():
            break
        if line.number >= _HEADER_WITHIN:
            return None
    else:
        return None
    return [
        _row(line.number, line.cells, columns)
        for line in found
        if any(line.cells) and not folded(str(next(filter(None, line.cells)))).startswith(_TOTALS)
    ]


def _columns(cells: Sequence[Cell]) -> dict[Field, int]:
    columns: dict[Field, int] = {}
    for position, cell in enumerate(cells):
        words = f" {folded(str(cell))}"
        for field, heads in _HEADERS.items():
            if field not in columns and any(f" {head}" in words for head in heads):
                columns[field] = position
                break
    return columns


def _row(number: int, cells: Sequence[Cell], columns: dict[Field, int]) -> ResultRow:
    def cell(field: Field) -> Cell:
        at = columns.get(field)
        return cells[at] if at is not None and at < len(cells) else ""

    return ResultRow(
        line=number,
        reference=next(_references(cells), ""),
        amount=read_amount(cell(Field.AMOUNT)),
        status=read_status(cell(Field.STATUS)),
        said=str(cell(Field.STATUS)),
        reason=str(cell(Field.REASON)).strip(),
        bank_reference=str(cell(Field.BANK_REFERENCE)).strip(),
    )


def _references(cells: Sequence[Cell]) -> Iterator[str]:
    for cell in cells:
        yield from _REFERENCE.findall(str(cell).upper())
