"""What an order keeps of its discounts: amounts of each line and who bears them; and how often an offer was used."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone, translation

from checkout.basket.models import Basket
from checkout.errors import OrderChanged
from checkout.offer.errors import CodeRefused
from checkout.offer.models import ConditionalOffer, OfferUse
from checkout.offer.services import offer_stop
from checkout.order.models import Order, OrderDiscount, OrderLineDiscount, PaymentState
from checkout.order.services import consignment_cancel
from checkout.payment.bills import bill_of
from checkout.payment.models import Payment
from checkout.placement import Buyer
from checkout.services import order_cancel, order_mark_paid, orders_expire_due
from checkout.voucher.models import Voucher
from marketplace.accounts.models import User
from tests.factories.catalogue import ProductSetFactory, sold_pack
from tests.factories.offers import enter, make_code, make_offer
from tests.factories.orders import BUYER, basket_with, placed_order, shown_for
from tests.integration.checkout.test_placing import sold_pack_of

pytestmark = pytest.mark.django_db

LAN, MAI = BUYER, Buyer(name="Trần Thị Mai", phone="+84987654321")


@pytest.fixture(autouse=True)
def _in_english() -> Any:
    with translation.override("en"):
        yield


def ordered(*packs: Any, code: str = "", **how: Any) -> Order:
    basket = basket_with(
        *(packs or [sold_pack()]), **({"owner": how["buyer"].user} if "buyer" in how else {})
    )
    if code:
        enter(basket, code)
    return placed_order(basket=basket, **how)


def used(offer: ConditionalOffer) -> tuple[int, int]:
    """Return by how many orders an offer was used, and what it gave them."""
    fresh = ConditionalOffer.objects.get(pk=offer.pk)
    return fresh.num_orders, int(fresh.total_discount)


# --- What is written ------------------------------------------------------------------------------


def test_an_order_says_what_was_taken_off_which_line_and_who_bears_it() -> None:
    first = sold_pack(price=100_000)
    second = sold_pack_of(first.parent.producer)
    own = make_offer(producer=first.parent.producer, percent=10, goods=[first.parent], goes_with_others=True)
    voucher = make_code(amount=48_000, goes_with_others=True)

    order = ordered(first, second, code="MUATHU")

    a, b = order.lines.order_by("pk")
    # The code takes 48.000 ₫ off 90.000 ₫ and 150.000 ₫.
    assert (a.producer_discount, a.platform_discount, a.line_price_incl_tax) == (10_000, 18_000, 72_000)
    assert (b.producer_discount, b.platform_discount, b.line_price_incl_tax) == (0, 30_000, 120_000)
    assert a.line_price_before_discounts_incl_tax == 100_000
    consignment = order.consignments.get()
    assert (consignment.goods_total, consignment.platform_discount) == (192_000, 48_000)
    assert order.total_incl_tax == 192_000 + consignment.delivery_charge
    rows = [(row.offer_name, row.voucher_code, row.amount) for row in OrderDiscount.objects.all()]
    assert rows == [(own.name, "", 10_000), (voucher.offer.name, "MUATHU", 48_000)]
    assert sorted(OrderLineDiscount.objects.values_list("line", "amount")) == [
        (a.pk, 10_000),
        (a.pk, 18_000),
        (b.pk, 30_000),
    ]
    assert sum(line.amount for line in bill_of(order)) == order.total_incl_tax


def test_delivery_that_the_marketplace_pays_for_is_added_to_what_it_bears() -> None:
    make_code(off_delivery=100)

    consignment = ordered(code="MUATHU").consignments.get()

    assert (consignment.delivery_charge, consignment.delivery_discount) == (0, 21_000)
    assert consignment.platform_discount == 21_000
    assert OrderDiscount.objects.get().category == OrderDiscount.SHIPPING


def test_delivery_that_the_producer_pays_for_costs_the_marketplace_nothing() -> None:
    pack = sold_pack()
    make_offer(producer=pack.parent.producer, off_delivery=100)

    consignment = ordered(pack).consignments.get()

    assert (consignment.delivery_discount, consignment.platform_discount) == (21_000, 0)
    assert consignment.delivery_by_producer == 21_000


def test_an_order_that_discounts_leave_nothing_of_is_paid_at_once() -> None:
    fresh = ProductSetFactory(number=1, group="Rau, củ, quả", name="Rau, củ, quả tươi")
    pack = sold_pack(price=30_000, product_set=fresh)
    make_offer(name="Hàng", amount=30_000)
    make_offer(name="Giao", off_delivery=100)

    order = ordered(pack, payment_method="sandbox")

    assert (order.total_incl_tax, order.payment_state, order.payment_deadline) == (0, PaymentState.PAID, None)
    assert order.confirmed_at is not None


def test_the_database_refuses_a_line_whose_parts_do_not_add_up() -> None:
    line = ordered().lines.get()

    line.producer_discount = 1
    with pytest.raises(IntegrityError), transaction.atomic():
        line.save()


# --- How often ------------------------------------------------------------------------------------


def test_a_use_is_counted_with_what_it_gave() -> None:
    voucher = make_code(percent=10)

    order = ordered(code="MUATHU")

    assert used(voucher.offer) == (1, 15_000)
    use = OfferUse.objects.get()
    assert (use.order, use.voucher, use.amount, use.given_back_at) == (order, voucher, 15_000, None)
    assert LAN.phone not in use.phone_digest
    voucher.refresh_from_db()
    assert (voucher.num_orders, voucher.total_discount) == (1, 15_000)


def test_the_last_use_goes_to_one_order_and_the_next_buyer_is_told() -> None:
    make_code(percent=10, most_uses=1)
    late = basket_with(sold_pack())
    enter(late)
    shown = shown_for(late)
    ordered(code="MUATHU")

    with pytest.raises(OrderChanged) as refused:
        placed_order(basket=late, shown=shown, buyer=MAI)

    assert refused.value.reasons == ["The code MUATHU takes off nothing any more: It is used up."]
    assert Order.objects.count() == 1
    # Seen without the discount, it can be ordered.
    assert placed_order(basket=late, buyer=MAI).total_incl_tax == 171_000


def test_a_code_of_a_set_holds_for_one_order() -> None:
    offer = make_offer(codes=2)
    first, second = offer.codes.order_by("pk")
    late = basket_with(sold_pack())
    enter(late, first.code)
    shown = shown_for(late)
    ordered(code=first.code)

    with pytest.raises(OrderChanged):
        placed_order(basket=late, shown=shown, buyer=MAI)
    ordered(code=second.code, buyer=MAI)

    assert used(offer) == (2, 30_000)


@pytest.mark.parametrize("known_by", ["phone", "account"])
def test_a_buyer_uses_an_offer_as_often_as_anybody_may(known_by: str) -> None:
    voucher = make_code(percent=10, most_uses_a_buyer=1)
    user = User.objects.create_user("mai@example.vn") if known_by == "account" else None
    first = Buyer(name="Mai", phone="+84987654321", user=user)
    again = Buyer(name="Mai", phone="+84900000001" if user else "+84987654321", user=user)
    late = basket_with(sold_pack(), owner=user)
    enter(late)
    shown = shown_for(late)
    ordered(code="MUATHU", buyer=first)

    with pytest.raises(OrderChanged) as refused:
        placed_order(basket=late, shown=shown, buyer=again)

    assert "You have used it already" in str(refused.value.reasons[0])
    ordered(code="MUATHU", buyer=LAN)
    assert used(voucher.offer)[0] == 2


def test_a_day_has_its_own_limit() -> None:
    voucher = make_code(percent=10, most_uses_a_day=1)
    ordered(code="MUATHU")
    late = basket_with(sold_pack())
    assert refusal_of(late) == "MUATHU: It is used up for today; tomorrow it can be used again."

    OfferUse.objects.update(day=timezone.localdate() - timedelta(days=1))

    ordered(code="MUATHU", buyer=MAI)
    assert used(voucher.offer)[0] == 2


def refusal_of(basket: Basket) -> str:
    with pytest.raises(CodeRefused) as refused:
        enter(basket)
    return str(refused.value.message)


def test_an_offer_that_is_stopped_between_page_and_order_is_not_given() -> None:
    offer = make_offer(percent=10)
    basket = basket_with(sold_pack())
    shown = shown_for(basket)
    offer_stop(offer=offer)

    with pytest.raises(OrderChanged) as refused:
        placed_order(basket=basket, shown=shown)

    assert refused.value.reasons == ["A discount of 15.000\u00a0₫ doesn't hold any more."]


def test_a_discount_that_appears_between_page_and_order_is_shown_first() -> None:
    basket = basket_with(sold_pack())
    shown = shown_for(basket)
    make_offer(name="Mới", percent=10)

    with pytest.raises(OrderChanged) as refused:
        placed_order(basket=basket, shown=shown)

    assert refused.value.reasons == ["Mới takes off 15.000\u00a0₫, not 0\u00a0₫."]


# --- Given back -----------------------------------------------------------------------------------


def expired(order: Order) -> None:
    Order.objects.filter(pk=order.pk).update(payment_deadline=timezone.now() - timedelta(seconds=1))
    assert orders_expire_due() == 1


def test_an_order_that_expires_gives_its_use_back_and_keeps_the_code_in_the_basket() -> None:
    voucher = make_code(percent=10, most_uses=1, most_uses_a_buyer=1)
    order = ordered(code="MUATHU", payment_method="sandbox")

    expired(order)

    assert used(voucher.offer) == (0, 0)
    assert Voucher.objects.get(pk=voucher.pk).num_orders == 0
    again = placed_order(basket=Basket.objects.get(pk=order.basket_id))
    assert again.lines.get().platform_discount == 15_000
    assert used(voucher.offer) == (1, 15_000)


def test_a_cancelled_order_gives_its_use_back_once() -> None:
    voucher = make_code(percent=10)
    order = ordered(code="MUATHU")

    order_cancel(order_id=order.pk)
    order_cancel(order_id=order.pk)

    assert used(voucher.offer) == (0, 0)


def test_a_use_stays_while_one_consignment_stands() -> None:
    voucher = make_code(percent=10)
    order = ordered(sold_pack(), sold_pack(), code="MUATHU")
    first, second = order.consignments.all()

    consignment_cancel(consignment_id=first.pk)
    assert used(voucher.offer) == (1, 30_000)
    consignment_cancel(consignment_id=second.pk)
    assert used(voucher.offer) == (0, 0)


def late_money(order: Order) -> None:
    amount = int(order.total_incl_tax)
    payment = Payment.objects.create(
        order=order, gateway="sandbox", amount=amount, state=Payment.State.PAID, paid_at=timezone.now()
    )
    order_mark_paid(order_id=order.pk, payment_id=payment.pk, amount=amount)
    order.refresh_from_db()


def test_late_money_brings_the_use_back_with_the_order() -> None:
    voucher = make_code(percent=10, most_uses=1)
    order = ordered(code="MUATHU", payment_method="sandbox")
    expired(order)

    late_money(order)

    assert order.payment_state == PaymentState.PAID
    assert used(voucher.offer) == (1, 15_000)


def test_late_money_goes_back_where_the_code_has_gone_to_somebody_else() -> None:
    voucher = make_code(percent=10, most_uses=1)
    order = ordered(code="MUATHU", payment_method="sandbox")
    expired(order)
    ordered(code="MUATHU", buyer=MAI)

    late_money(order)

    assert order.payment_state == PaymentState.EXPIRED
    assert used(voucher.offer) == (1, 15_000)
    assert {record.num_allocated for record in [order.lines.get().stockrecord]} == {0}
