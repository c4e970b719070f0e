"""Two months of a stall in the demonstration: parcels in every state, returns and complaints, reviews, a statement of the bank, a payout.

All of it is made up and says so, and nothing bad is said of the stall, whose name is a real one. It is written by the shop's own services at the clock of the day on which each thing is said to have
happened, in one transaction: whole, or not at all.
"""

import csv
import io
from typing import Final

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone
from PIL import Image, ImageDraw

from catalogue.models import Product
from catalogue.producers.models import Partner
from checkout.aftersale.decisions import Received, case_goods_received, case_refund
from checkout.aftersale.eligibility import reasons_on
from checkout.aftersale.models import Case, CaseLine
from checkout.aftersale.overdue import cases_follow_up_due
from checkout.aftersale.reviews import review_reply, review_write
from checkout.aftersale.services import case_goods_sent, case_open
from checkout.invoices.models import InvoiceTerms
from checkout.invoices.services import invoice_terms_write
from checkout.order.models import Consignment, Line, Order
from checkout.order.services import consignment_accept, consignment_cancel
from checkout.payment.transfers.accounts import receiving_account
from checkout.payment.transfers.memos import memo_of
from checkout.payment.transfers.services import transfers_match_due
from checkout.payment.transfers.statements.services import statement_take, statement_upload
from checkout.services import orders_expire_due
from checkout.settlement.payouts.batches import batch_make
from checkout.shipping.carriers.cash import cash_file_take
from checkout.shipping.carriers.files import digest_of
from checkout.shipping.carriers.models import Carrier, Shipment
from marketplace.accounts.models import User
from marketplace.clock import today
from marketplace.demo.delivery import CARRIER, OWN_CARRIER, point
from marketplace.demo.orders import Somebody, give, order_make, pack_up, parcel_of, people, report
from marketplace.demo.past import days_ago
from marketplace.demo.talking import talk_load
from marketplace.money import round_dong

#: Where parcels are picked up, and through which town they go.
_HERE, _ON_THE_WAY = "Lâm Đồng (mẫu)", "Kho mẫu"
_COMPANY: Final = {
    "company": "Công ty mẫu Ví Dụ",
    "tax_number": "0100109106",
    "address": "1 đường Mẫu, Hà Nội",
    "email": "ke-toan@demo.example",
}
#: How the stall invoices: by rates that say nothing of what its real goods bear.
_INVOICES: Final = {
    "form": InvoiceTerms.Form.VAT,
    "series": "C26TMA",
    "vat_rate": InvoiceTerms.Rate.EIGHT,
    "delivery_vat_rate": InvoiceTerms.Rate.EIGHT,
}


@transaction.atomic
def trade_load(*, producer: Partner, owner: User, buyer: User, finance: User) -> int:
    """Let the stall `producer` trade; return how many orders were made, 0 where it has some already."""
    if Consignment.objects.filter(producer=producer).exists():
        return 0
    invoice_terms_write(producer=producer, terms=_INVOICES)
    stall = _Stall(producer, owner, people(buyer))
    stall.past_sales()
    stall.returns_and_complaints()
    stall.parcels_under_way()
    talk_load(producer=producer, owner=owner, buyer=buyer)
    stall.bank_statement(finance)
    batch_make(producers=[producer.pk], is_weekly=True, by=finance)
    return Order.objects.filter(consignments__producer=producer).distinct().count()


