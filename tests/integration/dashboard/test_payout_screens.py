"""Screens of money that leaves: a producer's own, and those of finance."""

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from fpdf import FPDF
from fpdf.table import Row
from openpyxl import load_workbook

from catalogue.producers.models import Partner
from checkout.settlement.payouts.due import due_to
from checkout.settlement.payouts.models import BankAccount, Payout, PayoutBatch, PayoutHold, PayoutTerms
from checkout.settlement.payouts.statements import statement_for
from marketplace.accounts.models import User
from marketplace.clock import today
from tests.factories.aftersale import opened_case
from tests.factories.payouts import (
    account_of,
    answer,
    approved,
    batch_of,
    earned,
    finance,
    owner_of,
    payable,
    send_back,
    sent,
)
from tests.factories.producers import MembershipFactory, ProducerFactory
from tests.factories.settlement import deliver, paid_order
from tests.integration.payouts.conftest import no_commission

__all__ = ["no_commission"]

pytestmark = pytest.mark.django_db


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def member(producer: Partner, role: str) -> Client:
    user = User.objects.create_user(f"{role}@example.vn")
    MembershipFactory(user=user, producer=producer, role=role)
    return signed_in(user)


def own(name: str, producer: Partner, **more: Any) -> str:
    return reverse(f"dashboard:{name}", kwargs={"producer_pk": producer.pk, **more})


