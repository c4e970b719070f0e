"""Listing and search pages: what they show, what they cost, and what they do when the engine is down."""

import re
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from html import unescape
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalogue.certification.models import StandardCertificate
from catalogue.models import BoughtTogether, Product
from catalogue.pictures.services import picture_add
from catalogue.pricing.models import DatedPrice, NormalPrice
from catalogue.producers.models import Partner, ProducerStory
from checkout.shipping.reach import reach_record
from marketplace.adult import ADULT_COOKIE, ADULT_SALT
from marketplace.clock import day_of, today
from marketplace.page_cache import GENERATION_KEY
from marketplace.places.models import Commune
from search import labels, suggesting
from search.circuit import FAILURES
from search.engines.base import SearchEngine
from search.errors import SearchUnavailable
from search.kept_cards import kept_cards
from search.rebuilding import rebuild_index
from search.suggesting import forget_names
from tests.factories.catalogue import ProductSetFactory, shown_good, sold_pack
from tests.factories.pictures import picture_upload

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("search_index")]

LISTING, SEARCH, SUGGEST = "/vi/san-pham/", "/vi/tim-kiem/", "/vi/tim-kiem/goi-y/"


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    cache.clear()


def indexed() -> None:
    rebuild_index()
    cache.delete("page-generation")


def text_of(response: HttpResponse) -> str:
    """Return the page's words without tags, spaces made one."""
    main = re.sub(r"(?s)^.*?<main|<footer.*$", "", response.content.decode())
    return " ".join(unescape(re.sub(r"(?s)<(script|svg).*?</\1>|<[^>]+>", " ", main)).split())


def names_of(response: HttpResponse) -> list[str]:
    found = re.findall(r'(?s)<h3 class="card__name"><a [^>]*>(.*?)</a>', response.content.decode())
    return [unescape(re.sub(r"<[^>]+>", "", name)) for name in found]


def coffee_tea_and_rice() -> None:
    sold_pack(title="Cà phê Cầu Đất", price=189_000, certificate={"stars": 4})
    sold_pack(
        title="Trà atiso",
        price=50_000,
        certificate={"stars": 3},
        product_set=ProductSetFactory(number=12, name="Trà từ thực vật khác"),
    )
    shown_good(title="Gạo ST25", certificate={"stars": 3}, product_set=ProductSetFactory(number=3))
    indexed()


# -- what is shown ----------------------------------------------------------------------------------


def test_the_listing_shows_every_good_that_may_be_shown_with_price_and_way_to_buy(client: Client) -> None:
    coffee_tea_and_rice()
    sold_pack(title="Chưa xác minh", certificate={"unverified": True})
    indexed()

    response = client.get(LISTING)
    text = text_of(response)

    assert sorted(names_of(response)) == ["Cà phê Cầu Đất", "Gạo ST25", "Trà atiso"]
    assert names_of(response)[-1] == "Gạo ST25"  # what is sold comes first
    assert "3 sản phẩm" in text
    assert "189.000\xa0₫" in unescape(response.content.decode())
    assert response.content.decode().count("/gio-hang/") >= 2


def test_the_first_row_of_cards_loads_its_pictures_at_once(client: Client) -> None:
    for number in range(6):
        picture_add(good=sold_pack(title=f"Trà số {number}").parent, upload=picture_upload(), at_once=True)
    indexed()

    page = client.get(LISTING).content.decode()

    pictures = re.findall(r'<img src="/media/[^>]*>', page)
    assert ['loading="lazy"' in picture for picture in pictures] == [False] * 4 + [True] * 2


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (f"{LISTING}?stars=4", ["Cà phê Cầu Đất"]),
        (f"{LISTING}?stars=3&stars=4&set=12", ["Trà atiso"]),
        (f"{LISTING}?price_max=100.000", ["Trà atiso"]),
        (f"{LISTING}?price_min=200000&price_max=100000", ["Cà phê Cầu Đất"]),
        (f"{LISTING}?sold=1&sort=cheapest", ["Trà atiso", "Cà phê Cầu Đất"]),
        (f"{LISTING}?sort=dearest", ["Cà phê Cầu Đất", "Trà atiso", "Gạo ST25"]),
        (f"{LISTING}?province=68&province=01", ["Cà phê Cầu Đất", "Trà atiso", "Gạo ST25"]),
        (f"{LISTING}?province=01", []),
        ("/vi/nganh-hang/food/", ["Cà phê Cầu Đất", "Trà atiso", "Gạo ST25"]),
        ("/vi/nhom-san-pham/12/", ["Trà atiso"]),
        (f"{SEARCH}?q=ca+phe", ["Cà phê Cầu Đất"]),
        (f"{SEARCH}?q=tra+duoi+100k", ["Trà atiso"]),
        (f"{SEARCH}?q=ocop+4+sao", ["Cà phê Cầu Đất"]),
        (f"{SEARCH}?q=atizo", ["Trà atiso"]),
        (f"{SEARCH}?q=artichoke+tea", ["Trà atiso"]),
        (f"{SEARCH}?q=xe+may", []),
    ],
)
def test_narrowing_and_searching(client: Client, address: str, expected: list[str]) -> None:
    coffee_tea_and_rice()

    response = client.get(address)

    assert response.status_code == 200
    found = names_of(response)
    assert (found if "sort" in address else sorted(found)) == (
        expected if "sort" in address else sorted(expected)
    )


