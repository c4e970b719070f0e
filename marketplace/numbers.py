"""Numbers as people here write them: `85.000` is eighty-five thousand, `0,8` is eight tenths."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

_UNIT = re.compile(r"\s*(?:₫|đ|đồng|vnđ|vnd)\.?$", re.IGNORECASE)
#: Groups of three behind dots, commas or spaces, all the same: a point that could stand before decimals doesn't count.
_GROUPED = re.compile(r"[1-9]\d{0,2}([., ])\d{3}(?:\1\d{3})*")
_HUNDREDTHS = re.compile(r"(\d{1,3})(?:[.,](\d{1,2}))?\s*%?")


def read_whole_number(typed: str) -> int:
    """Return the number in `typed`: `85000`, `85.000`, `85 000` and `85.000 đ` are the same. Raises ValidationError for the rest."""
    text = _UNIT.sub("", unicodedata.normalize("NFKC", typed).strip())
    digits = re.sub(r"[., ]", "", text) if _GROUPED.fullmatch(text) else text
    if not re.fullmatch(r"[0-9]{1,15}", digits):
        raise ValidationError(_("Write a whole number in digits, for example 85.000."), code="invalid")
    return int(digits)


def read_percent(typed: str) -> int:
    """Return hundredths of a per cent: `0,8`, `0.80` and `0,8 %` are 80. Raises ValidationError for the rest."""
    found = _HUNDREDTHS.fullmatch(unicodedata.normalize("NFKC", typed).strip())
    if found is None:
        raise ValidationError(
            _("Write a percentage with two decimals at most, for example 0,8."), code="invalid"
        )
    return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))


def grouped(number: int) -> str:
    """Return `85.000` for 85000."""
    return f"{number:,}".replace(",", ".")


def percent_words(hundredths: int) -> str:
    """Return `0,8` for 80 hundredths of a per cent."""
    whole, rest = divmod(hundredths, 100)
    return f"{whole},{rest:02}".rstrip("0") if rest else str(whole)
