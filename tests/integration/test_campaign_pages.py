"""A campaign over every page that names a price, at the seconds before and after its start and its end."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from html import unescape

import pytest
from bs4 import BeautifulSoup
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from catalogue.addresses import good_url
from catalogue.models import Product
from checkout.campaigns.models import Campaign
from checkout.campaigns.services import CampaignData, campaign_create, campaign_schedule, campaign_stop
from checkout.errors import OrderChanged
from checkout.order.models import Line
from marketplace.clock import VIETNAM
from search.rebuilding import rebuild_index
from tests.factories.catalogue import NormalPriceFactory, PackFactory, StockFactory, sold_pack
from tests.factories.orders import basket_with, placed_order, shown_for
from tests.factories.pages import banner_block, goods_block, home_page, region_page, story_page
from tests.factories.places import CommuneFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("search_index")]

NORMAL, REDUCED = 150_000, 120_000
# Not at midnight, when every page ends anyway.
START = datetime(2027, 1, 20, 9, 0, tzinfo=VIETNAM)
END = START + timedelta(days=14)
SECOND = timedelta(seconds=1)
Clock = Callable[[datetime], None]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    """Set the time of the whole shop; kept pages are forgotten, since the cache's own clock goes on as it is."""

    def set_to(moment: datetime) -> None:
        monkeypatch.setattr("django.utils.timezone.now", lambda: moment)
        cache.clear()

    yield set_to
    cache.clear()


@pytest.fixture
def pack(clock: Clock) -> Product:
    """A pack that a campaign reduces from START until END, in an index written before."""
    clock(START - timedelta(days=31))
    pack = sold_pack(title="Cà phê Cầu Đất", price=NORMAL, producer={"commune": CommuneFactory()})
    campaign = campaign_create(
        data=CampaignData(name="Tết", starts_at=START, ends_at=END, percent=20, goods=[pack.parent])
    )
    campaign_schedule(campaign=campaign, confirm_rule=True, at=START - timedelta(days=30))
    rebuild_index()
    return pack


def price_on(client: Client, address: str) -> tuple[int, int | None]:
    """Return the price now and the price struck through, of the one good on a page."""
    response = client.get(address)
    assert response.status_code == 200, address
    found = BeautifulSoup(response.content, "html.parser").select("main .price")
    prices = {
        (_dong(one.select_one(".price__now")), _dong(one.select_one(".price__before"))) for one in found
    }
    assert len(prices) == 1, (address, prices)
    return prices.pop()  # type: ignore[return-value]


def _dong(element) -> int | None:
    return int(re.sub(r"\D", "", unescape(element.get_text()).rsplit(":", 1)[-1])) if element else None


@pytest.mark.parametrize(
    ("at", "price", "struck"),
    [
        (START - SECOND, NORMAL, None),
        (START, REDUCED, NORMAL),
        (END - SECOND, REDUCED, NORMAL),
        (END, NORMAL, None),
    ],
)
def test_every_page_basket_and_order_agree_to_the_dong(
    client: Client, clock: Clock, pack: Product, at: datetime, price: int, struck: int | None
) -> None:
    home = home_page(goods_block())
    region = region_page(home)
    clock(at)
    product = good_url(pk=pack.parent_id, slug=pack.parent.slug, language="vi")

    pages = {
        address: price_on(client, address)
        for address in (
            "/vi/",
            region.get_url(),
            "/vi/san-pham/",
            "/vi/tim-kiem/?q=ca+phe",
            f"/vi/nha-san-xuat/{pack.parent.producer.code}/",
            product,
        )
    }
    client.post(
        reverse("basket:add", args=[pack.pk]), {"quantity": 2}, headers={"Origin": "http://testserver"}
    )
    pages["basket"] = price_on(client, reverse("basket:summary"))
    order = placed_order(basket=basket_with(pack, quantity=2))

    assert set(pages.values()) == {(price, struck)}, pages
    line = Line.objects.get(order=order)
    assert (line.unit_price_incl_tax, line.line_price_incl_tax, line.normal_price) == (
        price,
        2 * price,
        NORMAL,
    )


