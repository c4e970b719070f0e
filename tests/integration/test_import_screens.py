"""An admin imports a list on the screen: upload, preview, confirm, watch, answer, mend."""

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from catalogue.certification.imports import services
from catalogue.certification.imports.headers import Field
from catalogue.certification.imports.models import ColumnMapping, DecisionImport, ImportRow, Outcome
from catalogue.certification.imports.services import (
    column_map,
    import_confirm,
    import_preview,
    import_run_queued,
    imports_run_due,
    rows_answer,
)
from catalogue.certification.imports.tasks import preview_import, run_import
from catalogue.models import Product
from catalogue.producers.models import Partner
from marketplace.accounts.models import StaffRole, User
from marketplace.dashboard.decision_imports import suggestion_views, views
from tests.factories.catalogue import GoodFactory
from tests.factories.lists import HEADER, csv_bytes, csv_file, imported, row
from tests.factories.places import ProvinceFactory
from tests.factories.producers import ProducerFactory

pytestmark = pytest.mark.django_db


def staff(email: str, *provinces: str, role: str = StaffRole.Role.ADMIN) -> User:
    user = User.objects.create_user(email)
    StaffRole.objects.create(user=user, role=role).provinces.set(
        [ProvinceFactory(code=code) for code in provinces]
    )
    return user


@pytest.fixture
def admin_client() -> Client:
    client = Client()
    client.force_login(staff("quan-tri@example.vn"))
    return client


def upload(client: Client, lines: list, **fields: str):
    file = SimpleUploadedFile("danh-sach.csv", csv_bytes(lines), content_type="text/csv")
    return client.post(reverse("dashboard:imports"), {"file": file, **fields})


def test_a_list_goes_from_upload_to_report(admin_client: Client) -> None:
    response = upload(admin_client, [HEADER, row(1), row(2, decision="")])
    record = DecisionImport.objects.get()
    page = admin_client.get(reverse("dashboard:import", args=[record.pk]))

    assert response.headers["Location"] == reverse("dashboard:import", args=[record.pk])
    assert record.preview["counts"]["created"] == 2
    assert "Cà phê số 1" in page.content.decode()
    assert not Product.objects.exists(), "nothing is written before it is confirmed"

    admin_client.post(reverse("dashboard:import-confirm", args=[record.pk]))
    record.refresh_from_db()
    assert record.state == DecisionImport.State.QUEUED
    import_run_queued(pk=record.pk)

    record.refresh_from_db()
    report = admin_client.get(reverse("dashboard:import", args=[record.pk]))
    assert (record.state, record.counts["created"], record.counts["unverified"]) == ("done", 2, 1)
    assert report.status_code == 200
    assert Product.objects.filter(structure=Product.PARENT).count() == 2


def test_the_preview_says_what_would_change_from_what_to_what(admin_client: Client) -> None:
    known = csv_file([HEADER, row(1, decision="", date=""), row(2, stars="3 sao", date="05/08/2024")])
    imported(known, source="nam-ngoai")
    newer = row(2, stars="3 sao", decision="7/QĐ-UBND", date="06/11/2026")
    upload(
        admin_client,
        [
            [*HEADER, "Bộ"],
            ["Danh sách do Sở Nông nghiệp và Môi trường tổng hợp"],
            [*row(1), "13"],
            [*newer, ""],
        ],
    )
    record = DecisionImport.objects.get(source="danh-sach")

    page = admin_client.get(reverse("dashboard:import", args=[record.pk])).content.decode()

    first, second = record.preview["rows"]
    assert [(change["old"], change["new"]) for change in first["changes"]] == [
        ("", "Thực phẩm"),
        ("", "13. Cà phê, ca cao"),
        ("", "3981/QĐ-UBND, 05/08/2026"),
    ]
    assert [(change["old"], change["new"]) for change in second["changes"]] == [
        ("3 sao, 3981/QĐ-UBND, 05/08/2024", "3 sao, 7/QĐ-UBND, 06/11/2026"),
    ]
    assert "7/QĐ-UBND, 06/11/2026" in page
    assert "Danh sách do Sở Nông nghiệp và Môi trường tổng hợp" in page


