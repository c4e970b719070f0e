"""A province's list becomes producers, goods and certificates: what each row ends as."""

import json
import unicodedata
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone, translation

from catalogue.certification.imports import run as import_run
from catalogue.certification.imports.errors import FileRefused, ImportBusy
from catalogue.certification.imports.headers import Field
from catalogue.certification.imports.models import DecisionImport, ImportRow, Outcome, Question
from catalogue.certification.imports.rows import Defaults
from catalogue.certification.imports.services import (
    column_map,
    decisions_import,
    defaults_of,
    import_confirm,
    import_run_queued,
    import_upload,
    rows_answer,
    stored_file,
)
from catalogue.certification.imports.suggestions import commune_confirm
from catalogue.certification.models import Certificate, CertificateEvent, Decision
from catalogue.certification.rules import shown_q
from catalogue.certification.services import proposal_close
from catalogue.models import Product, ProductChange
from catalogue.particulars import seller_particulars
from catalogue.producers.models import Partner
from marketplace.accounts.models import StaffRole, User
from marketplace.clock import today
from marketplace.places.models import Commune
from tests.factories.lists import HEADER, counts, csv_file, imported, row, workbook, xlsx_file

pytestmark = pytest.mark.django_db
LAM_DONG = Path(__file__).parents[2] / "marketplace" / "demo" / "data" / "ocop_lam_dong.csv"


def everything() -> tuple[int, ...]:
    return tuple(
        model.objects.count()
        for model in (Partner, Product, Certificate, Decision, CertificateEvent, ImportRow, ProductChange)
    )


def held() -> ImportRow:
    return ImportRow.objects.get(outcome=Outcome.HELD)


# --- The real list
def test_lam_dong_imports_and_again_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("import_decisions", str(LAM_DONG), json=True)
    first = json.loads(capsys.readouterr().out.splitlines()[-1])
    before = everything()
    call_command("import_decisions", str(LAM_DONG), json=True)
    second = json.loads(capsys.readouterr().out.splitlines()[-1])

    assert first == {"rows": 60, "created": 60, "updated": 0, "unchanged": 0, "held": 0, "rejected": 0, "unverified": 36}  # fmt: skip
    assert second == {"rows": 60, "created": 0, "updated": 0, "unchanged": 60, "held": 0, "rejected": 0, "unverified": 36}  # fmt: skip
    assert everything() == before
    assert Product.objects.filter(shown_q(today())).count() == 24
    assert ImportRow.objects.filter(source="ocop_lam_dong", key="OCOP-2025-DT-008").exists()


def test_lam_dong_marks_three_spirits_and_no_golden_coffee() -> None:
    call_command("import_decisions", str(LAM_DONG), verbosity=0)

    suspected = Product.objects.filter(alcohol=Product.Alcohol.SUSPECTED).values_list("title", flat=True)

    assert set(suspected) == {
        "Rượu gạo sương mù đông trùng hạ thảo",
        "Rượu đông trùng hạ thảo",
        "Rượu Tryvat 49",
    }


def test_a_dry_run_says_the_same_and_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    before = everything()

    call_command("import_decisions", str(LAM_DONG), json=True, dry_run=True)

    assert json.loads(capsys.readouterr().out.splitlines()[-1])["created"] == 60
    assert everything() == before
    assert not DecisionImport.objects.exists()


# --- What a row brings
def test_a_row_brings_producer_good_and_a_verified_certificate() -> None:
    report = imported(csv_file([HEADER, row()]))

    good = Product.objects.get(structure=Product.PARENT)
    certificate = good.certificates.get()
    assert counts(report) == {"rows": 1, "created": 1}
    assert (good.title, good.producer.name, good.producer.kind) == (
        "Cà phê số 1",
        "HTX Cà phê Lạc Dương",
        Partner.Kind.COOPERATIVE,
    )
    assert good.commune.name == "Xã Lạc Dương"
    assert (certificate.stars, certificate.valid_from, certificate.in_force_until) == (
        4,
        date(2026, 8, 5),
        date(2029, 8, 5),
    )
    assert [event.action for event in certificate.events.all()] == ["awarded", "verified"]
    assert ProductChange.objects.filter(pk=good.pk).exists()


