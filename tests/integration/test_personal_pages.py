"""A person's own pages: nobody else's, all that is kept in one file, and gone when the account goes."""

import json
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from checkout.basket.models import Basket
from checkout.order.models import Consignment, FulfilmentState, Order, ShippingAddress
from marketplace.accounts.models import User
from marketplace.address.models import UserAddress
from marketplace.customer.services import account_delete
from marketplace.customer.urls import urlpatterns
from marketplace.notices.models import Notice
from tests.factories.catalogue import sold_pack
from tests.factories.orders import BUYER, address_values, basket_with, placed_order
from tests.factories.producers import MembershipFactory

PASSWORD = "mat-khau-rat-dai"
PHONE, MAIL = BUYER.phone, BUYER.email
pytestmark = pytest.mark.django_db


@pytest.fixture
def lan() -> User:
    return User.objects.create_user(MAIL, PASSWORD, phone=PHONE, full_name="Nguyễn Thị Lan")


@pytest.fixture
def minh() -> User:
    return User.objects.create_user("minh@example.vn", PASSWORD, full_name="Trần Văn Minh")


@pytest.fixture
def address(lan: User) -> UserAddress:
    return UserAddress.objects.create(user=lan, **address_values(note="Gọi trước"))


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def paths(**kwargs: Any) -> list[str]:
    kwargs = {"step": "who", "token": "khong-co", **kwargs}
    return [
        reverse(
            f"customer:{pattern.name}", kwargs={name: kwargs[name] for name in pattern.pattern.converters}
        )
        for pattern in urlpatterns
    ]


def order_of(user: User, *, delivered: bool) -> Order:
    order = placed_order(basket=basket_with(sold_pack(title="Trà atiso")), buyer=replace(BUYER, user=user))
    if delivered:
        Order.objects.update(fulfilment_state=FulfilmentState.DELIVERED)
        Consignment.objects.update(state="delivered")
    return order


def test_whoever_is_not_signed_in_is_led_to_the_door_from_every_page(
    client: Client, address: UserAddress
) -> None:
    for path in paths(pk=address.pk):
        for ask in (client.get, client.post):
            assert ask(path).headers["Location"].startswith(reverse("account_login")), path


def test_the_address_of_somebody_else_is_not_there(minh: User, address: UserAddress) -> None:
    client = signed_in(minh)
    before = list(UserAddress.objects.values())

    for path in paths(pk=address.pk):
        if str(address.pk) in path:
            harm = {**address_values(recipient_name="Kẻ lạ"), "commune": "24781"}
            assert client.post(path, harm).status_code in {404, 405}, path
            assert client.get(path).status_code in {404, 405}, path

    assert list(UserAddress.objects.values()) == before
    assert "Trần Phú" not in client.get(reverse("customer:addresses")).content.decode()


def test_the_file_of_my_data_holds_all_of_mine_and_nothing_of_others(
    lan: User, minh: User, address: UserAddress
) -> None:
    order = order_of(lan, delivered=True)

    mine = signed_in(lan).get(reverse("customer:personal-data"))
    others = signed_in(minh).get(reverse("customer:personal-data"))

    assert mine.headers["Content-Disposition"] == 'attachment; filename="cho-ocop.json"'
    assert "no-store" in mine.headers["Cache-Control"]
    data = json.loads(mine.content)
    assert data["account"]["phone"] == PHONE
    assert [(row["recipient"], row["note"]) for row in data["addresses"]] == [("Nguyễn Thị Lan", "Gọi trước")]
    assert [(row["number"], row["lines"][0]["name"]) for row in data["orders"]] == [
        (order.number, "Trà atiso")
    ]
    assert json.loads(others.content)["addresses"] == json.loads(others.content)["orders"] == []


def test_an_account_goes_only_with_its_password_and_when_nothing_is_on_its_way(lan: User) -> None:
    order_of(lan, delivered=False)
    client, path = signed_in(lan), reverse("customer:delete")

    assert client.post(path, {"password": "sai"}).status_code == 422
    assert client.post(path, {"password": PASSWORD}).status_code == 422
    assert User.objects.filter(pk=lan.pk).exists()

    Order.objects.update(fulfilment_state=FulfilmentState.DELIVERED)
    assert client.post(path, {"password": PASSWORD}).headers["Location"] == reverse("account_login")
    assert not User.objects.filter(pk=lan.pk).exists()
    assert client.get(reverse("customer:home")).status_code == 302


def test_who_works_for_a_producer_is_asked_to_be_taken_out_first(lan: User) -> None:
    MembershipFactory(user=lan)

    assert signed_in(lan).post(reverse("customer:delete"), {"password": PASSWORD}).status_code == 422
    assert User.objects.filter(pk=lan.pk).exists()


def test_nothing_of_a_person_stays_behind_an_account(lan: User, address: UserAddress) -> None:
    order = order_of(lan, delivered=True)
    basket_with(sold_pack(), owner=lan)
    waiting, sent = Notice.objects.filter(recipient=MAIL), Notice.objects.filter(recipient=PHONE)
    assert waiting.exists()
    assert sent.update(state=Notice.State.SENT, sent_at=timezone.now())
    for_others = Notice.objects.exclude(recipient__in=(MAIL, PHONE)).values_list("pk", flat=True)
    kept = list(for_others)

    account_delete(user=lan)

    order.refresh_from_db()
    assert (order.user, order.phone, order.buyer_name, order.guest_email) == (None, "", "", "")
    assert not ShippingAddress.objects.exclude(recipient_name="", phone="", street="", note="").exists()
    assert not UserAddress.objects.exists()
    assert not Basket.objects.filter(owner__isnull=False).exists()
    assert not Notice.objects.filter(recipient__in=(MAIL, PHONE)).exists()
    assert not any(
        PHONE in str(notice.context) or "Lan" in str(notice.context) for notice in Notice.objects.all()
    )
    assert list(for_others) == kept
