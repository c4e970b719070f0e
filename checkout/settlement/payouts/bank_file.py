"""The file that the bank takes: one transfer a line, without accents, and a last line that says how many, how much, and the checksum of the lines.

What is downloaded is what was approved: the checksum is kept with the approval and shown on the screen.
"""

import csv
import hashlib
import io
from collections.abc import Sequence
from typing import Final

from checkout.settlement.banks import banks
from checkout.settlement.payouts.models import Payout, PayoutBatch
from marketplace.folding import folded

HEADER: Final = [
    "STT",
    "SO TAI KHOAN",
    "TEN NGUOI HUONG",
    "MA NGAN HANG",
    "TEN NGAN HANG",
    "SO TIEN",
    "NOI DUNG",
]
#: What the last line shows of the checksum, and people compare by eye.
SHOWN: Final = 16


def file_digest(payouts: Sequence[Payout]) -> str:
    """Return the SHA-256 of the lines of a file that holds `payouts`."""
    return hashlib.sha256(_lines(payouts).encode()).hexdigest()


def file_bytes(payouts: Sequence[Payout]) -> bytes:
    """Return the whole file: header, a line a payout, the closing line."""
    total = sum(payout.amount for payout in payouts)
    closing = ["TONG", len(payouts), "", "", "", total, f"SHA256 {file_digest(payouts)[:SHOWN].upper()}"]
    return (_written([HEADER]) + _lines(payouts) + _written([closing])).encode()


def file_name(batch: PayoutBatch) -> str:
    """Return under which name a batch goes to the bank."""
    return f"chi-tien-{batch.number}.csv"


def plain(words: str) -> str:
    """Return words as banks' systems take them: capitals without marks."""
    return folded(words).upper()


def _lines(payouts: Sequence[Payout]) -> str:
    return _written(
        [
            number,
            payout.number,
            plain(payout.holder),
            payout.bank_bin,
            plain(banks()[payout.bank_bin].short_name),
            payout.amount,
            payout.memo,
        ]
        for number, payout in enumerate(payouts, start=1)
    )


def _written(rows: object) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(rows)  # type: ignore[arg-type]
    return out.getvalue()
