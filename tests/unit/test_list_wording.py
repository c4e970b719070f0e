"""How decision lists write stars, dates, decisions, headers, names and authorities."""

from datetime import date

import pytest

from catalogue.certification.authorities import authority_level
from catalogue.certification.imports import matching
from catalogue.certification.imports.headers import Field, field_of
from catalogue.certification.imports.matching import ProducerIndex, ProducerState, close_names
from catalogue.certification.imports.parsing import (
    DateForm,
    StatedDecision,
    read_date,
    read_decision,
    read_stars,
    read_total,
    stars_within,
)
from catalogue.certification.imports.reader import is_formula
from catalogue.producers.matching import producer_core, producer_key, producer_kind
from catalogue.product_sets import sector_of, set_stated, suggest_set


@pytest.mark.parametrize(
    ("cell", "stars"),
    [
        ("4", (4, False)),
        ("4 sao", (4, False)),
        ("★★★★", (4, False)),
        ("⭐⭐⭐", (3, False)),
        ("***", (3, False)),
        ("Bốn sao", (4, False)),
        ("4.0", (4, False)),
        ("4*", (4, False)),
        ("04 sao", (4, False)),
        ("bốn (04) sao", (4, False)),
        ("ba (04) sao", None),
        ("Hạng 4 sao", (4, False)),
        ("Tiềm năng 5 sao", (5, True)),
        ("5 sao (đề xuất)", (5, True)),
        ("6", None),
        ("★★★★★★", None),
        ("3-4 sao", None),
        ("", None),
        ("đạt", None),
    ],
)
def test_stars(cell: str, stars: tuple[int, bool] | None) -> None:
    assert read_stars(cell) == stars


@pytest.mark.parametrize(
    ("cell", "form", "day"),
    [
        ("05/8/2026", DateForm.DAY_FIRST, date(2026, 8, 5)),
        ("5-8-2026", DateForm.DAY_FIRST, date(2026, 8, 5)),
        ("05.08.2026", DateForm.DAY_FIRST, date(2026, 8, 5)),
        ("ngày 05/8/2026", DateForm.DAY_FIRST, date(2026, 8, 5)),
        ("2026-08-05", DateForm.ISO, date(2026, 8, 5)),
        ("2026/8/5", DateForm.ISO, date(2026, 8, 5)),
        ("ngày 5 tháng 8 năm 2026", DateForm.WORDS, date(2026, 8, 5)),
        ("08/25/2026", DateForm.MONTH_FIRST, date(2026, 8, 25)),
        (date(2026, 8, 5), DateForm.CELL, date(2026, 8, 5)),
        ("2026", DateForm.YEAR_ONLY, None),
        ("31/02/2026", DateForm.UNREADABLE, None),
        ("05/08/26", DateForm.UNREADABLE, None),
        ("46239", DateForm.CELL, date(2026, 8, 5)),  # as a spreadsheet counts days
        ("36239", DateForm.UNREADABLE, None),
        ("chưa có", DateForm.NONE, None),
        ("", DateForm.NONE, None),
    ],
)
def test_dates(cell: str | date, form: DateForm, day: date | None) -> None:
    assert (read_date(cell).form, read_date(cell).day) == (form, day)


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        (
            "(Kèm theo Quyết định số 3981/QĐ-UBND ngày 05/8/2026 của UBND tỉnh Lâm Đồng)",
            StatedDecision("3981/QĐ-UBND", date(2026, 8, 5), "UBND tỉnh Lâm Đồng"),
        ),
        (
            "Quyết định số 12 /QĐ-BNNMT ngày 1 tháng 9 năm 2026",
            StatedDecision("12/QĐ-BNNMT", date(2026, 9, 1), ""),
        ),
        ("3981/QD-UBND", StatedDecision("3981/QĐ-UBND")),
        ("theo 1/QĐ-UBND và 2/QĐ-UBND", StatedDecision()),
        (
            "Căn cứ Quyết định số 26/2026/QĐ-TTg ngày 22/5/2026; Quyết định số 7/QĐ-UBND ngày 01/9/2026",
            StatedDecision("7/QĐ-UBND", date(2026, 9, 1), ""),
        ),
        ("Danh sách sản phẩm", StatedDecision()),
    ],
)
def test_decisions(text: str, stated: StatedDecision) -> None:
    assert read_decision(text) == stated


