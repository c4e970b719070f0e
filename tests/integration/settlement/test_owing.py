"""How far below zero a producer may go: beyond it its goods are paid in advance, and it is told, once a month."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from catalogue.models import Product
from catalogue.producers.models import Membership, Partner
from checkout.errors import CheckoutError
from checkout.order.models import Consignment
from checkout.payment.offers import offers_for
from checkout.payment.transfers.debts import debt_memo_of
from checkout.settlement.selectors import producer_balance
from marketplace.accounts.models import User
from marketplace.notices.models import Notice
from tests.factories.catalogue import sold_pack
from tests.factories.orders import placed_order
from tests.factories.producers import MembershipFactory
from tests.factories.settlement import commission, deliver
from tests.factories.transfers import money_comes

pytestmark = pytest.mark.django_db

LIMIT = 10_000


@pytest.fixture(autouse=True)
def _a_tenth_of_each_sale_is_ours(settings: Any) -> None:
    commission(1_000, valid_from=date(2026, 2, 1))
    settings.PRODUCER_DEBT_LIMIT = LIMIT


@pytest.fixture
def pack() -> Product:
    return sold_pack(price=100_000)


def producer_of(pack: Product) -> Partner:
    producer: Partner = pack.parent.producer
    return producer


def sell_for_cash(pack: Product) -> Consignment:
    """Sell a pack of which the producer takes the cash: it owes us the commission."""
    return deliver(placed_order(pack).consignments.get())


def why_no_cash(*packs: Product) -> str:
    lines = [type("Line", (), {"product": pack}) for pack in packs]
    return next(str(one.why_not) for one in offers_for(lines, total=100_000) if one.method.code == "cash")


def told() -> list[str]:
    return sorted(
        Notice.objects.filter(template="producer_owes_too_much").values_list("recipient", flat=True)
    )


def member(producer: Partner, role: str) -> User:
    user = User.objects.create_user(f"{role}@example.vn")
    MembershipFactory(user=user, producer=producer, role=role)
    return user


def test_up_to_the_limit_cash_is_taken(pack: Product) -> None:
    sell_for_cash(pack)

    assert producer_balance(producer_of(pack)) == -LIMIT
    assert why_no_cash(pack) == ""
    assert told() == []


def test_beyond_the_limit_its_goods_are_paid_in_advance_and_others_are_not(pack: Product) -> None:
    other = sold_pack()
    for _twice in range(2):
        sell_for_cash(pack)

    assert producer_of(pack).name in why_no_cash(pack, other)
    assert why_no_cash(other) == ""
    with pytest.raises(CheckoutError, match=producer_of(pack).name):
        placed_order(pack)
    assert placed_order(pack, payment_method="sandbox").payment_state == "awaiting"


def test_once_it_is_paid_in_cash_is_taken_again(pack: Product) -> None:
    for _twice in range(2):
        sell_for_cash(pack)

    money_comes(amount=LIMIT, memo=debt_memo_of(producer_of(pack).pk))

    assert why_no_cash(pack) == ""


def test_owner_and_accountant_are_told_once_a_month(pack: Product, monkeypatch: pytest.MonkeyPatch) -> None:
    for role in (Membership.Role.OWNER, Membership.Role.ACCOUNTANT, Membership.Role.SELLER):
        member(producer_of(pack), role)
    orders = [placed_order(pack) for _each in range(4)]

    for order in orders[:3]:
        deliver(order.consignments.get())
    assert told() == ["accountant@example.vn", "owner@example.vn"]
    owed = Notice.objects.filter(template="producer_owes_too_much").values_list("context__amount", flat=True)
    assert set(owed) == {20_000}

    later = timezone.now() + timedelta(days=32)
    monkeypatch.setattr(timezone, "now", lambda: later)
    deliver(orders[3].consignments.get())
    assert len(told()) == 4


def test_where_nobody_deals_with_money_the_producer_itself_is_told(pack: Product) -> None:
    Partner.objects.filter(pk=producer_of(pack).pk).update(email="htx@example.vn", phone="")
    orders = [placed_order(pack) for _each in range(2)]

    for order in orders:
        deliver(order.consignments.get())

    assert told() == ["htx@example.vn"]
