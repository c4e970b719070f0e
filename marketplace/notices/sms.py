"""The length of text messages (3GPP TS 23.038).

A message in the GSM alphabet holds 160 characters, or 153 in each part of a longer one; with a single letter outside it, as in Vietnamese,
it holds 70, or 67 in each part. Shops here therefore write without accents as soon as a text is longer than one message.
"""

import unicodedata
from typing import Final

_GSM_BASIC: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_EXTENDED: Final = frozenset("^{}\\[~]|€")
_PLAIN: Final = str.maketrans({"đ": "d", "Đ": "D", "₫": "d", "–": "-", "…": "...", "\u00a0": " "})


def is_gsm(text: str) -> bool:
    """Return whether `text` can be sent in the GSM alphabet."""
    return all(character in _GSM_BASIC or character in _GSM_EXTENDED for character in text)


def sms_parts(text: str) -> int:
    """Return how many messages `text` is charged as."""
    if is_gsm(text):
        length = len(text) + sum(character in _GSM_EXTENDED for character in text)
        single, part = 160, 153
    else:
        length = len(text.encode("utf-16-be")) // 2
        single, part = 70, 67
    return 1 if length <= single else -(-length // part)


def without_accents(text: str) -> str:
    """Return `text` with base letters only: `Đơn hàng` becomes `Don hang`."""
    decomposed = unicodedata.normalize("NFD", text.translate(_PLAIN))
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def sms_text(text: str) -> str:
    """Return `text` on one line, with accents where it then still fits one message, else without."""
    line = unicodedata.normalize("NFC", " ".join(text.split()))
    return line if sms_parts(line) == 1 else without_accents(line)
