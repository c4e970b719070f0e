"""Which code a query names, however people write it."""

import pytest

from search.codes import find_code
from search.facts import code_token
from search.text import normalize


@pytest.mark.parametrize(
    "text",
    [
        "1481/QĐ-UBND",
        "1481/ QĐ - UBND",
        "1481 QĐ UBND",
        "QĐ 1481/UBND",
        "QĐ1481/UBND",
        "qđ số 1481/qđ-ubnd",
        "Quyết định số 1481/QĐ-UBND",
    ],
)
def test_a_decision_is_named_in_many_ways(text: str) -> None:
    code = find_code(normalize(text))

    assert code is not None
    assert code.tokens == (code_token("1481qdubnd"),)
    assert text[code.start : code.end] == text
    assert code.sure


@pytest.mark.parametrize("text", ["cà phê 500g", "trà 4 sao", "dưới 500k", "uỷ ban nhân dân"])
def test_these_are_no_codes(text: str) -> None:
    assert find_code(normalize(text)) is None