def page(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


# --- A producer's own ----------------------------------------------------------------------------------------------


def test_my_money_shows_what_is_there_what_waits_and_what_went_out() -> None:
    producer = payable(500_000)
    waiting = earned(producer, 200_000, days_ago=1)
    sent(batch_of(producer))

    words = page(signed_in(owner_of(producer)), own("money", producer))

    assert "200.000\u00a0₫" in words
    assert "500.000\u00a0₫ đang được chuyển cho bạn" in words.replace("&nbsp;", "\u00a0")
    assert own("consignment", producer, pk=waiting.pk) in words
    assert "•••• 3456" in words
    assert "0071000123456" not in words


@pytest.mark.parametrize(
    ("role", "sees", "changes"),
    [("owner", 200, 200), ("accountant", 200, 403), ("seller", 403, 403), ("packer", 403, 403)],
)
def test_owners_change_accountants_look_others_see_nothing(role: str, sees: int, changes: int) -> None:
    producer = payable()
    client = member(producer, role)

    assert client.get(own("money", producer)).status_code == sees
    assert client.get(own("money-statement", producer)).status_code == sees
    assert client.get(own("money-account", producer)).status_code == changes
    assert (own("money", producer) in page(client, own("today", producer))) is (sees == 200)


def test_an_owner_gives_an_account_and_errors_stay_on_the_page() -> None:
    producer = payable(name="HTX Sương Mai")
    client = signed_in(owner_of(producer))
    path = own("money-account", producer)

    refused = client.post(path, {"bank_bin": "970436", "number": "12", "holder": "HTX Suong Mai"})
    given = client.post(path, {"bank_bin": "970418", "number": "12 345 678", "holder": "HTX Suong Mai"})

    assert "5 đến 24" in refused.content.decode()
    assert given.headers["Location"] == own("money", producer)
    assert (
        BankAccount.objects.get(producer=producer, holder_fits=True, bank_bin="970418").number == "12345678"
    )
    assert "vừa được đổi" in page(client, own("money", producer))


def test_changing_an_account_asks_for_a_second_factor(settings: Any) -> None:
    settings.MONEY_NEEDS_SECOND_FACTOR = True
    producer = payable()
    client = signed_in(owner_of(producer))

    answer_ = client.post(
        own("money-account", producer), {"bank_bin": "970418", "number": "12345678", "holder": producer.name}
    )

    assert answer_.status_code == 403
    assert BankAccount.objects.count() == 1
    assert client.get(own("money", producer)).status_code == 200, "looking needs none"


def test_a_producer_named_like_a_formula_computes_nothing_in_its_statement() -> None:
    producer = payable(500_000)
    type(producer).objects.filter(pk=producer.pk).update(name='=HYPERLINK("http://x.example","HTX")')

    file = signed_in(owner_of(producer)).get(own("money-statement-file", producer, form="xlsx"))

    cells = [cell for row in load_workbook(io.BytesIO(file.content)).active.iter_rows() for cell in row]
    assert cells[0].value == '\'=HYPERLINK("http://x.example","HTX")'
    assert not [cell for cell in cells if cell.data_type == "f"]


def test_a_statement_adds_up_and_leads_to_each_order() -> None:
    producer = payable(500_000)
    returned = earned(producer, 200_000)
    send_back(returned)
    batch_of(producer)
    client = signed_in(owner_of(producer))

    words = page(client, own("money-statement", producer)).replace("&nbsp;", "\u00a0")
    book = load_workbook(
        io.BytesIO(client.get(own("money-statement-file", producer, form="xlsx")).content)
    ).active
    pdf = client.get(own("money-statement-file", producer, form="pdf"))

    assert own("consignment", producer, pk=returned.pk) in words
    assert "-500.000\u00a0₫" in words
    rows = list(book.iter_rows(min_row=5, values_only=True))
    assert rows[0][8] == 0
    assert [row[7] for row in rows[1:-1]] == [500_000, 200_000, -200_000, -500_000]
    assert [row[2] for row in rows[2:4]] == [returned.number] * 2
    leads = [cell.hyperlink.target if cell.hyperlink else "" for cell in book["C"][5:-1]]
    assert leads[1:] == ["http://testserver" + own("consignment", producer, pk=returned.pk)] * 2 + [""]
    assert pdf.content.count(own("consignment", producer, pk=returned.pk).encode()) == 2
    assert rows[-1][7:] == (0, 0)
    assert pdf.headers["Content-Type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF")
    assert client.get(own("money-statement-file", producer, form="exe")).status_code == 404


def test_the_statement_that_finance_takes_leads_to_the_orders() -> None:
    consignment = earned(amount=500_000)
    client = signed_in(finance())

    for form in ("pdf", "xlsx"):
        path = reverse(
            "dashboard:seller-statement-file", kwargs={"pk": consignment.producer_id, "form": form}
        )
        content = client.get(path).content
        if form == "xlsx":
            cells = [cell for row in load_workbook(io.BytesIO(content)).active.iter_rows() for cell in row]
            content = "".join(cell.hyperlink.target for cell in cells if cell.hyperlink).encode()
        assert reverse("dashboard:order", args=[consignment.order.number]).encode() in content


def test_the_words_of_the_pdf_say_what_the_screen_says(monkeypatch: pytest.MonkeyPatch) -> None:
    producer = payable(500_000)
    send_back(earned(producer, 200_000))
    written: list[str] = []
    monkeypatch.setattr(
        FPDF, "cell", lambda self, w=None, h=None, text="", *more, **how: written.append(text)
    )
    monkeypatch.setattr(Row, "cell", lambda self, text="", **how: written.append(text))

    signed_in(owner_of(producer)).get(own("money-statement-file", producer, form="pdf"))

    words = [text.replace("\u00a0", " ") for text in written]
    assert words.index("Số dư cuối kỳ") + 1 == words.index("500.000 ₫", words.index("Số dư cuối kỳ"))
    assert words.count("200.000 ₫") == 1
    assert words.count("-200.000 ₫") == 1


def test_delivery_that_the_producer_bears_is_a_line_of_its_own_on_the_statement() -> None:
    producer: Partner = ProducerFactory()
    order = paid_order((1, 500_000, 0), number="TEST-FREE")
    order.consignments.update(producer=producer, carried_by="platform", delivery_by_producer=21_000)
    deliver(order.consignments.get())

    statement = statement_for(producer, first=today(), last=today())

    assert [(line.earned, line.other, line.balance) for line in statement.movements] == [
        (500_000, 0, 500_000),
        (0, -21_000, 479_000),
    ]
    assert (statement.earned, statement.other, statement.closing) == (500_000, -21_000, 479_000)
    words = page(signed_in(owner_of(producer)), own("money-statement", producer))
    assert "Phí giao hàng bạn trả thay người mua" in words


def test_what_came_back_is_noted_on_the_page_of_its_batch() -> None:
    producer = payable(500_000)
    batch = sent(batch_of(producer))
    payout = batch.payouts.get()
    client = signed_in(finance())
    step = reverse("dashboard:payout-settle", args=[payout.pk])
    client.post(step, {"outcome": "done"})

    assert step in page(client, reverse("dashboard:payout-batch", args=[batch.pk]))
    client.post(step, {"reason": ""})
    assert Payout.objects.get().state == "done", "a reason is needed"
    client.post(step, {"reason": "Tài khoản đã đóng"})

    words = page(client, reverse("dashboard:payout-batch", args=[batch.pk]))
    assert "Ngân hàng trả lại" in words
    assert step not in words
    own_page = page(signed_in(owner_of(producer)), own("money-payout", producer, pk=payout.pk))
    assert "Tài khoản đã đóng" in own_page


def test_a_statement_of_days_that_cannot_be_says_so() -> None:
    producer = payable()
    client = signed_in(owner_of(producer))
    query = "?first=2026-02-01&last=2026-01-01"

    assert "Ngày cuối đứng trước ngày đầu" in page(client, own("money-statement", producer) + query)
    assert client.get(own("money-statement-file", producer, form="pdf") + query).status_code == 404


def test_a_statement_takes_as_many_queries_for_ten_orders_as_for_one() -> None:
    producer = payable()
    client = signed_in(owner_of(producer))
    counts = []
    for _round in range(2):
        client.get(own("money-statement", producer))
        with CaptureQueriesContext(connection) as queries:
            client.get(own("money-statement", producer))
        counts.append(len(queries))
        for _number in range(4):
            earned(producer)

    assert counts[0] == counts[1]


def test_money_of_a_parcel_with_an_open_complaint_waits() -> None:
    PayoutTerms.objects.update(days_after_delivery=0)
    producer = payable(500_000)
    complained = earned(producer, 200_000, days_ago=0.5)
    assert due_to(producer).waiting == 0
    opened_case(complained.order, quantity=1)

    words = page(signed_in(owner_of(producer)), own("money", producer))

    assert "khi khiếu nại của người mua giải quyết xong" in words
    assert (due_to(producer).waiting, due_to(producer).available) == (200_000, 500_000)


def test_an_owner_asks_for_the_money_and_is_told() -> None:
    producer = payable()
    client = signed_in(owner_of(producer))

    client.post(own("money-ask", producer))

    assert "Bạn đã yêu cầu ngày" in page(client, own("money", producer))
    assert member(producer, "accountant").post(own("money-ask", producer)).status_code == 403


# --- Finance -------------------------------------------------------------------------------------------------------


def programme(name: str, **kwargs: Any) -> str:
    return reverse(f"dashboard:{name}", kwargs=kwargs or None)


def test_from_the_choice_to_the_settled_batch() -> None:
    good, bad = payable(500_000, name="HTX Tốt"), payable(300_000, name="HTX Sai số")
    maker, checker = signed_in(finance("lap")), signed_in(finance("duyet"))

    assert "HTX Tốt" in page(maker, programme("payout-batch-new"))
    maker.post(programme("payout-batch-new"), {"producer": [good.pk, bad.pk], "is_weekly": "1"})
    batch = PayoutBatch.objects.get()
    path = programme("payout-batch", pk=batch.pk)
    assert "người khác sẽ duyệt" in page(maker, path)
    assert programme("payout-batch-approve", pk=batch.pk) not in page(maker, path)
    assert "Đang chuyển" not in page(maker, path), "nothing is under way before the approval"
    shown = checker.get(path)
    assert "Duyệt 800.000\u00a0₫" in shown.content.decode().replace("&nbsp;", "\u00a0")

    assert maker.post(programme("payout-batch-file", pk=batch.pk)).status_code == 302, (
        "not before the approval"
    )
    checker.post(programme("payout-batch-approve", pk=batch.pk), {"digest": shown.context["digest"]})
    file = maker.post(programme("payout-batch-file", pk=batch.pk))
    assert file.headers["Content-Disposition"] == f'attachment; filename="chi-tien-{batch.number}.csv"'
    assert shown.context["shown_digest"] in file.content.decode("ascii")

    first, second = batch.payouts.order_by("pk")
    content = answer((first, "Thành công", ""), (second, "Thất bại", "Tài khoản không tồn tại"))
    read = maker.post(
        programme("payout-result-read", pk=batch.pk), {"file": SimpleUploadedFile("kq.csv", content)}
    )
    preview = page(maker, read.headers["Location"])
    assert "Tài khoản không tồn tại" in preview
    assert set(Payout.objects.values_list("state", flat=True)) == {"pending"}
    maker.post(programme("payout-result-apply", pk=batch.results.get().pk))

    batch.refresh_from_db()
    assert batch.state == PayoutBatch.State.CLOSED
    assert "Tài khoản không tồn tại" in page(signed_in(owner_of(bad)), own("money", bad))


def test_a_file_that_cannot_be_read_brings_the_page_back_with_the_reason() -> None:
    batch = sent(batch_of(payable()))

    response = signed_in(finance()).post(
        programme("payout-result-read", pk=batch.pk), {"file": SimpleUploadedFile("kq.csv", b"a;b\n1;2")}
    )

    assert response.status_code == 422
    assert "Không thấy dòng tiêu đề" in response.content.decode()


def test_the_file_goes_out_by_a_form_only() -> None:
    batch = approved(batch_of(payable()))

    assert signed_in(finance()).get(programme("payout-batch-file", pk=batch.pk)).status_code == 405


@pytest.mark.parametrize(
    "name", ["payout-batch-new", "payout-batch-approve", "payout-batch-file", "payouts-hold"]
)
def test_what_moves_money_asks_for_a_second_factor(name: str, settings: Any) -> None:
    batch = batch_of(payable())
    settings.MONEY_NEEDS_SECOND_FACTOR = True
    kwargs = {} if name == "payout-batch-new" else {"pk": batch.pk}

    assert signed_in(finance("duyet")).post(programme(name, **kwargs)).status_code == 403


def test_finance_stops_and_releases_with_a_reason() -> None:
    producer = payable()
    client = signed_in(finance())
    back = programme("seller-money", pk=producer.pk)

    assert client.post(programme("payouts-hold", pk=producer.pk), {"reason": ""}).status_code == 200
    client.post(programme("payouts-hold", pk=producer.pk), {"reason": "Tranh chấp hai kiện"})
    assert "Tranh chấp hai kiện" in page(client, back)
    client.post(programme("payouts-release", pk=producer.pk), {"reason": "Đã xong"})

    assert PayoutHold.objects.get().release_reason == "Đã xong"
    assert "Đã xong" in page(client, back)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("?tab=look", "Không có tài khoản nào cần xem"),
        ("?tab=held", "Không chủ thể nào đang bị tạm dừng chi"),
        ("?q=khong-co", "Không tìm thấy nhà sản xuất"),
    ],
)
def test_a_list_of_nobody_says_what_would_stand_there(query: str, words: str) -> None:
    payable()

    assert words in page(signed_in(finance()), programme("sellers-money") + query)


