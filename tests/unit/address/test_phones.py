"""Phone numbers as people write them."""

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from marketplace.address.phones import format_phone, parse_phone


@pytest.mark.parametrize(
    "text",
    [
        "0912345678",
        "0912 345 678",
        "0912.345.678",
        "0912-345-678",
        "(0912) 345 678",
        "+84912345678",
        "+84 912 345 678",
        "+84 (0)912 345 678",
        "0084 912 345 678",
        "84912345678",
        "  0912345678  ",
        "\uff10\uff19\uff11\uff12 345 678",
    ],
)
def test_spellings_of_one_mobile_number_are_one(text):
    assert parse_phone(text) == "+84912345678"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0263 3822 311", "+842633822311"),  # Lâm Đồng
        ("(024) 3825 3826", "+842438253826"),  # Hà Nội
        ("0252.3823.456", "+842523823456"),  # Bình Thuận
    ],
)
def test_landlines_are_numbers_too(text, number):
    assert parse_phone(text) == number


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "phone_not_digits"),
        ("gọi sau", "phone_not_digits"),
        ("0912 345 67a", "phone_not_digits"),
        ("0912345", "phone_not_valid"),
        ("0912 345 678 999", "phone_not_valid"),
        ("0000000000", "phone_not_valid"),
        ("1800 1234 5678 9012 3456 7890 1234 5678 9012", "phone_not_digits"),
        ("+1 415 555 2671", "phone_not_vietnamese"),
        ("0168 234 5678", "phone_before_2018"),
        ("1900 1234", "phone_of_a_service"),
        ("1800 1234", "phone_of_a_service"),
        ("+84 1900 1234", "phone_of_a_service"),
        ("0912345678;0987654321", "phone_more_than_one"),
        ("0912 345 678; 0987 654 321", "phone_more_than_one"),
        ("0912345678/0987654321", "phone_more_than_one"),
        ("0912 345 678 - 0987 654 321", "phone_more_than_one"),
        ("02633 822 123, 0912 345 678", "phone_more_than_one"),
    ],
)
def test_what_is_wrong_is_said(text, code):
    with pytest.raises(ValidationError) as error:
        parse_phone(text)

    assert error.value.code == code


def test_a_number_of_before_2018_is_answered_with_the_one_of_today():
    with pytest.raises(ValidationError, match="0382 345 678"):
        parse_phone("0168 234 5678")


def test_numbers_are_shown_as_people_write_them():
    assert format_phone("+84912345678") == "0912 345 678"
    assert format_phone("no number") == "no number"


@given(st.integers(min_value=900_000_000, max_value=999_999_999))
def test_a_shown_number_is_read_back(national):
    try:
        number = parse_phone(f"0{national}")
    except ValidationError:
        return
    assert parse_phone(format_phone(number)) == number
