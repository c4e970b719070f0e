"""Amounts and moments as banks write them. What could be read in two ways is not read."""

import re
from datetime import date, datetime, time
from typing import Final

from marketplace.clock import VIETNAM

_CURRENCY = re.compile(r"(?:VND|VNĐ|đồng|đ|₫|d)\.?\s*$", re.IGNORECASE)
#: `1890000`, `1.890.000`, `1,890,000.00`, `1 890 000,00`: thousands of one kind, and no part of a đồng.
_AMOUNT = re.compile(r"^(?:\d{1,3}(?:([.,\u00a0 '])\d{3})(?:\1\d{3})*|\d+)(?:[.,]0{1,2})?$")
_DAY_FIRST = re.compile(r"(?<!\d)(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?!\d)")
_ISO = re.compile(r"(?<!\d)(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)")
_TIME = re.compile(r"(?<!\d)(\d{1,2}):(\d{2})(?::(\d{2}))?(?!\d)")
#: A payment can hold no more than this (`PositiveIntegerField`).
LARGEST: Final = 2_147_483_647


class Unreadable(ValueError):
    """A cell that holds something, but no amount or moment."""


def read_amount(text: str) -> int:
    """Return the đồng of `1.890.000 VND`, `-5,000.00`, `(5,000)`, 0 for an empty cell. Raises Unreadable."""
    plain = _CURRENCY.sub("", text.strip()).strip()
    if plain in ("", "-", "–"):
        return 0
    is_negative = plain.startswith(("-", "−", "(")) or plain.endswith("-")
    digits = plain.strip("()+-− ")
    if not _AMOUNT.match(digits):
        raise Unreadable(text)
    whole = re.sub(r"[.,]0{1,2}$", "", digits)
    amount = int(re.sub(r"\D", "", whole))
    if amount > LARGEST:
        raise Unreadable(text)
    return -amount if is_negative else amount


def read_balance(text: str) -> int | None:
    """Return a balance in đồng, None for an empty cell; balances may be larger than any payment. Raises Unreadable."""
    plain = _CURRENCY.sub("", text.strip()).strip()
    if not plain:
        return None
    digits = plain.strip("()+-− ")
    if not _AMOUNT.match(digits):
        raise Unreadable(text)
    amount = int(re.sub(r"\D", "", re.sub(r"[.,]0{1,2}$", "", digits)))
    return -amount if plain.startswith(("-", "−", "(")) else amount


def read_moment(cell: str | date) -> datetime:
    """Return when something was booked, in Vietnam; midnight where only the day is told. Days come before months. Raises Unreadable."""
    if isinstance(cell, date):
        return datetime.combine(cell, time.min, tzinfo=VIETNAM)
    iso, day_first = _ISO.search(cell), _DAY_FIRST.search(cell)
    try:
        if iso:
            day = date(int(iso[1]), int(iso[2]), int(iso[3]))
        elif day_first:
            day = date(int(day_first[3]), int(day_first[2]), int(day_first[1]))
        else:
            raise Unreadable(cell)
        clock = _TIME.search(cell)
        at = time(int(clock[1]), int(clock[2]), int(clock[3] or 0)) if clock else time.min
    except ValueError as error:
        raise Unreadable(cell) from error
    return datetime.combine(day, at, tzinfo=VIETNAM)
