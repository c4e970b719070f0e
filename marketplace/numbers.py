"""Numbers as people here write them: `85.000` is eighty-five thousand, `0,8` is eight tenths."""

import re
import unicodedata
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils.formats import number_format
from django.utils.translation import gettext as _

_UNIT = re.compile(r"\s*(?:₫|đ|đồng|vnđ|vnd)\.?$", re.IGNORECASE)
#: Groups of three behind dots, commas or spaces, all the same: a point that could stand before decimals doesn't count.
_GROUPED = re.compile(r"[1-9]\d{0,2}([., ])\d{3}(?:\1\d{3})*")
_WHOLE = 10_000
_HUNDREDTHS = re.compile(r"(\d{1,3})(?:[.,](\d{1,2}))?\s*%?")


def read_whole_number(typed: str) -> int:
    """Return the number in `typed`: `85000`, `85.000`, `85 000` and `85.000 đ` are the same. Raises ValidationError for the rest."""
    text = _UNIT.sub("", unicodedata.normalize("NFKC", typed).strip())
    digits = re.sub(r"[., ]", "", text) if _GROUPED.fullmatch(text) else text
    if not re.fullmatch(r"[0-9]{1,15}", digits):
        raise ValidationError(_("Write a whole number in digits, for example 85.000."), code="invalid")
    return int(digits)


def read_percent(typed: str) -> int:
    """Return hundredths of a per cent, at most the whole: `0,8`, `0.80` and `0,8 %` are 80. Raises ValidationError for the rest."""
    found = _HUNDREDTHS.fullmatch(unicodedata.normalize("NFKC", typed).strip())
    if found is None:
        raise ValidationError(
            _("Write a percentage with two decimals at most, for example 0,8."), code="invalid"
        )
    hundredths = int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))
    if hundredths > _WHOLE:
        raise ValidationError(_("A percentage lies between 0 and 100."), code="invalid")
    return hundredths


def grouped(number: int) -> str:
    """Return `85.000` for 85000."""
    return f"{number:,}".replace(",", ".")


def percent_words(hundredths: int) -> str:
    """Return hundredths of a per cent in the visitor's language: 80 as `0,8`, or `0.8`."""
    return str(number_format(Decimal(hundredths) / 100))