@pytest.mark.parametrize(
    ("listed", "address"),
    [
        ("tỉnh Lâm Đồng", "Phường Xuân Hương - Đà Lạt, Tỉnh Lâm Đồng"),
        ("12 Hùng Vương, Đà Lạt, Lâm Đồng", "12 Hùng Vương, Phường Xuân Hương - Đà Lạt, Tỉnh Lâm Đồng"),
    ],
)
def test_a_ward_that_a_person_confirms_makes_the_seller_s_address_whole(listed: str, address: str) -> None:
    imported(csv_file([HEADER, row(address=listed)]))
    ward = Commune.objects.get(name="Phường Xuân Hương - Đà Lạt")

    producer = commune_confirm(producer=Partner.objects.get(), commune=ward)

    with translation.override("vi"):
        said = {str(one.label): one.value for one in seller_particulars(producer)}
    assert said["Địa chỉ"] == address


def test_the_set_is_suggested_and_waits() -> None:
    imported(csv_file([HEADER, row()]))

    good = Product.objects.get(structure=Product.PARENT)
    assert (good.product_set_id, good.suggested_set_id) == (None, 13)


@pytest.mark.parametrize(
    "missing", [{"decision": ""}, {"date": ""}, {"authority": "", "stars": "3 sao", "date": "05/06/2025"}]
)
def test_without_decision_or_date_the_certificate_is_unverified(missing: dict[str, str]) -> None:
    report = imported(csv_file([HEADER, row(**missing)]))

    assert counts(report) == {"rows": 1, "created": 1, "unverified": 1}
    assert not Product.objects.filter(shown_q(today())).exists()


def test_the_options_hold_for_rows_that_name_no_decision() -> None:
    lines = [HEADER[:5], row()[:5]]

    report = imported(
        csv_file(lines),
        decision_number="12/QĐ-UBND",
        decided_on=date(2026, 1, 9),
        authority="UBND tỉnh Lâm Đồng",
    )

    assert counts(report) == {"rows": 1, "created": 1}
    assert Decision.objects.get().number == "12/QĐ-UBND"


def test_date_and_authority_by_option_complete_rows_that_name_only_the_number() -> None:
    lines = [HEADER[:6], row()[:6]]

    report = imported(csv_file(lines), decided_on=date(2026, 8, 5), authority="UBND tỉnh Lâm Đồng")

    assert counts(report) == {"rows": 1, "created": 1}
    decision = Decision.objects.get()
    assert (decision.number, decision.decided_on, decision.authority) == (
        "3981/QĐ-UBND",
        date(2026, 8, 5),
        "UBND tỉnh Lâm Đồng",
    )


@pytest.mark.parametrize(
    ("number", "stars", "day", "authority", "level"),
    [
        ("3981/QĐ-UBND", "4 sao", "05/08/2026", "UBND tỉnh Lâm Đồng", "province"),
        # While districts awarded 3 stars, 4 were the province's all the same.
        ("858/QĐ-UBND", "4 sao", "19/06/2025", "UBND tỉnh Lâm Đồng", "province"),
        ("1200/QĐ-BNNMT", "5 sao", "05/08/2026", "Bộ Nông nghiệp và Môi trường", "ministry"),
    ],
)
def test_an_authority_that_only_one_can_be_needs_no_column(
    number: str, stars: str, day: str, authority: str, level: str
) -> None:
    report = imported(csv_file([HEADER[:7], row(stars=stars, date=day, decision=number)[:7]]))

    assert counts(report) == {"rows": 1, "created": 1}
    decision = Decision.objects.get()
    assert (decision.authority, decision.level) == (authority, level)


def test_an_authority_that_could_be_a_district_is_not_guessed() -> None:
    report = imported(csv_file([HEADER[:7], row(stars="3 sao", date="05/06/2025")[:7]]))

    assert counts(report) == {"rows": 1, "created": 1, "unverified": 1}
    assert not Decision.objects.exists()


def test_options_of_one_decision_do_not_complete_rows_of_another() -> None:
    report = imported(
        csv_file([HEADER, row(decision="7/QĐ-UBND", date="", authority="")]),
        decision_number="12/QĐ-UBND",
        decided_on=date(2026, 1, 9),
        authority="UBND tỉnh Lâm Đồng",
    )

    assert counts(report) == {"rows": 1, "created": 1, "unverified": 1}


def test_fewer_than_three_stars_stay_on_record() -> None:
    report = imported(csv_file([HEADER, row(stars="2 sao")]))

    assert counts(report) == {"rows": 1, "created": 1}
    record = Certificate.objects.get()
    assert (record.stars, record.state, record.verified_at) == (2, Certificate.State.PROPOSED, None)
    assert counts(imported(csv_file([HEADER, row(stars="2 sao")]))) == {"rows": 1, "unchanged": 1}
    assert not Product.objects.filter(shown_q(today())).exists()


