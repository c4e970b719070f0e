"""The bank's answer: read whatever its form, shown, and done once; what doesn't fit is refused with row and reason."""

import io

import pytest
from django.db import IntegrityError, transaction
from openpyxl import Workbook

from catalogue.producers.models import Partner
from checkout.payment.models import BuyerBankAccount, Refund
from checkout.settlement.payouts.checking import payout_differences
from checkout.settlement.payouts.due import due_to
from checkout.settlement.payouts.errors import ResultRefused, WrongBatchState
from checkout.settlement.payouts.models import Payout, PayoutBatch, ResultFile
from checkout.settlement.payouts.result_table import Status, read_amount, read_status, result_rows
from checkout.settlement.payouts.results import payout_settle_by_hand, result_apply, result_read
from checkout.settlement.selectors import producer_balance
from marketplace.notices.models import Notice
from tests.factories.payouts import (
    account_of,
    answer,
    batch_of,
    finance,
    owner_of,
    payable,
    refund_to_transfer,
    sent,
)
from tests.factories.settlement import balances

pytestmark = pytest.mark.django_db


def read(batch: PayoutBatch, content: bytes, name: str = "ket-qua.csv") -> ResultFile:
    return result_read(batch=batch, name=name, content=content, by=finance())


def outcomes(result: ResultFile) -> list[str]:
    return [row["outcome"] for row in result.rows]


def test_reading_does_nothing_yet_and_applying_does_it_once() -> None:
    good, bad = payable(500_000), payable(300_000)
    owner_of(bad)
    batch = sent(batch_of(good, bad))
    first, second = batch.payouts.order_by("pk")
    content = answer((first, "Thành công", ""), (second, "Thất bại", "Tài khoản đã đóng"))

    result = read(batch, content)
    assert outcomes(result) == ["done", "failed"]
    assert set(batch.payouts.values_list("state", flat=True)) == {"pending"}

    assert result_apply(result=result, by=finance()) == {"done": 1, "failed": 1}
    with pytest.raises(WrongBatchState):
        result_apply(result=result, by=finance())
    with pytest.raises(ResultRefused):
        read(batch, content)

    batch.refresh_from_db()
    second.refresh_from_db()
    assert batch.state == PayoutBatch.State.CLOSED
    assert second.reason == "Tài khoản đã đóng"
    assert (producer_balance(good), producer_balance(bad)) == (0, 300_000)
    assert "payouts_transit" not in balances()
    assert balances()["bank"] == -500_000
    assert {"payout_done", "payout_failed"} <= set(Notice.objects.values_list("template", flat=True))
    assert due_to(bad).refused == second
    assert due_to(bad).obstacle == "", "it can go out again"


def test_what_does_not_fit_is_refused_with_its_reason() -> None:
    one, two, three = payable(), payable(), payable()
    batch = sent(batch_of(one, two, three))
    other = sent(batch_of(payable())).payouts.get()
    first, second, third = batch.payouts.order_by("pk")
    rows = answer(
        (first, "Thành công", ""),
        (first, "Thất bại", "Sai tên"),
        (other, "Thành công", ""),
        (second, "Trời ơi", ""),
        (third, "Đang xử lý", ""),
    )
    changed = answer((second, "Thành công", ""), amount=499_999)

    result, other_result = read(batch, rows), read(batch, changed)

    assert outcomes(result) == ["refused", "refused", "refused", "refused", "waiting"]
    assert [row["line"] for row in result.rows] == [2, 3, 4, 5, 6]
    assert "nhiều lần" in result.rows[0]["words"]
    assert "không nêu lệnh nào" in result.rows[2]["words"].lower()
    assert outcomes(other_result) == ["refused"]
    assert "499.999" in other_result.rows[0]["words"]
    result_apply(result=result, by=finance())
    result_apply(result=other_result, by=finance())
    assert set(Payout.objects.values_list("state", flat=True)) == {"pending"}
    batch.refresh_from_db()
    assert batch.state == PayoutBatch.State.SENT


