"""Payouts: what is due, who answers for a batch, what goes to the bank, and how it ends."""

import csv
import hashlib
import io
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from catalogue.producers.models import Partner
from checkout.aftersale.services import case_withdraw
from checkout.payment.models import BuyerBankAccount, Refund
from checkout.settlement.payouts import batches
from checkout.settlement.payouts.accounts import account_decide, account_give
from checkout.settlement.payouts.bank_file import file_digest
from checkout.settlement.payouts.batches import (
    batch_approve,
    batch_cancel,
    batch_make,
    batch_send,
    payout_take_out,
    payouts_to_send,
)
from checkout.settlement.payouts.due import due_to, dues, parts_due, producers_with_money
from checkout.settlement.payouts.errors import (
    BatchChanged,
    HoldNotPossible,
    NothingToPay,
    PayoutError,
    RequestNotPossible,
    TermsRefused,
    WrongBatchState,
)
from checkout.settlement.payouts.holds import payouts_hold, payouts_release
from checkout.settlement.payouts.models import Payout, PayoutBatch, PayoutPart, PayoutTerms
from checkout.settlement.payouts.requests import payout_ask
from checkout.settlement.payouts.terms import next_weekly_day, terms_on, terms_write, weekly_run_is_due
from checkout.settlement.reconciliation.services import all_differences
from checkout.settlement.selectors import producer_balance
from marketplace.clock import today
from marketplace.notices.models import Notice
from tests.factories.aftersale import opened_case
from tests.factories.payments import make_order
from tests.factories.payouts import (
    VIETCOMBANK,
    account_of,
    approved,
    batch_of,
    earned,
    finance,
    owner_of,
    payable,
    refund_to_transfer,
    send_back,
    sent,
)
from tests.factories.producers import ProducerFactory
from tests.factories.settlement import balances, commission, deliver

pytestmark = pytest.mark.django_db


# --- What is due ----------------------------------------------------------------------------------------------


def test_money_waits_seven_days_after_the_delivery() -> None:
    producer = payable(500_000)
    earned(producer, 200_000, days_ago=6.9)

    due = due_to(producer)

    assert (due.balance, due.waiting, due.available, due.obstacle) == (700_000, 200_000, 500_000, "")
    assert list(parts_due(producer).values()) == [500_000]


def test_a_return_is_set_off_against_its_own_sale_while_that_waits() -> None:
    producer = payable(500_000)
    send_back(earned(producer, 200_000, days_ago=1))

    due = due_to(producer)

    assert (due.balance, due.waiting, due.available) == (500_000, 0, 500_000)


def test_what_came_back_after_it_was_paid_out_is_taken_from_the_next_payout() -> None:
    producer = ProducerFactory()
    account_of(producer)
    first = earned(producer, 300_000)
    batch = sent(batch_of(producer))
    batch.payouts.update(state="done", ended_at=timezone.now())
    send_back(first)
    second = earned(producer, 500_000)

    assert due_to(producer).available == 200_000
    assert parts_due(producer) == {first.order_id: -300_000, second.order_id: 500_000}


def test_what_is_owed_of_cash_is_set_off_against_other_sales() -> None:
    """Of a sale for 100.000 ₫ that the producer was paid for in cash, the commission of 5 % is ours."""
    commission(500, valid_from=date(2026, 2, 1))
    producer = payable(500_000)
    order = make_order(
        (1, 100_000, 0),
        number="CASH",
        method="cash",
        payment_state="due_on_delivery",
        confirmed_at=timezone.now(),
    )
    order.consignments.update(producer=producer)
    order.lines.update(partner=producer)
    deliver(order.consignments.get())

    payout = sent(batch_of(producer)).payouts.get()

    assert payout.amount == 470_000, "at once: what is below zero doesn't wait"
    assert sorted(payout.parts.values_list("amount", flat=True)) == [-5_000, 475_000]
    assert producer_balance(producer) == 0
    assert all_differences() == []


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda producer: None, ""),
        (lambda producer: PayoutTerms.objects.update(minimum=500_001), "500.001"),
        (lambda producer: payouts_hold(producer=producer, reason="Tranh chấp", by=finance()), "Tranh chấp"),
        (
            lambda producer: account_give(
                producer=producer,
                bank_bin=VIETCOMBANK,
                number="999999999",
                holder="Kẻ gian",
                by=owner_of(producer),
            ),
            "chủ tài khoản",
        ),
        (lambda producer: account_of(producer, days_ago=1, number="999999999"), "vừa được đổi"),
        (lambda producer: batch_of(producer), "đang"),
    ],
)
def test_what_stands_in_the_way_is_said(spoil: object, words: str) -> None:
    producer = payable(500_000)
    spoil(producer)  # type: ignore[operator]

    assert words in due_to(producer).obstacle.lower() or words in due_to(producer).obstacle
    assert bool(due_to(producer).obstacle) is bool(words)