@pytest.mark.parametrize("stars", ["4", "4 sao", "★★★★", "Bốn sao", "OCOP 4 sao", "4.0", " 4  SAO "])
def test_stars_in_every_spelling(stars: str) -> None:
    imported(csv_file([HEADER, row(stars=stars)]))

    assert Certificate.objects.get().stars == 4


def test_a_proposal_is_recorded_as_one() -> None:
    imported(csv_file([HEADER, row(stars="Tiềm năng 5 sao")]))

    certificate = Certificate.objects.get()
    assert (certificate.stars, certificate.state, certificate.verified_at) == (5, "proposed", None)


def test_extra_columns_are_kept() -> None:
    imported(csv_file([[*HEADER, "Ghi chú thêm"], [*row(), "bán ở chợ"]]))

    assert ImportRow.objects.get().raw["Ghi chú thêm"] == "bán ở chợ"


def test_columns_with_one_name_are_kept_apart() -> None:
    header = [*HEADER, "Ghi chú", "Ghi chú", "address", ""]

    imported(csv_file([header, [*row(), "bán ở chợ", "có tem", "kho Đà Lạt", "thêm"]]))

    raw = ImportRow.objects.get().raw
    assert (raw["Ghi chú"], raw["Ghi chú (2)"]) == ("bán ở chợ", "có tem")
    assert (raw["address"], raw["address (2)"]) == ("Thôn 2, xã Lạc Dương, tỉnh Lâm Đồng", "kho Đà Lạt")
    assert raw["#12"] == "thêm"


@pytest.mark.parametrize(
    ("product", "sector"), [("Cà phê Cầu Đất", None), ("Nước ép dâu", "drink"), ("Mộc Bảo An", "drink")]
)
def test_a_sector_that_the_suggested_set_contradicts_is_left_open(product: str, sector: str | None) -> None:
    imported(csv_file([[*HEADER, "Nhóm"], [*row(product=product), "Đồ uống"]]))

    assert Product.objects.get(structure=Product.PARENT).sector_id == sector


def test_a_stated_set_brings_its_own_sector() -> None:
    imported(csv_file([[*HEADER, "Nhóm", "Bộ"], [*row(), "Đồ uống", "13"]]))

    good = Product.objects.get(structure=Product.PARENT)
    assert (good.product_set_id, good.sector_id) == (13, "food")


def test_a_ward_that_cannot_be_told_waits_with_its_candidates() -> None:
    imported(csv_file([HEADER, row(address="TP. Đà Lạt, tỉnh Lâm Đồng")]))

    producer = Partner.objects.get()
    assert producer.commune is None
    assert len(producer.commune_candidates) >= 2


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"product": ""}, "product"),
        ({"producer": ""}, "producer"),
        ({"stars": "sáu sao"}, "stars"),
        ({"stars": "7"}, "stars"),
        ({"date": "05/08/2031"}, "future"),
    ],
)
def test_a_row_is_rejected_with_its_reason(change: dict[str, str], words: str) -> None:

    with translation.override("en"):
        report = imported(csv_file([HEADER, row(1, **change), row(2)]))

    assert counts(report) == {"rows": 2, "created": 1, "rejected": 1}
    assert words in ImportRow.objects.get(outcome=Outcome.REJECTED).reason


@pytest.mark.parametrize(
    ("strength", "ends_as"),
    [
        (None, (None, 14, "suspected", None)),
        ("mạnh", (None, 14, "suspected", None)),
        ("29,5% vol", (14, None, "alcohol", Decimal("29.5"))),
        ("40 độ", (14, None, "alcohol", Decimal("40.0"))),
    ],
)
def test_alcohol_that_a_list_states_needs_its_strength(strength: str | None, ends_as: tuple) -> None:
    header = [*HEADER, "Bộ sản phẩm", *([] if strength is None else ["Nồng độ cồn (% vol)"])]
    line = [*row(1, product="Sương mai"), "14", *([] if strength is None else [strength])]

    imported(csv_file([header, line]))

    good = Product.objects.get(structure=Product.PARENT)
    assert (good.product_set_id, good.suggested_set_id, good.alcohol, good.alcohol_strength) == ends_as
    assert counts(imported(csv_file([header, line]), source="khac"))["unchanged"] == 1


def test_a_known_good_that_a_later_list_takes_for_alcohol_waits_for_a_person() -> None:
    imported(csv_file([HEADER, row(1, product="Sương mai")]))
    assert Product.objects.filter(shown_q(today())).exists()

    report = imported(csv_file([[*HEADER, "Bộ"], [*row(1, product="Sương mai"), "15"]]), source="khac")

    assert counts(report) == {"rows": 1, "updated": 1}
    good = Product.objects.get(structure=Product.PARENT)
    assert (good.product_set_id, good.suggested_set_id, good.alcohol) == (None, 15, "suspected")
    assert not Product.objects.filter(shown_q(today())).exists()


