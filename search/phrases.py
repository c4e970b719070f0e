"""Filters said in words: ``dưới 500k``, ``từ 100 đến 300 nghìn``, ``tầm 1 triệu``, ``ocop 5 sao``.

All amounts are whole đồng. The phrases are cut out of the text; what remains is searched for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
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
_STARS: Final = re.compile(
    r"(?:\b(?:(?P<least>tu|it nhat|from|at least)|(?P<more>tren|hon|over|above)"
    r"|(?P<fewer>duoi|under|below))\s+)?\b(?P<stars>[1-5])[\s-]*(?:sao\b|stars?\b|\*|★)"
    r"(?P<up>\s*(?:tro len|and up|\+))?"
)
_PROGRAMME: Final = re.compile(r"\b(?:dat\s+)?ocop\b")


@dataclass(frozen=True, slots=True)
class Phrases:
    """What the filter phrases of a text ask for. ``rest`` is the text without them."""

    rest: str
    price_min: int | None = None
    price_max: int | None = None
    stars: frozenset[int] = frozenset()

    @property
    def empty(self) -> bool:
        """Whether no phrase was found."""
        return self.price_min is None and self.price_max is None and not self.stars


def read_phrases(text: str) -> Phrases:
    """Find price and star phrases in ``text``, typed with or without marks."""
    rest = normalize(text)
    folded = _fold_in_place(rest)
    price_min: int | None = None
    price_max: int | None = None
    stars: frozenset[int] = frozenset()

    def cut(match: re.Match[str]) -> None:
        nonlocal rest, folded
        blank = " " * (match.end() - match.start())
        rest = rest[: match.start()] + blank + rest[match.end() :]
        folded = folded[: match.start()] + blank + folded[match.end() :]

    if match := _STARS.search(folded):
        stars = _star_range(match)
        cut(match)
    if (match := _BETWEEN.search(folded)) and (high := _dong(match, "high")) is not None:
        low = _dong(match, "low", unit=match["high_unit"])
        if low is not None and low <= high:
            price_min, price_max = low, high
            cut(match)
    if (match := _AROUND.search(folded)) and (near := _dong(match, "near")) is not None:
        price_min, price_max = int(near * (1 - ABOUT)), int(near * (1 + ABOUT))
        cut(match)
    if (match := _AT_MOST.search(folded)) and (high := _dong(match, "high")) is not None:
        price_max = high
        cut(match)
    if (match := _AT_LEAST.search(folded)) and (low := _dong(match, "low")) is not None:
        price_min = low
        cut(match)
    while match := _PROGRAMME.search(folded):  # every good here is OCOP: the word tells nothing
        cut(match)
    return Phrases(" ".join(rest.split()), price_min, price_max, stars)


def _star_range(match: re.Match[str]) -> frozenset[int]:
    named = int(match["stars"])
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
