"""Goods and cards on the pages of editors: what can be bought stands first, and no card costs a query of its own."""

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
from tests.factories.producers import ProducerFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("search_index")]


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


def test_the_home_page_reads_producers_once_a_block_and_no_list_for_editors(
    client: Client,
) -> None:
    for name, _titles, _landscape in STORIES:
        ProducerFactory(name=name)
    stories_load()
    cache.clear()

    with CaptureQueriesContext(connection) as queries:
        html = client.get("/vi/").content.decode()

    assert "Hợp tác xã Dịch vụ Nông nghiệp Bắc Ruộng 1" not in html, "only the first stories stand there"
    assert STORIES[0][0] in html
    tables = [query["sql"].split(" FROM ")[1].split()[0] for query in queries if " FROM " in query["sql"]]
    assert tables.count('"partner_partner"') == 2, "for the cards of stories and for the block of producers"
    assert tables.count('"places_province"') == 0
    assert tables.count('"catalogue_productset"') == 0