def test_a_known_good_without_set_becomes_alcohol_with_its_strength() -> None:
    imported(csv_file([HEADER, row(1, product="Sương mai")]))
    header, line = [*HEADER, "Bộ", "Độ cồn"], [*row(1, product="Sương mai"), "15", "12"]

    report = imported(csv_file([header, line]), source="khac")

    assert counts(report) == {"rows": 1, "updated": 1}
    good = Product.objects.get(structure=Product.PARENT)
    assert (good.product_set_id, good.alcohol, good.alcohol_strength) == (15, "alcohol", Decimal(12))


# --- The forms of files
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_encodings_and_separators(encoding: str, delimiter: str) -> None:
    report = imported(csv_file([HEADER, row()], encoding=encoding, delimiter=delimiter))

    assert counts(report) == {"rows": 1, "created": 1}


def test_decomposed_text_is_the_same_text() -> None:
    imported(csv_file([HEADER, row()]))
    decomposed = [[unicodedata.normalize("NFD", str(cell)) for cell in line] for line in (HEADER, row())]

    report = imported(csv_file(decomposed))

    assert counts(report) == {"rows": 1, "unchanged": 1}


TITLED = [
    ["ỦY BAN NHÂN DÂN TỈNH LÂM ĐỒNG"],
    ["DANH SÁCH SẢN PHẨM ĐƯỢC CÔNG NHẬN"],
    ["(Kèm theo Quyết định số 3981/QĐ-UBND ngày 05/8/2026 của UBND tỉnh Lâm Đồng)"],
    [],
    ["TT", "Tên sản phẩm", "Chủ thể/Cơ sở", "Địa chỉ", "Hạng sao"],
    ["I", "NHÓM THỰC PHẨM (2 sản phẩm)"],
    [1, "Mật ong rừng", "HTX Ong Việt", "xã Lạc Dương, tỉnh Lâm Đồng", "3 sao"],
    [2, "Mắc ca sấy", "HTX Mắc ca", "xã Lạc Dương, tỉnh Lâm Đồng", "3 sao"],
    ["II. NHÓM ĐỒ UỐNG"],
    [3, "Nước ép phúc bồn tử", "HTX Phúc bồn tử", "xã Lạc Dương, tỉnh Lâm Đồng", "★★★"],
    ["Tổng cộng: 3 sản phẩm"],
]


@pytest.mark.parametrize("file", [csv_file(TITLED), xlsx_file(TITLED)], ids=["csv", "xlsx"])
def test_titles_groups_and_totals_as_provinces_publish_them(file) -> None:
    report = imported(file)

    assert counts(report) == {"rows": 3, "created": 3}
    assert report.contradictions == []
    assert Decision.objects.get().authority == "UBND tỉnh Lâm Đồng"
    sectors = dict(Product.objects.filter(structure=Product.PARENT).values_list("title", "sector_id"))
    assert sectors == {"Mật ong rừng": "food", "Mắc ca sấy": "food", "Nước ép phúc bồn tử": "drink"}


def test_totals_that_contradict_the_rows_are_reported() -> None:
    lines = [*TITLED[:-1], ["Tổng cộng: 5 sản phẩm"]]

    report = imported(csv_file(lines))

    assert counts(report)["created"] == 3
    assert len(report.contradictions) == 1
    assert "5" in report.contradictions[0]


@pytest.mark.parametrize(
    "numbers",
    [
        ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)", "(7)", "(8)"],
        [1, 2, 3, 4, 5, 6, 7, 8],
        ["A", "B", "1", "2", "3", "4", "5", "6"],
    ],
    ids=["brackets", "bare", "letters"],
)
@pytest.mark.parametrize("file", [csv_file, xlsx_file])
def test_the_numbers_of_the_columns_are_no_good(file, numbers: list) -> None:
    report = imported(file([HEADER, numbers, row(1)]))

    assert counts(report) == {"rows": 1, "created": 1}


@pytest.mark.parametrize("file", [csv_file, xlsx_file])
def test_the_header_again_at_a_page_break_is_no_good(file) -> None:
    lines = [["Tổng số 3 sản phẩm"], HEADER, row(1), HEADER, row(2), HEADER, row(3)]

    report = imported(file(lines))

    assert counts(report) == {"rows": 3, "created": 3}
    assert report.contradictions == []


