"""From the shelf to the door: a guest buys goods of three producers, each producer ships its part, the buyer sees it.

With JavaScript and without, on a phone and on a desktop. What the worker does in life, the test does between two steps.
"""

import re
from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import translation
from playwright.sync_api import Browser, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from catalogue.models import Product
from catalogue.producers.models import StockRecord
from checkout.order.models import Consignment, FulfilmentState, Order, PaymentState
from checkout.payment.sandbox.services import sandbox_deliveries_send_due
from checkout.payment.services import webhook_events_process_due
from marketplace.accounts.models import User
from marketplace.notices.services import notices_send_due
from search.rebuilding import rebuild_index
from tests.browser.by_keyboard import tab_to
from tests.browser.conftest import new_context
from tests.factories.catalogue import NormalPriceFactory, PackFactory, StockFactory, sold_pack
from tests.factories.places import CommuneFactory
from tests.factories.producers import MembershipFactory

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("search_index"),
]

PASSWORD = "mat-khau-rat-dai-cua-chu-the"
GOODS = {
    "Cà phê Arabica Cầu Đất": 189_000,
    "Trà Atiso túi lọc": 150_000,
    "Hồng treo gió": 235_000,
}


#: A card's link leaves the outline to its card.
FOCUS_IS_SEEN = """() => {
  for (let element = document.activeElement; element; element = element.parentElement)
    if (getComputedStyle(element).outlineStyle === 'solid') return true;
  return false;
}"""


@pytest.fixture
def packs(live_server: LiveServer) -> Iterator[list[Product]]:
    """Goods of three producers, each with an owner who can sign in."""
    cache.clear()
    CommuneFactory()
    made = [sold_pack(title=title, price=price) for title, price in GOODS.items()]
    for number, pack in enumerate(made):
        owner = User.objects.create_user(f"chu-{number}@example.vn", PASSWORD, full_name=f"Chủ {number}")
        MembershipFactory(user=owner, producer=pack.parent.producer)
    rebuild_index()
    cache.clear()
    with translation.override("vi"):
        yield made
    cache.clear()


def say(english: str) -> str:
    """Return what a Vietnamese page says."""
    with translation.override("vi"):
        return translation.gettext(english)


def address(name: str, **kwargs: object) -> str:
    with translation.override("vi"):
        return reverse(name, kwargs=kwargs or None)


def button(page: Page, english: str):
    return page.get_by_role("button", name=say(english), exact=True)


def link(page: Page, english: str):
    return page.get_by_role("link", name=say(english), exact=True)


def fill_basket(page: Page, shop: LiveServer, packs: list[Product]) -> None:
    for pack in packs:
        page.goto(shop.url + address("catalogue:index"))
        page.get_by_role("link", name=pack.parent.title, exact=True).click()
        button(page, "Add to basket").click()
        expect(page).to_have_url(shop.url + address("basket:summary"))

    expect(page.locator("section.parcel")).to_have_count(len({pack.parent.producer_id for pack in packs}))
    for pack in packs:
        parcel = page.get_by_role("region", name=pack.parent.producer.name)
        expect(parcel).to_contain_text(pack.parent.title)


def check_out(page: Page, *, method: str, scripted: bool) -> None:
    """Fill in the one page of the checkout, as a guest in Đà Lạt without mail, and order."""
    link(page, "Go to checkout").click()
    page.locator("[name=recipient_name]").fill("Nguyễn Thị Lan")
    page.locator("[name=phone]").fill("0912 345 678")
    page.locator("[name=province]").select_option("68")
    if scripted:
        commune = page.locator("[name=commune]")
        commune.press_sequentially("xuan huong")
        page.locator("[name=commune_choice]").first.check()
    else:
        page.locator("[name=commune]").fill("Phường Xuân Hương - Đà Lạt")
    page.locator("[name=street]").fill("12 Trần Phú")
    page.locator(f"[name=payment_method][value={method}]").check()
    page.locator("[name=consent]").check()
    if not scripted:
        button(page, "Recalculate the total").click()
        expect(page.locator("[name=street]")).to_have_value("12 Trần Phú")
        page.locator("[name=consent]").check()
    expect(page.locator("#total [name=shown]")).to_be_attached()
    button(page, "Place the order").click()


