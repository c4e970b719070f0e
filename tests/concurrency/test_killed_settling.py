"""A process may be killed at any step by which money is matched, given back, comes back or is decided about: afterwards, once more, all is
consistent, and nothing was done twice."""

from datetime import date
from pathlib import Path

import pytest
from django.utils import timezone

from checkout.order.models import Consignment, Order, PaymentState
from checkout.payment.disputes import dispute_note
from checkout.payment.gateways.base import EventMeaning, GatewayEvent
from checkout.payment.models import Dispute, Payment, Refund
from checkout.payment.transfers.memos import memo_of
from checkout.payment.transfers.models import BankTransfer
from checkout.payment.transfers.services import transfers_match_due, transfers_record
from checkout.settlement.models import LedgerEntry
from checkout.settlement.payouts.models import Payout
from checkout.settlement.payouts.results import payout_settle_by_hand, result_apply, result_read
from checkout.settlement.reconciliation.services import all_differences
from checkout.settlement.selectors import producer_balance
from checkout.shipping.carriers.models import CashRemittance
from marketplace.audit.models import AuditEvent
from marketplace.notices.models import Notice
from tests.concurrency import killed_process
from tests.concurrency.test_killed_processes import killed
from tests.factories.carriers import make_shipment
from tests.factories.catalogue import sold_pack
from tests.factories.orders import placed_order
from tests.factories.payouts import answer, batch_of, finance, owner_of, payable, refund_to_transfer, sent
from tests.factories.settlement import balances, commission, deliver, paid_order, payment_of
from tests.factories.transfers import account_in_use, incoming, money_comes

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

CREDITING = "checkout.payment.transfers.crediting"
SPLITTING = "checkout.payment.transfers.splitting"
SETTLING = "checkout.settlement.payouts.settling"
CASH = "checkout.shipping.carriers.cash"


@pytest.fixture(autouse=True)
def _no_commission() -> None:
    commission(0, valid_from=date(2026, 2, 1))


def booked() -> list[str]:
    return sorted(LedgerEntry.objects.values_list("key", flat=True))


@pytest.mark.parametrize(
    "target",
    [
        "checkout.payment.transfers.services:book_transfer_received",
        f"{CREDITING}:book_payment_received",
        f"{CREDITING}:order_mark_paid",
        f"{CREDITING}:_settle",
    ],
)
def test_killed_while_a_transfer_is_matched_pays_the_order_once(target: str, tmp_path: Path) -> None:
    account = account_in_use()
    order = placed_order(sold_pack(), payment_method="transfer")
    row = incoming(amount=int(order.total_incl_tax), memo=memo_of(order.number))
    transfers_record(account=account, rows=[row], source="statement")

    killed("match-transfers", target, "after", "", tmp_path)

    assert booked() == []
    assert BankTransfer.objects.get().state == "pending"
    BankTransfer.objects.update(next_try_at=timezone.now())  # the dead worker's lease runs out
    assert transfers_match_due() == 1
    order.refresh_from_db()
    assert (order.payment_state, order.paid_amount) == (PaymentState.PAID, order.total_incl_tax)
    assert all_differences() == []


@pytest.mark.parametrize(
    "target",
    [
        f"{SPLITTING}:book_transfer_received",
        f"{SPLITTING}:transfer_credit",
        f"{SPLITTING}:book_transfer_returned",
        f"{SPLITTING}:audit_record",
    ],
)
def test_killed_while_a_transfer_is_shared_out_pays_nobody_and_then_each_once(
    target: str, tmp_path: Path
) -> None:
    account_in_use()
    finance()
    orders = [placed_order(sold_pack(), payment_method="transfer") for _each in range(2)]
    total = sum(int(order.total_incl_tax) for order in orders)
    transfer = money_comes(amount=total + 10_000, memo=" ".join(order.number for order in orders))
    before = booked()

    killed("split-transfer", target, "after", transfer.pk, tmp_path)

    assert booked() == before
    assert BankTransfer.objects.get().state == "unknown"
    killed_process.split_transfer(str(transfer.pk))
    assert set(Order.objects.values_list("payment_state", flat=True)) == {PaymentState.PAID}
    assert balances() == {"bank": total + 10_000, "buyers": -total, "refunds_due": -10_000}
    assert all_differences() == []


