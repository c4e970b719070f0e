"""What holds on every page: no serious finding of axe, no sideways scrolling, big targets, nothing that jumps, the keyboard suffices."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import translation
from playwright.sync_api import Page
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from search.engines.base import SearchEngine
from search.errors import SearchUnavailable
from tests.browser.page_checks import check_page
from tests.browser.stocked_shop import StockedShop, every_address, good_address, main_addresses, stock_shop

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
def stock(live_server: LiveServer, settings: Settings) -> Iterator[StockedShop]:
    """What lies on the shelves of the shop at `live_server`."""
    settings.ROOT_URLCONF = "tests.browser.urls"
    stocked = stock_shop()
    with translation.override("vi"):
        yield stocked
    cache.clear()


def test_every_page_holds_what_holds_on_every_page(
    page: Page, live_server: LiveServer, stock: StockedShop
) -> None:
    found = []
    for address in [*main_addresses(stock, "vi"), *every_address(stock)]:
        found += check_page(page, live_server.url + address)

    assert found == [], "\n".join(found)


def test_so_it_is_in_english(page: Page, live_server: LiveServer, stock: StockedShop) -> None:
    found = []
    for address in main_addresses(stock, "en"):
        found += check_page(page, live_server.url + address)

    assert found == [], "\n".join(found)


def test_so_it_is_for_adults_and_without_the_search_engine(
    page: Page,
    live_server: LiveServer,
    stock: StockedShop,
    search_index: SearchEngine,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_arguments: object) -> None:
        raise SearchUnavailable("connection refused")

    page.goto(live_server.url + reverse("age-declare"))
    page.locator("main form button").first.click()
    found = check_page(page, live_server.url + good_address(stock.spirits))
    monkeypatch.setattr(search_index, "search", refuse)
    found += check_page(page, f"{live_server.url}{reverse('search:search')}?q=ca+phe")

    assert found == [], "\n".join(found)


def test_nothing_jumps_while_a_page_loads(page: Page, live_server: LiveServer, stock: StockedShop) -> None:
    shifts = {}
    for address in (reverse("home"), reverse("catalogue:index"), good_address(stock.coffee)):
        page.goto(live_server.url + address, wait_until="networkidle")
        shifts[address] = round(page.evaluate(SHIFT), 3)

    assert {address: shift for address, shift in shifts.items() if shift > 0.02} == {}


def test_the_keyboard_leads_past_the_header_into_the_page(page: Page, live_server: LiveServer) -> None:
    page.goto(live_server.url + reverse("orders:lookup"))

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip-link"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_focus_is_visible(page: Page, live_server: LiveServer) -> None:
    page.goto(live_server.url + reverse("account_login"))

    page.locator("input[name=login]").focus()
    page.keyboard.press("Tab")

    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
