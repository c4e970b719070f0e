"""What is decided about a producer as a seller is written down: who, when, why."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from catalogue.producers.errors import ReasonMissing, SellerNotComplete, WrongSellerState
from catalogue.producers.models import Partner, SellerEvent
from catalogue.producers.services import seller_refuse, seller_suspend, seller_verify
from marketplace.accounts.models import StaffRole, User
from tests.factories.places import ProvinceFactory
from tests.factories.producers import ProducerFactory

pytestmark = pytest.mark.django_db

State = Partner.SellerState
COMPLETE = {"representative": "Nguyễn Văn A", "street": "12 Trần Phú"}


@pytest.fixture
def person() -> User:
    return User.objects.create_user("can-bo@example.vn", full_name="Lê Thị Kiểm")


def history() -> list[tuple[str, str, str, str]]:
    return list(SellerEvent.objects.values_list("action", "from_state", "to_state", "reason"))


def test_each_decision_leaves_a_line(person: User) -> None:
    seller = ProducerFactory(seller_state=State.PENDING, **COMPLETE)

    seller_refuse(producer=seller, by=person, reason=" Giấy mờ ")
    Partner.objects.update(seller_state=State.PENDING)
    seller_verify(producer=seller, by=person, reason="GCN 58-01")
    seller_suspend(producer=seller, by=person, reason="Chậm giao hàng")
    seller_verify(producer=seller, by=person, reason="Đã cam kết")

    assert history() == [
        ("refused", "pending", "unverified", "Giấy mờ"),
        ("verified", "pending", "verified", "GCN 58-01"),
        ("suspended", "verified", "suspended", "Chậm giao hàng"),
        ("verified", "suspended", "verified", "Đã cam kết"),
    ]
    assert set(SellerEvent.objects.values_list("actor", flat=True)) == {person.pk}
    assert all(
        abs(timezone.now() - at) < timedelta(minutes=1)
        for at in SellerEvent.objects.values_list("at", flat=True)
    )


def test_verifying_twice_leaves_one_line(person: User) -> None:
    seller = ProducerFactory(seller_state=State.UNVERIFIED, **COMPLETE)

    seller_verify(producer=seller, by=person)
    seller_verify(producer=seller, by=person)

    assert history() == [("verified", "unverified", "verified", "")]


@pytest.mark.parametrize(
    ("state", "decide", "error"),
    [
        (State.UNVERIFIED, lambda **who: seller_refuse(**who, reason="Vì thế"), WrongSellerState),
        (State.VERIFIED, lambda **who: seller_refuse(**who, reason="Vì thế"), WrongSellerState),
        (State.PENDING, lambda **who: seller_refuse(**who, reason=" "), ReasonMissing),
        (State.SUSPENDED, lambda **who: seller_suspend(**who, reason="Vì thế"), WrongSellerState),
        (State.PENDING, lambda **who: seller_suspend(**who, reason="Vì thế"), WrongSellerState),
        (State.VERIFIED, lambda **who: seller_suspend(**who, reason=""), ReasonMissing),
        (State.SUSPENDED, lambda **who: seller_verify(**who), ReasonMissing),
        (State.PENDING, lambda **who: seller_verify(**who), SellerNotComplete),
    ],
)
def test_what_is_refused_changes_nothing(state, decide, error, person: User) -> None:
    particulars = {} if error is SellerNotComplete else COMPLETE
    seller = ProducerFactory(seller_state=state, **particulars)

    with pytest.raises(error):
        decide(producer=seller, by=person)

    seller.refresh_from_db()
    assert seller.seller_state == state
    assert history() == []


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("role", [StaffRole.Role.ADMIN, StaffRole.Role.VERIFIER])
def test_the_desk_decides_and_shows_the_history(role: str, language: str, person: User) -> None:
    StaffRole.objects.create(user=person, role=role).provinces.add(ProvinceFactory())
    client = Client()
    client.force_login(person)
    seller = ProducerFactory(seller_state=State.PENDING, **COMPLETE)

    def address(name: str) -> str:
        return reverse(f"dashboard:{name}", kwargs={"pk": seller.pk})

    with translation.override(language):
        assert address("producer-refuse") in client.get(address("producer")).content.decode()
        client.get(address("producer-refuse"))
        assert "field__error" in client.post(address("producer-refuse"), {"reason": ""}).content.decode()
        refused = client.post(address("producer-refuse"), {"reason": "Giấy mờ"}, follow=True)
        client.get(address("producer-verify"))
        verified = client.post(address("producer-verify"), {"reason": "GCN 58-01"}, follow=True)

        assert translation.gettext("Refused as a seller") in refused.content.decode()
        text = verified.content.decode()
        for words in ("Giấy mờ", "GCN 58-01", "Lê Thị Kiểm", translation.gettext("Verified as a seller")):
            assert words in text
    assert [action for action, *_rest in history()] == ["refused", "verified"]


def test_a_decision_that_comes_too_late_says_why(person: User) -> None:
    StaffRole.objects.create(user=person, role=StaffRole.Role.ADMIN)
    client = Client()
    client.force_login(person)
    seller = ProducerFactory(seller_state=State.SUSPENDED, **COMPLETE)

    response = client.post(
        reverse("dashboard:producer-suspend", kwargs={"pk": seller.pk}), {"reason": "Lần nữa"}
    )

    assert "error-summary" in response.content.decode()
    assert "Lần nữa" in response.content.decode(), "what was typed is kept"
    assert history() == []


def test_before_verifying_one_sees_what_to_compare_and_what_is_missing(person: User) -> None:
    StaffRole.objects.create(user=person, role=StaffRole.Role.VERIFIER)
    client = Client()
    client.force_login(person)
    seller = ProducerFactory(seller_state=State.PENDING, representative="", street="12 Trần Phú")
    url = reverse("dashboard:producer-verify", kwargs={"pk": seller.pk})

    text = client.get(url).content.decode()
    assert seller.registration_number in text
    assert "người đại diện" in text
    assert 'class="button">Xác minh để bán' not in text, "not while something is missing"

    Partner.objects.update(representative="Nguyễn Văn A")
    assert 'class="button">Xác minh để bán' in client.get(url).content.decode()


def test_who_sells_again_needs_a_reason(person: User) -> None:
    StaffRole.objects.create(user=person, role=StaffRole.Role.VERIFIER)
    client = Client()
    client.force_login(person)
    seller = ProducerFactory(seller_state=State.SUSPENDED, **COMPLETE)
    url = reverse("dashboard:producer-verify", kwargs={"pk": seller.pk})

    assert "field__error" in client.post(url, {"reason": ""}).content.decode()
    client.post(url, {"reason": "Đã cam kết giao đúng hẹn"})

    assert history() == [("verified", "suspended", "verified", "Đã cam kết giao đúng hẹn")]