def test_text_that_only_begins_like_a_formula_comes_in() -> None:
    lines = [
        [*HEADER, "Ghi chú", "Điện thoại"],
        [*row(1), "- Sản phẩm nâng hạng (lần 2)", "+84 (0) 912 345 678"],
    ]

    assert counts(imported(csv_file(lines))) == {"rows": 1, "created": 1}


@pytest.mark.parametrize("term", ["36 tháng", "03 năm", "36 tháng kể từ ngày ký"])
def test_a_term_in_months_or_years_is_reckoned(term: str) -> None:
    imported(csv_file([[*HEADER, "Thời hạn"], [*row(1, date="ngày 05/8/2026"), term]]))

    assert Certificate.objects.get().valid_until == date(2029, 8, 5)


def test_a_producer_in_one_tall_cell_holds_for_all_its_rows() -> None:
    lines = [
        HEADER,
        row(1, product="Trà"),
        row(2, product="Mứt", producer=None),
        row(3, product="Bánh", producer=None),
    ]

    report = imported(xlsx_file(lines, merged=["C2:C4"]))

    assert counts(report) == {"rows": 3, "created": 3}
    assert Partner.objects.get().goods.count() == 3


def test_further_sheets_with_the_same_header_are_read_under_their_names() -> None:
    without_stars = [HEADER[:4] + HEADER[5:], row(1)[:4] + row(1)[5:], ["Tổng cộng: 1 sản phẩm"]]
    others = [HEADER[:4] + HEADER[5:], row(2)[:4] + row(2)[5:], row(3)[:4] + row(3)[5:]]

    report = imported(workbook({"4 sao": without_stars, "3 sao": others}))

    assert counts(report) == {"rows": 3, "created": 3}
    assert report.contradictions == []
    stars = dict(Certificate.objects.values_list("product__title", "stars"))
    assert stars == {"Cà phê số 1": 4, "Cà phê số 2": 3, "Cà phê số 3": 3}


def test_sheets_that_are_left_out_are_named() -> None:
    other_decision = [["(Kèm theo Quyết định số 9/QĐ-UBND ngày 05/8/2026)"], HEADER, row(2)]
    sheets = {
        "Danh sách": [HEADER, row(1)],
        "Ghi chú": [["Liên hệ"], ["0912 345 678"]],
        "Trống": [],
        "Đợt 2": other_decision,
    }

    report = imported(workbook(sheets))

    assert counts(report) == {"rows": 1, "created": 1}
    assert len(report.contradictions) == 2
    assert "Ghi chú" in report.contradictions[0]
    assert "Đợt 2" in report.contradictions[1]


def test_a_fault_in_a_further_sheet_is_told_with_its_name() -> None:
    sheets = {"Đợt 1": [HEADER, row(1)], "Đợt 2": [HEADER, row(2, date="31/02/2026")]}

    with pytest.raises(FileRefused) as refused:
        imported(workbook(sheets))

    assert "Đợt 2" in refused.value.problems[0]


def test_real_dates_of_a_workbook() -> None:
    imported(xlsx_file([HEADER, row(date=date(2026, 8, 5))]))

    assert Decision.objects.get().decided_on == date(2026, 8, 5)


@pytest.mark.parametrize("cell", [46239, "46239"])
def test_a_date_that_lost_its_form_is_read_as_spreadsheets_count(cell: int | str) -> None:
    imported(xlsx_file([HEADER, row(date=cell)]))
    again = imported(csv_file([HEADER, row(date="46239")]), source="csv")

    assert Decision.objects.get().decided_on == date(2026, 8, 5)
    assert counts(again) == {"rows": 1, "unchanged": 1}


def test_a_column_that_a_person_mapped_is_remembered() -> None:
    header = ["STT", "Sản phẩm đạt chuẩn", *HEADER[2:]]
    column_map(header="Sản phẩm đạt chuẩn", meaning=Field.PRODUCT, by=None)

    report = imported(csv_file([header, row()]))

    assert counts(report) == {"rows": 1, "created": 1}


# --- The same or another
@pytest.mark.parametrize(
    "name",
    ["Hợp tác xã Cà phê Lạc Dương", "HTX CÀ PHÊ LẠC DƯƠNG", "HTX Cà phê - Lạc Dương", "htx cà phê lạc dương"],
)
def test_one_producer_in_many_spellings(name: str) -> None:
    imported(csv_file([HEADER, row(1)]))

    report = imported(csv_file([HEADER, row(2, producer=name)]), source="khac")

    assert counts(report) == {"rows": 1, "created": 1}
    assert Partner.objects.count() == 1


