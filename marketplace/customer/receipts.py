"""The receipt of an order as PDF: what was ordered of whom, what was paid and what went back. It is no invoice."""

from typing import Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from fpdf import FPDF

from catalogue.producers.identity import tax_number_shown
from checkout.order.models import Consignment, Order
from checkout.order.selectors import OrderView, order_by_token, order_view
from checkout.payment.goodwill import given_as_goodwill
from checkout.payment.methods import METHODS
from checkout.payment.models import Payment
from marketplace.dashboard.delivery_note import FONTS
from marketplace.money import format_dong

_FONT: Final = "BeVietnamPro"


@never_cache
@require_safe
def receipt(request: HttpRequest, token: str) -> HttpResponse:
    """Give the receipt to whoever has the order's address, once something was paid."""
    order = order_by_token(token)
    if order is None or not order.paid_amount:
        raise Http404
    response = HttpResponse(receipt_pdf(order), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="bien-nhan-{order.number}.pdf"'
    return response


def receipt_pdf(order: Order) -> bytes:
    """Return the PDF in the order's language; consignments, producers and lines must be loaded."""
    with translation.override(order.language):
        paper = FPDF(format="A4", unit="mm")
        paper.set_margins(18, 18)
        for style, name in (("", "label-sans-medium.ttf"), ("B", "label-sans-bold.ttf")):
            paper.add_font(_FONT, style, FONTS / name)
        paper.add_page()
        view = order_view(order)
        _heading(paper, order)
        for part in view.consignments:
            _consignment(paper, part.consignment)
        _sums(paper, view)
        _payments(paper, order)
        return bytes(paper.output())


def _heading(paper: FPDF, order: Order) -> None:
    _text(paper, _("Receipt"), bold=True, size=18)
    _text(paper, _("Order %(number)s") % {"number": order.number}, size=11)
    _text(paper, f"{timezone.localtime(order.date_placed):%H:%M %d/%m/%Y} · {order.buyer_name}")
    operator = [settings.OPERATOR_NAME, settings.OPERATOR_ADDRESS, settings.OPERATOR_REGISTRATION]
    _text(paper, " · ".join(part for part in operator if part), size=9)
    if settings.DEMONSTRATION:
        _text(paper, _("This is a demonstration: nothing is sold or delivered."))
    _text(paper, _("This receipt is no tax invoice: each producer issues its own."), size=9)
    paper.ln(4)


def _consignment(paper: FPDF, consignment: Consignment) -> None:
    producer = consignment.producer
    numbers = " · ".join(part for part in (producer.name, tax_number_shown(producer)) if part)
    _text(paper, numbers, bold=True, size=11)
    paper.set_font(_FONT, "", 10)
    with paper.table(
        col_widths=(12, 118, 40),
        text_align=("LEFT", "LEFT", "RIGHT"),
        v_align="TOP",
        line_height=5.5,
        borders_layout="NONE",
        padding=(0.5, 1),
        first_row_as_headings=False,
    ) as table:
        for line in consignment.lines.all():
            row = table.row()
            row.cell(f"{line.quantity} ×")
            row.cell(f"{line.title} · {line.pack_label}" if line.pack_label else line.title)
            row.cell(format_dong(line.line_price_before_discounts_incl_tax))
    if consignment.state == Consignment.State.CANCELLED:
        _text(paper, _("Cancelled"))
    paper.ln(3)


def _sums(paper: FPDF, view: OrderView) -> None:
    _rule(paper)
    _sum(paper, _("Goods"), view.goods_before)
    _sum(paper, _("Delivery"), view.delivery_before)
    for label, amount in view.discounts:
        _sum(paper, label, -amount)
    _rule(paper)
    _sum(paper, _("Total"), view.total, bold=True)
    paper.ln(3)


def _payments(paper: FPDF, order: Order) -> None:
    """Write what came in, and what went back of it."""
    for payment in order.payments.filter(state=Payment.State.PAID).order_by("paid_at"):
        when = timezone.localtime(payment.paid_at).strftime("%d/%m/%Y") if payment.paid_at else ""
        words = _("Paid on %(day)s (%(way)s)") % {"day": when, "way": _way(payment)}
        _sum(paper, words, payment.amount)
    given = given_as_goodwill(order)
    if given:
        _sum(paper, _("Given back as goodwill"), -given)
    if order.refunded_amount - given:
        _sum(paper, _("Sent back"), given - order.refunded_amount)


def _way(payment: Payment) -> str:
    return next(str(method.label) for method in METHODS if payment.gateway in (method.code, method.gateway))


def _text(paper: FPDF, words: str, *, bold: bool = False, size: int = 10) -> None:
    if words:
        paper.set_font(_FONT, "B" if bold else "", size)
        paper.multi_cell(0, size * 0.55, words, new_x="LMARGIN", new_y="NEXT")


def _rule(paper: FPDF) -> None:
    paper.set_draw_color(205, 195, 172)
    paper.line(paper.l_margin, paper.y + 1, paper.l_margin + paper.epw, paper.y + 1)
    paper.ln(2.5)


def _sum(paper: FPDF, words: str, amount: int, *, bold: bool = False) -> None:
    size = 12 if bold else 10
    paper.set_font(_FONT, "B" if bold else "", size)
    paper.cell(paper.epw - 42, size * 0.6, words)
    sign = "−" if amount < 0 else ""
    paper.cell(42, size * 0.6, f"{sign}{format_dong(abs(amount))}", align="R", new_x="LMARGIN", new_y="NEXT")
