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
        "1481/qđ-ubnd",
        "1481/QĐUBND",
        "1481-QĐ/UBND",
        "1481/2025/QĐ-UBND",
        "1481/QĐ-UBND ngày 31/10/2025",
        "1481/QĐ-UBND (31/10/2025)",
        "1481/qđ-ubnd năm 2025",
        "1481/qđ.ubnd",
        "QĐ-UBND số 1481",
        "quyết định 1481/qd-ubnd, ngày 31 tháng 10 năm 2025",
        "decision 1481/QD-UBND dated 31.10.2025",
    ],
)
def test_a_decision_is_named_in_many_ways(text: str) -> None:
    code = find_code(normalize(text))

    assert code is not None
    assert code.tokens == (code_token("1481qdubnd"),)
    assert text[code.start : code.end] == text
    assert code.sure


@pytest.mark.parametrize(
    ("text", "token", "sure"),
    [
        ("321/QĐ-BNN-VPĐP", "321qdbnnvpdp", True),
        ("321 qđ bnn vpđp", "321qdbnnvpdp", True),
        ("321/qd-bnn-vpdp ngày 19/12/2024", "321qdbnnvpdp", True),
        ("quyết định 1481 ngày 31/10/2025", "1481", True),
        ("1481/qđ", "1481", True),
        ("qđ-1481", "1481", True),
        ("1481qđ", "1481", True),
        ("8938505974192", "8938505974192", True),
        ("mã vạch 8938505974192", "8938505974192", True),
        ("OCOP-2026-3981-001", "ocop20263981001", False),
        ("12/GCN-UBND", "12gcnubnd", True),
        ("12 gcn ubnd", "12gcnubnd", True),
        ("giấy chứng nhận số 12-GCN-UBND", "12gcnubnd", True),
        ("mã a1234", "a1234", False),
        ("ma a1234", "a1234", False),
        ("4027", "4027", False),
    ],
)
def test_other_codes(text: str, token: str, sure: bool) -> None:
    code = find_code(normalize(text))

    assert code is not None
    assert (code.tokens, code.sure) == ((code_token(token),), sure)


def test_a_decision_of_a_ministry_is_found_without_its_office() -> None:
    code = find_code(normalize("321/qđ-bnn"))

    assert code is not None
    assert set(code.tokens) == {code_token("321qdbnn"), code_token("321qdbnnvpdp")}


@pytest.mark.parametrize(
    "text",
    [
        "cà phê 500g", "trà 4 sao", "dưới 500k", "uỷ ban nhân dân", "rau má 500g", "bột rau má 100g", "rau ma 500g",
        "rau má st25", "cà phê 3-in-1", "omega-3-6-9", "ca-phe-500g", "trà-xanh-2", "dưới 10000000", "mã 500g", "sò 123",
    ],
)  # fmt: skip
def test_these_are_no_codes(text: str) -> None:
    assert find_code(normalize(text)) is None
