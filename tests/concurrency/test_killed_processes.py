"""A process may be killed at any step between basket and confirmed order: no stock is lost, no order without trace, no charge without order.

Each test kills a real process at one place (`killed_process.py`), looks at what the database holds, and then does what a person or
the worker would do next: tap again, or pick up the duty.
"""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connection
from django.utils import timezone

from catalogue.producers.models import StockRecord
from checkout.basket.models import Basket
from checkout.order.models import Order, PaymentState
from checkout.payment.gateways.sandbox import SandboxGateway
from checkout.payment.models import Payment, Refund, WebhookEvent
from checkout.payment.refunds import refund_request, refunds_send_due
from checkout.payment.services import payment_start, webhook_events_process_due
from checkout.reservations.models import Reservation
from checkout.services import orders_expire_due
from marketplace.notices.models import Notice
from tests.concurrency.killed_process import DIED
from tests.concurrency.test_orders import assert_every_unit_is_accounted_for
from tests.factories.catalogue import sold_pack
from tests.factories.orders import basket_with, placed_order
from tests.factories.payments import URLS, call_webhook, make_order, make_paid, webhook_body

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

ROOT = Path(__file__).resolve().parent.parent.parent

#: Every step of placing that writes, and the commit itself.
PLACING = [
    "checkout.placement:basket_contents",
    "checkout.placement:_order_create",
    "checkout.order.utils:OrderCreator._consignments_create",
    "checkout.order.utils:OrderCreator._discounts_create",
    "checkout.placement:stock_reserve",
    "checkout.reservations.services:_take",
    "checkout.placement:tell_awaiting_payment",
]
#: What cash on delivery does besides: it is confirmed at once.
PLACING_FOR_CASH = ["checkout.placement:order_confirmed", "checkout.order.confirmation:tell_confirmed"]
#: Every step between a provider's call and the stored event.
HEARING = [
    "checkout.payment.models:WebhookEvent.objects.get_or_create",
    "checkout.payment.services:nudge_on_commit",
]
#: Every step by which money that comes late brings its order back.
BRINGING_BACK = [
    "checkout.services:_brought_back",
    "checkout.services:stock_reserve_again",
    "checkout.services:_take_out_of",
]
#: Every step from the provider's word to the confirmed order.
CONFIRMING = [
    "checkout.payment.services:event_apply",
    "checkout.payment.events:order_mark_paid",
    "checkout.services:order_confirmed",
    "checkout.order.confirmation:tell_confirmed",
    "checkout.payment.events:order_money_update",
]


