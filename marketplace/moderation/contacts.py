"""Finds phone numbers, mail addresses and links in what people write, also where they are hidden: in words, with letters for digits.

Pure functions; which words lead people elsewhere (`zalo`) is data (`models.BlockedWord`).
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from phonenumbers import Leniency, PhoneNumberMatcher

from marketplace.address.phones import REGION

_DIGITS_IN_WORDS: Final = {
    "không": "0", "khong": "0", "một": "1", "mot": "1", "mốt": "1", "hai": "2", "ba": "3", "bốn": "4", "bon": "4",
    "tư": "4", "năm": "5", "nam": "5", "lăm": "5", "sáu": "6", "sau": "6", "bảy": "7", "bẩy": "7", "bay": "7",
    "tám": "8", "tam": "8", "chín": "9", "chin": "9",
    "zero": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8",
    "nine": "9",
}  # fmt: skip
_DIGIT: Final = rf"(?:\d|\b(?:{'|'.join(_DIGITS_IN_WORDS)})\b)"
#: Digits of which some are words; a phone number has eight at least.
_SPOKEN: Final = re.compile(rf"{_DIGIT}(?:[\s.,\-_*|/;:]{{0,3}}{_DIGIT}){{7,}}")
_WORD: Final = re.compile(r"[^\W\d_]+")
#: `O912` and `09l2`: letters that look like digits, in a word of hardly anything else.
_LOOKALIKES: Final = re.compile(r"\b(?=(?:\w*\d){2})[\doil]+\b", re.IGNORECASE)
_AS_DIGITS: Final = str.maketrans("oOiIlL", "001111")
_ODD_SEPARATORS: Final = re.compile(r"(?<=\d)[*|_,;:·•]+(?=\d)")

_AT: Final = r"\s*(?:@|\(at\)|\[at\]|\ba\s?còng\b)\s*"
_DOT: Final = r"\s*(?:\.|\(dot\)|\[dot\]|\bchấm\b)\s*"
_MAIL: Final = re.compile(
    rf"[\w.+-]{{1,64}}{_AT}[\w-]{{1,63}}(?:{_DOT}\w+)+|\b[\w.+-]{{1,64}}{_AT}(?:gmail|yahoo|hotmail|outlook|icloud)\b",
    re.IGNORECASE,
)
#: Every repetition is bounded, so that no text takes long to read. Endings that are no Vietnamese word, since people leave out the space after a full stop (`ngon.me oi`); others only before a path.
_LINK: Final = re.compile(
    rf"\bhttps?://\S+|\bwww\.\S+"
    rf"|\b(?=[0-9-]{{0,63}}[a-z])[a-z0-9-]{{1,63}}{_DOT}(?:com|vn|net|org|info|shop|store|xyz|site|online|top|link|biz|app|asia)\b(?:/\S*)?"
    rf"|\b[a-z][a-z0-9-]{{0,62}}\.[a-z]{{2,6}}/\w\S*",
    re.IGNORECASE,
)


class Channel(StrEnum):
    """How somebody could be reached."""

    PHONE = "phone"
    MAIL = "mail"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class Contact:
    """A way to reach somebody, as it was written."""

    channel: Channel
    text: str


def contacts_in(text: str) -> list[Contact]:
    """Return the phone numbers, mail addresses and links in `text`, each as it stands there (numbers: as they are read)."""
    plain = unicodedata.normalize("NFKC", text)
    mails = [match.group() for match in _MAIL.finditer(plain)]
    without = _MAIL.sub(" ", plain)
    links = [match.group() for match in _LINK.finditer(without)]
    phones = list(dict.fromkeys(_phones(_LINK.sub(" ", without))))
    return [
        *(Contact(Channel.PHONE, found) for found in phones),
        *(Contact(Channel.MAIL, found) for found in mails),
        *(Contact(Channel.LINK, found) for found in links),
    ]


def _phones(text: str) -> Iterator[str]:
    digits = _LOOKALIKES.sub(lambda match: match.group().translate(_AS_DIGITS), text.lower())
    digits = _SPOKEN.sub(lambda match: _in_digits(match.group()), digits)
    digits = _ODD_SEPARATORS.sub(" ", digits)
    for match in PhoneNumberMatcher(digits, REGION, leniency=Leniency.VALID):
        yield match.raw_string.strip()


def _in_digits(spoken: str) -> str:
    """Return a run of digits and of words for digits in digits alone; one without words stays as it is written."""
    if not _WORD.search(spoken):
        return spoken
    return re.sub(r"\D", "", _WORD.sub(lambda match: _DIGITS_IN_WORDS[match.group()], spoken))
