"""What a parcel costs beside zone and weight, where it can't go at all, and on which days it goes."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from catalogue.models import Product, ProductSet
from catalogue.producers.models import Partner
from checkout.basket.contents import basket_contents
from checkout.bill import bill_for
from checkout.errors import OrderChanged, OrderRefused
from checkout.order.models import Consignment, Order
from checkout.shipping.calendars import ShippingCalendar, Span
from checkout.shipping.errors import NotCooled, PlaceNotServed, TooFarForFresh
from checkout.shipping.models import ClosedDays, DeliveryRate, DeliveryTariff, RemoteCommune
from checkout.shipping.quotes import Quote, quote_consignment, quote_pickup
from checkout.shipping.tariff_files import REMOTE, tariff_file_read
from checkout.shipping.weights import Item
from marketplace.places.models import Commune, Province
from tests.factories.catalogue import sold_pack
from tests.factories.orders import address_values, basket_with, placed_order, shown_for
from tests.factories.producers import ProducerFactory

pytestmark = pytest.mark.django_db

ON = date(2026, 11, 24)  # a Tuesday
DA_LAT, PHU_QUY, TRUONG_SA, HA_NOI = "24781", "23272", "22736", "00004"


def quoted(producer: Partner, commune: str, *, item: Item | None = None, on: date = ON, **how: Any) -> Quote:
    place = Commune.objects.select_related("province").get(pk=commune)
    return quote_consignment(
        producer=producer,
        items=[item or Item(1, 500)],
        province=place.province,
        commune=place,
        on=on,
        **{"goods_total": 100_000, **how},
    )


# --- Places -------------------------------------------------------------------------------------------------


def test_an_island_costs_more_and_takes_longer() -> None:
    producer = ProducerFactory()  # Lâm Đồng, as Phú Quý is

    near, island = quoted(producer, DA_LAT), quoted(producer, PHU_QUY)

    assert (near.charge, near.remote_charge, near.is_least) == (18_000, 0, False)
    assert (island.charge, island.remote_charge, island.carriage) == (38_000, 20_000, 18_000)
    assert island.until_date == near.until_date + timedelta(days=3)


def test_free_delivery_doesnt_pay_for_the_boat() -> None:
    assert quoted(ProducerFactory(), PHU_QUY, goods_total=500_000).charge == 20_000


def test_where_no_carrier_goes_nothing_is_promised() -> None:
    with pytest.raises(PlaceNotServed) as refused:
        quoted(ProducerFactory(), TRUONG_SA)

    assert "Trường Sa" in refused.value.words


def test_a_province_alone_gives_the_least_and_says_so() -> None:
    producer = ProducerFactory()
    lam_dong = Commune.objects.get(pk=DA_LAT).province
    capital = Commune.objects.get(pk=HA_NOI).province

    def to(province: Any) -> Quote:
        return quote_consignment(
            producer=producer, items=[Item(1, 500)], goods_total=1, province=province, on=ON
        )

    assert (to(lam_dong).charge, to(lam_dong).is_least) == (18_000, True)
    assert to(capital).is_least is False


def test_a_table_names_a_commune_once() -> None:
    remote = RemoteCommune.objects.filter(commune=PHU_QUY).get()

    with pytest.raises(IntegrityError), transaction.atomic():
        RemoteCommune.objects.create(tariff=remote.tariff, commune=remote.commune)


def test_the_order_is_charged_by_its_commune() -> None:
    pack = sold_pack(price=100_000)
    basket = basket_with(pack)
    address = address_values(commune=Commune.objects.select_related("province").get(pk=PHU_QUY))

    with pytest.raises(OrderChanged) as refused:  # the page had shown what Đà Lạt costs
        placed_order(basket=basket, address=address)

    assert "41.000\u00a0₫" in refused.value.reasons[0]
    assert not Order.objects.exists()


# --- Surcharges ---------------------------------------------------------------------------------------------


def test_cash_costs_an_amount_and_a_share_of_what_is_collected() -> None:
    DeliveryTariff.objects.update(cod_charge=5_000, cod_rate=80)

    quote = quoted(ProducerFactory(), DA_LAT, goods_total=300_000, paid_on_delivery=True)

    # 0,8 % of 318.000 ₫ are 2.544 ₫.
    assert (quote.cash_charge, quote.carriage, quote.charge) == (7_544, 18_000, 25_544)


@pytest.mark.parametrize(("worth", "insurance"), [(999_999, 0), (1_000_000, 5_000), (1_000_100, 5_001)])
def test_dear_goods_are_insured_for_a_share_of_their_value(worth: int, insurance: int) -> None:
    DeliveryTariff.objects.update(insured_from=1_000_000, insurance_rate=50)
    DeliveryRate.objects.update(free_from=None)

    assert quoted(ProducerFactory(), DA_LAT, goods_total=worth).insurance_charge == insurance


def test_goods_that_need_cooling_pay_for_it_or_dont_go() -> None:
    producer, cool = ProducerFactory(), Item(1, 500, name="Sữa chua", needs_cooling=True)

    assert quoted(producer, DA_LAT, item=cool).cold_charge == 30_000
    DeliveryTariff.objects.update(cold_charge=None)
    with pytest.raises(NotCooled) as refused:
        quoted(producer, DA_LAT, item=cool)
    assert "Sữa chua" in refused.value.words


@pytest.mark.parametrize(
    ("of_set", "of_good", "cold"),
    [(True, None, True), (True, False, False), (False, None, False), (False, True, True)],
)
def test_goods_travel_cooled_as_their_product_set_or_as_they_say_themselves(
    client: Client, of_set: bool, of_good: bool | None, cold: bool
) -> None:
    ProductSet.objects.filter(pk=11).update(needs_cooling=of_set)
    pack = sold_pack(product_set=ProductSet.objects.get(pk=11), needs_cooling=of_good)
    basket = basket_with(pack)
    client.post(
        reverse("basket:add", args=[pack.pk]), {"quantity": 1}, headers={"Origin": "http://testserver"}
    )

    estimate = client.get("/en/delivery/", {"pack": pack.pk, "province": "68"})

    held = bill_for(
        basket_contents(basket, adult=True), province=Province.objects.get(pk="68"), on=ON
    ).parcels[0]
    locked = basket_contents(basket, adult=True, lock=True).parcels[0]
    assert estimate.context["quote"].cold_charge == held.quote.cold_charge == (30_000 if cold else 0)
    assert locked.items()[0].needs_cooling is cold


# --- Fresh goods --------------------------------------------------------------------------------------------


def test_fresh_goods_go_only_where_they_arrive_in_time() -> None:
    producer, strawberries = ProducerFactory(), Item(1, 500, name="Dâu tây", keeps_days=2)

    assert quoted(producer, DA_LAT, item=strawberries).until_date == ON + timedelta(days=3)
    with pytest.raises(TooFarForFresh) as refused:
        quoted(producer, HA_NOI, item=strawberries)
    assert (refused.value.goods, refused.value.keeps, refused.value.takes) == (["Dâu tây"], 2, 5)


def test_before_a_feast_fresh_goods_wait() -> None:
    ClosedDays.objects.create(first_day=date(2026, 11, 26), last_day=date(2026, 11, 28), name="Lễ")

    with pytest.raises(TooFarForFresh):
        quoted(ProducerFactory(), DA_LAT, item=Item(1, 500, name="Dâu tây", keeps_days=2))


def test_an_order_that_would_spoil_on_the_way_is_refused_with_its_reason() -> None:
    basket = basket_with(_strawberries())
    far = address_values(commune=Commune.objects.select_related("province").get(pk=HA_NOI))

    with pytest.raises(OrderRefused) as refused:
        placed_order(basket=basket, shown=shown_for(basket), address=far)

    assert "Dâu tây" in refused.value.reasons[0]
    assert not Order.objects.exists()
    assert placed_order(basket=basket).consignments.count() == 1


def test_the_page_of_fresh_goods_says_how_far_they_go(client: Client) -> None:
    pack = _strawberries()

    near, far = (
        client.get("/en/delivery/", {"pack": pack.pk, "province": code}).content.decode()
        for code in ("68", "01")
    )

    assert "they keep 2 days on the way" in near
    assert "Dâu tây stays fresh for 2 days, and the way to you may take 5." in far


def _strawberries() -> Product:
    pack = sold_pack(title="Dâu tây", keeps_days=2)
    return Product.objects.get(pk=pack.pk)


# --- Days ---------------------------------------------------------------------------------------------------


def test_dispatch_skips_days_of_rest_and_the_way_skips_holidays() -> None:
    sunday_off = ShippingCalendar(
        weekdays="123456",
        closed=(Span(date(2026, 11, 26), date(2026, 11, 26)),),
        holidays=(Span(date(2026, 12, 1), date(2026, 12, 2)),),
    )

    # Tuesday; Wednesday is the first day, Thursday is closed, Friday the second; Saturday the third, Sunday rests, Monday the fourth.
    assert [sunday_off.dispatch_day(ON, days).day for days in (0, 1, 2, 3, 4)] == [24, 25, 27, 28, 30]
    assert sunday_off.dispatch_day(date(2026, 11, 29), 0) == date(2026, 11, 30)
    assert sunday_off.arrival(date(2026, 11, 30), 1) == date(2026, 12, 3)


def test_a_quote_counts_the_days_of_the_producer() -> None:
    producer = ProducerFactory(dispatch_weekdays="5")  # Fridays only

    quote = quoted(producer, DA_LAT)

    assert (quote.dispatch_until, quote.from_date) == (date(2026, 11, 27), date(2026, 11, 28))
    assert quote_pickup(producer=producer, on=ON).from_date == date(2026, 11, 27)


def test_another_producers_days_are_not_its_own() -> None:
    producer, other = ProducerFactory(), ProducerFactory()
    ClosedDays.objects.create(producer=other, first_day=ON, last_day=ON + timedelta(days=30), name="Sửa nhà")

    assert quoted(producer, DA_LAT).dispatch_until == ON + timedelta(days=1)
    assert quoted(other, DA_LAT).dispatch_until == ON + timedelta(days=31)


def test_tet_of_2027_is_known() -> None:
    before = date(2027, 2, 3)

    assert quoted(ProducerFactory(), DA_LAT, on=before).dispatch_until == date(2027, 2, 11)


def test_a_producer_ships_on_some_day_of_the_week() -> None:
    producer = ProducerFactory()

    with pytest.raises(IntegrityError), transaction.atomic():
        Partner.objects.filter(pk=producer.pk).update(dispatch_weekdays="")


def test_what_is_paid_later_goes_out_later() -> None:
    order = placed_order(sold_pack(), payment_method="sandbox")
    placed = order.consignments.get()
    Order.objects.filter(pk=order.pk).update(date_placed=timezone.now() - timedelta(days=2))
    Consignment.objects.filter(pk=placed.pk).update(
        dispatch_until=placed.dispatch_until - timedelta(days=2),
        delivery_until=placed.delivery_until - timedelta(days=2),
    )

    from checkout.order.confirmation import order_confirmed

    order.refresh_from_db()
    order_confirmed(order, order.consignments.select_related("producer"))

    moved = order.consignments.get()
    assert (moved.dispatch_until, moved.delivery_until) == (placed.dispatch_until, placed.delivery_until)


def test_a_bill_asks_for_tables_and_days_a_constant_number_of_times(
    django_assert_num_queries: Any,
) -> None:
    from checkout.basket.contents import basket_contents

    place = Commune.objects.select_related("province").get(pk=DA_LAT)
    for packs in ([sold_pack()], [sold_pack(title=f"Trà {number}") for number in range(4)]):
        contents = basket_contents(basket_with(*packs), adult=False)
        with django_assert_num_queries(6):
            bill_for(contents, province=place.province, commune=place, on=ON)


def test_a_file_of_far_communes_asks_as_often_for_many_as_for_one(django_assert_num_queries: Any) -> None:
    codes = list(Commune.objects.order_by("pk").values_list("pk", flat=True)[:5])
    for named in (codes[:1], codes):
        content = "\n".join(["Mã xã,Phụ phí", *(f"{int(code)},15000" for code in named)]).encode()
        with django_assert_num_queries(2):
            read = tariff_file_read(file_name="xa.csv", content=content)
        assert [one["commune_id"] for one in read.values[REMOTE]] == named
