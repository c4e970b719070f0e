"""A demonstration says on its face that it is one: every page, every message, every value that was made up."""

from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.cache import cache
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import translation
from fpdf import FPDF
from pytest_django import Settings

from catalogue.models import Product
from catalogue.pricing.models import SAMPLE, NormalPrice
from catalogue.pricing.services import dated_prices_write
from catalogue.producers.models import Partner
from checkout.order.links import order_url
from checkout.order.models import Consignment, Order
from marketplace.accounts.models import User
from marketplace.dashboard import delivery_note
from marketplace.notices.models import Notice
from marketplace.notices.rendering import notice_render
from search.rebuilding import rebuild_index
from tests.factories.catalogue import sold_pack
from tests.factories.orders import basket_with, placed_order

TEMPLATES = Path(__file__).parents[2] / "templates"
ERRORS = sorted(path.name for path in TEMPLATES.glob("[45]*.html"))
SAMPLE_PHONE = "+84900000000"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    cache.clear()


@pytest.fixture
def sample_pack() -> Product:
    """A pack of a real producer whose price, phone and other particulars are stand-ins."""
    pack = sold_pack(price=189_000, producer={"is_sample": True, "phone": SAMPLE_PHONE})
    NormalPrice.objects.update(source=SAMPLE)
    return pack


@pytest.fixture
def words_of_note(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The words of every delivery note that is drawn."""
    said: list[str] = []
    write = delivery_note._text

    def noted(page: FPDF, words: str, **how: Any) -> None:
        said.append(words)
        write(page, words, **how)

    monkeypatch.setattr(delivery_note, "_text", noted)
    return said


@pytest.mark.parametrize("template", ERRORS)
@pytest.mark.parametrize("demonstration", [True, False])
def test_a_page_of_an_error_carries_the_ribbon_without_any_context(
    settings: Settings, template: str, demonstration: bool
) -> None:
    settings.DEMONSTRATION = demonstration

    page = BeautifulSoup(render_to_string(template), "html.parser")

    assert bool(page.select(".ribbon")) is demonstration


def test_the_editors_desk_carries_the_ribbon(settings: Settings, client: Client) -> None:
    settings.DEMONSTRATION = True
    client.force_login(User.objects.create_superuser("chu@example.vn"))

    for address in ("/cms/", "/cms/pages/", "/cms/images/add/"):
        page = BeautifulSoup(client.get(address).content, "html.parser")
        assert len(page.select(".ribbon")) == 1, address


def test_messages_and_delivery_notes_say_it_too(settings: Settings, words_of_note: list[str]) -> None:
    settings.DEMONSTRATION = True
    order = placed_order(sold_pack())
    words = "Đây là bản trình diễn: không bán và không giao hàng thật."

    message = notice_render(Notice.objects.get(template="order_confirmed", channel=Notice.Channel.MAIL))
    with translation.override("vi"):
        delivery_note.delivery_note_pdf(Consignment.objects.get(order=order))

    assert words in message.text
    assert words in (message.html or "")
    assert words in words_of_note


@pytest.mark.usefixtures("search_index")
def test_a_price_that_was_made_up_says_so_wherever_it_stands(client: Client, sample_pack: Product) -> None:
    rebuild_index()
    client.post(reverse("basket:add", args=[sample_pack.pk]), headers={"Origin": "http://testserver"})
    good = sample_pack.parent.get_absolute_url()

    for address in (good, "/vi/san-pham/", "/vi/tim-kiem/?q=ca+phe", reverse("basket:summary")):
        page = BeautifulSoup(client.get(address).content, "html.parser")
        prices = page.select("main .price")
        assert prices, address
        assert all("(mẫu)" in price.get_text() for price in prices), address

    assert "Giá, gói, khối lượng và tồn kho là số liệu mẫu" in client.get(good).content.decode()


def test_a_price_reduced_from_a_sample_is_a_sample_and_a_producers_own_is_none(
    client: Client, sample_pack: Product
) -> None:
    real = sold_pack(price=90_000)
    now = NormalPrice.objects.latest("valid_from").valid_from
    dated_prices_write(
        source="campaign:1",
        prices={sample_pack.pk: 150_000},
        starts_at=now,
        ends_at=now.replace(year=now.year + 5),
    )

    sample, own = (
        BeautifulSoup(client.get(pack.parent.get_absolute_url()).content, "html.parser").select_one("#buy")
        for pack in (sample_pack, real)
    )

    assert "150.000" in sample.get_text()
    assert "(mẫu)" in sample.get_text()
    assert "mẫu" not in own.get_text()


def test_a_stand_in_phone_is_told_to_nobody(
    client: Client, sample_pack: Product, words_of_note: list[str]
) -> None:
    order = placed_order(basket=basket_with(sample_pack))
    producer = Partner.objects.get(pk=sample_pack.parent.producer_id)
    delivery_note.delivery_note_pdf(Consignment.objects.get(order=order))
    pages = [
        client.get(address).content.decode().replace("\xa0", " ")
        for address in (
            sample_pack.parent.get_absolute_url(),
            f"/vi/nha-san-xuat/{producer.code}/",
            order_url(Order.objects.get(pk=order.pk)),
        )
    ]

    assert all("0900 000 000" not in page for page in [*pages, "\n".join(words_of_note)])
    producer.is_sample = False
    assert producer.public_phone == SAMPLE_PHONE
