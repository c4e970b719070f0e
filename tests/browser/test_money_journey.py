"""The way of an order's money, each person at their own screen: a payment that fails, a transfer instead, the bank's statement, a return.

A household sells two goods in one parcel. What the worker does in life, the test does between two steps.
"""

import re
from collections.abc import Callable, Iterator

import pytest
from django.core.cache import cache
from django.utils import translation
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from catalogue.models import Product
from catalogue.producers.models import Partner
from checkout.aftersale.models import Case
from checkout.aftersale.pictures import case_pictures_clean_due
from checkout.order.models import Order, PaymentState
from checkout.payment.models import Refund
from checkout.payment.sandbox.services import sandbox_deliveries_send_due
from checkout.payment.services import webhook_events_process_due
from checkout.payment.transfers.memos import memo_of
from checkout.payment.transfers.services import transfers_match_due
from checkout.settlement.payouts.models import Payout
from checkout.shipping.models import DeliveryRate, DeliveryTariff, Zone
from marketplace.accounts.models import StaffRole, User
from marketplace.clock import today
from marketplace.notices.adapters import MemorySms
from marketplace.notices.services import notices_send_due
from search.rebuilding import rebuild_index
from tests.browser.conftest import new_context
from tests.browser.test_journeys import (
    PASSWORD,
    address,
    button,
    check_out,
    fill_basket,
    link,
    say,
    ship,
    sign_in,
)
from tests.factories.aftersale import reason
from tests.factories.catalogue import (
    CertificateFactory,
    GoodFactory,
    NormalPriceFactory,
    PackFactory,
    StockFactory,
)
from tests.factories.payouts import VIETCOMBANK, answer
from tests.factories.people import account_with_proved_mail
from tests.factories.pictures import picture_upload
from tests.factories.places import CommuneFactory
from tests.factories.producers import MembershipFactory, ProducerFactory
from tests.factories.settlement import balances
from tests.factories.transfers import account_in_use, csv_statement, statement_table

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("search_index"),
]

FINANCE = ("lap-dot", "duyet-dot")
Person = Callable[[str], Page]


def sold_by(producer: Partner, title: str, price: int) -> Product:
    good = GoodFactory(title=title, producer=producer)
    CertificateFactory(product=good)
    pack = PackFactory(parent=good)
    StockFactory(product=pack)
    NormalPriceFactory(pack=pack, amount=price)
    return pack


@pytest.fixture
def packs(live_server: LiveServer) -> Iterator[list[Product]]:
    """Two goods of one household, whose owner can sign in, as can two people of finance."""
    cache.clear()
    CommuneFactory()
    household = ProducerFactory(kind=Partner.Kind.HOUSEHOLD)
    table = DeliveryTariff.objects.create(producer=household, name="Bảng của hộ", valid_from=today())
    for zone in Zone.values:
        DeliveryRate.objects.create(
            tariff=table, zone=zone, first_charge=24_000, step_charge=0, days_min=1, days_max=3
        )
    kept = sold_by(household, "Cà phê Arabica Cầu Đất", 189_000)
    returned = sold_by(household, "Trà Atiso túi lọc", 33_333)
    owner = User.objects.create_user("chu-0@example.vn", PASSWORD, full_name="Chủ hộ")
    MembershipFactory(user=owner, producer=household)
    for name in FINANCE:
        user = account_with_proved_mail(f"{name}@example.vn", PASSWORD, full_name=name)
        StaffRole.objects.create(user=user, role=StaffRole.Role.FINANCE)
    account_in_use()
    rebuild_index()
    cache.clear()
    with translation.override("vi"):
        yield [kept, returned]
    cache.clear()


