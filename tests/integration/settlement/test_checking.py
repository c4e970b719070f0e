"""Orders = payments = ledger, and what is told where they aren't."""

from datetime import timedelta
from io import StringIO
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from checkout.order.models import Consignment, ConsignmentEvent, Line, Order
from checkout.order.services import consignment_return
from checkout.payment.disputes import dispute_note
from checkout.payment.gateways.base import EventMeaning, GatewayEvent
from checkout.payment.gateways.sandbox import SandboxGateway
from checkout.payment.models import Dispute, Payment, Refund, RefundPart
from checkout.payment.refunds import refund_request, refunds_send_due
from checkout.settlement.bookings import book_transfer_return_sent
from checkout.settlement.models import LedgerEntry
from checkout.settlement.reconciliation.models import Difference, Reconciliation
from checkout.settlement.reconciliation.services import (
    all_differences,
    difference_answer,
    reconciliation_ask,
    reconciliations_run,
    reconciliations_run_due,
)
from marketplace.accounts.models import StaffRole, User
from marketplace.notices.models import Notice
from tests.factories.payments import make_order
from tests.factories.settlement import balances, deliver, paid_order, payment_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def order() -> Order:
    """Two parcels, paid; the first is delivered."""
    order = paid_order((3, 99_999, 30_000), (1, 120_000, 0))
    deliver(order.consignments.order_by("pk")[0])
    return order


def kinds() -> list[str]:
    return sorted(found.kind for found in all_differences())


