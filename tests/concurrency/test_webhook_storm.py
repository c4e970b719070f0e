"""A provider that calls a thousand times, in any order, each event three times, while four workers listen: one result."""

import random
from typing import Any

import pytest
from django.db.models import Sum
from django.utils import timezone

from checkout.order.models import Order, PaymentState
from checkout.payment.gateways.base import ProviderRefund
from checkout.payment.gateways.stripe import StripeGateway
from checkout.payment.models import Dispute, Payment, Refund, WebhookEvent
from checkout.payment.services import webhook_events_process_due
from checkout.safety.models import HoldRule
from checkout.settlement.models import Posting
from marketplace.notices.models import Notice
from tests.concurrency.together import at_once
from tests.contract.conftest import stripe_is_set_up
from tests.contract.stripe_bodies import post_stripe, session_event, stripe_event
from tests.factories.payments import make_order, make_payment

__all__ = ["stripe_is_set_up"]

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("stripe_is_set_up"),
]

ORDERS = 25
BACK = 100_000


def told_of(payment: Payment) -> list[dict[str, Any]]:
    """Return forty events about one payment: it failed, expired, was paid, a part went back, the bank disputed it and gave in."""
    money = {"currency": "vnd", "payment_intent": f"pi_{payment.pk}"}
    refund = {**money, "id": f"re_{payment.pk}", "amount": BACK}
    dispute = {**money, "id": f"dp_{payment.pk}", "amount": payment.amount - BACK}
    unpaid = {"payment_status": "unpaid", "payment_intent": None}
    events = [
        *[session_event(payment, "checkout.session.completed", payment_intent=money["payment_intent"])] * 8,
        *[session_event(payment, "checkout.session.async_payment_failed", **unpaid)] * 6,
        *[session_event(payment, "checkout.session.expired", **unpaid)] * 6,
        *[stripe_event("refund.created", "refund", **refund)] * 5,
        *[stripe_event("refund.updated", "refund", **refund)] * 5,
        *[stripe_event("charge.refunded", "charge", **money, amount_refunded=BACK)] * 4,
        *[stripe_event("charge.dispute.created", "dispute", **dispute, status="needs_response")] * 3,
        *[stripe_event("charge.dispute.closed", "dispute", **dispute, status="won")] * 3,
    ]
    return [{**event, "id": f"evt_{payment.pk}_{number}"} for number, event in enumerate(events)]


def test_a_thousand_events_shuffled_and_told_three_times_have_one_result(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        StripeGateway,
        "refunds_of",
        lambda self, payment: [ProviderRefund(f"re_{payment.pk}", BACK, "", has_failed=False)],
    )
    # A buyer whose payments fail so often is looked at before the order goes on: another matter.
    HoldRule.objects.all().delete()
    payments = [
        make_payment(
            make_order((3, 450_000, 30_000), method="card", number=f"S-{number}"),
            gateway="stripe",
            reference=f"cs_{number}",
        )
        for number in range(ORDERS)
    ]
    storm = [event for payment in payments for event in told_of(payment)] * 3
    random.Random(5).shuffle(storm)
    assert len(storm) == 3_000

    def tell(part: list[dict[str, Any]]) -> set[int]:
        return {post_stripe(event) for event in part}

    answers = at_once(
        *[lambda part=storm[start::4]: tell(part) for start in range(4)], *[webhook_events_process_due] * 4
    )
    assert answers[:4] == [{200}] * 4
    # What was told of money before it came is asked again a minute later; the second round finds nothing new.
    for _ in range(3):
        WebhookEvent.objects.filter(state=WebhookEvent.State.PENDING).update(next_try_at=timezone.now())
        while any(at_once(*[webhook_events_process_due] * 4)):
            pass

    assert WebhookEvent.objects.count() == 1_000
    assert set(WebhookEvent.objects.values_list("state", flat=True)) == {WebhookEvent.State.PROCESSED}
    assert set(Order.objects.values_list("payment_state", "paid_amount", "refunded_amount")) == {
        (PaymentState.PARTLY_REFUNDED, 480_000, BACK)
    }
    assert set(Payment.objects.values_list("state", "refunded_amount", "disputed_amount")) == {
        (Payment.State.PAID, BACK, 0)
    }
    assert Refund.objects.count() == ORDERS
    assert set(Refund.objects.values_list("state", "amount")) == {(Refund.State.DONE, BACK)}
    assert list(Dispute.objects.values_list("state", flat=True)) == [Dispute.State.WON] * ORDERS
    assert Notice.objects.filter(template="order_confirmed").count() == ORDERS
    assert Notice.objects.filter(template="refund_sent").count() == ORDERS
    assert Posting.objects.aggregate(sum=Sum("amount"))["sum"] == 0
