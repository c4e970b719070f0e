"""From a written address to today's commune: the published lists are the oracle."""

import re
import time
import unicodedata

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from marketplace.places import names
from marketplace.places.index import place_index
from marketplace.places.loading import read_rows
from marketplace.places.matches import MatchReason
from marketplace.places.models import Commune, LegacyUnit, Merge
from marketplace.places.resolver import resolve_address

pytestmark = pytest.mark.django_db

#: Rows that say `whole` and yet decide nothing: see `data/README.md`.
UNDECIDABLE_WHOLE_ROWS = {
    "Khu vực bãi bồi ven biển do huyện Kim Sơn quản lý, Huyện Kim Sơn, Tỉnh Ninh Bình",
    "Xã Nga Thanh, Huyện Nga Sơn, Tỉnh Thanh Hóa",
    "Xã Kỳ Lợi, Thị xã Kỳ Anh, Tỉnh Hà Tĩnh",
}
#: From resolution 1671/NQ-UBTVQH15, checked by hand: old commune, old district, old province, today's commune.
LAM_DONG_CHANGES = [
    ("thị trấn Liên Nghĩa", "Đức Trọng", "Lâm Đồng", "Xã Đức Trọng"),
    ("xã Phú Hội", "Đức Trọng", "Lâm Đồng", "Xã Đức Trọng"),
    ("xã Hiệp Thạnh", "Đức Trọng", "Lâm Đồng", "Xã Hiệp Thạnh"),
    ("xã Liên Hiệp", "Đức Trọng", "Lâm Đồng", "Xã Hiệp Thạnh"),
    ("xã Đà Loan", "Đức Trọng", "Lâm Đồng", "Xã Tà Hine"),
    ("xã Bình Thạnh", "Đức Trọng", "Lâm Đồng", "Xã Đinh Văn Lâm Hà"),
    ("xã Thuận Hà", "Đắk Song", "Đắk Nông", "Xã Thuận Hạnh"),
    ("xã Thuận Hạnh", "Đắk Song", "Đắk Nông", "Xã Thuận Hạnh"),
    ("xã Nam Bình", "Đắk Song", "Đắk Nông", "Xã Đức An"),
    ("thị trấn Đức An", "Đắk Song", "Đắk Nông", "Xã Đức An"),
    ("xã Nam Dong", "Cư Jút", "Đắk Nông", "Xã Nam Dong"),
    ("xã Quảng Trực", "Tuy Đức", "Đắk Nông", "Xã Quảng Trực"),
    ("phường Nghĩa Trung", "Gia Nghĩa", "Đắk Nông", "Phường Đông Gia Nghĩa"),
    ("phường Phú Hài", "Phan Thiết", "Bình Thuận", "Phường Phú Thuỷ"),
    ("xã Trà Tân", "Đức Linh", "Bình Thuận", "Xã Trà Tân"),
    ("xã Gia Huynh", "Tánh Linh", "Bình Thuận", "Xã Suối Kiết"),
    ("xã Bắc Ruộng", "Tánh Linh", "Bình Thuận", "Xã Bắc Ruộng"),
    ("xã Gia An", "Tánh Linh", "Bình Thuận", "Xã Tánh Linh"),
]


def name_of(match):
    return match.commune.name if match.commune else None


@pytest.mark.parametrize(("old_commune", "old_district", "old_province", "today"), LAM_DONG_CHANGES)
def test_communes_of_lam_dong_are_found_by_their_old_addresses(
    old_commune, old_district, old_province, today
):
    match = resolve_address(f"{old_commune}, {old_district}, {old_province}")

    assert name_of(match) == today
    assert match.commune.province.name == "Tỉnh Lâm Đồng"