@pytest.fixture(params=[True, False], ids=["with-script", "without-script"])
def scripted(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def person(chromium: Browser, scripted: bool) -> Iterator[Person]:
    """Give each person a browser of its own: a buyer a phone, others a desktop."""
    contexts = []

    def open_browser(screen: str) -> Page:
        contexts.append(new_context(chromium, screen, java_script_enabled=scripted, locale="vi-VN"))
        return contexts[-1].new_page()

    yield open_browser
    for context in contexts:
        context.close()


def fail_at_the_provider(page: Page) -> None:
    expect(page).to_have_url(re.compile("/sandbox-pay/"))
    page.locator("[name=ending][value=fail]").click()
    assert sandbox_deliveries_send_due() == 1
    assert webhook_events_process_due() == 1
    page.reload()
    expect(page.get_by_role("heading", name=say("The payment did not go through"))).to_be_visible()


def choose_transfer(page: Page, *, scripted: bool) -> Order:
    button(page, "Bank transfer").click()
    order = Order.objects.get()
    expect(page.locator(".copyable")).to_contain_text(memo_of(order.number))
    expect(page.locator(".transfer__picture svg")).to_be_visible()
    expect(page.locator("[data-copy]").first).to_be_visible(visible=scripted)
    return order


def take_statement(page: Page, shop: LiveServer, order: Order) -> None:
    """Upload what the bank would give, look at it and confirm it."""
    row = (
        "30/11/2026 10:15:00",
        "FT26334000001",
        int(order.total_incl_tax),
        f"MBVCB.1.{memo_of(order.number)}.CT",
    )
    content = csv_statement(statement_table(row), encoding="utf-16")
    page.goto(shop.url + address("dashboard:statements"))
    page.locator("[name=file]").set_input_files(
        {"name": "sao-ke.csv", "mimeType": "text/csv", "buffer": content}
    )
    button(page, "Upload and look").click()
    expect(page.locator("main")).to_contain_text(order.number)
    expect(page.locator("main")).to_contain_text(say("Pays the order."))
    button(page, "Take this statement").click()
    expect(page.locator("main")).to_contain_text(say("What happened"))
    assert transfers_match_due() == 1


def see_it_paid(page: Page, *, scripted: bool) -> None:
    """The page that waits finds out by itself, or, without script, when it is asked."""
    if not scripted:
        link(page, "I have transferred: check again").click()
    thanks = page.get_by_role("heading", name=say("Thank you, your payment has arrived"))
    expect(thanks).to_be_visible(timeout=20_000)
    link(page, "See the order").click()


def return_one_line(page: Page, pack: Product) -> Case:
    """Ask for the money of one of the two goods, with a picture of what is wrong."""
    page.reload()
    link(page, "Return or complain").click()
    page.get_by_label(pack.parent.title).select_option("1")
    page.get_by_label(reason("damaged").words, exact=True).check()
    page.locator("textarea[name=description]").fill("Hộp bị móp, trà đổ ra ngoài.")
    upload = picture_upload()
    page.locator("[name=pictures]").set_input_files(
        {"name": "hop-mop.jpg", "mimeType": "image/jpeg", "buffer": upload.read()}
    )
    button(page, "Send to the producer").click()
    expect(page.locator("main")).to_contain_text("Hộp bị móp")
    assert case_pictures_clean_due() == 1
    return Case.objects.get()


def pay_back(page: Page, shop: LiveServer, case: Case) -> None:
    """Look at the picture and give the money of the line back, the goods may stay where they are."""
    page.goto(shop.url + address("dashboard:own-cases", producer_pk=case.consignment.producer_id))
    page.get_by_role("link", name=case.reason.words, exact=True).click()
    expect(page.locator("main")).to_contain_text(case.number)
    expect(page.locator(".case-pictures img")).to_have_js_property("complete", True)
    button(page, "Pay back").click()
    expect(page.locator("main")).to_contain_text(say("Saved. The buyer is told."))


def name_account(page: Page, shop: LiveServer) -> None:
    """Follow the link in the text message and say where the money goes."""
    MemorySms.outbox.clear()
    assert notices_send_due() > 0
    asks = address("payment:account", token="x").removesuffix("x/")
    [path] = [found.group() for sms in MemorySms.outbox if (found := re.search(rf"{asks}\S+", sms.text))]
    page.goto(shop.url + path)
    page.locator("[name=bank_bin]").select_option(VIETCOMBANK)
    page.locator("[name=number]").fill("0071 000 123 456")
    page.locator("[name=holder]").fill("Nguyễn Thị Lan")
    button(page, "Send the money there").click()
    expect(page.locator("main")).to_contain_text(say("Thank you. We send the money there."))


def pay_out(maker: Page, checker: Page, shop: LiveServer) -> None:
    """One person makes a batch of the refund, another approves it; its file goes to the bank, whose answer is read and done."""
    maker.goto(shop.url + address("dashboard:payout-batch-new"))
    button(maker, "Make the batch").click()
    payout = Payout.objects.get()
    checker.goto(shop.url + address("dashboard:payout-batch", pk=payout.batch_id))
    expect(checker.get_by_role("table")).to_contain_text("NGUYEN THI LAN")
    checker.locator("button", has_text="33.333").click()
    expect(checker.locator("main")).to_contain_text(say("Approved. The file can go to the bank."))
    maker.reload()
    with maker.expect_download() as taken:
        button(maker, "Take the file (CSV)").click()
    assert "0071000123456" in taken.value.path().read_text()
    maker.reload()
    content = answer((payout, "Thành công", ""))
    maker.locator("[name=file]").set_input_files(
        {"name": "ket-qua.csv", "mimeType": "text/csv", "buffer": content}
    )
    button(maker, "Read the file").click()
    button(maker, "Do what the file says").click()
    expect(maker.locator(".alert--good").first).to_be_visible()


def statement_rows(page: Page, shop: LiveServer, producer: Partner) -> list[list[str]]:
    """Return what the producer's statement says in each row, without the day: what, earned, commission, tax, other, balance."""
    page.goto(shop.url + address("dashboard:money-statement", producer_pk=producer.pk))
    rows = page.locator("main tbody tr")
    return [
        [" ".join(cell.split()) for cell in row.locator("td").all_inner_texts()[1:]] for row in rows.all()
    ]


def test_what_was_paid_by_transfer_after_a_failure_and_returned_in_part_stands_on_the_statement(
    person: Person, live_server: LiveServer, packs: list[Product], scripted: bool
) -> None:
    buyer, owner, maker, checker = (person(screen) for screen in ("phone", *["desktop"] * 3))
    for page, name in zip((maker, checker), FINANCE, strict=True):
        sign_in(page, live_server, f"{name}@example.vn")
        expect(page).to_have_url(live_server.url + address("dashboard:programme"))

    fill_basket(buyer, live_server, packs)
    check_out(buyer, method="sandbox", scripted=scripted)
    fail_at_the_provider(buyer)
    order = choose_transfer(buyer, scripted=scripted)
    take_statement(maker, live_server, order)
    see_it_paid(buyer, scripted=scripted)
    order.refresh_from_db()
    assert (order.payment_state, order.payment_method) == (PaymentState.PAID, "transfer")

    ship(owner, live_server, packs[0], 0)
    button(owner, "The buyer has it").click()
    expect(owner.locator("main")).to_contain_text(say("Delivered"))
    case = return_one_line(buyer, packs[1])
    pay_back(owner, live_server, case)
    name_account(buyer, live_server)
    pay_out(maker, checker, live_server)

    number = order.consignments.get().number
    assert statement_rows(owner, live_server, packs[0].parent.producer) == [
        # Coffee 189.000, tea 33.333, delivery 24.000. Kept: 5 % of the goods; tax of 1.5 %, of the delivery 4.5 %.
        [f"{say('Sale')} {number}", "246.333 ₫", "-11.117 ₫", "-4.415 ₫", "", "230.801 ₫"],
        # The tea, with its commission of 1.667 and its tax of 333 and 167; the delivery stays.
        [f"{say('Money back to the buyer')} {number}", "-33.333 ₫", "1.667 ₫", "500 ₫", "", "199.635 ₫"],
    ]
    assert Refund.objects.get().state == Refund.State.DONE
    assert balances() == {
        "bank": 213_000,
        "producer": -199_635,
        "commission": -9_450,
        "vat_withheld": -2_610,
        "pit_withheld": -1_305,
    }
