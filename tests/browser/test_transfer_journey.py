"""A payment that fails, a transfer instead, and the bank's statement that says it has come: buyer and finance, each at their own screen."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from catalogue.models import Product
from checkout.order.models import Order, PaymentState
from checkout.payment.sandbox.services import sandbox_deliveries_send_due
from checkout.payment.services import webhook_events_process_due
from checkout.payment.transfers.memos import memo_of
from checkout.payment.transfers.services import transfers_match_due
from marketplace.accounts.models import StaffRole
from tests.browser.conftest import new_context
from tests.browser.test_journeys import address, button, check_out, fill_basket, link, packs, say
from tests.factories.people import account_with_proved_mail
from tests.factories.transfers import account_in_use, csv_statement, statement_table

__all__ = ["packs"]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("search_index"),
]

PASSWORD = "mat-khau-rat-dai-cua-tai-chinh"


@pytest.fixture(autouse=True)
def _finance(live_server: LiveServer) -> None:
    account_in_use()
    user = account_with_proved_mail("tai-chinh@example.vn", PASSWORD, full_name="Trần Thị Thu")
    StaffRole.objects.create(user=user, role=StaffRole.Role.FINANCE)


@pytest.fixture(params=[True, False], ids=["with-script", "without-script"])
def scripted(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def buyer(chromium: Browser, scripted: bool) -> Iterator[Page]:
    context = new_context(chromium, "phone", java_script_enabled=scripted, locale="vi-VN")
    yield context.new_page()
    context.close()


@pytest.fixture
def desk(chromium: Browser, live_server: LiveServer, scripted: bool) -> Iterator[Page]:
    """The desk of somebody who looks after money, signed in."""
    context = new_context(chromium, "desktop", java_script_enabled=scripted, locale="vi-VN")
    page = context.new_page()
    page.goto(live_server.url + address("dashboard:index"))
    page.locator("[name=login]").fill("tai-chinh@example.vn")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main").get_by_role("button", name=say("Sign in"), exact=True).click()
    expect(page).to_have_url(live_server.url + address("dashboard:programme"))
    yield page
    context.close()


def fail_at_the_provider(page: Page) -> None:
    expect(page).to_have_url(re.compile("/sandbox-pay/"))
    page.locator("[name=ending][value=fail]").click()
    assert sandbox_deliveries_send_due() == 1
    assert webhook_events_process_due() == 1
    page.reload()
    expect(page.get_by_role("heading", name=say("The payment did not go through"))).to_be_visible()


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


def test_a_payment_that_failed_is_made_by_transfer_and_heard_of_from_a_statement(
    buyer: Page, desk: Page, live_server: LiveServer, packs: list[Product], scripted: bool
) -> None:
    fill_basket(buyer, live_server, packs[:1])
    check_out(buyer, method="sandbox", scripted=scripted)
    fail_at_the_provider(buyer)

    button(buyer, "Bank transfer").click()
    order = Order.objects.get()
    expect(buyer.locator(".copyable")).to_contain_text(memo_of(order.number))
    expect(buyer.locator(".transfer__picture svg")).to_be_visible()
    expect(buyer.locator("[data-copy]").first).to_be_visible(visible=scripted)

    take_statement(desk, live_server, order)
    assert transfers_match_due() == 1

    if not scripted:
        link(buyer, "I have transferred: check again").click()
    thanks = buyer.get_by_role("heading", name=say("Thank you, your payment has arrived"))
    expect(thanks).to_be_visible(timeout=20_000)
    order.refresh_from_db()
    assert (order.payment_state, order.payment_method) == (PaymentState.PAID, "transfer")
