"""Filters said in words: ``dưới 500k``, ``từ 100 đến 300 nghìn``, ``tầm 1 triệu``, ``ocop 5 sao``.

All amounts are whole đồng. The phrases are cut out of the text; what remains is searched for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Final

from search.text import fold, normalize

#: How far around "about 1 million" reaches, each way.
ABOUT: Final = Decimal("0.2")

_UNITS: Final = {
    "k": 1_000, "ng": 1_000, "nghin": 1_000, "ngan": 1_000,
    "tr": 1_000_000, "trieu": 1_000_000, "m": 1_000_000,
    "d": 1, "dong": 1, "vnd": 1,
}  # fmt: skip
_UNIT: Final = r"(?:nghin|ngan|ng|k|trieu|tr|m|dong|vnd|d)"
_NUMBER: Final = r"\d{1,3}(?:[.,]\d{3})+|\d+(?:[.,]\d{1,2})?"


def _money(name: str) -> str:
    return rf"(?P<{name}>{_NUMBER})\s*(?P<{name}_unit>{_UNIT})?(?P<{name}_rest>\d|\s*ruoi)?(?![\w])"


_BETWEEN: Final = re.compile(
    rf"(?:\b(?:tu|from|gia)\s+)?\b{_money('low')}\s*(?:den|toi|to|-|–)\s*{_money('high')}"
)
_AT_MOST: Final = re.compile(
    rf"(?:\b(?:gia\s+)?(?:duoi|toi da|khong qua|re hon|it hon|under|below|less than|max)|<=?)\s*{_money('high')}"
)
_AT_LEAST: Final = re.compile(
    rf"(?:\b(?:gia\s+)?(?:tren|tu|it nhat|hon|over|above|from|more than|min)|>=?)\s*{_money('low')}"
)
_AROUND: Final = re.compile(rf"\b(?:gia\s+)?(?:tam|khoang|tam khoang|chung|about|around)\s*{_money('near')}")
_NUMBERS: Final = {
    "mot": 1, "hai": 2, "ba": 3, "bon": 4, "nam": 5, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5,
}  # fmt: skip
_SAO: Final = r"[\s-]*(?:sao\b|stars?\b|\*|★)"
_STARS: Final = re.compile(
    r"(?:\b(?:(?P<least>tu|it nhat|from|at least)|(?P<more>tren|hon|over|above)"
    r"|(?P<fewer>duoi|under|below))\s+)?(?:\b(?:dat|hang|chuan|loai|xep hang)\s+)?"
    rf"\b(?P<stars>[1-5]|{'|'.join(_NUMBERS)}){_SAO}"
    r"(?P<up>\s*(?:tro len|and up|\+))?"
)
#: Stars that were proposed and not awarded yet.
_PROPOSED: Final = re.compile(
    r"\b(?:sap len|sap dat|sap duoc|de nghi|de xuat|tiem nang|dang len|proposed(?: for)?|potential|candidate for)\s+"
    rf"(?:ocop\s+)?(?P<stars>[1-5]|{'|'.join(_NUMBERS)}){_SAO}"
)
_PROGRAMME: Final = re.compile(r"\b(?:dat\s+)?ocop\b")


@dataclass(frozen=True, slots=True)
class Phrases:
    """What the filter phrases of a text ask for. ``rest`` is the text without them."""

    rest: str
    price_min: int | None = None
    price_max: int | None = None
    stars: frozenset[int] = frozenset()
    proposed: int | None = None
    #: The words that were understood.
    price_said: str = field(default="", compare=False)
    stars_said: str = field(default="", compare=False)

    @property
    def empty(self) -> bool:
        """Whether no phrase was found that narrows by price or stars."""
        return self.price_min is None and self.price_max is None and not self.stars


def read_phrases(text: str, *, prices: bool = True, stars: bool = True) -> Phrases:
    """Find price and star phrases in ``text``, typed with or without marks; of those wanted."""
    reading = _Reading(normalize(text))
    found = Phrases("")
    if stars:
        found = _read_stars(reading, found)
    if prices:
        found = _read_prices(reading, found)
    while match := _PROGRAMME.search(reading.folded):  # every good here is OCOP: the word tells nothing
        reading.cut(match)
    return replace(found, rest=" ".join(reading.rest.split()))


class _Reading:
    """A text from which phrases are cut, with its twin without marks, letter by letter."""

    def __init__(self, text: str) -> None:
        self.rest = text
        self.folded = _fold_in_place(text)

    def cut(self, match: re.Match[str]) -> str:
        """Blank out what was understood and return it."""
        start, end = match.span()
        said = self.rest[start:end].strip()
        blank = " " * (end - start)
        self.rest = self.rest[:start] + blank + self.rest[end:]
        self.folded = self.folded[:start] + blank + self.folded[end:]
        return said


def _read_stars(reading: _Reading, found: Phrases) -> Phrases:
    if match := _PROPOSED.search(reading.folded):
        return replace(found, proposed=_number(match["stars"]), stars_said=reading.cut(match))
    match = _STARS.search(reading.folded)
    if match and _said_as_number(match, reading.rest):
        return replace(found, stars=_star_range(match), stars_said=reading.cut(match))
    return found


def _said_as_number(match: re.Match[str], text: str) -> bool:
    """Whether the stars are a number: *năm sao* and *nam sao* are, the *nấm sao* and *bà sao* of other goods aren't."""
    said = text[match.start("stars") : match.end("stars")]
    return said.isdigit() or said.isascii() or said in {"một", "hai", "ba", "bốn", "năm"}


