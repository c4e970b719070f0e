"""A lost dispute: the buyer's own money first, then whoever is said to bear it, once, with a reason."""

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from checkout.order.models import Consignment, Order
from checkout.payment.disputes import DecisionNotPossible, bearers_of, dispute_decide, loss_of
from checkout.payment.errors import TakenByBank
from checkout.payment.goodwill import goodwill_at_most
from checkout.payment.models import Dispute, DisputeShare
from checkout.payment.refunds import refund_request
from checkout.settlement.models import LedgerEntry
from checkout.settlement.reconciliation.services import all_differences
from checkout.settlement.selectors import producer_balance
from marketplace.audit.models import AuditEvent
from marketplace.money import format_dong
from marketplace.notices.models import Notice
from tests.factories.payouts import finance, owner_of
from tests.factories.settlement import (
    balances,
    bank_disputes,
    commission,
    deliver,
    entries,
    legs,
    paid_order,
    payment_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_commission() -> None:
    commission(0, valid_from=date(2026, 2, 1))


@pytest.fixture
def order() -> Order:
    """Two parcels for 150.000 ₫ and 120.000 ₫, paid by card; the first is delivered."""
    order = paid_order((1, 120_000, 30_000), (1, 120_000, 0))
    deliver(first(order))
    return order


def first(order: Order) -> Consignment:
    return order.consignments.order_by("pk")[0]


def dispute_of(order: Order, amount: int, *, state: str = "lost", which: int = 1) -> Dispute:
    """Let the buyer's bank take `amount` back and decide."""
    bank_disputes(order, amount, "needs_response", which=which)
    return bank_disputes(order, amount, state, which=which)


def decide(dispute: Dispute, *parcels: Consignment, reason: str = "Giao thiếu hàng") -> Dispute:
    """Let the producer of each parcel bear as much as it may."""
    most = {one.consignment.pk: one.amount for one in bearers_of(dispute)}
    shares = {parcel.pk: most.get(parcel.pk, 1) for parcel in parcels}
    return dispute_decide(dispute=dispute, shares=shares, reason=reason, by=finance())


@pytest.mark.parametrize(
    ("told", "late"),
    [
        ("needs_response", "warning_needs_response"),
        ("under_review", "needs_response"),
        ("under_review", "warning_under_review"),
    ],
)
def test_what_is_told_late_leads_nowhere_back(order: Order, told: str, late: str) -> None:
    before = bank_disputes(order, 270_000, told)

    after = bank_disputes(order, 270_000, late)

    assert after.state == before.state
    # The bank still has the money: nothing of it can be sent back a second time.
    assert payment_of(order).refundable_amount == 0
    assert all_differences() == []


def test_nobody_has_to_decide_about_what_was_never_delivered() -> None:
    dispute = dispute_of(paid_order((1, 100_000, 0)), 100_000)

    assert (dispute.is_to_be_decided, dispute.decided_by) == (False, None)
    assert balances() == {}
    assert all_differences() == []


def test_until_somebody_decides_it_stands_on_the_account_of_disputes(order: Order) -> None:
    dispute = dispute_of(order, 270_000)

    assert dispute.is_to_be_decided
    assert loss_of(dispute) == 150_000
    assert balances()["disputes"] == 270_000
    assert all_differences() == []


def test_the_marketplace_bears_it(order: Order) -> None:
    dispute = decide(dispute_of(order, 270_000))

    assert balances() == {"losses": 150_000, "producer": -150_000}
    assert (dispute.shares.count(), dispute.borne_amount, dispute.decision) == (0, 0, "Giao thiếu hàng")
    assert not Notice.objects.filter(template="producer_dispute_borne").exists()
    assert AuditEvent.objects.get(action="dispute.decided").reason == "Giao thiếu hàng"
    assert all_differences() == []


def test_the_producer_bears_it_and_is_told_why(order: Order) -> None:
    producer = first(order).producer
    owner = owner_of(producer)

    decide(dispute_of(order, 270_000), first(order))

    assert producer_balance(producer) == 0
    assert "losses" not in balances()
    told = Notice.objects.get(template="producer_dispute_borne", channel="mail")
    assert (told.recipient, told.context["amount"]) == (owner.email, 150_000)
    assert told.context["reason"] == "Giao thiếu hàng"
    assert all_differences() == []


def test_a_producer_bears_no_more_than_its_parcel_and_the_marketplace_the_rest(order: Order) -> None:
    second = order.consignments.order_by("pk")[1]
    deliver(second)
    dispute = dispute_of(order, 270_000)

    assert [(one.producer, one.amount) for one in bearers_of(dispute)] == [
        (first(order).producer, 150_000),
        (second.producer, 120_000),
    ]
    decide(dispute, second)

    assert producer_balance(second.producer) == 0
    assert balances()["losses"] == 150_000
    assert legs(entries("dispute_lost")[0]) == [
        ("producer", 120_000),
        ("disputes", -120_000),
        ("losses", 150_000),
        ("disputes", -150_000),
    ]
    assert all_differences() == []


def test_what_went_back_of_a_parcel_its_producer_does_not_bear(order: Order) -> None:
    refund_request(payment=payment_of(order), consignment=first(order), lines={}, reason="", key="delivery")

    assert [one.amount for one in bearers_of(dispute_of(order, 240_000))] == [120_000]


@pytest.mark.parametrize("wrong", ["no reason", "no part in it", "won", "twice"])
def test_what_cannot_be_decided_changes_nothing(order: Order, wrong: str) -> None:
    dispute = dispute_of(order, 270_000, state="won" if wrong == "won" else "lost")
    if wrong == "twice":
        decide(dispute)
    booked = LedgerEntry.objects.count()
    parcels = [order.consignments.order_by("pk")[1]] if wrong == "no part in it" else []

    with pytest.raises(DecisionNotPossible):
        decide(dispute, *parcels, reason=" " if wrong == "no reason" else "Vì sao")

    assert LedgerEntry.objects.count() == booked


@pytest.mark.parametrize(
    "change",
    [
        {"amount": 269_999},
        {"borne_amount": 149_999},
        {"was_away": False},
        {"decided_at": None, "borne_amount": 0},
    ],
)
def test_the_check_holds_disputes_against_the_ledger(order: Order, change: dict[str, Any]) -> None:
    decide(dispute_of(order, 270_000), first(order))

    Dispute.objects.update(**change)

    assert all_differences() != []


def test_the_screen_decides_once_and_asks_for_a_reason(order: Order, client: Any) -> None:
    client.force_login(finance())
    dispute = dispute_of(order, 270_000)
    path = reverse("dashboard:dispute", args=[dispute.pk])
    producer = first(order).producer

    assert (
        "khiếu nại thẻ sàn thua, cần quyết định"
        in client.get(reverse("dashboard:programme")).content.decode()
    )
    words = client.get(path).content.decode()
    assert f"{producer.name}: 150.000" in words.replace("&nbsp;", " ").replace("\u00a0", " ")
    parcel = first(order).pk
    assert client.post(path, {"borne_by": parcel, "reason": ""}).status_code == 422
    assert client.post(path, {"borne_by": parcel + 1, "reason": "x"}).status_code == 422
    assert client.post(path, {"borne_by": "shared", "reason": "x"}).status_code == 422
    for _twice in range(2):
        client.post(path, {"borne_by": parcel, "reason": "Giao thiếu hàng"})

    assert producer_balance(producer) == 0
    words = client.get(path).content.decode()
    assert "Giao thiếu hàng" in words
    assert '<form class="form panel"' not in words


# --- Shared by several producers ----------------------------------------------------------------------------


@pytest.fixture
def both(order: Order) -> list[Consignment]:
    """Parcels for 150.000 ₫ and 120.000 ₫, both delivered."""
    deliver(order.consignments.order_by("pk")[1])
    return list(order.consignments.order_by("pk"))


def share(dispute: Dispute, *shares: tuple[Consignment, int]) -> Dispute:
    return dispute_decide(
        dispute=dispute, shares={parcel.pk: amount for parcel, amount in shares}, reason="x", by=finance()
    )


@pytest.mark.parametrize(
    ("amount", "shares"),
    [(270_000, [150_000, 120_000]), (100_000, [55_556, 44_444]), (1, [1, 0])],
)
def test_shares_are_proposed_in_proportion_and_add_up(
    order: Order, both: list[Consignment], amount: int, shares: list[int]
) -> None:
    assert [one.share for one in bearers_of(dispute_of(order, amount))] == shares


def test_two_producers_share_a_loss_to_the_dong(order: Order, both: list[Consignment]) -> None:
    owners = [owner_of(parcel.producer) for parcel in both]
    dispute = dispute_of(order, 100_000)

    share(dispute, *((one.consignment, one.share) for one in bearers_of(dispute)))

    assert [producer_balance(parcel.producer) for parcel in both] == [150_000 - 55_556, 120_000 - 44_444]
    assert "losses" not in balances()
    assert legs(entries("dispute_lost")[0]) == [
        ("producer", 55_556),
        ("disputes", -55_556),
        ("producer", 44_444),
        ("disputes", -44_444),
    ]
    told = Notice.objects.filter(template="producer_dispute_borne", channel="mail").order_by("pk")
    assert [(one.recipient, one.context["amount"]) for one in told] == [
        (owners[0].email, 55_556),
        (owners[1].email, 44_444),
    ]
    event = AuditEvent.objects.get(action="dispute.decided")
    assert event.changes == {"shares": {both[0].number: 55_556, both[1].number: 44_444}}
    assert all_differences() == []


def test_a_second_dispute_takes_what_the_first_left_of_a_parcel(
    order: Order, both: list[Consignment]
) -> None:
    dearer, cheaper = both
    share(dispute_of(order, 100_000), (dearer, 100_000))
    second = dispute_of(order, 170_000, which=2)

    assert [(one.amount, one.share) for one in bearers_of(second)] == [(50_000, 50_000), (120_000, 120_000)]
    with pytest.raises(DecisionNotPossible):
        share(second, (dearer, 50_001))
    share(second, (dearer, 50_000), (cheaper, 120_000))

    assert [producer_balance(parcel.producer) for parcel in both] == [0, 0]
    assert all_differences() == []


def test_what_a_dispute_took_of_a_parcel_does_not_go_back_again(
    order: Order, both: list[Consignment]
) -> None:
    dearer, cheaper = both
    share(dispute_of(order, 100_000), (dearer, 100_000))

    with pytest.raises(TakenByBank) as refused:
        refund_request(payment=payment_of(order), consignment=dearer, reason="x", key="1")
    refund_request(payment=payment_of(order), consignment=cheaper, reason="x", key="2")

    assert format_dong(50_000) in str(refused.value.message)
    assert goodwill_at_most(dearer) == 50_000
    assert producer_balance(dearer.producer) == 50_000
    assert all_differences() == []


def test_of_what_they_do_not_share_the_marketplace_bears_the_rest(
    order: Order, both: list[Consignment]
) -> None:
    dispute = share(dispute_of(order, 100_000), (both[0], 30_000), (both[1], 20_000))

    dispute.refresh_from_db()
    assert dispute.borne_amount == 50_000
    assert balances()["losses"] == 50_000
    assert all_differences() == []


@pytest.mark.parametrize("shares", [(60_000, 40_001), (150_001, 1), (1, 120_001), (0, 50_000), (-1, 2)])
def test_shares_beyond_the_loss_or_a_parcel_are_refused(
    order: Order, both: list[Consignment], shares: tuple[int, int]
) -> None:
    amount = 270_000 if max(shares) > 100_000 else 100_000
    dispute = dispute_of(order, amount)

    with pytest.raises(DecisionNotPossible):
        share(dispute, *zip(both, shares, strict=True))

    assert not DisputeShare.objects.exists()
    assert not entries("dispute_lost")


def test_the_database_holds_one_share_a_parcel_and_none_of_nothing(
    order: Order, both: list[Consignment]
) -> None:
    dispute = share(dispute_of(order, 100_000), (both[0], 30_000))

    for parcel, amount in ((both[0], 1), (both[1], 0)):
        with pytest.raises(IntegrityError), transaction.atomic():
            DisputeShare.objects.create(dispute=dispute, consignment=parcel, amount=amount)
    with pytest.raises(IntegrityError), transaction.atomic():
        Dispute.objects.update(borne_amount=100_001)


def test_the_check_holds_shares_against_the_ledger_and_their_sum(
    order: Order, both: list[Consignment]
) -> None:
    share(dispute_of(order, 100_000), (both[0], 30_000), (both[1], 20_000))

    DisputeShare.objects.filter(consignment=both[0]).update(amount=30_001)

    assert {one.key.split(":")[0] for one in all_differences()} == {"facts", "dispute-shares"}


def test_on_the_screen_they_share_it_as_proposed_or_as_typed(
    order: Order, both: list[Consignment], client: Any
) -> None:
    client.force_login(finance())
    dispute = dispute_of(order, 100_000)
    path = reverse("dashboard:dispute", args=[dispute.pk])
    fields = [f"share_{parcel.pk}" for parcel in both]

    shown = client.get(path).content.decode()
    assert all(name in shown for name in fields)
    assert 'value="55.556"' in shown
    too_much = {"borne_by": "shared", fields[0]: "60.000", fields[1]: "40.001", "reason": "x"}
    answer = client.post(path, too_much)
    assert answer.status_code == 422
    assert "60.000" in answer.content.decode(), "nothing typed is lost"
    client.post(path, {**too_much, fields[1]: "40.000"})

    assert list(dispute.shares.values_list("amount", flat=True)) == [60_000, 40_000]
    for screen in (path, reverse("dashboard:disputes")):
        shown = client.get(screen).content.decode()
        assert all(parcel.producer.name in shown for parcel in both)


def test_the_screen_asks_for_a_second_factor(order: Order, client: Any, settings: Any) -> None:
    settings.MONEY_NEEDS_SECOND_FACTOR = True
    client.force_login(finance())
    dispute = dispute_of(order, 270_000)

    answer = client.post(
        reverse("dashboard:dispute", args=[dispute.pk]), {"borne_by": "platform", "reason": "x"}
    )

    assert answer.status_code == 403
    dispute.refresh_from_db()
    assert dispute.is_to_be_decided