@pytest.mark.parametrize(
    ("text", "total"),
    [
        ("Tổng cộng: 22 sản phẩm", 22),
        ("Tổng số 22", 22),
        ("I. NHÓM THỰC PHẨM (12 sản phẩm)", 12),
        ("Cộng: 7", 7),
        ("I. NHÓM THỰC PHẨM", None),
        ("Tổng: 10 sản phẩm 4 sao, 12 sản phẩm 3 sao", None),
    ],
)
def test_totals(text: str, total: int | None) -> None:
    assert read_total(text) == total


def test_stars_of_a_group() -> None:
    assert stars_within("B. SẢN PHẨM ĐẠT 4 SAO") == 4
    assert stars_within("Sản phẩm 3 sao và 4 sao") is None


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("STT", Field.NUMBER),
        ("TT", Field.NUMBER),
        ("Tên sản phẩm", Field.PRODUCT),
        ("TÊN SẢN PHẨM OCOP", Field.PRODUCT),
        ("Chủ thể", Field.PRODUCER),
        ("Tên chủ thể/Cơ sở", Field.PRODUCER),
        ("Cơ sở", Field.PRODUCER),
        ("Địa chỉ (thôn, xã)", Field.ADDRESS),
        ("Hạng sao", Field.STARS),
        ("Phân hạng (sao)", Field.STARS),
        ("Xếp hạng sao", Field.STARS),
        ("Nhóm", Field.SECTOR),
        ("Số quyết định", Field.DECISION),
        ("Ngày", Field.DECIDED_ON),
        ("record_id", Field.KEY),
        ("issuing_authority", Field.AUTHORITY),
        ("Ghi chú", None),
    ],
)
def test_headers(header: str, field: Field | None) -> None:
    assert field_of(header, {}) == field


@pytest.mark.parametrize(
    ("authority", "level"),
    [
        ("UBND tỉnh Lâm Đồng", "province"),
        ("Ủy ban nhân dân thành phố Hà Nội", "province"),
        ("UBND huyện Đắk Song", "district"),
        ("UBND thành phố Đà Lạt", "district"),
        ("UBND TP. Bảo Lộc", "district"),
        ("Bộ Nông nghiệp và Môi trường", "ministry"),
        ("Hội đồng OCOP", None),
        # Words that mean something else with other marks.
        ("UBND huyện Bố Trạch", "district"),
        ("UBND huyen Bo Trach", "district"),
        ("Ban Quản lý chương trình OCOP tỉnh Lâm Đồng", "province"),
        ("Ban quan ly chuong trinh OCOP tinh Lam Dong", "province"),
        ("Cơ quan thường trực OCOP tỉnh Lâm Đồng", "province"),
        ("UBND quận Ninh Kiều, TP Cần Thơ", "district"),
        ("UBND quan Ninh Kieu, TP Can Tho", "district"),
        ("Bo Nong nghiep va Moi truong", "ministry"),
        ("Văn phòng Điều phối nông thôn mới Trung ương", "ministry"),
        # Cities under the government by every name, and those that were a district's equals.
        ("UBND TP.HCM", "province"),
        ("UBND TP. HCM", "province"),
        ("TPHCM", "province"),
        ("UBND thành phố Sài Gòn", "province"),
        ("UBND TP Thủ Đức, TP Hồ Chí Minh", "district"),
        ("UBND thành phố Đà Lạt, tỉnh Lâm Đồng", "district"),
        ("UBND tỉnh Lâm Đồng (thành phố Đà Lạt)", "province"),
        ("UBND thành phố Hà Tĩnh", "district"),
        ("UBND tỉnh Thừa Thiên Huế", "province"),
    ],
)
def test_levels_of_authorities(authority: str, level: str | None) -> None:
    assert authority_level(authority) == level


@pytest.mark.parametrize(
    ("on", "level"),
    [(date(2024, 12, 31), "district"), (date(2025, 1, 1), "province"), (None, "province")],
)
def test_hue_was_a_district_s_equal_until_2025(on: date | None, level: str) -> None:
    assert authority_level("UBND thành phố Huế", on=on) == level


@pytest.mark.parametrize(
    "spelling",
    [
        "Hợp tác xã Trà Organic Tây Nguyên",
        "HTX Trà Organic Tây Nguyên",
        "HTX TRÀ ORGANIC - TÂY NGUYÊN",
        "htx. trà organic tây nguyên",
    ],
)
def test_one_name_in_many_spellings(spelling: str) -> None:
    assert producer_key(spelling) == producer_key("HTX Trà Organic Tây Nguyên")
    assert producer_kind(spelling) == "cooperative"