@pytest.mark.parametrize(
    ("at", "found"), [(START - SECOND, False), (START, True), (END - SECOND, True), (END, False)]
)
def test_a_filter_by_price_and_a_block_of_promotions_know_the_seconds_too(
    client: Client, clock: Clock, pack: Product, at: datetime, found: bool
) -> None:
    home_page(goods_block(on_promotion=True))
    clock(at)

    cheap = client.get("/vi/san-pham/", {"price_max": "130000"}).content.decode()
    promoted = client.get("/vi/").content.decode()

    assert (pack.parent.title in cheap) is found
    assert (pack.parent.title in promoted) is found


@pytest.mark.parametrize(
    ("at", "shown"), [(START - SECOND, False), (START, True), (END - SECOND, True), (END, False)]
)
def test_a_banner_of_a_campaign_stands_while_its_prices_hold_and_a_page_has_one_h1(
    client: Client, clock: Clock, pack: Product, at: datetime, shown: bool
) -> None:
    source = Campaign.objects.get().source
    season, always = banner_block(campaign=source, heading="Tết"), banner_block(heading="Quanh năm")
    for blocks, headings in (
        ([season], ["Tết"] if shown else ["Chợ OCOP"]),
        ([season, always], ["Tết"] if shown else ["Quanh năm"]),
        ([always, season], ["Quanh năm"]),
        ([goods_block()], ["Chợ OCOP"]),
    ):
        home_page(*blocks)
        clock(at)
        page = BeautifulSoup(client.get("/vi/").content, "html.parser")
        assert [heading.get_text() for heading in page.select("h1")] == headings
        assert ("Tết" in page.main.get_text()) is (shown and season in blocks)


def test_a_campaign_that_is_stopped_takes_its_banner_along(
    client: Client, clock: Clock, pack: Product
) -> None:
    campaign = Campaign.objects.get()
    home_page(banner_block(campaign=campaign.source, heading="Tết"))
    clock(START)
    assert "Tết" in client.get("/vi/").content.decode()

    campaign_stop(campaign=campaign, at=START + SECOND)
    clock(START + SECOND)

    assert "Tết" not in client.get("/vi/").content.decode()


@pytest.mark.parametrize("boundary", [START, END])
def test_a_page_is_kept_until_the_second_at_which_a_price_or_its_goods_change(
    client: Client, clock: Clock, pack: Product, boundary: datetime
) -> None:
    home = home_page(goods_block(on_promotion=True))
    addresses = (
        "/vi/",
        region_page(home).get_url(),
        story_page(home, pack.parent.producer, goods_block(stars="5")).get_url(),
        "/vi/san-pham/",
        "/vi/san-pham/?price_max=130000",
        "/vi/san-pham/?price_min=200000",
        "/vi/san-pham/?price_min=140000&sort=cheapest",
        "/vi/san-pham/?reduced=1",
        f"/vi/nha-san-xuat/{pack.parent.producer.code}/",
        good_url(pk=pack.parent_id, slug=pack.parent.slug, language="vi"),
    )
    clock(boundary - 2 * SECOND)

    kept = {address: client.get(address).headers["Cache-Control"] for address in addresses}

    assert set(kept.values()) == {"public, max-age=0, s-maxage=2"}, kept


def test_a_card_ends_when_another_pack_of_the_good_may_become_the_cheapest(
    client: Client, clock: Clock, pack: Product
) -> None:
    """The campaign reduces a pack that no card shows yet."""
    cheaper = PackFactory(parent=pack.parent)
    StockFactory(product=cheaper, partner=pack.parent.producer)
    NormalPriceFactory(pack=cheaper, amount=NORMAL - 1_000, valid_from=START - timedelta(days=60))
    rebuild_index()
    clock(START - 2 * SECOND)

    page = client.get("/vi/san-pham/")

    assert "149.000" in page.content.decode()
    assert page.headers["Cache-Control"] == "public, max-age=0, s-maxage=2"


def test_an_order_at_a_price_that_ended_is_asked_about_first(
    client: Client, clock: Clock, pack: Product
) -> None:
    clock(END - SECOND)
    basket = basket_with(pack)
    shown = shown_for(basket)

    clock(END)
    with pytest.raises(OrderChanged) as refused:
        placed_order(basket=basket, shown=shown)

    assert "150.000" in " ".join(str(reason) for reason in refused.value.reasons)
