"""What offers and codes take off a basket, and what the buyer is told of it."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from catalogue.certification.models import AlcoholRule
from catalogue.certification.programme import rule_book_forget
from catalogue.models import Product
from catalogue.pricing.services import dated_prices_write
from checkout.basket.contents import basket_contents
from checkout.basket.models import Basket
from checkout.bill import Bill, bill_for
from checkout.campaigns.models import DiscountRule
from checkout.offer.services import offer_stop
from checkout.offer.words import condition_words, promise_words
from marketplace.clock import day_of, today
from tests.factories.catalogue import ProductSetFactory, sold_pack
from tests.factories.offers import enter, make_code, make_offer
from tests.factories.orders import basket_with
from tests.factories.places import CommuneFactory
from tests.integration.checkout.test_placing import sold_pack_of, spirits

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english() -> Any:
    with translation.override("en"):
        yield


def bill_of(basket: Basket, *, phone: str = "", adult: bool = False) -> Bill:
    """Return what a basket that goes to Đà Lạt comes to."""
    contents = basket_contents(Basket.objects.get(pk=basket.pk), adult=adult)
    province: Any = CommuneFactory().province  # type: ignore[attr-defined]
    return bill_for(contents, province=province, on=day_of(contents.at), phone=phone)


def lines_of(bill: Bill) -> list[int]:
    return [own.discount for part in bill.parcels for own in part.lines]


def problem(bill: Bill) -> str:
    (standing,) = bill.codes
    return standing.problem


# --- What is given ------------------------------------------------------------------------------


def test_without_an_offer_a_bill_costs_two_queries_more_than_its_delivery() -> None:
    basket = basket_with(sold_pack())
    contents = basket_contents(Basket.objects.get(pk=basket.pk), adult=False)
    province: Any = CommuneFactory().province  # type: ignore[attr-defined]

    with CaptureQueriesContext(connection) as captured:
        bill = bill_for(contents, province=province, on=day_of(contents.at))

    assert len(captured) == 6
    assert (bill.goods_discount, bill.discounts, bill.codes, bill.hints) == (0, [], [], [])


def test_a_percentage_is_rounded_once_and_split_by_what_the_lines_cost() -> None:
    make_offer(percent=7)
    basket = basket_with(sold_pack(price=33_333), sold_pack(price=11_111), sold_pack(price=55_555))

    bill = bill_of(basket)

    # 7 % of 99.999 ₫ are 6.999,93 ₫.
    assert bill.goods_discount == 7_000
    assert lines_of(bill) == [2_333, 778, 3_889]
    assert bill.goods_total == 92_999


def test_a_percentage_stops_at_its_largest_amount() -> None:
    make_offer(percent=20, largest_amount=25_000)

    assert bill_of(basket_with(sold_pack(price=200_000))).goods_discount == 25_000


def test_an_amount_is_split_over_the_goods_that_the_offer_is_about() -> None:
    tea, coffee, honey = sold_pack(price=100_000), sold_pack(price=200_000), sold_pack(price=900_000)
    make_offer(amount=50_000, goods=[tea.parent, coffee.parent])

    bill = bill_of(basket_with(tea, coffee, honey))

    assert lines_of(bill) == [16_667, 33_333, 0]


def test_a_bundle_gives_the_cheapest_pack_of_each_and_spreads_it_over_all() -> None:
    make_offer(bundle=3, paid=2)
    dear, cheap = sold_pack(price=100_000), sold_pack(price=50_000)
    basket = basket_with(dear, quantity=4)
    basket_with_more(basket, cheap, 3)

    bill = bill_of(basket)

    # Bundles (100, 100, 100) and (100, 50, 50): 100.000 and 50.000 ₫ are free; one pack of 50.000 ₫ is left over.
    assert bill.goods_discount == 150_000
    assert lines_of(bill) == [120_000, 30_000]


def basket_with_more(basket: Basket, pack: Product, quantity: int) -> None:
    from checkout.basket.services import basket_add

    basket_add(basket=basket, pack_id=pack.pk, quantity=quantity, adult=False)


def test_a_producers_offer_reduces_its_own_goods_alone_and_is_borne_by_it() -> None:
    own, other = sold_pack(price=100_000), sold_pack(price=100_000)
    make_offer(percent=10, producer=own.parent.producer)

    mine, theirs = bill_of(basket_with(own, other)).parcels

    assert (mine.discount, mine.platform_discount, mine.lines[0].by_producer) == (10_000, 0, 10_000)
    assert theirs.discount == 0


def test_the_marketplace_bears_its_own() -> None:
    make_offer(percent=10)

    (part,) = bill_of(basket_with(sold_pack(price=100_000))).parcels

    assert (part.platform_discount, part.lines[0].by_producer) == (10_000, 0)


def test_an_offer_for_sets_leaves_other_goods_alone() -> None:
    honey = ProductSetFactory(number=5, group="Mật ong", name="Mật ong")
    make_offer(percent=10, sets=[honey])

    assert lines_of(bill_of(basket_with(sold_pack(product_set=honey), sold_pack()))) == [15_000, 0]


def test_delivery_is_free_for_each_parcel_by_itself() -> None:
    make_offer(off_delivery=100, from_amount=100_000)

    enough, too_little = bill_of(basket_with(sold_pack(price=100_000), sold_pack(price=99_000))).parcels

    assert (enough.delivery_discount, enough.charge, enough.platform_discount) == (21_000, 0, 21_000)
    assert (too_little.delivery_discount, too_little.charge) == (0, 21_000)


def test_free_delivery_stops_at_its_largest_amount_a_parcel() -> None:
    make_offer(off_delivery=100, largest_amount=15_000)

    assert [part.charge for part in bill_of(basket_with(sold_pack(), sold_pack())).parcels] == [6_000, 6_000]


def test_the_tables_free_delivery_counts_what_is_left_to_pay() -> None:
    make_offer(percent=10)

    # 540.000 ₫ would be carried for nothing; 486.000 ₫ are not.
    (part,) = bill_of(basket_with(sold_pack(price=540_000))).parcels

    assert (part.goods_total, part.charge) == (486_000, 21_000)


# --- The law ------------------------------------------------------------------------------------


def test_nothing_is_reduced_below_half_its_normal_price() -> None:
    make_code(amount=500_000)
    basket = basket_with(sold_pack(price=99_999))
    enter(basket)

    # 50 % of 99.999 ₫ are 49.999,5 ₫: 50.000 ₫ must be left.
    assert bill_of(basket).goods_total == 50_000


@pytest.mark.parametrize(("from_day", "left"), [(0, 80_000), (1, 50_000)])
def test_the_cap_of_the_day_holds(from_day: int, left: int) -> None:
    DiscountRule.objects.create(
        in_force_from=today() + timedelta(days=from_day),
        legal_source="Nghị định mới",
        largest_percent=20,
        concentrated_percent=20,
    )
    make_code(amount=500_000)
    basket = basket_with(sold_pack(price=100_000))
    enter(basket)

    assert bill_of(basket).goods_total == left


def test_from_which_strength_alcohol_is_not_reduced_is_data_of_a_day() -> None:
    drinks = ProductSetFactory(number=15, group="Đồ uống có cồn", name="Đồ uống có cồn khác")
    make_offer(percent=10)
    basket = basket_with(
        sold_pack(
            product_set=drinks,
            alcohol=Product.Alcohol.ALCOHOL,
            alcohol_strength=Decimal(12),
            producer={"with_licence": True},
        ),
        adult=True,
    )
    assert bill_of(basket, adult=True).goods_discount == 15_000

    AlcoholRule.objects.update(no_promotion_from_strength=Decimal(10))
    rule_book_forget()

    assert bill_of(basket, adult=True).goods_discount == 0
    rule_book_forget()


def test_a_campaigns_price_and_a_code_count_together() -> None:
    pack = sold_pack(price=100_000)
    now = timezone.now()
    dated_prices_write(
        source="campaign:1",
        prices={pack.pk: 60_000},
        starts_at=now - timedelta(minutes=1),
        ends_at=now + timedelta(days=1),
    )
    make_code(percent=30)
    basket = basket_with(pack)
    enter(basket)

    assert bill_of(basket).goods_total == 50_000


def test_what_the_law_holds_back_on_one_line_goes_to_the_others_of_a_fixed_amount() -> None:
    make_code(amount=60_000)
    basket = basket_with(sold_pack(price=20_000), sold_pack(price=200_000))
    basket_cheap = sold_pack(price=40_000)
    now = timezone.now()
    dated_prices_write(
        source="campaign:1",
        prices={basket_cheap.pk: 21_000},
        starts_at=now - timedelta(minutes=1),
        ends_at=now + timedelta(days=1),
    )
    basket_with_more(basket, basket_cheap, 1)
    enter(basket)

    assert lines_of(bill_of(basket)) == [5_363, 53_637, 1_000]


def test_fresh_food_is_outside_the_cap_and_never_costs_less_than_nothing() -> None:
    fresh = ProductSetFactory(number=1, group="Rau, củ, quả", name="Rau, củ, quả tươi")
    make_code(amount=500_000)
    basket = basket_with(sold_pack(price=30_000, product_set=fresh))
    enter(basket)

    bill = bill_of(basket)

    assert (bill.goods_total, bill.total) == (0, 21_000)


def test_a_concentrated_programme_may_go_further() -> None:
    make_offer(percent=80, concentrated_decision="QĐ 12/2026")

    assert bill_of(basket_with(sold_pack(price=100_000))).goods_total == 20_000


def test_strong_alcohol_is_neither_reduced_nor_counted() -> None:
    make_code(percent=10, from_amount=100_000)
    basket = basket_with(spirits(), adult=True)
    enter(basket)

    bill = bill_of(basket, adult=True)

    assert (bill.goods_discount, problem(bill)) == (0, "It is not for these goods.")


def test_a_parcel_with_strong_alcohol_is_not_carried_for_nothing() -> None:
    make_offer(off_delivery=100)

    assert bill_of(basket_with(spirits(), adult=True), adult=True).parcels[0].delivery_discount == 0


def test_what_could_be_alcohol_is_not_reduced() -> None:
    make_offer(percent=10)
    pack = sold_pack()
    basket = basket_with(pack)
    Product.objects.filter(pk=pack.parent_id).update(product_set=None, alcohol=Product.Alcohol.SUSPECTED)

    assert bill_of(basket, adult=True).goods_discount == 0


def test_beer_may_be_reduced() -> None:
    drinks = ProductSetFactory(number=15, group="Đồ uống có cồn", name="Đồ uống có cồn khác")
    make_offer(percent=10)
    pack = sold_pack(
        product_set=drinks,
        alcohol=Product.Alcohol.ALCOHOL,
        alcohol_strength=Decimal(5),
        producer={"with_licence": True},
    )

    assert bill_of(basket_with(pack, adult=True), adult=True).goods_discount == 15_000


# --- What goes together ---------------------------------------------------------------------------


def test_of_two_offers_a_line_takes_the_one_that_saves_more() -> None:
    tea, coffee = sold_pack(price=100_000), sold_pack(price=100_000)
    make_offer(name="Mười", percent=10)
    make_offer(name="Hai mươi", percent=20, goods=[tea.parent])

    bill = bill_of(basket_with(tea, coffee))

    # 20 % on the tea saves 20.000 ₫, as 10 % on both do; the older of equals goes first.
    assert bill.goods_discount == 20_000


def test_a_code_comes_on_top_where_both_allow_it() -> None:
    make_offer(percent=10, goes_with_others=True)
    make_code(percent=10, goes_with_others=True)
    basket = basket_with(sold_pack(price=100_000))
    enter(basket)

    assert bill_of(basket).goods_total == 81_000


@pytest.mark.parametrize(("offer", "code"), [(10, 30), (30, 10)])
def test_where_one_insists_on_being_alone_the_buyer_gets_whichever_saves_more(offer: int, code: int) -> None:
    make_offer(name="Tự động", percent=offer, goes_with_others=True)
    make_code(percent=code)
    basket = basket_with(sold_pack(price=100_000))
    enter(basket)

    bill = bill_of(basket)

    assert bill.goods_total == 70_000
    if offer > code:
        assert problem(bill) == "It doesn't go together with “Tự động”, which saves you more."


def test_a_code_that_leaves_out_reduced_goods_says_so() -> None:
    tea, coffee = sold_pack(price=100_000), sold_pack(price=100_000)
    make_offer(name="Trà rẻ", percent=40, goods=[tea.parent])
    make_code(percent=10)
    basket = basket_with(tea, coffee)
    enter(basket)

    bill = bill_of(basket)

    assert lines_of(bill) == [40_000, 10_000]
    assert bill.hints == ["“Mã mùa thu” leaves out goods that “Trà rẻ” reduces: the two don't go together."]


def test_what_is_missing_for_an_offer_is_said() -> None:
    make_offer(name="Từ 200", percent=10, from_amount=200_000)

    bill = bill_of(basket_with(sold_pack(price=150_000)))

    assert bill.goods_discount == 0
    assert bill.hints == ["50.000\u00a0₫ more of these goods for “Từ 200”: 10% off"]


# --- Why a code doesn't hold ------------------------------------------------------------------------


def test_a_minimum_that_is_missing_is_named_to_the_dong() -> None:
    make_code(percent=10, from_amount=200_000)
    basket = basket_with(sold_pack(price=150_000))
    enter(basket)

    assert (
        problem(bill_of(basket)) == "It holds from 200.000\u00a0₫ of these goods: 50.000\u00a0₫ are missing."
    )


def test_a_code_for_other_goods_says_so() -> None:
    other = sold_pack()
    make_code(percent=10, goods=[other.parent])
    basket = basket_with(sold_pack())
    enter(basket)

    assert problem(bill_of(basket)) == "It is not for these goods."


def test_a_producers_code_names_the_producer() -> None:
    other = sold_pack().parent.producer
    make_code(percent=10, producer=other)
    basket = basket_with(sold_pack())
    enter(basket)

    assert other.name in problem(bill_of(basket))


def test_an_offer_that_was_stopped_after_its_code_was_entered_says_so() -> None:
    voucher = make_code()
    basket = basket_with(sold_pack())
    enter(basket)
    offer_stop(offer=voucher.offer)

    assert problem(bill_of(basket)) == "It was stopped."


def test_a_budget_that_does_not_suffice_is_used_up() -> None:
    make_code(amount=30_000, budget=20_000)
    basket = basket_with(sold_pack())
    enter(basket)

    assert problem(bill_of(basket)) == "It is used up."


def test_a_basket_of_twenty_lines_and_offers_asks_no_more_than_one_of_two() -> None:
    def queries(lines: int, offers: int) -> int:
        packs = [sold_pack() for _ in range(lines)]
        for number in range(offers):
            make_offer(name=f"Ưu đãi {number}", percent=5, goods=[packs[0].parent], most_uses_a_buyer=9)
        make_code(f"NHIEU{lines}", percent=10, most_uses_a_buyer=1)
        basket = basket_with(*packs)
        enter(basket, f"NHIEU{lines}")
        contents = basket_contents(Basket.objects.get(pk=basket.pk), adult=False)
        province: Any = CommuneFactory().province  # type: ignore[attr-defined]
        with CaptureQueriesContext(connection) as captured:
            bill_for(contents, province=province, on=day_of(contents.at), phone="+84912345678")
        return len(captured)

    assert queries(20, 12) == queries(2, 1) == 12


def test_goods_of_one_producer_share_its_offer() -> None:
    first = sold_pack(price=100_000)
    second = sold_pack_of(first.parent.producer)
    make_offer(percent=10, producer=first.parent.producer, from_amount=200_000)

    assert lines_of(bill_of(basket_with(first, second))) == [10_000, 15_000]


# --- In words -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"percent": 10}, "10% off"),
        ({"percent": 10, "largest_amount": 50_000}, "10% off, at most 50.000\u00a0₫"),
        ({"amount": 30_000, "from_amount": 200_000}, "30.000\u00a0₫ off | from 200.000\u00a0₫ of goods"),
        ({"bundle": 3, "paid": 2}, "3 packs for the price of 2"),
        ({"off_delivery": 100}, "free delivery"),
        (
            {"off_delivery": 50, "from_amount": 200_000},
            "50% off the delivery charge | from 200.000\u00a0₫ of goods in one parcel",
        ),
    ],
)
def test_an_offer_says_what_it_gives_and_from_when_on(given: dict[str, int], words: str) -> None:
    offer = make_offer(**given)

    assert " | ".join(filter(None, [promise_words(offer), condition_words(offer)])) == words


def test_packs_that_are_missing_are_counted() -> None:
    make_offer(name="Ba tính hai", bundle=3, paid=2)

    hints = [bill_of(basket_with(sold_pack(), quantity=packs)).hints for packs in (1, 2, 3)]

    assert hints == [
        ["2 more packs of these goods for “Ba tính hai”: 3 packs for the price of 2"],
        ["1 more pack of these goods for “Ba tính hai”: 3 packs for the price of 2"],
        [],
    ]


def test_a_code_that_asks_for_packs_names_how_many_are_missing() -> None:
    make_code(bundle=3, paid=2)
    basket = basket_with(sold_pack())
    enter(basket)

    assert problem(bill_of(basket)) == "It holds from 3 packs of these goods: 2 are missing."


def test_a_code_says_where_the_law_lets_no_more_go() -> None:
    pack = sold_pack(price=100_000)
    now = timezone.now()
    dated_prices_write(
        source="campaign:1",
        prices={pack.pk: 50_000},
        starts_at=now - timedelta(minutes=1),
        ends_at=now + timedelta(days=1),
    )
    make_code(percent=10)
    basket = basket_with(pack)
    enter(basket)

    assert problem(bill_of(basket)) == "These goods are reduced as far as the law allows already."


def test_a_code_for_delivery_says_where_the_way_costs_nothing() -> None:
    make_code(off_delivery=100)
    basket = basket_with(sold_pack(price=600_000))
    enter(basket)

    assert problem(bill_of(basket)) == "No parcel here costs anything for its way that it could take off."
