"""Random histories of orders, payments, partial refunds, returns, cancellations, disputes and payouts: whatever happens, the ledger holds.

`make test` plays a few dozen. `LEDGER_HISTORIES=10000 .venv/bin/pytest tests/integration/settlement/test_ledger_histories.py` plays that many.
"""

import os
from datetime import date
from itertools import count
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import F, Sum
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from catalogue.producers.models import Partner
from checkout.errors import ChangeNotAllowed
from checkout.order.models import Consignment, Line, Order, PaymentState
from checkout.order.services import (
    consignment_accept,
    consignment_cancel,
    consignment_deliver,
    consignment_pack,
    consignment_return,
    consignment_ship,
)
from checkout.payment.bank_accounts import refund_by_transfer, refund_transferred
from checkout.payment.disputes import bearers_of, dispute_decide
from checkout.payment.errors import RefundNotPossible
from checkout.payment.events import event_apply
from checkout.payment.gateways.base import EventMeaning
from checkout.payment.gateways.sandbox import SandboxGateway
from checkout.payment.goodwill import goodwill_at_most, goodwill_give
from checkout.payment.models import Dispute, Payment, Refund, RefundPart, WebhookEvent
from checkout.payment.refunds import refund_request, refunds_send_due
from checkout.services import order_cancel
from checkout.settlement.bookings import (
    book_payout_created,
    book_payout_done,
    book_payout_failed,
    book_payout_returned,
)
from checkout.settlement.models import Account, LedgerEntry, Posting
from checkout.settlement.postings import postings_for
from checkout.settlement.rates.models import CommissionTariff
from checkout.settlement.reconciliation.services import all_differences
from checkout.settlement.selectors import account_balances, producer_balances
from marketplace.accounts.models import User
from tests.factories.catalogue import sold_pack
from tests.factories.payments import make_order
from tests.factories.producers import ProducerFactory
from tests.factories.settlement import commission

pytestmark = pytest.mark.django_db

HISTORIES = int(os.environ.get("LEDGER_HISTORIES", "30"))
#: Steps of one history at most.
STEPS = 15

State = Consignment.State
KINDS = (Partner.Kind.HOUSEHOLD, Partner.Kind.COOPERATIVE)
BASES = CommissionTariff.Base.values
FORWARD = {
    State.PLACED: consignment_accept,
    State.ACCEPTED: consignment_pack,
    State.PACKED: consignment_ship,
    State.SHIPPED: consignment_deliver,
}

parcels = st.lists(
    st.tuples(
        st.integers(1, 4),
        st.integers(1, 9_999_999),
        st.integers(0, 200_000),
        st.integers(0, 500_000),
        st.integers(0, 100_000),
    ),
    min_size=1,
    max_size=2,
)
_numbers = count(1)


class Row:
    """A payout, as far as the ledger asks."""

    def __init__(self, producer_id: int, amount: int) -> None:
        self.pk, self.producer_id, self.amount = next(_numbers), producer_id, amount


