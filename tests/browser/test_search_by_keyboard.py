"""Looking for goods without a pointer, on a phone and a desktop; answers that come in the wrong order; the age gate."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.by_keyboard import tab_to
from tests.browser.conftest import SCREENS, new_context
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

#: A network that answers when the test lets it, and goes on with what it was told to drop: only the page's own order keeps
#: old answers away.
HELD_NETWORK = """
window.held = [];
window.fetch = () => new Promise((answer) => held.push((html) => answer(new Response(html))));
"""
ANSWER = """([number, words]) => held[number](
  `<ul role="group" aria-label="x"><li role="presentation"><a role="option" id="o${number}" href="#">${words}</a></li></ul>`)"""


@pytest.fixture
def shop(live_server: LiveServer) -> Iterator[str]:
    stock_search_shop()
    yield live_server.url
    leave_search_shop()


# -- suggestions -----------------------------------------------------------------------------------


@pytest.mark.parametrize("order", [(1, 0), (0, 1)])
def test_whichever_answer_comes_last_the_newest_question_stays_answered(
    page: Page, shop: str, order: tuple[int, int]
) -> None:
    """Two questions are asked, then answered in either order."""
    page.add_init_script(HELD_NETWORK)
    page.goto(shop + LISTING)
    for number, letter in enumerate("ca"):
        field(page).press_sequentially(letter)
        page.wait_for_function("(number) => held.length > number", arg=number)

    for number in order:
        page.evaluate(ANSWER, [number, ("cũ", "mới")[number]])
        page.evaluate("() => new Promise((done) => setTimeout(done))")

    expect(options(page)).to_have_text(["mới"])
    expect(field(page)).to_have_value("ca")


def test_arrows_go_round_and_what_was_typed_stays(page: Page, shop: str) -> None:
    page.goto(shop + LISTING)
    typed(page, "ca ph")
    expect(page.locator(".suggestions__good")).to_have_count(2)
    count = options(page).count()

    for number in range(count):
        page.keyboard.press("ArrowDown")
        expect(options(page).nth(number)).to_have_attribute("aria-selected", "true")
        expect(page.locator("[aria-selected=true]")).to_have_count(1)
    page.keyboard.press("ArrowDown")

    expect(page.locator("[aria-selected=true]")).to_have_count(0)  # the field is a stop on the way round
    expect(field(page)).to_have_value("ca ph")
    expect(field(page)).to_be_focused()


def test_escape_leaves_what_was_typed_and_an_arrow_opens_the_list_again_without_asking(
    page: Page, shop: str
) -> None:
    page.goto(shop + LISTING)
    typed(page, "atiso")
    expect(page.locator(".suggestions__good")).to_have_count(1)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "goi-y" in request.url else None)

    page.keyboard.press("Escape")
    expect(page.locator("#suggestions")).to_be_hidden()
    page.keyboard.press("ArrowDown")

    expect(page.locator(".suggestions__good")).to_be_visible()
    expect(field(page)).to_have_value("atiso")
    assert asked == []


def test_enter_opens_the_good_that_the_arrows_chose(page: Page, shop: str) -> None:
    page.goto(shop + LISTING)
    typed(page, "atiso")
    good = page.locator(".suggestions__good")
    expect(good).to_have_count(1)

    while good.get_attribute("aria-selected") != "true":
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    expect(page.locator("h1")).to_have_text("Trà Atiso túi lọc")


def test_tab_closes_the_list_and_goes_on(page: Page, shop: str) -> None:
    page.goto(shop + LISTING)
    typed(page, "atiso")
    expect(page.locator(".suggestions__good")).to_have_count(1)

    page.keyboard.press("Tab")

    expect(page.locator("#suggestions")).to_be_hidden()
    expect(field(page)).not_to_be_focused()


# -- recent searches -------------------------------------------------------------------------------


def test_recent_searches_are_chosen_and_cleared_by_keyboard_six_at_most(page: Page, shop: str) -> None:
    page.goto(shop + LISTING)
    page.evaluate(
        """() => localStorage.setItem("recent-searches", JSON.stringify(["a1", "a2", "a3", "a4", "a5", "a6"]))"""
    )
    typed(page, "trà atiso")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/vi/tim-kiem/\?q="))
    field(page).fill("")
    expect(options(page)).to_have_text(["trà atiso", "a1", "a2", "a3", "a4", "a5"])
    assert sideways(page) == 0

    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/vi/tim-kiem/\?q=tr%C3%A0"))
    field(page).fill("")
    expect(options(page)).to_have_count(6)  # the same text is kept once
    assert page.context.cookies() == [] or "atiso" not in str(page.context.cookies())

    clear = page.get_by_role("button", name="Xoá", exact=True)
    clear.focus()
    page.keyboard.press("Enter")

    expect(page.locator("#suggestions")).to_be_hidden()
    expect(field(page)).to_be_focused()
    assert page.evaluate("localStorage.length") == 0


def test_without_storage_the_search_still_works(page: Page, shop: str) -> None:
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('off', 'SecurityError'); } });"
    )
    page.goto(shop + LISTING)
    typed(page, "trà")
    expect(page.locator(".suggestions__good")).to_have_count(1)

    page.keyboard.press("Enter")

    page.wait_for_url(re.compile(r"/vi/tim-kiem/\?q="))
    expect(page.locator(".card")).to_have_count(1)


# -- filters and chips -----------------------------------------------------------------------------


def test_several_values_of_a_filter_are_chosen_by_keyboard(page: Page, shop: str) -> None:
    page.goto(f"{shop}{SEARCH}?q=cà phê")
    three, four = page.get_by_label("3 sao"), page.get_by_label("4 sao")
    if is_narrow(page):
        toggle = page.locator(".listing__toggle")
        expect(three).to_be_hidden()
        tab_to(page, toggle)
        page.keyboard.press("Enter")
        expect(three).to_be_visible()
        assert no_faults(page) == []
        assert sideways(page) == 0
        tab_to(page, three)
        page.keyboard.press("Space")
        tab_to(page, four)
        page.keyboard.press("Space")
        expect(page.locator(".chip--on")).to_have_count(0)  # nothing is sent before the button
        tab_to(page, page.get_by_role("button", name="Xem sản phẩm"))
        page.keyboard.press("Enter")
    else:
        tab_to(page, three)
        page.keyboard.press("Space")
        page.wait_for_url(re.compile(r"stars=3$"))
        expect(three).to_be_focused()
        tab_to(page, four)
        page.keyboard.press("Space")
        page.wait_for_url(re.compile(r"stars=3&stars=4|stars=4&stars=3"))
        expect(four).to_be_focused()

    expect(page.locator(".chip--on")).to_have_text([re.compile("3 sao"), re.compile("4 sao")])
    expect(page.locator(".card")).to_have_count(2)

    tab_to(page, page.locator(".chip--on").first)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"\?q=[^&]*&stars=4$"))
    expect(page.locator(".card__name")).to_have_text(["Cà phê Arabica Cầu Đất"])


def test_an_understood_chip_is_undone_and_understood_again_by_keyboard(page: Page, shop: str) -> None:
    page.goto(f"{shop}{SEARCH}?q=cà phê dưới 100k")
    chip = page.locator(".chip--understood")
    expect(chip).to_have_accessible_name(re.compile("Được hiểu như sau.*dưới 100k"))

    tab_to(page, chip)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"plain=price"))
    expect(page.locator(".chip--understood")).to_have_count(0)
    again = page.get_by_role("link", name="Hiểu lại câu tìm")
    tab_to(page, again)
    page.keyboard.press("Enter")

    page.wait_for_url(lambda address: "plain" not in address)
    expect(page.locator(".chip--understood")).to_have_count(1)


@pytest.mark.parametrize("screen", list(SCREENS))
def test_filters_and_chips_need_no_script(chromium: Browser, shop: str, screen: str) -> None:
    context = new_context(chromium, screen, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{shop}{SEARCH}?q=cà phê dưới 100k")
    page.locator(".chip--understood").click()
    page.get_by_role("link", name="Hiểu lại câu tìm").click()
    expect(page.locator(".card")).to_have_count(1)

    page.goto(shop + LISTING)
    toggle = page.locator(".listing__toggle")
    if toggle.is_visible():
        toggle.click()
    page.get_by_label("3 sao").check()
    page.get_by_label("4 sao").check()
    page.get_by_role("button", name="Xem sản phẩm").click()

    expect(page.locator(".chip--on")).to_have_count(2)
    page.locator(".chip--on").first.click()
    expect(page.locator(".chip--on")).to_have_count(1)
    context.close()


# -- the age gate ----------------------------------------------------------------------------------


def test_until_the_age_is_declared_no_count_no_filter_and_no_suggestion_tells_of_alcohol(
    page: Page, shop: str
) -> None:
    def told() -> tuple[int, list[str], bool]:
        page.goto(f"{shop}{SEARCH}?q=cà phê")
        number = page.locator(".card").count()
        shown = re.findall(r"(\d+) sản phẩm", page.locator("main").inner_text())
        has_set = "Rượu" in page.locator("main").inner_html()
        return number, shown[:1], has_set

    assert told() == (2, ["2"], False)
    for typing in ("rượu", "suong", "ca phe su"):
        page.goto(shop + LISTING)
        typed(page, typing)
        expect(page.locator("[data-suggest-status]")).not_to_have_text("")
        expect(page.locator("#suggestions-list")).not_to_contain_text("Rượu")
    page.goto(f"{shop}{SEARCH}?q=rượu cà phê sương")
    assert [name for name in page.locator(".card__name").all_inner_texts() if "Rượu" in name] == []

    page.goto(f"{shop}/vi/nhom-san-pham/14/")
    page.wait_for_url(re.compile(r"/vi/do-tuoi/\?next="))
    assert no_faults(page) == []
    assert sideways(page) == 0
    no = page.get_by_role("button", name="Chưa đủ")
    tab_to(page, no)
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("Các sản phẩm khác")
    assert told() == (2, ["2"], False)

    page.goto(f"{shop}/vi/nhom-san-pham/14/")
    tab_to(page, page.get_by_role("button", name="Tôi từ 18 tuổi"))
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/vi/nhom-san-pham/14/"))
    expect(page.locator(".card__name")).to_have_text(["Rượu cà phê Sương"])
    assert told() == (3, ["3"], True)