def test_finance_confirms_an_account_of_another_name() -> None:
    producer = payable()
    account_of(producer, number="5555555555", holder="NGUYEN VAN B", holder_fits=False)
    client = signed_in(finance())

    assert producer.name in page(client, programme("sellers-money") + "?tab=look")
    client.post(programme("account-confirm", pk=producer.pk), {"reason": "Giấy ủy quyền"})

    assert producer.name not in page(client, programme("sellers-money") + "?tab=look")
    assert "Giấy ủy quyền" in page(client, programme("seller-money", pk=producer.pk))


def test_an_account_from_which_money_came_back_is_confirmed_from_its_page() -> None:
    """The holder's name fits, so that nobody was asked before; the owner has the bank's word that the account is open again."""
    producer = payable(500_000)
    payout, client = sent(batch_of(producer)).payouts.get(), signed_in(finance())
    for said in ({"outcome": "done"}, {"reason": "Tài khoản bị khoá"}):
        client.post(reverse("dashboard:payout-settle", args=[payout.pk]), said)
    confirm = programme("account-confirm", pk=producer.pk)
    assert confirm in page(client, programme("seller-money", pk=producer.pk))

    client.post(confirm, {"reason": "Ngân hàng xác nhận tài khoản đã mở lại"})

    assert due_to(producer).obstacle == ""
    assert confirm not in page(client, programme("seller-money", pk=producer.pk))


