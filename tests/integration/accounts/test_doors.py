"""allauth is the only door: every other sign-in page leads to it, whatever is posted there."""

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from marketplace.accounts.models import User

pytestmark = pytest.mark.django_db

OTHER_DOORS = [
    "/cms/login/",
    "/cms/password_reset/",
    "/cms/password_reset/confirm/MQ/abc-def/",
    "/cms/logout/",
]


@pytest.fixture(autouse=True)
def _no_tries_counted_yet():
    cache.clear()


@pytest.fixture
def person():
    return User.objects.create_user(
        "lan@example.com",
        "mat-khau-rat-dai",
        phone="+84912345678",
        phone_verified_at=timezone.now(),
        full_name="Lan",
    )


@pytest.mark.parametrize("door", OTHER_DOORS)
@pytest.mark.parametrize("method", ["get", "post"])
def test_another_door_lets_nobody_in(client, person, door, method):
    response = getattr(client, method)(door, {"username": person.email, "password": "mat-khau-rat-dai"})
    assert response.status_code == 302
    assert "/tai-khoan/" in response["Location"]
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    "login", ["lan@example.com", "LAN@example.com", "+84912345678", "0912 345 678", "0912.345.678"]
)
def test_a_person_signs_in_by_phone_or_mail_in_any_spelling(client, person, login):
    response = client.post(reverse("account_login"), {"login": login, "password": "mat-khau-rat-dai"})
    assert response.status_code == 302, response.content.decode()
    assert client.session["_auth_user_id"] == str(person.pk)


def test_a_wrong_password_says_so_and_keeps_what_was_typed(client, person):
    response = client.post(reverse("account_login"), {"login": "0912345678", "password": "sai"})
    assert response.status_code == 200
    assert "0912345678" in response.content.decode()
    assert "_auth_user_id" not in client.session


def test_signing_up_needs_a_phone_or_a_mail_address(client):
    response = client.post(reverse("account_signup"), {"full_name": "Lan", "password1": "mat-khau-rat-dai"})
    assert response.status_code == 200
    assert not User.objects.exists()


def test_a_phone_alone_is_enough_to_sign_up(client):
    client.post(
        reverse("account_signup"),
        {"full_name": "Nguyễn Thị Lan", "phone": "0912 345 678", "password1": "mat-khau-rat-dai"},
    )
    user = User.objects.get()
    assert (user.phone, user.email, user.full_name) == ("+84912345678", None, "Nguyễn Thị Lan")


def test_guessing_passwords_is_slowed_down(client, person):
    for _attempt in range(12):
        response = client.post(reverse("account_login"), {"login": person.email, "password": "sai"})
    assert response.status_code in (200, 429)
    response = client.post(reverse("account_login"), {"login": person.email, "password": "mat-khau-rat-dai"})
    assert "_auth_user_id" not in client.session


def test_asking_for_too_many_codes_gets_a_clear_page(person):
    User.objects.filter(pk=person.pk).update(phone_verified_at=None)
    credentials = {"login": person.email, "password": "mat-khau-rat-dai"}
    clients = [Client() for _attempt in range(3)]
    answers = [client.post(reverse("account_login"), credentials) for client in clients]
    assert [answer.status_code for answer in answers] == [302, 429, 429]
    assert not any("_auth_user_id" in client.session for client in clients)
