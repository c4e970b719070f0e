"""A producer pays by bank transfer what it owes: matched by its memo, or by finance; never more than it owes."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from catalogue.producers.models import Membership, Partner
from checkout.payment.transfers.debt_decisions import transfer_pays_debt
from checkout.payment.transfers.debts import debt_memo_of, debtors_in
from checkout.payment.transfers.errors import TransferError
from checkout.payment.transfers.memos import memo_of
from checkout.payment.transfers.models import BankTransfer
from checkout.payment.transfers.services import transfer_is_same
from checkout.payment.transfers.statements.outlook import statement_outlook
from checkout.settlement.models import LedgerEntry
from checkout.settlement.payouts.due import due_to, parts_due
from checkout.settlement.reconciliation.checking import ledger_differences
from checkout.settlement.selectors import producer_balance
from marketplace.accounts.models import User
from marketplace.audit.models import AuditEvent
from tests.factories.catalogue import sold_pack
from tests.factories.orders import placed_order
from tests.factories.payouts import finance, owner_of
from tests.factories.producers import MembershipFactory
from tests.factories.settlement import balances, owing
from tests.factories.transfers import account_in_use, incoming, money_comes

pytestmark = pytest.mark.django_db

State = BankTransfer.State
OWED = 50_000


@pytest.fixture
def debtor() -> Iterator[Partner]:
    """A producer that owes 50.000 ₫; in the end the ledger agrees with the shop."""
    account_in_use()
    yield owing(OWED)
    assert list(ledger_differences()) == []
    waiting = BankTransfer.objects.filter(state__in=[State.UNKNOWN, State.KEPT])
    assert balances().get("unmatched", 0) == -sum(transfer.amount for transfer in waiting)


def paid_in(debtor: Partner, amount: int = OWED, **fields: Any) -> BankTransfer:
    return money_comes(**{"amount": amount, "memo": debt_memo_of(debtor.pk), **fields})


def say(transfer: BankTransfer, debtor: Partner, *, returns_rest: bool = False) -> BankTransfer:
    return transfer_pays_debt(
        transfer_id=transfer.pk, producer=debtor, returns_rest=returns_rest, by=finance()
    )


def url(name: str, transfer: BankTransfer) -> str:
    return reverse(f"dashboard:{name}", args=[transfer.pk])


# --- By itself ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("amount", [OWED, 20_000])
def test_all_or_a_part_of_the_debt_is_paid_by_its_memo(debtor: Partner, amount: int) -> None:
    transfer = paid_in(
        debtor, amount, memo=f"MBVCB.1.{debt_memo_of(debtor.pk).lower()}.HTX chuyen tra no san"
    )

    assert (transfer.state, transfer.producer, transfer.order) == (State.DEBT, debtor, None)
    assert producer_balance(debtor) == amount - OWED
    assert balances()["bank"] == amount
    assert "unmatched" not in balances()
    entry = LedgerEntry.objects.get(kind="producer_paid")
    assert (entry.producer, entry.at) == (debtor, transfer.booked_at)
    assert not AuditEvent.objects.filter(action="transfer.debt").exists()


def test_what_is_paid_in_is_no_money_to_pay_out(debtor: Partner) -> None:
    paid_in(debtor)

    assert (due_to(debtor).available, sum(parts_due(debtor).values())) == (0, 0)


def test_more_than_is_owed_stays_with_finance(debtor: Partner) -> None:
    transfer = paid_in(debtor, OWED + 1)

    assert (transfer.state, transfer.producer) == (State.UNKNOWN, None)
    assert producer_balance(debtor) == -OWED


def test_once_it_is_paid_a_second_transfer_stays_with_finance(debtor: Partner) -> None:
    paid_in(debtor)

    assert paid_in(debtor).state == State.UNKNOWN


def test_the_same_booking_of_two_sources_is_in_doubt(debtor: Partner) -> None:
    first = paid_in(debtor, 20_000, reference="FT1", source="webhook")

    second = paid_in(debtor, 20_000, reference="0001", memo=f"{debt_memo_of(debtor.pk)} HTX")

    assert second.state == State.DOUBTFUL
    transfer_is_same(transfer_id=second.pk, same_as_id=first.pk, by=None)
    assert producer_balance(debtor) == 20_000 - OWED


def test_a_memo_of_two_debts_stays_with_finance_and_one_with_an_order_is_the_orders(debtor: Partner) -> None:
    other = owing(OWED)
    order = placed_order(sold_pack(), payment_method="transfer")

    two = paid_in(debtor, memo=f"{debt_memo_of(debtor.pk)} {debt_memo_of(other.pk)}")
    with_order = money_comes(order, memo=f"{debt_memo_of(debtor.pk)} {memo_of(order.number)}")

    assert two.state == State.UNKNOWN
    assert (with_order.state, with_order.order) == (State.SETTLED, order)


def test_the_memo_is_read_however_it_is_spelt_and_a_slip_names_nobody() -> None:
    memo = debt_memo_of(123)

    assert len(memo) <= 25
    assert debtors_in(f"ck {memo[:5]} {memo[5:9]} {memo[9:]}-{memo.lower()}") == [123]
    assert debtors_in(memo[:-1]) == []
    for digit in "024":
        assert debtors_in(f"{memo[:8]}{digit}{memo[9:]}") == [] or memo[8] == digit


def test_the_statement_says_what_its_rows_would_do(debtor: Partner) -> None:
    memo = debt_memo_of(debtor.pk)
    rows = [incoming(amount=amount, memo=memo) for amount in (30_000, 20_000, 1)]

    outlook = statement_outlook(account_in_use(), rows)

    assert [one.kind for one in outlook] == ["good", "good", "wait"]
    assert debtor.name in str(outlook[0].words)


# --- By finance ---------------------------------------------------------------------------------------------


def test_finance_says_whose_debt_it_pays(debtor: Partner) -> None:
    transfer = say(money_comes(amount=OWED, memo="HTX tra tien"), debtor)

    transfer.refresh_from_db()
    assert (transfer.state, transfer.producer, transfer.decided_by) == (State.DEBT, debtor, finance())
    assert producer_balance(debtor) == 0
    event = AuditEvent.objects.get(action="transfer.debt")
    assert debtor.name in event.object_words


def test_what_is_more_goes_back_where_that_was_said(debtor: Partner) -> None:
    transfer = paid_in(debtor, OWED + 7_000)

    with pytest.raises(TransferError, match=r"7\.000"):
        say(transfer, debtor)
    say(transfer, debtor, returns_rest=True)

    transfer.refresh_from_db()
    assert transfer.state == State.SPLIT
    assert [(part.state, part.producer, part.amount) for part in transfer.parts.order_by("pk")] == [
        (State.DEBT, debtor, OWED),
        (State.TO_RETURN, None, 7_000),
    ]
    assert producer_balance(debtor) == 0
    assert balances()["refunds_due"] == -7_000


def test_one_in_doubt_about_an_order_may_pay_a_debt(debtor: Partner) -> None:
    order = placed_order(sold_pack(), payment_method="transfer")
    money_comes(order, amount=OWED)
    doubtful = money_comes(order, amount=OWED, source="webhook")

    transfer = say(doubtful, debtor)

    assert (transfer.state, transfer.order) == (State.DEBT, None)


def test_who_owes_nothing_is_paid_nothing_and_it_is_decided_once(debtor: Partner) -> None:
    transfer = money_comes(amount=OWED)
    innocent: Partner = sold_pack().parent.producer

    with pytest.raises(TransferError):
        say(transfer, innocent, returns_rest=True)
    say(transfer, debtor)
    with pytest.raises(TransferError):
        say(transfer, debtor)

    assert LedgerEntry.objects.filter(kind="producer_paid").count() == 1


def test_the_database_holds_that_a_debt_names_its_producer(debtor: Partner) -> None:
    transfer = paid_in(debtor)

    for wrong in ({"producer": None}, {"state": "unknown"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            BankTransfer.objects.filter(pk=transfer.pk).update(**wrong)


def test_the_nightly_check_tells_where_row_and_ledger_differ(debtor: Partner) -> None:
    other = owing(OWED)
    row = BankTransfer.objects.filter(pk=paid_in(debtor).pk)
    key = f"transfer:{row.get().pk}:producer-paid"

    row.update(producer=other)
    assert [one.key for one in ledger_differences()] == [f"facts:{key}"]
    row.update(producer=None, state="unknown")
    assert [one.key for one in ledger_differences()] == [f"unasked:{key}"]
    row.update(producer=debtor, state="debt")
    late = BankTransfer.objects.filter(pk=money_comes(amount=OWED).pk)
    late.update(producer=other, state="debt")
    assert [one.key for one in ledger_differences()] == [f"missing:transfer:{late.get().pk}:producer-paid"]
    late.update(producer=None, state="unknown")


# --- The screens --------------------------------------------------------------------------------------------


def test_on_its_page_finance_chooses_the_producer(debtor: Partner, client: Client) -> None:
    client.force_login(finance())
    transfer = paid_in(debtor, OWED + 7_000)
    page, step = url("transfer", transfer), url("transfer-debt", transfer)

    shown = client.get(page).content.decode()
    assert f'value="{debtor.pk}" selected' in shown, "its memo proposes it"
    assert "50.000" in shown
    assert client.post(step, {"debtor": ""}).status_code == 422
    assert client.post(step, {"debtor": sold_pack().parent.producer.pk}).status_code == 422
    assert client.post(step, {"debtor": debtor.pk}).status_code == 422
    assert client.post(step, {"debtor": debtor.pk, "returns_rest": "on"}).status_code == 302

    shown = client.get(page).content.decode()
    assert debtor.name in shown
    assert step not in shown
    listed = client.get(reverse("dashboard:transfers"), {"show": "settled"}).content.decode()
    assert debtor.name in listed


def test_where_nobody_owes_the_page_asks_nothing(client: Client) -> None:
    client.force_login(finance())
    transfer = money_comes()

    assert url("transfer-debt", transfer) not in client.get(url("transfer", transfer)).content.decode()


def test_finance_alone_says_so_after_a_recent_code(
    debtor: Partner, client: Client, settings: Settings
) -> None:
    transfer = money_comes(amount=OWED)
    client.force_login(owner_of(debtor))
    assert client.post(url("transfer-debt", transfer), {"debtor": debtor.pk}).status_code in (403, 404)
    settings.MONEY_NEEDS_SECOND_FACTOR = True
    client.force_login(finance())

    client.post(url("transfer-debt", transfer), {"debtor": debtor.pk})

    transfer.refresh_from_db()
    assert transfer.state == State.UNKNOWN


def test_the_producers_page_says_how_to_pay_until_it_is_paid(debtor: Partner, client: Client) -> None:
    client.force_login(owner_of(debtor))
    page = reverse("dashboard:money", args=[debtor.pk])
    code = reverse("dashboard:money-code", args=[debtor.pk])

    shown = client.get(page).content.decode()
    assert debt_memo_of(debtor.pk) in shown
    assert account_in_use().number in shown
    assert "50.000" in shown
    assert "<svg" in shown
    assert code in shown
    answer = client.get(code)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/png")

    paid_in(debtor)

    assert debt_memo_of(debtor.pk) not in client.get(page).content.decode()
    assert client.get(code).status_code == 404


def test_whoever_does_not_see_its_money_does_not_get_the_code(debtor: Partner, client: Client) -> None:
    packer = User.objects.create_user("dong-goi@example.vn")
    MembershipFactory(user=packer, producer=debtor, role=Membership.Role.SELLER)
    client.force_login(packer)

    assert client.get(reverse("dashboard:money-code", args=[debtor.pk])).status_code == 403


def test_without_an_account_of_ours_the_page_says_only_what_is_owed(client: Client) -> None:
    debtor = owing(OWED)
    client.force_login(owner_of(debtor))

    shown = client.get(reverse("dashboard:money", args=[debtor.pk])).content.decode()

    assert debt_memo_of(debtor.pk) not in shown
    assert "50.000" in shown