@pytest.mark.parametrize(
    "target",
    [f"{SETTLING}:book_payout_returned", f"{SETTLING}:account_put_on_hold", f"{SETTLING}:tell_came_back"],
)
def test_killed_while_a_payout_comes_back_owes_it_once(target: str, tmp_path: Path) -> None:
    producer = payable(500_000)
    owner_of(producer)
    payout = sent(batch_of(producer)).payouts.get()
    payout_settle_by_hand(payout=payout, by=finance())

    killed("payout-came-back", target, "after", payout.pk, tmp_path)

    assert Payout.objects.get().state == "done"
    assert producer_balance(producer) == 0
    killed_process.payout_came_back(str(payout.pk))
    assert (Payout.objects.get().state, producer_balance(producer)) == ("returned", 500_000)
    assert Notice.objects.filter(template="payout_returned", channel="mail").count() == 1
    assert AuditEvent.objects.filter(action="payout_account.refused").count() == 1


@pytest.mark.parametrize(
    "target",
    [
        f"{SETTLING}:refund_transferred",
        "checkout.payment.bank_accounts:book_refund_sent",
        "checkout.payment.bank_accounts:tell_refund_sent",
    ],
)
def test_killed_while_a_refund_by_transfer_is_done_sends_it_once(target: str, tmp_path: Path) -> None:
    refund = refund_to_transfer()
    Refund.objects.update(by_transfer=True)
    batch = sent(batch_of(refunds=[refund]))
    content = answer((batch.payouts.get(), "Thành công", ""))
    result = result_read(batch=batch, name="ket-qua.csv", content=content, by=finance())

    killed("apply-result", target, "after", result.pk, tmp_path)

    refund.refresh_from_db()
    assert (refund.state, Payout.objects.get().state) == ("to_transfer", "pending")
    result_apply(result=result, by=finance())
    refund.refresh_from_db()
    assert refund.state == "done"
    assert LedgerEntry.objects.filter(kind="refund_sent").count() == 1
    assert Notice.objects.filter(template="refund_sent", channel="sms").count() == 1
    assert all_differences() == []


@pytest.mark.parametrize(
    "target",
    [
        "checkout.payment.disputes:book_dispute_lost",
        "checkout.payment.disputes:audit_record",
        "checkout.payment.disputes:tell_dispute_borne",
    ],
)
def test_killed_while_a_dispute_is_decided_leaves_it_to_be_decided(target: str, tmp_path: Path) -> None:
    order = paid_order((1, 100_000, 0))
    consignment = deliver(order.consignments.get())
    said = GatewayEvent(
        event_id="e",
        kind="k",
        meaning=EventMeaning.DISPUTED,
        amount=100_000,
        dispute_reference="dp_1",
        dispute_state="lost",
    )
    dispute_note(payment_of(order), said)
    dispute = Dispute.objects.get()
    finance()

    killed("decide-dispute", target, "after", dispute.pk, tmp_path)

    dispute.refresh_from_db()
    assert dispute.is_to_be_decided
    assert balances()["disputes"] == 100_000
    killed_process.decide_dispute(str(dispute.pk))
    assert producer_balance(consignment.producer) == 0
    assert all_differences() == []


@pytest.mark.parametrize(
    "target",
    [
        "checkout.payment.goodwill:refund_decide",
        "checkout.payment.goodwill:audit_record",
        "checkout.payment.goodwill:tell_goodwill_borne",
    ],
)
def test_killed_while_a_sum_is_given_gives_none_and_then_once(target: str, tmp_path: Path) -> None:
    order = paid_order((1, 100_000, 0))
    consignment = deliver(order.consignments.get())
    finance()

    killed("give-goodwill", target, "after", consignment.pk, tmp_path)

    assert not Refund.objects.exists()
    assert Payment.objects.get().refunded_amount == 0
    for _twice in range(2):
        killed_process.give_goodwill(str(consignment.pk))
    assert Refund.objects.get().amount == 30_000
    assert producer_balance(consignment.producer) == 70_000
    assert all_differences() == []


@pytest.mark.parametrize(
    "target",
    [f"{CASH}:consignment_deliver", f"{CASH}:book_cash_remitted", f"{CASH}:book_cash_fee"],
)
def test_killed_while_carriers_cash_is_taken_books_it_once(target: str, tmp_path: Path) -> None:
    shipment = make_shipment()
    Consignment.objects.filter(pk=shipment.consignment_id).update(state="shipped")

    killed("take-cash-file", target, "after", shipment.pk, tmp_path)

    assert booked() == []
    assert not CashRemittance.objects.exists()
    for _twice in range(2):
        killed_process.take_cash_file(str(shipment.pk))
    assert CashRemittance.objects.get().fee == 5_000
    assert "cod_transit" not in balances()
    assert all_differences() == []
