"""Reads a statement that is a table, CSV or workbook: finds its header, reads its rows, checks its sums."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from catalogue.certification.imports.errors import FileRefused
from catalogue.certification.imports.reader import (
    Cell,
    Line,
    SourceFile,
    check_file,
)
from checkout.payment.transfers.errors import TransfersRefused
from checkout.payment.transfers.rows import (
    LONGEST_REFERENCE,
    IncomingRow,
    masked_account,
    masked_name,
    reference_from,
)
from checkout.payment.transfers.statements.cells import Unreadable, read_amount, read_balance, read_moment
from checkout.payment.transfers.statements.columns import Field
from checkout.payment.transfers.statements.decoding import decoded
from checkout.payment.transfers.statements.header import Header, find_header
from checkout.payment.transfers.statements.reading import StatementRead
from checkout.payment.transfers.statements.sums import Sums
from marketplace.clock import day_of
from marketplace.folding import folded

MAX_PROBLEMS: Final = 10
_TOTALS: Final = ("tong", "cong", "total", "sum")
_OPENING: Final = ("so du dau", "so du dau ky", "opening balance", "du dau ky")
_CLOSING: Final = ("so du cuoi", "so du cuoi ky", "closing balance", "du cuoi ky")


def read_table(
    name: str, content: bytes, account_number: str, remembered: Mapping[str, Field]
) -> StatementRead:
    """Return what a table says. Raises TransfersRefused with what must be mended, or ColumnsUnknown with the headers."""
    source = SourceFile.of_bytes(name, content)
    is_whole = True
    if not source.is_workbook:
        text = decoded(content)
        source, is_whole = SourceFile.of_bytes(name, text.encode()), text.endswith(("\n", "\r"))
    try:
        check_file(source)
        header, rows = find_header(source, remembered)
    except FileRefused as refused:
        raise TransfersRefused(refused.problems) from refused
    header.refuse_other_account(account_number)
    return _Reader(header, is_whole).read(rows)


@dataclass(slots=True)
class _Reader:
    header: Header
    #: Whether the last line has its end: without it, an amount there may have lost its last digits.
    is_whole: bool
    result: StatementRead = field(default_factory=StatementRead)
    sums: Sums = field(default_factory=Sums)
    problems: list[str] = field(default_factory=list)
    #: Rows without a reference that say the same are told apart by their order.
    _alike: Counter[tuple[object, ...]] = field(default_factory=Counter)

    def read(self, rows: Iterable[Line]) -> StatementRead:
        for line in rows:
            self._read_line(line)
        self.result.columns = self.header.columns
        self.problems += self.sums.problems()
        if not self.is_whole and not self.sums.are_stated and self.sums.bookings:
            self.problems.append(
                _(
                    "The last line has no end: the file may be cut off there. Download it again, or save it anew from a spreadsheet."
                )
            )
        if not self.problems and not self.sums.bookings:
            self.problems.append(_("There is no booking under the header."))
        if self.problems:
            raise TransfersRefused(self.problems[:MAX_PROBLEMS], self.header.columns)
        return self.result

    def _read_line(self, line: Line) -> None:
        words = folded(" ".join(cell for cell in line.cells if isinstance(cell, str)))
        if not words and not any(line.cells):
            return
        try:
            if words.startswith((*_OPENING, *_CLOSING)):
                self._read_stated_balance(line, is_opening=words.startswith(_OPENING))
            elif words.startswith(_TOTALS):
                self._read_total(line)
            else:
                self._read_booking(line)
        except Unreadable as unreadable:
            self.problems.append(
                _("Line %(line)d: “%(text)s” cannot be read.")
                % {"line": line.number, "text": str(unreadable)[:40]}
            )

    def _read_stated_balance(self, line: Line, *, is_opening: bool) -> None:
        written = self._text(line, Field.BALANCE) or next(
            (cell for cell in reversed(line.cells) if isinstance(cell, str) and any(map(str.isdigit, cell))),
            "",
        )
        balance = read_balance(written.rpartition(":")[2])
        if is_opening:
            self.sums.opening = balance
        else:
            self.sums.closing = balance

    def _read_total(self, line: Line) -> None:
        for which in (Field.CREDIT, Field.DEBIT):
            written = self._text(line, which)
            if written:
                self.sums.stated[which] = read_balance(written) or 0

    def _read_booking(self, line: Line) -> None:
        when = self._cell(line, Field.BOOKED_AT)
        amounts = [self._text(line, which) for which in (Field.CREDIT, Field.DEBIT, Field.AMOUNT)]
        if not when and not any(amounts):
            return  # a note under or between the rows
        if not when:
            raise Unreadable(next(filter(None, amounts)))
        booked_at = read_moment(when)
        credit, debit = self._amounts(line)
        balance = read_balance(self._text(line, Field.BALANCE))
        if not credit and not debit:
            self.problems.append(
                _("Line %(line)d has no amount: the file may be cut off there.") % {"line": line.number}
            )
            return
        if credit and debit:
            self.problems.append(
                _("Line %(line)d says that money came in and went out at once.") % {"line": line.number}
            )
            return
        self.sums.add(line=line.number, credit=credit, debit=debit, balance=balance)
        if credit > 0:
            self.result.rows.append(self._row(line, booked_at, credit, balance))
        else:
            self._leave_out(line, credit)

    def _amounts(self, line: Line) -> tuple[int, int]:
        """Return what came in and what went out; a negative amount in the column of money in stays one."""
        if Field.AMOUNT in self.header.places:
            amount = read_amount(self._text(line, Field.AMOUNT))
            return (amount, 0) if amount > 0 else (0, -amount)
        return read_amount(self._text(line, Field.CREDIT)), abs(read_amount(self._text(line, Field.DEBIT)))

    def _leave_out(self, line: Line, credit: int) -> None:
        self.result.left_out += 1
        if credit < 0:
            self.result.warnings.append(
                _(
                    "Line %(line)d: the bank took %(amount)s đồng back (a negative amount among the money that came in). "
                    "Nothing is booked for it: look at the transfer that it belongs to."
                )
                % {"line": line.number, "amount": f"{-credit:,}".replace(",", ".")}
            )

    def _row(self, line: Line, booked_at: datetime, amount: int, balance: int | None) -> IncomingRow:
        memo = self._text(line, Field.MEMO)
        reference = self._text(line, Field.REFERENCE)[:LONGEST_REFERENCE]
        if not reference:
            said = (day_of(booked_at).isoformat(), amount, folded(memo), balance)
            self._alike[said] += 1
            reference = reference_from(*said, self._alike[said])
        return IncomingRow(
            reference=reference,
            amount=amount,
            memo=memo,
            booked_at=booked_at,
            payer_name=masked_name(self._text(line, Field.PAYER_NAME)),
            payer_account=masked_account(self._text(line, Field.PAYER_ACCOUNT)),
        )

    def _cell(self, line: Line, which: Field) -> Cell:
        place = self.header.places.get(which)
        return line.cells[place] if place is not None and place < len(line.cells) else ""

    def _text(self, line: Line, which: Field) -> str:
        return str(self._cell(line, which))
