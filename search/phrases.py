"""Filters said in words: ``dưới 500k``, ``từ 100 đến 300 nghìn``, ``tầm 1 triệu``, ``ocop 5 sao``, ``3-4 sao``.

All amounts are whole đồng. The phrases are cut out of the text; what remains is searched for. Marks that were typed
decide here too: *bánh chưng 100k* doesn't ask for about (*chừng*) 100k, nor *ngũ vị tử 4 sao* for four and more (*từ*).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Final

from search.amounts import Amount, fold_spelt, hide, read_amounts, spelt
from search.synonyms import find_concepts
from search.text import normalize, word

#: How far around "about 1 million" reaches, each way.
ABOUT: Final = Decimal("0.2")

#: The words of these phrases that carry marks. Typed with other marks they are other words.
_SPELT: Final = spelt(
    "từ đến tới dưới trên hơn ít nhất tối đa thiểu không quá rẻ nhỏ thấp chưa tầm khoảng chừng cỡ giá trở lên xuống lại đổ "
    "giữa và hoặc đạt hạng chuẩn loại xếp hàng sắp đang được công nhận đề nghị xuất tiềm năng một bốn năm "
    "hộp gói túi hũ lọ thùng lít kí cái"
)
#: Signs for the first letter of an amount, and for each further one.
_AMOUNT: Final = "\ue000"
_GOES_ON: Final = "\ue001"

#: What the sum is for (*100k/kg*): cut with it, since prices here are a pack's.
_EACH: Final = (
    r"(?:\s*/\s*\d*\s*(?:kg|ki|g|gr|gam|lit|l|ml|hop|goi|tui|chai|hu|lo|thung|cai|con|set|combo)\b)?"
)
_SUM: Final = rf"(?P<sum>{_AMOUNT}{_GOES_ON}*){_EACH}"
_PRICE: Final = r"(?:\b(?:gia|price)\s+)?"
_BETWEEN: Final = re.compile(
    rf"(?:\b(?:gia|tu|from|between|giua|tam|khoang|trong khoang)\s+)*(?P<low>{_AMOUNT}{_GOES_ON}*)\s*"
    rf"(?:den|toi|to|va|and|-|–|~)\s*{_SUM}"
)
_AT_MOST: Final = (
    re.compile(rf"{_PRICE}(?:\b(?:tu|duoi)\s+)?{_SUM}\s*(?:tro xuong|do xuong|tro lai|do lai|or less)\b"),
    re.compile(
        rf"{_PRICE}(?:\b(?:duoi|toi da|khong qua|re hon|it hon|nho hon|thap hon|chua den|chua toi|under|below|less than|up to"
        rf"|max)|<=?|≤)\s*{_SUM}"
    ),
)
_AT_LEAST: Final = (
    re.compile(
        rf"{_PRICE}(?:\b(?:tu|tren|it nhat)\s+)?{_SUM}(?:\s*(?:tro len|do len|or more|and up)\b|\s*\+)"
    ),
    re.compile(
        rf"{_PRICE}(?:\b(?:tren|tu|it nhat|toi thieu|hon|over|above|from|more than|at least|min)|>=?|≥)\s*{_SUM}"
    ),
)
_AROUND: Final = re.compile(rf"{_PRICE}\b(?:tam|khoang|tam khoang|chung|co|about|around)(?:\s+gia)?\s*{_SUM}")
#: A sum alone, one that can be nothing but money or that *giá* leads to: about so much, which a chip takes back.
_ALONE: Final = re.compile(rf"{_PRICE}{_SUM}")
#: Two numbers with a hyphen and no unit are a range of prices from here on; below they may be anything.
_SURELY_MONEY: Final = 10_000

_NUMBERS: Final = {
    "mot": 1, "hai": 2, "ba": 3, "bon": 4, "nam": 5, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5,
}  # fmt: skip
_SAO: Final = r"[\s-]*(?:sao\b|stars?\b|\*|★)"
_COUNT: Final = rf"(?:[1-5]|{'|'.join(_NUMBERS)})"
_RANKED: Final = r"(?:\b(?:dat|hang|chuan|loai|xep hang)\s+)?"
_STAR_RANGE: Final = re.compile(
    rf"(?:\b(?:tu|from|between|giua)\s+)?{_RANKED}(?<!\d[.,/–-])\b(?P<low>{_COUNT})(?:{_SAO})?"
    rf"(?:\s*(?P<sign>[-–/,&])\s*|\s+(?P<word>den|toi|to|va|and|hoac|hay|or)\s+)(?P<high>{_COUNT}){_SAO}"
)
_STARS: Final = re.compile(
    r"(?:\b(?:(?P<least>tu|it nhat|toi thieu|from|at least)|(?P<more>tren|hon|over|above)"
    rf"|(?P<most>toi da|khong qua|up to)|(?P<fewer>duoi|under|below))\s+)?{_RANKED}"
    rf"\b(?P<stars>{_COUNT}){_SAO}"
    r"(?:(?P<up>\s*(?:tro len|do len|or more|and up|\+))|(?P<down>\s*(?:tro xuong|do xuong|do lai|or less)))?"
)
#: Stars that were proposed and not awarded yet.
_PROPOSED: Final = re.compile(
    r"\b(?:(?:sap|dang)\s+(?:len|dat|duoc)(?:\s+cong nhan)?|de nghi|de xuat|tiem nang|proposed(?: for)?|potential|candidate for)\s+"
    rf"(?:ocop\s+)?{_RANKED}(?P<stars>{_COUNT}){_SAO}"
)
_PROGRAMME: Final = re.compile(r"\b(?:dat\s+)?ocop\b")
_TOKEN: Final = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Phrases:
    """What the filter phrases of a text ask for. ``rest`` is the text without them.

    ``price_unknown``: in place of a price that no good has, goods whose price isn't known are asked for.
    """

    rest: str
    price_min: int | None = None
    price_max: int | None = None
    stars: frozenset[int] = frozenset()
    proposed: int | None = None
    price_unknown: bool = False
    #: The words that were understood, and where they stood.
    price_said: str = field(default="", compare=False)
    stars_said: str = field(default="", compare=False)

    @property
    def empty(self) -> bool:
        """Whether no phrase was found that narrows by price or stars."""
        return not (self.has_price or self.price_unknown or self.stars)

    @property
    def has_price(self) -> bool:
        """Whether a price was found."""
        return self.price_min is not None or self.price_max is not None

    def without_price(self) -> Phrases:
        """Return the same for goods whose price isn't known."""
        return replace(self, price_min=None, price_max=None, price_unknown=True)


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