class _Stall:
    """The stall with what its orders are made of."""

    def __init__(self, producer: Partner, owner: User, buyers: list[Somebody]) -> None:
        self.owner, self.buyers = owner, buyers
        packs = Product.objects.filter(parent__producer=producer, structure=Product.CHILD).order_by("pk")
        self.packs = list(packs.select_related("parent__producer"))
        self.carrier = Carrier.objects.get(code=CARRIER)
        self.own_carrier = Carrier.objects.get(code=OWN_CARRIER)

    def order(self, who: int, *quantities: int, **how: object) -> Order:
        """Place an order of buyer `who` (0: the demonstration's own) for so many of the stall's packs."""
        chosen = [(pack, count) for pack, count in zip(self.packs, quantities, strict=False) if count]
        return order_make(self.buyers[who], chosen, **how)  # type: ignore[arg-type]

    def sold(self, days: float, who: int, *quantities: int, own: bool = False, **how: object) -> Order:
        """Return an order that was placed `days` days ago and handed over four days later."""
        with days_ago(days):
            order = self.order(who, *quantities, **how)
        with days_ago(days - 1):
            shipment = give(parcel_of(order), self.own_carrier if own else self.carrier, by=self.owner)
        report(
            shipment,
            (days - 2, "picked_up", _HERE),
            (days - 3, "in_transit", _ON_THE_WAY),
            (days - 4, "delivered", ""),
        )
        return order

    def past_sales(self) -> None:
        """Sales that are over: with an invoice, reviews, and cash that the carrier handed over."""
        first = self.sold(38, 0, 2, 0, 0, 1, invoice=_COMPANY)
        second = self.sold(30, 1, 0, 1, 1)
        third = self.sold(24, 4, 0, 2, own=True, invoice=_COMPANY)
        with days_ago(33):
            review = review_write(
                line_id=_line(first).pk,
                stars=5,
                text="Cà phê thơm, đóng gói cẩn thận. (Đánh giá mẫu của bản trình diễn.)",
            )
        with days_ago(32):
            review_reply(review=review, text="Cảm ơn bạn đã ủng hộ. (Trả lời mẫu.)")
        with days_ago(18):
            review_write(
                line_id=_line(third).pk,
                stars=4,
                text="Hàng đúng như mô tả, giao đúng hẹn. (Đánh giá mẫu của bản trình diễn.)",
            )
        with days_ago(20):
            self.cash_comes_in([first, second])

    def cash_comes_in(self, orders: list[Order]) -> None:
        """Let the marketplace's carrier hand over the cash of parcels."""
        shipments = Shipment.objects.filter(consignment__order__in=orders, carrier=self.carrier)
        rows = [
            {
                "shipment": shipment.pk,
                "collected": shipment.cash,
                "amount": shipment.cash,
                "on": today().isoformat(),
            }
            for shipment in shipments
        ]
        digest = digest_of(self.carrier.code.encode())
        cash_file_take(carrier=self.carrier, name="tien-thu-ho-mau.xlsx", digest=digest, rows=rows, by=None)

    def returns_and_complaints(self) -> None:
        """A return that is settled, a complaint that nobody answered in time, one that is new."""
        with_return, unanswered, new = (
            self.sold(14, 0, 2),
            self.sold(13, 2, 0, 2),
            self.sold(7, 0, 0, 0, 1, 1),
        )
        with days_ago(9):
            case = _open(with_return, "damaged", 2, "Hộp bị móp một góc khi vận chuyển (mẫu).", pictures=2)
            _open(unanswered, "not-arrived", 1, "Bưu tá báo đã giao nhưng tôi chưa nhận được (mẫu).")
        with days_ago(8):
            agreed = {line.pk: line.quantity for line in _lines(case)}
            case_refund(case_id=case.pk, side="producer", packs=agreed, goods_back=True, actor=self.owner)
        with days_ago(7):
            case_goods_sent(case_id=case.pk, how="Bưu cục mẫu")
        with days_ago(5):
            came = {line.pk: Received(line.quantity, CaseLine.Condition.SELLABLE) for line in _lines(case)}
            case_goods_received(case_id=case.pk, side="producer", received=came, actor=self.owner)
        cases_follow_up_due()
        with days_ago(1):
            _open(new, "change-of-mind", 1, "Tôi đặt nhầm loại, gói còn nguyên (mẫu).")

    def parcels_under_way(self) -> None:
        """A parcel in every state in which one can be today."""
        with days_ago(9):
            refused = give(parcel_of(self.order(3, 1)), self.carrier, by=self.owner)
        report(refused, (8, "picked_up", _HERE), (6, "refused", "Hà Nội (mẫu)"), (4, "returned", ""))
        with days_ago(3):
            away = give(parcel_of(self.order(0, 0, 1)), self.carrier, by=self.owner)
            cancelled = parcel_of(self.order(5, 0, 0, 1))
        with days_ago(2):
            consignment_cancel(consignment_id=cancelled.pk, actor=self.owner, reason="Hết hàng (mẫu)")
        report(away, (1.5, "picked_up", _HERE), (0.5, "in_transit", _ON_THE_WAY))
        with days_ago(1):
            give(parcel_of(self.order(1, 1, 1)), self.carrier, by=self.owner)
            give(parcel_of(self.order(2, 0, 0, 2)), self.own_carrier, by=self.owner)
            pack_up(parcel_of(self.order(4, 0, 0, 0, 2)), by=self.owner)
            pack_up(parcel_of(self.order(3, 1, point=point())), by=self.owner)
            self.order(5, 2)
            consignment_accept(consignment_id=parcel_of(self.order(2, 0, 1)).pk, actor=self.owner)

    def bank_statement(self, finance: User) -> None:
        """Money by transfer from a statement, each row with an end of its own."""
        with days_ago(12):
            late = self.order(1, 1, payment_method="transfer")
        with days_ago(8):
            orders_expire_due()
        with days_ago(0.5):
            exact, short, over, twice = (
                self.order(who, 1, payment_method="transfer") for who in (0, 1, 2, 4)
            )
        rows = [(exact, 0), (short, -20_000), (over, 15_000), (twice, 0), (twice, 0), (late, 0)]
        booked = [(round_dong(one.total_incl_tax) + more, memo_of(one.number)) for one, more in rows]
        if (account := receiving_account()) is None:
            return
        content = _statement(account.number, [*booked, (150_000, "NGUYEN VAN A chuyen tien mua hang")])
        statement = statement_upload(account=account, file_name="sao-ke-mau.csv", content=content, by=finance)
        statement_take(statement_id=statement.pk, by=finance)
        transfers_match_due()