@pytest.mark.parametrize(
    "address",
    [
        f"{LISTING}?page=999999999999999999", f"{LISTING}?page=-3", f"{LISTING}?page=x", f"{LISTING}?stars=x&stars=9",
        f"{LISTING}?price_min=abc&price_max=-1", f"{LISTING}?sort=evil", f"{LISTING}?set=99999999999999999999",
        f"{LISTING}?producer=99999999999999999999", f"{LISTING}?sector=%00&province=%F0%9F%8D%B5", f"{SEARCH}?q=%00",
        f"{SEARCH}?q=%22%28%29%7B%7D%5B%5D%5E~*%3F%3A%5C%2F+AND+OR+NOT", f"{SEARCH}?q={'a' * 5000}", f"{SEARCH}?q=%FF%FE",
        f"{LISTING}?price_min=٣", f"{SUGGEST}?q=%00", f"{SUGGEST}?q={'x' * 5000}",
    ],
)  # fmt: skip
def test_nonsense_in_the_address_is_no_error(client: Client, address: str) -> None:
    coffee_tea_and_rice()

    assert client.get(address, follow=True).status_code == 200


def test_an_unknown_sector_or_set_is_not_found(client: Client) -> None:
    indexed()

    assert client.get("/vi/nganh-hang/weapons/").status_code == 404
    assert client.get("/vi/nhom-san-pham/99/").status_code == 404


@pytest.mark.parametrize("number", [3, 77, 10**9])
def test_a_page_behind_the_last_leads_to_the_last(client: Client, number: int) -> None:
    for _ in range(25):
        shown_good()
    indexed()

    assert len(names_of(client.get(LISTING))) == 24
    assert len(names_of(client.get(f"{LISTING}?page=2"))) == 1
    response = client.get(f"{LISTING}?stars=4&page={number}")

    assert response.status_code == 302
    assert response["Location"] == "?stars=4&page=2"
    assert names_of(client.get(f"{LISTING}?stars=4&page=2")) == names_of(client.get(f"{LISTING}?page=2"))


