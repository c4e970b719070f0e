"""The basket, the checkout and an order's page, without a script: plain forms, plain answers."""

import logging
import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from catalogue.certification.models import Certificate
from catalogue.certification.verdicts import VerdictReason
from catalogue.models import Product
from catalogue.pricing.services import normal_price_set
from catalogue.producers.models import Partner, StockRecord
from checkout.basket.identity import COOKIE, basket_for
from checkout.basket.models import Basket
from checkout.order.links import order_path, order_token
from checkout.order.models import Order, PaymentState
from checkout.order.services import (
    consignment_accept,
    consignment_cancel,
    consignment_deliver,
    consignment_pack,
    consignment_return,
    consignment_ship,
)
from checkout.payment.links import payment_page_path
from checkout.payment.models import CashLimit
from checkout.placement import Buyer
from checkout.services import order_cancel, orders_expire_due
from checkout.shipping.models import DeliveryRate, DeliveryTariff, Zone
from marketplace.accounts.models import User
from marketplace.address.models import UserAddress
from tests.factories.catalogue import sold_pack
from tests.factories.orders import basket_with, placed_order
from tests.factories.places import CommuneFactory
from tests.integration.checkout.test_placing import sold_pack_of, spirits

pytestmark = pytest.mark.django_db

HERE = {"Origin": "http://testserver"}


def put(client: Client, pack: Product, quantity: int = 1, **headers: str) -> Any:
    return client.post(
        reverse("basket:add", args=[pack.pk]), {"quantity": quantity}, headers={**HERE, **headers}
    )


def text_of(response: Any) -> str:
    return str(response.content.decode())


# --- The basket ---------------------------------------------------------------------------------


def test_a_guest_puts_goods_into_a_basket_that_a_cookie_keeps(client: Client) -> None:
    pack = sold_pack()

    response = put(client, pack, 2)

    assert response.status_code == 302
    assert response["Location"] == reverse("basket:summary")
    assert client.cookies[COOKIE]["httponly"]
    page = text_of(client.get(reverse("basket:summary")))
    assert pack.parent.title in page
    assert "300.000\u00a0₫" in page
    assert client.get(reverse("basket:count")).content == b"2"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site", "Origin": "http://testserver"}, 403),
        ({"Sec-Fetch-Site": "none"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 302),
        ({"Origin": "http://testserver"}, 302),
    ],
)
def test_the_add_takes_forms_of_our_own_pages_only(headers: dict[str, str], status: int) -> None:
    strict = Client(enforce_csrf_checks=True)

    response = strict.post(reverse("basket:add", args=[sold_pack().pk]), {"quantity": 1}, headers=headers)

    assert response.status_code == status
    assert Basket.objects.count() == (1 if status == 302 else 0)


def test_every_other_form_of_the_basket_asks_for_a_token() -> None:
    strict = Client(enforce_csrf_checks=True)

    response = strict.post(reverse("basket:line", args=[1]), {"quantity": 1}, headers=HERE)

    assert response.status_code == 403


def test_the_baskets_own_forms_carry_the_token() -> None:
    strict = Client(enforce_csrf_checks=True)
    put(strict, sold_pack())
    line = Basket.objects.get().lines.get()
    address = reverse("basket:line", args=[line.pk])
    page = text_of(strict.get(reverse("basket:summary")))
    forms = [form for form in re.findall(r"<form.*?</form>", page, re.DOTALL) if address in form]

    assert len(forms) == 2
    for number, form in enumerate(forms, start=2):
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)
        strict.post(address, {"quantity": number, "csrfmiddlewaretoken": token[1] if token else ""})
        line.refresh_from_db()
        assert line.quantity == number


def test_htmx_gets_a_fragment_and_a_new_count(client: Client) -> None:
    response = put(client, sold_pack(), **{"HX-Request": "true"})

    assert response.status_code == 200
    assert response["HX-Trigger"] == "basket-changed"
    assert "<html" not in text_of(response)


def test_what_is_not_sold_is_refused_with_the_reason(client: Client) -> None:
    pack = sold_pack(stock={"num_in_stock": 0})

    response = client.post(f"/en/basket/add/{pack.pk}/", {"quantity": 1}, headers=HERE, follow=True)

    with translation.override("en"):
        reason = str(VerdictReason.NO_STOCK.text)
    assert reason in text_of(response)
    assert not Basket.objects.filter(lines__isnull=False).exists()


