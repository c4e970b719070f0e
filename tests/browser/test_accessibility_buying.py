"""What holds on every page holds on the way from basket to delivered order, and on a person's own pages, signed in and as a guest."""

from collections.abc import Iterator

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone, translation
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from catalogue.models import Product
from catalogue.producers.models import StockRecord
from catalogue.producers.team.services import invitation_make, invitation_token
from checkout.aftersale.decisions import case_refund
from checkout.aftersale.links import case_path
from checkout.aftersale.models import Side
from checkout.aftersale.pictures import case_pictures_clean_due
from checkout.aftersale.reviews import review_write
from checkout.messages.links import talk_path
from checkout.messages.services import message_pictures_clean_due
from checkout.order.links import order_path, order_token
from checkout.order.models import Order
from checkout.payment.links import account_token, payment_page_path
from marketplace.accounts.models import User
from marketplace.address.models import UserAddress
from marketplace.notices.models import Notice
from tests.browser.conftest import new_context
from tests.browser.own_pages import OWN_PAGES
from tests.browser.page_checks import check_open_page, check_page
from tests.factories.aftersale import delivered_order, opened_case
from tests.factories.catalogue import sold_pack
from tests.factories.messages import said
from tests.factories.orders import address_values, basket_with, placed_order
from tests.factories.pictures import picture_upload
from tests.factories.places import CommuneFactory
from tests.factories.producers import ProducerFactory
from tests.factories.questions import answered

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("search_index"),
]

EMAIL, PASSWORD = "lan@example.vn", "mat-khau-rat-dai-cua-lan"


@pytest.fixture
def packs(live_server: LiveServer) -> Iterator[list[Product]]:
    """Packs of three producers; the first lets buyers fetch their goods."""
    cache.clear()
    CommuneFactory()
    made = [
        sold_pack(title="Cà phê Arabica Cầu Đất", producer={"pickup_offered": True, "street": "1 Trần Phú"}),
        sold_pack(title="Trà Atiso túi lọc"),
        sold_pack(title="Hồng treo gió", price=1_235_000),
    ]
    cache.clear()
    with translation.override("vi"):
        yield made
    cache.clear()


@pytest.fixture
def buyer() -> User:
    """Somebody with a checked mail address, a phone and an address book."""
    user = User.objects.create_user(
        EMAIL, PASSWORD, phone="+84987654321", phone_verified_at=timezone.now(), full_name="Nguyễn Thị Lan"
    )
    EmailAddress.objects.create(user=user, email=EMAIL, verified=True, primary=True)
    UserAddress.objects.create(user=user, is_default_for_shipping=True, **address_values())
    return user


def own_addresses(buyer: User, order: Order) -> dict[str, str]:
    """Return the address of every page of `OWN_PAGES` by name, in the active language."""
    address = {"pk": buyer.addresses.get().pk}
    given = {
        "customer:joining-step": reverse("customer:joining-step", kwargs={"step": "who"}),
        "customer:invitation": _invitation(),
        "customer:address": reverse("customer:address", kwargs=address),
        "customer:address-delete": reverse("customer:address-delete", kwargs=address),
        "orders:detail": order_path(order),
        "orders:cancel": reverse("orders:cancel", kwargs={"token": order_token(order)}),
        "payment:status": payment_page_path(order),
        "payment:account": reverse("payment:account", args=[account_token(order)]),
        **aftersale_addresses(),
    }
    return {name: given.get(name) or reverse(name) for name in OWN_PAGES}


def _invitation() -> str:
    producer, owner = ProducerFactory(), User.objects.create_user("chu-the@example.vn")
    invitation = invitation_make(producer=producer, role="packer", by=owner)
    return reverse("customer:invitation", kwargs={"token": invitation_token(invitation)})


def aftersale_addresses() -> dict[str, str]:
    """Return the pages about goods that came: a case that goods go back for, the form for another, a review and its report."""
    pack = sold_pack(title="Mật ong rừng", stock={"num_in_stock": 20})
    order, other, reviewed = (delivered_order(pack) for _number in range(3))
    case = opened_case(order, code="wrong-goods", quantity=2)
    case_refund(case_id=case.pk, side=Side.PRODUCER, packs={part.pk: 2 for part in case.lines.all()})
    case_pictures_clean_due()
    line, parcel = other.lines.get(), other.consignments.get()
    said(other, "Em nhận được rồi ạ", pictures=[picture_upload()])
    word = said(other, "Cảm ơn chị.", side=Side.PRODUCER)
    message_pictures_clean_due()
    review = review_write(line_id=reviewed.lines.get().pk, stars=4, text="Mật thơm")
    return {
        "aftersale:open": reverse("aftersale:open", args=[order_token(other), parcel.pk]),
        "aftersale:case": case_path(case),
        "aftersale:review": reverse("aftersale:review", args=[order_token(other), line.pk]),
        "reviews:report": reverse("reviews:report", args=[review.pk]),
        "order-messages:talk": talk_path(parcel),
        "order-messages:report": reverse("order-messages:report", args=[order_token(other), word.pk]),
        "questions:ask": reverse("questions:ask", kwargs={"slug": pack.parent.slug, "pk": pack.parent_id}),
        "questions:report": reverse("questions:report", args=[answered(pack.parent).pk]),
    }


