"""Sums of money in a text: ``500k``, ``1tr5``, ``200.000đ``, ``1 triệu 250 nghìn đồng``, ``năm trăm nghìn``, ``nửa triệu``.

Marks that were typed decide: *ngàn* is a thousand, *ngân* isn't. A word that begins the name of a place or of goods
isn't a unit: the *đồng* of ``500 nghìn đồng`` is money, that of ``500 nghìn Đồng Tháp`` isn't.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from search.facts import read_quantities
from search.gazetteer import Level, gazetteer
from search.synonyms import find_concepts
from search.text import fold_in_place, word, words
from search.wording import query_wording

LETTERS: Final = re.compile(r"[^\W\d_]+")
#: Stands for a letter that is none of those looked for; a letter itself, so that words keep their ends.
HIDDEN: Final = "ꙮ"


def spelt(text: str) -> frozenset[str]:
    """Return the words of ``text`` as they are compared."""
    return frozenset(word.text for word in words(text))


_UNITS: Final = {
    "k": 1_000, "ng": 1_000, "nghin": 1_000, "ngan": 1_000,
    "tr": 1_000_000, "trieu": 1_000_000, "m": 1_000_000,
    "d": 1, "dong": 1, "vnd": 1,
}  # fmt: skip
_CURRENCY: Final = r"(?:dong|vnd|d)"
_GROUPED: Final = r"\d{1,3}(?:[.,]\d{3})+"
_IN_DIGITS: Final = re.compile(
    rf"(?<!\w)(?<!\d[.,])(?P<number>{_GROUPED}|\d{{1,3}}(?:\ \d{{3}})+(?=\s*{_CURRENCY}\b)|\d+(?:[.,]\d{{1,2}})?)"
    rf"(?:\s*(?P<unit>nghin|ngan|ng|k|trieu|tr|m|{_CURRENCY})(?P<rest>\d{{1,3}}|\s*ruoi\b)?{_CURRENCY}?)?(?!\w)"
)
_DIGITS: Final = {
    "mot": 1, "hai": 2, "ba": 3, "bon": 4, "tu": 4, "nam": 5, "lam": 5, "sau": 6, "bay": 7, "tam": 8, "chin": 9,
}  # fmt: skip
_TENS: Final = {"muoi": 10, "chuc": 10, "tram": 100}
_IN_WORDS: Final = re.compile(
    rf"\b(?P<number>(?:(?:{'|'.join((*_DIGITS, *_TENS, 'linh', 'le', 'nua'))}|\d{{1,2}})\s+)*)"
    r"(?P<unit>nghin|ngan|trieu|k(?!['’ʼ`´]))\b(?P<rest>\s+ruoi\b)?"
)
_THEN_CURRENCY: Final = re.compile(rf"\s*(?P<unit>{_CURRENCY})(?!\w)")
#: What a number without a unit counts, where it is no money: metres above the sea, years of a tree, degrees.
_COUNTED: Final = re.compile(r"\s*(?:m|met|metres?|meters?|cm|mm|nam|years?|tuoi|do|cay|con|%)(?!\w)")
#: How the words of a sum are written; other marks make them other words (*tầm* is no eight, *muối* no ten).
_SPELT: Final = spelt(
    "một mốt hai ba bốn tư năm lăm sáu bảy bẩy tám chín mười mươi chục trăm linh lẻ nửa rưỡi rưởi nghìn ngàn triệu đồng đ vnđ kđ"
)
_CURRENCIES: Final = frozenset({"d", "dong", "vnd"})
#: From here on *m* after a number means metres: tea grows at 1000m.
_METRES: Final = 100
_GOLD: Final = re.compile(r"\b(?:vàng|vang|mạ|gold)\s*$")
_MILLION: Final = 1_000_000
#: The longest beginning of a name that is looked for behind a number, in words.
_LOOKED_AT: Final = 6


@dataclass(frozen=True, slots=True)
class Amount:
    """A number that may be money, from ``start`` up to but not ``end``. ``unit`` is 0 where none was said.

    ``alone``: it can be nothing but money, even where no word says that a price is meant.
    """

    start: int
    end: int
    number: Decimal
    unit: int
    alone: bool = False

    def dong(self, *, unit: int = 0) -> int | None:
        """Return whole đồng; a small number without a unit takes ``unit``, and is no money without that either."""
        if self.unit:
            return int(self.number * self.unit)
        if self.number >= 1_000:
            return int(self.number)
        return int(self.number * unit) if unit else None


def fold_spelt(text: str, spelt: frozenset[str]) -> str:
    """Fold ``text`` letter by letter, so that positions stay the same; words with other marks than ``spelt`` are hidden."""
    folded = fold_in_place(text)
    for match in LETTERS.finditer(text):
        said = word(match[0])
        if said.marked and said.text not in spelt:
            folded = hide(folded, *match.span())
    return folded


def hide(folded: str, start: int, end: int, sign: str = HIDDEN) -> str:
    """Return ``folded`` with a sign for each letter from ``start`` up to but not ``end``."""
    return folded[:start] + sign * (end - start) + folded[end:]


def read_amounts(text: str) -> list[Amount]:
    """Return the amounts in ``text`` (normalised), in order, none inside another; weights and years aren't any."""
    folded = fold_spelt(text, _SPELT)
    weights = [(start, end) for start, end, _grams in read_quantities(text)]
    found: list[Amount] = []
    candidates = [*_in_words(text, folded), *_in_digits(text, folded)]
    for amount in sorted(candidates, key=lambda amount: (amount.start, -amount.end)):
        weighed = any(start < amount.end and amount.start < end for start, end in weights)
        if weighed or (found and amount.start < found[-1].end):
            continue
        if found and _goes_on(found[-1], amount, folded):
            whole = found[-1].number * _MILLION + amount.number * amount.unit
            found[-1] = Amount(found[-1].start, amount.end, whole, 1, alone=True)
        else:
            found.append(amount)
    return found


