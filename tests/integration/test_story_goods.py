"""Live goods on the pages of editors: what can be bought stands first, the one rule holds, no good costs a query."""

from datetime import date

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalogue.models import Product
from cms.blocks.goods import buyable_first
from marketplace.demo.stories import STORIES, stories_load
from tests.factories.catalogue import shown_good, sold_pack
from tests.factories.places import CommuneFactory
from tests.factories.producers import ProducerFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("search_index")]

REGION = "/vi/vung-dat/da-lat/"


@pytest.fixture(autouse=True)
def _no_page_is_kept_from_another_test() -> None:
    cache.clear()


@pytest.fixture
def stories() -> None:
    """Home, regions and stories in both languages."""
    for name, _titles, _landscape in STORIES:
        ProducerFactory(name=name)
    stories_load()


def first(limit: int) -> list[int]:
    return buyable_first(
        Product.objects.filter(structure="parent"), at=timezone.now(), adult=False, limit=limit
    )


def test_what_can_be_bought_comes_first_and_the_newest_of_it() -> None:
    older, newer = sold_pack().parent, sold_pack().parent
    only_shown = shown_good()
    sold_out = sold_pack(stock={"num_in_stock": 0}).parent

    assert first(4) == [newer.pk, older.pk, sold_out.pk, only_shown.pk]
    assert first(3) == [newer.pk, older.pk, sold_out.pk]
    assert first(2) == [newer.pk, older.pk]


def test_a_region_shows_its_goods_by_the_one_rule(client: Client, stories: None) -> None:
    sold_pack(title="Cà phê Cầu Đất")
    sold_pack(
        title="Cà phê hết hạn", certificate={"valid_from": date(2020, 1, 1), "valid_until": date(2023, 1, 1)}
    )

    html = client.get(REGION).content.decode()

    assert "Cà phê Cầu Đất" in html
    assert "Cà phê hết hạn" not in html


def queries_of(client: Client, address: str) -> list[str]:
    client.get(address)  # what a process keeps for good
    cache.clear()
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return [query["sql"] for query in queries]


@pytest.mark.parametrize("address", ["/vi/", "/en/", REGION])
def test_goods_of_a_page_cost_no_query_each(client: Client, stories: None, address: str) -> None:
    commune = CommuneFactory()
    counts = []
    for _ in range(2):
        for _ in range(26):
            sold_pack(certificate={"stars": 4}, producer={"commune": commune})
        counts.append(len(queries_of(client, address)))

    assert counts[0] == counts[1]
    assert counts[0] <= MOST_QUERIES


#: Page, site and twins; a rule for each block, asked twice where it finds too little; the cards of all blocks together.
MOST_QUERIES = 24