class Shop(RuleBasedStateMachine):
    """One shop with two producers. A rule that isn't possible at the moment changes nothing."""

    @initialize(rate=st.integers(0, 3_000), base=st.sampled_from(BASES))
    def open(self, rate: int, base: str) -> None:
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.orders: list[Order] = []
        self.payouts: list[Row] = []
        self.arrived: list[Row] = []
        self.disputes: list[tuple[Payment, int, str]] = []
        self.borne: dict[int, int] = {}
        commission(rate, base=base, valid_from=date(2026, 3, 1))
        self.person = User.objects.create_user(f"ke-toan-{next(_numbers)}@example.vn")
        self.producers = [ProducerFactory.create(kind=kind) for kind in KINDS]
        self.pack = sold_pack()

    def teardown(self) -> None:
        if not hasattr(self, "savepoint"):
            return
        try:
            self.holds_in_the_end()
        finally:
            transaction.set_rollback(True)
            self.savepoint.__exit__(None, None, None)

    # --- What may happen ------------------------------------------------------------------------------------

    @precondition(lambda self: len(self.orders) < 3)
    @rule(
        goods=parcels,
        method=st.sampled_from(["sandbox", "cash"]),
        carried_by=st.sampled_from(["producer", "platform"]),
        is_paid=st.booleans(),
        steps=st.integers(0, 4),
        free=st.sampled_from([0, 21_000]),
    )
    def order_placed(
        self, goods: list[tuple[int, ...]], method: str, carried_by: str, is_paid: bool, steps: int, free: int
    ) -> None:
        number = f"H-{next(_numbers)}"
        due = PaymentState.DUE_ON_DELIVERY if method == "cash" else PaymentState.AWAITING
        order = make_order(
            *[(packs, amount, delivery) for packs, amount, delivery, _, _ in goods],
            number=number,
            method=method,
            payment_state=due,
            confirmed_at=timezone.now() if method == "cash" else None,
        )
        for consignment, producer, (*_, on_goods, on_delivery) in zip(
            order.consignments.order_by("pk"), self.producers, goods, strict=False
        ):
            Consignment.objects.filter(pk=consignment.pk).update(
                producer=producer,
                carried_by=carried_by,
                platform_discount=on_goods + on_delivery,
                delivery_by_producer=free,
            )
            Line.objects.filter(consignment=consignment).update(
                product=self.pack,
                partner=producer,
                platform_discount=on_goods,
                line_price_before_discounts_incl_tax=F("line_price_incl_tax") + on_goods,
            )
        if method == "sandbox":
            for attempt in range(2):
                Payment.objects.create(
                    order=order,
                    gateway="sandbox",
                    reference=f"{number}-{attempt}",
                    amount=int(order.total_incl_tax),
                    state=Payment.State.STARTED if attempt else Payment.State.FAILED,
                )
        self.orders.append(order)
        if method == "sandbox" and is_paid:
            self.money_comes(order.payments.order_by("pk")[0])
        self.forward(order.consignments.order_by("pk")[0], steps)

    @precondition(lambda self: self.orders)
    @rule(which=st.integers(0, 9))
    def paid(self, which: int) -> None:
        payments = list(Payment.objects.filter(gateway="sandbox").order_by("pk"))
        if payments:
            self.money_comes(payments[which % len(payments)])

    @precondition(lambda self: self.orders)
    @rule(which=st.integers(0, 9), steps=st.integers(1, 4))
    def goes_forward(self, which: int, steps: int) -> None:
        self.forward(self.consignment(which), steps)

    @precondition(lambda self: self.orders)
    @rule(which=st.integers(0, 9), whole=st.booleans())
    def cancelled(self, which: int, whole: bool) -> None:
        consignment = self.consignment(which)
        if whole:
            self.tried(order_cancel, order_id=consignment.order_id)
        else:
            self.tried(consignment_cancel, consignment_id=consignment.pk)

    @precondition(lambda self: self.orders)
    @rule(which=st.integers(0, 9))
    def came_back(self, which: int) -> None:
        self.tried(consignment_return, consignment_id=self.consignment(which).pk)

    @precondition(lambda self: self.orders)
    @rule(which=st.integers(0, 9), packs=st.integers(1, 3), with_delivery=st.booleans())
    def packs_go_back(self, which: int, packs: int, with_delivery: bool) -> None:
        consignment = self.consignment(which)
        payment = (
            consignment.order.settled_by
            or Payment.objects.filter(consignment=consignment, state="paid").first()
        )
        if payment:
            line = consignment.lines.get()
            left = line.quantity - line.refunded_quantity
            self.tried(
                refund_request,
                payment=payment,
                consignment=consignment,
                lines={line.pk: min(packs, left)} if left else {},
                with_delivery=with_delivery,
                reason="",
                key=f"packs-{next(_numbers)}",
            )

    @precondition(lambda self: self.orders)
    @rule(
        which=st.integers(0, 9), part=st.integers(1, 100), borne_by=st.sampled_from(["producer", "platform"])
    )
    def sum_is_given(self, which: int, part: int, borne_by: str) -> None:
        consignment = self.consignment(which)
        amount = max(1, goodwill_at_most(consignment) * part // 100)
        self.tried(
            goodwill_give,
            consignment_id=consignment.pk,
            amount=amount,
            borne_by=borne_by,
            reason="Giao muộn",
            key=f"goodwill-{next(_numbers)}",
            by=self.person,
        )

    @precondition(lambda self: self.orders)
    @rule()
    def refunds_are_sent(self) -> None:
        refunds_send_due()

    @precondition(lambda self: self.orders)
    @rule(which=st.integers(0, 9))
    def refund_is_transferred(self, which: int) -> None:
        waiting = list(Refund.objects.filter(state=Refund.State.TO_TRANSFER).order_by("pk"))
        if waiting:
            refund_transferred(refund_id=waiting[which % len(waiting)].pk, reference="FT1")

    @precondition(lambda self: self.orders)
    @rule(which=st.integers(0, 9))
    def refund_comes_back(self, which: int) -> None:
        done = list(Refund.objects.filter(state=Refund.State.DONE, payment__gateway="sandbox").order_by("pk"))
        if done:
            refund = done[which % len(done)]
            self.hear(refund.payment, EventMeaning.REFUND_FAILED, refund_reference=refund.reference)

    @precondition(lambda self: self.orders)
    @rule(which=st.integers(0, 9))
    def refund_goes_by_transfer_instead(self, which: int) -> None:
        failed = list(Refund.objects.filter(state=Refund.State.FAILED).order_by("pk"))
        if failed:
            refund_by_transfer(refund=failed[which % len(failed)])

    @precondition(lambda self: self.orders)
    @rule(which=st.integers(0, 9), part=st.integers(1, 100))
    def disputed(self, which: int, part: int) -> None:
        paid = list(Payment.objects.filter(gateway="sandbox", state="paid").order_by("pk"))
        if paid:
            payment = paid[which % len(paid)]
            held = payment.amount - payment.refunded_amount
            if held and not any(known.pk == payment.pk for known, _, _ in self.disputes):
                dispute = (payment, max(1, held * part // 100), f"dp_{next(_numbers)}")
                self.bank_says("needs_response", *dispute)
                self.disputes.append(dispute)

    @precondition(lambda self: self.disputes)
    @rule(how=st.sampled_from(["won", "platform", "producer", "both"]), which=st.integers(0, 1))
    def dispute_ends(self, how: str, which: int) -> None:
        payment, amount, key = self.disputes.pop(0)
        if how == "won":
            self.bank_says("won", payment, amount, key)
            return
        self.bank_says("lost", payment, amount, key)
        dispute = Dispute.objects.get(reference=key)
        if not dispute.is_to_be_decided:
            return
        bearers = bearers_of(dispute) if how != "platform" else []
        bearer = bearers[which % len(bearers)] if bearers else None
        shares = {one.consignment.pk: one.share for one in bearers if one.share} if how == "both" else {}
        if bearer and how == "producer":
            shares = {bearer.consignment.pk: bearer.amount}
        dispute_decide(dispute=dispute, shares=shares, reason="Đã xem", by=self.person)
        for one in bearers:
            borne = self.borne.get(one.producer.pk, 0)
            self.borne[one.producer.pk] = borne + shares.get(one.consignment.pk, 0)

    @rule(which=st.integers(0, 1), part=st.integers(1, 100))
    def payout_begins(self, which: int, part: int) -> None:
        producer = self.producers[which]
        amount = producer_balances([producer.pk]).get(producer.pk, 0) * part // 100
        if amount > 0:
            payout = Row(producer.pk, amount)
            book_payout_created(payout)
            self.payouts.append(payout)

    @precondition(lambda self: self.payouts)
    @rule(arrives=st.booleans())
    def payout_ends(self, arrives: bool) -> None:
        payout = self.payouts.pop(0)
        (book_payout_done if arrives else book_payout_failed)(payout)
        if arrives:
            self.arrived.append(payout)

    @precondition(lambda self: self.arrived)
    @rule()
    def payout_comes_back(self) -> None:
        book_payout_returned(self.arrived.pop(0))

    # --- What always holds ----------------------------------------------------------------------------------

    @invariant()
    def nobody_is_negative_without_reason(self) -> None:
        if not hasattr(self, "producers"):
            return
        balances = producer_balances()
        for producer in self.producers:
            balance = balances.get(producer.pk, 0)
            if balance < 0:
                reasons = (
                    self.cash_taken_by(producer)
                    + self.paid_out_to(producer)
                    + self.delivery_borne_by(producer)
                    + self.sums_given_by(producer)
                )
                assert balance + reasons + self.borne.get(producer.pk, 0) >= 0

    def holds_in_the_end(self) -> None:
        if connection.vendor == "postgresql":
            connection.check_constraints()
        found = [one for one in all_differences() if one.kind != "order_open" or not self.was_disputed(one)]
        assert found == []
        self.rebuilt_from_facts_it_is_the_same()
        self.parts_add_up_to_the_whole()
        self.no_parcel_goes_back_twice()
        self.providers_and_refunds_hold_what_payments_say()

    def rebuilt_from_facts_it_is_the_same(self) -> None:
        rebuilt: dict[tuple[str, Any, str], int] = {}
        for entry in LedgerEntry.objects.all():
            for name, amount in postings_for(entry.kind, entry.facts):
                account = (name.kind, name.producer_id, name.provider)
                rebuilt[account] = rebuilt.get(account, 0) + amount
        balances = account_balances()
        kept = {
            (account.kind, account.producer_id, account.provider): balances[account.pk]
            for account in Account.objects.filter(pk__in=balances)
        }
        assert rebuilt == kept
        assert sum(kept.values()) == 0

    def parts_add_up_to_the_whole(self) -> None:
        for consignment in Consignment.objects.filter(order__in=self.orders):
            parts = RefundPart.objects.filter(consignment=consignment)
            assert consignment.refunded_amount == parts.aggregate(sum=Sum("amount", default=0))["sum"]
            line = consignment.lines.get()
            # With goods alone a way that cost the buyer nothing doesn't go back: whoever went it keeps what the marketplace added.
            is_the_way_paid_by_others = (
                consignment.state != Consignment.State.RETURNED
                and consignment.platform_discount > line.platform_discount
                and not consignment.delivery_charge
            )
            is_whole = (
                line.refunded_quantity == line.quantity
                and consignment.refunded_delivery == consignment.delivery_charge
                and not is_the_way_paid_by_others
            )
            if not is_whole:
                continue
            # All of it went back: no commission and no tax of the order's only parcel stays with anybody.
            if consignment.order.consignments.count() == 1:
                kept = Posting.objects.filter(
                    entry__order=consignment.order_id,
                    account__kind__in=["commission", "vat_withheld", "pit_withheld"],
                )
                assert kept.aggregate(sum=Sum("amount", default=0))["sum"] == 0

    def no_parcel_goes_back_twice(self) -> None:
        for consignment in Consignment.objects.filter(order__in=self.orders):
            borne = consignment.dispute_shares.aggregate(sum=Sum("amount", default=0))["sum"]
            assert consignment.refunded_amount + borne <= consignment.total

    def providers_and_refunds_hold_what_payments_say(self) -> None:
        paid = Payment.objects.filter(gateway="sandbox", state="paid").aggregate(s=Sum("amount", default=0))[
            "s"
        ]
        sent = Refund.objects.filter(payment__gateway="sandbox", state="done", by_transfer=False)
        owed = Refund.objects.exclude(state="done").aggregate(s=Sum("amount", default=0))["s"]
        away = sum(
            entry.facts["amount"] * (1 if entry.kind == "disputed" else -1)
            for entry in LedgerEntry.objects.filter(kind__in=["disputed", "dispute_won"])
        )
        assert self.balance("provider") == paid - sent.aggregate(s=Sum("amount", default=0))["s"] - away
        assert self.balance("refunds_due") == -owed

    # --- How it is told -------------------------------------------------------------------------------------

    def consignment(self, which: int) -> Consignment:
        consignments = list(
            Consignment.objects.filter(order__in=self.orders)
            .select_related("order__settled_by")
            .order_by("pk")
        )
        return consignments[which % len(consignments)]

    def money_comes(self, payment: Payment) -> None:
        names = {"reference": payment.reference, "capture_reference": payment.reference}
        self.hear(payment, EventMeaning.PAID, amount=payment.amount, **names)

    def bank_says(self, state: str, payment: Payment, amount: int, reference: str) -> None:
        self.hear(
            payment,
            EventMeaning.DISPUTED,
            reference=payment.reference,
            amount=amount,
            dispute_reference=reference,
            dispute_state=state,
        )

    def forward(self, consignment: Consignment, steps: int) -> None:
        for _ in range(steps):
            consignment.refresh_from_db()
            step: Any = FORWARD.get(consignment.state)
            if step:
                self.tried(step, consignment_id=consignment.pk)

    def tried(self, change: Any, **how: Any) -> None:
        try:
            with transaction.atomic():
                change(**how)
        except (ChangeNotAllowed, RefundNotPossible):
            pass

    def hear(self, payment: Payment, meaning: EventMeaning, **said: Any) -> None:
        payload = {"event_id": "e", "kind": "k", "meaning": meaning, "payment_id": payment.pk, **said}
        payload["order_number"] = payment.order.number
        event_apply(WebhookEvent(pk=1, gateway="sandbox", kind="k", payload=payload))

    def cash_taken_by(self, producer: Partner) -> int:
        cash = Payment.objects.filter(
            gateway="cash", consignment__producer=producer, consignment__collected_by="producer"
        )
        return int(cash.aggregate(s=Sum("amount", default=0))["s"])

    def paid_out_to(self, producer: Partner) -> int:
        return sum(
            entry.facts["amount"] * (1 if entry.kind == "payout_created" else -1)
            for entry in LedgerEntry.objects.filter(
                kind__in=["payout_created", "payout_failed", "payout_returned"], producer=producer
            )
        )

    def delivery_borne_by(self, producer: Partner) -> int:
        parcels = Consignment.objects.filter(
            producer=producer, carried_by="platform", delivered_at__isnull=False
        )
        return int(parcels.aggregate(s=Sum("delivery_by_producer", default=0))["s"])

    def sums_given_by(self, producer: Partner) -> int:
        given = RefundPart.objects.filter(consignment__producer=producer, borne_by="producer")
        return int(given.aggregate(s=Sum("amount", default=0))["s"])

    def balance(self, kind: str) -> int:
        postings = Posting.objects.filter(account__kind=kind)
        return int(postings.aggregate(s=Sum("amount", default=0))["s"])

    def was_disputed(self, found: Any) -> bool:
        """Whether the buyer's bank held money of the order while it ended: then a person looks."""
        return Dispute.objects.filter(payment__order=found.order_id).exists()


@pytest.fixture
def _refunds_go_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SandboxGateway, "refund", lambda self, **_: f"sr_{next(_numbers)}")


@pytest.mark.usefixtures("_refunds_go_out")
def test_the_ledger_holds_in_every_history() -> None:
    run_state_machine_as_test(
        Shop,
        settings=settings(
            max_examples=HISTORIES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
