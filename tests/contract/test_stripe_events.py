"""What Stripe tells us by webhooks, in its own words and signed as Stripe signs them: any order, any number of times, and what isn't from Stripe."""

import hashlib
import hmac
import json
import time
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from checkout.order.models import Order, PaymentState
from checkout.payment.errors import RefundNotPossible
from checkout.payment.gateways.base import EventMeaning, ProviderRefund
from checkout.payment.gateways.stripe import StripeGateway
from checkout.payment.models import Dispute, Payment, Refund, WebhookEvent
from checkout.payment.refunds import refund_request, refunds_send_due
from checkout.payment.services import webhook_events_process_due
from checkout.settlement.models import LedgerEntry
from marketplace.accounts.models import StaffRole
from marketplace.notices.models import Notice
from tests.contract.stripe_bodies import (
    NEW_SECRET,
    SECRET,
    charge_refunded,
    dispute_event,
    post_stripe,
    refund_event,
    session_event,
    stripe_event,
)
from tests.factories.payments import make_order, make_paid, make_payment
from tests.factories.people import account_with_proved_mail

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stripe_is_set_up")]


@pytest.fixture
def payment() -> Payment:
    order: Order = make_order(method="card")
    return make_payment(order, gateway="stripe", reference="cs_test_1")


@pytest.mark.parametrize(
    ("kind", "changes", "meaning"),
    [
        ("checkout.session.completed", {}, EventMeaning.PAID),
        ("checkout.session.completed", {"payment_status": "unpaid"}, EventMeaning.NOTHING),
        ("checkout.session.async_payment_succeeded", {}, EventMeaning.PAID),
        (
            "checkout.session.async_payment_failed",
            {"payment_status": "unpaid", "payment_intent": None},
            EventMeaning.FAILED,
        ),
        (
            "checkout.session.expired",
            {"payment_status": "unpaid", "status": "expired", "payment_intent": None},
            EventMeaning.EXPIRED,
        ),
    ],
)
def test_understands_what_becomes_of_a_session(
    payment: Payment, kind: str, changes: dict[str, Any], meaning: EventMeaning
) -> None:
    assert post_stripe(session_event(payment, kind, **changes)) == 200

    event = WebhookEvent.objects.get()
    assert (event.gateway, event.event_id, event.kind) == ("stripe", f"evt_{kind}_cs_test_1", kind)
    assert event.payload["meaning"] == meaning
    assert event.payload["amount"] == 625_000
    assert event.payload["payment_id"] == payment.pk


def test_nothing_of_the_person_who_paid_is_stored(payment: Payment) -> None:
    post_stripe(session_event(payment, "checkout.session.completed"))

    stored = json.dumps(WebhookEvent.objects.get().payload, ensure_ascii=False)
    assert "lan@example.com" not in stored
    assert "Lan" not in stored


def test_another_currency_is_no_sum_of_ours(payment: Payment) -> None:
    post_stripe(session_event(payment, "checkout.session.completed", currency="usd"))

    assert WebhookEvent.objects.get().payload["amount"] is None


def test_the_next_secret_holds_while_the_old_one_still_does(payment: Payment) -> None:
    assert post_stripe(session_event(payment, "checkout.session.completed"), secret=NEW_SECRET) == 200