def test_marks_make_names_differ_but_close() -> None:
    assert producer_key("HKD Minh Hòa") != producer_key("HKD Minh Hoa")
    assert producer_key("HKD Minh Hòa") == producer_key("HKD Minh Hoà"), "only the tone stands elsewhere"
    assert producer_core("HKD Minh Hòa") == producer_core("Công ty TNHH Minh Hoa")


@pytest.mark.parametrize(
    ("one", "other", "close"),
    [
        ("traorganictaynguyen", "traorganictaynguyen", True),
        ("traorganictaynguyen", "traorganictaynguyn", True),
        ("traorganictaynguyen", "traorganictaynguyem", True),
        ("traorganictaynguyen", "traorganichanoi", False),
        ("bacruong1", "bacruong2", False),
        ("bana", "baca", False),
    ],
)
def test_close_names(one: str, other: str, close: bool) -> None:
    assert close_names(one, other) is close


def state(pk: int, name: str, commune: str | None = None, province: str | None = None) -> ProducerState:
    return ProducerState(pk, name, producer_key(name), producer_core(name), commune, province)


def test_place_decides_between_equal_names() -> None:
    index = ProducerIndex()
    here, there = state(1, "HTX An Phú", "24781", "68"), state(2, "HTX An Phú", "00004", "01")
    index.add(here)
    index.add(there)

    assert index.find("HTX An Phú", commune="24781", province="68").same is here
    assert index.find("htx an phú", commune=None, province="01").same is there
    assert set(index.find("HTX An Phú", commune=None, province=None).close) == {here, there}
    assert index.find("HTX An Phước", commune="24781", province="68").same is None


def test_names_that_begin_alike_are_compared_within_the_province_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    index = ProducerIndex()
    for number in range(340):
        index.add(state(number, f"HTX Nông nghiệp Phú Hội {number % 9}", province=f"{number % 34:02}"))
    index.add(state(999, "HTX Nông nghiệp Phú Hôi 3"))
    compared: list[str] = []

    def noted(one: str, other: str) -> bool:
        compared.append(one)
        return close_names(one, other)

    monkeypatch.setattr(matching, "close_names", noted)

    found = index.find("HTX Nông nghiệp Phú Hộii 3", commune=None, province="05")

    assert {known.pk for known in found.close} >= {999}
    assert {known.province for known in found.close} == {"05", None}
    assert len(compared) < 40
    assert index.find("HTX Nông nghiệp Phú Hộii 3", commune=None, province=None).close


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("Cà phê Cầu Đất", 13),
        ("Nước mắm Cá Đen", 9),
        ("Trà thảo mộc 7 vị", 12),
        ("Rượu nếp", 14),
        ("Mắc ca sấy", 7),
        ("Mộc Bảo An", None),
    ],
)
def test_sets_are_suggested_by_words(name: str, number: int | None) -> None:
    assert suggest_set(name) == number


def test_a_stated_set_is_a_number_or_an_exact_name() -> None:
    names = {"ca phe ca cao": 13, "ruou trang": 14}

    assert set_stated("13", names | {str(n): n for n in range(1, 14)}) == 13
    assert set_stated("Cà phê, ca cao", names) == 13
    assert set_stated("Cà phê", names) is None


def test_sectors() -> None:
    assert sector_of("I. NHÓM THỰC PHẨM") == "food"
    assert sector_of("Thảo dược") == "herbal"
    assert sector_of("Nhóm khác") is None


@pytest.mark.parametrize(
    ("text", "formula"),
    [
        ("=1+1", True),
        ("=cmd|' /C calc'!A0", True),
        ("+HYPERLINK(\"x\")", True),
        ("@SUM(A1)", True),
        ("-2+3+cmd|' /C calc'!A0", True),
        ("+84 912 345 678", False),
        ("-", False),
        ("- Trà", False),
        ("@htx_dalat", False),
        ("+Sheet1!A1", True),
        ("-2+SUM(A1)", True),
        ("- Sản phẩm nâng hạng (lần 2)", False),
        ("- San pham nang hang (lan 2)", False),
        ("- Ngon lắm!", False),
        ("+84 (0) 912 345 678", False),
    ],
)  # fmt: skip
def test_formulas(text: str, formula: bool) -> None:
    assert is_formula(text) is formula