def test_the_preview_and_the_report_count_what_is_left_to_complete(admin_client: Client) -> None:
    upload(admin_client, [HEADER, row(1), row(2, producer="HTX Đà Lạt", address="TP. Đà Lạt, tỉnh Lâm Đồng")])
    record = DecisionImport.objects.get()
    address = reverse("dashboard:import", args=[record.pk])
    assert [row["incomplete"] for row in record.preview["rows"]] == [["set"], ["set", "commune"]]

    import_confirm(record=record)
    import_run_queued(pk=record.pk)
    page = admin_client.get(address).content.decode()

    assert "2 sản phẩm chưa có bộ" in page
    assert "1 nhà sản xuất chưa có xã" in page
    assert reverse("dashboard:suggestions") in page


def test_confirming_twice_starts_one_import(admin_client: Client, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks) -> None:  # fmt: skip
    started: list[int] = []
    monkeypatch.setattr(type(run_import), "enqueue", lambda self, pk: started.append(pk))
    upload(admin_client, [HEADER, row(1)])
    record = DecisionImport.objects.get()

    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(2):
            admin_client.post(reverse("dashboard:import-confirm", args=[record.pk]))

    assert started == [record.pk]


def test_a_refused_file_says_why_and_keeps_what_was_typed(admin_client: Client) -> None:
    response = upload(admin_client, [HEADER, row(1, date="31/02/2026")], authority="UBND tỉnh Lâm Đồng")

    page = response.content.decode()
    assert response.status_code == 200
    assert "31/02/2026" in page
    assert "UBND tỉnh Lâm Đồng" in page
    assert not DecisionImport.objects.exists()


def test_an_unknown_column_is_mapped_and_remembered(admin_client: Client) -> None:
    upload(admin_client, [[*HEADER, "Mã số giấy"], [*row(1), "GCN-9"]])
    record = DecisionImport.objects.get()
    assert record.preview["unknown_columns"] == ["Mã số giấy"]

    admin_client.post(
        reverse("dashboard:import-column", args=[record.pk]),
        {"header": "Mã số giấy", "meaning": "certificate_code"},
    )

    record.refresh_from_db()
    assert record.preview["unknown_columns"] == []
    assert ColumnMapping.objects.get().field == "certificate_code"


def test_a_header_that_names_no_producer_is_mapped_on_the_screen(admin_client: Client) -> None:
    header = [
        "Chủ thể sản xuất, kinh doanh" if name == "Tên chủ thể" else name for name in [*HEADER, "Ghi chú"]
    ]
    response = upload(admin_client, [header, [*row(1), "bán ở chợ"]])
    record = DecisionImport.objects.get()
    page = admin_client.get(reverse("dashboard:import", args=[record.pk])).content.decode()
    assert response.status_code == 302
    assert "Chủ thể sản xuất, kinh doanh" in page
    assert reverse("dashboard:import-confirm", args=[record.pk]) not in page
    admin_client.post(reverse("dashboard:import-confirm", args=[record.pk]))
    record.refresh_from_db()
    assert record.state == DecisionImport.State.UPLOADED

    admin_client.post(
        reverse("dashboard:import-column", args=[record.pk]),
        {"header": "Chủ thể sản xuất, kinh doanh", "meaning": "producer"},
    )

    record.refresh_from_db()
    assert (record.rows_total, record.preview["counts"]["created"]) == (1, 1)
    assert record.preview["unknown_columns"] == ["Ghi chú"]


def test_a_meaning_that_the_cells_refuse_is_not_kept(admin_client: Client) -> None:
    upload(admin_client, [[*HEADER, "Ghi chú"], [*row(1), "quầy số 7"]])
    record = DecisionImport.objects.get()

    response = admin_client.post(
        reverse("dashboard:import-column", args=[record.pk]),
        {"header": "Ghi chú", "meaning": "valid_until"},
        follow=True,
    )

    assert "quầy số 7" in response.content.decode()
    assert not ColumnMapping.objects.exists()
    record.refresh_from_db()
    assert record.preview["counts"]["created"] == 1


