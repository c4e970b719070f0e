"""A producer's statement as PDF: A4 across, one line a movement."""

from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from fpdf import FPDF
from fpdf.enums import TableCellFillMode
from fpdf.fonts import FontFace

from checkout.settlement.payouts.statements import Movement, Statement
from marketplace.dashboard.delivery_note import FONTS
from marketplace.money import format_dong

_WIDTHS: Final = (24, 62, 38, 30, 26, 26, 30, 34)
_ALIGN: Final = ("LEFT", "LEFT", "LEFT", "RIGHT", "RIGHT", "RIGHT", "RIGHT", "RIGHT")


class _Page(FPDF):
    """Says on every page whose statement it is, and which page."""

    def __init__(self, statement: Statement) -> None:
        super().__init__(orientation="landscape", format="A4", unit="mm")
        self.set_margins(14, 14)
        self.set_auto_page_break(auto=True, margin=16)
        for style, name in (("", "label-sans-medium.ttf"), ("B", "label-sans-bold.ttf")):
            self.add_font("BeVietnamPro", style, FONTS / name)
        self._whose = f"{statement.producer.name} · {statement.first:%d/%m/%Y} – {statement.last:%d/%m/%Y}"

    def footer(self) -> None:
        self.set_y(-12)
        self.set_font("BeVietnamPro", "", 8)
        self.cell(0, 5, f"{self._whose} · {self.page_no()}/{{nb}}", align="C")


def statement_pdf(statement: Statement, address_of: Callable[[Movement], str]) -> bytes:
    """Return the PDF of `statement`; the number of an order leads to `address_of` its movement."""
    page = _Page(statement)
    page.add_page()
    _heading(page, statement)
    _sums(page, statement)
    _movements(page, statement, address_of)
    return bytes(page.output())


def _text(page: FPDF, words: str, *, bold: bool = False, size: int = 10) -> None:
    page.set_font("BeVietnamPro", "B" if bold else "", size)
    page.multi_cell(0, size * 0.55, words, new_x="LMARGIN", new_y="NEXT")


def _heading(page: FPDF, statement: Statement) -> None:
    producer = statement.producer
    _text(page, _("Statement of your money"), bold=True, size=16)
    _text(page, producer.name, bold=True, size=11)
    numbers = [part for part in (producer.tax_number, producer.registration_number) if part]
    _text(page, " · ".join([*numbers, f"{statement.first:%d/%m/%Y} – {statement.last:%d/%m/%Y}"]))
    if settings.OPERATOR_NAME:
        _text(page, settings.OPERATOR_NAME, size=9)
    if settings.DEMONSTRATION:
        _text(page, _("This is a demonstration: nothing is sold or delivered."), size=9)
    page.ln(3)


def _sums(page: FPDF, statement: Statement) -> None:
    rows = [
        (_("Balance at the beginning"), statement.opening),
        (_("Earned (goods and delivery)"), statement.earned),
        (_("Commission"), statement.commission),
        (_("Tax withheld"), statement.tax),
        (_("Payouts and other"), statement.other),
        (_("Balance at the end"), statement.closing),
    ]
    for words, amount in rows:
        bold = words == rows[-1][0]
        page.set_font("BeVietnamPro", "B" if bold else "", 10)
        page.cell(80, 6, words)
        page.cell(40, 6, format_dong(amount), align="R", new_x="LMARGIN", new_y="NEXT")
    page.ln(4)


def _movements(page: FPDF, statement: Statement, address_of: Callable[[Movement], str]) -> None:
    if not statement.movements:
        _text(page, _("Nothing moved in these days."))
        return
    page.set_font("BeVietnamPro", "", 8)
    page.set_draw_color(205, 195, 172)
    with page.table(
        col_widths=_WIDTHS,
        text_align=_ALIGN,
        line_height=5,
        borders_layout="HORIZONTAL_LINES",
        cell_fill_mode=TableCellFillMode.NONE,
        headings_style=FontFace(emphasis="BOLD"),
        padding=(1, 1),
    ) as table:
        head = table.row()
        for words in (
            _("Day"),
            _("What"),
            _("Order"),
            _("Earned"),
            _("Commission"),
            _("Tax"),
            _("Other"),
            _("Balance"),
        ):
            head.cell(words)
        for movement in statement.movements:
            row = table.row()
            row.cell(timezone.localtime(movement.at).strftime("%d/%m/%Y"))
            row.cell(str(movement.words))
            number = movement.consignment.number if movement.consignment else movement.order_number
            row.cell(number, link=address_of(movement) or None)
            for amount in (movement.earned, movement.commission, movement.tax, movement.other):
                row.cell(format_dong(amount) if amount else "")
            row.cell(format_dong(movement.balance))
