"""Addresses that nobody types: a character that no text may hold is a page that isn't there or a word left out, never an error."""

import pytest
from django.core.cache import cache
from django.test import Client

from tests.factories.catalogue import sold_pack
from tests.factories.pages import home_page

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    cache.clear()


@pytest.mark.parametrize(
    "address",
    [
        "/vi/chung-nhan/a%00/",
        "/vi/don-hang/a%00/",
        "/vi/a%00/",
        "/media/a%00.jpg",
    ],
)
def test_an_address_with_a_nul_is_a_page_that_is_not_there(client: Client, address: str) -> None:
    home_page()

    assert client.get(address).status_code == 404


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/vi/chung-nhan/kiem-tra/?q=%00", 200),
        ("/vi/chung-nhan/kiem-tra/?q=3981%00", 404),
        ("/vi/tim-kiem/?q=a%00&province=%00&sector=%00", 200),
        ("/vi/nha-san-xuat/?province=%00&page=%00", 200),
        ("/vi/dia-danh/goi-y/?commune=a%00bc&province=%00", 200),
        ("/vi/giao-hang/?pack=%00", 404),
        ("/vi/do-tuoi/?next=%00", 200),
    ],
)
def test_a_nul_in_a_question_is_left_out(client: Client, address: str, status: int) -> None:
    assert client.get(address).status_code == status


def test_a_nul_is_no_province_to_deliver_to(client: Client) -> None:
    pack = sold_pack()

    assert client.get(f"/vi/giao-hang/?pack={pack.pk}&province=%00").status_code == 200
