"""A month's invoices for the producer's invoicing service: XML in the tax office's form, and a table.

The form is that of Decision 1450/QĐ-TCT (elements `HDon`, `DLHDon`, `TTChung`, `NDHDon`), written from knowledge of it and not checked
against its schema. Number, signature and the tax office's code are left to the service that issues the invoices.
"""

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any, Final
from xml.etree import ElementTree as ET

from django.utils.translation import gettext as _

from catalogue.producers.models import Partner
from checkout.invoices.models import InvoiceTerms
from checkout.invoices.selectors import Invoice, InvoiceLine
from marketplace.number_words import number_words

VERSION: Final = "2.1.0"
#: What a line is: goods or a service; a reduction, whose amount counts against the others.
_GOODS: Final = "1"
_REDUCTION: Final = "3"
_NAMES: Final = {
    InvoiceTerms.Form.VAT: "Hóa đơn giá trị gia tăng",
    InvoiceTerms.Form.SALES: "Hóa đơn bán hàng",
}
#: How it was paid, in the form's words.
_WAYS: Final = {"cash": "TM", "transfer": "CK"}
_OTHER_WAY: Final = "TM/CK"
#: What XML 1.0 takes no letter of.
_NOT_IN_XML: Final = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def invoices_xml(producer: Partner, terms: InvoiceTerms, invoices: Iterable[Invoice]) -> bytes:
    """Return the XML of `invoices`."""
    root = ET.Element("DSHDon")
    for number, invoice in enumerate(invoices, start=1):
        _invoice(ET.SubElement(root, "HDon"), number, producer, terms, invoice)
    ET.indent(root)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))


def invoice_rows(invoices: Iterable[Invoice]) -> Iterator[list[Any]]:
    """Yield `invoices` as the rows of a table, a heading and one a line."""
    yield [
        _("Day"),
        _("Consignment"),
        _("Buyer"),
        _("Tax number"),
        _("Address"),
        _("Email"),
        _("Goods"),
        _("Unit"),
        _("Quantity"),
        _("Without VAT (đồng)"),
        _("VAT (%)"),
        _("VAT (đồng)"),
        _("Amount (đồng)"),
    ]
    for invoice in invoices:
        for line in invoice.lines:
            yield _row(invoice, line)


def _row(invoice: Invoice, line: InvoiceLine) -> list[Any]:
    given = invoice.particulars
    return [
        invoice.day.isoformat(),
        invoice.consignment.number,
        invoice.buyer,
        given.tax_number if given else "",
        _address(invoice),
        given.email if given else "",
        line.name,
        line.unit,
        line.quantity,
        line.net,
        "" if line.rate is None else _percent(line.rate),
        line.tax,
        line.amount,
    ]


def _invoice(root: ET.Element, number: int, producer: Partner, terms: InvoiceTerms, invoice: Invoice) -> None:
    data = ET.SubElement(root, "DLHDon", Id=f"HD{number}")
    _fields(
        ET.SubElement(data, "TTChung"),
        PBan=VERSION,
        THDon=_NAMES[InvoiceTerms.Form(terms.form)],
        KHMSHDon=terms.form,
        KHHDon=terms.series,
        SHDon="",
        MHSo=invoice.consignment.number,
        NLap=invoice.day.isoformat(),
        DVTTe="VND",
        TGia="1",
        HTTToan=_WAYS.get(invoice.consignment.order.payment_method, _OTHER_WAY),
    )
    content = ET.SubElement(data, "NDHDon")
    _fields(
        ET.SubElement(content, "NBan"),
        Ten=producer.name,
        MST=producer.tax_number,
        DChi=producer.address_text,
        SDThoai=producer.phone,
        DCTDTu=producer.email,
    )
    given = invoice.particulars
    _fields(
        ET.SubElement(content, "NMua"),
        Ten=given.company if given else "",
        MST=given.tax_number if given else "",
        DChi=_address(invoice),
        HVTNMHang=invoice.consignment.order.buyer_name,
        DCTDTu=given.email if given else "",
    )
    _lines(ET.SubElement(content, "DSHHDVu"), invoice)
    _sums(ET.SubElement(content, "TToan"), terms, invoice)


def _lines(root: ET.Element, invoice: Invoice) -> None:
    for number, line in enumerate(invoice.lines, start=1):
        fields = {
            "TChat": _REDUCTION if line.is_reduction else _GOODS,
            "STT": number,
            "THHDVu": line.name,
            "DVTinh": line.unit,
            "SLuong": line.quantity,
            "DGia": _unit_price(line),
            "ThTien": abs(line.net),
        }
        if line.rate is not None:
            fields["TSuat"] = f"{_percent(line.rate)}%"
        _fields(ET.SubElement(root, "HHDVu"), **fields)


def _sums(root: ET.Element, terms: InvoiceTerms, invoice: Invoice) -> None:
    if terms.form == InvoiceTerms.Form.VAT:
        rates = ET.SubElement(root, "THTTLTSuat")
        for rate, (net, tax) in invoice.by_rate().items():
            _fields(ET.SubElement(rates, "LTSuat"), TSuat=f"{_percent(rate or 0)}%", ThTien=net, TThue=tax)
        _fields(root, TgTCThue=invoice.net, TgTThue=invoice.tax)
    words = number_words(invoice.total)
    _fields(root, TgTTTBSo=invoice.total, TgTTTBChu=f"{words[:1].upper()}{words[1:]} đồng")


def _fields(root: ET.Element, **values: Any) -> None:
    for name, value in values.items():
        ET.SubElement(root, name).text = _NOT_IN_XML.sub("", str(value))


def _address(invoice: Invoice) -> str:
    """Return the company's address, else that of the parcel; empty where the goods were fetched."""
    if invoice.particulars:
        return invoice.particulars.address
    address = invoice.consignment.shipping_address
    return ", ".join(address.lines()) if address else ""


def _percent(hundredths: int) -> str:
    return f"{Decimal(hundredths) / 100:g}"


def _unit_price(line: InvoiceLine) -> str:
    """Return what one costs without VAT, to four places: what the sum of a line follows from is not always whole."""
    return f"{(Decimal(abs(line.net)) / line.quantity).quantize(Decimal('0.0001')):f}".rstrip("0").rstrip(".")
