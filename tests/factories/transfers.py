"""Accounts of the shop, and money that comes in on them."""

from csv import writer
from io import BytesIO, StringIO
from itertools import count
from typing import Any

from django.utils import timezone
from openpyxl import Workbook

from checkout.order.models import Order
from checkout.payment.transfers.accounts import (
    receiving_account,
    receiving_account_enter,
    receiving_account_use,
)
from checkout.payment.transfers.memos import memo_of
from checkout.payment.transfers.models import BankTransfer, ReceivingAccount
from checkout.payment.transfers.rows import IncomingRow
from checkout.payment.transfers.services import transfers_match_due, transfers_record

_references = count(1)


def account_in_use(**fields: Any) -> ReceivingAccount:
    """Return the account that buyers pay to."""
    known = receiving_account()
    if known is not None and not fields:
        return known
    values = {"bank_bin": "970436", "number": "0011004567890", "holder": "CHO OCOP", **fields}
    return receiving_account_use(account_id=receiving_account_enter(by=None, **values).pk, by=None)


def incoming(**fields: Any) -> IncomingRow:
    """Return one booking of 189.000 ₫ without an order's number."""
    values: dict[str, Any] = {
        "reference": f"FT{next(_references):011d}",
        "amount": 189_000,
        "memo": "chuyen tien mua hang",
        "booked_at": timezone.now(),
        **fields,
    }
    return IncomingRow(**values)


def money_comes(order: Order | None = None, *, source: str = "statement", **fields: Any) -> BankTransfer:
    """Record what came in for an order, let the worker deal with it, and return it as it ended."""
    if order is not None:
        fields = {"amount": int(order.total_incl_tax), "memo": memo_of(order.number), **fields}
    row, account = incoming(**fields), account_in_use()
    transfers_record(account=account, rows=[row], source=source)
    transfers_match_due()
    return BankTransfer.objects.get(account=account, reference=row.reference)


HEADERS = ["Ngày giao dịch", "Số tham chiếu", "Ghi nợ", "Ghi có", "Số dư", "Nội dung"]


def statement_table(
    *rows: tuple[str, str, int, str], opening: int = 1_000_000, headers: list[str] = HEADERS
) -> list[list[str]]:
    """Return the lines of a statement as a bank gives it: letterhead, header, rows (day, reference, amount, memo) and sums.

    An amount below 0 is money that went out.
    """
    balance, lines = opening, []
    for day, reference, amount, memo in rows:
        balance += amount
        out, into = (dong(-amount), "") if amount < 0 else ("", dong(amount))
        lines.append([day, reference, out, into, dong(balance), memo])
    money_in = sum(row[2] for row in rows if row[2] > 0)
    money_out = -sum(row[2] for row in rows if row[2] < 0)
    return [
        ["NGÂN HÀNG TMCP NGOẠI THƯƠNG VIỆT NAM"],
        ["Số tài khoản: 0011004567890", "", "Loại tiền: VND"],
        [],
        headers,
        ["Số dư đầu kỳ", "", "", "", dong(opening), ""],
        *lines,
        ["Cộng phát sinh", "", dong(money_out), dong(money_in), "", ""],
        ["Số dư cuối kỳ", "", "", "", dong(balance), ""],
    ]


def dong(amount: int) -> str:
    """Return an amount as banks write it: `1,890,000`."""
    return f"{amount:,}"


def csv_statement(lines: list[list[str]], *, encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    """Return lines as a CSV file."""
    text = StringIO()
    writer(text, delimiter=delimiter).writerows(lines)
    return text.getvalue().encode(encoding)


def xlsx_statement(lines: list[list[object]]) -> bytes:
    """Return lines as a workbook."""
    book, file = Workbook(), BytesIO()
    for line in lines:
        book.active.append(line)
    book.save(file)
    return file.getvalue()


def mt940_statement(*bookings: tuple[str, int, str, str], closing: int | None = None) -> bytes:
    """Return an MT940 file that begins at 1.000.000 ₫; a booking is its kind (C, D, RC), amount, reference and memo."""
    reached = 1_000_000 + sum(amount if kind == "C" else -amount for kind, amount, _, _ in bookings)
    lines = [":20:STATEMENT", ":25:VCB/0011004567890", ":28C:00001/001", ":60F:C261129VND1000000,"]
    for kind, amount, reference, memo in bookings:
        lines += [f":61:2611301130{kind}{amount},00NTRFNONREF//{reference}", f":86:{memo}"]
    lines += [f":62F:C261130VND{reached if closing is None else closing},", "-"]
    return "\r\n".join(lines).encode()