@pytest.mark.parametrize("attack", ["secret", "old", "live", "nonsense", "list", "tampered"])
def test_what_stripe_did_not_sign_is_refused_and_not_stored(payment: Payment, attack: str) -> None:
    event = session_event(payment, "checkout.session.completed")
    match attack:
        case "secret":
            status = post_stripe(event, secret="whsec_other")
        case "old":
            status = post_stripe(event, at=int(time.time()) - 301)
        case "live":
            status = post_stripe({**event, "livemode": True})
        case "nonsense":
            status = post_stripe(b"\xff{")
        case "tampered":
            body = json.dumps(event).encode()
            moment = int(time.time())
            signed = hmac.new(SECRET.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
            status = (
                Client()
                .post(
                    "/webhooks/stripe/",
                    data=body.replace(b"625000", b"1000"),
                    content_type="application/json",
                    headers={"Stripe-Signature": f"t={moment},v1={signed}"},
                )
                .status_code
            )
        case _:
            status = post_stripe(b"[]")

    assert status == 400
    assert not WebhookEvent.objects.exists()


@pytest.fixture
def paid() -> Payment:
    """A payment of 625,000 đồng, captured as `pi_3Q`."""
    order = make_order(method="card")
    return make_paid(order, gateway="stripe", reference="cs_test_1", capture="pi_3Q")


@dataclass
class AtStripe:
    """The refunds that Stripe knows of, and how often it was asked."""

    refunds: list[ProviderRefund] = field(default_factory=list)
    asked: int = 0

    def make(self, reference: str, amount: int, *, key: str = "", has_failed: bool = False) -> None:
        self.refunds.append(ProviderRefund(reference, amount, key, has_failed))


@pytest.fixture
def at_stripe(monkeypatch: pytest.MonkeyPatch) -> AtStripe:
    stripe = AtStripe()

    def refunds_of(self: StripeGateway, payment: Payment) -> list[ProviderRefund]:
        stripe.asked += 1
        return stripe.refunds

    monkeypatch.setattr(StripeGateway, "refunds_of", refunds_of)
    return stripe


def hear(*events: dict[str, Any]) -> list[str]:
    """Let Stripe tell us of `events`, in this order, and return what came of each."""
    outcomes = []
    for event in events:
        assert post_stripe(event) == 200
        webhook_events_process_due()
        outcomes.append(WebhookEvent.objects.latest("pk").outcome)
    return outcomes


def test_a_refund_made_at_stripe_is_noted_once_whatever_tells_of_it(
    paid: Payment, at_stripe: AtStripe
) -> None:
    at_stripe.make("re_1", 100_000)

    outcomes = hear(
        charge_refunded(100_000),
        refund_event("refund.created", "re_1", 100_000),
        refund_event("refund.updated", "re_1", 100_000),
        refund_event("charge.refund.updated", "re_1", 100_000),
    )

    assert outcomes == ["refunded at the provider", "already known", "already known", "already known"]
    refund = Refund.objects.get()
    assert (refund.amount, refund.state, refund.reference) == (100_000, Refund.State.DONE, "re_1")
    paid.order.refresh_from_db()
    assert (paid.order.refunded_amount, paid.order.payment_state) == (100_000, PaymentState.PARTLY_REFUNDED)
    assert at_stripe.asked == 1
    assert Notice.objects.filter(template="refund_sent", channel="sms").count() == 1
    assert WebhookEvent.objects.filter(order=paid.order).count() == 4


def test_refunds_made_at_stripe_are_each_noted_in_any_order(paid: Payment, at_stripe: AtStripe) -> None:
    at_stripe.make("re_1", 100_000)
    at_stripe.make("re_2", 525_000)
    events = [
        refund_event("refund.created", "re_2", 525_000),
        charge_refunded(625_000),
        charge_refunded(100_000),
        refund_event("refund.created", "re_1", 100_000),
    ]

    hear(*events)

    assert sorted(Refund.objects.values_list("reference", "amount")) == [("re_1", 100_000), ("re_2", 525_000)]
    paid.order.refresh_from_db()
    assert paid.order.payment_state == PaymentState.REFUNDED


def test_our_own_refund_is_no_other_one(paid: Payment, at_stripe: AtStripe) -> None:
    """Stripe tells of it before its answer has reached us, and after."""
    refund = refund_request(payment=paid, reason="", key="ours")
    at_stripe.make("re_1", 625_000, key="ours")
    created = refund_event("refund.created", "re_1", 625_000, metadata={"refund_key": "ours"})

    assert hear(created, charge_refunded(625_000)) == ["already known", "already known"]
    Refund.objects.update(state=Refund.State.DONE, reference="re_1")
    assert hear(refund_event("refund.updated", "re_1", 625_000)) == ["already known"]

    assert list(Refund.objects.all()) == [refund]


def test_a_failed_refund_that_was_made_by_hand_is_done(paid: Payment, at_stripe: AtStripe) -> None:
    refund = refund_request(payment=paid, reason="", key="ours")
    Refund.objects.update(state=Refund.State.FAILED, error="card_declined")
    at_stripe.make("re_9", 625_000)

    hear(charge_refunded(625_000))

    refund.refresh_from_db()
    assert (refund.state, refund.reference, refund.error) == (Refund.State.DONE, "re_9", "")


def test_a_refund_that_we_gave_up_and_stripe_made_is_done(paid: Payment, at_stripe: AtStripe) -> None:
    """Stripe's answers were lost for two days: whoever then sends the money by bank would send it twice."""
    parcel = paid.order.consignments.get(goods_total=450_000)
    line = parcel.lines.get()
    for key in ("other", "ours"):
        refund_request(
            payment=paid, consignment=parcel, lines={line.pk: 1}, with_delivery=False, reason="", key=key
        )
    Refund.objects.update(state=Refund.State.FAILED, error="GatewayUnavailable")
    at_stripe.make("re_1", 150_000, key="ours")
    created = refund_event("refund.created", "re_1", 150_000, metadata={"refund_key": "ours"})

    assert hear(created) == ["refunded at the provider"]

    states = Refund.objects.values_list("idempotency_key", "state", "reference")
    assert sorted(states) == [("other", Refund.State.FAILED, ""), ("ours", Refund.State.DONE, "re_1")]
    assert LedgerEntry.objects.filter(kind="refund_sent").count() == 1


def test_what_went_by_bank_instead_hides_no_refund_at_stripe(paid: Payment, at_stripe: AtStripe) -> None:
    refund_request(payment=paid, reason="", key="ours")
    Refund.objects.update(state=Refund.State.DONE, by_transfer=True, reference="FT1")
    at_stripe.make("re_9", 625_000)

    [outcome] = hear(charge_refunded(625_000))

    assert outcome.startswith("RefundNotPossible")
    assert WebhookEvent.objects.get().state == WebhookEvent.State.PENDING


def test_a_refund_that_failed_meanwhile_is_not_noted(paid: Payment, at_stripe: AtStripe) -> None:
    at_stripe.make("re_1", 100_000, has_failed=True)

    outcomes = hear(
        refund_event("refund.failed", "re_1", 100_000, status="failed"),
        refund_event("refund.created", "re_1", 100_000, status="pending"),
    )

    assert outcomes == ["not a refund of this shop", "already known"]
    assert not Refund.objects.exists()


def test_a_refund_that_the_bank_refused_is_owed(paid: Payment, at_stripe: AtStripe) -> None:
    refund_request(payment=paid, reason="", key="ours")
    Refund.objects.update(state=Refund.State.DONE, reference="re_1")

    assert hear(refund_event("refund.failed", "re_1", 625_000, status="failed")) == ["refund failed"]

    assert Refund.objects.get().state == Refund.State.FAILED


def test_a_refund_that_is_refused_before_we_know_its_name_is_owed_all_the_same(
    paid: Payment, at_stripe: AtStripe, monkeypatch: pytest.MonkeyPatch
) -> None:
    refund = refund_request(payment=paid, reason="", key="ours")
    failed = refund_event("refund.failed", "re_1", 625_000, status="failed", metadata={"refund_key": "ours"})

    def refused_meanwhile(self: StripeGateway, **_asked: object) -> str:
        assert hear(failed) == ["refund failed"]
        return "re_1"

    monkeypatch.setattr(StripeGateway, "refund", refused_meanwhile)
    refunds_send_due()

    refund.refresh_from_db()
    assert (refund.state, refund.reference) == (Refund.State.FAILED, "re_1")
    assert not Notice.objects.filter(template="refund_sent").exists()
    assert not LedgerEntry.objects.filter(kind="refund_sent").exists()


def test_more_than_came_in_never_goes_back(paid: Payment, at_stripe: AtStripe) -> None:
    """Ours is on its way, and somebody sends the whole back at Stripe: a person has to look."""
    refund_request(payment=paid, reason="", key="ours")
    at_stripe.make("re_9", 625_000)

    [outcome] = hear(charge_refunded(625_000))

    assert "does not hold 625000" in outcome
    event = WebhookEvent.objects.get()
    assert (event.state, event.order) == (WebhookEvent.State.PENDING, paid.order)
    paid.refresh_from_db()
    assert paid.refunded_amount == 625_000


def test_a_dispute_marks_the_order_holds_the_money_and_tells_finance(paid: Payment) -> None:
    admin = account_with_proved_mail("chi@example.vn")
    StaffRole.objects.create(user=admin, role=StaffRole.Role.ADMIN)

    assert hear(dispute_event("created", "needs_response", 625_000)) == ["dispute open"]

    dispute, payment = Dispute.objects.get(), Payment.objects.get()
    assert (dispute.payment, dispute.state, dispute.amount) == (paid, "open", 625_000)
    assert dispute.answer_by is not None
    assert (payment.disputed_amount, payment.refundable_amount) == (625_000, 0)
    with pytest.raises(RefundNotPossible):
        refund_request(payment=payment, reason="", key="a")
    told = Notice.objects.get(template="staff_dispute")
    assert (told.recipient, told.context["amount"]) == (admin.email, 625_000)


@pytest.mark.parametrize(
    ("status", "state", "held"),
    [("won", "won", 0), ("lost", "lost", 625_000), ("warning_closed", "closed", 0)],
)
def test_a_dispute_ends_once_in_any_order(paid: Payment, status: str, state: str, held: int) -> None:
    hear(
        dispute_event("created", "needs_response", 625_000),
        dispute_event("closed", status, 625_000),
        {**dispute_event("updated", "under_review", 625_000), "id": "evt_late"},
    )

    dispute, payment = Dispute.objects.get(), Payment.objects.get()
    assert (dispute.state, payment.disputed_amount) == (state, held)
    booked = list(LedgerEntry.objects.order_by("pk").values_list("kind", flat=True))
    assert (
        booked
        == {
            "won": ["disputed", "dispute_won"],
            # Who bears it a person says.
            "lost": ["disputed"],
            "closed": ["disputed", "dispute_won"],
        }[state]
    )
    assert dispute.ended_at is not None
    assert WebhookEvent.objects.latest("pk").outcome == f"already {state}"


def test_a_bank_that_only_asks_holds_nothing(paid: Payment) -> None:
    hear(dispute_event("created", "warning_needs_response", 625_000))

    assert Payment.objects.get().disputed_amount == 0


def test_of_money_that_went_back_nothing_is_held(paid: Payment) -> None:
    refund_request(payment=paid, consignment=paid.order.consignments.all()[0], reason="", key="a")

    hear(dispute_event("created", "needs_response", 625_000))

    assert Payment.objects.get().disputed_amount == 145_000


def test_a_dispute_in_unknown_words_waits_for_a_person(paid: Payment) -> None:
    event = dispute_event("created", "needs_response", 625_000)
    event["data"]["object"]["status"] = "newly_invented"

    [outcome] = hear(event)

    assert outcome.startswith("DisputeNotUnderstood")
    assert WebhookEvent.objects.get().state == WebhookEvent.State.PENDING


def test_money_of_an_attempt_whose_name_was_lost_is_not_lost(payment: Payment) -> None:
    """Stripe's answer to the first start never reached us, the second made another session, and the buyer pays the first."""
    event = session_event(payment, "checkout.session.completed", id="cs_test_lost")

    assert hear(event) == ["paid"]

    payment.order.refresh_from_db()
    assert payment.order.payment_state == PaymentState.PAID
    assert payment.order.settled_by.reference == "cs_test_lost"


@pytest.mark.parametrize(
    "event",
    [
        refund_event("refund.created", "re_1", 1_000, payment_intent="pi_other"),
        {
            **charge_refunded(1_000),
            "data": {"object": {**charge_refunded(1_000)["data"]["object"], "payment_intent": None}},
        },
        dispute_event("created", "needs_response", 1_000, payment_intent="pi_other"),
        stripe_event("checkout.session.completed", "checkout.session", client_reference_id="OC-0000-0000"),
    ],
)
def test_what_is_about_no_order_of_ours_changes_nothing(paid: Payment, event: dict[str, Any]) -> None:
    assert hear(event)[-1] in ("not a payment of this shop", "of no consequence")

    assert not Refund.objects.exists()
    assert not Dispute.objects.exists()


def test_an_event_of_another_account_changes_nothing(payment: Payment) -> None:
    event = {**session_event(payment, "checkout.session.completed"), "account": "acct_other"}

    assert hear(event) == ["of another account"]

    payment.refresh_from_db()
    assert payment.state == Payment.State.STARTED


def test_an_unknown_event_is_kept_and_changes_nothing(payment: Payment) -> None:
    assert hear(stripe_event("charge.succeeded", "charge")) == ["of no consequence"]
    assert hear(stripe_event("customer.invented", "charge", id="ch_2")) == ["of no consequence"]


def test_an_event_in_another_version_of_the_api_is_understood_and_noticed(
    payment: Payment, caplog: pytest.LogCaptureFixture
) -> None:
    event = {**session_event(payment, "checkout.session.completed"), "api_version": "2024-06-20"}

    assert hear(event) == ["paid"]

    assert "speaks version 2024-06-20" in caplog.text


@pytest.mark.parametrize(("length", "status"), [("1048576", 413), ("", 411), ("-1", 411), ("1e3", 411)])
def test_a_body_too_large_or_of_unknown_length_is_not_read(
    payment: Payment, length: str, status: int
) -> None:
    """A server hands on a body in chunks without a length."""
    body = json.dumps(session_event(payment, "checkout.session.completed")).encode()

    answer = Client().post(
        "/webhooks/stripe/", data=body, content_type="application/json", CONTENT_LENGTH=length
    )

    assert answer.status_code == status
    assert not WebhookEvent.objects.exists()


def test_what_is_told_of_money_before_it_came_is_not_lost(payment: Payment, at_stripe: AtStripe) -> None:
    """Events come in any order, even days apart: a refund and a dispute before the word that the payment was paid."""
    at_stripe.make("re_1", 100_000)
    early = [refund_event("refund.created", "re_1", 100_000), dispute_event("closed", "won", 525_000)]
    assert hear(*early) == ["not a payment of this shop"] * 2
    assert set(WebhookEvent.objects.values_list("state", flat=True)) == {WebhookEvent.State.PENDING}
    WebhookEvent.objects.update(next_try_at=timezone.now())
    webhook_events_process_due()
    assert set(WebhookEvent.objects.values_list("state", flat=True)) == {WebhookEvent.State.PROCESSED}

    hear(session_event(payment, "checkout.session.completed"))
    webhook_events_process_due()

    assert Refund.objects.get().reference == "re_1"
    assert Dispute.objects.get().state == Dispute.State.WON
    assert not WebhookEvent.objects.exclude(state=WebhookEvent.State.PROCESSED).exists()
