"""Money on a bank statement that no buyer sent: it leaves the money of orders, and the bank is booked once."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from checkout.payment.transfers.errors import TransferError
from checkout.payment.transfers.models import BankTransfer
from checkout.payment.transfers.services import (
    transfer_is_no_orders,
    transfer_match,
    transfer_return,
    transfers_match_due,
)
from checkout.settlement.bookings import book_provider_paid_out
from checkout.settlement.models import LedgerEntry
from checkout.settlement.reconciliation.checking import ledger_differences
from marketplace.accounts.models import StaffRole, User
from marketplace.audit.models import AuditEvent
from tests.factories.catalogue import sold_pack
from tests.factories.orders import placed_order
from tests.factories.payouts import finance
from tests.factories.settlement import balances
from tests.factories.transfers import account_in_use, money_comes

pytestmark = pytest.mark.django_db

State, Origin = BankTransfer.State, BankTransfer.Origin
KNOWN = "Stripe chuyển về ngày 28/11"


@pytest.fixture
def transfer() -> Iterator[BankTransfer]:
    """A row that nobody knows the order of; in the end the ledger agrees with the shop."""
    account_in_use()
    yield money_comes(amount=96_600, memo="STRIPE PAYOUT")
    assert list(ledger_differences()) == []


def say(transfer: BankTransfer, origin: str = Origin.PROVIDER) -> BankTransfer:
    return transfer_is_no_orders(transfer_id=transfer.pk, origin=origin, reason=KNOWN, by=finance())


def url(name: str, transfer: BankTransfer) -> str:
    return reverse(f"dashboard:{name}", args=[transfer.pk])


@pytest.mark.parametrize("is_reported_first", [True, False])
def test_a_providers_payout_is_in_the_bank_once(transfer: BankTransfer, is_reported_first: bool) -> None:
    def report() -> None:
        book_provider_paid_out(provider="stripe", amount=96_600, key="po_1", at=timezone.now())

    if is_reported_first:
        report()
    say(transfer)
    if not is_reported_first:
        assert balances() == {}
        report()

    assert balances() == {"bank": 96_600, "provider": -96_600}


@pytest.mark.parametrize("origin", Origin.values)
def test_it_is_noted_with_what_it_is_and_who_says_so(transfer: BankTransfer, origin: str) -> None:
    transfer = say(transfer, origin)

    assert (transfer.state, transfer.origin, transfer.note) == (State.NO_ORDER, origin, KNOWN)
    assert transfer.decided_by == finance()
    assert not transfer.awaits_person
    assert balances() == {}
    event = AuditEvent.objects.get(action="transfer.no_order")
    assert (event.reason, event.changes) == (KNOWN, {"origin": origin})


def test_it_is_decided_once(transfer: BankTransfer) -> None:
    order = placed_order(sold_pack(), payment_method="transfer")
    say(transfer)
    booked = LedgerEntry.objects.count()

    with pytest.raises(TransferError):
        say(transfer, Origin.CASH)
    with pytest.raises(TransferError):
        transfer_match(transfer_id=transfer.pk, order_number=order.number, by=finance())
    with pytest.raises(TransferError):
        transfer_return(transfer_id=transfer.pk, reason=KNOWN, by=finance())
    transfers_match_due()

    assert LedgerEntry.objects.count() == booked


def test_money_that_is_to_go_back_or_names_an_order_is_none_of_it(transfer: BankTransfer) -> None:
    order = placed_order(sold_pack(), payment_method="transfer")
    money_comes(order, amount=50_000)
    twin = money_comes(order, amount=50_000, source="webhook")
    transfer_return(transfer_id=transfer.pk, reason="Nhầm", by=finance())

    assert twin.state == State.DOUBTFUL
    for one in (twin, transfer):
        with pytest.raises(TransferError):
            say(one)
    assert not LedgerEntry.objects.filter(kind="transfer_of_no_order").exists()


@pytest.mark.parametrize(
    "wrong", [{"state": "no_order"}, {"origin": "cash"}, {"state": "settled", "origin": "cash"}]
)
def test_the_database_holds_that_it_says_what_it_is(transfer: BankTransfer, wrong: dict[str, str]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        BankTransfer.objects.filter(pk=transfer.pk).update(**wrong)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"origin": "cash"}, "facts:transfer:{}:no-order"),
        ({"state": "unknown", "origin": ""}, "unasked:transfer:{}:no-order"),
    ],
)
def test_the_nightly_check_tells_where_row_and_ledger_differ(
    transfer: BankTransfer, changed: dict[str, str], told: str
) -> None:
    say(transfer)
    row = BankTransfer.objects.filter(pk=transfer.pk)

    row.update(**changed)
    found = {one.key for one in ledger_differences()}
    row.update(state="no_order", origin="provider")

    assert found == {told.format(transfer.pk)}


def test_one_that_was_never_booked_out_is_told(transfer: BankTransfer) -> None:
    row = BankTransfer.objects.filter(pk=transfer.pk)

    row.update(state="no_order", origin="cash")
    found = {one.key for one in ledger_differences()}
    row.update(state="unknown", origin="")

    assert found == {f"missing:transfer:{transfer.pk}:no-order"}


# --- The screen ---------------------------------------------------------------------------------------------


def test_on_its_page_finance_says_so(transfer: BankTransfer, client: Client) -> None:
    client.force_login(finance())
    page, step = url("transfer", transfer), url("transfer-no-order", transfer)
    assert "Đây không phải tiền đơn hàng" in client.get(page).content.decode()

    for lacking in ({"reason": KNOWN}, {"origin": "other"}, {"origin": "lottery", "reason": KNOWN}):
        assert client.post(step, lacking).status_code == 422
    assert client.post(step, {"origin": "other", "reason": "Lãi tháng 11"}).status_code == 302

    shown = client.get(page).content.decode()
    assert "Không phải tiền đơn hàng: Lãi tháng 11" in shown
    assert step not in shown
    assert client.post(step, {"origin": "cash", "reason": KNOWN}).status_code == 422


def test_its_fields_are_told_from_those_of_the_other_decisions(
    transfer: BankTransfer, client: Client
) -> None:
    client.force_login(finance())
    answer = client.post(url("transfer-no-order", transfer), {"origin": "cash"})

    ids = re.findall(r'\sid="([^"]+)"', answer.content.decode())

    assert [one for one in ids if ids.count(one) > 1] == []


def test_the_queue_no_longer_shows_it_and_the_list_says_what_it_is(
    transfer: BankTransfer, client: Client
) -> None:
    client.force_login(finance())
    transfers = reverse("dashboard:transfers")
    say(transfer)

    assert transfer.reference not in client.get(transfers, {"show": "decide"}).content.decode()
    shown = client.get(transfers, {"show": "no_order"}).content.decode()
    assert transfer.reference in shown
    assert "Không phải tiền đơn hàng: Cổng thanh toán chuyển tiền về" in shown
    assert "khoản chuyển cần xử lý" not in client.get(reverse("dashboard:programme")).content.decode()


@pytest.mark.parametrize("role", [role for role in StaffRole.Role if role not in ("admin", "finance")])
def test_nobody_but_finance_says_so(transfer: BankTransfer, client: Client, role: str) -> None:
    user = User.objects.create_user("nguoi@example.vn", full_name="Lê Thị Mới")
    StaffRole.objects.create(user=user, role=role)
    client.force_login(user)

    answer: Any = client.post(url("transfer-no-order", transfer), {"origin": "cash", "reason": KNOWN})

    assert answer.status_code in (403, 404)
    transfer.refresh_from_db()
    assert transfer.state == State.UNKNOWN


def test_it_asks_for_a_recent_second_factor(
    transfer: BankTransfer, client: Client, settings: Settings
) -> None:
    settings.MONEY_NEEDS_SECOND_FACTOR = True
    client.force_login(finance())

    client.post(url("transfer-no-order", transfer), {"origin": "cash", "reason": KNOWN})

    transfer.refresh_from_db()
    assert transfer.state == State.UNKNOWN