def price_spans(text: str) -> list[tuple[int, int]]:
    """Return where prices stand in ``text`` (normalised), from start up to but not end."""
    reading = _Reading(text)
    _read_prices(reading, Phrases(""))
    return reading.taken


class _Reading:
    """A text from which phrases are cut, with its twin without marks, letter by letter.

    In the twin words are hidden that can be none of a phrase, by their marks or as part of a name of goods.
    """

    def __init__(self, text: str) -> None:
        self.rest = text
        self.folded = fold_spelt(text, _SPELT)
        self.taken: list[tuple[int, int]] = []
        for start, end in _inside_names(text):
            self.folded = hide(self.folded, start, end)

    def show_amounts(self) -> dict[int, Amount]:
        """Write a sign in place of each amount; return the amounts by where they begin."""
        amounts = {amount.start: amount for amount in read_amounts(self.rest)}
        for amount in amounts.values():
            self.folded = hide(self.folded, amount.start, amount.start + 1, _AMOUNT)
            self.folded = hide(self.folded, amount.start + 1, amount.end, _GOES_ON)
        return amounts

    def cut(self, match: re.Match[str]) -> str:
        """Blank out what was understood and return it."""
        start, end = match.span()
        said = self.rest[start:end].strip()
        self.taken.append((start, end))
        self.rest = self.rest[:start] + " " * (end - start) + self.rest[end:]
        self.folded = hide(self.folded, start, end, " ")
        return said


def _inside_names(text: str) -> list[tuple[int, int]]:
    """Return where words stand that go on a name of goods: the *chung* of ``banh chung``, the *tu* of ``ngu vi tu``."""
    tokens = list(_TOKEN.finditer(text))
    concepts = find_concepts([word(token[0]) for token in tokens], lenient=True)
    inside = {at for concept in concepts for at in range(concept.start + 1, concept.end)}
    return [tokens[at].span() for at in sorted(inside) if tokens[at][0].isalpha()]


def _read_stars(reading: _Reading, found: Phrases) -> Phrases:
    if match := _PROPOSED.search(reading.folded):
        return replace(found, proposed=_number(match["stars"]), stars_said=reading.cut(match))
    if match := _STAR_RANGE.search(reading.folded):
        low, high = sorted((_number(match["low"]), _number(match["high"])))
        both = match["sign"] in {"/", ",", "&"} or match["word"] in {"hoac", "hay", "or"}
        stars = frozenset({low, high} if both else range(low, high + 1))
        return replace(found, stars=stars, stars_said=reading.cut(match))
    if match := _STARS.search(reading.folded):
        return replace(found, stars=_star_range(match), stars_said=reading.cut(match))
    return found


def _read_prices(reading: _Reading, found: Phrases) -> Phrases:
    amounts = reading.show_amounts()
    low: int | None = None
    high: int | None = None
    said: list[str] = []

    def find(*patterns: re.Pattern[str], alone: bool = False) -> int | None:
        for match in (match for pattern in patterns for match in pattern.finditer(reading.folded)):
            amount = amounts[match.start("sum")]
            led_to = match.start() < amount.start
            if (amount.alone or led_to or not alone) and (dong := amount.dong()) is not None:
                said.append(reading.cut(match))
                return dong
        return None

    for match in _BETWEEN.finditer(reading.folded):
        first, last = amounts[match.start("low")], amounts[match.start("sum")]
        is_price = first.unit or last.unit or match.start() < first.start or first.number >= _SURELY_MONEY
        bottom, top = first.dong(unit=last.unit), last.dong(unit=first.unit)
        if is_price and bottom is not None and top is not None and bottom <= top:
            low, high = bottom, top
            said.append(reading.cut(match))
            break
    if (near := find(_AROUND)) is not None:
        low, high = _around(near)
    if (top := find(*_AT_MOST)) is not None:
        high = top
    if (bottom := find(*_AT_LEAST)) is not None:
        low = bottom
    if low is None and high is None and (near := find(_ALONE, alone=True)) is not None:
        low, high = _around(near)
    return replace(found, price_min=low, price_max=high, price_said=" ".join(said))


def _around(dong: int) -> tuple[int, int]:
    return int(dong * (1 - ABOUT)), int(dong * (1 + ABOUT))


def _number(text: str) -> int:
    return int(text) if text.isdigit() else _NUMBERS[text]


def _star_range(match: re.Match[str]) -> frozenset[int]:
    named = _number(match["stars"])
    if match["fewer"]:
        return frozenset(range(1, named))
    if match["more"]:
        return frozenset(range(named + 1, 6))
    if match["most"] or match["down"]:
        return frozenset(range(1, named + 1))
    return frozenset(range(named, 6) if match["least"] or match["up"] else {named})
