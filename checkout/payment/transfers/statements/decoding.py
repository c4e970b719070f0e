"""Letters of a text file: UTF-8, UTF-16 or windows-1258, as banks and old spreadsheets write them. A file that could be none of them is refused."""

import codecs
from typing import Final

from django.utils.translation import gettext as _

from checkout.payment.transfers.errors import TransfersRefused

_UTF_16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
#: What UTF-8 looks like to whoever reads it by a code page.
_MISREAD: Final = ("Ã", "áº", "á»", "Æ°", "Ä‘")


def decoded(content: bytes) -> str:
    """Return the text of a file. Raises TransfersRefused where its encoding isn't one of the three, or it is cut off within a letter."""
    if content[:2] in _UTF_16:
        return _decoded_as("utf-16", content)
    if b"\x00" in content[:200]:
        # Without its mark, as some banks' systems write it: every second byte of plain letters is zero.
        return _decoded_as("utf-16-le" if content[1:2] == b"\x00" else "utf-16-be", content)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data":
            raise TransfersRefused(
                [_("The file is cut off in the middle of a letter. Download it from the bank again.")]
            ) from error
    text = _decoded_as("cp1258", content)
    if any(mark in text for mark in _MISREAD):
        raise _unreadable()
    return text


def _decoded_as(encoding: str, content: bytes) -> str:
    try:
        text = content.decode(encoding)
    except UnicodeError as error:
        raise _unreadable() from error
    if "\x00" in text:
        raise _unreadable()
    return text


def _unreadable() -> TransfersRefused:
    return TransfersRefused(
        [
            _(
                "The letters of this file cannot be read: it is not in UTF-8, UTF-16 or windows-1258. "
                "Download it from the bank as Excel (xlsx) or as “CSV UTF-8”."
            )
        ]
    )