@pytest.mark.parametrize(
    ("text", "today"),
    [
        ("xã Phú Hội, huyện Đức Trọng", "Xã Đức Trọng"),
        ("Phú Hội, Đức Trọng, Lâm Đồng", "Xã Đức Trọng"),
        ("phu hoi duc trong", "Xã Đức Trọng"),
        ("thon 3 phu hoi duc trong lam dong", "Xã Đức Trọng"),
        ("T.T. Liên Nghĩa, H. Đức Trọng, T. Lâm Đồng", "Xã Đức Trọng"),
        ("xã Liên Nghĩa, huyện Đức Trọng", "Xã Đức Trọng"),
        ("Lâm Đồng, Đức Trọng, xã Phú Hội", "Xã Đức Trọng"),
        ("xã Phú Hội, huyện Đức Trọng, Lâm Đồng, gần UBND xã", "Xã Đức Trọng"),
        ("87 Tô Vĩnh Diện, Phường 7, TP. Đà Lạt, Lâm Đồng", "Phường Lang Biang - Đà Lạt"),
        ("P.7, Đà Lạt", "Phường Lang Biang - Đà Lạt"),
        ("P07 Dalat 670000 Việt Nam", "Phường Lang Biang - Đà Lạt"),
        ("Ward 7, Da Lat City, Lam Dong Province, Vietnam", "Phường Lang Biang - Đà Lạt"),
        ("P. Lâm Viên – Đà Lạt", "Phường Lâm Viên - Đà Lạt"),
        ("Phường Lâm Viên, Đà Lạt", "Phường Lâm Viên - Đà Lạt"),
        ("xuan tho da lat", "Phường Xuân Trường - Đà Lạt"),
        ("X. Nam Dong, H. Cư Jút, Dak Nong", "Xã Nam Dong"),
        ("nam dong, cu jut, đắc nông", "Xã Nam Dong"),
        ("xã Mĩ Thọ, huyện Phù Mĩ, tỉnh Bình Định", "Xã Phù Mỹ Đông"),
        ("phường Phú Hội, thành phố Huế, tỉnh Thừa Thiên Huế", "Phường Thuận Hóa"),
        ("12 Lê Lợi, P. Bến Nghé, Q.1, TP.HCM", "Phường Sài Gòn"),
        ("huyện Côn Đảo, Bà Rịa - Vũng Tàu", "Đặc khu Côn Đảo"),
        ("huyện đảo Phú Quý, Bình Thuận", "Đặc khu Phú Quý"),
        ("Thôn 4 - xã Đạ Đờn - huyện Lâm Hà - tỉnh Lâm Đồng", "Xã Phú Sơn Lâm Hà"),
        ("xã lộc tân bảo lâm lâm đồng", "Phường 2 Bảo Lộc"),
        ("P.B'Lao, Bảo Lộc", "Phường B’Lao"),
        ("Mũi Né, Bình Thuận", "Phường Mũi Né"),
        ("Xuan Huong Ward, Da Lat, Lam Dong", "Phường Xuân Hương - Đà Lạt"),
        ("Phường 1, TP Vĩnh Long", "Phường Long Châu"),
        ("Số 08 Nguyễn Trãi, phường Phan Thiết, tỉnh Lâm Đồng", "Phường Phan Thiết"),
        ("Phường Đông Gia Nghĩa, Đắk Nông", "Phường Đông Gia Nghĩa"),
    ],
)
def test_addresses_are_found_however_they_are_written(text, today):
    assert name_of(resolve_address(text)) == today


def test_the_old_unit_and_the_street_are_told():
    match = resolve_address("87 Tô Vĩnh Diện, Phường 7, Đà Lạt, Lâm Đồng")

    assert match.reason == MatchReason.MERGED
    assert match.former_unit.full_name == "Phường 7, Thành phố Đà Lạt, Tỉnh Lâm Đồng"
    assert (match.former_unit.code, match.former_unit.district_code) == ("24769", "672")
    assert match.before == "87 Tô Vĩnh Diện"


@pytest.mark.parametrize(
    ("text", "reason", "candidates"),
    [
        ("Phường Ngọc Hà, Quận Ba Đình, Hà Nội", MatchReason.DIVIDED, {"Phường Ba Đình", "Phường Ngọc Hà"}),
        ("Phường Ngọc Hà, Hà Nội", MatchReason.DIVIDED, {"Phường Ba Đình", "Phường Ngọc Hà"}),
        ("xã Tân Thành, Lâm Đồng", MatchReason.AMBIGUOUS, {"Xã Tân Thành", "Xã Krông Nô", "Xã Tân Hội"}),
        (
            "Phường 1, Vĩnh Long",
            MatchReason.AMBIGUOUS,
            {"Phường Long Châu", "Phường Trà Vinh", "Phường Duyên Hải"},
        ),
        ("xã Đạ Kho, huyện Đạ Tẻh, Lâm Đồng", MatchReason.UNCERTAIN, {"Xã Đạ Tẻh 2"}),
    ],
)
def test_what_is_not_certain_gives_candidates(text, reason, candidates):
    match = resolve_address(text)

    assert match.commune is None
    assert match.reason == reason
    assert {candidate.commune.name for candidate in match.candidates} == candidates