def test_behind_page_50_the_page_asks_to_narrow(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("search.address.LAST_PAGE", 2)
    monkeypatch.setattr("search.views.LAST_PAGE", 2)
    monkeypatch.setattr("search.listing.LAST_PAGE", 2)
    for _ in range(49):
        shown_good()
    indexed()

    last, beyond = client.get(f"{LISTING}?page=2"), client.get(f"{LISTING}?page=3")

    assert len(names_of(last)) == 24
    assert "page=3" not in last.content.decode()
    assert (beyond.status_code, names_of(beyond)) == (200, [])
    assert "Mình thu hẹp lại nhé" in text_of(beyond)
    assert 'content="noindex, follow"' in beyond.content.decode()


def test_facets_count_and_chips_can_be_taken_off(client: Client) -> None:
    coffee_tea_and_rice()

    content = client.get(f"{SEARCH}?q=ca+phe&stars=4&price_max=200000").content.decode()

    assert re.search(r'value="4" checked><span>4 sao</span><span class="facet__count">1</span>', content)
    chips = re.findall(
        r'<a class="chip chip--on" href="([^"]*)" rel="nofollow"><span.*?</span>([^<]*)<', content
    )
    assert [(unescape(url), unescape(label)) for url, label in chips] == [
        ("?q=ca+phe&price_max=200000", "4 sao"),
        ("?q=ca+phe&stars=4", "đến 200.000\xa0₫"),
    ]


def test_the_page_says_how_it_understood_the_words(client: Client) -> None:
    coffee_tea_and_rice()

    content = client.get(f"{SEARCH}?q=trà 3 sao dưới 100k").content.decode()
    chips = re.findall(r'<a class="chip chip--understood" href="([^"]*)"', content)
    corrected = text_of(client.get(f"{SEARCH}?q=atizo"))

    typed = "?q=tr%C3%A0+3+sao+d%C6%B0%E1%BB%9Bi+100k"
    assert [unescape(url) for url in chips] == [f"{typed}&plain=price", f"{typed}&plain=stars"]
    undone = client.get(f"{SEARCH}{typed}&plain=stars").content.decode()
    assert f'href="{typed}&plain=stars&plain=price"' in unescape(undone)
    assert f'href="{typed}"' in unescape(undone)
    assert "Hiểu lại câu tìm" in undone
    assert "Không có sản phẩm đúng với “atizo”. Đang hiện kết quả cho: atiso" in corrected


def test_the_words_searched_for_are_marked_and_nothing_typed_is_run(client: Client) -> None:
    sold_pack(title="Cà phê <b>Cầu Đất</b>")
    indexed()

    content = client.get(f"{SEARCH}?q=caphe+%3Cscript%3Ealert(1)%3C/script%3E").content.decode()
    marked = client.get(f"{SEARCH}?q=caphe").content.decode()

    assert "<script>alert" not in content
    assert "<mark>Cà phê</mark> &lt;b&gt;Cầu Đất&lt;/b&gt;" in marked


def reasons_of(response: HttpResponse) -> list[str]:
    return re.findall(r'(?s)<p class="card__why" (.*?)</p>', response.content.decode())


def told_tea() -> Product:
    """A tea of which its texts, papers and its producer's story say more than its name."""
    good = sold_pack(
        title="Trà atiso",
        title_en="Artichoke tea",
        description_vi="Hái tay, phơi trên giàn tre & đóng gói tại vườn.",
        description_en="Picked by hand on volcanic soil.",
        producer={"name": "HTX Mây Ngàn"},
    ).parent
    StandardCertificate.objects.create(
        producer=good.producer,
        standard=StandardCertificate.Standard.VIETGAP,
        valid_from=today(),
        valid_until=today(),
        verified_at=timezone.now(),
    )
    ProducerStory.objects.create(
        pk=good.producer_id, edition="1", text_vi="Bà con người Mông cùng làm.", text_en="Three generations."
    )
    return good


@pytest.mark.parametrize(
    ("address", "reasons"),
    [
        (f"{SEARCH}?q=gian+tre", ['lang="vi">Hái tay, phơi trên <mark>giàn tre</mark> &amp; đóng gói tại vườn.']),
        (f"{SEARCH}?q=tra+nguoi+mong", ['lang="vi">Bà con <mark>người Mông</mark> cùng làm.']),
        (f"{SEARCH}?q=tra+vietgap", ['lang="vi"><mark>VietGAP</mark>']),
        ("/en/search/?q=volcanic", ['lang="en">Picked by hand on <mark>volcanic</mark> soil.']),
        # What English doesn't say is said in Vietnamese, and marked as such for whoever reads it aloud.
        ("/en/search/?q=gian+tre", ['lang="vi">Hái tay, phơi trên <mark>giàn tre</mark> &amp; đóng gói tại vườn.']),
        (f"{SEARCH}?q=tra", []),
        (f"{SEARCH}?q=tra+may+ngan", []),
        ("/en/search/?q=tea", []),
        (LISTING, []),
    ],
)  # fmt: skip
def test_a_card_that_does_not_show_why_it_was_found_says_so(
    client: Client, address: str, reasons: list[str]
) -> None:
    told_tea()
    sold_pack(title="Cà phê Cầu Đất")
    indexed()

    response = client.get(address)

    assert reasons_of(response) == reasons
    assert ("Trà atiso" if address.startswith("/vi/") else "Artichoke tea") in text_of(response)


def test_the_producers_name_is_marked_where_it_was_searched_for(client: Client) -> None:
    told_tea()
    indexed()

    page = client.get(f"{SEARCH}?q=tra+may+ngan").content.decode()

    assert '<p class="card__from"><span>HTX <mark>Mây Ngàn</mark></span>' in page


def test_where_few_goods_are_found_another_spelling_is_offered(client: Client) -> None:
    for number in range(3):
        shown_good(title=f"Thiên Lam {number}")
    shown_good(title="Lâm Thiên")
    indexed()

    page = client.get(SEARCH, {"q": "thiên lâm"})

    assert names_of(page) == ["Lâm Thiên"]
    assert page.context["suggestion"] == "thiên lam"
    assert "Có phải bạn tìm thiên lam" in text_of(page)
    assert 'href="/vi/tim-kiem/?q=thi%C3%AAn%20lam" rel="nofollow"' in page.content.decode()
    assert client.get(SEARCH, {"q": "thiên lam"}).context["suggestion"] == ""


def test_an_empty_page_helps_on(client: Client) -> None:
    coffee_tea_and_rice()

    text = text_of(client.get(f"{SEARCH}?q=xe máy điện"))

    assert "Không tìm thấy sản phẩm" in text
    assert "Đang hiện kết quả" not in text
    assert "Xem tất cả sản phẩm" in text
    assert "Thực phẩm" in text


def parts_offered(response: HttpResponse) -> list[str]:
    section = response.content.decode().partition('id="part-of-it"')[2].partition("</section>")[0]
    links = re.findall(
        r'(?s)<a class="chip" href="([^"]*)" rel="nofollow">(?:<svg.*?</svg>)?(.*?)</a>', section
    )
    for url, text in links:
        assert url == f"{SEARCH}?q={quote(unescape(text), safe='')}"
    return [unescape(text) for _url, text in links]


@pytest.mark.parametrize(
    ("typed", "parts"),
    [
        ("cà phê Mộc Châu", ["cà phê"]),
        ("coffee xe máy", ["coffee"]),  # by another name of the goods
        ("đồ uống phù lãng", []),  # a kind of which nothing is known
        ("gốm lạc dương", ["lạc dương"]),  # goods are made there, no pottery
        ("trà cà phê", ["trà", "cà phê"]),
        ("trà cầu đất", ["trà", "cầu đất"]),
        ("TRÀ Mỹ phẩm dưới 5k", ["trà"]),
        ("rượu cà phê 5 sao", ["cà phê"]),  # nothing of what only adults see
        ("xkqz plm", []),
        ("xe máy điện", []),
    ],
)
def test_an_empty_page_offers_the_parts_of_the_search_that_goods_have(
    client: Client, typed: str, parts: list[str]
) -> None:
    coffee_tea_and_rice()
    sold_pack(title="Kẹo dừa", producer={"commune": Commune.objects.get(code="24848")})
    spirits = ProductSetFactory(number=14, name="Rượu trắng")
    sold_pack(title="Rượu nếp", product_set=spirits, alcohol=Product.Alcohol.ALCOHOL)
    indexed()

    page = client.get(SEARCH, {"q": typed})

    assert names_of(page) == []
    assert parts_offered(page) == parts
    assert all(names_of(client.get(SEARCH, {"q": part})) for part in parts), "each leads somewhere"


def test_the_parts_of_a_search_cost_no_request_to_the_engine(
    client: Client, search_index: SearchEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    coffee_tea_and_rice()
    client.get(SEARCH, {"q": "trà"})
    asked: list[str] = []
    for name in ("search", "vocabulary", "index_name"):
        method = getattr(search_index, name)
        monkeypatch.setattr(
            search_index,
            name,
            lambda *args, name=name, method=method: asked.append(name) or method(*args),
        )

    page = client.get(SEARCH, {"q": "trà cà phê"})

    assert (parts_offered(page), asked) == (["trà", "cà phê"], ["search"])


def test_prices_come_from_the_database_to_the_dong(client: Client) -> None:
    pack = sold_pack(price=150_000)
    indexed()
    DatedPrice.objects.create(
        pack=pack,
        amount=129_000,
        starts_at=timezone.now() - timedelta(minutes=1),
        ends_at=timezone.now() + timedelta(days=1),
        source="campaign:1",
    )

    assert "129.000 ₫" in text_of(client.get(LISTING)).replace("\xa0", " ")


def test_a_good_that_left_since_the_index_was_written_is_not_shown(client: Client) -> None:
    good = shown_good()
    indexed()
    Product.objects.filter(pk=good.pk).update(listing=Product.Listing.SUSPENDED)

    assert names_of(client.get(LISTING)) == []


# -- alcohol ----------------------------------------------------------------------------------------


def test_alcohol_appears_nowhere_before_the_age_is_declared(client: Client) -> None:
    spirits = {
        "product_set": ProductSetFactory(number=14, name="Rượu trắng"),
        "alcohol": Product.Alcohol.ALCOHOL,
    }
    sold_pack(title="Rượu nếp", **spirits)
    sold_pack(title="Gạo nếp")
    indexed()
    addresses = (
        LISTING,
        f"{SEARCH}?q=nep",
        f"{SEARCH}?q=ruou",
        "/vi/nhom-san-pham/14/",
        f"{SUGGEST}?q=ru",
        f"{SUGGEST}?q=nep",
    )

    for address in addresses:
        assert "Rượu nếp" not in client.get(address).content.decode()
    assert "1 sản phẩm" in text_of(client.get(LISTING))

    client.cookies[ADULT_COOKIE] = signed_adult()
    for address in addresses:
        assert "Rượu" in client.get(address).content.decode()


def signed_adult() -> str:
    response = HttpResponse()
    response.set_signed_cookie(ADULT_COOKIE, "18", salt=ADULT_SALT)
    return response.cookies[ADULT_COOKIE].value


# -- suggestions ------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [14, 15])
def test_a_set_of_alcohol_asks_for_the_age_before_its_name_is_shown(client: Client, number: int) -> None:
    ProductSetFactory(number=number, name="Rượu trắng")

    response = client.get(f"/vi/nhom-san-pham/{number}/")

    assert response.status_code == 302
    assert response.headers["Location"].startswith("/vi/do-tuoi/?next=")


def test_suggestions_while_typing(client: Client) -> None:
    coffee_tea_and_rice()

    content = client.get(f"{SUGGEST}?q=ca+ph").content.decode()

    goods = re.findall(r'class="suggestions__good"[^>]*href="(/vi/san-pham/[^"]*)"', content)
    assert len(goods) == 1
    assert "<mark>Cà phê</mark> Cầu Đất" in content
    assert "189.000\xa0₫" in unescape(content)
    assert "OCOP 4 sao" in content
    assert client.get(f"{SUGGEST}?q=").content.decode().strip() == ""
    assert "Chưa có sản phẩm nào như vậy" in client.get(f"{SUGGEST}?q=xyzw").content.decode()


def test_suggestions_name_kinds_places_producers_and_what_others_search(client: Client) -> None:
    coffee_tea_and_rice()
    forget_names()
    cache.set("search-common", ["cà phê chồn"], timeout=60)
    producer = Product.objects.get(title_vi="Cà phê Cầu Đất").producer
    Partner.objects.filter(pk=producer.pk).update(name="Hợp tác xã Xuân Trường")

    coffee = client.get(f"{SUGGEST}?q=ca+ph").content.decode()
    place = client.get(f"{SUGGEST}?q=lâm").content.decode()
    maker = client.get(f"{SUGGEST}?q=xuan+tr").content.decode()

    assert 'data-text="cà phê chồn"' in coffee
    assert 'href="/vi/nhom-san-pham/13/"' in coffee
    assert 'href="/vi/san-pham/?province=68"' in place
    assert "Hợp tác xã <mark>Xuân Trường</mark>" in maker or "Hợp tác xã Xuân Trường" in maker
    forget_names()


def suggested_places(client: Client, text: str, language: str = "vi") -> dict[str, str]:
    """Return the places offered, with the page that each leads to."""
    address = SUGGEST if language == "vi" else "/en/search/suggest/"
    cache.set(GENERATION_KEY, uuid4().hex)
    page = client.get(address, {"q": text}).content.decode()
    options = re.findall(
        r'(?s)id="option-places-\d+"[^>]*href="([^"]*)".*?suggestions__name">(.*?)</span>', page
    )
    return {re.sub(r"<[^>]+>", "", name): unescape(url) for url, name in options}


def test_communes_with_goods_are_suggested_and_lead_to_them(client: Client) -> None:
    forget_names()
    sold_pack(title="Trà atiso", producer={"commune": Commune.objects.get(code="24805")})
    sold_pack(title="Cà phê", producer={"commune": Commune.objects.get(code="24848")})
    sold_pack(title="Kẹo dừa", producer={"commune": Commune.objects.get(name="Xã Ba Sao")})
    sold_pack(
        title="Rượu nếp",
        product_set=ProductSetFactory(number=14, name="Rượu trắng"),
        alcohol=Product.Alcohol.ALCOHOL,
        producer={"commune": Commune.objects.get(code="24931")},
    )
    indexed()

    ((name, address),) = suggested_places(client, "xuan truong").items()

    assert name == "Phường Xuân Trường - Đà Lạt, Lâm Đồng"
    page = client.get(SUGGEST, {"q": "xuân trường l"}).content.decode()
    assert "<mark>Xuân Trường</mark> - Đà <mark>Lạt</mark>, Lâm Đồng" in page, "marked is the name"
    assert names_of(client.get(address)) == ["Trà atiso"]
    # The name of before, with what it is called now.
    ((name, address),) = suggested_places(client, "xã đạ sar").items()
    assert name == "Xã Đạ Sar, nay là Xã Lạc Dương, Lâm Đồng"
    assert names_of(client.get(address)) == ["Cà phê"]
    assert list(suggested_places(client, "lạc dương", "en")) == ["Lạc Dương Commune, Lâm Đồng"]
    # A name that could be taken for stars.
    ((name, address),) = suggested_places(client, "ba sao").items()
    assert (name, names_of(client.get(address))) == ("Xã Ba Sao, Đồng Tháp", ["Kẹo dừa"])
    # Nobody sells anything there; and what is there nobody may be shown before the age is declared.
    assert suggested_places(client, "bảo lộc") == {}
    before = suggested_places(client, Commune.objects.get(code="24931").short_name)
    client.cookies[ADULT_COOKIE] = signed_adult()
    after = suggested_places(client, Commune.objects.get(code="24931").short_name)
    assert (len(before), len(after)) == (0, 1)


def test_a_province_of_before_says_what_it_is_now(client: Client) -> None:
    forget_names()
    sold_pack(title="Nước mắm", producer={"commune": Commune.objects.get(code="22945")})
    indexed()

    ((name, address),) = suggested_places(client, "binh thuan").items()

    assert name == "Bình Thuận, nay là Lâm Đồng"
    assert names_of(client.get(address)) == ["Nước mắm"]


def test_places_cost_one_query_in_five_minutes_however_many(client: Client) -> None:
    def queries() -> int:
        forget_names()
        cache.clear()
        client.get(SUGGEST, {"q": "xuan"})
        cache.set(GENERATION_KEY, uuid4().hex)
        with CaptureQueriesContext(connection) as captured:
            client.get(SUGGEST, {"q": "xuan t"})
        return len(captured)

    communes = list(Commune.objects.filter(province="68").order_by("code")[:12])
    sold_pack(title="Trà", producer={"commune": communes[0]})
    indexed()
    few = queries()
    for commune in communes[1:]:
        sold_pack(title="Trà", producer={"commune": commune})
    indexed()

    assert queries() == few <= 2


def test_suggestions_cost_two_queries_however_many_goods(client: Client) -> None:
    def queries() -> int:
        cache.set(GENERATION_KEY, uuid4().hex)
        client.get(f"{SUGGEST}?q=ca+ph")
        cache.set(GENERATION_KEY, uuid4().hex)
        with CaptureQueriesContext(connection) as captured:
            client.get(f"{SUGGEST}?q=ca+ph")
        return len(captured)

    for _ in range(2):
        sold_pack()
    indexed()
    few = queries()
    for _ in range(12):
        sold_pack()
    indexed()

    assert few == queries() == 2


def test_suggestions_of_the_same_goods_cost_no_query_until_something_changes(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    pack = sold_pack(title="Cà phê Cầu Đất", price=189_000)
    indexed()
    # Names of kinds and places are read anew each minute; the test's requests belong to one.
    now = time.monotonic()
    for module in (suggesting, labels):
        monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: now))

    def asked(text: str) -> tuple[int, str]:
        with CaptureQueriesContext(connection) as captured:
            content = client.get(SUGGEST, {"q": text}).content.decode()
        return len(captured), unescape(content)

    assert asked("ca")[0] >= 2
    assert asked("ca p")[0] == 0
    queries, content = asked("ca ph")
    assert (queries, "189.000\xa0₫" in content) == (0, True)

    NormalPrice.objects.filter(pack=pack).update(amount=150_000)
    cache.set(GENERATION_KEY, uuid4().hex)
    queries, content = asked("ca phe")
    assert (queries, "150.000\xa0₫" in content) == (2, True)


def test_a_suggested_good_is_read_again_when_its_price_may_change(client: Client) -> None:
    pack = sold_pack(title="Cà phê Cầu Đất", price=189_000)
    indexed()
    at = timezone.now()
    good = pack.parent_id

    def price(moment: datetime) -> int | None:
        (card,) = kept_cards([good], language="vi", at=moment, adult=False)
        return card.price

    DatedPrice.objects.create(
        pack=pack,
        amount=99_000,
        starts_at=at + timedelta(hours=1),
        ends_at=at + timedelta(hours=2),
        source="test",
    )
    assert price(at) == 189_000
    NormalPrice.objects.filter(pack=pack).update(amount=150_000)
    assert price(at) == 189_000, "kept"
    assert price(at + timedelta(hours=1)) == 99_000
    assert (
        kept_cards([good, good + 999], language="vi", at=at + timedelta(hours=1), adult=False)[0].price
        == 99_000
    )


# -- the criteria -----------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["/vi/tieu-chi-xep-hang/", "/en/ranking-criteria/"])
def test_the_criteria_are_published_as_they_rank(
    client: Client, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("search.ranking.SOLD_HERE", 0.37)

    content = client.get(address).content.decode()

    assert "0,37" in content or "0.37" in content
    listing = client.get(LISTING if "/vi/" in address else "/en/products/").content.decode()
    assert listing.count(f'href="{address}"') >= 1


# -- goods like this --------------------------------------------------------------------------------


def related_of(client: Client, good: Product, heading: str) -> list[str]:
    content = client.get(good.get_absolute_url()).content.decode()
    part = content.partition(f">{heading}</h2>")[2].partition("</section>")[0]
    return [
        unescape(re.sub(r"<[^>]+>", "", name))
        for name in re.findall(r'(?s)<h3 class="card__name"><a [^>]*>(.*?)</a>', part)
    ]


def test_a_good_shows_goods_like_it_and_what_was_bought_with_it(client: Client) -> None:
    coffee = sold_pack(title="Cà phê Cầu Đất").parent
    sold_pack(title="Cà phê Di Linh")
    basket = sold_pack(title="Gùi tre", product_set=ProductSetFactory(number=21)).parent
    sold_pack(title="Rượu cà phê", product_set=ProductSetFactory(number=14), alcohol=Product.Alcohol.ALCOHOL)
    for good, other in ((coffee, basket), (basket, coffee)):
        BoughtTogether.objects.create(good=good, other=other, buyers=3)
    indexed()

    assert related_of(client, coffee, "Thường được mua cùng") == ["Gùi tre"]
    assert related_of(client, coffee, "Sản phẩm tương tự") == ["Cà phê Di Linh"]


def test_without_the_engine_a_good_still_shows_others(
    client: Client, search_index: SearchEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    coffee = sold_pack(title="Cà phê Cầu Đất").parent
    sold_pack(title="Cà phê Di Linh")
    indexed()

    def refuse(*arguments: object, **keywords: object) -> None:
        raise SearchUnavailable("connection refused")

    monkeypatch.setattr(search_index, "similar", refuse)

    assert related_of(client, coffee, "Sản phẩm tương tự") == ["Cà phê Di Linh"]


# -- English ----------------------------------------------------------------------------------------


def test_the_pages_speak_english_under_their_english_addresses(client: Client) -> None:
    coffee_tea_and_rice()
    Product.objects.filter(title_vi="Trà atiso").update(title_en="Artichoke tea")

    assert sorted(names_of(client.get("/en/products/"))) == ["Artichoke tea", "Cà phê Cầu Đất", "Gạo ST25"]
    assert "3 products" in text_of(client.get("/en/search/"))
    assert client.get("/en/sectors/food/").status_code == 200


# -- filters ----------------------------------------------------------------------------------------


def test_a_bar_of_the_histogram_narrows_to_its_step_and_takes_it_off_again(client: Client) -> None:
    coffee_tea_and_rice()

    bars = histogram(client.get(f"{LISTING}?stars=3&stars=4"))
    chosen = histogram(client.get(f"{LISTING}?stars=3&stars=4&price_min=100000&price_max=199999"))

    assert bars == [
        ("?stars=3&stars=4&price_min=50000&price_max=99999", "50.000\xa0₫ – 100.000\xa0₫: 1 sản phẩm"),
        ("?stars=3&stars=4&price_min=100000&price_max=199999", "100.000\xa0₫ – 200.000\xa0₫: 1 sản phẩm"),
    ]
    assert ("?stars=3&stars=4", "100.000\xa0₫ – 200.000\xa0₫: 1 sản phẩm") in chosen
    narrowed = client.get(f"{LISTING}{bars[1][0]}")
    assert names_of(narrowed) == ["Cà phê Cầu Đất"]


def histogram(response: HttpResponse) -> list[tuple[str, str]]:
    found = re.findall(
        r'histogram__step[^"]*" href="([^"]*)"[^>]*><span class="visually-hidden">(.*?)</span>',
        response.content.decode(),
    )
    return [(unescape(url), unescape(words)) for url, words in found]


def test_what_is_in_season_now_is_offered_only_where_goods_have_a_season(client: Client) -> None:
    coffee_tea_and_rice()
    month = day_of(timezone.now()).month
    assert "Đang vào mùa" not in client.get(LISTING).content.decode()

    Product.objects.filter(title_vi="Gạo ST25").update(season_first=month, season_last=month)
    other = month % 12 + 1
    Product.objects.filter(title_vi="Trà atiso").update(season_first=other, season_last=other)
    indexed()
    cache.clear()

    assert "Đang vào mùa" in client.get(LISTING).content.decode()
    assert names_of(client.get(f"{LISTING}?season=now")) == ["Gạo ST25"]


def test_goods_can_be_narrowed_to_those_delivered_to_a_province(client: Client) -> None:
    coffee_tea_and_rice()
    assert "Chưa người bán nào" in text_of(client.get(LISTING))

    reach_record()
    indexed()
    cache.clear()
    page = client.get(f"{LISTING}?delivery=01")

    assert sorted(names_of(page)) == ["Cà phê Cầu Đất", "Trà atiso"]  # nobody has said so of the rice
    assert "Giao đến Hà Nội" in text_of(page)


def test_without_goods_the_page_tells_what_each_filter_costs(client: Client) -> None:
    coffee_tea_and_rice()

    page = client.get(f"{LISTING}?stars=4&price_max=100000")
    ways = [
        (unescape(url), " ".join(unescape(re.sub(r"(?s)<svg.*?</svg>|<[^>]+>", " ", words)).split()))
        for url, words in re.findall(
            r'(?s)<a class="ways__link" href="([^"]*)" rel="nofollow">(.*?)</a>', page.content.decode()
        )
    ]

    assert names_of(page) == []
    assert [(url, words.replace("\xa0", " ")) for url, words in ways] == [
        ("?price_max=100000", "Bỏ 4 sao 1 sản phẩm"),
        ("?stars=4", "Bỏ đến 100.000 ₫ 1 sản phẩm"),
        ("?", "Bỏ hết bộ lọc"),
    ]


def test_producers_papers_and_reduced_prices_narrow_count_and_stand_in_the_address(client: Client) -> None:
    told_tea()
    pack = sold_pack(title="Cà phê Cầu Đất", price=189_000, producer={"name": "HTX Cầu Đất"})
    sold_pack(title="Cà phê Di Linh", producer={"name": "HTX Di Linh"})
    DatedPrice.objects.create(
        pack=pack,
        amount=99_000,
        starts_at=timezone.now() - timedelta(days=1),
        ends_at=timezone.now() + timedelta(days=1),
        source="campaign:1",
    )
    indexed()
    makers = dict(Partner.objects.values_list("name", "pk"))
    both = f"producer={makers['HTX Cầu Đất']}&producer={makers['HTX Di Linh']}"

    def narrowed(address: str) -> list[str]:
        return sorted(names_of(client.get(f"{LISTING}?{address}")))

    assert narrowed("standard=vietgap") == ["Trà atiso"]
    assert narrowed("reduced=1") == ["Cà phê Cầu Đất"]
    assert narrowed(f"producer={makers['HTX Di Linh']}") == ["Cà phê Di Linh"]
    assert narrowed(both) == ["Cà phê Cầu Đất", "Cà phê Di Linh"]
    assert narrowed(f"{both}&reduced=1") == ["Cà phê Cầu Đất"]
    assert narrowed(f"{both}&standard=vietgap") == []
    page = unescape(client.get(f"{LISTING}?{both}").content.decode())
    for name in ("HTX Cầu Đất", "HTX Di Linh", "HTX Mây Ngàn"):
        assert f'<span>{name}</span><span class="facet__count">1</span>' in page
    assert re.search(r'name="reduced" value="1"><span>[^<]*</span><span class="facet__count">1</span>', page)


def test_combinations_of_filters_are_kept_from_crawlers(client: Client) -> None:
    coffee_tea_and_rice()

    plain, narrowed = (client.get(address).content.decode() for address in (LISTING, f"{LISTING}?stars=4"))

    assert '<link rel="canonical"' in plain
    assert "noindex" not in plain
    assert 'content="noindex, follow"' in narrowed
    links = re.findall(r'<a [^>]*href="\?[^"]*"[^>]*>', narrowed)
    assert links
    assert all('rel="nofollow"' in link for link in links)


# -- what it costs ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "most"),
    [
        (LISTING, 3),
        (f"{LISTING}?stars=4", 3),
        # One more asks when the next price begins or ends: until then the page is kept.
        (f"{LISTING}?stars=4&sort=cheapest", 4),
        (f"{SEARCH}?q=ca+phe", 3),
        (f"{SEARCH}?q=gian+tre", 3),
    ],
)
def test_a_page_costs_three_queries_however_many_goods(client: Client, address: str, most: int) -> None:
    def queries() -> int:
        cache.set(GENERATION_KEY, uuid4().hex)
        client.get(address)  # what a process reads once a minute
        cache.set(GENERATION_KEY, uuid4().hex)
        with CaptureQueriesContext(connection) as captured:
            client.get(address)
        return len(captured)

    for _ in range(3):
        sold_pack(description_vi="Phơi trên giàn tre.")
    indexed()
    few = queries()
    for _ in range(30):
        sold_pack(description_vi="Phơi trên giàn tre.")
    indexed()
    many = queries()

    assert few == many <= most


def test_a_page_makes_one_request_to_the_engine(
    client: Client, search_index: SearchEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    coffee_tea_and_rice()
    calls: list[str] = []

    def counted(name: str, method: Callable[..., object]) -> Callable[..., object]:
        def call(*arguments: object) -> object:
            calls.append(name)
            return method(*arguments)

        return call

    for name in ("search", "vocabulary", "index_name"):
        monkeypatch.setattr(search_index, name, counted(name, getattr(search_index, name)))

    client.get(f"{SEARCH}?q=ca+phe+duoi+500k&stars=4")

    assert calls == ["search"]


# -- when the engine is down ------------------------------------------------------------------------


def test_without_the_engine_search_says_so_and_goods_can_be_browsed(
    client: Client, search_index: SearchEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    coffee_tea_and_rice()
    sold_pack(title="Hết hạn", certificate={"valid_from": date(2020, 1, 1), "valid_until": date(2023, 1, 1)})

    def refuse(*arguments: object) -> None:
        raise SearchUnavailable("connection refused")

    monkeypatch.setattr(search_index, "search", refuse)
    searched, listed = client.get(f"{SEARCH}?q=ca phe"), client.get(f"{LISTING}?set=12")

    assert (searched.status_code, listed.status_code) == (200, 200)
    assert "Chức năng tìm kiếm đang tạm nghỉ" in text_of(searched)
    assert sorted(names_of(searched)) == ["Cà phê Cầu Đất", "Gạo ST25", "Trà atiso"]
    assert names_of(listed) == ["Trà atiso"]
    assert client.get(f"{SUGGEST}?q=ca").content == b""


def test_without_the_engine_further_pages_keep_what_was_narrowed(
    client: Client, search_index: SearchEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    herbs = ProductSetFactory(number=12)
    for number in range(26):
        shown_good(title=f"Trà {number}", product_set=herbs)
    shown_good(title="Cà phê", product_set=ProductSetFactory(number=13))

    def refuse(*arguments: object) -> None:
        raise SearchUnavailable("connection refused")

    monkeypatch.setattr(search_index, "search", refuse)
    first = client.get(f"{LISTING}?set=12&page=1")

    [further] = re.findall(r'<a rel="next nofollow" href="([^"]*)"', first.content.decode())
    second = client.get(LISTING + unescape(further))
    assert further == "?set=12&amp;page=2"
    assert len(names_of(second)) == 2
    assert {name.split()[0] for name in names_of(first) + names_of(second)} == {"Trà"}

    searched = client.get(f"{SEARCH}?q=ca phe").content.decode()
    assert "<h1>Tất cả sản phẩm</h1>" in searched
    assert 'href="?q=ca+phe&amp;page=2"' in searched


def test_a_page_without_the_engine_is_not_kept(
    client: Client, search_index: SearchEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    coffee_tea_and_rice()

    def refuse(*arguments: object) -> None:
        raise SearchUnavailable("connection refused")

    with monkeypatch.context() as down:
        down.setattr(search_index, "search", refuse)
        client.get(LISTING)

    assert "Bộ lọc và số đếm đang tạm nghỉ" not in text_of(client.get(LISTING))


# -- an engine that is slow or gone -----------------------------------------------------------------


def test_after_a_timeout_pages_show_goods_without_filters_and_ask_once(
    client: Client, search_index: SearchEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    coffee_tea_and_rice()
    asked: list[bool] = []
    real = type(search_index).search

    def slow_with_facets(engine: SearchEngine, query: Any, interpretation: Any) -> Any:
        asked.append(query.with_facets)
        if query.with_facets:
            raise SearchUnavailable("Connection timed out")
        return real(engine, query, interpretation)

    monkeypatch.setattr(type(search_index), "search", slow_with_facets)

    first = client.get(LISTING)
    second = client.get(LISTING)

    assert asked == [True, False]
    assert "search/without_engine.html" in [template.name for template in first.templates]
    assert "search/listing.html" in [template.name for template in second.templates]
    assert second.context["facets_rest"] is True
    assert second.context["items"]
    assert 'role="status"' in second.content.decode()


def test_an_engine_that_is_gone_is_left_alone_and_the_database_browsed(
    client: Client, search_index: SearchEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    coffee_tea_and_rice()
    asked: list[str] = []

    def gone(engine: SearchEngine, query: Any, interpretation: Any) -> Any:
        asked.append(query.text)
        raise SearchUnavailable("Connection refused")

    monkeypatch.setattr(type(search_index), "search", gone)

    pages = [client.get(LISTING) for _ in range(FAILURES + 3)]

    assert len(asked) == FAILURES
    assert [page.status_code for page in pages] == [200] * (FAILURES + 3)
    assert all(page.context["items"] for page in pages)
