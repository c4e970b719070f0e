"""Finance at work: statements, transfers that nobody knows the owner of, and the account that buyers pay to."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from checkout.order.models import Order, PaymentState
from checkout.payment.transfers.accounts import (
    receiving_account,
    receiving_account_enter,
    receiving_account_use,
)
from checkout.payment.transfers.errors import TransferError
from checkout.payment.transfers.memos import memo_of
from checkout.payment.transfers.models import BankStatement, BankTransfer, ReceivingAccount
from checkout.payment.transfers.services import transfers_match_due
from checkout.payment.transfers.statements.services import statement_take, statement_upload
from checkout.payment.transfers.suggestions import suggestions_for
from marketplace.accounts.models import StaffRole, User
from tests.factories.catalogue import sold_pack
from tests.factories.orders import placed_order
from tests.factories.transfers import account_in_use, csv_statement, money_comes, statement_table

pytestmark = pytest.mark.django_db


@pytest.fixture
def finance() -> User:
    user = User.objects.create_user("tai-chinh@example.vn", full_name="Trần Thị Thu")
    StaffRole.objects.create(user=user, role=StaffRole.Role.FINANCE)
    return user


@pytest.fixture
def desk(finance: User) -> Client:
    account_in_use()
    client = Client()
    client.force_login(finance)
    return client


def url(name: str, pk: int | None = None) -> str:
    return reverse(f"dashboard:{name}", kwargs={"pk": pk} if pk else None)


def text(response: Any) -> str:
    body: str = response.content.decode()
    return body


def awaiting(**how: Any) -> Order:
    return placed_order(sold_pack(), payment_method="transfer", **how)


def upload(desk: Client, content: bytes, name: str = "sao-ke.csv") -> HttpResponse:
    account = account_in_use()
    answer: HttpResponse = desk.post(
        url("statements"), {"account": account.pk, "file": SimpleUploadedFile(name, content)}
    )
    return answer


def statement_for(order: Order, **how: Any) -> bytes:
    row = ("30/11/2026", "FT1", int(order.total_incl_tax), memo_of(order.number))
    return csv_statement(statement_table(row), **how)


# --- Statements ---------------------------------------------------------------------------------------------


def test_a_statement_is_looked_at_first_and_pays_once_it_is_confirmed(desk: Client) -> None:
    order = awaiting()

    answer = upload(desk, statement_for(order, encoding="utf-16"))
    statement = BankStatement.objects.get()
    page = desk.get(answer.headers["Location"])

    assert "Đủ trả đơn hàng." in text(page)
    assert order.number in text(page)
    assert not BankTransfer.objects.exists()

    desk.post(url("statement-take", statement.pk))
    transfers_match_due()

    order.refresh_from_db()
    assert order.payment_state == PaymentState.PAID
    assert "Đã trả cho đơn hàng" in text(desk.get(url("statement", statement.pk)))


def test_the_same_file_leads_to_what_became_of_it(desk: Client) -> None:
    order = awaiting()
    upload(desk, statement_for(order))
    desk.post(url("statement-take", BankStatement.objects.get().pk))

    answer = upload(desk, statement_for(order))

    assert answer.headers["Location"] == url("statement", BankStatement.objects.get().pk)
    assert "Không khoản nào bị tính hai lần" in text(desk.get(answer.headers["Location"]))
    assert BankTransfer.objects.count() == 1


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n\x00", "日本語の明細".encode("shift_jis")])
def test_what_is_no_statement_is_refused_beside_the_file(desk: Client, content: bytes) -> None:
    answer = upload(desk, content)

    assert answer.status_code == 200
    assert "error-summary" in text(answer)
    assert not BankStatement.objects.exists()


def test_a_statement_that_is_cut_off_is_shown_with_its_mistake_and_cannot_be_taken(desk: Client) -> None:
    content = csv_statement(
        [
            line
            for line in statement_table(
                ("30/11/2026", "FT1", 1_000, "a"),
                ("30/11/2026", "FT2", 2_000, "b"),
                ("30/11/2026", "FT3", 3_000, "c"),
            )
            if "FT2" not in line
        ]
    )

    answer = upload(desk, content)
    statement = BankStatement.objects.get()
    page = text(desk.get(answer.headers["Location"]))
    desk.post(url("statement-take", statement.pk))

    assert "có dòng bị thiếu" in page
    assert url("statement-take", statement.pk) not in page
    assert not BankTransfer.objects.exists()


def test_unknown_columns_are_named_once_and_remembered(desk: Client) -> None:
    headers = ["Lúc", "Chứng từ", "Ra", "Vào", "Còn", "Lời nhắn"]
    row = ("30/11/2026", "FT1", 1_000, "a")
    upload(desk, csv_statement(statement_table(row, headers=headers)))
    statement = BankStatement.objects.get()
    assert "Các cột chứa gì?" in text(desk.get(url("statement", statement.pk)))

    meanings = ["booked_at", "reference", "debit", "credit", "balance", "memo"]
    desk.post(
        url("statement-columns", statement.pk),
        {f"column_{place}": meaning for place, meaning in enumerate(meanings)},
    )

    assert "Nhập sao kê này" in text(desk.get(url("statement", statement.pk)))
    answer = upload(desk, csv_statement(statement_table(row, (*row[:1], "FT2", *row[2:]), headers=headers)))
    assert "Nhập sao kê này" in text(desk.get(answer.headers["Location"]))


def test_a_statement_can_be_put_aside(desk: Client) -> None:
    upload(desk, statement_for(awaiting()))
    statement = BankStatement.objects.get()

    desk.post(url("statement-discard", statement.pk))

    statement.refresh_from_db()
    assert (statement.state, statement.content) == ("discarded", None)
    assert "Sao kê này đã bị bỏ" in text(desk.get(url("statement", statement.pk)))


def test_the_sample_statement_pays_orders_that_wait_where_the_shop_is_for_practice(
    desk: Client, settings: Settings
) -> None:
    order = awaiting()
    sample = desk.get(url("statement-sample"))

    upload(desk, sample.content)
    desk.post(url("statement-take", BankStatement.objects.get().pk))
    transfers_match_due()

    order.refresh_from_db()
    assert order.payment_state == PaymentState.PAID
    assert sorted(BankTransfer.objects.values_list("state", flat=True)) == ["settled", "unknown"]
    settings.SANDBOX_PAYMENT = False
    assert desk.get(url("statement-sample")).status_code == 404


# --- Transfers ----------------------------------------------------------------------------------------------


def test_a_person_chooses_among_the_orders_that_it_could_be(desk: Client, finance: User) -> None:
    order = awaiting()
    transfer = money_comes(amount=int(order.total_incl_tax), memo="mua ca phe")

    assert order.number in text(desk.get(url("transfer", transfer.pk)))
    desk.post(url("transfer-match", transfer.pk), {"order_number": order.number.replace("-", " ").lower()})

    order.refresh_from_db()
    transfer.refresh_from_db()
    assert order.payment_state == PaymentState.PAID
    assert transfer.decided_by == finance


def test_suggestions_come_by_amount_by_a_slip_and_by_phone() -> None:
    account_in_use()
    by_amount, by_slip = awaiting(), awaiting(quantity=2)
    number = memo_of(by_slip.number)
    slipped = number[:-2] + ("2" if number[-2] != "2" else "3") + number[-1]
    transfer = money_comes(amount=int(by_amount.total_incl_tax), memo=f"tien hang {slipped} 0912345678")

    found = {one.order.number: len(one.reasons) for one in suggestions_for(transfer)}

    assert found == {by_amount.number: 2, by_slip.number: 2}


def test_orders_of_last_year_are_not_proposed() -> None:
    account_in_use()
    order = awaiting()
    Order.objects.update(date_placed=timezone.now() - timedelta(days=31))

    assert suggestions_for(money_comes(amount=int(order.total_incl_tax))) == []


@pytest.mark.parametrize(
    ("typed", "words"),
    [("OC-AAAA-AAAA", "đối chiếu từng chữ"), ("", "error-summary"), ("OC-2222-2222", "Không có đơn hàng")],
)
def test_a_wrong_number_comes_back_with_the_page(desk: Client, typed: str, words: str) -> None:
    transfer = money_comes()

    answer = desk.post(url("transfer-match", transfer.pk), {"order_number": typed})

    assert answer.status_code == 422
    assert words in text(answer)
    transfer.refresh_from_db()
    assert transfer.state == "unknown"


def test_money_of_nobody_is_sent_back_by_two_steps(desk: Client) -> None:
    transfer = money_comes()

    desk.post(url("transfer-return", transfer.pk), {"reason": "Chuyển nhầm"})
    assert "Cần trả lại (1)" in text(desk.get(url("transfers")))
    desk.post(url("transfer-returned", transfer.pk), {"reference": "FT-BACK"})

    transfer.refresh_from_db()
    assert (transfer.state, transfer.return_reference, transfer.note) == (
        "returned",
        "FT-BACK",
        "Chuyển nhầm",
    )


def test_a_transfer_in_doubt_can_be_called_the_same(desk: Client) -> None:
    order = awaiting()
    first = money_comes(order, source="webhook")
    second = money_comes(order)

    assert first.reference in text(desk.get(url("transfer", second.pk)))
    desk.post(url("transfer-same", second.pk))

    second.refresh_from_db()
    assert (second.state, second.same_as) == ("same", first)


def test_a_transfer_in_doubt_can_be_another_one(desk: Client) -> None:
    order = awaiting()
    money_comes(order, source="webhook")
    second = money_comes(order)

    desk.post(url("transfer-match", second.pk), {"order_number": order.number})

    second.refresh_from_db()
    assert (second.state, second.cause) == ("settled", "twice")


@pytest.mark.parametrize("words", ["ca phe", "FT-TIM", "189000", "189.000 ₫"])
def test_transfers_are_found_by_memo_reference_and_amount(desk: Client, words: str) -> None:
    money_comes(memo="mua Cà Phê", reference="FT-TIM")
    money_comes(memo="trà", amount=5)

    page = text(desk.get(url("transfers"), {"q": words}))

    assert "FT-TIM" in page
    assert page.count('data-label="Số tiền"') == 1


@pytest.mark.parametrize("count", [1, 12])
def test_the_list_costs_as_many_queries_for_twelve_as_for_one(
    desk: Client, count: int, django_assert_max_num_queries: Any
) -> None:
    for _number in range(count):
        money_comes()

    with django_assert_max_num_queries(12):
        desk.get(url("transfers"))


def test_what_waits_stands_on_the_first_screen(desk: Client) -> None:
    money_comes()

    page = text(desk.get(url("programme")))

    assert "khoản chuyển cần xử lý" in page
    assert f"{url('transfers')}?show=decide" in page


def test_empty_lists_say_what_comes_there(desk: Client) -> None:
    assert "Chưa có khoản chuyển nào" in text(desk.get(url("transfers")))
    assert "Không tìm thấy khoản nào" in text(desk.get(url("transfers"), {"q": "x"}))
    assert "Chưa nhập sao kê nào" in text(desk.get(url("statements")))
    ReceivingAccount.objects.all().delete()
    assert "Chưa có tài khoản" in text(desk.get(url("receiving-accounts")))
    assert "Chưa có tài khoản" in text(desk.get(url("statements")))


# --- Accounts -----------------------------------------------------------------------------------------------


def test_an_account_is_entered_by_one_person_and_put_in_use_by_another(desk: Client, finance: User) -> None:
    before = receiving_account()
    desk.post(
        url("receiving-account-new"),
        {"bank_bin": "970415", "number": "1133 6699.88", "holder": "Trung tâm xúc tiến thương mại Đà Lạt"},
    )
    entered = ReceivingAccount.objects.get(number="1133669988")
    assert entered.holder == "TRUNG TAM XUC TIEN THUONG MAI DA LAT"

    desk.post(url("receiving-account-use", entered.pk))
    assert receiving_account() == before, "whoever entered it doesn't confirm it"
    with pytest.raises(TransferError):
        receiving_account_use(account_id=entered.pk, by=finance)
    with pytest.raises(IntegrityError), transaction.atomic():
        ReceivingAccount.objects.filter(pk=entered.pk).update(confirmed_by=finance)

    second = User.objects.create_user("nguoi-thu-hai@example.vn")
    StaffRole.objects.create(user=second, role=StaffRole.Role.FINANCE)
    client = Client()
    client.force_login(second)
    client.post(url("receiving-account-use", entered.pk))

    assert receiving_account() == entered


@pytest.mark.parametrize(
    "changed", [{"bank_bin": "1"}, {"number": "12"}, {"number": "12345678!"}, {"holder": ""}]
)
def test_a_wrong_account_comes_back(desk: Client, changed: dict[str, str]) -> None:
    values = {"bank_bin": "970415", "number": "113366", "holder": "CHO OCOP", **changed}

    assert "error-summary" in text(desk.post(url("receiving-account-new"), values))
    assert ReceivingAccount.objects.count() == 1


def test_an_account_that_is_known_is_not_entered_again(desk: Client) -> None:
    values = {"bank_bin": "970436", "number": "0011004567890", "holder": "CHO OCOP"}

    assert "đã có trong danh sách" in text(desk.post(url("receiving-account-new"), values))


def test_without_an_account_in_use_nobody_is_offered_a_transfer(desk: Client) -> None:
    desk.post(url("receiving-account-rest", account_in_use().pk))

    assert receiving_account() is None


def test_money_on_an_account_out_of_use_is_still_understood(finance: User) -> None:
    old = account_in_use()
    order = awaiting()
    receiving_account_use(
        account_id=receiving_account_enter(bank_bin="970415", number="113366", holder="A", by=None).pk,
        by=finance,
    )

    statement = statement_upload(account=old, file_name="a.csv", content=statement_for(order), by=None)
    statement_take(statement_id=statement.pk, by=None)
    transfers_match_due()

    order.refresh_from_db()
    assert order.payment_state == PaymentState.PAID
