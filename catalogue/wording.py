"""Names compared without marks, case and punctuation. For matching records, not for search (see `search/text.py`)."""

import re
import unicodedata

_NOT_A_WORD = re.compile(r"[^0-9a-z]+")


def composed(text: str) -> str:
    """Return `text` in NFC, with every kind of white space as one space, trimmed."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def folded(text: str) -> str:
    """Return the words of `text` in lower case, without marks, `đ` as `d`, anything else as one space."""
    plain = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return _NOT_A_WORD.sub(" ", letters).strip()
