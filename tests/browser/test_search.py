"""Looking for goods with hands: suggestions by keyboard and pointer, filters, chips, pages, the age gate; on a phone and a desktop."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.conftest import new_context
from tests.browser.search_shop import (
    LISTING,
    SEARCH,
    field,
    is_narrow,
    leave_search_shop,
    no_faults,
    options,
    sideways,
    stock_search_shop,
    typed,
)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("search_index"),
]


@pytest.fixture
def shop(live_server: LiveServer) -> Iterator[str]:
    """A shop with coffee of two prices, tea, spirits and 25 kinds of rice."""
    stock_search_shop()
    yield live_server.url
    leave_search_shop()


# -- suggestions -------------------------------------------------------------------------------------


def test_suggestions_are_chosen_by_keyboard_and_told_to_a_screen_reader(page: Page, shop: str) -> None:
    page.goto(shop + LISTING)
    expect(field(page)).to_have_attribute("role", "combobox")
    expect(field(page)).to_have_attribute("aria-expanded", "false")

    typed(page, "ca ph")

    expect(page.locator(".suggestions__good")).to_have_count(2)
    expect(field(page)).to_have_attribute("aria-expanded", "true")
    count = options(page).count()
    expect(page.locator("[data-suggest-status]")).to_have_text(f"{count} gợi ý. Dùng phím mũi tên để chọn.")
    assert no_faults(page) == []
    assert sideways(page) == 0

    page.keyboard.press("ArrowDown")
    first = options(page).first
    expect(first).to_have_attribute("aria-selected", "true")
    expect(field(page)).to_have_attribute("aria-activedescendant", first.get_attribute("id") or "")
    expect(field(page)).to_be_focused()
    page.keyboard.press("ArrowUp")
    assert field(page).get_attribute("aria-activedescendant") is None
    page.keyboard.press("ArrowUp")  # from the field to the last one
    expect(options(page).last).to_have_attribute("aria-selected", "true")

    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/vi/tim-kiem/\?q=ca%20ph|/vi/tim-kiem/\?q=ca\+ph"))


def test_escape_closes_and_enter_without_a_choice_searches(page: Page, shop: str) -> None:
    page.goto(shop + LISTING)
    typed(page, "trà")
    expect(page.locator(".suggestions__good")).to_have_count(1)

    page.keyboard.press("Escape")
    expect(page.locator("#suggestions")).to_be_hidden()
    expect(field(page)).to_have_value("trà")
    expect(field(page)).to_have_attribute("aria-expanded", "false")

    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/vi/tim-kiem/\?q="))
    expect(page.locator(".card")).to_have_count(1)


def test_a_good_is_opened_by_pointer(page: Page, shop: str) -> None:
    page.goto(shop + LISTING)
    typed(page, "atiso")

    good = page.locator(".suggestions__good")
    expect(good).to_contain_text("150.000")
    expect(good).to_contain_text("OCOP 3 sao")
    good.click()

    expect(page.locator("h1")).to_have_text("Trà Atiso túi lọc")


def test_an_old_answer_never_takes_the_place_of_a_new_one(page: Page, shop: str) -> None:
    """The answer for `t` is held back until the one for `trà atiso` is there."""
    page.goto(shop + LISTING)
    held: list[Route] = []

    def hold_the_short(route: Route) -> None:
        if route.request.url.endswith("q=t"):
            held.append(route)
        else:
            route.continue_()

    page.route("**/goi-y/**", hold_the_short)
    with page.expect_request(re.compile(r"goi-y/\?q=t$")):
        typed(page, "t")
    field(page).press_sequentially("rà atiso", delay=20)
    expect(page.locator(".suggestions__good")).to_have_count(1)

    held[0].fulfill(status=200, content_type="text/html", body='<a role="option" id="old">cũ</a>')
    page.wait_for_function("() => new Promise(done => requestAnimationFrame(() => done(true)))")

    expect(page.locator("#old")).to_have_count(0)
    expect(page.locator(".suggestions__good")).to_have_count(1)


@pytest.mark.parametrize(
    ("online", "words"),
    [
        ("true", "Gợi ý đang tạm nghỉ. Nhấn Enter để tìm."),
        ("false", "Đang mất mạng. Có mạng lại sẽ có gợi ý."),
    ],
)
def test_without_an_answer_the_field_says_why_and_the_form_stays(
    page: Page, shop: str, online: str, words: str
) -> None:
    # Said to the page, since the machine that runs the tests may have a network or none.
    page.add_init_script(f"Object.defineProperty(navigator, 'onLine', {{get: () => {online}}})")
    page.goto(shop + LISTING)
    page.route("**/goi-y/**", lambda route: route.abort())

    typed(page, "ca")

    expect(page.locator(".suggestions__state")).to_have_text(words)
    expect(page.locator("[data-suggest-status]")).to_have_text(words)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/vi/tim-kiem/\?q=ca"))


def test_recent_searches_stay_on_the_device_and_can_be_cleared(page: Page, shop: str) -> None:
    page.goto(shop + LISTING)
    typed(page, "trà atiso")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/vi/tim-kiem/\?q="))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "goi-y" in request.url else None)

    field(page).fill("")
    expect(options(page)).to_have_text(["trà atiso"])
    assert no_faults(page) == []
    assert asked == []

    page.get_by_role("button", name="Xoá", exact=True).click()
    expect(page.locator("#suggestions")).to_be_hidden()
    assert page.evaluate("localStorage.getItem('recent-searches')") is None


def test_nothing_of_alcohol_is_suggested_before_the_age_is_declared(page: Page, shop: str) -> None:
    page.goto(shop + LISTING)
    typed(page, "rượu")
    expect(page.locator("[data-suggest-status]")).not_to_have_text("")
    expect(page.locator("#suggestions-list")).not_to_contain_text("Rượu")

    page.goto(f"{shop}/vi/do-tuoi/?next={LISTING}")
    page.locator("main form button").first.click()
    page.goto(shop + LISTING)
    typed(page, "rượu")

    expect(page.locator(".suggestions__good")).to_contain_text("Rượu cà phê Sương")


def test_without_javascript_the_form_searches(chromium: Browser, shop: str) -> None:
    context = new_context(chromium, "phone", java_script_enabled=False)
    page = context.new_page()
    page.goto(shop + LISTING)

    field(page).fill("cà phê")
    field(page).press("Enter")

    expect(page.locator(".card")).to_have_count(2)
    assert field(page).get_attribute("role") is None
    context.close()


# -- filters, chips, pages ---------------------------------------------------------------------------


def test_filters_narrow_and_chips_take_them_off(page: Page, shop: str) -> None:
    page.goto(shop + LISTING)
    if is_narrow(page):
        page.locator(".listing__toggle").click()
    assert no_faults(page) == []

    page.get_by_label("4 sao").check()
    if is_narrow(page):  # there is no room beside the goods: several choices, then one button
        page.get_by_role("button", name="Xem sản phẩm").click()

    page.wait_for_url(re.compile(r"\?stars=4$"))
    expect(page.locator(".card")).to_have_count(1)
    assert sideways(page) == 0
    if not is_narrow(page):
        expect(page.get_by_label("4 sao")).to_be_focused()

    page.get_by_role("navigation", name="Bộ lọc đang dùng").get_by_text("4 sao").click()
    page.wait_for_url(re.compile(r"/vi/san-pham/\??$"))
    expect(page.locator(".card")).to_have_count(24)


def test_what_was_understood_is_a_chip_that_can_be_undone(page: Page, shop: str) -> None:
    page.goto(f"{shop}{SEARCH}?q=cà phê dưới 100k")
    expect(page.locator(".card")).to_have_count(1)
    chip = page.locator(".chip--understood")
    expect(chip).to_have_count(1)
    assert no_faults(page) == []

    chip.click()

    page.wait_for_url(re.compile(r"plain=price"))
    expect(page.get_by_text("Hiểu lại câu tìm")).to_be_visible()


def test_a_bar_of_prices_narrows(page: Page, shop: str) -> None:
    page.goto(f"{shop}{SEARCH}?q=cà phê")
    if is_narrow(page):
        page.locator(".listing__toggle").click()

    page.get_by_role("link", name=re.compile("100.000.*200.000.*1 sản phẩm")).click()

    page.wait_for_url(re.compile(r"price_min=100000&price_max=199999"))
    expect(page.locator(".card__name")).to_have_text(["Cà phê Arabica Cầu Đất"])


def test_a_long_list_can_be_searched_in(page: Page, shop: str) -> None:
    page.goto(shop + LISTING)
    if is_narrow(page):
        page.locator(".listing__toggle").click()
    producers = page.locator("details.facet", has=page.locator("[name=producer]"))
    producers.locator("summary").click()
    search = producers.get_by_role("searchbox")
    expect(search).to_be_visible()
    names = producers.locator(".facet__option span:first-of-type").all_inner_texts()

    search.fill(names[3])

    expect(producers.locator("li:visible").filter(has_text=names[3])).not_to_have_count(0)
    search.fill("khong co ai nhu the")
    expect(producers.locator("li:visible")).to_have_count(0)
    expect(producers.get_by_role("status")).to_have_text("Không có trong danh sách.")


def test_pages_are_turned_by_number(page: Page, shop: str) -> None:
    page.goto(f"{shop}{LISTING}")
    page.get_by_role("navigation", name="Trang").get_by_role("link", name="2", exact=True).click()

    page.wait_for_url(re.compile(r"\?page=2$"))
    expect(page.locator(".card")).to_have_count(4)
    page.goto(f"{shop}{LISTING}?page=9")
    page.wait_for_url(re.compile(r"\?page=2$"))


def test_an_empty_page_leads_on(page: Page, shop: str) -> None:
    page.goto(f"{shop}{LISTING}?stars=4&price_max=50000")
    ways = page.locator(".ways__link")
    expect(ways.first).to_contain_text("Bỏ 4 sao")
    expect(ways.first).to_contain_text("1 sản phẩm")
    assert no_faults(page) == []
    assert sideways(page) == 0

    ways.first.click()

    expect(page.locator(".card__name")).to_have_text(["Cà phê Robusta Di Linh rang xay"])


def test_an_empty_page_leads_to_a_part_of_the_search(page: Page, shop: str) -> None:
    page.goto(f"{shop}{SEARCH}?q=cà phê gốm sứ")
    expect(page.locator(".card")).to_have_count(0)
    parts = page.get_by_role("region", name="Tìm riêng từng phần").get_by_role("link")
    expect(parts).to_have_text(["cà phê"])
    assert no_faults(page) == []
    assert sideways(page) == 0

    parts.first.click()

    expect(page.locator(".card")).to_have_count(2)


@pytest.mark.parametrize("address", ["/vi/tieu-chi-xep-hang/", "/en/ranking-criteria/"])
def test_the_criteria_read_well(page: Page, shop: str, address: str) -> None:
    page.goto(shop + address)
    assert no_faults(page) == []
    assert sideways(page) == 0
