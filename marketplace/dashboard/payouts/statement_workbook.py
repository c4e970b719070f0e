"""A producer's statement as an Excel workbook: amounts are numbers, so that a bookkeeper can add them up."""

import io
from collections.abc import Callable
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from checkout.settlement.payouts.statements import Movement, Statement
from marketplace.spreadsheets import harmless

_WIDTHS: Final = (12, 30, 20, 16, 14, 14, 16, 16, 16)
_ORDER: Final = 3
_FIRST_AMOUNT: Final = 4
#: Where the head of the table stands; under it the balance at the beginning, then the movements.
_HEAD: Final = 4
_DONG: Final = "#,##0"


def statement_workbook(statement: Statement, address_of: Callable[[Movement], str]) -> bytes:
    """Return the workbook of `statement`; the number of an order leads to `address_of` its movement."""
    book = Workbook()
    sheet = book.active
    sheet.title = _("Statement")
    for cells in _rows(statement):
        sheet.append([harmless(cell) for cell in cells])
    for cell in sheet[_HEAD]:
        cell.font, cell.alignment = Font(bold=True), Alignment(wrap_text=True, vertical="top")
    for line, movement in enumerate(statement.movements, start=_HEAD + 2):
        if address := address_of(movement):
            sheet.cell(line, _ORDER).hyperlink = address
            sheet.cell(line, _ORDER).style = "Hyperlink"
    for cell in (sheet["A1"], *sheet[sheet.max_row]):
        cell.font = Font(bold=True)
    for row in sheet.iter_rows(min_row=_HEAD + 1, min_col=_FIRST_AMOUNT):
        for cell in row:
            cell.number_format = _DONG
    for position, width in enumerate(_WIDTHS, start=1):
        sheet.column_dimensions[get_column_letter(position)].width = width
    sheet.freeze_panes = f"A{_HEAD + 1}"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _rows(statement: Statement) -> list[list[Any]]:
    return [
        [statement.producer.name],
        [f"{statement.first:%d/%m/%Y} – {statement.last:%d/%m/%Y}"],
        [],
        [
            _("Day"),
            _("What"),
            _("Consignment"),
            _("Earned"),
            _("Commission"),
            _("Tax withheld"),
            _("Payouts and other"),
            _("Adds to the balance"),
            _("Balance"),
        ],
        ["", _("Balance at the beginning"), "", None, None, None, None, None, statement.opening],
        *(
            [
                timezone.localtime(movement.at).strftime("%d/%m/%Y"),
                str(movement.words),
                movement.consignment.number if movement.consignment else movement.order_number,
                movement.earned,
                movement.commission,
                movement.tax,
                movement.other,
                movement.amount,
                movement.balance,
            ]
            for movement in statement.movements
        ),
        [
            "",
            _("Balance at the end"),
            "",
            statement.earned,
            statement.commission,
            statement.tax,
            statement.other,
            statement.closing - statement.opening,
            statement.closing,
        ],
    ]
