"""An admin gives the workplace of a producer to people who have an account, and takes it back."""

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from catalogue.producers.models import Membership, Partner
from marketplace.accounts.models import StaffRole, User
from tests.factories.people import account_with_proved_mail
from tests.factories.places import ProvinceFactory
from tests.factories.producers import MembershipFactory, ProducerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def producer() -> Partner:
    return ProducerFactory()


@pytest.fixture
def client() -> Client:
    user = User.objects.create_user("quan-tri@example.vn")
    StaffRole.objects.create(user=user, role=StaffRole.Role.ADMIN).provinces.add(ProvinceFactory())
    client = Client()
    client.force_login(user)
    return client


def give(client: Client, producer: Partner, contact: str, role: str = "seller") -> HttpResponse:
    address = reverse("dashboard:members", args=[producer.pk])
    return client.post(address, {"contact": contact, "role": role}, follow=True)


def roles() -> list[tuple[str, str]]:
    return [(str(one.user), one.role) for one in Membership.objects.order_by("pk")]


@pytest.mark.parametrize("contact", ["chu@example.vn", " CHU@example.vn ", "0912 345 678", "+84912345678"])
def test_a_person_is_found_by_either_in_any_spelling(client, producer, contact) -> None:
    person = account_with_proved_mail("chu@example.vn", phone="+84912345678", full_name="Trần Thị Chủ")
    User.objects.filter(pk=person.pk).update(phone_verified_at=timezone.now())

    page = give(client, producer, contact).content.decode()

    assert roles() == [("Trần Thị Chủ", "seller")]
    assert "Trần Thị Chủ" in page


def test_naming_a_member_again_changes_the_role(client, producer) -> None:
    account_with_proved_mail("chu@example.vn")

    for role in ("seller", "owner"):
        give(client, producer, "chu@example.vn", role)

    assert roles() == [("chu@example.vn", "owner")]


def test_who_has_no_account_opens_one_first(client, producer) -> None:
    page = give(client, producer, "la@example.vn").content.decode()

    assert "mở tài khoản trước" in page
    assert 'value="la@example.vn"' in page
    assert roles() == []


@pytest.mark.parametrize("contact", ["chu@example.vn", "0912 345 678"])
def test_an_account_that_only_claims_an_address_gets_nothing(client, producer, contact) -> None:
    """Anybody can sign up with the mail address of a cooperative; its goods go to who reads its mail."""
    User.objects.create_user("chu@example.vn", phone="+84912345678")

    page = give(client, producer, contact).content.decode()

    assert "chưa xác nhận" in page
    assert roles() == []


def test_an_account_that_was_closed_is_not_found(client, producer) -> None:
    person = account_with_proved_mail("chu@example.vn")
    User.objects.filter(pk=person.pk).update(is_active=False)

    give(client, producer, "chu@example.vn")

    assert roles() == []


def test_the_workplace_is_taken_back_at_once(client, producer) -> None:
    person = User.objects.create_user("chu@example.vn")
    member = MembershipFactory(user=person, producer=producer)
    workplace = Client()
    workplace.force_login(person)
    goods = reverse("dashboard:goods", args=[producer.pk])
    assert workplace.get(goods).status_code == 200

    client.post(reverse("dashboard:member-remove", args=[member.pk]))

    assert workplace.get(goods).status_code == 404
    assert User.objects.filter(pk=person.pk).exists()
