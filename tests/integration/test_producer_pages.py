"""Pages of producers, and the sitemap."""

import re

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalogue.models import Product, ProductSet
from tests.factories.catalogue import shown_good, sold_pack
from tests.factories.places import CommuneFactory, ProvinceFactory
from tests.factories.producers import ProducerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def empty_cache():
    cache.clear()


def page_of(client, address, **query):
    response = client.get(address, query)
    assert response.status_code == 200
    return response.content.decode()


class TestIndex:
    def test_names_those_with_goods_that_are_shown(self, client):
        seen = sold_pack().parent.producer
        unseen = sold_pack(listing=Product.Listing.SUSPENDED).parent.producer
        page = page_of(client, "/vi/nha-san-xuat/")
        assert seen.name in page
        assert unseen.name not in page

    def test_by_province(self, client):
        here = sold_pack().parent.producer
        hanoi = CommuneFactory(
            code="00004", name="Phường Ba Đình", province=ProvinceFactory(code="01", name="Thành phố Hà Nội")
        )
        there = shown_good(producer={"commune": hanoi}).producer

        everything = page_of(client, "/vi/nha-san-xuat/")
        narrowed = page_of(client, "/vi/nha-san-xuat/", province="01")

        assert here.name in everything
        assert "Hà Nội" in everything
        assert there.name in narrowed
        assert here.name not in narrowed

    @pytest.mark.parametrize("size", [2, 30])
    def test_a_constant_number_of_queries(self, client, size):
        for _ in range(size):
            shown_good()
        page_of(client, "/vi/nha-san-xuat/")
        cache.clear()
        with CaptureQueriesContext(connection) as queries:
            page_of(client, "/vi/nha-san-xuat/")
        assert len(queries) <= 5


class TestProducer:
    def test_shows_who_it_is_and_what_it_makes(self, client):
        pack = sold_pack(title="Trà atisô", price=99_000)
        producer = pack.parent.producer
        page = page_of(client, f"/vi/nha-san-xuat/{producer.code}/")
        for words in (producer.name, producer.registration_number, "Trà atisô", "99.000\u00a0₫"):
            assert words in page

    def test_without_goods_that_are_shown_it_says_so(self, client):
        producer = ProducerFactory()
        assert f"/vi/nha-san-xuat/{producer.code}/" in page_of(client, f"/vi/nha-san-xuat/{producer.code}/")

    def test_unknown(self, client):
        assert client.get("/vi/nha-san-xuat/khong-co/").status_code == 404

    @pytest.mark.parametrize("size", [2, 20])
    def test_a_constant_number_of_queries(self, client, size):
        producer = sold_pack().parent.producer
        for _ in range(size):
            good = sold_pack().parent
            Product.objects.filter(pk=good.pk).update(producer=producer)
        address = f"/vi/nha-san-xuat/{producer.code}/"
        page_of(client, address)
        cache.clear()
        with CaptureQueriesContext(connection) as queries:
            page_of(client, address)
        assert len(queries) <= 8


class TestSitemap:
    def test_the_index_names_each_file(self, client):
        sold_pack()
        files = re.findall("<loc>(.*?)</loc>", page_of(client, "/sitemap.xml"))
        assert files == [
            "http://localhost:8000/sitemap-pages-1.xml",
            "http://localhost:8000/sitemap-goods-1.xml",
            "http://localhost:8000/sitemap-producers-1.xml",
            "http://localhost:8000/sitemap-certificates-1.xml",
        ]

    def test_names_what_is_shown_in_both_languages_and_nothing_else(self, client):
        good = sold_pack().parent
        sold_pack(listing=Product.Listing.SUSPENDED)
        sold_pack(
            product_set=ProductSet.objects.get(number=15),
            alcohol=Product.Alcohol.ALCOHOL,
            alcohol_strength="12",
        )

        addresses = {
            section: re.findall("<loc>(.*?)</loc>", page_of(client, f"/sitemap-{section}-1.xml"))
            for section in ("goods", "producers", "certificates")
        }

        host = "http://localhost:8000"
        assert addresses["goods"] == [
            f"{host}/vi/san-pham/{good.slug}-{good.pk}/",
            f"{host}/en/products/{good.slug}-{good.pk}/",
        ]
        assert addresses["producers"] == [
            f"{host}/vi/nha-san-xuat/{good.producer.code}/",
            f"{host}/en/producers/{good.producer.code}/",
        ]
        assert len(addresses["certificates"]) == 2

    @pytest.mark.parametrize("address", ["/sitemap-goods-2.xml", "/sitemap-nothing-1.xml"])
    def test_unknown_files(self, client, address):
        assert client.get(address).status_code == 404
