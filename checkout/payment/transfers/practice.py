"""Plays the bank where the shop also plays a payment provider (`SANDBOX_PAYMENT`): never with an account at which somebody could pay."""

import csv
import io
import secrets
from enum import StrEnum
from typing import Final

from django.utils import timezone

from checkout.order.models import Order, PaymentState
from checkout.payment.transfers.accounts import is_practice
from checkout.payment.transfers.memos import memo_of
from checkout.payment.transfers.models import BankTransfer, ReceivingAccount
from checkout.payment.transfers.page import transfer_asked
from checkout.payment.transfers.rows import IncomingRow
from checkout.payment.transfers.services import transfers_record
from marketplace.money import round_dong

_SAMPLE_ORDERS: Final = 10
#: What the practice bank sends too little or too much, in đồng.
_DIFFERENCE: Final = 10_000


class Play(StrEnum):
    """How much money the practice bank lets arrive."""

    EXACT = "exact"
    SHORT = "short"
    OVER = "over"


def practice_transfer(*, order: Order, play: Play) -> bool:
    """Let money for an awaiting order arrive at the sample account; return whether there was anything to play."""
    asked = transfer_asked(order)
    if asked is None or not is_practice(asked.account):
        return False
    change = {Play.EXACT: 0, Play.SHORT: -_DIFFERENCE, Play.OVER: _DIFFERENCE}[play]
    row = IncomingRow(
        reference=f"PRACTICE{secrets.token_hex(8)}".upper(),
        amount=max(asked.amount + change, 1),
        memo=asked.memo,
        booked_at=timezone.now(),
    )
    transfers_record(account=asked.account, rows=[row], source=BankTransfer.Source.PRACTICE)
    return True


def sample_statement(account: ReceivingAccount) -> str:
    """Return a statement as CSV with money for orders that wait for a transfer, and one row that names nobody."""
    waiting = Order.objects.filter(
        payment_state=PaymentState.AWAITING, cancelled_at=None, payment_method="transfer"
    ).order_by("-pk")[:_SAMPLE_ORDERS]
    booked = [(round_dong(order.total_incl_tax), memo_of(order.number)) for order in waiting]
    booked.append((150_000, "NGUYEN VAN A chuyen tien mua hang"))
    now = timezone.localtime()
    balance, text = 10_000_000, io.StringIO()
    lines = csv.writer(text)
    lines.writerow([f"Số tài khoản: {account.number}"])
    lines.writerow(["Ngày giao dịch", "Số tham chiếu", "Ghi nợ", "Ghi có", "Số dư", "Nội dung"])
    lines.writerow(["Số dư đầu kỳ", "", "", "", balance, ""])
    for amount, memo in booked:
        balance += amount
        reference = f"SAMPLE{secrets.token_hex(5)}".upper()
        lines.writerow([f"{now:%d/%m/%Y %H:%M:%S}", reference, "", amount, balance, memo])
    lines.writerow(["Số dư cuối kỳ", "", "", "", balance, ""])
    return f"\ufeff{text.getvalue()}"
