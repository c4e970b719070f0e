"""Codes in the basket: entered, explained, taken out; and wrong ones counted."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalogue.models import Product
from checkout.basket.models import Basket
from checkout.order.models import Order
from marketplace.accounts.models import User
from tests.factories.catalogue import sold_pack
from tests.factories.offers import enter, make_code, make_offer
from tests.factories.orders import basket_with
from tests.factories.places import CommuneFactory

pytestmark = pytest.mark.django_db

#: Wrong codes an hour, as `ACCOUNT_RATE_LIMITS` has them.
OF_ONE_ADDRESS, OF_ONE_BASKET = 30, 10
HERE = {"Origin": "http://testserver"}


def put(client: Client, *packs: Product, quantity: int = 1) -> Basket:
    for pack in packs:
        client.post(f"/en/basket/add/{pack.pk}/", {"quantity": quantity}, headers=HERE)
    return Basket.objects.latest("pk")


def use(client: Client, code: str) -> Any:
    return client.post("/en/basket/code/", {"code": code}, follow=True)


def text_of(response: Any) -> str:
    return str(response.content.decode()).replace("\u00a0", " ")


def test_a_code_is_entered_as_people_type_it_and_the_basket_shows_what_it_takes_off(client: Client) -> None:
    make_code("TET2027", percent=10)
    basket = put(client, sold_pack(price=200_000))

    page = text_of(use(client, " tet 2027 "))

    assert [voucher.code for voucher in basket.vouchers.all()] == ["TET2027"]
    assert "Mã mùa thu (TET2027)" in page
    assert "−20.000 ₫" in page
    assert "180.000 ₫" in page


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"starts_at": timezone.now() + timedelta(days=2)}, "It begins at"),
        ({"most_uses": 5, "used": 5}, "It is used up."),
        ({"stopped": True}, "It was stopped."),
        ({"over": True}, "It ended at"),
    ],
)
def test_a_code_that_does_not_hold_is_refused_with_the_reason(
    client: Client, given: dict[str, Any], words: str
) -> None:
    used, over, stopped = given.pop("used", 0), given.pop("over", False), given.pop("stopped", False)
    offer = make_code("TET2027", **given).offer
    offer.num_orders = used
    if over:
        offer.start_datetime = timezone.now() - timedelta(days=9)
        offer.end_datetime = timezone.now() - timedelta(days=1)
    if stopped:
        offer.status, offer.stopped_at = "Suspended", timezone.now()
    offer.save()
    basket = put(client, sold_pack())

    response = use(client, "TET2027")

    assert response.status_code == 422
    assert f"TET2027: {words}" in text_of(response)
    assert 'value="TET2027"' in text_of(response)
    assert not basket.vouchers.exists()


def test_a_code_whose_minimum_is_missing_waits_in_the_basket(client: Client) -> None:
    make_code("TET2027", percent=10, from_amount=200_000)
    pack = sold_pack(price=150_000)
    put(client, pack)

    assert "50.000 ₫ are missing" in text_of(use(client, "TET2027"))
    put(client, pack)

    assert "−30.000 ₫" in text_of(client.get("/en/basket/"))


def test_a_code_is_taken_out_again(client: Client) -> None:
    voucher = make_code("TET2027", percent=10)
    basket = put(client, sold_pack())
    use(client, "TET2027")

    client.post(f"/en/basket/code/{voucher.pk}/")

    assert not basket.vouchers.exists()
    assert "TET2027" not in text_of(client.get("/en/basket/"))


def test_nobody_takes_a_code_out_of_somebody_elses_basket(client: Client) -> None:
    voucher = make_code("TET2027", percent=10)
    other = basket_with(sold_pack())
    enter(other, "TET2027")
    put(client, sold_pack())

    client.post(f"/en/basket/code/{voucher.pk}/")

    assert other.vouchers.count() == 1


def test_another_code_for_goods_takes_the_place_of_the_first_and_one_for_delivery_stays(
    client: Client,
) -> None:
    for code, given in {
        "MOTA": {"percent": 10},
        "HAIB": {"percent": 20},
        "GIAO": {"off_delivery": 100},
    }.items():
        make_code(code, name=f"Ưu đãi {code}", **given)
    basket = put(client, sold_pack())
    use(client, "GIAO")
    use(client, "MOTA")

    page = text_of(use(client, "HAIB"))

    assert sorted(basket.vouchers.values_list("code", flat=True)) == ["GIAO", "HAIB"]
    assert "The code HAIB takes the place of MOTA" in page


def test_whoever_tries_codes_out_has_to_wait(client: Client) -> None:
    make_code("TET2027", percent=10)
    basket = put(client, sold_pack())
    answers = [use(client, f"THU{number}").status_code for number in range(OF_ONE_BASKET)]

    late = use(client, "TET2027")

    assert set(answers) == {422}
    assert late.status_code == 429
    assert "Too many wrong codes" in text_of(late)
    assert not basket.vouchers.exists()


def test_another_basket_is_no_way_round_the_limit() -> None:
    clients = [Client() for _ in range(OF_ONE_ADDRESS // OF_ONE_BASKET + 1)]
    pack = sold_pack(stock={"num_in_stock": 99})
    statuses = []
    for client in clients:
        put(client, pack)
        statuses += [use(client, f"THU{number}").status_code for number in range(OF_ONE_BASKET)]

    assert statuses[OF_ONE_ADDRESS - 1 : OF_ONE_ADDRESS + 1] == [422, 429]


def test_codes_that_exist_cost_no_try(client: Client) -> None:
    make_code("TET2027", percent=10)
    put(client, sold_pack())

    assert {use(client, "TET2027").status_code for _ in range(OF_ONE_BASKET + 2)} == {200}


def test_an_empty_basket_takes_no_code(client: Client) -> None:
    make_code("TET2027", percent=10)

    assert use(client, "TET2027").status_code == 200
    assert not Basket.objects.exists()


@pytest.mark.parametrize("typed", ["", "   ", "\x00", "x" * 500, "<script>", "%s", "MÃ-LẠ"])
def test_odd_codes_are_refused_in_words(client: Client, typed: str) -> None:
    put(client, sold_pack())

    response = use(client, typed)

    assert response.status_code == 422
    assert "<script>" not in text_of(response).replace('<script src="', "").split("<main")[-1]


def test_a_guest_who_signs_in_keeps_the_code() -> None:
    make_code("TET2027", percent=10)
    user = User.objects.create_user("mai@example.vn")
    own = basket_with(sold_pack(), owner=user)
    client = Client()
    put(client, sold_pack())
    use(client, "TET2027")

    client.force_login(user)
    page = text_of(client.get("/en/basket/"))

    assert [voucher.code for voucher in own.vouchers.all()] == ["TET2027"]
    assert "(TET2027)" in page


def test_the_pages_ask_no_more_for_twenty_lines_and_offers_than_for_two(client: Client) -> None:
    def queries(lines: int) -> tuple[int, int]:
        visitor = Client()
        packs = [sold_pack() for _ in range(lines)]
        for pack in packs:
            make_offer(name=f"Ưu đãi {pack.pk}", percent=5, goods=[pack.parent])
        make_code(f"NHIEU{lines}", percent=10, most_uses_a_buyer=3)
        put(visitor, *packs)
        use(visitor, f"NHIEU{lines}")
        counts = []
        for address in ("/en/basket/", "/en/checkout/"):
            visitor.get(address)
            with CaptureQueriesContext(connection) as captured:
                assert visitor.get(address).status_code == 200
            counts.append(len(captured))
        return counts[0], counts[1]

    two = queries(2)
    twenty = queries(20)

    # A parcel more is a producer more: what the checkout asks for each of them is not ours.
    assert twenty == two


# --- The checkout -----------------------------------------------------------------------------------


def form(client: Client, **changed: Any) -> dict[str, Any]:
    page = client.get("/en/checkout/")
    CommuneFactory()
    return {
        "recipient_name": "Trần Thị Mai",
        "phone": "0987 654 321",
        "province": "68",
        "commune": "Phường Xuân Hương - Đà Lạt",
        "street": "12 Trần Phú",
        "payment_method": "cash",
        "consent": "on",
        "basket": page.context["basket_token"],
        **changed,
    }


def test_the_checkout_shows_the_discount_and_places_what_it_showed(client: Client) -> None:
    make_code("TET2027", percent=10)
    put(client, sold_pack(price=200_000))
    use(client, "TET2027")
    typed = form(client)

    looked = client.post("/en/checkout/", {**typed, "refresh": "1"})
    assert "−20.000 ₫" in text_of(looked)
    response = client.post("/en/checkout/", {**typed, "shown": looked.context["bill"].shown()}, follow=True)

    order = Order.objects.get()
    assert order.total_incl_tax == 201_000
    page = text_of(response)
    assert "Mã mùa thu (TET2027)" in page
    assert "before discounts 200.000 ₫" in page


def test_a_guest_known_by_phone_is_told_on_the_page_and_can_order_without_the_code(client: Client) -> None:
    make_code("TET2027", percent=10, most_uses_a_buyer=1)
    pack = sold_pack(price=200_000)
    for visitor in (client, Client()):
        put(visitor, pack)
        use(visitor, "TET2027")
        typed = form(visitor)
        # What was shown before the phone was known.
        looked = visitor.post("/en/checkout/", {**typed, "phone": "", "refresh": "1"})
        last = visitor.post("/en/checkout/", {**typed, "shown": looked.context["bill"].shown()})

    assert Order.objects.count() == 1
    assert last.status_code == 409
    assert "You have used it already" in text_of(last)
    again = visitor.post("/en/checkout/", {**typed, "shown": last.context["bill"].shown()})
    assert again.status_code == 302
    assert Order.objects.latest("pk").total_incl_tax == 221_000
