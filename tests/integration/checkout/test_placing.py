"""An order is placed as it was shown, or not at all."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalogue.certification.models import Certificate
from catalogue.certification.verdicts import VerdictReason
from catalogue.models import Product
from catalogue.pricing.services import normal_price_set
from catalogue.producers.models import Partner, StockRecord
from checkout.basket.models import Basket
from checkout.errors import BasketEmpty, OrderChanged, OrderRefused
from checkout.order.models import Consignment, ConsignmentEvent, FulfilmentState, Order, PaymentState
from checkout.order.numbers import read_order_number
from checkout.payment.models import CashLimit
from checkout.reservations.models import Reservation
from marketplace.notices.models import Notice
from tests.factories.catalogue import (
    ProductSetFactory,
    SectorFactory,
    sold_pack,
)
from tests.factories.orders import BUYER, address_values, basket_with, placed_order, shown_for

pytestmark = pytest.mark.django_db


def stock_of(pack: Product) -> tuple[int, int]:
    record = StockRecord.objects.get(product=pack)
    return record.num_in_stock, record.num_allocated


def test_an_order_freezes_price_stars_and_certificate_and_reserves_its_stock() -> None:
    pack = sold_pack(price=150_000)

    order = placed_order(pack, quantity=3)

    line = order.lines.get()
    paper = Certificate.objects.get(product=pack.parent)
    assert (line.quantity, line.line_price_incl_tax, line.unit_price_incl_tax) == (3, 450_000, 150_000)
    assert (line.stars, line.certificate, line.certificate_number) == (4, paper, paper.decision.number)
    assert (line.normal_price, line.price_source, line.pack_label) == (150_000, "producer", "Gói 500 g")
    assert stock_of(pack) == (10, 3)
    held = Reservation.objects.get()
    assert (held.line, held.quantity, held.state) == (line, 3, "held")
    assert order.basket.status == Basket.SUBMITTED
    assert read_order_number(order.number) == order.number


def test_cash_on_delivery_is_due_at_the_door_and_confirmed_at_once() -> None:
    order = placed_order(sold_pack(), payment_method="cash")

    assert order.payment_state == PaymentState.DUE_ON_DELIVERY
    assert order.payment_deadline is None
    assert order.confirmed_at is not None
    assert set(Notice.objects.values_list("template", flat=True)) == {
        "order_confirmed",
        "producer_consignment_new",
    }


def test_an_online_payment_is_awaited_until_the_deadline_of_its_method() -> None:
    before = timezone.now()

    order = placed_order(sold_pack(), payment_method="sandbox")

    assert order.payment_state == PaymentState.AWAITING
    assert order.payment_deadline is not None
    assert timedelta(minutes=59) < order.payment_deadline - before < timedelta(minutes=61)
    assert order.confirmed_at is None
    assert set(Notice.objects.values_list("template", flat=True)) == {"order_awaiting_payment"}


def test_each_producer_gets_a_consignment_with_its_own_address_and_charge() -> None:
    here, there = sold_pack(price=100_000), sold_pack(price=700_000)

    order = placed_order(here, there)

    first, second = order.consignments.all()
    assert [first.number, second.number] == [f"{order.number}-1", f"{order.number}-2"]
    assert [first.goods_total, second.goods_total] == [100_000, 700_000]
    # 550 g within the province: 500 g and one step; free from 500.000 ₫.
    assert [first.delivery_charge, second.delivery_charge] == [21_000, 0]
    assert [first.chargeable_weight, second.chargeable_weight] == [1_000, 1_000]
    assert first.shipping_address_id != second.shipping_address_id
    assert first.shipping_address.street == "12 Trần Phú"
    assert order.total_incl_tax == 821_000
    assert order.shipping_incl_tax == 21_000
    assert [line.consignment for line in order.lines.all()] == [first, second]
    assert order.fulfilment_state == FulfilmentState.OPEN
    assert list(ConsignmentEvent.objects.values_list("to_state", "actor_kind")) == [("placed", "buyer")] * 2


def test_goods_that_the_buyer_fetches_cost_no_delivery_and_need_no_address() -> None:
    pack = sold_pack(producer={"pickup_offered": True})
    pickups = frozenset({pack.parent.producer_id})

    order = placed_order(pack, pickups=pickups, address=None)

    consignment = order.consignments.get()
    assert consignment.method == Consignment.Method.PICKUP
    assert consignment.shipping_address is None
    assert consignment.delivery_charge == 0


def test_a_second_tap_gives_the_same_order() -> None:
    basket = basket_with(sold_pack())
    shown = shown_for(basket)

    first = placed_order(basket=basket, shown=shown)
    second = placed_order(basket=basket, shown=shown)

    assert first == second
    assert Order.objects.count() == 1
    assert Reservation.objects.count() == 1


def refused(basket: Basket, **how: object) -> OrderRefused:
    """Place an order that must be refused, and make sure that it left no trace."""
    with pytest.raises(OrderRefused) as caught:
        placed_order(basket=basket, **how)
    assert Order.objects.count() == 0
    assert Reservation.objects.count() == 0
    assert Notice.objects.count() == 0
    assert Basket.objects.get(pk=basket.pk).status == Basket.OPEN
    assert set(StockRecord.objects.values_list("num_allocated", flat=True)) <= {0}
    return caught.value


def test_a_certificate_withdrawn_meanwhile_refuses_the_order_with_the_reason() -> None:
    pack = sold_pack()
    basket = basket_with(pack)
    shown = shown_for(basket)
    yesterday = timezone.localdate() - timedelta(days=1)
    Certificate.objects.filter(product=pack.parent).update(
        state=Certificate.State.WITHDRAWN, in_force_until=yesterday
    )

    error = refused(basket, shown=shown)

    assert isinstance(error, OrderChanged)
    assert error.reasons == [f"{pack.parent.title}: {VerdictReason.WITHDRAWN.text}"]


def test_a_price_that_rose_comes_back_with_both_prices() -> None:
    pack = sold_pack(price=150_000)
    basket = basket_with(pack)
    shown = shown_for(basket)
    normal_price_set(pack=pack, amount=160_000, source="producer")

    error = refused(basket, shown=shown)

    assert isinstance(error, OrderChanged)
    assert len(error.reasons) == 1
    assert "160.000\u00a0₫" in str(error.reasons[0])
    assert "150.000\u00a0₫" in str(error.reasons[0])


def test_stock_that_went_meanwhile_comes_back_with_what_is_left() -> None:
    pack = sold_pack()
    basket = basket_with(pack, quantity=5)
    shown = shown_for(basket)
    StockRecord.objects.filter(product=pack).update(num_in_stock=2)

    error = refused(basket, shown=shown)

    assert "2" in str(error.reasons[0])


def test_a_delivery_that_costs_more_than_shown_is_not_placed() -> None:
    basket = basket_with(sold_pack())
    shown = shown_for(basket).replace("21000", "18000")

    assert isinstance(refused(basket, shown=shown), OrderChanged)


@pytest.mark.parametrize(
    "nothing",
    [
        "",
        "{}",
        "[]",
        "not json",
        "Infinity",
        '{"lines": {"1": [Infinity, 1]}, "deliveries": {}}',
        "[" * 9999,
        '{"lines": {"1": []}, "deliveries": {}}',
    ],
)
def test_a_page_that_showed_no_total_places_nothing(nothing: str) -> None:
    assert isinstance(refused(basket_with(sold_pack()), shown=nothing), OrderChanged)


def test_a_producers_minimum_order_is_kept() -> None:
    pack = sold_pack(price=100_000, producer={"minimum_order": 250_000})
    basket = basket_with(pack, quantity=2)

    assert "250.000" in str(refused(basket).reasons[0])


def test_an_empty_basket_is_no_order() -> None:
    with pytest.raises(BasketEmpty):
        placed_order(basket=Basket.objects.create(), shown="{}")


def test_an_unknown_way_to_pay_is_refused() -> None:
    basket = basket_with(sold_pack())

    refused(basket, payment_method="barter", shown=shown_for(basket))


def spirits() -> Product:
    white = ProductSetFactory(
        number=14,
        sector=SectorFactory(code="drink", name="Đồ uống", position=2),
        group="Đồ uống có cồn",
        name="Rượu trắng",
    )
    return sold_pack(
        product_set=white,
        alcohol=Product.Alcohol.ALCOHOL,
        alcohol_strength=Decimal(35),
        producer={"with_licence": True},
    )


def test_alcohol_is_not_sold_for_cash_at_the_door() -> None:
    basket = basket_with(spirits(), adult=True)
    adult = type(BUYER)(name="Lan", phone="+84912345678", is_adult=True)

    refused(basket, buyer=adult, payment_method="cash", shown=shown_for(basket, adult=True))


@pytest.mark.parametrize(("most", "is_taken"), [(171_000, True), (170_999, False)])
def test_cash_is_taken_up_to_the_limit_of_the_day(most: int, is_taken: bool) -> None:
    CashLimit.objects.update(most_amount=most)
    basket = basket_with(sold_pack(price=150_000))

    if is_taken:
        assert placed_order(basket=basket).total_incl_tax == 171_000
    else:
        assert "170.999" in str(refused(basket).reasons[0])


@pytest.mark.parametrize("came_back", [1, 2])
def test_whose_parcels_came_back_pays_before(came_back: int) -> None:
    CashLimit.objects.update(refused_parcels=2)
    for _parcel in range(came_back):
        order = placed_order(sold_pack())
        Consignment.objects.filter(order=order).update(state="returned", return_cause="refused")
    basket = basket_with(sold_pack())

    if came_back < 2:
        assert placed_order(basket=basket).payment_state == PaymentState.DUE_ON_DELIVERY
        return
    with pytest.raises(OrderRefused):
        placed_order(basket=basket)
    assert placed_order(basket=basket, payment_method="sandbox").payment_state == PaymentState.AWAITING


def test_alcohol_is_sold_only_to_whoever_confirmed_the_age() -> None:
    basket = basket_with(spirits(), adult=True)
    shown = shown_for(basket, payment_method="sandbox", adult=True)
    adult = type(BUYER)(name="Lan", phone="+84912345678", is_adult=True)

    refused(basket, payment_method="sandbox", shown=shown)
    order = placed_order(basket=basket, buyer=adult, payment_method="sandbox", shown=shown)

    assert order.payment_state == PaymentState.AWAITING


def queries_of_an_order(producers: int, packs_each: int) -> int:
    packs: list[Product] = []
    for _ in range(producers):
        first = sold_pack()
        packs += [first, *(sold_pack_of(first.parent.producer) for _more in range(packs_each - 1))]
    basket = basket_with(*packs)
    shown, address = shown_for(basket), address_values()
    with CaptureQueriesContext(
        connection,
    ) as captured:
        placed_order(basket=basket, shown=shown, address=address)
    return len(captured)


def sold_pack_of(producer: Partner) -> Product:
    pack = sold_pack()
    Product.objects.filter(pk=pack.parent_id).update(producer=producer)
    StockRecord.objects.filter(product=pack).update(partner=producer)
    return pack


def test_placing_costs_at_most_12_queries_a_consignment_and_a_constant() -> None:
    one = queries_of_an_order(1, 2)
    five = queries_of_an_order(5, 2)
    many_lines = queries_of_an_order(1, 10)

    assert (five - one) / 4 <= 12
    assert one <= 12 + 45
    assert many_lines <= one


def test_lines_that_are_too_many_together_are_refused_in_words() -> None:
    pack = sold_pack(stock={"num_in_stock": 3})
    basket = basket_with(pack, quantity=2)
    line = basket.lines.get()
    line.pk, line.line_reference = None, "the same pack once more"
    line.save()

    with pytest.raises(OrderChanged, match="cộng lại"):
        placed_order(basket=basket)
    assert not Order.objects.exists()
    assert StockRecord.objects.get().num_allocated == 0