@pytest.mark.parametrize(
    "name",
    [
        "HTX Cà phê Lạc Dưong",
        "HTX Ca phe Lac Duong",
        "Công ty TNHH Cà phê Lạc Dương",
        "HTX Cà phê Lạc Dương g",
    ],
)
def test_a_close_name_is_asked_never_merged(name: str) -> None:
    imported(csv_file([HEADER, row(1)]))

    report = imported(csv_file([HEADER, row(2, producer=name)]), source="khac")

    assert counts(report) == {"rows": 1, "held": 1}
    assert held().question == Question.SAME_PRODUCER
    assert Partner.objects.count() == 1


def test_two_close_newcomers_in_one_file_are_asked_too() -> None:
    imported(csv_file([HEADER, row(1), row(2, producer="HTX Ca phe Lac Duong")]))

    (answered,) = rows_answer(rows=[held()], answer=f"same:{Partner.objects.get().pk}", by=None)

    assert answered.outcome == Outcome.CREATED
    assert Partner.objects.get().goods.count() == 2


def test_a_code_that_another_product_has_is_refused() -> None:
    header = ["Mã sản phẩm OCOP", *HEADER]
    lines = [header, ["68-1-1-2026", *row(1)], ["68-1-1-2026", *row(2, producer="HTX Khác hẳn")]]

    report = imported(csv_file(lines))

    assert counts(report) == {"rows": 2, "created": 1, "rejected": 1}


def test_columns_and_lines_that_are_only_coloured_are_no_table() -> None:
    lines = [[*HEADER, *[None] * 300], [*row(), *[None] * 300], *[[None] * 300] * 3]

    report = imported(xlsx_file(lines))

    assert counts(report) == {"rows": 1, "created": 1}


def test_the_same_name_elsewhere_is_asked() -> None:
    imported(csv_file([HEADER, row(1)]))

    imported(csv_file([HEADER, row(2, address="xã Đức Trọng, tỉnh Lâm Đồng")]), source="khac")

    assert held().question == Question.SAME_PRODUCER


@pytest.mark.parametrize(("answer", "producers"), [("same", 1), ("new", 2)])
def test_an_answer_lets_the_row_in(answer: str, producers: int) -> None:
    imported(csv_file([HEADER, row(1)]))
    imported(csv_file([HEADER, row(2, producer="HTX Ca phe Lac Duong")]), source="khac")
    value = f"same:{Partner.objects.get().pk}" if answer == "same" else "new"

    (answered,) = rows_answer(rows=[held()], answer=value, by=None)

    assert answered.outcome == Outcome.CREATED
    assert Partner.objects.count() == producers
    again = imported(csv_file([HEADER, row(2, producer="HTX Ca phe Lac Duong")]), source="khac")
    assert counts(again) == {"rows": 1, "unchanged": 1}


def test_an_answered_row_is_settled_like_any_other() -> None:
    imported(csv_file([HEADER, row(1)]))
    imported(csv_file([HEADER, row(2, producer="HTX Ca phe Lac Duong")]), source="khac")
    hash_before = held().hash

    (answered,) = rows_answer(rows=[held()], answer="new", by=None)

    assert answered.hash == hash_before


def test_a_row_left_out_stays_out() -> None:
    imported(csv_file([HEADER, row(1)]))
    imported(csv_file([HEADER, row(2, producer="HTX Ca phe Lac Duong")]), source="khac")

    (answered,) = rows_answer(rows=[held()], answer="reject", by=None)

    assert answered.outcome == Outcome.REJECTED
    again = imported(csv_file([HEADER, row(2, producer="HTX Ca phe Lac Duong")]), source="khac")
    assert counts(again) == {"rows": 1, "rejected": 1}


def test_another_list_of_the_same_name_inherits_no_answer() -> None:
    imported(csv_file([HEADER, row(1)]), source="trước")
    imported(csv_file([HEADER, row(1, product="Trà", producer="HTX Ca phe Lac Duong")]), source="phu-luc")
    rows_answer(rows=[held()], answer="reject", by=None)
    other = [HEADER, row(1, product="Mứt dâu", producer="Công ty TNHH Cà phê Lạc Dương")]

    report = imported(csv_file(other), source="phu-luc")

    assert counts(report) == {"rows": 1, "held": 1}
    assert "phu-luc" in report.contradictions[0]
    assert "phu-luc-2" in report.contradictions[0]


def test_a_list_that_was_never_imported_under_this_name_is_not_warned_of() -> None:
    file = csv_file([HEADER, row(1)])

    assert imported(file).contradictions == []
    assert imported(file).contradictions == []


