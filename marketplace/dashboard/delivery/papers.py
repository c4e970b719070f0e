"""Papers of parcels: labels of A6 with barcode and QR, and the manifest that the carrier signs."""

import io
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final, cast

import segno
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from fpdf import FPDF

from catalogue.models import Product
from checkout.order.consignments import cash_due
from checkout.order.models import Consignment
from checkout.shipping.barcodes import code128_bars
from checkout.shipping.carriers.models import Shipment
from marketplace.address.phones import format_phone
from marketplace.dashboard.delivery_note import FONTS
from marketplace.money import format_dong
from marketplace.numbers import grouped

_FONT: Final = "BeVietnamPro"
_MARGIN: Final = 5
#: Height of the foot with warnings.
_FOOT: Final = 9
#: Height that signing the manifest takes.
_SIGNING: Final = 50
#: Width and height in millimetres.
_SIZES: Final = {"A6": (105, 148), "A4": (210, 297)}


def labels_pdf(parcels: Iterable[tuple[Consignment, Shipment | None]]) -> bytes:
    """Return one A6 page for each parcel; order, address, producer and lines must be loaded."""
    paper = _paper("A6", _MARGIN)
    for consignment, shipment in parcels:
        paper.add_page()
        _label(paper, consignment, shipment)
    return bytes(paper.output())


def manifest_pdf(parcels: Sequence[tuple[Consignment, Shipment | None]]) -> bytes:
    """Return a list of parcels for each carrier, with their cash, and where both sides sign."""
    by_carrier: dict[str, list[tuple[Consignment, Shipment | None]]] = defaultdict(list)
    for consignment, shipment in parcels:
        name = shipment.carrier.name if shipment else consignment.carrier or _("No carrier yet")
        by_carrier[name].append((consignment, shipment))
    paper = _paper("A4", 12)
    for carrier, theirs in by_carrier.items():
        paper.add_page()
        paper.foot = carrier
        _manifest(paper, carrier, theirs)
    return bytes(paper.output())


class _Paper(FPDF):
    """Pages that say at their foot, where there is something to say, what they belong to and how many they are."""

    foot = ""

    def footer(self) -> None:
        if self.foot:
            self.set_y(-11)
            self.set_font(_FONT, "", 8)
            self.cell(0, 4, f"{self.foot} · {self.page_no()}/{{nb}}", align="C")


def _paper(size: str, margin: int) -> _Paper:
    paper = _Paper(format=_SIZES[size], unit="mm")
    paper.set_margins(margin, margin)
    paper.set_auto_page_break(size == "A4", margin)
    for style, name in (("", "label-sans-medium.ttf"), ("B", "label-sans-bold.ttf")):
        paper.add_font(_FONT, style, FONTS / name)
    return paper


def _write(paper: FPDF, words: str, *, size: float = 9, bold: bool = False, most_lines: int = 0) -> None:
    """Write lines one under the other; what doesn't fit into `most_lines` ends in …."""
    paper.set_font(_FONT, "B" if bold else "", size)
    height = size * 0.46
    lines = cast(list[str], paper.multi_cell(0, height, words, dry_run=True, output="LINES"))
    if most_lines and len(lines) > most_lines:
        lines = [*lines[: most_lines - 1], f"{lines[most_lines - 1].rstrip()[:-1]}…"]
    for line in lines:
        paper.cell(0, height, line, new_x="LMARGIN", new_y="NEXT")


def _label(paper: FPDF, consignment: Consignment, shipment: Shipment | None) -> None:
    number = shipment.number if shipment and shipment.number else consignment.number
    _write(
        paper,
        shipment.carrier.name if shipment else consignment.carrier or _("Carrier: …………"),
        bold=True,
        size=11,
    )
    if settings.DEMONSTRATION:
        _write(paper, _("This is a demonstration: nothing is sold or delivered."), size=7)
    _barcode(paper, number)
    paper.set_font(_FONT, "B", 11)
    paper.cell(0, 6, number, align="C", new_x="LMARGIN", new_y="NEXT")
    _rule(paper)
    _sender(paper, consignment)
    _rule(paper)
    _receiver(paper, consignment)
    _rule(paper)
    _contents(paper, consignment, number, cash=shipment.cash if shipment else cash_due(consignment))
    _warn(paper, warnings_of(consignment))


def warnings_of(consignment: Consignment) -> list[str]:
    """Return what whoever carries the parcel has to heed, in words; lines with their goods and sets must be loaded."""
    goods = [line.product.parent for line in consignment.lines.all() if line.product and line.product.parent]
    cooled = [_("KEEP COOL")] if any(good.travels_cooled for good in goods) else []
    alcohol = [_("18+: check the age")] if any(good.alcohol != Product.Alcohol.NONE for good in goods) else []
    return cooled + alcohol


def _barcode(paper: FPDF, number: str) -> None:
    """Draw the number over the width of the label, with room at both ends that scanners need."""
    bars = code128_bars(number)
    modules = sum(bars[-1])
    module = min(0.5, (paper.epw - 6) / modules)
    left, top = paper.l_margin + (paper.epw - modules * module) / 2, paper.get_y() + 1
    paper.set_fill_color(0)
    for at, width in bars:
        paper.rect(left + at * module, top, width * module, 17, style="F")
    paper.set_y(top + 18)