def sign_in(page: Page, site: str) -> None:
    page.goto(site + reverse("account_login"))
    page.locator("input[name=login]").fill(EMAIL)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("main form button").first.click()
    page.wait_for_url(site + reverse("customer:home"))


@pytest.mark.parametrize(("screen", "language"), [("phone", "vi"), ("desktop", "en")])
def test_a_persons_own_pages(
    chromium: Browser, live_server: LiveServer, packs: list[Product], buyer: User, screen: str, language: str
) -> None:
    order = placed_order(*packs[:2])
    Order.objects.filter(pk=order.pk).update(user=buyer)
    basket_with(*packs, owner=buyer)
    StockRecord.objects.filter(product=packs[2]).update(num_in_stock=0)
    context = new_context(chromium, screen)
    page, found = context.new_page(), []
    with translation.override(language):
        sign_in(page, live_server.url)
        addresses = own_addresses(buyer, order)
    second_factor = addresses.pop("mfa_activate_totp")
    for name, address in addresses.items():
        if name == "checkout:checkout":  # nobody gets there with goods that are gone
            StockRecord.objects.filter(product=packs[2]).update(num_in_stock=10)
        found += check_page(page, live_server.url + address)

    # The second factor is asked for once more by password.
    page.goto(live_server.url + second_factor)
    found += check_open_page(page)
    page.locator("main input[name=password]").fill(PASSWORD)
    page.locator("main form button").first.click()
    page.locator("main img.qr").wait_for()
    found += check_open_page(page)
    context.close()

    assert found == [], "\n".join(found)


@pytest.mark.parametrize(("screen", "language"), [("phone", "vi"), ("desktop", "en")])
def test_the_way_back_in_without_the_password(
    chromium: Browser, live_server: LiveServer, buyer: User, screen: str, language: str
) -> None:
    cache.clear()
    context = new_context(chromium, screen)
    page, submit = context.new_page(), "main form.panel button"
    with translation.override(language):
        page.goto(live_server.url + reverse("account_login"))
        page.locator(f"main a[href='{reverse('account_request_login_code')}']").click()
        page.locator("input[name=login]").fill("khong phai so")
        page.locator(submit).click()
        found = check_open_page(page)
        page.locator("input[name=login]").fill("0987 654 321")
        page.locator(submit).click()
        page.locator("input[name=code]").fill("12")
        page.locator(submit).click()
        found += check_open_page(page)
        page.locator("input[name=code]").fill(Notice.objects.latest("pk").context["code"])
        page.locator(submit).click()
        page.wait_for_url(live_server.url + reverse("customer:home"))
        found += check_page(page, live_server.url + reverse("account_change_password"))
        for name in ("password1", "password2"):
            page.locator(f"input[name={name}]").fill("mat-khau-moi-cua-lan")
        page.locator(submit).click()
        page.wait_for_url(live_server.url + reverse("customer:home"))
    context.close()

    assert found == [], "\n".join(found)
    buyer.refresh_from_db()
    assert buyer.check_password("mat-khau-moi-cua-lan")


@pytest.mark.parametrize(("screen", "language"), [("phone", "vi"), ("desktop", "en")])
def test_a_guests_way_with_its_mistakes(
    chromium: Browser, live_server: LiveServer, packs: list[Product], screen: str, language: str
) -> None:
    context = new_context(chromium, screen)
    with translation.override(language):
        found = walk_as_a_guest(context.new_page(), live_server.url, packs)
    context.close()

    assert found == [], "\n".join(found)


def walk_as_a_guest(page: Page, site: str, packs: list[Product]) -> list[str]:
    """Go from a good to a refused payment and to an order that isn't found; return what is wrong on the way."""
    page.goto(
        site + reverse("catalogue:detail", kwargs={"slug": packs[0].parent.slug, "pk": packs[0].parent.pk})
    )
    page.locator(".buy-bar button").click()
    page.wait_for_url(site + reverse("basket:summary"))
    found = check_open_page(page)

    page.goto(site + reverse("checkout:checkout"))
    found += check_open_page(page)
    order_button = page.locator("button.button--large:not([name])")
    order_button.click()
    page.locator(".error-summary").wait_for()
    found += check_open_page(page)

    page.locator("[name=recipient_name]").fill("Nguyễn Thị Lan")
    page.locator("[name=phone]").fill("0912 345 678")
    page.locator("[name^=way_][value=pickup]").check()
    page.locator("[name=payment_method][value=sandbox]").check()
    page.locator("[name=consent]").check()
    order_button.click()
    page.wait_for_url("**/sandbox-pay/**")
    found += check_open_page(page)

    page.locator("button[value=fail]").click()
    page.locator("#payment-status").wait_for()
    found += check_open_page(page)

    page.goto(site + reverse("orders:lookup"))
    page.locator("main input[name=number]").fill("OC-AAAA-AAAA")
    page.locator("main input[name=phone]").fill("0912 345 678")
    page.locator("main form button").click()
    page.locator(".error-summary").wait_for()
    found += check_open_page(page)
    return found