def test_an_account_that_changed_yesterday_is_held_48_hours(caplog: pytest.LogCaptureFixture) -> None:
    producer = payable()
    account_of(producer, days_ago=1, number="999999999")

    with pytest.raises(NothingToPay, match="vừa được đổi"):
        batch_of(producer)
    assert f"producer {producer.pk} is left out of batch" in caplog.text

    assert not Payout.objects.exists()
    assert producer_balance(producer) == 500_000


def test_one_producer_whose_money_moves_meanwhile_keeps_no_other_from_being_paid(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A delivery or a refund between two looks at the ledger; or books that don't agree."""
    moving, still = payable(500_000), payable(300_000)
    monkeypatch.setattr(batches, "parts_due", lambda one: {} if one == moving else parts_due(one))

    batch, left_out = batch_make(producers=[moving.pk, still.pk], by=finance())

    assert [payout.producer for payout in batch.payouts.all()] == [still]
    assert [words.partition(":")[0] for words in left_out] == [str(moving)]


def test_dues_take_as_many_queries_for_ten_producers_as_for_one(
    django_assert_max_num_queries: object,
) -> None:
    producers = [payable() for _number in range(5)]
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for some in (producers[:1], producers):
        with CaptureQueriesContext(connection) as queries:
            dues(some)
        counts.append(len(queries))

    assert counts[0] == counts[1]


# --- Making -----------------------------------------------------------------------------------------------------


def test_a_batch_takes_the_money_out_of_the_balances_at_once() -> None:
    producer = payable(500_000)

    batch = batch_of(producer)

    payout = batch.payouts.get()
    assert (payout.amount, payout.number, payout.holder) == (
        500_000,
        "0071000123456",
        "HOP TAC XA THU NGHIEM",
    )
    assert payout.reference in payout.memo
    assert payout.memo.isascii()
    assert [part.amount for part in payout.parts.all()] == [500_000]
    assert producer_balance(producer) == 0
    assert balances()["payouts_transit"] == -500_000


def test_who_cannot_be_paid_is_left_out_and_named() -> None:
    ready, held = payable(), payable(name="HTX Bị giữ")
    payouts_hold(producer=held, reason="Tranh chấp", by=finance())

    batch, left_out = batch_make(producers={ready.pk, held.pk}, by=finance())

    assert [payout.producer for payout in batch.payouts.all()] == [ready]
    assert left_out == ["HTX Bị giữ: Đang tạm dừng chi: Tranh chấp"]


def test_nothing_chosen_makes_no_batch() -> None:
    with pytest.raises(NothingToPay):
        batch_make(producers=set(), by=finance())

    assert not PayoutBatch.objects.exists()


def test_a_payout_cannot_be_changed_nor_deleted() -> None:
    payout = batch_of(payable()).payouts.get()

    for change in (
        {"amount": 600_000},
        {"number": "999999999"},
        {"bank_bin": "970415"},
        {"holder": "KE GIAN"},
        {"memo": "x"},
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            Payout.objects.filter(pk=payout.pk).update(**change)
    for row in (payout.parts.get(), payout):
        with pytest.raises(DatabaseError), transaction.atomic():
            row.delete()


def test_a_payout_that_has_ended_does_not_begin_again() -> None:
    payout = sent(batch_of(payable())).payouts.get()
    Payout.objects.filter(pk=payout.pk).update(state="done", ended_at=timezone.now())

    with pytest.raises(DatabaseError), transaction.atomic():
        Payout.objects.filter(pk=payout.pk).update(state="pending", ended_at=None)


# --- Four eyes --------------------------------------------------------------------------------------------------


def test_whoever_makes_a_batch_does_not_approve_it() -> None:
    batch = batch_of(payable())

    with pytest.raises(WrongBatchState):
        batch_approve(batch=batch, digest=file_digest(payouts_to_send(batch)), by=batch.made_by)
    with pytest.raises(IntegrityError), transaction.atomic():
        PayoutBatch.objects.filter(pk=batch.pk).update(
            state="approved", approved_by=batch.made_by, approved_at=timezone.now(), digest="x"
        )


def test_no_file_before_the_approval() -> None:
    batch = batch_of(payable())

    with pytest.raises(WrongBatchState):
        batch_send(batch=batch, by=finance())
    with pytest.raises(IntegrityError), transaction.atomic():
        PayoutBatch.objects.filter(pk=batch.pk).update(
            state="sent", sent_by=finance(), sent_at=timezone.now()
        )


def test_what_is_approved_is_what_the_page_showed() -> None:
    first, second = payable(), payable()
    batch = batch_of(first, second)
    seen = file_digest(payouts_to_send(batch))
    payout_take_out(payout=batch.payouts.get(producer=second), reason="Chờ giấy tờ", by=finance())

    with pytest.raises(BatchChanged):
        batch_approve(batch=batch, digest=seen, by=finance("nguoi-duyet"))

    batch.refresh_from_db()
    assert batch.state == PayoutBatch.State.DRAFT
    assert producer_balance(second) == 500_000


CHANGES = {
    "hold": lambda producer: payouts_hold(producer=producer, reason="Tranh chấp", by=finance()),
    "account": lambda producer: account_of(producer, number="999999999"),
    "refused account": lambda producer: account_decide(
        account=producer.bank_accounts.get(), verdict="refused", reason="Không phải họ", by=finance()
    ),
    "refund": lambda producer: send_back(producer.consignments.get()),
    "complaint": lambda producer: opened_case(
        producer.consignments.get().order, code="wrong-information", quantity=1
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_changed_before_the_approval_is_taken_out(change: str) -> None:
    spoilt, fine = payable(), payable()
    batch = batch_of(spoilt, fine)
    CHANGES[change](spoilt)

    taken_out = batch_approve(
        batch=batch, digest=file_digest(payouts_to_send(batch)), by=finance("nguoi-duyet")
    )

    batch.refresh_from_db()
    assert [payout.producer for payout in taken_out] == [spoilt]
    assert batch.state == PayoutBatch.State.DRAFT
    assert producer_balance(spoilt) == (0 if change == "refund" else 500_000)
    assert [payout.producer for payout in payouts_to_send(approved(batch))] == [fine]


@pytest.mark.parametrize("change", ["hold", "complaint"])
def test_what_changed_after_the_approval_goes_to_no_bank(change: str) -> None:
    spoilt, fine = payable(), payable()
    batch = approved(batch_of(spoilt, fine))
    CHANGES[change](spoilt)

    assert batch_send(batch=batch, by=finance()) is None

    batch.refresh_from_db()
    assert (batch.state, batch.approved_by) == (PayoutBatch.State.DRAFT, None)
    assert producer_balance(spoilt) == 500_000
    assert sent(batch).state == PayoutBatch.State.SENT


def test_a_complaint_after_the_batch_was_made_holds_back_its_parcel_and_lets_the_rest_go() -> None:
    producer = payable(500_000)
    complained = earned(producer, 200_000)
    batch = batch_of(producer)
    case = opened_case(complained.order, code="wrong-information", quantity=1)

    taken_out = batch_approve(
        batch=batch, digest=file_digest(payouts_to_send(batch)), by=finance("nguoi-duyet")
    )

    assert complained.number in taken_out[0].reason
    rest = batch_of(producer)
    assert [payout.amount for payout in rest.payouts.all()] == [500_000], "the next batch takes the rest"
    case_withdraw(case_id=case.pk)
    assert approved(rest).state == PayoutBatch.State.APPROVED
    assert producer_balance(producer) == 200_000


def test_a_complaint_about_money_that_is_no_part_of_the_payout_does_not_stop_it() -> None:
    producer = payable(500_000)
    recent = earned(producer, 200_000, days_ago=1)
    batch = batch_of(producer)

    opened_case(recent.order, code="wrong-information", quantity=1)

    assert approved(batch).state == PayoutBatch.State.APPROVED


def test_a_cancelled_batch_gives_the_money_back() -> None:
    producer = payable()
    payout_ask(producer=producer, by=owner_of(producer))
    batch = approved(batch_of(producer))

    batch_cancel(batch=batch, reason="Nhầm ngày", by=finance())

    assert producer_balance(producer) == 500_000
    assert due_to(producer).request is not None, "the wish stands again"
    assert "payouts_transit" not in balances()
    with pytest.raises(WrongBatchState):
        batch_cancel(batch=batch, reason="Nhầm ngày", by=finance())


def test_a_batch_that_is_with_the_bank_cannot_be_cancelled() -> None:
    batch = sent(batch_of(payable()))

    with pytest.raises(WrongBatchState):
        batch_cancel(batch=batch, reason="Muộn", by=finance())


# --- The file ---------------------------------------------------------------------------------------------------


def test_the_file_is_plain_and_closes_with_sum_and_checksum() -> None:
    one, two = payable(500_000), payable(123_457)
    batch = approved(batch_of(one, two))

    content = batch_send(batch=batch, by=finance())

    assert content is not None
    text = content.decode("ascii")
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[1][:6] == ["1", "0071000123456", "HOP TAC XA THU NGHIEM", "970436", "VIETCOMBANK", "500000"]
    lines = text.split("\r\n")
    digest = hashlib.sha256(("\r\n".join(lines[1:3]) + "\r\n").encode()).hexdigest()
    assert rows[3] == ["TONG", "2", "", "", "", "623457", f"SHA256 {digest[:16].upper()}"]
    batch.refresh_from_db()
    assert batch.digest == digest
    assert batch_send(batch=batch, by=finance()) == content, "taken again it is the same"


def test_a_name_never_becomes_a_formula() -> None:
    refund = refund_to_transfer()
    BuyerBankAccount.objects.update(holder='=HYPERLINK("http://x")')
    batch = approved(batch_of(refunds=[refund]))

    content = batch_send(batch=batch, by=finance()) or b""

    assert b"=" not in content
    assert b"HYPERLINK HTTP X" in content


# --- Refunds ------------------------------------------------------------------------------------------------------


def test_a_refund_goes_out_once() -> None:
    refund = refund_to_transfer(120_000)
    batch = batch_of(refunds=[refund])

    payout = batch.payouts.get()
    assert (payout.amount, payout.producer, payout.number) == (120_000, None, "0123456789")
    with pytest.raises(NothingToPay):
        batch_of(refunds=[refund])


def test_a_buyer_who_names_another_account_stops_the_transfer() -> None:
    refund = refund_to_transfer()
    batch = batch_of(refunds=[refund])
    BuyerBankAccount.objects.update(number="5555555555")

    taken_out = batch_approve(
        batch=batch, digest=file_digest(payouts_to_send(batch)), by=finance("nguoi-duyet")
    )

    assert len(taken_out) == 1
    assert Refund.objects.get(pk=refund.pk).state == Refund.State.TO_TRANSFER
    assert batch_of(refunds=[refund]).payouts.get().number == "5555555555"


# --- Holds, wishes, terms -----------------------------------------------------------------------------------------


def test_a_hold_is_told_and_released_for_a_reason() -> None:
    producer = payable()
    owner_of(producer)
    hold = payouts_hold(producer=producer, reason="Người mua khiếu nại", by=finance())

    with pytest.raises(HoldNotPossible):
        payouts_hold(producer=producer, reason="Lần nữa", by=finance())
    with pytest.raises(HoldNotPossible):
        payouts_release(hold=hold, reason=" ", by=finance())
    payouts_release(hold=hold, reason="Đã giải quyết", by=finance())
    with pytest.raises(HoldNotPossible):
        payouts_release(hold=hold, reason="Lần nữa", by=finance())

    assert due_to(producer).obstacle == ""
    assert set(Notice.objects.values_list("template", flat=True)) >= {"payout_held", "payout_released"}


def test_a_producer_asks_once_and_the_payout_answers() -> None:
    producer = payable()
    owner = owner_of(producer)

    assert payout_ask(producer=producer, by=owner) == payout_ask(producer=producer, by=owner)
    assert producers_with_money() == [producer]
    batch_of(producer)

    assert due_to(producer).request is None
    with pytest.raises(RequestNotPossible):
        payout_ask(producer=producer, by=owner)


def test_terms_follow_one_another() -> None:
    earlier = terms_on(today())
    later = PayoutTerms(
        valid_from=today() + timedelta(days=3),
        minimum=100_000,
        days_after_delivery=14,
        weekday=2,
        account_hold_hours=72,
    )

    terms_write(terms=later, by=finance())

    assert terms_on(today()) == earlier
    assert terms_on(today() + timedelta(days=3)).minimum == 100_000
    with pytest.raises(TermsRefused):
        terms_write(
            terms=PayoutTerms(
                valid_from=today() - timedelta(days=1), minimum=1, days_after_delivery=0, weekday=1
            ),
            by=finance(),
        )


def test_a_changed_account_never_waits_less_than_48_hours() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        PayoutTerms.objects.update(account_hold_hours=47)


def test_the_weekly_run_is_due_until_it_was_made() -> None:
    friday = date(2026, 12, 4)
    assert next_weekly_day(date(2026, 11, 30)) == next_weekly_day(friday) == friday

    assert weekly_run_is_due(today())
    batch, _left_out = batch_make(producers={payable().pk}, is_weekly=True, by=finance())
    assert not weekly_run_is_due(today())
    batch_cancel(batch=batch, reason="Nhầm", by=finance())
    assert weekly_run_is_due(today())


def test_the_ledger_knows_each_payout_as_it_is() -> None:
    done, cancelled = payable(), payable()
    payout = sent(batch_of(done)).payouts.get()
    batch_cancel(batch=batch_of(cancelled), reason="Nhầm", by=finance())
    assert all_differences() == []

    Payout.objects.filter(pk=payout.pk).update(
        state="done", ended_at=timezone.now()
    )  # behind the ledger's back

    assert [(found.key, found.detail) for found in all_differences()] == [
        (f"payout:{payout.pk}", f"{payout.reference}: done, created")
    ]


def test_every_payout_is_the_sum_of_its_parts() -> None:
    producer: Partner = ProducerFactory()
    account_of(producer)
    for amount in (300_000, 123_457, 99_999):
        earned(producer, amount)

    payout = batch_of(producer).payouts.get()

    assert payout.amount == sum(part.amount for part in payout.parts.all()) == 523_456


def test_where_orders_and_ledger_do_not_agree_nothing_is_paid(monkeypatch: pytest.MonkeyPatch) -> None:
    producer = payable(500_000)
    monkeypatch.setattr("checkout.settlement.payouts.batches.parts_due", lambda _producer: {None: 499_999})

    with pytest.raises(PayoutError, match=producer.name):
        batch_of(producer)

    assert not Payout.objects.exists()
    assert producer_balance(producer) == 500_000


def test_only_the_file_that_was_approved_is_given_out(monkeypatch: pytest.MonkeyPatch) -> None:
    batch = approved(batch_of(payable()))
    monkeypatch.setattr("checkout.settlement.payouts.batches.file_digest", lambda _payouts: "another")

    with pytest.raises(BatchChanged):
        batch_send(batch=batch, by=finance())

    batch.refresh_from_db()
    assert batch.state == PayoutBatch.State.APPROVED


def test_parts_that_do_not_add_up_to_their_payout_are_told() -> None:
    payout = batch_of(payable(500_000)).payouts.get()
    PayoutPart.objects.create(payout=payout, order=None, amount=1)

    assert [(one.key, one.expected, one.found) for one in all_differences()] == [
        (f"payout:{payout.pk}:parts", 500_000, 500_001)
    ]
