"""Prices and stars said in words: what is one, and which words, though they look alike, are none."""

import pytest

from search.phrases import Phrases, price_spans, read_phrases


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # the currency behind the unit
        ("trà dưới 500 nghìn đồng", Phrases("trà", None, 500_000)),
        ("tra duoi 500 nghin dong", Phrases("tra", None, 500_000)),
        ("mật ong dưới 1 triệu đồng", Phrases("mật ong", None, 1_000_000)),
        ("trà dưới 500k vnđ", Phrases("trà", None, 500_000)),
        ("trà dưới 500kđ", Phrases("trà", None, 500_000)),
        ("từ 100 nghìn đồng đến 300 nghìn đồng", Phrases("", 100_000, 300_000)),
        ("dưới 200 000 đồng", Phrases("", None, 200_000)),
        # both ends, and which one a word behind the sum means
        ("trà từ 200k trở lên", Phrases("trà", 200_000, None)),
        ("trà 200k trở lên", Phrases("trà", 200_000, None)),
        ("trà 500k trở xuống", Phrases("trà", None, 500_000)),
        ("từ 500k đổ lại", Phrases("", None, 500_000)),
        ("trà không quá 300 ngàn", Phrases("trà", None, 300_000)),
        ("từ 100k đến 200", Phrases("", 100_000, 200_000)),
        ("từ 100000 đến 300 nghìn", Phrases("", 100_000, 300_000)),
        # a sum alone is about so much
        ("cà phê 200k", Phrases("cà phê", 160_000, 240_000)),
        ("quà 1 triệu", Phrases("quà", 800_000, 1_200_000)),
        ("mật ong giá 300k", Phrases("mật ong", 240_000, 360_000)),
        ("mật ong tầm giá 300k", Phrases("mật ong", 240_000, 360_000)),
        ("mật ong giá khoảng 300k", Phrases("mật ong", 240_000, 360_000)),
        ("cà phê 200k/kg", Phrases("cà phê", 160_000, 240_000)),
        ("yến dưới 3 triệu / 100g", Phrases("yến", None, 3_000_000)),
        ("chả 100k/hộp", Phrases("chả", 80_000, 120_000)),
        ("gạo giá 30.000", Phrases("gạo", 24_000, 36_000)),
        ("tầm giá 200-300k", Phrases("", 200_000, 300_000)),
        # millions with thousands, and in words
        ("dưới 1tr250", Phrases("", None, 1_250_000)),
        ("dưới 1 triệu 250 nghìn đồng", Phrases("", None, 1_250_000)),
        ("dưới 1.250.000đ", Phrases("", None, 1_250_000)),
        ("dưới năm trăm nghìn", Phrases("", None, 500_000)),
        ("dưới nửa triệu", Phrases("", None, 500_000)),
        ("quà tầm một triệu rưỡi", Phrases("quà", 1_200_000, 1_800_000)),
        ("qua tam mot trieu ruoi", Phrases("qua", 1_200_000, 1_800_000)),
        ("duoi hai muoi lam nghin", Phrases("", None, 25_000)),
        ("muối dưới 5 trăm nghìn", Phrases("muối", None, 500_000)),
        ("dưới 10000000", Phrases("", None, 10_000_000)),
    ],
)
def test_prices(text: str, expected: Phrases) -> None:
    assert read_phrases(text) == expected


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        # *đồng*, *triệu* and *ngan* of other names
        ("gốm đông triều dưới 500 nghìn", "gốm đông triều"),
        ("gốm dưới 500k đông triều", "gốm đông triều"),
        ("gom duoi 500k dong trieu", "gom dong trieu"),
        ("trà dưới 500 nghìn đồng tháp", "trà đồng tháp"),
        ("trà dưới 500 nghìn đồng phú thọ", "trà phú thọ"),
        ("duoi 500k dong trung ha thao", "dong trung ha thao"),
        ("tranh dưới 500 nghìn đông hồ", "tranh đông hồ"),
        ("chuối đồng dưới 500k", "chuối đồng"),
        ("chuông đồng dưới 500 nghìn đồng", "chuông đồng"),
        ("trà dưới 500 nghìn sơn la", "trà sơn la"),
        ("thịt ngan dưới 500k", "thịt ngan"),
        # numbers that are names
        ("ba kích dưới 500k", "ba kích"),
        ("ba kich duoi 500k", "ba kich"),
        ("gạo tám dưới 500k", "gạo tám"),
    ],
)
def test_words_beside_a_price_stay(text: str, rest: str) -> None:
    assert read_phrases(text) == Phrases(rest, None, 500_000)


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("bánh chưng 100k", "bánh chưng"),
        ("banh chung 100k", "banh chung"),
        ("gạo tấm 100k", "gạo tấm"),
        ("dâu tằm 100k", "dâu tằm"),
        ("tủ 100k", "tủ"),
        ("hạt tử 100k", "hạt tử"),
        ("hòn non bộ hòn 100k", "hòn non bộ hòn"),
        ("đuôi 100k", "đuôi"),
        ("khoang 100k", ""),
    ],
)
def test_words_with_other_marks_lead_to_no_price(text: str, rest: str) -> None:
    assert read_phrases(text) == Phrases(rest, 80_000, 120_000)