def killed(step: str, target: str, when: str, argument: object, tmp_path: Path) -> None:
    """Run a step in a process that dies at `target`, and make sure that it did."""
    database = str(connection.settings_dict["NAME"])
    url = urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{database}"))
    outcome = subprocess.run(
        [sys.executable, "-m", "tests.concurrency.killed_process", step, target, when, str(argument)],
        cwd=ROOT,
        env={
            **os.environ,
            "DATABASE_URL": url,
            "DJANGO_SETTINGS_MODULE": "marketplace.settings.test",
            "TMPDIR": str(tmp_path),
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert outcome.returncode == DIED, outcome.stderr


def assert_everybody_was_told_once() -> None:
    """The buyer by mail and text message, the producer by what its own contact has."""
    told = Notice.objects.exclude(template="order_awaiting_payment").order_by("template", "channel")
    assert list(told.values_list("template", "channel")) == [
        ("order_confirmed", "mail"),
        ("order_confirmed", "sms"),
        ("producer_consignment_new", "sms"),
    ]


def assert_nothing_was_placed() -> None:
    """Nothing is written, told or promised, and the buyer still has the basket."""
    assert Order.objects.count() == Reservation.objects.count() == Notice.objects.count() == 0
    assert Basket.objects.get().status == Basket.OPEN
    assert stock() == (10, 0)


def stock() -> tuple[int, int]:
    record = StockRecord.objects.get()
    return record.num_in_stock, record.num_allocated


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("target", PLACING)
def test_killed_while_placing_leaves_nothing_and_a_second_tap_places_the_order(
    target: str, when: str, tmp_path: Path
) -> None:
    basket = basket_with(sold_pack(), quantity=3)

    killed("place", target, when, basket.pk, tmp_path)

    assert_nothing_was_placed()
    placed_order(basket=basket, payment_method="sandbox")
    assert stock() == (10, 3)
    assert_every_unit_is_accounted_for()


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("target", PLACING_FOR_CASH)
def test_killed_while_placing_for_cash_tells_nobody_and_a_second_tap_tells_everybody_once(
    target: str, when: str, tmp_path: Path
) -> None:
    basket = basket_with(sold_pack(), quantity=3)

    killed("place-for-cash", target, when, basket.pk, tmp_path)

    assert_nothing_was_placed()
    placed_order(basket=basket)
    assert stock() == (10, 3)
    assert_everybody_was_told_once()
    assert_every_unit_is_accounted_for()


def test_killed_right_after_placing_keeps_the_order_and_a_second_tap_finds_it(tmp_path: Path) -> None:
    basket = basket_with(sold_pack(), quantity=3)

    killed("place", "tests.factories.orders:place_order", "after", basket.pk, tmp_path)

    order = Order.objects.get()
    assert placed_order(basket=basket, payment_method="sandbox") == order
    assert stock() == (10, 3)
    assert Notice.objects.filter(template="order_awaiting_payment").exists()
    assert_every_unit_is_accounted_for()


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(
    "target",
    [
        "checkout.payment.services:bill_of",
        "checkout.payment.services:gateway_for",
        "checkout.payment.gateways.sandbox:SandboxGateway.start",
    ],
)
def test_killed_on_the_way_to_the_provider_starts_the_same_payment_again(
    target: str, when: str, tmp_path: Path
) -> None:
    order = placed_order(sold_pack(), quantity=3, payment_method="sandbox")

    killed("start", target, when, order.pk, tmp_path)
    left = Payment.objects.first()
    payment = payment_start(order_id=order.pk, urls=URLS)

    # The provider is asked what it takes before there is a payment: killed then, none is left.
    assert left == payment or (left is None and target.endswith("gateway_for"))
    assert payment.redirect_url
    assert Payment.objects.count() == 1


def test_money_for_a_payment_whose_start_was_lost_finds_its_order(tmp_path: Path) -> None:
    """The provider has the buyer's session, we died before we had written its name down, and the buyer pays."""
    order = placed_order(sold_pack(), quantity=3, payment_method="sandbox")
    killed("start", "checkout.payment.gateways.sandbox:SandboxGateway.start", "after", order.pk, tmp_path)
    payment = Payment.objects.get()
    assert payment.reference is None

    assert call_webhook(webhook_body(payment, event_id="e1", reference="sp_lost")) == 200
    assert webhook_events_process_due() == 1

    order.refresh_from_db()
    assert (order.payment_state, order.settled_by) == (PaymentState.PAID, payment)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("target", HEARING)
def test_killed_while_hearing_of_money_stores_nothing_and_hears_it_the_next_time(
    target: str, when: str, tmp_path: Path
) -> None:
    order = placed_order(sold_pack(), payment_method="sandbox")
    body = webhook_body(payment_start(order_id=order.pk, urls=URLS), event_id="e1")

    killed("hear", target, when, body.decode(), tmp_path)
    assert not WebhookEvent.objects.exists()

    assert call_webhook(body) == 200  # the provider got no answer and calls again
    assert webhook_events_process_due() == 1
    order.refresh_from_db()
    assert order.payment_state == PaymentState.PAID


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("target", BRINGING_BACK)
def test_killed_while_late_money_brings_an_order_back_takes_the_goods_once(
    target: str, when: str, tmp_path: Path
) -> None:
    order = placed_order(sold_pack(), quantity=3, payment_method="sandbox")
    payment = payment_start(order_id=order.pk, urls=URLS)
    Order.objects.update(payment_deadline=timezone.now() - timedelta(seconds=1))
    assert orders_expire_due() == 1
    assert call_webhook(webhook_body(payment, event_id="e1")) == 200

    killed("events", target, when, "", tmp_path)
    order.refresh_from_db()
    assert order.payment_state == PaymentState.EXPIRED
    assert stock() == (10, 0)

    WebhookEvent.objects.update(next_try_at=timezone.now())
    assert webhook_events_process_due() == 1
    order.refresh_from_db()
    assert order.payment_state == PaymentState.PAID
    assert stock() == (10, 3)
    assert not Basket.objects.get().lines.exists()
    assert not Refund.objects.exists()
    assert_every_unit_is_accounted_for()


@pytest.mark.parametrize(
    ("target", "when"),
    [
        ("checkout.payment.refunds:gateway_for", "before"),
        ("checkout.payment.refunds:tell_refund_sent", "before"),
        ("checkout.payment.refunds:tell_refund_sent", "after"),
    ],
)
def test_killed_while_money_goes_back_asks_the_provider_again_by_the_same_key(
    target: str, when: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    payment = make_paid(make_order())
    refund_request(payment=payment, reason="", key="the-key")

    killed("refunds", target, when, "", tmp_path)
    refund = Refund.objects.get()
    assert (refund.state, refund.reference) == (Refund.State.PENDING, "")
    assert not Notice.objects.filter(template="refund_sent").exists()

    asked: list[str] = []

    def send(self: SandboxGateway, *, payment: Payment, amount: int, idempotency_key: str) -> str:
        asked.append(idempotency_key)
        return f"sr_{idempotency_key}"

    monkeypatch.setattr(SandboxGateway, "refund", send)
    Refund.objects.update(next_try_at=timezone.now())
    assert refunds_send_due() == 1
    refund.refresh_from_db()
    assert (asked, refund.state, refund.reference) == (["the-key"], Refund.State.DONE, "sr_the-key")
    assert Notice.objects.filter(template="refund_sent").count() == 1


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("target", CONFIRMING)
def test_killed_while_confirming_keeps_the_money_with_its_order(
    target: str, when: str, tmp_path: Path
) -> None:
    order = placed_order(sold_pack(), quantity=3, payment_method="sandbox")
    payment = payment_start(order_id=order.pk, urls=URLS)
    assert call_webhook(webhook_body(payment, event_id="e1")) == 200

    killed("events", target, when, "", tmp_path)

    payment.refresh_from_db()
    order.refresh_from_db()
    assert (payment.state, order.payment_state) == (Payment.State.STARTED, PaymentState.AWAITING)
    assert WebhookEvent.objects.get().state == WebhookEvent.State.PENDING
    assert stock() == (10, 3)

    WebhookEvent.objects.update(next_try_at=timezone.now())  # the dead worker's lease runs out
    assert webhook_events_process_due() == 1
    order.refresh_from_db()
    assert order.payment_state == PaymentState.PAID
    assert order.settled_by == payment
    assert not Refund.objects.exists()
    assert_everybody_was_told_once()
    assert_every_unit_is_accounted_for()


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("target", ["checkout.services:stock_release", "checkout.services:tell_expired"])
def test_killed_while_an_order_expires_gives_the_stock_back_once(
    target: str, when: str, tmp_path: Path
) -> None:
    order = placed_order(sold_pack(), quantity=3, payment_method="sandbox")
    Order.objects.update(payment_deadline=timezone.now() - timedelta(seconds=1))

    killed("expire", target, when, "", tmp_path)

    order.refresh_from_db()
    assert order.payment_state == PaymentState.AWAITING
    assert stock() == (10, 3)

    assert orders_expire_due() == 1
    assert stock() == (10, 0)
    assert_every_unit_is_accounted_for()
