"""Starting a payment: one at a time, for an order that waits for money, over a bill that adds up."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from catalogue.certification.models import AlcoholRule
from catalogue.certification.programme import rule_book_forget
from catalogue.models import Product
from checkout.order.models import Order, PaymentState
from checkout.payment.bills import bill_of
from checkout.payment.errors import BillDisagrees, PaymentNotPossible
from checkout.payment.gateways.base import BillLine
from checkout.payment.gateways.sandbox import SandboxGateway
from checkout.payment.methods import CARD, CASH, SANDBOX, PaymentMethod, method_for
from checkout.payment.models import Payment
from checkout.payment.offers import offers_for
from checkout.payment.services import payment_start
from marketplace.clock import today
from tests.factories.catalogue import GoodFactory, PackFactory, ProductSetFactory
from tests.factories.payments import URLS, make_order, make_paid, make_payment

pytestmark = pytest.mark.django_db


def test_the_buyer_is_sent_to_the_provider() -> None:
    order = make_order()

    payment = payment_start(order_id=order.pk, urls=URLS)

    assert (payment.state, payment.amount, payment.gateway) == ("started", 625_000, "sandbox")
    assert payment.expires_at == order.payment_deadline
    address = urlsplit(payment.redirect_url)
    assert address.path == f"/sandbox-pay/{payment.reference}/"
    assert address.netloc == "shop.example"
    assert parse_qs(address.query)["amount"] == ["625000"]


def test_a_double_tap_makes_one_payment() -> None:
    order = make_order()

    first, second = (payment_start(order_id=order.pk, urls=URLS) for _ in range(2))

    assert first == second
    assert first.redirect_url == second.redirect_url
    assert order.payments.count() == 1


def test_a_start_that_died_halfway_goes_on_under_the_same_name() -> None:
    order = make_order()
    half = Payment.objects.create(order=order, gateway="sandbox", amount=625_000)

    payment = payment_start(order_id=order.pk, urls=URLS)

    assert payment.pk == half.pk
    assert payment.redirect_url


def test_after_a_failure_another_attempt_begins() -> None:
    order = make_order()
    failed = make_payment(order, state=Payment.State.FAILED)

    payment = payment_start(order_id=order.pk, urls=URLS)

    assert payment.pk != failed.pk
    assert payment.reference != failed.reference


def test_an_attempt_that_the_provider_no_longer_takes_is_replaced() -> None:
    order = make_order()
    old = make_payment(order, expires_at=timezone.now() - timedelta(seconds=1))

    payment = payment_start(order_id=order.pk, urls=URLS)

    old.refresh_from_db()
    assert payment.pk != old.pk
    assert old.state == Payment.State.EXPIRED


def test_two_payments_under_way_are_refused_by_the_database() -> None:
    order = make_order()
    make_payment(order)

    with pytest.raises(IntegrityError), transaction.atomic():
        make_payment(order, reference="sp_other")


@pytest.mark.parametrize(
    "fields",
    [
        {"payment_state": PaymentState.PAID},
        {"payment_state": PaymentState.EXPIRED},
        {"payment_state": PaymentState.REFUNDED},
        {"payment_state": PaymentState.DUE_ON_DELIVERY},
        {"payment_deadline": timezone.now() - timedelta(seconds=1)},
        {"cancelled_at": timezone.now()},
        {"method": "cash"},
    ],
    # Fixed names: pytest-xdist's processes must agree on them.
    ids=["paid", "expired", "refunded", "due on delivery", "deadline passed", "cancelled", "cash"],
)
def test_an_order_that_does_not_wait_for_money_cannot_be_paid(fields: dict[str, Any]) -> None:
    order = make_order(**fields)

    with pytest.raises(PaymentNotPossible):
        payment_start(order_id=order.pk, urls=URLS)

    assert not order.payments.exists()


def test_a_paid_order_is_not_paid_again() -> None:
    order = make_order()
    make_paid(order)

    with pytest.raises(PaymentNotPossible, match=r"already paid|đã được thanh toán"):
        payment_start(order_id=order.pk, urls=URLS)


def test_the_bill_names_each_line_and_each_delivery() -> None:
    order = make_order((3, 450_000, 30_000), (1, 120_000, 0), language="en")
    producer = order.consignments.all()[0].producer.name

    assert bill_of(order) == [
        BillLine("3 × Trà atiso số 1 (hộp 20 túi)", 450_000),
        BillLine("1 × Trà atiso số 2 (hộp 20 túi)", 120_000),
        BillLine(f"Delivery: {producer}", 30_000),
    ]


def test_a_bill_that_does_not_add_up_is_not_sent() -> None:
    order = make_order()
    Order.objects.filter(pk=order.pk).update(total_incl_tax=625_001)

    with pytest.raises(BillDisagrees):
        payment_start(order_id=order.pk, urls=URLS)

    assert order.payments.get().redirect_url == ""


class BasketLine:
    """What `offers_for` looks at."""

    def __init__(self, good: Product) -> None:
        self.product = PackFactory.create(parent=good)


def ways(*lines: BasketLine) -> list[PaymentMethod]:
    return [offer.method for offer in offers_for(lines, total=100_000) if not offer.why_not]


def test_cash_is_offered_unless_something_could_be_alcohol() -> None:
    tea = BasketLine(GoodFactory.create())
    spirits = ProductSetFactory.create(number=14)
    wine = BasketLine(GoodFactory.create(product_set=spirits, alcohol=Product.Alcohol.ALCOHOL))
    doubtful = BasketLine(GoodFactory.create(product_set=None, alcohol=Product.Alcohol.SUSPECTED))

    assert ways(tea) == [CASH, SANDBOX]
    assert ways(tea, wine) == [SANDBOX]
    assert ways(doubtful) == [SANDBOX]


def test_whether_alcohol_is_paid_on_delivery_the_law_of_the_day_says() -> None:
    wine = BasketLine(
        GoodFactory.create(product_set=ProductSetFactory.create(number=14), alcohol=Product.Alcohol.ALCOHOL)
    )
    later = AlcoholRule.objects.get()
    later.pk, later.in_force_from, later.cash_on_delivery = None, today() + timedelta(days=1), True
    later.save()
    rule_book_forget()
    assert ways(wine) == [SANDBOX]

    AlcoholRule.objects.filter(pk=later.pk).update(in_force_from=today())
    rule_book_forget()

    assert ways(wine) == [CASH, SANDBOX]
    rule_book_forget()


def test_what_is_not_set_up_is_not_offered(settings: Any) -> None:
    settings.SANDBOX_PAYMENT = False

    assert ways() == [CASH]
    assert not SandboxGateway().is_offered()


def test_deadlines_come_from_the_method() -> None:
    now = timezone.now()

    assert CASH.deadline_from(now) is None
    assert CASH.is_paid_on_delivery
    assert CARD.deadline_from(now) == now + timedelta(minutes=60)
    assert method_for("sandbox") is SANDBOX