def test_the_same_product_with_other_stars_is_asked_and_awarded() -> None:
    imported(csv_file([HEADER, row(1, product="Trà", stars="3")]))
    newer = row(1, product="Trà", stars="4", decision="5000/QĐ-UBND", date="10/11/2026")

    report = imported(csv_file([HEADER, newer]), source="khac")
    assert counts(report) == {"rows": 1, "held": 1}
    assert held().question == Question.OTHER_STARS
    rows_answer(rows=[held()], answer="award", by=None)

    stars = list(Certificate.objects.order_by("valid_from").values_list("stars", "state", "in_force_until"))
    assert stars == [
        (3, "superseded", date(2026, 11, 9)),
        (4, "awarded", date(2029, 11, 10)),
    ]


def test_a_decision_that_comes_later_completes_the_certificate() -> None:
    imported(csv_file([HEADER, row(1, decision="", date="")]))

    report = imported(csv_file([HEADER, row(1)]), source="quyet-dinh")

    assert counts(report) == {"rows": 1, "updated": 1}
    assert Certificate.objects.get().verified_at


def test_the_number_of_a_certificate_that_comes_later_is_taken_up() -> None:
    imported(csv_file([HEADER, row(1)]))
    header, line = [*HEADER, "Số giấy chứng nhận"], [*row(1), "GCN-9"]

    report = imported(csv_file([header, line]), source="khac")

    assert counts(report) == {"rows": 1, "updated": 1}
    paper = Certificate.objects.get()
    assert paper.official_code == "GCN-9"
    assert paper.events.last().changes == {"official_code": ["", "GCN-9"]}
    other = imported(csv_file([header, [*row(1), "GCN-10"]]), source="nua")
    assert counts(other) == {"rows": 1, "unchanged": 1}
    assert Certificate.objects.get().official_code == "GCN-9"


def test_stars_after_a_record_of_fewer_are_asked() -> None:
    imported(csv_file([HEADER, row(stars="2 sao", decision="", date="")]))

    report = imported(csv_file([HEADER, row(stars="3 sao")]), source="nam-sau")

    assert counts(report) == {"rows": 1, "held": 1}
    [held] = rows_answer(rows=ImportRow.objects.filter(source="nam-sau"), answer="award", by=None)
    assert held.outcome == Outcome.UPDATED
    assert list(Certificate.objects.in_force(today()).values_list("stars", flat=True)) == [3]


def test_a_recognition_anew_with_the_same_stars_needs_no_question() -> None:
    imported(csv_file([HEADER, row(1, date="05/08/2024", decision="1/QĐ-UBND")]))

    report = imported(csv_file([HEADER, row(1, date="06/11/2026", decision="2/QĐ-UBND")]), source="moi")

    assert counts(report) == {"rows": 1, "updated": 1}
    assert Certificate.objects.in_force(date(2026, 11, 24)).get().decision.number == "2/QĐ-UBND"


def test_five_stars_of_a_province_are_asked() -> None:
    imported(csv_file([HEADER, row(1, stars="5 sao")]))
    assert held().question == Question.FIVE_STARS

    rows_answer(rows=[held()], answer="proposed", by=None)

    assert Certificate.objects.get().state == Certificate.State.PROPOSED


def test_the_award_after_a_refused_proposal_is_a_certificate_of_its_own() -> None:
    ministry = {"authority": "Bộ Nông nghiệp và Môi trường", "decision": "9/QĐ-BNNMT"}
    imported(csv_file([HEADER, row(stars="Tiềm năng 5 sao")]))
    proposal_close(certificate=Certificate.objects.get(), by=None, reason="Bộ không công nhận")

    report = imported(csv_file([HEADER, row(stars="5 sao", **ministry)]), source="bo")

    assert counts(report) == {"rows": 1, "updated": 1}
    assert list(Certificate.objects.order_by("pk").values_list("stars", "state")) == [
        (5, "closed"),
        (5, "awarded"),
    ]


def test_a_district_after_june_2025_is_asked() -> None:
    imported(csv_file([HEADER, row(1, stars="3", authority="UBND huyện Đức Trọng")]))

    assert held().question == Question.POWER


# --- Of a province
def test_a_province_the_country_does_not_have_is_refused() -> None:
    with pytest.raises(CommandError):
        call_command("import_decisions", str(LAM_DONG), province="XX")

    assert not Product.objects.exists()


def test_a_list_of_one_province_offers_no_producer_of_another() -> None:
    imported(csv_file([HEADER, row(1, address="phường Hoàn Kiếm, thành phố Hà Nội")]))
    stranger = Partner.objects.get()
    assert stranger.commune.province_id == "01"

    imported(csv_file([HEADER, row(2)]), source="khac", province="68")

    assert [choice["value"] for choice in held().choices] == ["new", "reject"]
    assert rows_answer(rows=[held()], answer=f"same:{stranger.pk}", by=None) == []
    rows_answer(rows=[held()], answer="new", by=None)
    assert stranger.goods.count() == 1