def pay_at_the_provider(page: Page, *, scripted: bool) -> None:
    """Press "pay" on the provider's page; the shop believes only its webhook."""
    expect(page).to_have_url(re.compile("/sandbox-pay/"))
    button(page, "Pay").click()
    expect(page.get_by_role("heading", name=say("We are waiting for your payment"))).to_be_visible()

    assert sandbox_deliveries_send_due() == 1
    assert webhook_events_process_due() == 1

    if not scripted:
        link(page, "Check again").click()
    thanks = page.get_by_role("heading", name=say("Thank you, your payment has arrived"))
    expect(thanks).to_be_visible(timeout=15_000)
    link(page, "See the order").click()


def sign_in(page: Page, shop: LiveServer, mail: str, password: str = PASSWORD) -> None:
    """Sign in at the door of the back office."""
    page.goto(shop.url + address("dashboard:index"))
    page.locator("[name=login]").fill(mail)
    page.locator("[name=password]").fill(password)
    page.locator("main").get_by_role("button", name=say("Sign in"), exact=True).click()


def ship(page: Page, shop: LiveServer, pack: Product, number: int) -> None:
    """Sign in as the owner and take every waiting consignment from accepted to shipped."""
    sign_in(page, shop, f"chu-{number}@example.vn")
    expect(page).to_have_url(shop.url + address("dashboard:today", producer_pk=pack.parent.producer_id))
    expect(page.locator("main")).to_contain_text(say("orders to accept"))

    orders = address("dashboard:consignments", producer_pk=pack.parent.producer_id)
    for consignment in Consignment.objects.filter(producer=pack.parent.producer):
        page.goto(f"{shop.url}{orders}?state=placed")
        page.get_by_role("link", name=consignment.number).click()
        expect(page.locator("main")).to_contain_text(pack.parent.title)
        expect(page.locator("main")).to_contain_text("12 Trần Phú")
        button(page, "Accept the order").click()
        button(page, "The parcel is packed").click()
        page.locator("[name=carrier]").fill("Viettel Post")
        page.locator("[name=tracking_number]").fill(f"VT-{consignment.pk}")
        button(page, "Handed to the carrier").click()
        expect(page.get_by_role("button", name=say("The buyer has it"))).to_be_visible()


@pytest.mark.parametrize("scripted", [True, False], ids=["with-script", "without-script"])
def test_a_guest_takes_what_is_left_where_it_is_too_little(
    chromium: Browser, live_server: LiveServer, packs: list[Product], scripted: bool
) -> None:
    context = new_context(chromium, "phone", java_script_enabled=scripted, locale="vi-VN")
    page = context.new_page()
    fill_basket(page, live_server, packs[:1])
    page.locator("[name=quantity]").fill("8")
    button(page, "Update").click()
    expect(page.locator("section.parcel")).to_contain_text("1.512.000")
    StockRecord.objects.filter(product=packs[0]).update(num_in_stock=3)
    page.goto(live_server.url + address("basket:summary"))

    button(page, say("Take %(count)s") % {"count": 3}).click()

    expect(page.locator("[name=quantity]")).to_have_value("3")
    expect(link(page, "Go to checkout")).to_be_visible()
    context.close()