@pytest.mark.parametrize(
    "text",
    [
        "ba kích", "bà triệu", "đường bà triệu", "ba trieu", "năm nghề", "chè shan tuyết trên 1300m", "chè trên 1.300 m",
        "chè cổ thụ trên 1000 năm tuổi", "khăn dài 2m", "tranh mạ vàng 24k", "rượu 40 độ", "dưới 1000 g", "2020-2026",
        "68-24848-1-2026", "omega-3-6-9", "combo 3 hộp", "b12 k2", "ba k'ho", "muối tôm", "tôm tám con", "giá đỗ 5", "giá 12",
    ],
)  # fmt: skip
def test_these_are_no_prices(text: str) -> None:
    assert read_phrases(text) == Phrases(text)


@pytest.mark.parametrize(
    ("text", "rest", "stars"),
    [
        ("trà 3-4 sao", "trà", {3, 4}),
        ("từ 3 đến 5 sao", "", {3, 4, 5}),
        ("tu 3 den 4 sao", "", {3, 4}),
        ("trà 4 hoặc 5 sao", "trà", {4, 5}),
        ("trà 3 sao hoặc 5 sao", "trà", {3, 5}),
        ("3/5 sao", "", {3, 5}),
        ("tea 3 or 4 stars", "tea", {3, 4}),
        ("bốn sao trở xuống", "", {1, 2, 3, 4}),
        ("tối thiểu 4 sao", "", {4, 5}),
        ("ngũ vị tử 4 sao", "ngũ vị tử", {4}),
        ("gạo st25 4 sao", "gạo st25", {4}),
        ("trà từ 4 sao", "trà", {4, 5}),
    ],
)
def test_ranges_of_stars(text: str, rest: str, stars: set[int]) -> None:
    assert read_phrases(text) == Phrases(rest, stars=frozenset(stars))


@pytest.mark.parametrize("text", ["nấm sao", "bà sao", "hoa sao 6", "5 sáo trúc", "9 sao", "3 - 4"])
def test_these_are_no_stars(text: str) -> None:
    assert read_phrases(text) == Phrases(text)


@pytest.mark.parametrize(
    "text",
    ["sắp lên 5 sao", "đang lên 5 sao", "đề nghị 5 sao", "sắp được công nhận 5 sao", "tiem nang 5 sao"],
)
def test_proposed_stars(text: str) -> None:
    assert read_phrases(text) == Phrases("", proposed=5)


def test_where_prices_stand() -> None:
    text = "trà dưới 500k ngon"

    assert [text[start:end] for start, end in price_spans(text)] == ["dưới 500k"]
    assert price_spans("8938505974192") == price_spans("rau má 500g") == []