def _line(order: Order) -> Line:
    line: Line = order.lines.order_by("pk")[0]
    return line


def _lines(case: Case) -> list[CaseLine]:
    return list(case.lines.all())


def _open(order: Order, code: str, quantity: int, words: str, *, pictures: int = 0) -> Case:
    """Open a case about packs of an order's first line."""
    reason = next(one for one in reasons_on(today()) if one.code == code)
    return case_open(
        consignment_id=parcel_of(order).pk,
        reason_id=reason.pk,
        packs={_line(order).pk: quantity},
        description=words,
        pictures=[_picture(number) for number in range(pictures)],
    )


def _picture(number: int) -> SimpleUploadedFile:
    """Return the drawing of a parcel with a dent."""
    picture = Image.new("RGB", (800, 600), "#EDF3E8")
    pen = ImageDraw.Draw(picture)
    pen.polygon([(160, 200), (420, 130), (640, 210), (640, 470), (400, 540), (160, 460)], fill="#C79A63")
    pen.line([(160, 200), (400, 280), (640, 210)], fill="#8A6536", width=6)
    pen.line([(400, 280), (400, 540)], fill="#8A6536", width=6)
    dent = 190 + 60 * number
    pen.polygon([(dent, 330), (dent + 90, 360), (dent + 40, 440)], fill="#8A6536")
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=85)
    return SimpleUploadedFile(f"kien-hang-{number + 1}.jpg", stream.getvalue(), content_type="image/jpeg")


def _statement(account: str, booked: list[tuple[int, str]]) -> bytes:
    """Return a statement as a bank writes it, of incoming money with its memo."""
    balance, text, now = 10_000_000, io.StringIO(), timezone.localtime()
    lines = csv.writer(text)
    lines.writerow([f"Số tài khoản: {account}"])
    lines.writerow(["Ngày giao dịch", "Số tham chiếu", "Ghi nợ", "Ghi có", "Số dư", "Nội dung"])
    lines.writerow(["Số dư đầu kỳ", "", "", "", balance, ""])
    for number, (amount, memo) in enumerate(booked, start=1):
        balance += amount
        lines.writerow([f"{now:%d/%m/%Y %H:%M:%S}", f"MAU{number:06d}", "", amount, balance, memo])
    lines.writerow(["Số dư cuối kỳ", "", "", "", balance, ""])
    return f"\ufeff{text.getvalue()}".encode()
