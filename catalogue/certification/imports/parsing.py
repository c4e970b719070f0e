"""Reads the cells of decision lists: stars, dates, decisions, totals."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from catalogue.certification.imports.reader import Cell
from catalogue.wording import composed, folded

_STAR_SHAPES = "★⭐✭✩*"
_NUMBER_WORDS = {"mot": 1, "hai": 2, "ba": 3, "bon": 4, "nam": 5}
_STARS = re.compile(
    r"^(?:ocop |hang |dat |hang dat )*(?:(mot|hai|ba|bon|nam) )?0?([1-5])(?: 0)?(?: sao| stars?)?(?: ocop)?$"
)
_STAR_WORDS = re.compile(r"^(mot|hai|ba|bon|nam) sao$")
_STARS_WITHIN = re.compile(r"\b([1-5]) sao\b")
_PROPOSED = re.compile(r"\b(tiem nang|de xuat|de nghi|du kien)\b")
_ISO = re.compile(r"^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]00:00:00)?$")
_NUMERIC = re.compile(r"^(?:ngày\s+)?(\d{1,2})\s*[-/.]\s*(\d{1,2})\s*[-/.]\s*(\d{4})$", re.IGNORECASE)
_IN_WORDS = re.compile(r"^(?:ngay )?(\d{1,2}) thang (\d{1,2}) nam (\d{4})$")
#: A day from 2009 to 2064 as spreadsheets count them; a saved list shows the number where the cell lost its form.
_SERIAL = re.compile(r"^[45]\d{4}$")
_SPREADSHEET_DAY_0 = date(1899, 12, 30)
_YEAR = re.compile(r"^(?:nam )?(\d{4})$")
_STRENGTH = re.compile(r"^(\d{1,3}(?:[.,]\d{1,3})?) ?(?:%|độ|do|°)? ?(?:vol\.?|v/v|abv)?$")
_TERM = re.compile(r"^(\d{1,3}) (thang|nam)(?!\w)\D*$")
_DECISION = re.compile(
    r"(\d+\s*/\s*(?:\d{4}\s*/\s*)?Q[ĐD]\s*-\s*[A-ZĐÂĂÊÔƠƯ]+(?:-[A-ZĐÂĂÊÔƠƯ]+)*)", re.IGNORECASE
)
_OF_DAY = re.compile(
    r"ngày\s*((?:\d{1,2}\s*[-/.]\s*\d{1,2}\s*[-/.]\s*\d{4})|(?:\d{1,2}\s+tháng\s+\d{1,2}\s+năm\s+\d{4}))",
    re.IGNORECASE,
)
_AUTHORITY = re.compile(
    r"\bcủa\s+((?:Chủ tịch\s+)?(?:UBND|Ủy ban nhân dân|Uỷ ban nhân dân|Bộ)\b[^,;.()\d]*)", re.IGNORECASE
)
_COUNT = re.compile(r"\b(\d{1,6})\s*(?:san pham|sp)\b")
_ANY_NUMBER = re.compile(r"\b(\d{1,6})\b")
OCOP_CODE = re.compile(r"^\d{2}(?:-\d+){2,4}-\d{4}$")


class DateForm(StrEnum):
    """How a date is written; forms that could be taken for one another must not meet in one column."""

    #: A date cell of a workbook, or the number of days by which spreadsheets keep it.
    CELL = "cell"
    ISO = "iso"
    DAY_FIRST = "day_first"
    WORDS = "words"
    MONTH_FIRST = "month_first"
    YEAR_ONLY = "year"
    NONE = "none"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class WrittenDate:
    """A date as read, and the form it was written in."""

    form: DateForm
    day: date | None = None
    year: int | None = None


def read_stars(cell: Cell) -> tuple[int, bool] | None:
    """Return the stars of `4`, `4 sao`, `★★★★`, `Bốn sao`, and whether they are only proposed; None where unreadable."""
    if isinstance(cell, date):
        return None
    shapes = cell.replace(" ", "").replace("\ufe0f", "")
    if shapes and set(shapes) <= set(_STAR_SHAPES):
        return (len(shapes), False) if len(shapes) <= 5 else None
    text = folded(cell.rstrip(_STAR_SHAPES).replace(",0", "").replace(".0", ""))
    proposed = bool(_PROPOSED.search(text))
    text = " ".join(_PROPOSED.sub(" ", text).split())
    number = _STARS.match(text)
    if number:
        agrees = number[1] is None or _NUMBER_WORDS[number[1]] == int(number[2])
        return (int(number[2]), proposed) if agrees else None
    word = _STAR_WORDS.match(text)
    return (_NUMBER_WORDS[word[1]], proposed) if word else None


def stars_within(text: str) -> int | None:
    """Return the stars that a group's title names, as in `B. SẢN PHẨM 4 SAO`, None where it names none or several."""
    found = set(_STARS_WITHIN.findall(folded(text)))
    return int(found.pop()) if len(found) == 1 else None


