"""Chips of what a search understood and of what is narrowed: each can be taken off, by an address alone, without a script."""

import re
from html import unescape

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from django.utils.http import urlencode

from catalogue.certification.services import certificate_propose
from catalogue.models import Product
from search.engines.base import SearchEngine
from search.intents import IntentKind
from search.rebuilding import rebuild_index
from tests.factories.catalogue import ProductSetFactory, shown_good, sold_pack

pytestmark = pytest.mark.django_db

SEARCH = "/vi/tim-kiem/"

#: For each kind of intent: what is typed, what its chip says.
UNDERSTOOD = {
    IntentKind.PRICE: ("trà dưới 100k", "Giá: dưới 100k"),
    IntentKind.STARS: ("trà 3 sao", "Hạng: 3 sao"),
    IntentKind.PROPOSED: ("trà sắp lên 5 sao", "sắp lên 5 sao"),
    IntentKind.WEIGHT: ("trà 500g", "500g"),
    IntentKind.FORM: ("trà atiso túi lọc", "túi lọc"),
    IntentKind.WITHOUT: ("trà không caffein", "caffein"),
    IntentKind.PLACE: ("tra lam dong", "Lâm Đồng"),
    IntentKind.KIND: ("hàng khô", "hàng khô"),
    IntentKind.CODE: ("68-24848-1-2026", "68-24848-1-2026"),
}


@pytest.fixture(autouse=True)
def shop(search_index: SearchEngine) -> None:
    """Tea that answers every one of them, and squid."""
    cache.clear()
    tea = sold_pack(
        title="Trà atiso túi lọc không đường",
        price=50_000,
        certificate={"stars": 3},
        product_set=ProductSetFactory(number=12, name="Trà từ thực vật khác"),
        ocop_code="68-24848-1-2026",
        pack={"title": "Gói 500 g"},
    )
    certificate_propose(product=tea.parent, stars=5, by=None)
    shown_good(title="Mực một nắng", product_set=ProductSetFactory(number=7, name="Hàng khô"))
    rebuild_index()
    cache.clear()


def chips_of(response: HttpResponse) -> list[tuple[str, str, str]]:
    """Return kind (`understood`, `on`, or nothing), address and words of each chip, or of each way on where nothing is found."""
    content = response.content.decode()
    found = re.findall(
        r'(?s)<a class="(?:chip(?: chip--(understood|on))?|ways__link)" href="([^"]*)" rel="nofollow">(.*?)</a>',
        content,
    )
    words = re.compile(r'(?s)<span class="visually-hidden">.*?</span>|<svg.*?</svg>|<[^>]+>')
    return [(kind, unescape(url), unescape(words.sub("", label)).strip()) for kind, url, label in found]


def test_every_kind_of_intent_is_tried_here() -> None:
    assert set(UNDERSTOOD) == set(IntentKind)


@pytest.mark.parametrize("kind", list(UNDERSTOOD), ids=str)
def test_what_was_understood_can_be_taken_as_typed_and_understood_again(
    client: Client, kind: IntentKind
) -> None:
    typed, said = UNDERSTOOD[kind]

    page = client.get(SEARCH, {"q": typed})
    [chip] = [chip for chip in chips_of(page) if f"plain={kind.value}" in chip[1]]
    assert chip[0] == "understood"
    assert said in chip[2]
    assert chip[1] == f"?{urlencode({'q': typed, 'plain': kind.value})}"

    undone = client.get(SEARCH + chip[1])
    assert undone.status_code == 200
    assert said not in [words for shown, _url, words in chips_of(undone) if shown == "understood"]
    [again] = [url for _shown, url, words in chips_of(undone) if words == "Hiểu lại câu tìm"]
    assert again == f"?{urlencode({'q': typed})}"
    assert chips_of(client.get(SEARCH + again)) == chips_of(page)


def test_a_price_that_nothing_costs_is_told_beside_goods_without_one(client: Client) -> None:
    shown_good(title="Trà dây")
    rebuild_index()
    cache.clear()

    page = client.get(SEARCH, {"q": "trà dưới 5k"})

    [(kind, url, words)] = [chip for chip in chips_of(page) if "plain=price" in chip[1]]
    assert (kind, words) == ("understood", "Chưa có giá: không có sản phẩm “dưới 5k”")
    assert ("Trà dây" in unescape(page.content.decode()), "túi lọc" in page.content.decode()) == (True, False)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("quà không kỷ", "kỷ"),
        ("phu quoc", "Nơi làm ra: Phú Quốc"),
        ("huyen lac duong", "huyen Lạc Dương"),
    ],
)
def test_a_chip_says_what_was_typed_and_names_places_as_they_are_written(
    client: Client, typed: str, said: str
) -> None:
    assert any(said in words for _kind, _url, words in chips_of(client.get(SEARCH, {"q": typed})))