def _goes_on(first: Amount, second: Amount, folded: str) -> bool:
    """Whether two amounts are one: *1 triệu 250 nghìn*."""
    between = folded[first.end : second.start]
    return first.unit == _MILLION and second.unit == 1_000 and second.number < 1_000 and between.isspace()


def _in_digits(text: str, folded: str) -> Iterator[Amount]:
    for match in _IN_DIGITS.finditer(folded):
        unit, rest, end = match["unit"] or "", match["rest"] or "", match.end()
        number = _number(match["number"], unit)
        if unit and not _is_unit(text, match, number):
            if match.start("unit") == match.end("number"):
                continue  # a word of its own
            unit, rest, end = "", "", match.end("number")
        if not unit and _COUNTED.match(folded, end):
            continue
        if rest:  # ``1tr5``, ``1tr250``, ``1 triệu rưỡi``
            number += Decimal(f"0.{rest}") if rest.isdigit() else Decimal("0.5")
        if unit not in _CURRENCIES and (unit or number >= 1_000):
            end = _with_currency(text, folded, end)
        factor = _UNITS.get(unit, 0)
        alone = unit not in {"m", "ng"} and number * factor >= 1_000 and not _is_carat(text, match)
        yield Amount(match.start(), end, number, factor, alone=alone)


def _number(text: str, unit: str) -> Decimal:
    """Return the number; a point before three digits groups them, but in millions (*1.250 triệu*)."""
    if re.fullmatch(_GROUPED, text) and unit not in {"tr", "trieu"}:
        return Decimal(re.sub(r"[.,]", "", text))
    return Decimal(text.replace(" ", "").replace(",", "."))


def _is_unit(text: str, match: re.Match[str], number: Decimal) -> bool:
    """Whether the word behind a number is its unit: not as metres, and not as part of a name."""
    return not ((match["unit"] == "m" and number >= _METRES) or _begins_a_name(text, match.start("unit")))


def _is_carat(text: str, match: re.Match[str]) -> bool:
    """Whether ``24k`` tells how pure gold is."""
    return match["unit"] == "k" and _GOLD.search(text[: match.start()]) is not None


def _in_words(text: str, folded: str) -> Iterator[Amount]:
    for match in _IN_WORDS.finditer(folded):
        start, number = match.start("unit"), Decimal(1)
        said = list(re.finditer(r"\w+", match["number"]))
        for at in range(
            len(said)
        ):  # the longest end that makes a number: *tam mot trieu* is about one million
            spoken = _spoken([item[0] for item in said[at:]])
            if spoken is not None:
                start, number = match.start() + said[at].start(), spoken
                break
        in_digits = folded[start : match.start("unit")].strip()
        if (in_digits.isdigit() or not (in_digits or match["rest"])) or _begins_a_name(
            text, match.start("unit")
        ):
            continue
        end = _with_currency(text, folded, match.end())
        # Without marks *ba trieu* may be the name of a person or a street as well.
        alone = any(item.marked for item in words(text[start:end]))
        number += Decimal("0.5") if match["rest"] else 0
        yield Amount(start, end, number, _UNITS[match["unit"]], alone=alone)


def _spoken(said: Iterable[str]) -> Decimal | None:
    """Return a number said in words, None where they make none."""
    total, digit = Decimal(0), 0
    for item in said:
        if item == "nua":
            total += Decimal("0.5")
        elif item in _TENS:
            if 0 < total < _TENS[item]:
                return None
            total += (digit or 1) * _TENS[item]
            digit = 0
        elif item.isdigit() or item in _DIGITS:
            if digit:
                return None
            digit = int(item) if item.isdigit() else _DIGITS[item]
    return total + digit or None


def _with_currency(text: str, folded: str, end: int) -> int:
    """Return where an amount ends once *đồng* behind it is counted in."""
    match = _THEN_CURRENCY.match(folded, end)
    return end if match is None or _begins_a_name(text, match.start("unit")) else match.end()


def _begins_a_name(text: str, start: int) -> bool:
    """Whether the word at ``start`` goes on to name a place or goods (*Đồng Tháp*, *đông trùng hạ thảo*)."""
    sequence = words(text[start:])[:_LOOKED_AT]
    wide = (place for place in gazetteer().find_all(sequence) if place.places[0].level < Level.COMMUNE)
    ends = [(place.start, place.end) for place in wide]
    ends += [(concept.start, concept.end) for concept in find_concepts(sequence, lenient=True)]
    ends += [(span.start, span.end) for span in query_wording().compounds.find(sequence, lenient=True)]
    longest = max((end for first, end in ends if first == 0), default=1)
    # *đồng Phú Thọ*: what begins with the next word and reaches further was meant.
    return longest > 1 and longest >= max((end for first, end in ends if first == 1), default=0)