def read_date(cell: Cell) -> WrittenDate:
    """Return the date that a cell holds. Days come before months, as everywhere in Vietnam."""
    if isinstance(cell, date):
        return WrittenDate(DateForm.CELL, cell)
    text = cell.strip()
    if not text:
        return WrittenDate(DateForm.NONE)
    iso = _ISO.match(text)
    if iso:
        return _made(DateForm.ISO, int(iso[1]), int(iso[2]), int(iso[3]))
    numeric = _NUMERIC.match(text)
    if numeric:
        first, second, year = int(numeric[1]), int(numeric[2]), int(numeric[3])
        if second > 12 >= first:
            return _made(DateForm.MONTH_FIRST, year, first, second)
        return _made(DateForm.DAY_FIRST, year, second, first)
    words = _IN_WORDS.match(folded(text))
    if words:
        return _made(DateForm.WORDS, int(words[3]), int(words[2]), int(words[1]))
    year_only = _YEAR.match(folded(text))
    if year_only and 2018 <= int(year_only[1]) <= 2100:
        return WrittenDate(DateForm.YEAR_ONLY, year=int(year_only[1]))
    if _SERIAL.match(text):
        return WrittenDate(DateForm.CELL, _SPREADSHEET_DAY_0 + timedelta(days=int(text)))
    has_digits = any(letter.isdigit() for letter in text)
    return WrittenDate(DateForm.UNREADABLE if has_digits else DateForm.NONE)


def read_strength(text: str) -> Decimal | None:
    """Return per cent by volume of `40`, `29,5 % vol`, `40 độ`; None where it is none between 0 and 100."""
    number = _STRENGTH.match(composed(text).lower())
    strength = Decimal(number[1].replace(",", ".")).quantize(Decimal("0.1")) if number else Decimal(0)
    return strength if 0 < strength < 100 else None


def in_words(day: date) -> str:
    """Return the day as `read_date` reads it beside any other form: `ngày 5 tháng 8 năm 2026`."""
    return f"ngày {day.day} tháng {day.month} năm {day.year}"


def read_term(cell: Cell) -> int | None:
    """Return the months of a term that stands in place of its end: `36 tháng`, `03 năm kể từ ngày ký`."""
    term = None if isinstance(cell, date) else _TERM.match(folded(cell))
    return int(term[1]) * (12 if term[2] == "nam" else 1) if term else None


@dataclass(frozen=True, slots=True)
class StatedDecision:
    """What a text says of a decision: `3981/QĐ-UBND ngày 05/8/2026 của UBND tỉnh Lâm Đồng`."""

    number: str = ""
    decided_on: date | None = None
    authority: str = ""


def read_decision(text: str) -> StatedDecision:
    """Return number, day and authority of the one decision in `text`; the number as written where it has no usual form."""
    numbers = {re.sub(r"\s+", "", number).upper().replace("QD-", "QĐ-") for number in _DECISION.findall(text)}
    # The Prime Minister recognises no product: a list names his decision as its basis.
    numbers = {number for number in numbers if not number.endswith("QĐ-TTG")}
    if len(numbers) != 1:
        return StatedDecision()
    said_after = text[_after_number(text, next(iter(numbers))) :]
    day = _OF_DAY.search(said_after)
    authority = _AUTHORITY.search(said_after)
    return StatedDecision(
        number=numbers.pop(),
        decided_on=read_date(day[1]).day if day else None,
        authority=authority[1].strip() if authority else "",
    )


def _after_number(text: str, number: str) -> int:
    """Return where the decision of this number ends in `text`: its day and authority follow it."""
    return next(
        (
            found.end()
            for found in _DECISION.finditer(text)
            if re.sub(r"\s+", "", found[0]).upper().replace("QD-", "QĐ-") == number
        ),
        0,
    )


def read_total(text: str) -> int | None:
    """Return how many goods a line `Tổng cộng: 22 sản phẩm` or a group's title `(12 sản phẩm)` states."""
    plain = folded(text)
    counts = _COUNT.findall(plain)
    if len(counts) == 1:
        return int(counts[0])
    if plain.startswith(("tong", "cong")):
        numbers = _ANY_NUMBER.findall(plain)
        return int(numbers[0]) if len(numbers) == 1 else None
    return None


def _made(form: DateForm, year: int, month: int, day: int) -> WrittenDate:
    try:
        return WrittenDate(form, date(year, month, day))
    except ValueError:
        return WrittenDate(DateForm.UNREADABLE)
