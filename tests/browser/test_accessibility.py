"""What holds on every page: no serious finding of axe, no sideways scrolling, big targets, nothing that jumps, the keyboard suffices."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import translation
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from catalogue.models import Product
from search.indexing import rebuild_index
from tests.browser.page_checks import check_page
from tests.factories.catalogue import ProductSetFactory, shown_good, sold_pack

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("search_index"),
]

SHIFT = """() => new Promise(resolve => {
  let sum = 0;
  new PerformanceObserver(list => { for (const entry of list.getEntries()) sum += entry.value; })
    .observe({type: 'layout-shift', buffered: true});
  requestAnimationFrame(() => requestAnimationFrame(() => resolve(sum)));
})"""


@pytest.fixture
def shop(live_server: LiveServer) -> Iterator[LiveServer]:
    """A shop with goods that are sold, reduced, sold out and only shown."""
    cache.clear()
    sold_pack(title="Cà phê Arabica Cầu Đất rang mộc", price=189_000, certificate={"stars": 4})
    sold_pack(title="Trà Atiso thượng hạng túi lọc", price=150_000, certificate={"stars": 3})
    sold_pack(title="Hồng treo gió", price=235_000, stock={"num_in_stock": 0})
    shown_good(title="Gạo ST25", certificate={"stars": 3}, product_set=ProductSetFactory(number=3))
    rebuild_index()
    cache.clear()
    yield live_server
    cache.clear()


def public_addresses() -> dict[str, str]:
    """Return the main pages that anybody may open, by name."""
    good = Product.objects.filter(structure=Product.PARENT).order_by("pk").first()
    assert good is not None
    with translation.override("vi"):
        return {
            "listing": reverse("catalogue:index"),
            "search": reverse("search:search") + "?q=tra+atiso",
            "nothing found": reverse("search:search") + "?q=zzzz",
            "good": reverse("catalogue:detail", kwargs={"slug": good.slug, "pk": good.pk}),
            "producers": reverse("producers:index"),
            "producer": reverse("producers:detail", kwargs={"code": good.producer.code}),
            "basket": reverse("basket:summary"),
            "order lookup": reverse("orders:lookup"),
            "certificate check": reverse("certificates:check"),
            "sign-in": reverse("account_login"),
            "sign-up": reverse("account_signup"),
            "age": reverse("age-declare"),
            "missing": "/vi/khong-co-trang-nay/",
        }


def open_page(page: Page, shop: LiveServer, address: str) -> None:
    page.goto(shop.url + address, wait_until="networkidle")


def test_every_page_holds_what_holds_on_every_page(page: Page, shop: LiveServer) -> None:
    found = []
    for address in public_addresses().values():
        found += check_page(page, shop.url + address)

    assert found == []


def test_nothing_jumps_while_a_page_loads(page: Page, shop: LiveServer) -> None:
    addresses = public_addresses()
    shifts = {}
    for name in ("listing", "good", "sign-in"):
        open_page(page, shop, addresses[name])
        shifts[name] = round(page.evaluate(SHIFT), 3)

    assert {name: shift for name, shift in shifts.items() if shift > 0.02} == {}


def test_the_keyboard_leads_past_the_header_into_the_page(page: Page, shop: LiveServer) -> None:
    open_page(page, shop, public_addresses()["listing"])

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip-link"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_focus_is_visible(page: Page, shop: LiveServer) -> None:
    open_page(page, shop, public_addresses()["sign-in"])

    page.locator("input[name=login]").focus()
    page.keyboard.press("Tab")

    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
