"""Names compared without marks, case and punctuation. For matching records, not for search (see `search/text.py`)."""

import unicodedata

from marketplace.folding import folded

__all__ = ["composed", "folded"]


def composed(text: str) -> str:
    """Return `text` in NFC, with every kind of white space as one space, trimmed."""
    return " ".join(unicodedata.normalize("NFC", text).split())
