"""Home page, regions and stories: their goods are live, obey the one rule and cost no query each."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalogue.certification.programme import rule_book, rule_book_forget
from catalogue.models import Product
from catalogue.producers.models import Partner
from catalogue.services import lead_pack_set
from marketplace.adult import declare_adult
from marketplace.clock import today
from tests.factories.catalogue import ProductSetFactory, shown_good, sold_pack
from tests.factories.pages import goods_block, home_page, producers_block, region_page, story_page
from tests.factories.places import CommuneFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    cache.clear()


def page(client: Client, address: str) -> BeautifulSoup:
    response = client.get(address)
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def names(soup: BeautifulSoup) -> list[str]:
    return [" ".join(link.get_text().split()) for link in soup.select(".card__name")]


def of_lam_dong() -> dict[str, object]:
    return {"commune": CommuneFactory()}


def adult_client() -> Client:
    answer = HttpResponse()
    declare_adult(answer, secure=False)
    client = Client()
    client.cookies.update(answer.cookies)
    return client


def spirits() -> Product:
    return sold_pack(
        title="Rượu gạo",
        product_set=ProductSetFactory(number=14, name="Rượu trắng"),
        alcohol=Product.Alcohol.ALCOHOL,
        alcohol_strength=29,
        producer={**of_lam_dong(), "with_licence": True},
    )


def make_goods_of_every_standing() -> None:
    sold_pack(title="Còn hiệu lực", producer=of_lam_dong())
    sold_pack(title="Chờ xác minh", certificate={"unverified": True}, producer=of_lam_dong())
    sold_pack(
        title="Hết hạn hôm qua",
        certificate={
            "valid_from": today() - timedelta(days=900),
            "valid_until": today() - timedelta(days=1),
        },
        producer=of_lam_dong(),
    )
    sold_pack(
        title="Đã thu hồi",
        certificate={"state": "withdrawn", "in_force_until": today() - timedelta(days=1)},
        producer=of_lam_dong(),
    )
    sold_pack(title="Tạm ngừng", listing=Product.Listing.SUSPENDED, producer=of_lam_dong())
    sold_pack(
        title="Rượu gì đó",
        product_set=None,
        sector=None,
        alcohol=Product.Alcohol.SUSPECTED,
        producer=of_lam_dong(),
    )
    spirits()


def test_a_block_shows_what_the_one_rule_shows_and_nothing_else(client: Client) -> None:
    make_goods_of_every_standing()
    home_page(goods_block())

    assert names(page(client, "/vi/")) == ["Còn hiệu lực"]
    assert sorted(names(page(adult_client(), "/vi/"))) == ["Còn hiệu lực", "Rượu gì đó", "Rượu gạo"]


def test_goods_chosen_by_hand_keep_their_order_and_obey_the_rule_all_the_same(client: Client) -> None:
    first, hidden, last = (
        sold_pack(title="Mật ong"),
        sold_pack(title="Chờ xác minh", certificate={"unverified": True}),
        sold_pack(title="Cà phê"),
    )
    home_page(goods_block(by_hand=[last.parent_id, hidden.parent_id, 999_999, first.parent_id]))

    assert names(page(client, "/vi/")) == ["Cà phê", "Mật ong"]


def test_a_block_follows_its_rule(client: Client) -> None:
    tea = ProductSetFactory(number=12, name="Trà từ thực vật khác")
    ours = sold_pack(title="Trà atiso", product_set=tea, certificate={"stars": 4}, producer=of_lam_dong())
    sold_pack(title="Trà gừng", product_set=tea, certificate={"stars": 3}, producer=of_lam_dong())
    sold_pack(title="Cà phê", certificate={"stars": 4}, producer=of_lam_dong())

    for rule, expected in (
        ({"product_set": "12"}, {"Trà atiso", "Trà gừng"}),
        ({"stars": "4"}, {"Trà atiso", "Cà phê"}),
        ({"producer": str(ours.parent.producer_id)}, {"Trà atiso"}),
        ({"product_set": "12", "stars": "4", "province": "68"}, {"Trà atiso"}),
        ({"province": "01"}, set()),
    ):
        cache.clear()
        home_page(goods_block(**rule))
        assert set(names(page(client, "/vi/"))) == expected, rule


def test_what_can_be_bought_stands_before_what_is_only_shown(client: Client) -> None:
    """On both databases: PostgreSQL puts what is missing first where nobody says otherwise."""
    bought = sold_pack(title="Bán được")
    lead_pack_set(good=bought.parent, pack=bought)
    shown_good(title="Chưa có gói")
    home_page(goods_block(limit=1))

    assert names(page(client, "/vi/")) == ["Bán được"]


def test_a_good_in_a_block_has_its_price_and_is_bought_from_there(client: Client) -> None:
    pack = sold_pack(price=189_000)
    home_page(goods_block())

    soup = page(client, "/vi/")

    assert soup.select_one(".price__now").get_text() == "189.000\xa0₫"
    assert f"/vi/gio-hang/them/{pack.pk}/" in [form["action"] for form in soup.select("form[action]")]


def test_a_region_has_its_brand_its_goods_and_its_producers(client: Client) -> None:
    make_goods_of_every_standing()
    sold_pack(title="Ở nơi khác", producer={"commune": None})
    region = region_page(home_page(), brand_name="Kết tinh kỳ diệu từ đất lành")

    soup = page(client, region.get_url())

    assert names(soup) == ["Còn hiệu lực"]
    producer = Product.objects.get(title_vi="Còn hiệu lực").producer
    assert producer is not None
    assert [link.get_text() for link in soup.select(".chips a")] == [producer.name]
    assert "Kết tinh kỳ diệu từ đất lành" in soup.get_text()


def test_a_story_is_linked_to_its_producer_and_sells_its_goods(client: Client) -> None:
    pack = sold_pack(title="Trà atiso")
    producer: Partner = pack.parent.producer
    story = story_page(home_page(), producer, goods_block(producer=str(producer.pk)))

    soup = page(client, story.get_url())

    assert names(soup) == ["Trà atiso"]
    assert soup.select_one(f'form[action="/vi/gio-hang/them/{pack.pk}/"] button')
    assert producer.name in soup.get_text()
    assert f"/vi/nha-san-xuat/{producer.code}/" in [link["href"] for link in soup.select("a[href]")]


def test_a_block_of_producers_shows_those_with_goods_that_may_be_shown(client: Client) -> None:
    make_goods_of_every_standing()
    shown, hidden = (
        Product.objects.get(title_vi=title).producer for title in ("Còn hiệu lực", "Chờ xác minh")
    )
    far = sold_pack(title="Ở nơi khác", producer={"commune": None}).parent.producer

    for block, expected in (
        (producers_block(), {shown.name, far.name}),
        (producers_block(limit=1), {shown.name}),
        (producers_block(province="68"), {shown.name}),
        (producers_block(far, hidden, shown), {far.name, shown.name}),
        (producers_block(hidden), set()),
    ):
        cache.clear()
        home_page(block)
        soup = page(client, "/vi/")
        assert set(names(soup)) == expected, block
        assert bool(soup.find("h2", string="Nhà sản xuất")) is bool(expected)

    home_page(producers_block(far, shown))
    cache.clear()
    soup = page(client, "/vi/")
    assert names(soup) == [far.name, shown.name]
    assert f"/vi/nha-san-xuat/{far.code}/" in [link["href"] for link in soup.select(".card__name a")]
    assert "1 sản phẩm" in soup.select_one(".tile").get_text()


def test_the_home_page_speaks_the_language_of_its_address(client: Client) -> None:
    sold_pack(title_vi="Trà atiso", title_en="Artichoke tea")
    home_page(goods_block(heading="Hàng mới"))
    home_page(goods_block(heading="New goods"), language="en")

    assert names(page(client, "/vi/")) == ["Trà atiso"]
    english = page(client, "/en/")
    assert names(english) == ["Artichoke tea"]
    assert "New goods" in english.get_text()


@pytest.mark.parametrize("kind", ["home", "region", "story"])
def test_a_page_costs_the_same_queries_for_two_goods_and_for_eleven(client: Client, kind: str) -> None:
    first = sold_pack(producer=of_lam_dong())
    home = home_page(goods_block(), goods_block(stars="3"), producers_block())
    address = {
        "home": lambda: "/vi/",
        "region": lambda: region_page(home, goods_block()).get_url(),
        "story": lambda: story_page(home, first.parent.producer, goods_block()).get_url(),
    }[kind]()
    sold_pack(producer=of_lam_dong())

    def cost() -> int:
        cache.clear()
        rule_book_forget()
        rule_book()  # read anew once a minute: not in the middle of a page that is counted
        with CaptureQueriesContext(connection) as queries:
            page(client, address)
        return len(queries)

    cost()  # what a process reads once: site, locales, labels
    few = cost()
    for _number in range(9):
        sold_pack(producer=of_lam_dong())
    assert cost() == few

    # A block that is full need not look for goods that are only shown.
    for _number in range(9):
        sold_pack(producer=of_lam_dong())
    assert cost() <= few


def test_whoever_is_not_signed_in_is_led_from_the_editors_desk_to_the_one_door(client: Client) -> None:
    response = client.get("/cms/", follow=True)

    assert response.redirect_chain[-1][0] == "/vi/tai-khoan/dang-nhap/?next=%2Fcms%2F"


def test_a_buyer_gets_a_plain_no_at_the_editors_desk(client: Client, django_user_model) -> None:
    """Not a way back and forth between the desk and a door that they have passed already."""
    client.force_login(django_user_model.objects.create_user("mua@example.vn"))

    response = client.get("/cms/", follow=True)

    assert response.status_code == 403


def test_an_editor_opens_the_desk(client: Client, django_user_model) -> None:
    editor = django_user_model.objects.create_user("bien-tap@example.vn")
    editor.groups.add(Group.objects.get(name="Editors"))
    client.force_login(editor)

    assert client.get("/cms/").status_code == 200
    assert client.get("/cms/login/").headers["Location"] == "/cms/"


@pytest.mark.parametrize(
    ("seo_title", "shown"), [("", "Chợ OCOP"), ("Đặc sản Lâm Đồng", "Đặc sản Lâm Đồng · Chợ OCOP")]
)
def test_the_home_page_is_not_called_after_the_site_twice(client: Client, seo_title: str, shown: str) -> None:
    home = home_page()
    home.title, home.seo_title = "Chợ OCOP", seo_title
    home.save_revision().publish()

    title = page(client, "/vi/").title

    assert title is not None
    assert title.get_text() == shown