def test_adding_again_adds_up_to_what_is_in_stock(client: Client) -> None:
    pack = sold_pack()

    put(client, pack, 7)
    put(client, pack, 7)

    assert Basket.objects.get().lines.get().quantity == 10


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_adding_more_than_there_is_says_so(client: Client, headers: dict[str, str]) -> None:
    pack = sold_pack()
    put(client, pack, 7)

    answer = client.post(
        f"/en/basket/add/{pack.pk}/", {"quantity": 7}, headers={**HERE, **headers}, follow=True
    )

    words = f"{pack.parent.title}: no more than 10 can be ordered at once; so many are in your basket now."
    assert words in text_of(answer)


def test_goods_ordered_again_that_are_too_few_are_said(client: Client) -> None:
    order = placed_order(sold_pack(), quantity=6, payment_method="sandbox")
    token = order_path(order).rstrip("/").rsplit("/", 1)[1]

    with translation.override("en"):
        page = text_of(client.post(reverse("orders:again", args=[token]), follow=True))

    assert "no more than 4 can be ordered at once" in page


@pytest.mark.parametrize("typed", ["", "hai", "1,5"])
def test_a_quantity_that_is_no_number_changes_nothing_and_says_why(client: Client, typed: str) -> None:
    put(client, sold_pack(), 3)
    line = Basket.objects.get().lines.get()

    page = text_of(client.post(f"/en/basket/line/{line.pk}/", {"quantity": typed}, follow=True))

    line.refresh_from_db()
    assert line.quantity == 3
    assert "Please write the quantity as a number." in page


def test_a_parcel_of_which_nothing_is_sold_costs_no_delivery(client: Client) -> None:
    gone, sold = sold_pack(), sold_pack(price=100_000)
    put(client, gone)
    put(client, sold)
    StockRecord.objects.filter(product=gone).update(num_in_stock=0)
    client.cookies["province"] = "68"

    page = text_of(client.get("/en/basket/"))

    assert "121.000\u00a0₫" in page
    assert page.count("Delivery to Lâm Đồng") == 1


def test_a_parcel_that_is_carried_free_says_so_in_words(client: Client) -> None:
    put(client, sold_pack(price=600_000))

    assert "Giao hàng: miễn phí" in text_of(client.get("/vi/gio-hang/"))
    client.cookies["province"] = "68"
    for page in (
        text_of(client.get("/en/basket/")),
        text_of(client.get("/en/checkout/", {"province": "68"})),
    ):
        assert "Delivery to Lâm Đồng: free," in page or ">free<" in page
        assert "0\u00a0₫" not in page.replace("000\u00a0₫", "")


def test_a_line_is_changed_and_taken_out_by_plain_forms(client: Client) -> None:
    put(client, sold_pack(), 2)
    line = Basket.objects.get().lines.get()

    client.post(reverse("basket:line", args=[line.pk]), {"quantity": 5})
    assert Basket.objects.get().lines.get().quantity == 5
    client.post(reverse("basket:line", args=[line.pk]), {"remove": 1})
    assert not Basket.objects.get().lines.exists()


def test_nobody_changes_somebody_elses_line(client: Client) -> None:
    other = basket_with(sold_pack(), quantity=3)

    client.post(reverse("basket:line", args=[other.lines.get().pk]), {"remove": 1})

    assert other.lines.get().quantity == 3


def test_a_line_that_can_no_longer_be_sold_says_why_and_bars_the_way(client: Client) -> None:
    pack = sold_pack()
    put(client, pack)
    yesterday = timezone.localdate() - timedelta(days=1)
    Certificate.objects.update(state=Certificate.State.WITHDRAWN, in_force_until=yesterday)

    page = text_of(client.get("/en/basket/"))

    with translation.override("en"):
        assert str(VerdictReason.WITHDRAWN.text) in page
    assert reverse("checkout:checkout") not in page
    assert client.get(reverse("checkout:checkout")).status_code == 302


def test_more_than_is_left_offers_to_take_what_is_left(client: Client) -> None:
    pack = sold_pack()
    put(client, pack, 8)
    StockRecord.objects.update(num_in_stock=3)

    page = text_of(client.get("/en/basket/"))

    assert 'name="quantity" value="3"' in page


