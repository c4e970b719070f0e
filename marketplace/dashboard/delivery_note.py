"""The delivery note: A5, what is in the parcel, for whom, and what the carrier collects."""

from pathlib import Path
from typing import Final

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from fpdf import FPDF

from checkout.order.consignments import OUTSTANDING, cash_due
from checkout.order.models import Consignment
from marketplace.address.phones import format_phone
from marketplace.money import format_dong

FONTS: Final = Path(__file__).resolve().parent / "fonts"


def delivery_note_pdf(consignment: Consignment) -> bytes:
    """Return the PDF of `consignment`; its order, address and lines must be loaded."""
    page = FPDF(format="A5", unit="mm")
    page.set_margins(12, 12)
    page.add_page()
    for style, name in (("", "label-sans-medium.ttf"), ("B", "label-sans-bold.ttf")):
        page.add_font("BeVietnamPro", style, FONTS / name)
    _heading(page, consignment)
    _people(page, consignment)
    _lines(page, consignment)
    _money(page, consignment)
    return bytes(page.output())


def _text(page: FPDF, words: str, *, bold: bool = False, size: int = 10) -> None:
    page.set_font("BeVietnamPro", "B" if bold else "", size)
    page.multi_cell(0, size * 0.55, words, align="L", new_x="LMARGIN", new_y="NEXT")


def _heading(page: FPDF, consignment: Consignment) -> None:
    _text(page, _("Delivery note"), bold=True, size=16)
    placed = timezone.localtime(consignment.order.date_placed).strftime("%d/%m/%Y")
    _text(page, f"{consignment.number} · {placed}", size=11)
    if settings.DEMONSTRATION:
        _text(page, _("This is a demonstration: nothing is sold or delivered."))
    page.ln(3)


def _people(page: FPDF, consignment: Consignment) -> None:
    _text(page, _("From"), bold=True)
    producer = consignment.producer
    phone = format_phone(producer.public_phone) if producer.public_phone else ""
    _text(page, "\n".join(part for part in (producer.name, producer.address_text, phone) if part))
    page.ln(2)
    _text(page, _("To"), bold=True)
    address = consignment.shipping_address
    if address is None:
        _text(
            page,
            f"{consignment.order.buyer_name} · {format_phone(consignment.order.phone)}\n"
            + _("Picked up at the producer"),
        )
    else:
        note = _("Note: %(words)s") % {"words": address.note} if address.note else ""
        rows = [address.recipient_name, format_phone(address.phone), *address.lines(), note]
        _text(page, "\n".join(row for row in rows if row))
    page.ln(3)


def _lines(page: FPDF, consignment: Consignment) -> None:
    with page.table(
        col_widths=(22, 70, 32),
        text_align=("RIGHT", "LEFT", "RIGHT"),
        line_height=6,
        borders_layout="HORIZONTAL_LINES",
        padding=(1, 1),
    ) as table:
        head = table.row()
        for words in (_("Quantity"), _("Goods"), _("Amount")):
            head.cell(words)
        for line in consignment.lines.all():
            row = table.row()
            row.cell(str(line.quantity))
            row.cell(f"{line.title} · {line.pack_label}")
            row.cell(format_dong(line.line_price_incl_tax))
    page.ln(2)


def _money(page: FPDF, consignment: Consignment) -> None:
    if consignment.delivery_charge:
        _sum(page, _("Delivery"), consignment.delivery_charge)
    due = cash_due(consignment)
    if not due:
        _sum(page, _("Total"), consignment.total)
        if (
            consignment.state in (*OUTSTANDING, Consignment.State.DELIVERED)
            and not consignment.refunded_amount
        ):
            _text(page, _("Already paid"), bold=True, size=12)
    elif consignment.method == Consignment.Method.PICKUP:
        _sum(page, _("To collect at pickup"), due, bold=True)
    else:
        _sum(page, _("To collect on delivery"), due, bold=True)


def _sum(page: FPDF, words: str, amount: int, *, bold: bool = False) -> None:
    """Write a line of words and amount, the amount under those of the goods."""
    size = 13 if bold else 10
    page.set_font("BeVietnamPro", "B" if bold else "", size)
    page.cell(page.epw - 40, size * 0.6, words)
    page.cell(39, size * 0.6, format_dong(amount), align="R", new_x="LMARGIN", new_y="NEXT")
