"""An order that ended while its money was in a dispute, which we then won: finance sends the buyer's credit back from the queue."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from checkout.order.models import Order
from checkout.order.services import consignment_cancel, consignment_return
from checkout.payment.gateways.sandbox import SandboxGateway
from checkout.payment.models import Refund
from checkout.payment.refunds import refunds_send_due
from checkout.services import order_cancel
from checkout.settlement.reconciliation.checking import ledger_differences
from checkout.settlement.reconciliation.credits import Credit, credit_of, credit_send_back
from checkout.settlement.reconciliation.errors import CreditNotSent
from checkout.settlement.reconciliation.models import Difference, Reconciliation
from checkout.settlement.selectors import order_credit
from marketplace.audit.models import AuditEvent
from tests.factories.payouts import finance
from tests.factories.settlement import (
    balances,
    bank_disputes,
    credit_left,
    deliver,
    open_difference,
    paid_order,
)

pytestmark = pytest.mark.django_db

WHY = "Đơn đã huỷ, ngân hàng xử cho sàn"


@pytest.fixture(autouse=True)
def _the_provider_sends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SandboxGateway, "refund", lambda self, **_: "sr_1")


@pytest.fixture
def difference() -> Difference:
    return credit_left()


def order_of(difference: Difference) -> Order:
    assert difference.order is not None
    return difference.order


def send_back(order: Order, amount: int = 100_000, reason: str = WHY) -> list[Refund]:
    return credit_send_back(order=order, amount=amount, reason=reason, by=finance())


def url(name: str, difference: Difference) -> str:
    return reverse(f"dashboard:{name}", args=[difference.pk])


def page(client: Client, difference: Difference) -> str:
    return client.get(url("ledger-difference", difference)).content.decode().replace("\xa0", " ")


def test_the_nightly_check_finds_it_and_once_it_is_sent_back_no_longer(difference: Difference) -> None:
    order = order_of(difference)
    assert [(one.key, one.found) for one in ledger_differences()] == [(difference.key, 100_000)]
    assert credit_of(order) == Credit(amount=100_000, refundable=100_000)

    (refund,) = send_back(order)
    refunds_send_due()

    refund.refresh_from_db()
    order.refresh_from_db()
    assert (refund.amount, refund.state, refund.reason) == (100_000, Refund.State.DONE, WHY)
    assert (order.payment_state, order_credit(order.pk), balances()) == ("refunded", 0, {})
    assert list(ledger_differences()) == []
    assert AuditEvent.objects.get(action="refund.requested").reason == WHY


def test_it_goes_back_once(difference: Difference) -> None:
    send_back(order_of(difference))

    with pytest.raises(CreditNotSent):
        send_back(order_of(difference))

    assert Refund.objects.count() == 1


@pytest.mark.parametrize(("amount", "reason"), [(99_999, WHY), (100_000, " ")])
def test_another_sum_than_was_seen_or_no_reason_sends_nothing(
    difference: Difference, amount: int, reason: str
) -> None:
    with pytest.raises(CreditNotSent):
        send_back(order_of(difference), amount, reason)

    assert not Refund.objects.exists()


def test_while_the_bank_holds_it_nothing_can_be_sent() -> None:
    order = paid_order((1, 100_000, 0))
    bank_disputes(order, 100_000, "needs_response")
    consignment_cancel(consignment_id=order.consignments.get().pk)

    assert credit_of(order) == Credit(amount=100_000, refundable=0)
    with pytest.raises(CreditNotSent):
        send_back(order)


def test_an_order_that_goes_on_has_no_credit_to_send() -> None:
    assert credit_of(paid_order((1, 100_000, 0))) is None


@pytest.mark.parametrize("ended", ["cancelled", "came back"])
def test_of_an_order_in_part_the_parcel_that_ended_goes_back(ended: str) -> None:
    order = paid_order((1, 150_000, 0), (1, 100_000, 0))
    kept, gone = order.consignments.order_by("pk")
    deliver(kept)
    if ended == "came back":
        deliver(gone)
    bank_disputes(order, 250_000, "needs_response")
    if ended == "came back":
        consignment_return(consignment_id=gone.pk)
    else:
        consignment_cancel(consignment_id=gone.pk)
    bank_disputes(order, 250_000, "won")

    (refund,) = send_back(order)

    gone.refresh_from_db()
    kept.refresh_from_db()
    assert (refund.consignment, gone.refunded_amount, kept.refunded_amount) == (gone, 100_000, 0)
    assert order_credit(order.pk) == 0
    assert list(ledger_differences()) == []


@pytest.mark.parametrize(("is_whole", "left"), [(True, 40_000), (False, 100_000)])
def test_of_a_dispute_about_a_part_what_did_not_go_back_at_once_goes_back_later(
    is_whole: bool, left: int
) -> None:
    order = paid_order((1, 100_000, 0))
    bank_disputes(order, 40_000, "needs_response")
    if is_whole:
        order_cancel(order_id=order.pk)
    else:
        consignment_cancel(consignment_id=order.consignments.get().pk)
    bank_disputes(order, 40_000, "won")

    refunds = send_back(order, left)
    refunds_send_due()

    assert [refund.amount for refund in refunds] == [left]
    assert list(ledger_differences()) == []


def test_a_sum_that_no_parcel_accounts_for_is_left_to_the_orders_page() -> None:
    order = paid_order((1, 150_000, 0), (1, 100_000, 0))
    kept, gone = order.consignments.order_by("pk")
    deliver(kept)
    bank_disputes(order, 250_000, "needs_response")
    consignment_cancel(consignment_id=gone.pk)
    bank_disputes(order, 250_000, "won")
    gone.lines.update(refunded_amount=1)
    type(gone).objects.filter(pk=gone.pk).update(refunded_amount=1)

    with pytest.raises(CreditNotSent, match="trang đơn hàng"):
        send_back(order)

    assert not Refund.objects.exists()


# --- The screen ---------------------------------------------------------------------------------------------


def test_from_the_queue_finance_sends_it_back(difference: Difference, client: Client) -> None:
    client.force_login(finance())
    step = url("ledger-difference-refund", difference)
    assert "Hoàn lại 100.000 ₫" in page(client, difference)

    assert client.post(step, {"amount": 100_000, "reason": ""}).status_code == 422
    other = client.post(step, {"amount": 1, "reason": WHY}, follow=True)
    assert "đã thay đổi" in other.content.decode()
    assert not Refund.objects.exists()
    assert client.post(step, {"amount": 100_000, "reason": WHY}).status_code == 302

    assert Refund.objects.get().reason == WHY
    assert step not in page(client, difference)
    assert Reconciliation.objects.filter(state="pending").exists(), "the queue is looked at again"
    client.post(step, {"amount": 100_000, "reason": WHY})
    assert Refund.objects.count() == 1
    assert client.get(step).status_code == 405


def test_while_the_bank_holds_it_the_page_says_so(client: Client) -> None:
    client.force_login(finance())
    order = paid_order((1, 100_000, 0))
    bank_disputes(order, 100_000, "needs_response")
    consignment_cancel(consignment_id=order.consignments.get().pk)
    difference = open_difference(order, kind=Difference.Kind.ORDER_OPEN, expected=0, found=100_000)

    shown = page(client, difference)

    assert "còn giữ khoản này" in shown
    assert reverse("dashboard:disputes") in shown
    assert url("ledger-difference-refund", difference) not in shown


def test_a_difference_of_another_kind_offers_no_refund(client: Client) -> None:
    client.force_login(finance())
    difference = open_difference(order_of(credit_left()), key="x")

    assert url("ledger-difference-refund", difference) not in page(client, difference)


def test_it_asks_for_a_recent_second_factor(difference: Difference, client: Client, settings: Any) -> None:
    settings.MONEY_NEEDS_SECOND_FACTOR = True
    client.force_login(finance())

    client.post(url("ledger-difference-refund", difference), {"amount": 100_000, "reason": WHY})

    assert not Refund.objects.exists()
