"""Suggestions while a commune's name is typed."""

import pytest
from bs4 import BeautifulSoup

from marketplace.places.suggestions import suggest_communes

pytestmark = pytest.mark.django_db


def shown(province, typed):
    return [
        (suggestion.commune.name, suggestion.former.name if suggestion.former else None)
        for suggestion in suggest_communes(province, typed)
    ]


def test_names_of_today_and_old_names_are_suggested():
    assert shown("68", "phu h") == [("Phường Phú Thuỷ", "Phường Phú Hài"), ("Xã Đức Trọng", "Xã Phú Hội")]


def test_names_of_today_come_first():
    assert shown("68", "lạc dương")[:2] == [
        ("Xã Lạc Dương", None),
        ("Phường Lang Biang - Đà Lạt", "Thị trấn Lạc Dương"),
    ]


@pytest.mark.parametrize("typed", ["phường 7", "p7", "P.7", "7", "phuong 07"])
def test_a_ward_is_found_by_its_number(typed):
    assert shown("68", typed) == [("Phường Lang Biang - Đà Lạt", "Phường 7")]


def test_a_district_may_be_typed_too():
    assert shown("68", "phú hội, đức trọng") == [("Xã Đức Trọng", "Xã Phú Hội")]


def test_a_divided_unit_shows_each_of_its_parts():
    suggestions = suggest_communes("01", "ngọc hà")

    assert [(suggestion.commune.name, suggestion.divided) for suggestion in suggestions] == [
        ("Phường Ngọc Hà", False),
        ("Phường Ba Đình", True),
    ]


def test_other_provinces_are_left_out():
    assert shown("68", "ba đình") == []


@pytest.mark.parametrize("typed", ["", " ", "a", "zzzz", ",,,"])
def test_too_little_or_unknown_gives_nothing(typed):
    assert suggest_communes("68", typed) == []


@pytest.mark.parametrize(
    ("language", "province", "typed", "words"),
    [
        ("vi", "68", "phú hội", "Xã Đức Trọng trước đây là Xã Phú Hội, Huyện Đức Trọng"),
        ("en", "68", "phú hội", "Xã Đức Trọng formerly Xã Phú Hội, Huyện Đức Trọng"),
        ("vi", "01", "ngọc hà", "Phường Ba Đình một phần của Phường Ngọc Hà, Quận Ba Đình cũ"),
        ("en", "01", "ngọc hà", "Phường Ba Đình a part of the former Phường Ngọc Hà, Quận Ba Đình"),
    ],
)
def test_what_an_old_name_is_called_now_is_said(client, language, province, typed, words):
    address = {"vi": "/vi/dia-danh/goi-y/", "en": "/en/places/suggest/"}[language]

    page = client.get(address, {"commune": typed, "province": province}).content

    choices = [label.get_text(" ").split() for label in BeautifulSoup(page, "html.parser").select(".choice")]
    assert words in [" ".join(choice) for choice in choices]


def test_a_value_carries_the_codes_of_the_old_unit():
    assert suggest_communes("68", "phú hội")[0].value == "24958-24982-678"
    assert suggest_communes("68", "xã đức trọng")[0].value == "24958"
