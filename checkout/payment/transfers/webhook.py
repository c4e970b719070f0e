"""What a bank, or a service that watches an account for us, tells of incoming transfers: signed JSON at `/webhooks/bank/`.

    Bank-Signature: t=1764000000,v1=<HMAC-SHA256 in hex of "1764000000." and the body>

    {"transfers": [{"account": "0011004567890", "reference": "FT26334012345", "amount": 189000, "currency": "VND",
                    "direction": "in", "memo": "OC7K3M9QXD", "booked_at": "2026-11-30T10:15:00+07:00",
                    "payer_name": "NGUYEN THI LAN", "payer_account": "0071001234567"}]}

`reference` has to be the one that the bank's statement gives, so that both together count once. `direction` "out" is understood and left out;
`currency`, `direction`, `memo` and the payer may be missing.
"""

import json
import logging
from collections import defaultdict
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.utils.dateparse import parse_datetime

from checkout.payment.errors import InvalidWebhook
from checkout.payment.transfers.errors import TransfersRefused
from checkout.payment.transfers.models import BankTransfer, ReceivingAccount
from checkout.payment.transfers.rows import (
    LONGEST_REFERENCE,
    IncomingRow,
    masked_account,
    masked_name,
)
from checkout.payment.transfers.services import transfers_record
from checkout.payment.transfers.statements.cells import LARGEST
from checkout.signatures import SignatureInvalid, check_one_of

logger = logging.getLogger(__name__)

HEADER: Final = "Bank-Signature"
MOST_TRANSFERS: Final = 500


def bank_webhook_receive(*, body: bytes, signature: str) -> tuple[int, int]:
    """Record what a bank tells us; return how many transfers it told of and how many of them are new.

    Raises InvalidWebhook unless one of our secrets signed `body` in the last five minutes, and TransfersRefused where a transfer can't be
    understood or belongs to another account: then nothing of the message is recorded.
    """
    try:
        check_one_of(body, signature, secrets=settings.BANK_WEBHOOK_SECRETS)
    except SignatureInvalid as error:
        raise InvalidWebhook(str(error)) from error
    rows = _rows_of(body)
    with transaction.atomic():
        new = sum(
            transfers_record(account=account, rows=found, source=BankTransfer.Source.WEBHOOK)
            for account, found in rows.items()
        )
    return sum(len(found) for found in rows.values()), new


def _rows_of(body: bytes) -> dict[ReceivingAccount, list[IncomingRow]]:
    try:
        told = json.loads(body)["transfers"]
        if not isinstance(told, list) or not all(isinstance(one, dict) for one in told):
            raise TypeError("transfers must be a list of objects")
    except (ValueError, KeyError, TypeError) as error:
        raise TransfersRefused([f"not understood: {error}"]) from error
    if len(told) > MOST_TRANSFERS:
        raise TransfersRefused([f"more than {MOST_TRANSFERS} transfers"])
    accounts = {one.number: one for one in ReceivingAccount.objects.filter(confirmed_at__isnull=False)}
    rows: dict[ReceivingAccount, list[IncomingRow]] = defaultdict(list)
    problems = []
    for place, one in enumerate(told):
        try:
            if one.get("direction", "in") != "out":
                rows[_account(one, accounts)].append(_row(one))
        except (KeyError, TypeError, ValueError) as error:
            problems.append(f"transfers[{place}]: {type(error).__name__}: {error}")
    if problems:
        raise TransfersRefused(problems)
    return rows


def _account(told: dict[str, Any], accounts: dict[str, ReceivingAccount]) -> ReceivingAccount:
    account = accounts.get(str(told["account"]))
    if account is None:
        raise ValueError("not an account of this shop")
    return account


def _row(told: dict[str, Any]) -> IncomingRow:
    amount, booked_at = told["amount"], parse_datetime(told["booked_at"])
    if isinstance(amount, bool) or not isinstance(amount, int) or not 0 < amount <= LARGEST:
        raise ValueError("amount must be a positive whole number of đồng")
    if told.get("currency", "VND") != "VND":
        raise ValueError("currency must be VND")
    if told.get("direction", "in") != "in":
        raise ValueError("direction must be in or out")
    if booked_at is None or booked_at.tzinfo is None:
        raise ValueError("booked_at must be a moment with its offset")
    reference = str(told["reference"]).strip()
    if not 0 < len(reference) <= LONGEST_REFERENCE:
        raise ValueError(f"reference must have 1 to {LONGEST_REFERENCE} characters")
    return IncomingRow(
        reference=reference,
        amount=amount,
        memo=str(told.get("memo") or ""),
        booked_at=booked_at,
        payer_name=masked_name(str(told.get("payer_name") or "")),
        payer_account=masked_account(str(told.get("payer_account") or "")),
    )