def test_a_price_that_changed_since_is_said_once(client: Client) -> None:
    pack = sold_pack(price=150_000)
    put(client, pack)
    normal_price_set(pack=pack, amount=170_000, source="producer")

    first, second = (text_of(client.get("/en/basket/")) for _ in range(2))

    assert "150.000\u00a0₫" in first
    assert "150.000\u00a0₫" not in second


def test_a_producers_minimum_is_said(client: Client) -> None:
    put(client, sold_pack(price=50_000, producer={"minimum_order": 200_000}))

    assert "200.000\u00a0₫" in text_of(client.get("/en/basket/"))


def test_the_basket_of_ten_lines_of_five_producers_costs_few_queries_whatever_the_catalogues_size(
    client: Client,
) -> None:
    packs = []
    for _ in range(5):
        first = sold_pack()
        packs += [first, sold_pack_of(first.parent.producer)]
    for pack in packs:
        put(client, pack)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse("basket:summary")).status_code == 200
        return len(captured)

    queries()  # reads the messages of ten adds, and the rules of the programme
    few = queries()
    for _ in range(20):
        sold_pack()
    many = queries()

    assert few == many
    assert many <= 15


def test_a_page_that_does_not_touch_the_basket_pays_nothing_for_it(rf: Any) -> None:
    from django.http import HttpResponse

    from checkout.basket.middleware import BasketMiddleware

    request = rf.get("/")  # no user, no session: touching either would fail

    with CaptureQueriesContext(connection) as captured:
        response = BasketMiddleware(lambda _request: HttpResponse("ok"))(request)

    assert len(captured) == 0
    assert "Vary" not in response
    assert not response.cookies


def test_signing_in_brings_the_guests_goods_along_and_loses_none(rf: Any, client: Client) -> None:
    shared, only_guest, only_account = sold_pack(), sold_pack(), sold_pack()
    user = User.objects.create_user(phone="+84987654321", password="mat-khau-dai-1")
    own = basket_with(shared, only_account, quantity=6, owner=user)
    put(client, shared, 7)
    put(client, only_guest, 2)
    request = rf.get("/")
    request.COOKIES[COOKIE] = client.cookies[COOKIE].value
    request.user = user

    basket = basket_for(request)

    assert basket == own
    quantities = dict(basket.lines.values_list("product", "quantity"))
    assert quantities == {shared.pk: 10, only_guest.pk: 2, only_account.pk: 6}
    assert Basket.objects.filter(status=Basket.MERGED).count() == 1


def test_a_cookie_that_we_did_not_sign_opens_no_basket(client: Client) -> None:
    other = basket_with(sold_pack(), quantity=3)
    client.cookies[COOKIE] = f"{other.pk}:forged"

    assert client.get(reverse("basket:count")).content == b""


def test_a_second_open_basket_of_an_account_loses_nothing(rf: Any) -> None:
    """The first was ordered and not paid in time, the second was begun meanwhile."""
    earlier, later = sold_pack(), sold_pack()
    user = User.objects.create_user(phone="+84987654321", password="mat-khau-dai-1")
    reopened = basket_with(earlier, owner=user)
    basket_with(later, quantity=2, owner=user)
    request = rf.get("/")
    request.user = user

    basket = basket_for(request)

    assert basket == reopened
    assert dict(basket.lines.values_list("product", "quantity")) == {earlier.pk: 1, later.pk: 2}
    assert list(Basket.open.filter(owner=user)) == [reopened]


# --- The checkout -------------------------------------------------------------------------------


def filled(page: str, **changed: Any) -> dict[str, Any]:
    """Return the form as a person would send it, with the hidden fields of the page."""
    hidden = {
        name: value.replace("&quot;", '"')
        for name, value in re.findall(r'type="hidden" name="(shown|basket)" value="([^"]*)"', page)
    }
    return {
        "recipient_name": "Nguyễn Thị Lan",
        "phone": "0912 345 678",
        "province": "68",
        "commune": "Phường Xuân Hương - Đà Lạt",
        "street": "12 Trần Phú",
        "payment_method": "cash",
        "consent": "on",
        **hidden,
        **changed,
    }


