"""One transfer for several orders: each gets what it lacks, the rest goes back, nothing is credited twice."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse

from checkout.order.models import Order, PaymentState
from checkout.payment.models import Payment, Refund
from checkout.payment.refunds import refund_request
from checkout.payment.transfers.errors import TransferError
from checkout.payment.transfers.models import BankTransfer
from checkout.payment.transfers.services import transfer_match, transfer_returned, transfers_match_due
from checkout.payment.transfers.splitting import transfer_split
from checkout.services import order_cancel
from checkout.settlement.models import LedgerEntry
from checkout.settlement.reconciliation.checking import ledger_differences
from marketplace.audit.models import AuditEvent
from tests.factories.catalogue import sold_pack
from tests.factories.orders import placed_order
from tests.factories.payouts import finance
from tests.factories.settlement import balances
from tests.factories.transfers import account_in_use, money_comes

pytestmark = pytest.mark.django_db

State = BankTransfer.State


@pytest.fixture(autouse=True)
def _the_ledger_agrees() -> Iterator[None]:
    account_in_use()
    yield
    assert list(ledger_differences()) == []


@pytest.fixture
def orders() -> list[Order]:
    return [placed_order(sold_pack(), payment_method="transfer") for _each in range(3)]


def total(*orders: Order) -> int:
    return sum(int(order.total_incl_tax) for order in orders)


def came(amount: int, *orders: Order) -> BankTransfer:
    """Return a transfer whose memo names these orders: it waits for a person."""
    transfer = money_comes(amount=amount, memo=" ".join(order.number for order in orders))
    assert transfer.state == State.UNKNOWN
    return transfer


def split(transfer: BankTransfer, *orders: Order, returns_rest: bool = False) -> BankTransfer:
    return transfer_split(
        transfer_id=transfer.pk,
        order_numbers=[order.number for order in orders],
        returns_rest=returns_rest,
        by=finance(),
    )


def test_it_pays_each_of_its_orders_and_nothing_is_left(orders: list[Order]) -> None:
    transfer = came(total(*orders), *orders)

    transfer = split(transfer, *orders)

    assert transfer.state == State.SPLIT
    for order in orders:
        order.refresh_from_db()
        assert (order.payment_state, order.paid_amount) == (PaymentState.PAID, total(order))
        assert order.settled_by is not None
        assert order.settled_by.gateway == "transfer"
    assert sorted(transfer.parts.values_list("amount", "state")) == sorted(
        (total(order), "settled") for order in orders
    )
    assert balances() == {"bank": total(*orders), "buyers": -total(*orders)}
    assert AuditEvent.objects.filter(action="transfer.split").count() == 1


def test_what_is_left_goes_back_once_that_was_said(orders: list[Order]) -> None:
    first, second, _third = orders
    transfer = came(total(first, second) + 50_000, first, second)

    with pytest.raises(TransferError, match="50"):
        split(transfer, first, second)
    assert not Payment.objects.filter(state="paid").exists()
    split(transfer, first, second, returns_rest=True)

    rest = transfer.parts.get(state=State.TO_RETURN)
    assert rest.amount == 50_000
    assert balances() == {
        "bank": transfer.amount,
        "buyers": -total(first, second),
        "refunds_due": -50_000,
    }
    transfer_returned(transfer_id=rest.pk, reference="FT9", by=finance())
    assert balances() == {"bank": total(first, second), "buyers": -total(first, second)}


def test_an_order_gets_only_what_it_still_lacks(orders: list[Order]) -> None:
    first, second, _third = orders
    money_comes(first, amount=1_000)
    transfer = came(total(first, second) - 1_000, first, second)

    split(transfer, first, second)

    assert set(
        Order.objects.filter(pk__in=[first.pk, second.pk]).values_list("payment_state", flat=True)
    ) == {"paid"}
    assert "refunds_due" not in balances()


@pytest.mark.parametrize("wrong", ["too small", "one order", "unknown", "paid", "cancelled"])
def test_what_cannot_be_changes_nothing(orders: list[Order], wrong: str) -> None:
    first, second, _third = orders
    transfer = came(total(first, second) - (1 if wrong == "too small" else 0), first, second)
    numbers = [first.number, "OC-9999-9999" if wrong == "unknown" else second.number]
    if wrong == "one order":
        numbers = [first.number, first.number]
    if wrong == "paid":
        money_comes(second)
    if wrong == "cancelled":
        order_cancel(order_id=second.pk, reason="")
    booked = LedgerEntry.objects.count()

    with pytest.raises(TransferError):
        transfer_split(transfer_id=transfer.pk, order_numbers=numbers, returns_rest=True, by=finance())

    assert LedgerEntry.objects.count() == booked
    assert not BankTransfer.objects.exclude(part_of=None).exists()


def test_shared_out_or_credited_it_is_once(orders: list[Order]) -> None:
    first, second, third = orders
    transfer = came(total(first, second), first, second)
    split(transfer, first, second)
    booked = LedgerEntry.objects.count()

    with pytest.raises(TransferError):
        split(transfer, first, second)
    with pytest.raises(TransferError):
        transfer_match(transfer_id=transfer.pk, order_number=third.number, by=finance())
    transfers_match_due()

    assert LedgerEntry.objects.count() == booked


def test_heard_of_again_by_the_banks_message_it_is_in_doubt(orders: list[Order]) -> None:
    first, second, _third = orders
    transfer = came(total(first, second), first, second)
    split(transfer, first, second)

    again = money_comes(first, source="webhook", amount=total(first))
    whole = money_comes(amount=transfer.amount, memo=transfer.memo, source="webhook")

    assert again.state == State.SETTLED, "another sum than the whole is another transfer: it goes back"
    assert again.returned_amount == total(first)
    assert whole.state == State.UNKNOWN, "two orders: a person looks"


def test_a_refund_afterwards_goes_by_transfer(orders: list[Order]) -> None:
    first, second, _third = orders
    split(came(total(first, second), first, second), first, second)
    first.refresh_from_db()

    refund = refund_request(
        payment=first.settled_by, consignment=first.consignments.get(), reason="", key="again"
    )

    assert (refund.state, refund.amount) == (Refund.State.TO_TRANSFER, total(first))
    assert refund.by_transfer


def test_parts_that_do_not_add_up_are_found(orders: list[Order]) -> None:
    first, second, _third = orders
    transfer = split(came(total(first, second), first, second), first, second)

    BankTransfer.objects.filter(pk=transfer.pk).update(amount=transfer.amount + 1)
    found = {one.key for one in ledger_differences()}
    BankTransfer.objects.filter(pk=transfer.pk).update(amount=transfer.amount)

    assert f"transfer:{transfer.pk}:parts" in found


def test_on_its_page_finance_shares_it_out(orders: list[Order], client: Any) -> None:
    first, second, _third = orders
    transfer = came(total(first, second) + 7_000, first, second)
    client.force_login(finance())
    page, step = (reverse(f"dashboard:{name}", args=[transfer.pk]) for name in ("transfer", "transfer-split"))

    shown = client.get(page).content.decode()
    assert f"{first.number}\n{second.number}" in shown, "what the memo names stands there already"
    numbers = f"{first.number}\n{second.number.lower()}"
    assert client.post(step, {"order_numbers": "XX"}).status_code == 422
    refused = client.post(step, {"order_numbers": numbers})
    assert refused.status_code == 422
    assert "7.000" in refused.content.decode()
    client.post(step, {"order_numbers": numbers, "returns_rest": "on"})

    shown = client.get(page).content.decode()
    assert "Chia cho nhiều đơn" in shown
    assert reverse("dashboard:transfer", args=[transfer.parts.get(state="to_return").pk]) in shown


def test_what_goes_back_of_a_part_is_found_at_the_bank_by_the_banks_own_name(
    orders: list[Order], client: Any
) -> None:
    first, second, _third = orders
    transfer = split(came(total(first, second) + 7_000, first, second), first, second, returns_rest=True)
    rest = transfer.parts.get(state="to_return")
    client.force_login(finance())

    shown = client.get(reverse("dashboard:transfer", args=[rest.pk])).content.decode()
    body = shown[shown.index("<main") : shown.index("</main>")]

    assert transfer.reference in body
    assert rest.reference not in body[body.index("</h1>") :]
