"""Whole numbers as people here write them: `85.000` is eighty-five thousand."""

import re
import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

_UNIT = re.compile(r"\s*(?:₫|đ|đồng|vnđ|vnd)\.?$", re.IGNORECASE)
#: Groups of three behind dots, commas or spaces, all the same: a point that could stand before decimals doesn't count.
_GROUPED = re.compile(r"[1-9]\d{0,2}([., ])\d{3}(?:\1\d{3})*")


def read_whole_number(typed: str) -> int:
    """Return the number in `typed`: `85000`, `85.000`, `85 000` and `85.000 đ` are the same. Raises ValidationError for the rest."""
    text = _UNIT.sub("", unicodedata.normalize("NFKC", typed).strip())
    digits = re.sub(r"[., ]", "", text) if _GROUPED.fullmatch(text) else text
    if not re.fullmatch(r"[0-9]{1,15}", digits):
        raise ValidationError(_("Write a whole number in digits, for example 85.000."), code="invalid")
    return int(digits)


def grouped(number: int) -> str:
    """Return `85.000` for 85000."""
    return f"{number:,}".replace(",", ".")


class WholeNumberField(forms.IntegerField):
    """A whole number, typed with or without dots between its thousands, shown with them."""

    widget = forms.TextInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.widget.attrs |= {"inputmode": "numeric", "autocomplete": "off"}

    def to_python(self, value: Any) -> int | None:
        """Return the number, None where nothing was typed."""
        return super().to_python(
            read_whole_number(value) if isinstance(value, str) and value.strip() else value
        )

    def prepare_value(self, value: Any) -> Any:
        """Show a number that we know in groups; what was typed stays as it was typed."""
        return grouped(value) if isinstance(value, int) else value
