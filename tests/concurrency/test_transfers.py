"""Money that several tell of at once, on PostgreSQL: it is credited once, whoever was faster."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from checkout.order.models import Order, PaymentState
from checkout.payment.models import Payment, Refund
from checkout.payment.sandbox.signature import sign
from checkout.payment.transfers.accounts import receiving_account_enter, receiving_account_use
from checkout.payment.transfers.crediting import kept_transfers_return_due
from checkout.payment.transfers.memos import memo_of
from checkout.payment.transfers.models import BankStatement, BankTransfer, ReceivingAccount
from checkout.payment.transfers.services import (
    transfer_match,
    transfer_return,
    transfers_match_due,
    transfers_record,
)
from checkout.payment.transfers.statements.services import statement_take, statement_upload
from checkout.payment.transfers.webhook import HEADER
from checkout.services import orders_expire_due
from tests.concurrency.together import at_once
from tests.factories.catalogue import sold_pack
from tests.factories.orders import placed_order
from tests.factories.transfers import account_in_use, csv_statement, incoming, money_comes, statement_table

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

SECRET = "bank-secret-of-thirty-two-letters"


@pytest.fixture
def order() -> Order:
    account_in_use()
    return placed_order(sold_pack(), payment_method="transfer")


def total(order: Order) -> int:
    return int(order.total_incl_tax)


def row_of(order: Order, reference: str = "FT1") -> tuple[str, str, int, str]:
    return (timezone.localtime().strftime("%d/%m/%Y"), reference, total(order), memo_of(order.number))


def assert_paid_once(order: Order) -> None:
    order.refresh_from_db()
    assert (order.payment_state, order.paid_amount, order.refunded_amount) == (
        PaymentState.PAID,
        total(order),
        0,
    )
    assert BankTransfer.objects.get().applied_amount == total(order)
    assert Payment.objects.filter(state=Payment.State.PAID).count() == 1
    assert not Refund.objects.exists()


def test_a_statement_uploaded_and_taken_twice_at_once_is_credited_once(order: Order) -> None:
    content = csv_statement(statement_table(row_of(order)))

    def upload_and_take() -> BankStatement:
        statement = statement_upload(account=account_in_use(), file_name="a.csv", content=content, by=None)
        return statement_take(statement_id=statement.pk, by=None)

    taken = at_once(*[upload_and_take] * 6, *[transfers_match_due] * 2)
    at_once(*[transfers_match_due] * 4)

    assert {one.pk for one in taken[:6]} == {BankStatement.objects.get().pk}
    assert_paid_once(order)


def test_statements_that_overlap_and_the_banks_message_at_once_are_credited_once(
    order: Order, settings: Settings
) -> None:
    settings.BANK_WEBHOOK_SECRETS = [SECRET]
    account = account_in_use()
    statements = [
        statement_upload(
            account=account,
            file_name=f"{at}.csv",
            content=csv_statement(statement_table(row_of(order), opening=at)),
            by=None,
        )
        for at in range(4)
    ]
    told = {
        "account": account.number,
        "reference": "FT1",
        "amount": total(order),
        "memo": memo_of(order.number),
        "booked_at": timezone.now().isoformat(),
    }
    body = json.dumps({"transfers": [told]}).encode()

    def call() -> int:
        headers = {HEADER: sign(body, secret=SECRET)}
        return (
            Client()
            .post("/webhooks/bank/", data=body, content_type="application/json", headers=headers)
            .status_code
        )

    answers = at_once(
        *[lambda one=one: statement_take(statement_id=one.pk, by=None) for one in statements],
        *[call] * 4,
        *[transfers_match_due] * 4,
    )
    at_once(*[transfers_match_due] * 4)

    assert answers[4:8] == [200] * 4
    assert set(BankStatement.objects.values_list("state", flat=True)) == {"taken"}
    assert_paid_once(order)


def test_a_message_and_a_statement_that_name_it_differently_credit_once(order: Order) -> None:
    account, memo = account_in_use(), memo_of(order.number)
    rows = [incoming(reference=name, amount=total(order), memo=memo) for name in ("FT1", "0001")]

    at_once(
        lambda: transfers_record(account=account, rows=rows[:1], source="webhook"),
        lambda: transfers_record(account=account, rows=rows[1:], source="statement"),
        *[transfers_match_due] * 4,
    )
    at_once(*[transfers_match_due] * 4)

    order.refresh_from_db()
    assert (order.payment_state, order.refunded_amount) == (PaymentState.PAID, 0)
    assert sorted(BankTransfer.objects.values_list("state", flat=True)) == ["doubtful", "settled"]


def test_ten_parts_at_once_pay_the_order_once_and_the_rest_goes_back(order: Order) -> None:
    part = -(-total(order) // 9)
    rows = [incoming(amount=part, memo=memo_of(order.number)) for _number in range(10)]
    transfers_record(account=account_in_use(), rows=rows, source="statement")

    at_once(*[transfers_match_due] * 8)

    order.refresh_from_db()
    transfers = BankTransfer.objects.all()
    assert {one.state for one in transfers} == {BankTransfer.State.SETTLED}
    assert order.payment_state == PaymentState.PAID
    assert order.paid_amount - order.refunded_amount == total(order)
    assert sum(one.applied_amount for one in transfers) == total(order)
    assert sum(refund.amount for refund in Refund.objects.all()) == 10 * part - total(order)


def test_the_deadline_and_the_rest_of_the_money_at_once_lose_nothing(order: Order) -> None:
    money_comes(order, amount=1_000)
    Order.objects.filter(pk=order.pk).update(payment_deadline=timezone.now() - timedelta(seconds=1))
    rest = incoming(amount=total(order) - 1_000, memo=memo_of(order.number))
    transfers_record(account=account_in_use(), rows=[rest], source="statement")

    at_once(*[transfers_match_due, orders_expire_due, kept_transfers_return_due] * 3)
    kept_transfers_return_due()

    order.refresh_from_db()
    kept = order.paid_amount - order.refunded_amount
    assert (order.payment_state, kept) in [(PaymentState.PAID, total(order)), (PaymentState.EXPIRED, 0)]
    assert sum(one.applied_amount for one in BankTransfer.objects.all()) == kept
    assert order.paid_amount == total(order)


def test_two_people_decide_at_once_and_one_of_them_is_told(order: Order) -> None:
    transfer = money_comes(amount=total(order), memo="mua ca phe")

    answers = at_once(
        *[lambda: transfer_match(transfer_id=transfer.pk, order_number=order.number, by=None)] * 3,
        *[lambda: transfer_return(transfer_id=transfer.pk, reason="", by=None)] * 3,
    )

    assert sum(not isinstance(one, Exception) for one in answers) == 1
    transfer.refresh_from_db()
    order.refresh_from_db()
    is_paid = order.payment_state == PaymentState.PAID
    assert transfer.state == (BankTransfer.State.SETTLED if is_paid else BankTransfer.State.TO_RETURN)


def test_two_accounts_put_in_use_at_once_leave_one_in_use() -> None:
    accounts = [
        receiving_account_enter(bank_bin="970436", number=str(number), holder="CHO OCOP", by=None)
        for number in range(4)
    ]

    at_once(*[lambda one=one: receiving_account_use(account_id=one.pk, by=None) for one in accounts])

    assert ReceivingAccount.objects.filter(is_in_use=True).count() == 1
