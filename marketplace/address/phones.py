"""Vietnamese phone numbers: read as people write them, kept as E.164, shown as people write them."""

import re
import unicodedata

import phonenumbers
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

REGION = "VN"
_MAX_TYPED = 40
_REACHABLE = frozenset(
    {
        phonenumbers.PhoneNumberType.MOBILE,
        phonenumbers.PhoneNumberType.FIXED_LINE,
        phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,
    }
)
_BETWEEN_NUMBERS = re.compile(r"[;,/|\\]|\s-\s")
_ENOUGH_DIGITS = re.compile(r"(?:\d\D*){8}")
_LETTERS = re.compile(r"[^\W\d_]")
_NATIONAL_DIGITS = re.compile(r"^(?:\+?84|0084|0)?(?P<national>1\d{9})$")

# Mobile numbers of 11 digits became numbers of 10 between 15 September and 14 November 2018
# (plan 798/QĐ-BTTTT of the Ministry of Information and Communications): first three digits after the 0, before and now.
_PREFIXES_SINCE_2018 = {
    "120": "70", "121": "79", "122": "77", "126": "76", "128": "78",
    "123": "83", "124": "84", "125": "85", "127": "81", "129": "82",
    "162": "32", "163": "33", "164": "34", "165": "35", "166": "36", "167": "37", "168": "38", "169": "39",
    "186": "56", "188": "58", "199": "59",
}  # fmt: skip


def parse_phone(text: str) -> str:
    """Return the Vietnamese number in `text` as E.164: `0912 345 678` gives `+84912345678`.

    Takes mobiles and landlines, with or without `+84` or `0084`, with spaces, dots, dashes and brackets. Raises
    ValidationError with a sentence that says what is wrong and how to mend it.
    """
    typed = unicodedata.normalize("NFKC", text).strip()
    digits = re.sub(r"\D", "", typed)
    if not digits or len(typed) > _MAX_TYPED or _LETTERS.search(typed):
        raise ValidationError(
            _("Enter a phone number in digits, for example 0912 345 678."), code="phone_not_digits"
        )
    if _is_followed_by_another(typed):
        raise ValidationError(_("Please enter one phone number only."), code="phone_more_than_one")
    _refuse_numbers_of_before_2018(typed)
    try:
        number = phonenumbers.parse(typed, REGION)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_valid_number(number):
        raise ValidationError(_why_not_valid(digits), code="phone_not_valid")
    if number.country_code != phonenumbers.country_code_for_region(REGION):
        raise ValidationError(
            _("The carrier needs a Vietnamese number, which begins with 0 or +84."),
            code="phone_not_vietnamese",
        )
    if phonenumbers.number_type(number) not in _REACHABLE:
        raise ValidationError(
            _(
                "This is a service number, which takes no messages and cannot be called back. Enter a mobile or landline number."
            ),
            code="phone_of_a_service",
        )
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def format_phone(number: str) -> str:
    """Return an E.164 number as people here write it: `+84912345678` gives `0912 345 678`; other text stays."""
    try:
        parsed = phonenumbers.parse(number, REGION)
    except phonenumbers.NumberParseException:
        return number
    if parsed.country_code != phonenumbers.country_code_for_region(REGION):
        return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)


def _refuse_numbers_of_before_2018(typed: str) -> None:
    match = _NATIONAL_DIGITS.match(re.sub(r"[^\d+]", "", typed))
    prefix = _PREFIXES_SINCE_2018.get(match["national"][:3]) if match else None
    if match and prefix:
        raise ValidationError(
            _("Numbers of 11 digits changed in 2018: this one should now be %(number)s."),
            code="phone_before_2018",
            params={"number": format_phone(f"+84{prefix}{match['national'][3:]}")},
        )


def _is_followed_by_another(typed: str) -> bool:
    """Whether two numbers stand here: of `0912345678;0987654321` the parser takes the first and says nothing of the other."""
    return len([part for part in _BETWEEN_NUMBERS.split(typed) if _ENOUGH_DIGITS.search(part)]) > 1


def _why_not_valid(digits: str) -> str:
    national = digits.removeprefix("00").removeprefix("84").removeprefix("0")
    if len(national) < 9:
        return _("This number is too short: a mobile number has 10 digits, for example 0912 345 678.")
    if len(national) > 10:
        return _("This number is too long: a mobile number has 10 digits, for example 0912 345 678.")
    return _("There is no such Vietnamese number. Please check the digits.")
