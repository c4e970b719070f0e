"""A producer's statement as an Excel workbook: amounts are numbers, so that a bookkeeper can add them up."""

import io
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from checkout.settlement.payouts.statements import Statement
from marketplace.spreadsheets import harmless

_WIDTHS: Final = (12, 30, 20, 16, 14, 14, 16, 16, 16)
_FIRST_AMOUNT: Final = 4
_DONG: Final = "#,##0"


def statement_workbook(statement: Statement) -> bytes:
    """Return the workbook of `statement`."""
    book = Workbook()
    sheet = book.active
    sheet.title = _("Statement")
    for cells in _rows(statement):
        sheet.append([harmless(cell) for cell in cells])
    head_line = 4
    for cell in sheet[head_line]:
        cell.font, cell.alignment = Font(bold=True), Alignment(wrap_text=True, vertical="top")
    for cell in (sheet["A1"], *sheet[sheet.max_row]):
        cell.font = Font(bold=True)
    for row in sheet.iter_rows(min_row=head_line + 1, min_col=_FIRST_AMOUNT):
        for cell in row:
            cell.number_format = _DONG
    for position, width in enumerate(_WIDTHS, start=1):
        sheet.column_dimensions[get_column_letter(position)].width = width
    sheet.freeze_panes = f"A{head_line + 1}"
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
