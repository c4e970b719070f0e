"""VietQR: what a bank's app reads from the picture, so that nobody types an amount or an account (EMVCo, NAPAS).

A payload is a row of fields, each a tag of two digits, a length of two digits and a value; the last one is a checksum of all before it.
"""

import io
import re
import unicodedata
from typing import Final

import segno

#: NAPAS, and its service "fast transfer to an account".
_NAPAS: Final = "A000000727"
_TO_ACCOUNT: Final = "QRIBFTTA"
_DONG: Final = "704"
#: Longer memos are cut by some banks.
LONGEST_MEMO: Final = 25
_NOT_PLAIN = re.compile(r"[^A-Za-z0-9 ]+")


def vietqr_payload(*, bank_bin: str, account_number: str, amount: int, memo: str) -> str:
    """Return the payload that pays `amount` (đồng) to an account, with `memo` in letters that every bank takes.

    Raises ValueError where it would not fit: a bank's app must never read half a field.
    """
    if amount <= 0:
        raise ValueError(f"an amount must be positive, not {amount}")
    beneficiary = _field("00", bank_bin) + _field("01", account_number)
    return sealed(
        _field("00", "01")
        + _field("01", "12")  # for one payment, with its amount
        + _field("38", _field("00", _NAPAS) + _field("01", beneficiary) + _field("02", _TO_ACCOUNT))
        + _field("53", _DONG)
        + _field("54", str(amount))
        + _field("58", "VN")
        + _field("62", _field("08", plain_memo(memo)))
    )


def sealed(payload: str) -> str:
    """Return `payload`, complete but for the checksum, with its checksum."""
    checked = f"{payload}6304"
    return f"{checked}{_crc(checked.encode()):04X}"


def plain_memo(memo: str) -> str:
    """Return `memo` in plain letters, digits and spaces, at most 25 of them: what every bank passes on unchanged."""
    letters = unicodedata.normalize("NFD", memo.replace("đ", "d").replace("Đ", "D"))
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(_NOT_PLAIN.sub(" ", plain).split())[:LONGEST_MEMO].strip()


def vietqr_svg(payload: str) -> str:
    """Return the picture of a payload, to stand in a page."""
    return str(segno.make(payload, error="m").svg_inline(scale=5, border=3))


def vietqr_png(payload: str) -> bytes:
    """Return the picture of a payload as a PNG, large enough for a bank's app to read it from a phone's album."""

    picture = io.BytesIO()
    segno.make(payload, error="m").save(picture, kind="png", scale=12, border=4)
    return picture.getvalue()


def _field(tag: str, value: str) -> str:
    if not value or len(value) > 99:
        raise ValueError(f"field {tag} holds 1 to 99 characters, not {len(value)}")
    return f"{tag}{len(value):02d}{value}"


def _crc(data: bytes) -> int:
    """CRC-16/CCITT-FALSE: polynomial 0x1021, begun with 0xFFFF."""
    crc = 0xFFFF
    for byte in data:
        crc ^= byte << 8
        for _bit in range(8):
            crc = (crc << 1) ^ 0x1021 if crc & 0x8000 else crc << 1
        crc &= 0xFFFF
    return crc