def _read_prices(reading: _Reading, found: Phrases) -> Phrases:
    low: int | None = None
    high: int | None = None
    said: list[str] = []
    if (match := _BETWEEN.search(reading.folded)) and (top := _dong(match, "high")) is not None:
        bottom = _dong(match, "low", unit=match["high_unit"])
        if bottom is not None and bottom <= top:
            low, high = bottom, top
            said.append(reading.cut(match))
    if (match := _AROUND.search(reading.folded)) and (near := _dong(match, "near")) is not None:
        low, high = int(near * (1 - ABOUT)), int(near * (1 + ABOUT))
        said.append(reading.cut(match))
    if (match := _AT_MOST.search(reading.folded)) and (top := _dong(match, "high")) is not None:
        high = top
        said.append(reading.cut(match))
    if (match := _AT_LEAST.search(reading.folded)) and (bottom := _dong(match, "low")) is not None:
        low = bottom
        said.append(reading.cut(match))
    return replace(found, price_min=low, price_max=high, price_said=" ".join(said))


def _number(text: str) -> int:
    return int(text) if text.isdigit() else _NUMBERS[text]


def _star_range(match: re.Match[str]) -> frozenset[int]:
    named = _number(match["stars"])
    if match["fewer"]:
        return frozenset(range(1, named))
    if match["more"]:
        return frozenset(range(named + 1, 6))
    return frozenset(range(named, 6) if match["least"] or match["up"] else {named})


def _fold_in_place(text: str) -> str:
    """Fold ``text`` letter by letter, so that positions stay the same."""
    return "".join((fold(letter) or " ")[0] for letter in text)


def _dong(match: re.Match[str], name: str, unit: str | None = None) -> int | None:
    """Return the amount in đồng; None where a bare small number can't be money."""
    number, own_unit, rest = match[name], match[f"{name}_unit"], match[f"{name}_rest"]
    factor = _UNITS.get(own_unit or unit or "", 0)
    grouped = re.fullmatch(r"\d{1,3}(?:[.,]\d{3})+", number)
    value = Decimal(re.sub("[.,]", "", number) if grouped else number.replace(",", "."))
    if grouped or (not factor and value >= 1_000):
        return int(value)
    if not factor:
        return None
    if rest:  # ``1tr5``, ``1 triệu rưỡi``
        value += Decimal(f"0.{rest}") if rest.isdigit() else Decimal("0.5")
    return int(value * factor)