def test_several_are_taken_off_one_after_the_other(client: Client) -> None:
    typed = "trà atiso túi lọc không caffein lâm đồng 3 sao dưới 100k"
    address = f"?{urlencode({'q': typed})}"
    taken: list[str] = []

    def left() -> list[str]:
        page = chips_of(client.get(SEARCH + address))
        return [url for _shown, url, _words in page if url.count("plain=") > address.count("plain=")]

    while ways := left():
        address = ways[0]
        taken.append(address)

    assert len(taken) == 5
    assert sorted(re.findall(r"plain=(\w+)", address)) == ["form", "place", "price", "stars", "without"]


def test_taking_off_keeps_the_filters_and_begins_at_the_first_page(client: Client) -> None:
    typed = {"q": "trà atiso túi lọc"}
    page = client.get(SEARCH, {**typed, "stars": "3", "sort": "cheapest", "page": "1"})

    [form] = [url for shown, url, _words in chips_of(page) if shown == "understood"]

    assert form == f"?{urlencode(typed)}&plain=form&stars=3&sort=cheapest"
    undone = chips_of(client.get(SEARCH + form))
    assert [words for shown, _url, words in undone if shown == "on"] == ["3 sao"]


def test_a_filter_set_by_hand_takes_the_place_of_what_was_said(client: Client) -> None:
    page = client.get(SEARCH, {"q": "trà 3 sao dưới 100k", "stars": "4", "price_max": "60000"})

    assert [url for _shown, url, _words in chips_of(page) if "plain=" in url] == []
    assert len([words for _shown, _url, words in chips_of(page) if "4 sao" in words]) == 1


@pytest.mark.parametrize(
    "filters",
    [
        {"stars": "3"}, {"sector": "food"}, {"set": "12"}, {"form": "teabag"}, {"region": "central"},
        {"province": "68"}, {"price_min": "10000"}, {"sold": "1"}, {"delivery": "01"},
    ],
    ids=lambda filters: next(iter(filters)),
)  # fmt: skip
def test_every_filter_has_a_chip_that_takes_it_off(client: Client, filters: dict[str, str]) -> None:
    page = client.get("/vi/san-pham/", filters)
    ways = [url for _shown, url, words in chips_of(page) if words != "Bỏ hết bộ lọc"]

    assert ways == ["?"], chips_of(page)


def test_all_filters_go_at_once_and_the_words_stay(client: Client) -> None:
    page = client.get(SEARCH, {"q": "trà", "stars": "3", "sold": "1", "province": "68"})

    [everything] = [url for _shown, url, words in chips_of(page) if words == "Bỏ hết bộ lọc"]

    assert everything == f"?{urlencode({'q': 'trà'})}"


def test_a_value_among_several_goes_alone(client: Client) -> None:
    page = client.get("/vi/san-pham/", {"stars": ["3", "4"], "sold": "1"})

    assert {words: url for shown, url, words in chips_of(page) if shown == "on"} == {
        "3 sao": "?stars=4&sold=1",
        "4 sao": "?stars=3&sold=1",
        "Đang bán trực tuyến": "?stars=3&stars=4",
    }


def test_nothing_of_a_chip_needs_a_script_or_may_be_crawled(client: Client) -> None:
    content = client.get(SEARCH, {"q": "trà dưới 100k", "sold": "1"}).content.decode()

    chips = re.findall(r'<a class="chip[^>]*>', content)
    assert len(chips) == 3
    assert all('rel="nofollow"' in chip and "onclick" not in chip for chip in chips)


def test_alcohol_is_no_chip_before_the_age_is_declared(client: Client) -> None:
    spirits = ProductSetFactory(number=14, name="Rượu trắng")
    sold_pack(title="Rượu nếp", product_set=spirits, alcohol=Product.Alcohol.ALCOHOL)
    rebuild_index()
    cache.clear()

    page = client.get("/vi/san-pham/", {"set": "12"})

    assert 'name="set" value="14"' not in page.content.decode()
    assert "Rượu" not in re.sub(r"(?s)^.*?<main|<footer.*$", "", page.content.decode())