def _rule(paper: FPDF) -> None:
    paper.set_y(paper.get_y() + 1)
    paper.line(paper.l_margin, paper.get_y(), paper.w - paper.r_margin, paper.get_y())
    paper.set_y(paper.get_y() + 1)


def _sender(paper: FPDF, consignment: Consignment) -> None:
    producer = consignment.producer
    _write(paper, _("From: %(name)s") % {"name": producer.name}, size=8, bold=True, most_lines=2)
    phone = format_phone(producer.public_phone) if producer.public_phone else ""
    place = ", ".join(
        part for part in (producer.street, producer.commune.full_name if producer.commune else "") if part
    )
    _write(
        paper,
        " · ".join(part for part in (phone, place or producer.address_text) if part),
        size=7.5,
        most_lines=2,
    )


def _receiver(paper: FPDF, consignment: Consignment) -> None:
    address = consignment.shipping_address
    if address is None:
        _write(paper, consignment.order.buyer_name, size=12, bold=True)
        return
    _write(paper, _("To: %(name)s") % {"name": address.recipient_name}, size=12, bold=True, most_lines=2)
    _write(paper, format_phone(address.phone), size=12, bold=True)
    if address.street:
        _write(paper, address.street, size=10, most_lines=3)
    # By these the parcel is sorted: a long street never pushes them off the label.
    _write(paper, ", ".join(part for part in address.lines() if part != address.street), size=11, bold=True)
    if address.note:
        _write(paper, _("Note: %(words)s") % {"words": address.note}, size=8, most_lines=2)


def _contents(paper: FPDF, consignment: Consignment, number: str, *, cash: int) -> None:
    top = paper.get_y()
    picture = io.BytesIO()
    segno.make(number, error="m", micro=False).save(picture, kind="png", scale=4, border=1)
    picture.seek(0)
    paper.image(picture, x=paper.w - paper.r_margin - 24, y=top, w=24)
    paper.set_right_margin(_MARGIN + 26)
    if cash:
        _write(paper, _("To collect"), size=8)
        _write(paper, format_dong(cash), size=16, bold=True)
    else:
        _write(paper, _("Nothing to collect"), size=11, bold=True)
    _write(paper, _("%(grams)s g to charge") % {"grams": grouped(consignment.chargeable_weight)}, size=8)
    goods = "; ".join(
        f"{line.quantity} × {line.title}, {line.pack_label}" for line in consignment.lines.all()
    )
    _write(paper, goods, size=8, most_lines=4)
    paper.set_right_margin(_MARGIN)


def _warn(paper: FPDF, warnings: Sequence[str]) -> None:
    """Write warnings white on black along the foot of the label, to be seen in a heap of parcels."""
    if not warnings:
        return
    paper.set_font(_FONT, "B", 14)
    paper.set_fill_color(0)
    paper.set_text_color(255)
    paper.set_y(paper.h - _MARGIN - _FOOT)
    for words in warnings:
        paper.cell(paper.epw / len(warnings), _FOOT, words, align="C", fill=True)
    paper.set_text_color(0)


def _manifest(paper: FPDF, carrier: str, parcels: Sequence[tuple[Consignment, Shipment | None]]) -> None:
    producer = parcels[0][0].producer
    _write(paper, _("Manifest: %(carrier)s") % {"carrier": carrier}, size=16, bold=True)
    _write(paper, producer.name, size=10)
    _write(paper, f"{timezone.localtime():%d/%m/%Y %H:%M}", size=10)
    if settings.DEMONSTRATION:
        _write(paper, _("This is a demonstration: nothing is sold or delivered."), size=9)
    paper.ln(3)
    paper.set_font(_FONT, "", 9)
    with paper.table(
        col_widths=(11, 38, 44, 51, 16, 26),
        text_align=("RIGHT", "LEFT", "LEFT", "LEFT", "RIGHT", "RIGHT"),
        line_height=5,
        borders_layout="HORIZONTAL_LINES",
        padding=(1, 1),
    ) as table:
        table.row(
            [
                pgettext("in a list", "No."),
                _("Parcel"),
                _("Recipient"),
                _("Commune"),
                _("Grams"),
                _("To collect"),
            ]
        )
        total = 0
        for place, (consignment, shipment) in enumerate(parcels, start=1):
            cash = shipment.cash if shipment else cash_due(consignment)
            total += cash
            address = consignment.shipping_address
            table.row(
                [
                    str(place),
                    shipment.number if shipment and shipment.number else consignment.number,
                    address.recipient_name if address else consignment.order.buyer_name,
                    address.commune.full_name if address and address.commune else "",
                    grouped(consignment.chargeable_weight),
                    format_dong(cash) if cash else "—",
                ]
            )
    if paper.will_page_break(_SIGNING):  # what is signed for and the room to sign stay together
        paper.add_page()
    paper.ln(2)
    _write(
        paper,
        _("%(count)d parcels, %(cash)s to collect") % {"count": len(parcels), "cash": format_dong(total)},
        size=11,
        bold=True,
    )
    paper.ln(8)
    paper.set_font(_FONT, "", 10)
    half = paper.epw / 2
    paper.cell(half, 6, _("Handed over by"), align="C")
    paper.cell(half, 6, _("Taken over by"), align="C", new_x="LMARGIN", new_y="NEXT")
    paper.set_font(_FONT, "", 8)
    paper.cell(half, 4, _("(signature, name, time)"), align="C")
    paper.cell(half, 4, _("(signature, name, time)"), align="C", new_x="LMARGIN", new_y="NEXT")
