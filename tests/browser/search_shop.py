"""A shop to search in by hand, and what every test of it needs."""

from axe_playwright_python.sync_playwright import Axe
from django.core.cache import cache
from playwright.sync_api import Locator, Page

from catalogue.models import Product
from search.rebuilding import rebuild_index
from search.suggesting import forget_names
from tests.factories.catalogue import ProductSetFactory, shown_good, sold_pack
from tests.factories.places import CommuneFactory

LISTING, SEARCH = "/vi/san-pham/", "/vi/tim-kiem/"
_REFUSED = {"serious", "critical"}


def stock_search_shop() -> None:
    """Put coffee of two prices, tea, spirits and 25 kinds of rice on the shelves and into the index."""
    cache.clear()
    forget_names()
    CommuneFactory()
    tea = ProductSetFactory(number=12, name="Trà từ thực vật khác")
    spirits = ProductSetFactory(number=14, name="Rượu trắng")
    sold_pack(title="Cà phê Arabica Cầu Đất", price=189_000, certificate={"stars": 4})
    sold_pack(title="Cà phê Robusta Di Linh rang xay", price=45_000, certificate={"stars": 3})
    sold_pack(title="Trà Atiso túi lọc", price=150_000, certificate={"stars": 3}, product_set=tea)
    sold_pack(title="Rượu cà phê Sương", price=250_000, product_set=spirits, alcohol=Product.Alcohol.ALCOHOL)
    rice = ProductSetFactory(number=3, name="Gạo, ngũ cốc")
    for number in range(25):
        shown_good(title=f"Gạo thơm số {number}", certificate={"stars": 3}, product_set=rice)
    rebuild_index()
    cache.clear()


def leave_search_shop() -> None:
    """Forget what processes and the cache remember of it."""
    cache.clear()
    forget_names()


def field(page: Page) -> Locator:
    return page.locator("#q")


def options(page: Page) -> Locator:
    return page.locator("#suggestions-list [role=option]")


def typed(page: Page, text: str) -> None:
    field(page).click()
    field(page).press_sequentially(text, delay=20)


def is_narrow(page: Page) -> bool:
    return page.viewport_size is not None and page.viewport_size["width"] < 900


def no_faults(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [
        f"{fault['id']}: {fault['nodes'][0]['html'][:160]}" for fault in found if fault["impact"] in _REFUSED
    ]


def sideways(page: Page) -> int:
    excess: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return excess