def test_a_long_file_is_previewed_by_the_worker_after_a_mapping_too(
    admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[int] = []
    monkeypatch.setattr(views, "PREVIEWED_AT_ONCE", 0)
    monkeypatch.setattr(type(preview_import), "enqueue", lambda self, pk: started.append(pk))
    upload(admin_client, [[*HEADER, "Ghi chú"], [*row(1), "chợ"]])
    record = DecisionImport.objects.get()
    import_preview(record=record)

    admin_client.post(
        reverse("dashboard:import-column", args=[record.pk]), {"header": "Ghi chú", "meaning": "extra"}
    )

    record.refresh_from_db()
    assert (started, record.preview) == ([record.pk, record.pk], {})


def test_a_remembered_column_can_be_forgotten(admin_client: Client) -> None:
    mapping = column_map(header="Sản phẩm đạt chuẩn", meaning=Field.PRODUCT, by=None)
    page = admin_client.get(reverse("dashboard:imports")).content.decode()
    assert "Sản phẩm đạt chuẩn" in page

    admin_client.post(reverse("dashboard:import-column-forget", args=[mapping.pk]))

    assert not ColumnMapping.objects.exists()


def test_a_preview_that_was_lost_is_made_again(admin_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    upload(admin_client, [HEADER, row(1)])
    started: list[int] = []
    monkeypatch.setattr(type(preview_import), "enqueue", lambda self, pk: started.append(pk))
    DecisionImport.objects.update(preview={}, alive_at=timezone.now() - 2 * services.DEAD_AFTER)
    record = DecisionImport.objects.get()

    assert imports_run_due() == 1
    assert imports_run_due() == 0

    assert started == [record.pk]
    preview_import.call(record.pk)
    record.refresh_from_db()
    assert record.preview["counts"]["created"] == 1


def test_a_preview_that_is_refused_says_why(admin_client: Client) -> None:
    upload(admin_client, [HEADER, row(1)])
    record = DecisionImport.objects.get()
    DecisionImport.objects.update(preview={}, content=csv_bytes([HEADER, row(1, date="31/02/2026")]))

    preview_import.call(record.pk)

    record.refresh_from_db()
    assert record.state == DecisionImport.State.FAILED
    assert "31/02/2026" in record.message
    page = admin_client.get(reverse("dashboard:import", args=[record.pk])).content.decode()
    assert "31/02/2026" in page
    assert "hx-get" not in page.split("<main", 1)[1]


def test_the_progress_asks_for_the_page_when_it_is_over(admin_client: Client) -> None:
    upload(admin_client, [HEADER, row(1)])
    record = DecisionImport.objects.get()
    address = reverse("dashboard:import-progress", args=[record.pk])

    DecisionImport.objects.update(state=DecisionImport.State.RUNNING, rows_done=1)
    running = admin_client.get(address)
    DecisionImport.objects.update(state=DecisionImport.State.DONE)
    done = admin_client.get(address)

    assert "HX-Refresh" not in running.headers
    assert "<progress" in running.content.decode()
    assert done.headers["HX-Refresh"] == "true"


def test_questions_are_answered_in_bulk(admin_client: Client) -> None:
    imported(csv_file([HEADER, row(1)]))
    imported(
        csv_file([HEADER, *(row(number, producer="HTX Ca phe Lac Duong") for number in (2, 3))]),
        source="khac",
    )
    held = list(ImportRow.objects.filter(outcome=Outcome.HELD))
    record = held[0].decision_import

    admin_client.post(
        reverse("dashboard:import-answer", args=[record.pk]),
        {"row": [one.pk for one in held], "answer": f"same:{Partner.objects.get().pk}"},
    )

    assert not ImportRow.objects.filter(outcome=Outcome.HELD).exists()
    assert Partner.objects.get().goods.count() == 3


def test_the_report_counts_what_was_answered(admin_client: Client) -> None:
    imported(csv_file([HEADER, row(1)]))
    imported(csv_file([HEADER, *(row(n, producer="HTX Ca phe Lac Duong") for n in (2, 3))]), source="khac")
    record = DecisionImport.objects.get(source="khac")
    first, second = record.rows.order_by("number")

    rows_answer(rows=[first], answer="new", by=None)
    rows_answer(rows=[second], answer="reject", by=None)

    record.refresh_from_db()
    assert record.counts == {"rows": 2, "created": 1, "updated": 0, "unchanged": 0, "held": 0, "rejected": 1, "unverified": 0}  # fmt: skip
    page = admin_client.get(reverse("dashboard:import", args=[record.pk])).content.decode()
    assert "?outcome=created" in page
    assert "?outcome=held" not in page


def test_a_report_whose_rows_were_imported_again_says_so(admin_client: Client) -> None:
    imported(csv_file([HEADER, row(1), row(2)]))
    first = DecisionImport.objects.get()
    imported(csv_file([HEADER, row(1), row(2)]))

    page = admin_client.get(reverse("dashboard:import", args=[first.pk])).content.decode()

    first.refresh_from_db()
    assert first.counts["created"] == 2
    assert "Có 2 dòng của danh sách này đã được nhập lại" in page
    assert "?outcome=created" not in page


def test_held_rows_are_taken_mended_and_imported_again(admin_client: Client) -> None:
    imported(csv_file([HEADER, row(1)]))
    imported(csv_file([HEADER, row(1, product="Trà", stars="sáu"), row(2, producer="HTX Ca phe Lac Duong")]), source="khac")  # fmt: skip
    record = DecisionImport.objects.get(source="khac")

    response = admin_client.get(reverse("dashboard:import-mend", args=[record.pk]))
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    lines = list(csv.DictReader(io.StringIO(text)))
    assert [(line["Mã"], line["Nguồn"]) for line in lines] == [("1", "khac"), ("2", "khac")]
    lines[0]["Hạng sao"] = "3 sao"
    lines[1]["Trả lời"] = "new"
    report = imported(csv_file([list(lines[0]), *(list(line.values()) for line in lines)]), source="da-sua")

    assert report.counts["created"] == 2
    assert ImportRow.objects.filter(source="khac", outcome=Outcome.CREATED).count() == 2
    assert not ImportRow.objects.filter(source="da-sua").exists()
    lines[0]["Hạng sao"] = "4 sao"
    again = csv_file([list(lines[0]), *(list(line.values()) for line in lines)])
    assert imported(again, source="da-sua").contradictions == [], "no row is kept under this name"


def test_the_file_to_mend_computes_nothing_and_comes_back_as_it_was(admin_client: Client) -> None:
    name = '+A1&HYPERLINK("http://x.example","Trà")'
    imported(csv_file([HEADER, row(1, product=name, stars="sáu")]), source="khac")
    record = DecisionImport.objects.get(source="khac")

    response = admin_client.get(reverse("dashboard:import-mend", args=[record.pk]))
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    [line] = csv.DictReader(io.StringIO(text))
    imported(csv_file([list(line), list({**line, "Hạng sao": "3 sao"}.values())]), source="da-sua")

    assert f"'{name}" in line.values()
    assert Product.objects.get(structure=Product.PARENT).title_vi == name


def test_the_file_to_mend_keeps_what_titles_groups_and_options_said(admin_client: Client) -> None:
    lines = [
        ["(Kèm theo Quyết định số 3981/QĐ-UBND ngày 05/8/2026)"],
        ["STT", "Tên sản phẩm", "Chủ thể", "Địa chỉ"],
        ["I. NHÓM ĐỒ UỐNG ĐẠT 4 SAO"],
        [1, "", "HTX Phúc bồn tử", "xã Lạc Dương"],
    ]
    imported(csv_file(lines), source="khac", authority="UBND tỉnh Lâm Đồng", province="68")
    record = DecisionImport.objects.get(source="khac")

    response = admin_client.get(reverse("dashboard:import-mend", args=[record.pk]))
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    (line,) = csv.DictReader(io.StringIO(text))
    line["Tên sản phẩm"] = "Nước ép phúc bồn tử"
    report = imported(csv_file([list(line), list(line.values())]), source="da-sua")

    assert (report.counts["created"], report.counts["unverified"]) == (1, 0)
    good = Product.objects.get(structure=Product.PARENT)
    paper = good.certificates.get()
    assert good.producer.commune.name == "Xã Lạc Dương"
    assert (good.sector_id, paper.stars, paper.decision.number) == ("drink", 4, "3981/QĐ-UBND")
    assert (paper.decision.authority, paper.decision.decided_on) == ("UBND tỉnh Lâm Đồng", date(2026, 8, 5))


def test_an_import_that_waits_is_nudged(admin_client: Client) -> None:
    upload(admin_client, [HEADER, row(1)])
    DecisionImport.objects.update(
        state=DecisionImport.State.QUEUED, alive_at=timezone.now() - 2 * services.DEAD_AFTER
    )

    assert imports_run_due() == 1
    assert imports_run_due() == 0


def test_suggestions_are_confirmed_in_bulk(admin_client: Client) -> None:
    imported(csv_file([HEADER, row(1), row(2, product="Rượu nếp")]))
    goods = Product.objects.filter(structure=Product.PARENT)
    page = admin_client.get(reverse("dashboard:suggestions"))
    assert "Rượu nếp" in page.content.decode()

    admin_client.post(
        reverse("dashboard:suggestion-sets"),
        {"good": list(goods.values_list("pk", flat=True)), "strength": "29,5"},
    )

    strengths = dict(goods.values_list("title", "alcohol_strength"))
    assert strengths == {"Cà phê số 1": None, "Rượu nếp": Decimal("29.5")}
    kinds = dict(goods.values_list("title", "alcohol"))
    assert kinds == {"Cà phê số 1": "none", "Rượu nếp": "alcohol"}
    assert dict(goods.values_list("title", "product_set_id")) == {"Cà phê số 1": 13, "Rượu nếp": 14}


@pytest.mark.parametrize("typed", ["", "mạnh", "0", "140"])
def test_alcohol_is_confirmed_with_its_strength_or_not_at_all(admin_client: Client, typed: str) -> None:
    good = GoodFactory(product_set=None, sector=None, title="Mộc Bảo An", alcohol=Product.Alcohol.SUSPECTED)

    response = admin_client.post(
        reverse("dashboard:suggestion-sets"), {"good": [good.pk], "product_set": "14", "strength": typed}
    )

    good.refresh_from_db()
    assert (response.status_code, good.product_set_id, good.alcohol) == (422, None, "suspected")
    text = response.content.decode()
    assert "strength-error" in text
    assert f'name="good" value="{good.pk}" checked' in text, "what was chosen stays chosen"
    assert 'value="14" selected' in text


def test_a_drink_whose_name_does_not_tell_keeps_its_strength(admin_client: Client) -> None:
    good = GoodFactory(product_set=None, sector=None, title="Mộc Bảo An")

    admin_client.post(
        reverse("dashboard:suggestion-sets"), {"good": [good.pk], "product_set": "15", "strength": "12"}
    )

    good.refresh_from_db()
    assert (good.alcohol, good.alcohol_strength) == ("alcohol", Decimal("12.0"))


def test_another_set_can_be_chosen(admin_client: Client) -> None:
    good = GoodFactory(product_set=None, sector=None, title="Mộc Bảo An", alcohol=Product.Alcohol.SUSPECTED)

    admin_client.post(reverse("dashboard:suggestion-sets"), {"good": [good.pk], "product_set": "12"})

    good.refresh_from_db()
    assert (good.product_set_id, good.alcohol, good.sector_id) == (12, "none", "food")


def test_a_commune_is_chosen_for_producer_and_goods(admin_client: Client) -> None:
    imported(csv_file([HEADER, row(1, address="TP. Đà Lạt, tỉnh Lâm Đồng")]))
    producer = Partner.objects.get()
    chosen = producer.commune_candidates[0]

    admin_client.post(reverse("dashboard:suggestion-commune", args=[producer.pk]), {"candidate": chosen})

    producer.refresh_from_db()
    assert (producer.commune_id, producer.goods.get().commune_id) == (chosen, chosen)


def test_one_press_confirms_a_commune_and_one_more_all_that_leave_no_choice(admin_client: Client) -> None:
    imported(csv_file([HEADER, *(row(n, producer=f"HTX số {n}", address="TP. Đà Lạt, tỉnh Lâm Đồng") for n in (1, 2, 3))]))  # fmt: skip
    one, two, three = Partner.objects.order_by("name")
    Partner.objects.filter(pk__in=[one.pk, two.pk]).update(commune_candidates=one.commune_candidates[:1])
    page = admin_client.get(reverse("dashboard:suggestions")).content.decode()
    assert f'name="candidate" value="{three.commune_candidates[1]}"' in page

    admin_client.post(reverse("dashboard:suggestion-communes"), {"producer": [one.pk, two.pk, three.pk]})

    places = dict(Partner.objects.values_list("pk", "commune"))
    assert places == {one.pk: one.commune_candidates[0], two.pk: one.commune_candidates[0], three.pk: None}


def test_every_producer_without_commune_can_be_reached(
    admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suggestion_views, "PRODUCERS_A_PAGE", 2)
    ProducerFactory(name="HTX không địa chỉ", commune=None, address_text="")
    imported(csv_file([HEADER, *(row(n, producer=f"HTX số {n}", address="TP. Đà Lạt, tỉnh Lâm Đồng") for n in (1, 2))]))  # fmt: skip
    address = reverse("dashboard:suggestions")

    pages = "".join(admin_client.get(address, {"producers": number}).content.decode() for number in (1, 2))

    monkeypatch.setattr(suggestion_views, "GOODS_A_PAGE", 1)
    both = admin_client.get(address, {"producers": 2}).content.decode()
    assert "?producers=2&amp;page=2" in both
    for name in ("HTX không địa chỉ", "HTX số 1", "HTX số 2"):
        assert name in pages.split('id="communes"', 1)[1]


def test_a_commune_is_typed_where_none_of_the_offered_fits(admin_client: Client) -> None:
    imported(csv_file([HEADER, row(1, address="TP. Đà Lạt, tỉnh Lâm Đồng")]))
    producer = Partner.objects.get()
    address = reverse("dashboard:suggestion-commune", args=[producer.pk])

    wrong = admin_client.post(address, {"province": "68", "commune": "Xã Không Có"})
    assert wrong.status_code == 422
    assert 'value="Xã Không Có"' in wrong.content.decode(), "what was typed stays"
    admin_client.post(address, {"province": "68", "commune": "phú hội, đức trọng"})

    producer.refresh_from_db()
    assert producer.commune.name == "Xã Đức Trọng"


# --- Who may
@pytest.mark.parametrize("who", ["nobody", "buyer", "verifier"])
def test_only_admins_open_the_screens(who: str) -> None:
    imported(csv_file([HEADER, row(1)]))
    pk = DecisionImport.objects.get().pk
    client = Client()
    if who == "buyer":
        client.force_login(User.objects.create_user("mua@example.vn"))
    elif who == "verifier":
        client.force_login(staff("tham-dinh@example.vn", role=StaffRole.Role.VERIFIER))

    pages = [
        reverse("dashboard:imports"),
        *(reverse(f"dashboard:import{name}", args=[pk]) for name in ("", "-progress", "-mend")),
        reverse("dashboard:suggestions"),
    ]

    assert {client.get(page).status_code for page in pages} == {302 if who == "nobody" else 403}


def test_an_admin_of_another_province_finds_nothing() -> None:
    imported(csv_file([HEADER, row(1)]), province="68")
    pk = DecisionImport.objects.get().pk
    client = Client()
    client.force_login(staff("ha-noi@example.vn", "01"))

    assert client.get(reverse("dashboard:import", args=[pk])).status_code == 404
    assert "danh-sach" not in client.get(reverse("dashboard:imports")).content.decode()
    assert "Cà phê số 1" not in client.get(reverse("dashboard:suggestions")).content.decode()


def test_an_admin_of_a_province_imports_for_it_alone() -> None:
    client = Client()
    client.force_login(staff("lam-dong@example.vn", "68"))

    refused = upload(client, [HEADER, row(1)], province="01")
    taken = upload(client, [HEADER, row(1)], province="68")

    assert refused.status_code == 200
    assert taken.status_code == 302
    assert DecisionImport.objects.get().province_id == "68"
