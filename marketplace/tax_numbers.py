"""Tax numbers as they are written here, with their check digit."""

from typing import Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from stdnum.exceptions import ValidationError as NoTaxNumber
from stdnum.vn import mst

#: Since July 2025 a person's and a household's tax number is the number of the identity card.
_IDENTITY_NUMBER_DIGITS: Final = 12


def tax_number_read(typed: str) -> str:
    """Return a tax number as it is written: 10 digits, 10 and 3 of a branch, or the 12 of an identity card.

    Raises ValidationError.
    """
    digits = "".join(typed.split()).replace("-", "").replace(".", "")
    if digits.isascii() and digits.isdigit() and len(digits) == _IDENTITY_NUMBER_DIGITS:
        return digits
    try:
        number = mst.validate(digits)
    except NoTaxNumber as error:
        raise ValidationError(
            _(
                "This is no tax number: it has 10 digits (13 for a branch, 12 for a household). Please check it."
            )
        ) from error
    return mst.format(number)
