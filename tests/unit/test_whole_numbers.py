"""Whole numbers as people here write them: a dot stands between thousands."""

import pytest
from django.core.exceptions import ValidationError

from marketplace.dashboard.goods_forms import PackForm
from marketplace.dashboard.numbers import grouped, read_whole_number


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("0", 0),
        ("85000", 85_000),
        ("85.000", 85_000),
        ("85,000", 85_000),
        ("85 000", 85_000),
        ("85\u00a0000", 85_000),
        (" 85.000 đ ", 85_000),
        ("85.000\u00a0₫", 85_000),
        ("85.000 đồng", 85_000),
        ("85000 VND", 85_000),
        ("1.000", 1_000),
        ("1.250.000", 1_250_000),
    ],
)
def test_dots_stand_between_thousands(typed: str, number: int) -> None:
    assert read_whole_number(typed) == number


@pytest.mark.parametrize(
    "typed",
    [
        "85.5",
        "85,50",
        "1.00",
        "0.500",
        "1.0000",
        "1.000,000",
        "12.34.567",
        "85k",
        "tám mươi",
        "-5",
        "+5",
        "đ",
        "1e3",
        "٥٠٠",
    ],
)
def test_what_could_mean_two_things_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError, match=r"85\.000"):
        read_whole_number(typed)


def test_numbers_are_shown_in_groups() -> None:
    assert [grouped(number) for number in (0, 999, 1_000, 1_250_000)] == ["0", "999", "1.000", "1.250.000"]


def test_the_form_of_a_pack_reads_and_shows_them() -> None:
    typed = PackForm({"price": "85.000", "stock": "1.000"})
    known = PackForm(initial={"price": 85_000, "stock": 1_000})

    assert typed.is_valid()
    assert (typed.cleaned_data["price"], typed.counted_stock) == (85_000, 1_000)
    assert typed["price"].value() == "85.000"
    assert (known["price"].value(), known["stock"].value()) == ("85.000", "1.000")
    assert 'inputmode="numeric"' in str(known["stock"])
