"""Codes in a query: of a product, a certificate, a decision, a GTIN. All are compared by letters and digits alone."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple

from search.amounts import fold_spelt, spelt
from search.facts import code_token, read_quantities
from search.phrases import price_spans

#: How a query leads up to a code, without marks.
_LEAD: Final = r"(?:(?:quyet dinh|qd|decision|giay chung nhan|gcn|certificate|ma san pham|ma so|ma|code|gtin|barcode|ma vach)\s*(?:so|no\.?|number|:)?|so)"
#: Who decided: people's committees, ministries, their offices (``BNN-VPĐP``). Without *QĐ* only these are known.
_AUTHORITY: Final = r"(?:(?:ubnd|bnnmt|bnnptnt|bnn|ttg)(?:\s*-\s*[a-z]{2,6}|\s+vpdp)*)"
#: The day that papers name beside a number: it says nothing more of the goods.
_DAY: Final = (
    r"(?:\s*[,(]?\s*(?:(?:ban hanh\s+|ky\s+)?ngay\s*|dated?\s*|of\s+)?\d{1,2}\s*(?:[/.-]|thang)\s*\d{1,2}\s*(?:[/.-]|nam)\s*(?:19|20)\d\d\b\)?"
    r"|\s*nam\s*(?:19|20)\d\d\b)?"
)
_DECISION: Final = re.compile(
    rf"(?:\b{_LEAD}\s*)*(?:\b|(?<=qd))(?P<number>\d{{1,5}})\s*[/-]?\s*(?:(?:19|20)\d\d\s*[/-]\s*)?"
    rf"(?:qd\s*[-–/._]?\s*(?P<body>{_AUTHORITY}|[a-z]{{2,8}}(?:-[a-z]{{2,8}})*)|/?\s*(?P<known>{_AUTHORITY}))\b{_DAY}"
)
_DECISION_NUMBER: Final = re.compile(
    r"\b(?:(?:quyet dinh|qd|decision)\s*[-–]?\s*(?:so|no\.?|number|:)?\s*(?P<number>\d{1,5})\b(?!\s*(?:k|nghin|g|kg|sao|star)\b)"
    rf"(?:\s*/\s*(?:(?:19|20)\d\d\b|qd\b))*|\b(?P<before>\d{{1,5}})\s*/?\s*qd\b){_DAY}"
)
#: The authority before its number.
_AUTHORITY_FIRST: Final = re.compile(
    rf"\b(?:(?:quyet dinh|decision)\s*)?qd\s*[-–/]\s*(?P<body>{_AUTHORITY})\s*(?:so|:)*\s*(?P<number>\d{{1,5}})\b{_DAY}"
)
#: 68-24848-1-2026 and 83-829-28780-3-2022.
_PRODUCT: Final = re.compile(
    rf"(?:\b{_LEAD}\s*)?(?P<number>\b\d{{2}}(?:[-–.]\d{{1,5}}){{2,3}}[-–.]\d{{4}}\b)"
)
_LONG_NUMBER: Final = re.compile(rf"(?:\b{_LEAD}\s*)?\b(?P<number>\d{{12,14}}|\d{{8}})\b")
#: A certificate as people's committees number it (``12/GCN-UBND``).
_CERTIFICATE: Final = re.compile(
    rf"(?:\b{_LEAD}\s*)?(?P<number>\b\d{{1,6}}\s*[/-]?\s*gcn\s*[-–]?\s*[a-z]+\b)"
)
#: Letters and digits in groups, one of them a longer number: a row of a list (``OCOP-2026-3981-001``), and not *3-in-1*.
_GROUPED: Final = re.compile(
    rf"(?:\b{_LEAD}\s*)?(?P<number>\b(?=[\w/–-]*\d{{3}})[a-z0-9]+(?:[-–/][a-z0-9]+){{2,5}}\b)"
)
_LEAD_AND_CODE: Final = re.compile(
    r"\b(?:ma san pham|ma so|ma|giay chung nhan|gcn|certificate|code)\b\s*(?:so\b|no\.?|:)?\s*(?P<number>[a-z]{0,6}\d[a-z0-9]{2,20})\b"
)
#: The words above that carry marks. Typed with others they are other words: the *má* of *rau má* is no *mã*.
_SPELT: Final = spelt(
    "quyết định qđ giấy chứng nhận mã sản phẩm số vạch nnmt bnn ptnt vpđp qđubnd qđbnn qđbnnmt qđttg ngày tháng năm ban hành"
)
_ALONE: Final = re.compile(r"^\s*(?:so\s*)?(?P<number>\d{3,5}|[a-z]{1,4}\d{3,10})\s*$")
#: Letters and digits mixed, as in the address of a certificate's page.
_MIXED: Final = re.compile(
    rf"^\s*(?:{_LEAD}\s*)?(?P<number>(?=[a-z]*\d)(?=\d*[a-z])(?!\D+\d+$)[a-z0-9]{{10,16}})\s*$"
)


class FoundCode(NamedTuple):
    """A code in a text: where, and the tokens (one of them) under which goods have it."""

    start: int
    end: int
    tokens: tuple[str, ...]
    #: Whether it can be nothing but a code: else its words are searched for where no good has it.
    sure: bool


def find_code(text: str) -> FoundCode | None:
    """Return the code that ``text`` (normalised) names, or None."""
    folded = fold_spelt(text, _SPELT)
    for pattern in (_PRODUCT, _DECISION, _AUTHORITY_FIRST, _DECISION_NUMBER, _CERTIFICATE):
        if match := pattern.search(folded):
            return FoundCode(*match.span(), _tokens(match), sure=True)
    measured = [*price_spans(text), *((start, end) for start, end, _grams in read_quantities(text))]
    for pattern, sure in (
        (_LONG_NUMBER, True),
        (_LEAD_AND_CODE, False),
        (_GROUPED, False),
        (_ALONE, False),
        (_MIXED, False),
    ):
        for match in pattern.finditer(folded):
            start, end = match.span("number")
            if not any(first < end and start < last for first, last in measured):
                return FoundCode(*match.span(), _tokens(match), sure=sure)
    return None


def _tokens(match: re.Match[str]) -> tuple[str, ...]:
    groups = match.groupdict()
    number = groups["number"] or groups["before"]
    if not (body := groups.get("body") or groups.get("known")):
        return (code_token(number),)
    whole = code_token(f"{number}qd{body}")
    # For a ministry its office of the programme signs; people leave the office out.
    return (whole, f"{whole}vpdp") if body.startswith("bnn") and "vpdp" not in body else (whole,)


@lru_cache(maxsize=1_024)  # a decision names many goods
def decision_tokens(number: str) -> tuple[str, ...]:
    """Return the tokens of a decision's number: the whole, and the number before its authority."""
    digits = re.match(r"\s*(\d+)", number)
    return (code_token(number), *([code_token(digits[1])] if digits else []))
