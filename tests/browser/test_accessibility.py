"""What holds on every page: no serious finding of axe, no sideways scrolling, big targets, nothing that jumps, the keyboard suffices."""

from collections.abc import Iterable, Iterator

import pytest
from django.core.cache import cache
from django.urls import URLPattern, URLResolver, resolve, reverse
from django.urls.resolvers import LocalePrefixPattern
from django.utils import translation
from playwright.sync_api import Page
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from marketplace.urls import urlpatterns as shop
from search.engines.base import SearchEngine
from search.errors import SearchUnavailable
from tests.browser.own_pages import OWN_PAGES
from tests.browser.page_checks import check_page
from tests.browser.stocked_shop import StockedShop, every_address, good_address, main_addresses, stock_shop

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("search_index"),
]

#: Pages of allauth that are drawn from the same few elements as those looked at here and in `test_accessibility_buying`.
ALIKE = {
    "account_confirm_email", "account_email_verification_sent", "account_inactive",
    "account_reauthenticate", "account_reset_password_done", "account_reset_password_from_key",
    "account_reset_password_from_key_done", "account_set_password", "account_verify_phone",
    "mfa_authenticate", "mfa_deactivate_totp", "mfa_generate_recovery_codes", "mfa_reauthenticate",
    "mfa_view_recovery_codes", "wagtailcore_authenticate_with_password",
}  # fmt: skip
#: Pages that one comes to by a form: `test_accessibility_buying`.
LOOKED_AT_ON_THE_WAY = {"account_confirm_login_code"}
#: What only takes a form, leads on, or gives a file or a part of a page.
NO_PAGE = {
    "basket:add", "basket:code", "basket:code-out", "basket:count", "basket:line", "certificates:index", "customer:address-default", "customer:personal-data",
    "customer:device-add", "customer:device-remove", "customer:joining-paper", "customer:joining-paper-remove", "customer:joining-submit", "customer:notice",
    "customer:notice-count", "customer:notices-read", "mfa_download_recovery_codes",
    "aftersale:appeal", "aftersale:message", "aftersale:picture", "order-messages:picture", "aftersale:sent-back", "aftersale:withdraw",
    "orders:again", "payment:account-link", "payment:change", "payment:practise", "payment:start", "payment:vietqr",
    "receipt", "places:commune-suggest", "search:record", "search:suggest", "wagtailcore_login",
}  # fmt: skip


def names_of(patterns: Iterable[URLPattern | URLResolver], space: str = "") -> Iterator[str]:
    """Yield the name of every address, but those of the back office, which has a list of its own."""
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            yield f"{space}{pattern.name}"
        elif pattern.namespace != "dashboard":
            yield from names_of(pattern.url_patterns, f"{pattern.namespace}:" if pattern.namespace else space)


@pytest.fixture
def stock(live_server: LiveServer, settings: Settings) -> Iterator[StockedShop]:
    """What lies on the shelves of the shop at `live_server`."""
    settings.ROOT_URLCONF = "tests.browser.urls"
    stocked = stock_shop()
    with translation.override("vi"):
        yield stocked
    cache.clear()


def test_every_page_holds_what_holds_on_every_page(
    page: Page,
    live_server: LiveServer,
    stock: StockedShop,
    search_index: SearchEngine,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """In both languages, then for adults, then without the search engine; a shop is stocked once for all of it."""

    def refuse(*_arguments: object) -> None:
        raise SearchUnavailable("connection refused")

    vietnamese = [*main_addresses(stock, "vi"), *every_address(stock)]
    found = []
    for address in [*vietnamese, *main_addresses(stock, "en")]:
        found += check_page(page, live_server.url + address)

    page.goto(live_server.url + reverse("age-declare"))
    page.locator("main form button").first.click()
    found += check_page(page, live_server.url + good_address(stock.spirits))
    monkeypatch.setattr(search_index, "search", refuse)
    found += check_page(page, f"{live_server.url}{reverse('search:search')}?q=ca+phe")

    assert found == [], "\n".join(found)

    localized = next(pattern for pattern in shop if isinstance(pattern.pattern, LocalePrefixPattern))
    seen = {resolve(address.partition("?")[0]).view_name for address in vietnamese if "/loi/" not in address}
    every = set(names_of(localized.url_patterns))
    assert every - seen - set(OWN_PAGES) - LOOKED_AT_ON_THE_WAY - ALIKE - NO_PAGE == set(), (
        "pages that nobody looks at"
    )


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