@pytest.mark.parametrize("scripted", [True, False], ids=["with-script", "without-script"])
@pytest.mark.parametrize("screen", ["phone", "desktop"])
def test_a_guest_buys_of_three_producers_and_each_ships_its_part(
    chromium: Browser, live_server: LiveServer, packs: list[Product], screen: str, scripted: bool
) -> None:
    context = new_context(chromium, screen, java_script_enabled=scripted, locale="vi-VN")
    page = context.new_page()

    fill_basket(page, live_server, packs)
    check_out(page, method="sandbox", scripted=scripted)
    pay_at_the_provider(page, scripted=scripted)
    expect(page.locator("section.parcel")).to_have_count(3)
    paid_url = page.url

    fill_basket(page, live_server, packs)
    check_out(page, method="cash", scripted=scripted)
    expect(page.locator("section.parcel")).to_have_count(3)
    cash_url = page.url

    paid, cash = Order.objects.order_by("pk")
    assert (paid.payment_state, cash.payment_state) == (PaymentState.PAID, PaymentState.DUE_ON_DELIVERY)
    assert paid.user is None, "a guest"
    assert paid.consignments.count() == cash.consignments.count() == 3

    for number, pack in enumerate(packs):
        desk = new_context(chromium, screen, java_script_enabled=scripted, locale="vi-VN")
        ship(desk.new_page(), live_server, pack, number)
        desk.close()

    assert notices_send_due() > 0
    for order, url in ((paid, paid_url), (cash, cash_url)):
        order.refresh_from_db()
        assert order.fulfilment_state == FulfilmentState.SHIPPED
        page.goto(url)
        for consignment in order.consignments.select_related("producer"):
            parcel = page.get_by_role("region", name=consignment.producer.name)
            expect(parcel).to_contain_text(f"VT-{consignment.pk}")
            expect(parcel).to_contain_text(say("Handed to the carrier"))
    assert set(StockRecord.objects.values_list("num_in_stock", "num_allocated")) == {(8, 0)}
    context.close()


def test_a_guest_buys_without_touching_a_pointer(
    chromium: Browser, live_server: LiveServer, packs: list[Product]
) -> None:
    """From a good with two packs to an order that is paid; whatever has the focus shows it."""
    pack = packs[0]
    larger = PackFactory(parent=pack.parent, title="gói 1 kg")
    StockFactory(product=larger, partner=pack.parent.producer)
    NormalPriceFactory(pack=larger, amount=690_000)
    context = new_context(chromium, "desktop", locale="vi-VN")
    page = context.new_page()

    def reach(wanted: Locator) -> None:
        tab_to(page, wanted)
        assert page.evaluate(FOCUS_IS_SEEN), wanted

    def press(wanted: Locator, key: str = "Enter") -> None:
        reach(wanted)
        page.keyboard.press(key)

    def write(name: str, words: str) -> None:
        reach(page.locator(f"[name={name}]"))
        page.keyboard.type(words)

    page.goto(live_server.url + address("catalogue:index"))
    press(page.get_by_role("link", name=pack.parent.title, exact=True))
    press(page.locator(".packs a", has_text="gói 1 kg"))
    expect(page.locator(".packs [aria-current=true]")).to_contain_text("gói 1 kg")
    reach(page.locator("#quantity"))
    page.keyboard.press("ArrowUp")
    press(button(page, "Add to basket"))
    expect(page).to_have_url(live_server.url + address("basket:summary"))
    expect(page.locator(".quantity input")).to_have_value("2")

    press(link(page, "Go to checkout"))
    write("recipient_name", "Nguyễn Thị Lan")
    write("phone", "0912 345 678")
    reach(page.locator("[name=province]"))
    page.keyboard.press("L")
    while page.locator("[name=province] option:checked").inner_text() < "Lâm Đồng":
        page.keyboard.press("ArrowDown")
    expect(page.locator("[name=province]")).to_have_value("68")
    write("commune", "xuan huong")
    page.locator("[name=commune_choice]").first.wait_for()
    press(page.locator("[name=commune_choice]").first, "Space")
    write("street", "12 Trần Phú")
    ways = page.locator("[name=payment_method]")
    reach(page.locator("[name=payment_method]:checked, [name=payment_method]").first)
    for _way in range(ways.count()):
        if page.locator("[name=payment_method][value=sandbox]").is_checked():
            break
        page.keyboard.press("ArrowDown")
    press(page.locator("[name=consent]"), "Space")
    press(button(page, "Place the order"))

    expect(page).to_have_url(re.compile("/sandbox-pay/"))
    press(button(page, "Pay"))
    expect(page.get_by_role("heading", name=say("We are waiting for your payment"))).to_be_visible()
    line = Order.objects.get().lines.get()
    assert (line.product_id, line.quantity) == (larger.pk, 2)
    context.close()