def test_terms_begin_today_or_later() -> None:
    client = signed_in(finance())
    values = {"minimum": 100_000, "days_after_delivery": 3, "weekday": 2, "account_hold_hours": 48}

    early = client.post(programme("payout-terms-new"), {"valid_from": "2026-01-01", **values})
    short = client.post(
        programme("payout-terms-new"), {"valid_from": today(), **values, "account_hold_hours": 12}
    )
    good = client.post(programme("payout-terms-new"), {"valid_from": today(), **values})

    assert (early.status_code, short.status_code, good.status_code) == (200, 200, 302)
    assert PayoutTerms.objects.filter(valid_from=today(), minimum=100_000).exists()


def test_others_of_the_programme_see_no_payouts() -> None:
    from marketplace.accounts.models import StaffRole

    user = User.objects.create_user("hotro@example.vn")
    StaffRole.objects.create(user=user, role=StaffRole.Role.SUPPORT)
    client = signed_in(user)

    assert client.get(programme("payouts")).status_code == 403
    assert programme("payouts") not in page(client, programme("programme"))


def test_batches_are_listed_the_newest_first() -> None:
    older, newer = batch_of(payable()), batch_of(payable())

    shown = signed_in(finance("xem")).get(programme("payouts")).context["batches"]

    assert list(shown) == [newer, older]


def test_lists_take_as_many_queries_for_many_as_for_few() -> None:
    client = signed_in(finance("xem"))
    counts: dict[str, list[int]] = {}
    for _round in range(2):
        for _number in range(3):
            payable()
        batch = batch_of(payable(), payable())
        paths = [
            programme("payout-batch-new"),
            programme("payouts"),
            programme("sellers-money"),
            programme("payout-batch", pk=batch.pk),
        ]
        for path, name in zip(paths, ("new", "list", "sellers", "batch"), strict=True):
            client.get(path)
            with CaptureQueriesContext(connection) as queries:
                client.get(path)
            counts.setdefault(name, []).append(len(queries))
        payable()

    assert {name: two[0] for name, two in counts.items()} == {name: two[1] for name, two in counts.items()}