def test_a_workbook_with_a_title_above_its_header_is_read_as_well() -> None:
    payout = sent(batch_of(payable())).payouts.get()
    book = Workbook()
    book.active.append(["NGÂN HÀNG TMCP X", "Kết quả chi lương"])
    book.active.append([])
    book.active.append(["No", "Description", "Amount", "Status", "Reason", "Transaction ID"])
    book.active.append([1, payout.memo, float(payout.amount), "SUCCESS", None, "FT26331"])
    book.active.append(["Tổng cộng", None, payout.amount])
    out = io.BytesIO()
    book.save(out)

    result = read(payout.batch, out.getvalue(), "ket-qua.xlsx")

    assert outcomes(result) == ["done"]
    result_apply(result=result, by=finance())
    payout.refresh_from_db()
    assert (payout.state, payout.bank_reference) == ("done", "FT26331")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00\x01\x02",
        "Số tiền;Trạng thái\r\n".encode(),
        b"a;b\r\n1;2\r\n",
        "Số tiền;Trạng thái\r\n1;Thành công".encode("utf-16-be"),
        "Số tiền;Trạng thái".encode("cp1258", errors="replace"),
        b"PK\x03\x04 cut off",
    ],
)
def test_what_cannot_be_read_is_refused_as_a_whole(content: bytes) -> None:
    batch = sent(batch_of(payable()))

    with pytest.raises(ResultRefused):
        read(batch, content)

    assert not ResultFile.objects.exists()


def test_no_answer_before_the_file_went_out() -> None:
    batch = batch_of(payable())

    with pytest.raises(WrongBatchState):
        read(batch, answer((batch.payouts.get(), "Thành công", "")))


def test_the_same_file_again_before_it_was_applied_is_the_same_result() -> None:
    batch = sent(batch_of(payable()))
    content = answer((batch.payouts.get(), "Thành công", ""))

    assert read(batch, content) == read(batch, content)


def test_what_was_settled_between_preview_and_doing_is_left_alone() -> None:
    batch = sent(batch_of(payable()))
    payout = batch.payouts.get()
    result = read(batch, answer((payout, "Thành công", "")))
    payout_settle_by_hand(payout=payout, refused_because="Sai số tài khoản", by=finance())

    assert result_apply(result=result, by=finance()) == {"refused": 1}

    payout.refresh_from_db()
    assert payout.state == Payout.State.FAILED
    assert "payouts_transit" not in balances()


def test_by_hand_one_after_the_other_closes_the_batch() -> None:
    batch = sent(batch_of(payable()))
    payout = batch.payouts.get()

    payout_settle_by_hand(payout=payout, by=finance())

    batch.refresh_from_db()
    assert batch.state == PayoutBatch.State.CLOSED
    with pytest.raises(WrongBatchState):
        payout_settle_by_hand(payout=payout, by=finance())


def test_a_refund_that_was_sent_is_done_and_one_that_was_refused_waits_for_another_account() -> None:
    good, bad = refund_to_transfer(), refund_to_transfer()
    batch = sent(batch_of(refunds=[good, bad]))
    first, second = batch.payouts.order_by("pk")

    result_apply(
        result=read(batch, answer((first, "Thành công", ""), (second, "Thất bại", "Sai tên"))), by=finance()
    )

    good.refresh_from_db()
    bad.refresh_from_db()
    assert (good.state, bad.state) == (Refund.State.DONE, Refund.State.TO_TRANSFER)
    assert not BuyerBankAccount.objects.filter(order=bad.payment.order).exists()
    assert good.reference == "FT00001"


def paid_out(producer: Partner) -> Payout:
    payout = sent(batch_of(producer)).payouts.get()
    payout_settle_by_hand(payout=payout, by=finance())
    payout.refresh_from_db()
    return payout


