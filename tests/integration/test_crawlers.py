"""What search engines are told: robots.txt, the sitemap's pages and stories, addresses in the other language."""

import re
from urllib.robotparser import RobotFileParser

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import translation
from pytest_django import Settings

from cms.regions.models import RegionPage
from marketplace.demo.stories import STORIES, stories_load
from tests.factories.catalogue import ProductSetFactory, sold_pack
from tests.factories.producers import ProducerFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("search_index")]

HOST = "http://localhost:8000"


@pytest.fixture(autouse=True)
def _no_page_is_kept_from_another_test() -> None:
    cache.clear()


def locations(client: Client, address: str) -> list[str]:
    response = client.get(address)
    assert response.status_code == 200
    return re.findall("<loc>(.*?)</loc>", response.content.decode())


def matches(rule: str, address: str) -> bool:
    return re.match(re.escape(rule).replace(r"\*", ".*"), address) is not None


def may_read(lines: list[str], address: str) -> bool:
    """Judge as RFC 9309 says: the longest rule that fits holds, and what no rule names is open."""
    rules = [line.split(": ", 1) for line in lines if line.startswith(("Allow: ", "Disallow: "))]
    fitting = [(len(path), kind == "Allow") for kind, path in rules if matches(path, address)]
    return max(fitting, default=(0, True))[1]


class TestRobots:
    @pytest.fixture
    def lines(self, client: Client) -> list[str]:
        response = client.get("/robots.txt")
        assert response["Content-Type"] == "text/plain; charset=utf-8"
        assert not response.cookies
        return response.content.decode().splitlines()

    @pytest.mark.parametrize("language", ["vi", "en"])
    def test_public_pages_are_open(self, lines: list[str], language: str) -> None:
        with translation.override(language):
            pages = [
                reverse("home"),
                reverse("catalogue:index"),
                reverse("catalogue:index") + "?page=2",
                reverse("catalogue:detail", kwargs={"slug": "tra-atiso", "pk": 3}),
                reverse("producers:index"),
                reverse("certificates:check"),
            ]

        assert [page for page in pages if not may_read(lines, page)] == []

    @pytest.mark.parametrize("language", ["vi", "en"])
    def test_what_is_personal_or_without_end_is_closed(self, lines: list[str], language: str) -> None:
        with translation.override(language):
            pages = [
                reverse("basket:summary"),
                reverse("checkout:checkout"),
                reverse("orders:lookup"),
                reverse("account_login"),
                reverse("customer:orders"),
                reverse("dashboard:index"),
                reverse("search:search") + "?q=tra",
                reverse("catalogue:index") + "?stars=4&sort=price",
                reverse("catalogue:index") + "?stars=4&page=2",
                "/cms/pages/",
                "/sandbox-pay/abc/",
            ]

        assert [page for page in pages if may_read(lines, page)] == []

    def test_pythons_own_reader_understands_it(self, lines: list[str]) -> None:
        reader = RobotFileParser()
        reader.parse(lines)

        assert reader.can_fetch("*", "/vi/san-pham/")
        assert not reader.can_fetch("*", "/vi/gio-hang/")

    def test_it_names_the_sitemap_at_the_sites_own_address(self, client: Client, settings: Settings) -> None:
        settings.SITE_URL = "https://cho.example.vn/"

        assert "Sitemap: https://cho.example.vn/sitemap.xml" in client.get("/robots.txt").content.decode()


class TestSitemapOfPages:
    def test_pages_that_list_goods_are_named_where_goods_are_shown(self, client: Client) -> None:
        sold_pack(product_set=ProductSetFactory(number=13))

        found = locations(client, "/sitemap-pages-1.xml")

        assert f"{HOST}/vi/" in found
        assert f"{HOST}/en/products/" in found
        assert [address for address in found if "/nhom-san-pham/" in address] == [
            f"{HOST}/vi/nhom-san-pham/13/"
        ]
        assert [address for address in found if "/sectors/" in address] == [f"{HOST}/en/sectors/food/"]

    def test_stories_are_named_with_their_twins(self, client: Client) -> None:
        for name, _titles, _landscape in STORIES:
            ProducerFactory(name=name)
        stories_load()

        xml = client.get("/sitemap-stories-1.xml").content.decode()

        assert f"<loc>{HOST}/vi/vung-dat/da-lat/</loc>" in xml
        assert f'hreflang="en" href="{HOST}/en/regions/da-lat/"' in xml
        assert f"{HOST}/sitemap-stories-1.xml" in locations(client, "/sitemap.xml")

    def test_without_stories_the_index_names_no_such_file(self, client: Client) -> None:
        assert f"{HOST}/sitemap-stories-1.xml" not in locations(client, "/sitemap.xml")


class TestHead:
    def test_the_listing_names_its_twin(self, client: Client) -> None:
        html = client.get("/vi/san-pham/").content.decode()

        assert f'<link rel="canonical" href="{HOST}/vi/san-pham/">' in html
        assert f'<link rel="alternate" hreflang="en" href="{HOST}/en/products/">' in html
        assert f'<link rel="alternate" hreflang="x-default" href="{HOST}/vi/san-pham/">' in html

    def test_a_filtered_listing_is_not_indexed(self, client: Client) -> None:
        sold_pack()
        html = client.get("/vi/san-pham/?sold=1").content.decode()

        assert '<meta name="robots" content="noindex, follow">' in html
        assert 'rel="canonical"' not in html

    def test_a_story_without_a_twin_names_none(self, client: Client) -> None:
        for name, _titles, _landscape in STORIES:
            ProducerFactory(name=name)
        stories_load()
        RegionPage.objects.get(slug="da-lat", locale__language_code="en").unpublish()

        html = client.get("/vi/vung-dat/da-lat/").content.decode()

        assert f'<link rel="canonical" href="{HOST}/vi/vung-dat/da-lat/">' in html
        assert 'rel="alternate"' not in html


def test_a_browser_that_shows_a_pdf_gets_an_icon(client: Client) -> None:
    response = client.get("/favicon.ico")

    assert response.status_code == 302
    assert response["Location"].endswith(".png")