def checkout(client: Client, **changed: Any) -> tuple[dict[str, Any], str]:
    """Open the checkout and choose the province, as without a script: returns the form and the page."""
    address = reverse("checkout:checkout")
    first = filled(text_of(client.get(address)))
    page = text_of(client.post(address, {**first, **changed, "refresh": "1"}))
    return filled(page, **changed), page


def test_a_guest_without_mail_and_without_script_orders_for_cash(client: Client) -> None:
    pack = sold_pack(price=150_000)
    put(client, pack, 2)

    form, page = checkout(client)
    response = client.post(reverse("checkout:checkout"), form)

    order = Order.objects.get()
    assert response.status_code == 302
    assert response["Location"] == order_path(order)
    assert order.total_incl_tax == 324_000
    assert "324.000\u00a0₫" in page
    assert (order.phone, order.guest_email, order.buyer_name) == ("+84912345678", "", "Nguyễn Thị Lan")
    assert order.payment_state == PaymentState.DUE_ON_DELIVERY
    assert order.number in text_of(client.get(response["Location"]))
    assert client.get(reverse("basket:count")).content == b""


def test_a_second_tap_on_the_same_page_leads_to_the_same_order(client: Client) -> None:
    put(client, sold_pack())
    form, _page = checkout(client)

    first = client.post(reverse("checkout:checkout"), form)
    second = client.post(reverse("checkout:checkout"), form)

    assert first["Location"] == second["Location"]
    assert Order.objects.count() == 1