def test_what_was_paid_out_and_comes_back_is_owed_again_once() -> None:
    producer = payable(500_000)
    owner = owner_of(producer)
    payout = paid_out(producer)
    content = answer((payout, "Hoàn trả", "Tài khoản đã đóng"))

    result = read(payout.batch, content)
    assert outcomes(result) == ["returned"]
    assert producer_balance(producer) == 0, "reading does nothing yet"
    assert result_apply(result=result, by=finance()) == {"returned": 1}

    payout.refresh_from_db()
    assert (payout.state, payout.reason) == ("returned", "Tài khoản đã đóng")
    assert payout.returned_at is not None
    assert balances() == {"provider": 500_000, "producer": -500_000}
    due = due_to(producer)
    assert (due.available, due.refused) == (500_000, payout)
    assert "Tài khoản đã đóng" in due.obstacle, "nothing more goes to this account"
    told = Notice.objects.filter(template="payout_returned", recipient=owner.email)
    assert told.get().context["reason"] == "Tài khoản đã đóng"
    assert list(payout_differences()) == []

    again = read(payout.batch, answer((payout, "Hoàn trả", "Lần nữa")))
    assert outcomes(again) == ["refused"]
    with pytest.raises(WrongBatchState):
        payout_settle_by_hand(payout=payout, refused_because="Lần nữa", by=finance())
    assert producer_balance(producer) == 500_000


def test_money_that_came_back_goes_out_again_to_another_account() -> None:
    producer = payable(500_000)
    payout = paid_out(producer)
    payout_settle_by_hand(payout=payout, refused_because="Sai số tài khoản", by=finance())
    account_of(producer, days_ago=5, number="0071000999999")

    second = sent(batch_of(producer)).payouts.get()
    payout_settle_by_hand(payout=second, by=finance())

    assert second.amount == 500_000
    assert producer_balance(producer) == 0
    assert balances() == {"provider": 500_000, "bank": -500_000}
    assert list(payout_differences()) == []


def test_a_refund_that_came_back_waits_for_another_account() -> None:
    refund = refund_to_transfer()
    payout = sent(batch_of(refunds=[refund])).payouts.get()
    payout_settle_by_hand(payout=payout, by=finance())

    payout_settle_by_hand(payout=payout, refused_because="Sai tên", by=finance())

    refund.refresh_from_db()
    assert refund.state == Refund.State.TO_TRANSFER
    assert balances()["refunds_due"] == -refund.amount
    assert "bank" not in balances()


def test_what_came_back_never_goes_on() -> None:
    payout = paid_out(payable())
    payout_settle_by_hand(payout=payout, refused_because="Sai tên", by=finance())

    with pytest.raises(IntegrityError), transaction.atomic():
        Payout.objects.filter(pk=payout.pk).update(state="done", returned_at=None, reason="")


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("1.250.000", 1_250_000),
        ("1,250,000", 1_250_000),
        ("1,250,000.00", 1_250_000),
        ("1250000", 1_250_000),
        ("1 250 000 VND", 1_250_000),
        ("1.250.000 ₫", 1_250_000),
        ("-5000", None),
        ("1.250.00", None),
        ("1250000.50", None),
        ("", None),
    ],
)
def test_amounts_as_banks_write_them(written: str, amount: int | None) -> None:
    assert read_amount(written) == amount


@pytest.mark.parametrize(
    ("written", "status"),
    [
        ("Thành công", Status.DONE),
        ("THANH CONG", Status.DONE),
        ("Không thành công", Status.FAILED),
        ("Giao dịch bị từ chối", Status.FAILED),
        ("Failed", Status.FAILED),
        ("Unsuccessful", Status.UNKNOWN),
        ("Chờ xử lý", Status.WAITING),
        ("", Status.UNKNOWN),
    ],
)
def test_states_as_banks_write_them(written: str, status: Status) -> None:
    assert read_status(written) is status


def test_a_row_without_our_reference_names_nobody() -> None:
    rows = result_rows("x.csv", "Số tiền,Trạng thái,Nội dung\n5000,Thành công,CHUYEN TIEN\n".encode())

    assert [(row.line, row.reference, row.amount) for row in rows] == [(2, "", 5_000)]
