"""Reads MT940, the form in which banks send statements to each other and to bookkeeping programs.

`:61:` is a booking, `:86:` what was written to it, `:60F:` and `:62F:` the balances at both ends: the file itself proves that it is whole.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Final

from django.utils.translation import gettext as _

from checkout.payment.transfers.errors import TransfersRefused
from checkout.payment.transfers.rows import (
    LONGEST_REFERENCE,
    IncomingRow,
    masked_account,
    masked_name,
    reference_from,
)
from checkout.payment.transfers.statements.decoding import decoded
from checkout.payment.transfers.statements.reading import StatementRead
from marketplace.clock import VIETNAM
from marketplace.folding import folded
from marketplace.money import format_dong

_BEGINS = re.compile(rb"^\s*(?:\xef\xbb\xbf)?(?:\{1:[^\n]*\n?)?:20:")
_TAG = re.compile(r"^:(\d{2}[A-Z]?):", re.MULTILINE)
_BALANCE = re.compile(r"^([CD])(\d{6})([A-Z]{3})(\d+),(\d*)")
_BOOKING = re.compile(r"^(\d{6})(?:\d{4})?(R?[CD])[A-Z]?(\d+),(\d*)[NFS][A-Z0-9]{3}([^\n]*)")
_PART = re.compile(r"\?(\d{2})([^?]*)")
_NO_REFERENCE: Final = "NONREF"


def is_mt940(content: bytes) -> bool:
    """Return whether a file begins as MT940 does."""
    return bool(_BEGINS.match(content[:400]))


def read_mt940(content: bytes, account_number: str) -> StatementRead:
    """Return what the file says. Raises TransfersRefused where it is of another account, of another currency, or doesn't add up."""
    text = decoded(content).replace("\r\n", "\n")
    result = StatementRead()
    statement: _Statement | None = None
    for tag, value in _fields(text):
        match tag:
            case "25":
                _refuse_other_account(value, account_number)
            case "60F" | "60M":
                statement = _Statement(opening=_balance(value))
            case "61" if statement:
                statement.book(value)
            case "86" if statement:
                statement.describe(value)
            case "62F" | "62M" if statement:
                statement.close(_balance(value), result)
                statement = None
    if statement is not None or ":62" not in text:
        raise TransfersRefused(
            [_("The statement has no closing balance: the file is cut off. Download it from the bank again.")]
        )
    return result


def _fields(text: str) -> list[tuple[str, str]]:
    found = list(_TAG.finditer(text))
    ends = [one.start() for one in found[1:]] + [len(text)]
    return [
        (one[1], re.sub(r"\n-\}?\s*$", "", text[one.end() : end]).strip("\n"))
        for one, end in zip(found, ends, strict=True)
    ]


@dataclass(slots=True)
class _Booking:
    kind: str
    amount: int
    booked_on: date
    reference: str
    memo: str = ""
    payer_name: str = ""
    payer_account: str = ""


@dataclass(slots=True)
class _Statement:
    opening: int
    bookings: list[_Booking] = field(default_factory=list)

    def book(self, value: str) -> None:
        found = _BOOKING.match(value)
        if not found:
            raise TransfersRefused([_("The booking “%(text)s” cannot be read.") % {"text": value[:40]}])
        own, _slashes, banks = found[5].partition("//")
        reference = banks.strip() or ("" if own.strip() == _NO_REFERENCE else own.strip())
        self.bookings.append(
            _Booking(found[2], _dong(found[3], found[4]), _day(found[1]), reference[:LONGEST_REFERENCE])
        )

    def describe(self, value: str) -> None:
        if not self.bookings:
            return
        booking, parts = self.bookings[-1], dict(_PART.findall(value.replace("\n", "")))
        if not parts:
            booking.memo = " ".join(value.split())
            return
        booking.memo = "".join(
            text for code, text in parts.items() if "20" <= code <= "29" or "60" <= code <= "63"
        )
        booking.payer_account = masked_account(parts.get("31", ""))
        booking.payer_name = masked_name(parts.get("32", "") + parts.get("33", ""))

    def close(self, closing: int, result: StatementRead) -> None:
        reached = self.opening + sum(
            one.amount if one.kind in ("C", "RD") else -one.amount for one in self.bookings
        )
        if reached != closing:
            raise TransfersRefused(
                [
                    _(
                        "From %(opening)s the rows lead to %(reached)s, the statement ends at %(closing)s: rows are missing. "
                        "Download it from the bank again."
                    )
                    % {
                        "opening": format_dong(self.opening),
                        "reached": format_dong(reached),
                        "closing": format_dong(closing),
                    }
                ]
            )
        alike: Counter[tuple[object, ...]] = Counter()
        for booking in self.bookings:
            if booking.kind == "C":
                said = (booking.booked_on.isoformat(), booking.amount, folded(booking.memo))
                alike[said] += 1
                result.rows.append(_row(booking, reference_from(*said, alike[said])))
                continue
            result.left_out += 1
            if booking.kind != "D":
                result.warnings.append(
                    _(
                        "The bank took a booking of %(amount)s back (%(reference)s). Nothing is booked for it: look at the transfer "
                        "that it belongs to."
                    )
                    % {"amount": format_dong(booking.amount), "reference": booking.reference}
                )


def _row(booking: _Booking, otherwise: str) -> IncomingRow:
    """Return a row; `otherwise` names a booking to which the bank gave no reference."""
    return IncomingRow(
        reference=booking.reference or otherwise,
        amount=booking.amount,
        memo=booking.memo,
        booked_at=datetime.combine(booking.booked_on, time.min, tzinfo=VIETNAM),
        payer_name=booking.payer_name,
        payer_account=booking.payer_account,
    )


def _balance(value: str) -> int:
    found = _BALANCE.match(value)
    if not found:
        raise TransfersRefused([_("The balance “%(text)s” cannot be read.") % {"text": value[:40]}])
    if found[3] != "VND":
        raise TransfersRefused([_("The statement is in %(currency)s, not in đồng.") % {"currency": found[3]}])
    amount = _dong(found[4], found[5])
    return amount if found[1] == "C" else -amount


def _dong(whole: str, part: str) -> int:
    if part.strip("0"):
        raise TransfersRefused([_("“%(text)s” is not a whole number of đồng.") % {"text": f"{whole},{part}"}])
    return int(whole)


def _day(text: str) -> date:
    try:
        return date(2000 + int(text[:2]), int(text[2:4]), int(text[4:6]))
    except ValueError as error:
        raise TransfersRefused([_("“%(text)s” is not a date.") % {"text": text}]) from error


def _refuse_other_account(value: str, account_number: str) -> None:
    named = re.sub(r"\D", "", value.rpartition("/")[2])
    if named and named != account_number:
        raise TransfersRefused(
            [
                _("This is the statement of account %(named)s, not of %(chosen)s.")
                % {"named": named, "chosen": account_number}
            ]
        )
