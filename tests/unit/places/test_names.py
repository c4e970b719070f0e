"""Names of places and the forms in which they are compared."""

import pytest

from marketplace.places import names


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Đà Lạt", "dalat"),
        ("Đà Lạt", "DA-LAT"),
        ("Đắk Nông", "Dak Nong"),
        ("Đăk R'lấp", "đắk r lấp"),
        ("Hoà Bình", "Hòa Bình"),
        ("Mỹ Thọ", "Mĩ Thọ"),
        ("Quy Nhơn", "qui nhon"),
        ("07", "7"),
    ],
)
def test_place_key_is_one_for_spellings_of_a_name(left, right):
    assert names.place_key(left) == names.place_key(right)


@pytest.mark.parametrize(
    ("left", "right"), [("Tây Sơn", "Tai Son"), ("Phường 7", "Phường 70"), ("Tiền Yên", "Tiền Iên")]
)
def test_place_key_keeps_different_names_apart(left, right):
    assert names.place_key(left) != names.place_key(right)


def test_place_key_forgets_unicode_form():
    assert names.place_key("\u0110a\u0300 La\u0323t") == names.place_key("Đà Lạt")


def test_accent_key_forgets_where_the_tone_mark_stands_and_nothing_else():
    assert names.accent_key("Tân Hoà") == names.accent_key("tân hòa")
    assert names.accent_key("Thuỷ") == names.accent_key("Thủy")
    assert names.accent_key("Tân Hòa") != names.accent_key("Tân Hoa")
    assert names.accent_key("Đắk") != names.accent_key("Đăk")


@pytest.mark.parametrize(
    ("name", "kind", "short"),
    [
        ("Thị trấn Liên Nghĩa", "thị trấn", "Liên Nghĩa"),
        ("Thi trấn Ngan Dừa", "thị trấn", "Ngan Dừa"),
        ("Thị Xã Kỳ Anh", "thị xã", "Kỳ Anh"),
        ("Thành phố Hồ Chí Minh", "thành phố", "Hồ Chí Minh"),
        ("Xã Thành Công", "xã", "Thành Công"),
        ("Đặc khu Phú Quý", "đặc khu", "Phú Quý"),
        ("Xuân Phước", "", "Xuân Phước"),
    ],
)
def test_split_kind(name, kind, short):
    assert names.split_kind(name) == (kind, short)


def test_official_name_mends_case_and_spaces():
    assert names.official_name("thị Xã  Kỳ Anh") == "Thị xã Kỳ Anh"


def test_short_name_leaves_numbers_whole():
    assert names.short_name("Tỉnh Lâm Đồng") == "Lâm Đồng"
    assert names.short_name("Phường 7") == "Phường 7"


def test_abbreviated_name():
    assert names.abbreviated_name("Phường Lâm Viên - Đà Lạt") == "P. Lâm Viên - Đà Lạt"
    assert names.abbreviated_name("Xã Lạc Dương") == "Xã Lạc Dương"


def test_english_name_keeps_marks_unless_told():
    assert names.english_name("Xã Đức Trọng") == "Đức Trọng Commune"
    assert names.english_name("Tỉnh Lâm Đồng", keep_marks=False) == "Lam Dong Province"
    assert names.english_name("Phường 7") == "Ward 7"