def test_a_former_city_alone_gives_its_wards():
    match = resolve_address("TP. Đà Lạt")

    assert match.reason == MatchReason.DISTRICT_ONLY
    assert len(match.candidates) == 5
    assert all(candidate.commune.name.endswith("- Đà Lạt") for candidate in match.candidates)


@pytest.mark.parametrize(
    "text",
    [
        "12 Nguyễn Du, Hai Bà Trưng, Hà Nội",  # a street that has a ward's name
        "xã Phú Hộii, Đức Trọng, Lâm Đồng",  # a slip of the pen before the name of a district that is a commune too
        "Đức Trọng, Lâm Đồng",  # today's commune, or the former district
        "Thôn Xuân Trường, khu vực Cầu Đất, Đà Lạt, Lâm Đồng",  # a hamlet that has a ward's name
        "Phường 7, Quận 3, TP HCM",  # a ward that was gone before 2025
        "Phú Hội",
    ],
)
def test_what_could_be_misread_is_not_taken_for_certain(text):
    match = resolve_address(text)

    assert match.commune is None
    assert match.candidates


def test_a_street_that_may_be_a_ward_stays_before_the_place():
    assert resolve_address("54 Hàng Bài, Hoàn Kiếm, Hà Nội").before == "54 Hàng Bài"


@pytest.mark.parametrize(
    ("text", "before"),
    [
        ("12 Hùng Vương, Đà Lạt, Lâm Đồng", "12 Hùng Vương"),  # there is a Xã Lát
        ("12 Hùng Vương Đà Lạt Lâm Đồng", "12 Hùng Vương"),
        ("Đà Lạt, Lâm Đồng", ""),
        ("tỉnh Lâm Đồng", ""),
        ("12 Hùng Vương, tỉnh Lâm Đồng", "12 Hùng Vương"),
        ("gần chợ", "gần chợ"),
        ("54 Hàng Bài Hoàn Kiếm Hà Nội", "54 Hàng Bài"),
    ],
)
def test_no_part_of_the_place_s_name_is_told_as_a_street(text, before):
    assert resolve_address(text).before == before


@pytest.mark.parametrize(
    ("text", "candidate"),
    [
        ("xã Phú Hồi, huyện Đức Trọng", "Xã Đức Trọng"),
        ("xã Phú Hội, huyện Đực Trọng", "Xã Đức Trọng"),
        ("xã Đải Láo, Bảo Lộc", "Phường 3 Bảo Lộc"),
        ("huyện Côn Đáo, Bà Rịa - Vũng Tàu", "Đặc khu Côn Đảo"),
    ],
)
def test_other_accents_than_the_name_s_are_asked_about(text, candidate):
    match = resolve_address(text)

    assert match.commune is None
    assert candidate in {found.commune.name for found in match.candidates}


@pytest.mark.parametrize(
    ("text", "today"),
    [
        ("xã Phu Hội, huyện Đức Trong", "Xã Đức Trọng"),
        ("xã Thuận Hà, Đăk Song, Đăk Nông", "Xã Thuận Hạnh"),
    ],
)
def test_a_forgotten_mark_is_no_other_name(text, today):
    assert name_of(resolve_address(text)) == today


@pytest.mark.parametrize("text", ["", " ,,, ", "670000", "asdf qwer", "tỉnh Lâm Đồng", "🙂" * 500])
def test_what_names_no_commune_is_not_found(text):
    match = resolve_address(text)

    assert match.reason == MatchReason.NOT_FOUND
    assert match.candidates == ()


def test_a_province_alone_is_told():
    assert resolve_address("tỉnh Lâm Đồng").province.code == "68"


def test_a_doubtful_reading_tells_no_province():
    """`Đắk Nông` was a province, part of Lâm Đồng now, and a commune of Kon Tum, part of Quảng Ngãi now."""
    match = resolve_address("Đắk Nông")

    assert match.commune is None
    assert match.province is None


def test_a_known_province_decides_between_names():
    assert name_of(resolve_address("Phú Hội", province="68")) == "Xã Đức Trọng"
    assert name_of(resolve_address("Phu Hoi", province="75")) == "Xã Nhơn Trạch"