def test_nothing_is_ordered_at_a_total_that_was_not_shown(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    pack = sold_pack(price=150_000)
    put(client, pack)
    form, _page = checkout(client)
    normal_price_set(pack=pack, amount=170_000, source="producer")

    with caplog.at_level(logging.INFO):
        response = client.post(reverse("checkout:checkout"), form)

    page = text_of(response)
    assert response.status_code == 409
    assert "170.000\u00a0₫" in page
    assert "is not ordered: " in caplog.text
    assert "0912345678" not in caplog.text
    assert "12 Trần Phú" in page
    assert Order.objects.count() == 0
    assert client.post(reverse("checkout:checkout"), filled(page)).status_code == 302


def test_errors_keep_everything_that_was_typed(client: Client) -> None:
    put(client, sold_pack())
    form, _page = checkout(client, phone="12", consent="")

    response = client.post(reverse("checkout:checkout"), form)

    page = text_of(response)
    assert response.status_code == 422
    for typed in ("Nguyễn Thị Lan", 'value="12"', "12 Trần Phú", "Phường Xuân Hương - Đà Lạt"):
        assert typed in page
    assert Order.objects.count() == 0


def test_each_way_to_pay_says_what_it_means(client: Client) -> None:
    put(client, sold_pack())

    page = text_of(client.get("/en/checkout/"))

    assert "You pay the carrier when the goods arrive." in page
    assert "A practice provider: no real money moves." in page


def test_a_way_that_cannot_be_chosen_says_why_and_is_refused(client: Client) -> None:
    CashLimit.objects.update(most_amount=100_000)
    put(client, sold_pack(price=150_000))

    form, page = checkout(client)
    answer = client.post(reverse("checkout:checkout"), form)

    assert 'value="cash"' not in page
    assert "100.000\u00a0₫" in page
    assert answer.status_code == 422
    assert not Order.objects.exists()


def test_consents_are_not_ticked_beforehand(client: Client) -> None:
    put(client, sold_pack())

    page = text_of(client.get(reverse("checkout:checkout")))

    consent = re.search(r'<input[^>]*name="consent"[^>]*>', page)
    assert consent
    assert "checked" not in consent[0]


def test_htmx_gets_the_total_alone(client: Client) -> None:
    put(client, sold_pack())
    address = reverse("checkout:checkout")
    form = filled(text_of(client.get(address)))

    response = client.post(address, form, headers={"HX-Request": "true"})

    page = text_of(response)
    assert "<html" not in page
    assert "171.000\u00a0₫" in page
    assert Order.objects.count() == 0


@pytest.mark.parametrize("fate", ["sold out", "ordered"])
def test_a_script_is_led_away_from_a_checkout_that_is_over(client: Client, fate: str) -> None:
    put(client, sold_pack())
    address = reverse("checkout:checkout")
    form, _page = checkout(client)
    if fate == "sold out":
        StockRecord.objects.update(num_in_stock=0)
    else:
        client.post(address, form)

    response = client.post(address, {**form, "province": "01"}, headers={"HX-Request": "true"})

    assert response.status_code == 200
    assert response.content == b""
    goes_to = reverse("basket:summary") if fate == "sold out" else order_path(Order.objects.get())
    assert response["HX-Redirect"] == goes_to


def without_a_way_north(producer: Partner) -> None:
    """Give a producer a delivery table of its own that doesn't reach beyond its province."""
    own = DeliveryTariff.objects.create(producer=producer, name="own", valid_from=timezone.localdate())
    DeliveryRate.objects.create(
        tariff=own, zone=Zone.SAME_PROVINCE, first_charge=5_000, step_charge=0, days_min=1, days_max=1
    )


def test_a_producer_without_a_delivery_table_is_named_and_keeps_nobody_elses_charge_back(
    client: Client,
) -> None:
    near, far = sold_pack(price=100_000), sold_pack(price=200_000)
    without_a_way_north(near.parent.producer)
    put(client, near)
    put(client, far)
    hanoi = {"province": "01", "commune": "Phường Hoàn Kiếm"}
    words = f"{near.parent.producer.name}: we cannot say at the moment what delivery costs."
    client.cookies["province"] = "01"

    basket = text_of(client.get("/en/basket/"))
    first = filled(text_of(client.get("/en/checkout/")), **hanoi)
    page = text_of(client.post("/en/checkout/", {**first, "refresh": "1"}))
    refused = client.post("/en/checkout/", filled(page, **hanoi, shown="{}"))

    assert basket.count("We cannot say at the moment what delivery costs.") == 1
    assert "Delivery to Hà Nội: 36.000\u00a0₫" in basket
    assert words in page
    assert "36.000\u00a0₫" in page
    assert 'name="shown"' not in page
    assert words in text_of(refused)
    assert Order.objects.count() == 0


def test_what_cash_on_delivery_costs_stands_on_a_line_of_its_own(client: Client) -> None:
    DeliveryTariff.objects.update(cod_charge=7_000)
    put(client, sold_pack(price=150_000))

    def rows(method: str) -> list[tuple[str, str]]:
        first = filled(text_of(client.get("/en/checkout/")))
        page = text_of(client.post("/en/checkout/", {**first, "payment_method": method, "refresh": "1"}))
        return re.findall(r"<dt>([^<]*?) ?(?:<span.*?</span>)?</dt><dd>([^<]*)</dd>", page)[1:]

    assert rows("cash") == [
        ("Delivery", "21.000\u00a0₫"),
        ("Charge for cash on delivery", "7.000\u00a0₫"),
        ("Total", "178.000\u00a0₫"),
    ]
    assert rows("sandbox") == [("Delivery", "21.000\u00a0₫"), ("Total", "171.000\u00a0₫")]


def test_alcohol_is_ordered_only_with_the_box_that_confirms_the_age(client: Client) -> None:
    pack = spirits()
    client.post(reverse("age-declare"), {"answer": "yes"})
    put(client, pack)

    form, page = checkout(client, payment_method="sandbox")
    box = re.search(r'<input[^>]*name="age_confirmed"[^>]*>', page)
    without = client.post(reverse("checkout:checkout"), form)
    with_it = client.post(reverse("checkout:checkout"), {**form, "age_confirmed": "on"})

    assert box
    assert "checked" not in box[0]
    assert 'value="cash"' not in page
    assert without.status_code == 422
    assert with_it["Location"] == Order.objects.get().payments.get().redirect_url


def test_goods_without_alcohol_ask_for_no_age(client: Client) -> None:
    put(client, sold_pack())

    assert 'name="age_confirmed"' not in text_of(client.get(reverse("checkout:checkout")))


def test_whoever_fetches_everything_gives_no_address(client: Client) -> None:
    pack = sold_pack(producer={"pickup_offered": True})
    put(client, pack)
    way = {f"way_{pack.parent.producer_id}": "pickup"}
    nowhere = {"province": "", "commune": "", "street": ""}

    form, _page = checkout(client, **way, **nowhere)
    response = client.post(reverse("checkout:checkout"), form)

    assert response.status_code == 302
    assert Order.objects.get().consignments.get().method == "pickup"


def test_an_online_payment_leads_to_the_provider(client: Client) -> None:
    put(client, sold_pack())

    form, _page = checkout(client, payment_method="sandbox")
    response = client.post(reverse("checkout:checkout"), form)

    order = Order.objects.get()
    assert order.payment_state == PaymentState.AWAITING
    assert response["Location"] == order.payments.get().redirect_url


def test_a_person_with_an_account_finds_the_address_and_the_goods_of_before_and_owns_the_order(
    client: Client,
) -> None:
    user = User.objects.create_user("minh@example.vn", "mat-khau-dai-1", full_name="Trần Văn Minh")
    UserAddress.objects.create(
        user=user,
        recipient_name="Trần Thị Hoa",
        phone="+84987654321",
        commune=CommuneFactory(),
        street="7 Hai Bà Trưng",
    )
    before, now = sold_pack(price=100_000), sold_pack(price=200_000)
    basket_with(before, owner=user)
    put(client, now)

    signed_in = client.post(
        reverse("account_login"), {"login": "minh@example.vn", "password": "mat-khau-dai-1"}, follow=True
    )
    assert signed_in.wsgi_request.user == user
    address = reverse("checkout:checkout")
    page = text_of(client.get(address))
    typed = {
        name: match[1]
        for name in ("recipient_name", "phone", "commune", "street")
        if (match := re.search(rf'name="{name}" value="([^"]*)"', page))
    }
    province = re.search(r'<option value="(\d+)" selected>', page)
    form = filled(page, **typed, province=province[1] if province else "")
    response = client.post(address, form)

    assert typed["recipient_name"] == "Trần Thị Hoa"
    assert typed["street"] == "7 Hai Bà Trưng"
    order = Order.objects.get()
    assert response["Location"] == order_path(order)
    assert order.user == user
    assert set(order.lines.values_list("product", flat=True)) == {before.pk, now.pk}
    assert {one.shipping_address.street for one in order.consignments.all()} == {"7 Hai Bà Trưng"}
    assert order.number in text_of(client.get(reverse("customer:orders")))


# --- The order's page ---------------------------------------------------------------------------


def test_a_guest_who_did_not_pay_in_time_finds_the_goods_in_the_basket_again(client: Client) -> None:
    put(client, sold_pack(), 2)
    form, _page = checkout(client, payment_method="sandbox")
    client.post(reverse("checkout:checkout"), form)
    assert client.get(reverse("basket:count")).content == b""

    Order.objects.update(payment_deadline=timezone.now() - timedelta(seconds=1))
    orders_expire_due()

    assert client.get(reverse("basket:count")).content == b"2"


def test_only_a_signed_address_opens_an_order(client: Client) -> None:
    order = placed_order(sold_pack())

    assert client.get(order_path(order)).status_code == 200
    assert client.get(reverse("orders:detail", args=[order.number])).status_code == 404
    assert client.get(reverse("orders:detail", args=[f"{order.number}.forged"])).status_code == 404


def test_an_order_that_is_partly_fetched_says_where_the_rest_goes(client: Client) -> None:
    fetched, sent = sold_pack(producer={"pickup_offered": True}), sold_pack()
    order = placed_order(fetched, sent, pickups=frozenset({fetched.parent.producer_id}))

    page = text_of(client.get(order_path(order)))

    assert "12 Trần Phú" in page


def test_whoever_has_paid_nothing_is_promised_no_money_back(client: Client) -> None:
    order = placed_order(sold_pack())

    with translation.override("en"):
        page = text_of(client.get(reverse("orders:cancel", args=[order_token(order)])))

    assert "You have paid nothing yet" in page
    assert "goes back the way it came" not in page


def test_an_order_asks_only_for_the_cash_that_is_still_due(client: Client) -> None:
    order = placed_order(sold_pack(price=100_000), sold_pack(price=200_000), sold_pack(price=300_000))
    sent, cancelled, waiting = order.consignments.all()
    ready = "in cash: you pay each parcel when it arrives"

    def asked() -> list[str]:
        with translation.override("en"):
            page = text_of(client.get(order_path(order)))
            payment = text_of(client.get(payment_page_path(order)))
        on_page = re.search(rf"Please have ([\d.]+\s₫) ready {ready}", page)
        on_payment = re.search(r"Please have ([\d.]+\s₫) ready in cash when your goods arrive", payment)
        return [found[1] for found in (on_page, on_payment) if found]

    assert asked() == ["663.000\u00a0₫"] * 2
    consignment_cancel(consignment_id=cancelled.pk)
    for step in (consignment_accept, consignment_pack, consignment_ship, consignment_deliver):
        step(consignment_id=sent.pk)
    assert asked() == ["321.000\u00a0₫"] * 2
    consignment_cancel(consignment_id=waiting.pk)
    assert asked() == []


def test_nothing_is_left_to_pay_for_a_parcel_that_came_back(client: Client) -> None:
    order = placed_order(sold_pack())
    consignment = order.consignments.get()
    for step in (consignment_accept, consignment_pack, consignment_ship, consignment_return):
        step(consignment_id=consignment.pk)

    with translation.override("en"):
        page = text_of(client.get(payment_page_path(order)))

    assert "Nothing is left to pay" in page


def test_an_orders_page_costs_as_much_for_five_producers_as_for_one(client: Client) -> None:
    one, five = placed_order(sold_pack()), placed_order(*(sold_pack() for _ in range(5)))

    def queries(order: Order) -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(order_path(order))
        return len(captured)

    assert queries(one) == queries(five) <= 7


def test_an_order_is_found_by_number_and_phone_and_by_neither_alone(client: Client) -> None:
    order = placed_order(sold_pack())
    address = reverse("orders:lookup")
    typed = order.number.lower().replace("-", " ")

    found = client.post(address, {"number": typed, "phone": "0912345678"})
    wrong = client.post(address, {"number": typed, "phone": "0912345679"})

    assert found["Location"] == order_path(order)
    assert wrong.status_code == 422


def test_numbers_cannot_be_tried_out(client: Client, settings: Any) -> None:
    order = placed_order(sold_pack())
    address = reverse("orders:lookup")

    answers = [
        client.post(address, {"number": order.number, "phone": f"09123456{last:02}"}).status_code
        for last in range(11)
    ]

    assert answers == [422] * 10 + [429]


def test_one_phone_places_ten_orders_an_hour_and_then_is_asked_to_wait(client: Client) -> None:
    pack = sold_pack(stock={"num_in_stock": 50})
    states = []
    for _number in range(11):
        put(client, pack)
        values, _page = checkout(client)
        states.append(client.post(reverse("checkout:checkout"), values).status_code)

    assert states == [302] * 10 + [429]
    assert Order.objects.count() == 10
    assert "Quá nhiều đơn hàng" in text_of(client.post(reverse("checkout:checkout"), values))


def test_a_buyer_cancels_by_the_signed_address(client: Client) -> None:
    order = placed_order(sold_pack())
    token = order_path(order).rstrip("/").rsplit("/", 1)[1]

    asked = client.get(reverse("orders:cancel", args=[token]))
    client.post(reverse("orders:cancel", args=[token]), {"reason": "Đổi ý"})

    order.refresh_from_db()
    assert asked.status_code == 200
    assert order.cancelled_at is not None


@pytest.mark.parametrize("payment_method", ["sandbox", "cash"])
def test_an_order_that_was_cancelled_unpaid_waits_for_no_money(client: Client, payment_method: str) -> None:
    user = User.objects.create_user("lan@example.vn")
    buyer = Buyer(name="Lan", phone="+84912345678", user=user)
    order = placed_order(sold_pack(), payment_method=payment_method, buyer=buyer)
    client.force_login(user)
    address = reverse("customer:orders")
    waits = str(PaymentState(order.payment_state).label)

    before = text_of(client.get(address))
    order_cancel(order_id=order.pk)
    after = text_of(client.get(address))

    assert (waits in before, waits in after) == (True, False)
    assert "Không phải trả" in after


def test_the_way_to_the_checkout_and_the_order_itself_are_two_words() -> None:
    assert translation.gettext("Go to checkout") != translation.gettext("Place the order")


def test_the_goods_of_an_ended_order_go_back_into_a_basket(client: Client) -> None:
    order = placed_order(sold_pack(), quantity=3, payment_method="sandbox")
    token = order_path(order).rstrip("/").rsplit("/", 1)[1]

    client.post(reverse("orders:again", args=[token]))

    assert client.get(reverse("basket:count")).content == b"3"
