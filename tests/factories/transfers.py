"""Accounts of the shop, and money that comes in on them."""

from itertools import count
from typing import Any

from django.utils import timezone

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
        fields = {"amount": int(order.total_incl_tax), "memo": f"{memo_of(order.number)} cam on", **fields}
    row, account = incoming(**fields), account_in_use()
    transfers_record(account=account, rows=[row], source=source)
    transfers_match_due()
    return BankTransfer.objects.get(account=account, reference=row.reference)