def change_by_hand(table: str, change: str) -> None:
    """Change the ledger behind its triggers, as a database administrator could."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            connection.check_constraints()  # what was booked so far is in balance
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute(f"UPDATE {table} SET {change}")
            cursor.execute("SET LOCAL session_replication_role = DEFAULT")
        else:
            cursor.execute(f"DROP TRIGGER append_only_{table}_update")
            cursor.execute(f"UPDATE {table} SET {change}")


def test_a_shop_in_order_has_no_differences(order: Order) -> None:
    refund_request(
        payment=payment_of(order),
        consignment=order.consignments.order_by("pk")[1],
        reason="",
        key="second",
    )
    line = order.consignments.order_by("pk")[0].lines.get()
    refund_request(
        payment=payment_of(order), consignment=line.consignment, lines={line.pk: 2}, reason="", key="packs"
    )

    assert all_differences() == []
    output = StringIO()
    call_command("ledger_check", stdout=output)
    assert "everything adds up" in output.getvalue()


def test_a_return_without_its_money_is_told(order: Order) -> None:
    Order.objects.update(settled_by=None)
    first, second = order.consignments.order_by("pk")
    Consignment.objects.filter(pk=second.pk).update(state="cancelled")

    consignment_return(consignment_id=first.pk)

    assert kinds() == ["order_open"]


@pytest.mark.parametrize(
    ("table", "change", "told"),
    [
        ("settlement_posting", "amount = amount + 1 WHERE amount = 99999", ["rebuilt", "unbalanced"]),
        ("settlement_ledgerentry", "kind = 'nonsense' WHERE kind = 'delivered'", ["rebuilt"]),
    ],
)
def test_a_ledger_that_was_tampered_with_is_told(
    order: Order, table: str, change: str, told: list[str]
) -> None:
    change_by_hand(table, change)

    assert set(told) <= set(kinds())


@pytest.mark.parametrize(
    ("model", "changes", "told"),
    [
        (Payment, {"amount": 249_998}, ["facts", "sums"]),
        (Consignment, {"platform_discount": 5}, ["facts"]),
        (Order, {"paid_amount": 249_998}, ["sums", "sums"]),
        (Payment, {"state": "failed", "paid_at": None}, ["sums", "unasked"]),
        (Order, {"refunded_amount": 5}, ["sums", "sums"]),
        (Order, {"payment_state": "partly_refunded"}, ["sums"]),
        (Order, {"payment_state": "refunded"}, ["sums"]),
        (Payment, {"refunded_amount": 5}, ["sums", "sums"]),
    ],
)
def test_rows_of_the_shop_that_say_something_else_are_told(
    order: Order, model: Any, changes: dict[str, Any], told: list[str]
) -> None:
    model.objects.update(**changes)

    assert kinds() == told


def test_an_order_that_says_it_is_paid_without_money_is_told() -> None:
    order = make_order((1, 100_000, 0), confirmed_at=timezone.now())
    assert all_differences() == []

    Order.objects.update(payment_state="paid")

    assert [(found.key, found.expected, found.found) for found in all_differences()] == [
        (f"state:{order.pk}", 100_000, 0)
    ]


def test_a_refund_that_says_it_is_out_and_is_not_is_told_and_the_other_way_round(
    order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SandboxGateway, "refund", lambda self, **_: "sr_1")
    consignment = order.consignments.order_by("pk")[1]
    refund = refund_request(payment=payment_of(order), consignment=consignment, reason="", key="second")
    told = (f"refund:{refund.pk}:out", "facts")

    Refund.objects.update(state="done", sent_at=timezone.now())
    assert [(found.key, found.kind, found.expected, found.found) for found in all_differences()] == [
        (*told, 120_000, 0)
    ]
    Refund.objects.update(state="pending", sent_at=None)
    assert refunds_send_due() == 1
    assert all_differences() == []

    Refund.objects.update(state="failed")
    assert [(found.key, found.kind, found.expected, found.found) for found in all_differences()] == [
        (*told, 0, 120_000)
    ]


def test_a_return_that_the_shop_does_not_know_is_told(order: Order) -> None:
    Order.objects.update(settled_by=None)
    first = order.consignments.order_by("pk")[0]
    consignment_return(consignment_id=first.pk)
    entry = LedgerEntry.objects.get(kind="returned")

    Consignment.objects.filter(pk=first.pk).update(state="delivered")

    assert f"unasked:{entry.key}" in {found.key for found in all_differences()}


def test_an_account_on_the_wrong_side_is_told(order: Order) -> None:
    transfer: Any = SimpleNamespace(pk=7, amount=5_000)
    book_transfer_return_sent(transfer, amount=5_000)

    found = {one.key: (one.kind, one.found) for one in all_differences()}

    assert found["sign:refunds_due"] == ("sign", 5_000)


def test_a_dispute_that_was_won_is_held_against_the_ledger(order: Order) -> None:
    for said in ("needs_response", "won"):
        dispute_note(
            payment_of(order),
            GatewayEvent(
                event_id=said,
                kind="dispute",
                meaning=EventMeaning.DISPUTED,
                amount=100_000,
                dispute_reference="dp_1",
                dispute_state=said,
            ),
        )
    assert all_differences() == []

    Dispute.objects.update(state="open", ended_at=None)

    assert [found.key for found in all_differences()] == ["unasked:dispute:dp_1:dispute_won"]


def test_the_check_ends_with_an_exit_code_and_says_what_differs(order: Order) -> None:
    Order.objects.update(paid_amount=250_000)

    output = StringIO()
    with pytest.raises(CommandError, match="1 differences") as error:
        call_command("ledger_check", stdout=output)

    assert error.value.returncode == 1
    assert "expected 249999, found 250000" in output.getvalue()


def test_a_return_and_a_refund_of_before_the_ledger_are_caught_up() -> None:
    order = make_order((2, 100_000, 10_000), confirmed_at=timezone.now())
    payment = Payment.objects.create(
        order=order,
        gateway="sandbox",
        amount=110_000,
        state="paid",
        paid_at=timezone.now() - timedelta(days=3),
    )
    Order.objects.update(payment_state="refunded", paid_amount=110_000, refunded_amount=110_000)
    Payment.objects.update(refunded_amount=110_000)
    consignment = order.consignments.get()
    Consignment.objects.update(state="returned", refunded_amount=110_000, refunded_delivery=10_000)
    Line.objects.update(refunded_quantity=2, refunded_amount=100_000)
    delivered = ConsignmentEvent.objects.create(
        consignment=consignment, from_state="shipped", to_state="delivered", actor_kind="producer"
    )
    ConsignmentEvent.objects.create(
        consignment=consignment, from_state="delivered", to_state="returned", actor_kind="producer"
    )
    refund = Refund.objects.create(
        payment=payment, consignment=consignment, amount=110_000, state="done", idempotency_key="k",
        sent_at=timezone.now(), reference="sr_1",
    )  # fmt: skip
    line = consignment.lines.get()
    for part in ({"line": line, "quantity": 2, "amount": 100_000}, {"quantity": 0, "amount": 10_000}):
        RefundPart.objects.create(refund=refund, consignment=consignment, **part)

    call_command("ledger_check", "--catch-up", stdout=StringIO())

    assert all_differences() == []
    assert balances() == {}
    consignment.refresh_from_db()
    assert consignment.delivered_at == delivered.at


def test_what_happened_before_the_ledger_is_caught_up_once() -> None:
    """An order that was paid, delivered and partly refunded without being booked."""
    order = make_order((2, 100_000, 10_000), confirmed_at=timezone.now())
    consignment = order.consignments.get()
    payment = Payment.objects.create(
        order=order, gateway="sandbox", amount=110_000, state="paid", paid_at=timezone.now()
    )
    Order.objects.update(payment_state="paid", paid_amount=110_000)
    Consignment.objects.update(state="delivered", delivered_at=timezone.now())
    assert "missing" in kinds()

    call_command("ledger_check", "--catch-up", stdout=StringIO())
    refund_request(payment=payment, consignment=consignment, reason="", key="a")
    output = StringIO()
    call_command("ledger_check", "--catch-up", stdout=output)

    assert "0 entries booked" in output.getvalue()


# --- The night's round --------------------------------------------------------------------------------------


@pytest.fixture
def keeper() -> User:
    person = User.objects.create_user("ketoan@example.vn", full_name="Lê Thị Kế Toán")
    StaffRole.objects.create(user=person, role=StaffRole.Role.ADMIN)
    return person


def run_round() -> Reconciliation:
    Reconciliation.objects.update(state="done")
    round_ = Reconciliation.objects.create(next_try_at=timezone.now())
    assert reconciliations_run() == 1
    round_.refresh_from_db()
    return round_


def test_a_night_has_one_round(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "checkout.settlement.reconciliation.services.NIGHT_FROM", timezone.datetime.min.time()
    )

    assert [reconciliations_run_due(), reconciliations_run_due()] == [1, 1]
    assert reconciliations_run() == 1
    assert reconciliations_run_due() == 0

    assert Reconciliation.objects.get().state == Reconciliation.State.DONE


def test_a_difference_is_told_once_answered_and_comes_back_with_another_sum(
    order: Order, keeper: User
) -> None:
    Order.objects.update(paid_amount=250_000)
    assert run_round().differences == 1
    run_round()

    notice = Notice.objects.get(template="ledger_differences")
    assert (notice.recipient, notice.context["count"]) == ("ketoan@example.vn", 1)
    difference = Difference.objects.get()
    assert (difference.state, difference.expected, difference.found) == ("open", 249_999, 250_000)

    difference_answer(difference=difference, answer="Đã sửa tay trong cơ sở dữ liệu", by=keeper)
    run_round()
    difference.refresh_from_db()
    assert difference.state == Difference.State.ANSWERED

    Order.objects.update(paid_amount=250_001)
    run_round()
    difference.refresh_from_db()
    assert (difference.state, difference.answer) == ("open", "")

    Order.objects.update(paid_amount=249_999)
    run_round()
    difference.refresh_from_db()
    assert difference.state == Difference.State.GONE


def test_a_round_that_fails_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> list[Any]:
        raise RuntimeError("out of order")

    round_ = Reconciliation.objects.create(next_try_at=timezone.now())
    with monkeypatch.context() as patch:
        patch.setattr("checkout.settlement.reconciliation.services.all_differences", fail)
        assert reconciliations_run() == 0
    round_.refresh_from_db()
    assert (round_.state, round_.error) == ("pending", "RuntimeError: out of order")

    Reconciliation.objects.update(next_try_at=timezone.now())
    assert reconciliations_run() == 1


def test_who_asks_while_a_round_is_under_way_gets_that_one(keeper: User) -> None:
    assert reconciliation_ask(by=keeper) == reconciliation_ask(by=keeper)
