"""A producer pays what it owes us by bank transfer: under a memo of its own, by which the money is known, or as finance says.

Locks: producer, then transfer; the producer's, so that two transfers never pay the same debt.
"""

import re
from typing import Final

from catalogue.producers.models import Partner
from checkout.order.numbers import ALPHABET
from checkout.payment.transfers.models import BankTransfer
from checkout.settlement.bookings import book_producer_paid
from checkout.settlement.selectors import producer_balance
from marketplace.folding import folded

#: "Trả nợ", seven digits and a check character, wherever they stand: long enough that nothing else looks like it.
_PREFIX: Final = "TRANO"
_MEMO: Final = re.compile(rf"(?={_PREFIX}(\d{{7}})([{ALPHABET}]))")


def debt_memo_of(producer_id: int) -> str:
    """Return what a producer is asked to write when it pays what it owes."""
    digits = f"{producer_id:07d}"
    return f"{_PREFIX}{digits}{_check_character(digits)}"


def debtors_in(memo: str) -> list[int]:
    """Return the ids of the producers whose memo `memo` holds, each once; the check character holds off slips."""
    text = "".join(folded(memo).upper().split())
    return list(
        dict.fromkeys(
            int(digits) for digits, check in _MEMO.findall(text) if check == _check_character(digits)
        )
    )


def debt_of(producer: Partner) -> int:
    """Return what a producer owes us, in đồng; 0 where we owe it."""
    return max(0, -producer_balance(producer))


def debtor_locked(producer_id: int) -> Partner | None:
    """Return the producer, locked for the transaction, or None where there is none."""
    return Partner.objects.select_for_update(of=("self",), no_key=True).filter(pk=producer_id).first()


def debt_pay(*, transfer: BankTransfer, producer: Partner) -> None:
    """Let a transfer pay what a producer owes, at least its amount. Call it in a transaction with both locked, the producer first."""
    transfer.state, transfer.producer, transfer.order = BankTransfer.State.DEBT, producer, None
    transfer.save(update_fields=["state", "producer", "order"])
    book_producer_paid(transfer)


def _check_character(digits: str) -> str:
    weighted = sum(place * int(digit) for place, digit in enumerate(digits, start=2))
    return ALPHABET[weighted % len(ALPHABET)]
