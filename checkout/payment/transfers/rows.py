"""One booking of money that came in, whoever tells of it: read from a statement's line, a bank's message or the practice bank."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Final

LONGEST_MEMO: Final = 500
LONGEST_REFERENCE: Final = 80


@dataclass(frozen=True, slots=True)
class IncomingRow:
    """What the bank says came in. `reference` is the bank's own name of the booking; amounts are đồng; the payer is masked already."""

    reference: str
    amount: int
    memo: str
    booked_at: datetime
    payer_name: str = ""
    payer_account: str = ""


def masked_account(number: str) -> str:
    """Return the last four digits: enough for the holder to know it again."""
    digits = "".join(character for character in number if character.isalnum())
    return f"•••• {digits[-4:]}" if len(digits) > 4 else ""


def masked_name(name: str) -> str:
    """Return a name by its initials and its last word, the given name in Vietnamese: `N. T. LAN`."""
    *first, last = name.split() or [""]
    return " ".join([*(f"{word[0]}." for word in first), last])[:70]


def reference_from(*parts: object) -> str:
    """Return a name for a booking to which the bank's file gives none: the same row gives the same one."""
    return f"row:{hashlib.sha256(repr(parts).encode()).hexdigest()[:40]}"