def test_an_admin_of_a_province_leaves_the_evidence_of_others_alone() -> None:
    imported(csv_file([HEADER, row(1)]), source="ca-nuoc")
    person = User.objects.create_user("lam-dong@example.vn")
    StaffRole.objects.create(user=person, role=StaffRole.Role.ADMIN).provinces.set(["68"])

    report = imported(csv_file([HEADER, row(1, stars="3 sao")]), source="ca-nuoc", province="68", by=person)

    assert counts(report) == {"rows": 1, "rejected": 1}
    assert ImportRow.objects.get().raw["stars"] == "4 sao"


def test_a_household_business_in_short_is_the_same() -> None:
    imported(csv_file([HEADER, row(1, producer="Hộ kinh doanh Trần Thị Hoa")]))

    report = imported(csv_file([HEADER, row(2, producer="HKD Trần Thị Hoa")]), source="khac")

    assert counts(report) == {"rows": 1, "created": 1}
    assert Partner.objects.count() == 1


def test_the_command_shows_how_far_it_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)

    call_command("import_decisions", str(LAM_DONG))

    assert "█ 60/60" in capsys.readouterr().err


# --- Interrupted
def test_a_killed_import_goes_on_where_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [HEADER, *(row(number) for number in range(1, 11))]
    monkeypatch.setattr(import_run, "BATCH_ROWS", 4)
    monkeypatch.setattr(import_run.batches, "__defaults__", (4,))
    taken = import_run.ImportRun.take

    def die_in_the_second_batch(self, rows, record, answers=None):
        if record and record.rows_done == 4:
            raise KeyboardInterrupt
        return taken(self, rows, record, answers)

    monkeypatch.setattr(import_run.ImportRun, "take", die_in_the_second_batch)
    with pytest.raises(KeyboardInterrupt):
        imported(csv_file(lines))
    DecisionImport.objects.update(runner=f"{DecisionImport.objects.get().runner.split(':')[0]}:999999999")
    monkeypatch.setattr(import_run.ImportRun, "take", taken)

    report = imported(csv_file(lines))

    assert report.resumed_at == 4
    assert counts(report) == {"rows": 10, "created": 10}
    assert Product.objects.filter(structure=Product.PARENT).count() == 10
    assert DecisionImport.objects.get().state == DecisionImport.State.DONE


def queued(rows: int) -> DecisionImport:
    file = csv_file([HEADER, *(row(number) for number in range(1, rows + 1))])
    with file.open() as stream:
        record = import_upload(
            file_name="danh-sach.csv", content=stream.read(), defaults=Defaults(source="danh-sach"), by=None
        )
    return import_confirm(record=record)


def test_an_import_that_one_worker_runs_is_left_alone_by_another() -> None:
    record = queued(1)
    DecisionImport.objects.update(state=DecisionImport.State.RUNNING, alive_at=timezone.now())

    import_run_queued(pk=record.pk)

    assert not Product.objects.exists()


def test_a_worker_whose_import_was_taken_over_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_run.batches, "__defaults__", (4,))
    record = queued(10)
    taken_over: list[int] = []

    def take_over(done: int, total: int) -> None:
        if not taken_over:
            taken_over.append(done)
            DecisionImport.objects.update(state=DecisionImport.State.QUEUED)
            import_run_queued(pk=record.pk)

    with pytest.raises(ImportBusy):
        decisions_import(
            source_file=stored_file(record),
            defaults=defaults_of(record),
            record=record,
            on_progress=take_over,
        )

    record.refresh_from_db()
    assert (record.state, record.rows_done, record.counts["created"]) == (DecisionImport.State.DONE, 10, 10)
    assert Product.objects.filter(structure=Product.PARENT).count() == 10


def test_one_import_at_a_time() -> None:
    imported(csv_file([HEADER, row()]))
    DecisionImport.objects.update(state=DecisionImport.State.RUNNING, alive_at=timezone.now())

    with pytest.raises(ImportBusy):
        imported(csv_file([HEADER, row(2)]), source="khac")

    assert not ImportRow.objects.filter(source="khac").exists()


@pytest.mark.parametrize("rows", [10, 60])
def test_a_batch_costs_a_constant_number_of_queries(rows: int, django_assert_max_num_queries) -> None:
    lines = [HEADER, *(row(number, producer=f"HTX số {number}") for number in range(1, rows + 1))]

    with django_assert_max_num_queries(60):
        imported(csv_file(lines))
