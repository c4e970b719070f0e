"""Tells from a name or a sector whether goods could be alcohol, for goods whose product set nobody has confirmed.

Being wrong in one direction only costs a person a look; being wrong in the other sells spirits to children. Marks decide: `vang` is
wine, `vàng` is gold; where a name has no marks at all, `vang` counts.
"""

import re
import unicodedata

from catalogue.product_sets import sector_of

_NEGATED = re.compile(
    r"(không|khong|ko)\s+(có\s+|co\s+|chứa\s+|chua\s+)?(độ\s+|do\s+)?(cồn|con|rượu|ruou)|non[- ]?alcoholic|alcohol[- ]free"
)
#: Words of Vietnamese with their marks.
_MARKED = {"rượu", "tửu", "vang", "bia", "cồn", "bàu đá", "bầu đá", "mao đài"}
#: The same in names written without any mark; `con` (child, piece) would be everywhere.
_UNMARKED = {"ruou", "tuu", "vang", "bia", "bau da", "mao dai"}
#: What makes a drink of fruit or roots alcohol, and means nothing among food.
_STEEPED = re.compile(r"\b(ngâm|ngam|lên men|len men)\b")
#: Districts and communes of before and after July 2025 that have such a word in their name, and La Vang, a place without an office of
#: its own: `Hạt sen khô Phú Vang` is no wine.
_PLACES = (
    "cồn cỏ",
    "cồn thoi",
    "cồn tiên",
    "ea bia",
    "hòa vang",
    "hoà vang",
    "la vang",
    "mường vang",
    "phú vang",
    "vang quới",
)
#: Words that other languages lend, with or without marks around them.
_FOREIGN = {
    "alcohol", "ale", "beer", "bourbon", "brandy", "champagne", "cider", "cocktail", "cognac", "gin", "ipa", "lager",
    "liqueur", "liquor", "makgeolli", "mead", "rum", "sake", "soju", "spirit", "spirits", "stout", "tequila", "vermouth",
    "vin", "vodka", "whiskey", "whisky", "wine", "winery", "wines",
}  # fmt: skip
_PLACE = re.compile(rf"\b({'|'.join(_PLACES)})\b")
_WORD = re.compile(r"[^\W_]+", re.UNICODE)
_PHRASES = 3


def could_be_alcohol(name: str, sector: str = "") -> bool:
    """Return whether goods of this name, in a sector or group of this wording, could be alcohol."""
    return _speaks_of_alcohol(name) or _speaks_of_alcohol(sector) or _is_steeped_drink(name, sector)


def _is_steeped_drink(name: str, sector: str) -> bool:
    told = unicodedata.normalize("NFC", f"{name} {sector}").lower()
    return bool(sector_of(sector) == "drink" and _STEEPED.search(told) and not _NEGATED.search(told))


def _speaks_of_alcohol(text: str) -> bool:
    lower = unicodedata.normalize("NFC", text).lower()
    words = _WORD.findall(_PLACE.sub(" ", _NEGATED.sub(" ", lower)))
    spoken = {
        " ".join(words[start : start + length])
        for length in range(1, _PHRASES + 1)
        for start in range(len(words) - length + 1)
    }
    known = _MARKED | _FOREIGN if _has_marks(text) else _MARKED | _UNMARKED | _FOREIGN
    # `rượu` and its slips of the marks (`ruợu`, `rươu`) mean nothing else in any spelling.
    return not known.isdisjoint(spoken) or any(_bare(word) == "ruou" for word in words)


def _has_marks(text: str) -> bool:
    return not text.isascii()


def _bare(word: str) -> str:
    return "".join(
        letter for letter in unicodedata.normalize("NFD", word) if not unicodedata.combining(letter)
    )
