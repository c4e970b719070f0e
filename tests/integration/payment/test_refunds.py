"""Money going back: once, whole payments and whole consignments, never more than came in."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from checkout.order.models import Consignment, Line, Order, PaymentState
from checkout.payment.errors import GatewayRefused, GatewayUnavailable, RefundNotPossible
from checkout.payment.gateways.sandbox import SandboxGateway
from checkout.payment.models import Payment, Refund
from checkout.payment.refunds import refund_request, refund_retry, refunds_send_due
from marketplace.duties import BACKOFF
from marketplace.notices.models import Notice
from tests.factories.payments import make_order, make_paid, make_payment

pytestmark = pytest.mark.django_db


@pytest.fixture
def order() -> Order:
    return make_order()


@pytest.fixture
def payment(order: Order) -> Payment:
    return make_paid(order)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, str]]:
    """What the provider was asked to send back."""
    asked: list[tuple[int, str]] = []

    def refund(self: SandboxGateway, *, payment: Payment, amount: int, idempotency_key: str) -> str:
        asked.append((amount, idempotency_key))
        return f"sr_{len(asked)}"

    monkeypatch.setattr(SandboxGateway, "refund", refund)
    return asked


def first_consignment(order: Order) -> Consignment:
    found = order.consignments.first()
    assert found is not None
    return found


def test_a_whole_payment_goes_back(payment: Payment, order: Order, sent: list[tuple[int, str]]) -> None:
    refund = refund_request(payment=payment, reason="cancelled", key="order-1")

    assert refunds_send_due() == 1

    refund.refresh_from_db()
    order.refresh_from_db()
    payment.refresh_from_db()
    assert (refund.amount, refund.state, refund.reference) == (625_000, "done", "sr_1")
    assert payment.refunded_amount == 625_000
    assert (order.payment_state, order.refunded_amount) == (PaymentState.REFUNDED, 625_000)
    assert [one.refunded_amount for one in order.consignments.all()] == [480_000, 145_000]
    assert sent == [(625_000, "order-1")]


def test_the_buyer_is_told_once_the_money_is_sent(payment: Payment, sent: list[tuple[int, str]]) -> None:
    refund_request(payment=payment, reason="", key="a")
    assert not Notice.objects.exists()

    refunds_send_due()

    notice = Notice.objects.get()
    assert (notice.template, notice.recipient) == ("refund_sent", "+84912345678")
    assert notice.context["amount"] == 625_000


def test_a_consignment_goes_back_with_its_delivery(
    payment: Payment, order: Order, sent: list[tuple[int, str]]
) -> None:
    consignment = first_consignment(order)

    refund_request(payment=payment, consignment=consignment, reason="sold out", key="consignment-1")
    refunds_send_due()

    order.refresh_from_db()
    consignment.refresh_from_db()
    assert consignment.refunded_amount == 480_000
    assert (order.payment_state, order.refunded_amount) == (PaymentState.PARTLY_REFUNDED, 480_000)
    assert sent == [(480_000, "consignment-1")]


def test_consignment_by_consignment_is_the_whole(payment: Payment, order: Order) -> None:
    for consignment in order.consignments.all():
        refund_request(payment=payment, consignment=consignment, reason="", key=f"c{consignment.pk}")

    order.refresh_from_db()
    assert (order.payment_state, order.refunded_amount) == (PaymentState.REFUNDED, 625_000)


def test_after_a_consignment_the_whole_is_the_rest(payment: Payment, order: Order) -> None:
    refund_request(payment=payment, consignment=first_consignment(order), reason="", key="a")

    rest = refund_request(payment=payment, reason="", key="b")

    order.refresh_from_db()
    assert rest.amount == 145_000
    assert order.payment_state == PaymentState.REFUNDED


def test_asked_twice_it_goes_back_once(payment: Payment, order: Order, sent: list[tuple[int, str]]) -> None:
    first = refund_request(payment=payment, reason="", key="same")
    again = refund_request(payment=payment, reason="", key="same")

    assert first == again
    assert [refunds_send_due(), refunds_send_due()] == [1, 0]
    assert len(sent) == 1


def test_what_went_back_cannot_go_back_again(
    payment: Payment, order: Order, caplog: pytest.LogCaptureFixture
) -> None:
    consignment = first_consignment(order)
    refund_request(payment=payment, consignment=consignment, reason="", key="a")

    with pytest.raises(RefundNotPossible):
        refund_request(payment=payment, consignment=consignment, reason="", key="b")

    refund_request(payment=payment, reason="", key="c")
    with pytest.raises(RefundNotPossible):
        refund_request(payment=payment, reason="", key="d")
    payment.refresh_from_db()
    assert payment.refunded_amount == payment.amount == 625_000
    assert caplog.text.count("no refund: ") == 2


def test_money_that_never_came_does_not_go_back(order: Order) -> None:
    with pytest.raises(RefundNotPossible):
        refund_request(payment=make_payment(order), reason="", key="a")


def test_a_consignment_of_another_order_does_not_go_back(payment: Payment) -> None:
    stranger = first_consignment(make_order(number="AAAA-BBBB"))

    with pytest.raises(RefundNotPossible):
        refund_request(payment=payment, consignment=stranger, reason="", key="a")


@pytest.mark.parametrize(
    ("model", "changes"),
    [
        (Payment, {"refunded_amount": 625_001}),
        (Payment, {"state": "failed", "refunded_amount": 1}),
        (Payment, {"state": "started"}),
        (Payment, {"amount": 0}),
        (Order, {"refunded_amount": 625_001}),
        (Consignment, {"refunded_amount": 480_001}),
        (Consignment, {"refunded_delivery": 480_001}),
        (Line, {"refunded_quantity": 99}),
        (Line, {"refunded_amount": 480_001}),
    ],
)
def test_the_database_itself_refuses(
    payment: Payment, model: type[Payment | Order | Consignment | Line], changes: dict[str, object]
) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.update(**changes)


def test_a_silent_provider_is_asked_again_with_the_same_key(
    payment: Payment, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = []

    def refund(self: SandboxGateway, *, payment: Payment, amount: int, idempotency_key: str) -> str:
        keys.append(idempotency_key)
        if len(keys) == 1:
            raise GatewayUnavailable("timeout")
        return "sr_1"

    monkeypatch.setattr(SandboxGateway, "refund", refund)
    refund_request(payment=payment, reason="", key="a")
    started = timezone.now()

    assert refunds_send_due() == 0
    waiting = Refund.objects.get()
    assert (waiting.state, waiting.error) == ("pending", "GatewayUnavailable: timeout")
    assert waiting.next_try_at >= started + BACKOFF[0]

    Refund.objects.update(next_try_at=timezone.now())
    assert refunds_send_due() == 1
    assert keys == ["a", "a"]


def test_a_refusal_is_left_to_a_person_who_can_try_again(
    payment: Payment, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: SandboxGateway, **_: object) -> str:
        raise GatewayRefused("no balance")

    with monkeypatch.context() as patch:
        patch.setattr(SandboxGateway, "refund", refuse)
        refund = refund_request(payment=payment, reason="", key="a")
        refunds_send_due()
    refund.refresh_from_db()
    assert (refund.state, refund.error) == ("failed", "GatewayRefused: no balance")
    payment.refresh_from_db()
    assert payment.refunded_amount == payment.amount

    monkeypatch.setattr(SandboxGateway, "refund", lambda self, **_: "sr_9")
    refund_retry(refund=refund)
    assert refunds_send_due() == 1


def test_packs_of_a_line_go_back_and_add_up_to_the_whole(order: Order, payment: Payment) -> None:
    consignment = first_consignment(order)
    line = consignment.lines.get()
    line.quantity = 3
    line.line_price_incl_tax = line.line_price_before_discounts_incl_tax = 100_000
    line.save()
    Consignment.objects.filter(pk=consignment.pk).update(goods_total=100_000, delivery_charge=30_000)

    amounts = [
        refund_request(
            payment=payment,
            consignment=consignment,
            lines={line.pk: 1},
            with_delivery=False,
            reason="broken",
            key=f"pack-{number}",
        ).amount
        for number in range(2)
    ]
    rest = refund_request(payment=payment, consignment=consignment, reason="broken", key="rest")

    assert (amounts, rest.amount) == ([33_333, 33_333], 33_334 + 30_000)
    consignment.refresh_from_db()
    line.refresh_from_db()
    assert (consignment.refunded_amount, consignment.refunded_delivery) == (130_000, 30_000)
    assert (line.refunded_quantity, line.refunded_amount) == (3, 100_000)
    assert [(part.line_id, part.quantity, part.amount) for part in rest.parts.order_by("pk")] == [
        (line.pk, 1, 33_334),
        (None, 0, 30_000),
    ]


@pytest.mark.parametrize("packs", [-1, 99])
def test_more_packs_than_are_left_do_not_go_back(order: Order, payment: Payment, packs: int) -> None:
    consignment = first_consignment(order)

    with pytest.raises(RefundNotPossible):
        refund_request(
            payment=payment,
            consignment=consignment,
            lines={consignment.lines.get().pk: packs},
            reason="",
            key="a",
        )
