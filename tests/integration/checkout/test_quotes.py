"""Delivery by zone and chargeable weight, from tables that are data."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.http import urlencode

from catalogue.models import Product
from catalogue.producers.models import Partner
from checkout.shipping.errors import NoTariff
from checkout.shipping.explaining import steps_of
from checkout.shipping.models import DeliveryRate, DeliveryTariff, Zone
from checkout.shipping.quotes import Quote, quote_consignment
from checkout.shipping.tariffs import tariff_book
from checkout.shipping.weights import Item, chargeable_weight, parcel_weight
from marketplace.places.models import Province
from tests.factories.catalogue import sold_pack
from tests.factories.producers import ProducerFactory
from tests.integration.checkout.test_placing import spirits

ON = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("grams", "charged"),
    [(1, 500), (500, 500), (501, 1_000), (1_000, 1_000), (1_001, 1_500), (9_999, 10_000)],
)
def test_weight_goes_up_in_steps_of_500_g(grams: int, charged: int) -> None:
    assert chargeable_weight(grams, first=500, step=500) == charged


def test_a_light_big_parcel_is_charged_by_its_volume() -> None:
    # 30 × 20 × 20 cm = 12,000 cm³; by 5: 2,400 g.
    light = Item(quantity=1, weight=300, length=300, width=200, height=200)

    assert parcel_weight([light], volume_divisor=5, assumed_weight=500).grams == 2_400
    assert parcel_weight([light], volume_divisor=6, assumed_weight=500).grams == 2_000


def test_an_unknown_weight_is_assumed_and_said_so() -> None:
    weight = parcel_weight([Item(2, None), Item(1, 300)], volume_divisor=5, assumed_weight=400)

    assert (weight.grams, weight.is_assumed) == (1_100, True)


def quoted(producer: Partner, province: str | None, *, goods: int = 100_000, cash: bool = False) -> Quote:
    return quote_consignment(
        producer=producer,
        items=[Item(2, 550)],
        goods_total=goods,
        province=Province.objects.get(code=province) if province else None,
        on=ON,
        paid_on_delivery=cash,
    )


@pytest.mark.django_db
def test_the_zone_follows_from_the_two_provinces() -> None:
    producer = ProducerFactory(dispatch_days=1)  # Lâm Đồng
    central = Province.objects.filter(macro_region="central").exclude(code="68")[0]
    north = Province.objects.filter(macro_region="north")[0]

    # 1,100 g: 500 g and two steps.
    assert [quoted(producer, code).charge for code in ("68", central.code, north.code, None)] == [
        24_000,
        34_000,
        42_000,
        42_000,
    ]
    near = quoted(producer, "68")
    assert (near.zone, near.days_min, near.days_max) == (Zone.SAME_PROVINCE, 2, 3)
    assert (near.from_date, near.until_date) == (ON + timedelta(days=2), ON + timedelta(days=3))


@pytest.mark.django_db
def test_delivery_is_free_from_the_tables_value_on() -> None:
    producer = ProducerFactory()

    assert quoted(producer, "68", goods=499_999).free_remaining == 1
    assert quoted(producer, "68", goods=500_000).charge == 0
    assert quoted(producer, "68", goods=500_000).free_remaining is None


@pytest.mark.django_db
def test_the_way_that_a_producers_own_table_carries_free_is_borne_by_the_producer() -> None:
    producer = ProducerFactory()
    assert quoted(producer, "68", goods=500_000).by_producer == 0

    DeliveryTariff.objects.update(producer=producer)

    free, paid = quoted(producer, "68", goods=500_000), quoted(producer, "68", goods=499_999)
    assert (free.charge, free.by_producer) == (0, 24_000)
    assert (paid.charge, paid.by_producer) == (24_000, 0)


@pytest.mark.django_db
def test_each_zone_has_its_own_value_from_which_delivery_is_free() -> None:
    producer = ProducerFactory()  # Lâm Đồng, which is in the centre
    central = Province.objects.filter(macro_region="central").exclude(code="68")[0].code
    north = Province.objects.filter(macro_region="north")[0].code
    for zone, limit in (
        (Zone.SAME_PROVINCE, 200_000),
        (Zone.SAME_REGION, 400_000),
        (Zone.BETWEEN_REGIONS, None),
    ):
        DeliveryRate.objects.filter(zone=zone).update(free_from=limit)

    near, far, farthest = (quoted(producer, code, goods=250_000) for code in ("68", central, north))

    assert (near.charge, near.free_remaining) == (0, None)
    assert (far.carriage > 0, far.free_remaining) == (True, 150_000)
    assert (farthest.carriage > 0, farthest.free_remaining) == (True, None)
    assert "200.000" in " ".join(str(step.words) for step in steps_of(near))


@pytest.mark.django_db
def test_whoever_hasnt_said_where_to_is_promised_no_free_delivery_that_a_zone_lacks() -> None:
    producer = ProducerFactory()
    DeliveryRate.objects.filter(zone=Zone.SAME_PROVINCE).update(free_from=200_000)
    assert quoted(producer, None, goods=250_000).free_remaining == 250_000, "free everywhere from 500.000"

    DeliveryRate.objects.filter(zone=Zone.SAME_REGION).update(free_from=None)
    assert quoted(producer, None, goods=250_000).free_remaining is None
    assert quoted(producer, None, goods=900_000).carriage > 0


@pytest.mark.django_db
def test_the_weight_that_was_assumed_is_said_as_the_table_has_it(client: Client) -> None:
    DeliveryTariff.objects.update(assumed_pack_weight=800)
    pack = sold_pack(pack={"weight": None})
    client.get("/en/delivery/", {"pack": pack.pk, "province": "68"})
    client.post(
        reverse("basket:add", args=[pack.pk]), {"quantity": 1}, headers={"Origin": "http://testserver"}
    )

    estimate, basket, checkout = (
        client.get(address).content.decode()
        for address in (f"/en/delivery/?pack={pack.pk}", "/en/basket/", "/en/checkout/")
    )

    assert "the estimate counts 800 g" in estimate
    assert "we count 800 g" in basket
    assert "we count 800 g" in checkout


@pytest.mark.django_db
def test_the_charge_for_cash_is_no_part_of_free_delivery() -> None:
    DeliveryTariff.objects.update(cod_charge=7_000)

    quote = quoted(ProducerFactory(), "68", goods=500_000, cash=True)

    assert (quote.charge, quote.cash_charge) == (7_000, 7_000)


@pytest.mark.django_db
def test_a_producers_own_table_goes_before_the_platforms_and_only_in_its_days() -> None:
    producer = ProducerFactory()
    own = DeliveryTariff.objects.create(producer=producer, name="own", valid_from=ON, valid_until=ON)
    DeliveryRate.objects.create(
        tariff=own, zone=Zone.SAME_PROVINCE, first_charge=5_000, step_charge=0, days_min=1, days_max=1
    )

    assert tariff_book([producer.pk], on=ON).tariff(producer.pk) == own
    assert tariff_book([producer.pk], on=ON + timedelta(days=1)).tariff(producer.pk) != own
    assert quoted(producer, "68").charge == 5_000
    with pytest.raises(NoTariff):
        quoted(producer, "01")


@pytest.mark.django_db
def test_the_estimate_remembers_the_province_and_costs_a_constant(
    client: Client, django_assert_max_num_queries: object
) -> None:
    pack = sold_pack()
    address = reverse("delivery:estimate")

    first = client.get(address, {"pack": pack.pk, "province": "68"}, headers={"HX-Request": "true"})
    with django_assert_max_num_queries(11):  # type: ignore[operator]
        again = client.get(address, {"pack": pack.pk}, headers={"HX-Request": "true"})

    assert "21.000\u00a0₫" in first.content.decode()
    assert "21.000\u00a0₫" in again.content.decode()
    assert "no-store" in first["Cache-Control"]


@pytest.mark.django_db
@pytest.mark.parametrize("pack", ["", "x", "0", "99999999999999"])
def test_an_estimate_of_nothing_is_not_found(client: Client, pack: str) -> None:
    address = reverse("delivery:estimate")

    assert client.get(address, {"pack": pack}, headers={"HX-Request": "true"}).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("good", "certificate"),
    [
        ({"listing": Product.Listing.SUSPENDED}, {}),
        ({}, {"unverified": True}),
        ({}, {"valid_from": date(2020, 1, 1), "valid_until": date(2023, 1, 1)}),
    ],
)
@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_an_estimate_names_no_goods_that_are_not_shown(
    client: Client, good: dict[str, Any], certificate: dict[str, Any], headers: dict[str, str]
) -> None:
    pack = sold_pack(certificate=certificate, **good)

    response = client.get(reverse("delivery:estimate"), {"pack": pack.pk}, headers=headers)

    assert response.status_code == 404
    assert pack.parent.title not in response.content.decode()


def _doubtful() -> Product:
    return sold_pack(product_set=None, alcohol=Product.Alcohol.SUSPECTED)


@pytest.mark.django_db
@pytest.mark.parametrize("made", [spirits, _doubtful])
def test_an_estimate_names_what_could_be_alcohol_only_once_the_age_is_declared(
    client: Client, made: Callable[[], Product]
) -> None:
    pack = made()
    address = f"{reverse('delivery:estimate')}?pack={pack.pk}"
    question = f"{reverse('age-declare')}?{urlencode({'next': address})}"

    page = client.get(address)
    fragment = client.get(address, headers={"HX-Request": "true"})
    client.post(question, {"answer": "yes", "next": address})

    assert page["Location"] == fragment["HX-Redirect"] == question
    assert pack.parent.title not in page.content.decode() + fragment.content.decode()
    assert pack.parent.title in client.get(address).content.decode()