def test_a_name_of_another_province_says_so():
    match = resolve_address("Ngọc Hà", province="68")

    assert match.reason == MatchReason.OTHER_PROVINCE
    assert match.commune is None
    assert "01" in {candidate.commune.province_id for candidate in match.candidates}


def test_every_whole_unit_is_found_by_its_full_old_name():
    wrong = {
        unit.full_name
        for unit in LegacyUnit.objects.filter(merge=Merge.WHOLE)
        if (match := resolve_address(unit.full_name)).commune is None or match.commune.code != unit.commune_id
    }

    assert wrong == UNDECIDABLE_WHOLE_ROWS


def test_no_divided_unit_resolves_to_one_commune():
    silently = [
        text
        for unit in LegacyUnit.objects.filter(merge=Merge.PARTIAL)
        for text in (
            unit.full_name,
            f"{unit.old_commune}, {unit.old_district}",
            f"{unit.old_commune}, {unit.old_province}",
            names.strip_marks(unit.full_name),
        )
        if resolve_address(text).commune is not None
    ]

    assert silently == []


def test_every_commune_of_today_is_found_or_offered_by_its_own_name():
    missed = []
    for commune in Commune.objects.select_related("province"):
        match = resolve_address(commune.full_name)
        offered = {match.commune} if match.commune else {candidate.commune for candidate in match.candidates}
        if commune not in offered or (match.commune and match.commune != commune):
            missed.append(commune.full_name)

    assert missed == []


def test_addresses_of_the_certified_producers_resolve():
    unresolved = [
        text
        for text in (
            "Thôn Kinh tế mới, xã Ninh Gia, tỉnh Lâm Đồng",
            "Thôn 10, xã Trường Xuân, tỉnh Lâm Đồng",
            "Tổ dân phố 2, xã Đức An, tỉnh Lâm Đồng",
            "37 Nguyễn Văn Trỗi, phường Đông Gia Nghĩa, tỉnh Lâm Đồng",
            "Lô 47-48 Khu chế biến nước mắm, phường Phú Thủy, tỉnh Lâm Đồng",
        )
        if not resolve_address(text).is_resolved
    ]

    assert unresolved == []


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=120))
def test_any_text_gets_an_answer(text):
    match = resolve_address(text)

    assert match.is_resolved == (match.commune is not None)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_spelling_does_not_change_the_answer(data):
    units = [unit for units in place_index().former_units.values() for unit in units if not unit.divided]
    unit = data.draw(st.sampled_from(units))
    spelling = data.draw(st.sampled_from([str.lower, str.upper, lambda text: text.replace(", ", " , ")]))

    plain, spelled = resolve_address(unit.full_name), resolve_address(spelling(unit.full_name))

    assert (plain.commune, plain.reason) == (spelled.commune, spelled.reason)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_another_tone_is_never_taken_for_the_name(data):
    units = [unit for units in place_index().former_units.values() for unit in units if not unit.divided]
    unit = data.draw(st.sampled_from(units))
    kind, short = names.split_kind(unit.name)
    syllables = unicodedata.normalize("NFD", short).split()
    place = data.draw(st.integers(0, len(syllables) - 1))
    toned = [mark for mark in syllables[place] if mark in names.TONE_MARKS]
    assume(toned)
    other = data.draw(st.sampled_from(sorted(set(names.TONE_MARKS) - set(toned))))
    # A tone stands behind the mark of its vowel (ậ), in whatever order they are taken apart.
    syllables[place] = re.sub(f"{toned[0]}([\u0302\u0306]?)", rf"\1{other}", syllables[place])
    slip = unicodedata.normalize("NFC", " ".join(syllables))

    match = resolve_address(f"{kind} {slip}, {unit.district}, {unit.province}")

    if match.commune:
        told = {known.accents for known in match.former} | {
            names.accent_key(names.short_name(match.commune.name))
        }
        assert names.accent_key(slip) in told


def test_a_thousand_addresses_take_less_than_a_second():
    addresses = [unit["old_commune"] + ", " + unit["old_district"] for unit in read_rows("legacy_units.csv")][
        :1000
    ]
    place_index()

    start = time.process_time()
    for text in addresses:
        resolve_address(text)

    assert time.process_time() - start < 1


def test_reading_an_address_asks_the_database_nothing(django_assert_num_queries):
    place_index()

    with django_assert_num_queries(0):
        resolve_address("87 Tô Vĩnh Diện, Phường 7, Đà Lạt").commune.province.name  # noqa: B018
