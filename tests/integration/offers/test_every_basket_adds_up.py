"""Random baskets, offers, codes and refunds: the parts add up to the whole, nothing is below zero, the law's cap holds."""

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import Sum
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalogue.models import Product
from catalogue.pricing.services import dated_prices_write
from checkout.bill import Bill
from checkout.offer.law import discount_law
from checkout.offer.models import ConditionalOffer, OfferUse
from checkout.order.models import Consignment, Line, Order, OrderDiscount, OrderLineDiscount
from checkout.payment.bills import bill_of as provider_bill
from checkout.payment.models import Payment
from checkout.payment.refunds import refund_request, refund_share
from checkout.services import order_mark_paid
from marketplace.clock import today
from marketplace.money import split_within
from tests.factories.catalogue import ProductSetFactory, sold_pack
from tests.factories.offers import enter, make_code, make_offer
from tests.factories.orders import basket_with, placed_order
from tests.integration.offers.test_till import basket_with_more, bill_of

pytestmark = pytest.mark.django_db

prices = st.integers(1_000, 2_000_000)
#: A line: its price, how many packs, per cent of a campaign, whether it is fresh food, whether the first producer makes it.
lines = st.tuples(prices, st.integers(1, 7), st.sampled_from([0, 0, 10, 45]), st.booleans(), st.booleans())
gifts = st.one_of(
    st.fixed_dictionaries(
        {"percent": st.integers(1, 50)}, optional={"largest_amount": st.integers(1_000, 99_999)}
    ),
    st.fixed_dictionaries({"amount": st.integers(1, 3_000_000)}),
    st.integers(2, 6).flatmap(
        lambda bundle: st.fixed_dictionaries(
            {"bundle": st.just(bundle), "paid": st.integers((bundle + 1) // 2, bundle - 1)}
        )
    ),
    st.fixed_dictionaries(
        {"off_delivery": st.integers(1, 100)}, optional={"largest_amount": st.integers(1_000, 99_999)}
    ),
)
offers = st.tuples(
    gifts,
    st.sampled_from(["all", "first good", "producer's"]),
    st.booleans(),
    st.sampled_from([None, 100_000]),
    st.sampled_from([None, 50_000]),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    lines=st.lists(lines, min_size=1, max_size=4),
    offers=st.lists(offers, max_size=4),
    code=st.none() | offers,
    returns=st.lists(st.integers(0, 3), max_size=6),
)
def test_the_parts_add_up_to_the_whole(
    lines: list[Any], offers: list[Any], code: Any, returns: list[int]
) -> None:
    ConditionalOffer.objects.update(status="Suspended", stopped_at=timezone.now())
    packs = _packs(lines)
    number = OfferUse.objects.count() + Order.objects.count()
    for place, offer in enumerate(offers):
        make_offer(name=f"Ưu đãi {number}-{place}", **_given(offer, packs))
    basket = basket_with()
    for pack, (_price, quantity, *_rest) in zip(packs, lines, strict=True):
        basket_with_more(basket, pack, quantity)
    if code:
        voucher = make_code(f"MA-{ConditionalOffer.objects.count()}", **_given(code, packs))
        enter(basket, voucher.code)

    _assert_bill_adds_up(bill_of(basket))
    order = placed_order(basket=basket, payment_method="sandbox")
    _assert_order_adds_up(order)
    _assert_refunds_add_up(order, returns)


def _packs(lines: list[Any]) -> list[Product]:
    fresh = ProductSetFactory(number=1, group="Rau, củ, quả", name="Rau, củ, quả tươi")
    now = timezone.now()
    packs: list[Product] = []
    for price, _quantity, cut, is_fresh, of_first in lines:
        pack = sold_pack(
            price=price, stock={"num_in_stock": 99}, **({"product_set": fresh} if is_fresh else {})
        )
        if of_first and packs:
            producer = packs[0].parent.producer
            Product.objects.filter(pk=pack.parent_id).update(producer=producer)
            pack.stockrecords.update(partner=producer)
        if cut:
            dated_prices_write(
                source=f"campaign:{pack.pk}",
                prices={pack.pk: max(1, price * (100 - cut) // 100)},
                starts_at=now - timedelta(minutes=1),
                ends_at=now + timedelta(days=1),
            )
        packs.append(Product.objects.get(pk=pack.pk))
    return packs


def _given(offer: Any, packs: list[Product]) -> dict[str, Any]:
    gift, about, goes_with_others, from_amount, budget = offer
    given = {**gift, "goes_with_others": goes_with_others, "budget": budget}
    if "bundle" not in gift:
        given["from_amount"] = from_amount
    if about == "first good":
        given["goods"] = [packs[0].parent]
    if about == "producer's":
        given["producer"] = packs[0].parent.producer
    return given


def _assert_bill_adds_up(bill: Bill) -> None:
    law = discount_law(today())
    for part in bill.parcels:
        assert 0 <= part.goods_total <= part.parcel.goods_total
        assert 0 <= part.charge <= part.quote.charge
        for own in part.lines:
            assert own.by_producer >= 0
            assert own.by_platform >= 0
            # A campaign may have cut the price to the cap already; the till never goes below it.
            assert own.amount >= min(own.line.amount, law.least(own.line, concentrated=False))
    assert sum(discount.amount for discount in bill.discounts) == bill.goods_discount + sum(
        part.delivery_discount for part in bill.parcels
    )
    assert bill.total == bill.goods_before - bill.goods_discount + bill.delivery_total
    for discount in bill.discounts:
        left = discount.offer.budget_left
        assert discount.amount > 0
        assert left is None or discount.amount <= left


def _assert_order_adds_up(order: Order) -> None:
    order.refresh_from_db()
    consignments = list(order.consignments.all())
    assert order.total_incl_tax == sum(one.total for one in consignments)
    for one in consignments:
        lines = list(one.lines.all())
        assert one.goods_total == sum(line.line_price_incl_tax for line in lines)
        delivery = one.platform_discount - sum(line.platform_discount for line in lines)
        assert 0 <= delivery <= one.delivery_discount
    for line in order.lines.all():
        rows = OrderLineDiscount.objects.filter(line=line).aggregate(sum=Sum("amount", default=0))["sum"]
        assert rows == line.discount
        assert line.line_price_before_discounts_incl_tax - line.discount == line.line_price_incl_tax
    given = OrderDiscount.objects.filter(order=order).aggregate(sum=Sum("amount", default=0))["sum"]
    used = OfferUse.objects.filter(order=order).aggregate(sum=Sum("amount", default=0))["sum"]
    assert given == used
    assert sum(line.amount for line in provider_bill(order)) == order.total_incl_tax


def _assert_refunds_add_up(order: Order, returns: list[int]) -> None:
    """Send packs back one by one, then the rest: every đồng that was paid, and not one more."""
    total = int(order.total_incl_tax)
    if not total:
        return
    payment = Payment.objects.create(
        order=order, gateway="sandbox", amount=total, state=Payment.State.PAID, paid_at=timezone.now()
    )
    order_mark_paid(order_id=order.pk, payment_id=payment.pk, amount=total)
    lines = list(Line.objects.filter(order=order).order_by("pk"))
    for turn, place in enumerate(returns):
        line = Line.objects.get(pk=lines[place % len(lines)].pk)
        packs = line.refunded_quantity + 1
        due = refund_share(total=int(line.line_price_incl_tax), quantity=line.quantity, returned=packs)
        # Of a line that costs next to nothing a pack's share may be none.
        if packs <= line.quantity and due > line.refunded_amount:
            refund_request(
                payment=payment,
                consignment=line.consignment,
                lines={line.pk: 1},
                with_delivery=False,
                reason="",
                key=f"{order.number}-{turn}",
            )
    for consignment in order.consignments.all():
        if consignment.refunded_amount < consignment.total:
            refund_request(
                payment=payment,
                consignment=consignment,
                reason="",
                key=f"{order.number}-rest-{consignment.pk}",
            )
    payment.refresh_from_db()
    assert payment.refunded_amount == total
    for consignment in Consignment.objects.filter(order=order):
        assert consignment.refunded_amount == consignment.total


@given(
    total=st.integers(0, 10_000_000),
    parts=st.lists(st.tuples(st.integers(0, 10**7), st.integers(0, 10**7)), min_size=1, max_size=12),
)
def test_a_split_within_limits_gives_all_that_the_limits_let(
    total: int, parts: list[tuple[int, int]]
) -> None:
    weights, limits = zip(*parts, strict=True)

    split = split_within(total, weights, limits)

    room = sum(limit for weight, limit in parts if weight)
    assert sum(split) == min(total, room)
    assert all(0 <= part <= limit for part, limit in zip(split, limits, strict=True))
    assert all(not part for part, weight in zip(split, weights, strict=True) if not weight)
