"""Every address of the back office, opened by everybody who must not: sign-in, 403 or 404, never data."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, reverse

from catalogue.producers.models import Membership
from marketplace.accounts.models import StaffRole, User
from marketplace.dashboard.urls import urlpatterns
from marketplace.places.models import Province
from tests.factories.catalogue import sold_pack
from tests.factories.orders import placed_consignment

pytestmark = pytest.mark.django_db

#: What stands in the secrets of the producer whose pages are tried; it must never come back.
SECRET = "Bí Mật Của Chủ Thể"


def addresses() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the name and the parameters of every address."""
    for pattern in urlpatterns:
        assert isinstance(pattern, URLPattern), "nested patterns: teach this walk about them"
        assert pattern.name
        yield pattern.name, tuple(pattern.pattern.converters)


@pytest.fixture
def scene():
    """One confirmed consignment of one producer in Lâm Đồng, and what leads to it."""
    pack = sold_pack()
    producer = pack.parent.producer
    consignment = placed_consignment(pack=pack, recipient=SECRET)
    return {
        "producer_pk": producer.pk,
        "number": consignment.order.number,
        "step": "accept",
        "pks": {
            "consignment": consignment.pk,
            "delivery-note": consignment.pk,
            "consignment-step": consignment.pk,
            "pack": pack.pk,
            "certificate-verify": pack.parent.certificates.get().pk,
            "certificate-withdraw": pack.parent.certificates.get().pk,
        },
        "producer": producer,
    }


def path_of(name: str, parameters: tuple[str, ...], scene) -> str:
    kwargs = {key: scene[key] for key in parameters if key != "pk"}
    if "pk" in parameters:
        kwargs["pk"] = scene["pks"].get(name, scene["producer_pk"])
    return reverse(f"dashboard:{name}", kwargs=kwargs)


def nobody(scene) -> Client:
    return Client()


def buyer(scene) -> Client:
    return signed_in(User.objects.create_user("buyer@example.com", "x"))


def other_producer(scene) -> Client:
    user = User.objects.create_user("other@example.com", "x")
    Membership.objects.create(producer=sold_pack().parent.producer, user=user, role=Membership.Role.OWNER)
    return signed_in(user)


def other_province(scene) -> Client:
    user = User.objects.create_user("province@example.com", "x")
    for role in StaffRole.Role.values:
        StaffRole.objects.create(user=user, role=role).provinces.add(Province.objects.get(pk="01"))
    return signed_in(user)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize("who", [nobody, buyer, other_producer, other_province])
@pytest.mark.parametrize(("name", "parameters"), list(addresses()))
@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_sees_what_is_not_theirs(name, parameters, who, method, scene):
    response = getattr(who(scene), method)(path_of(name, parameters, scene))
    assert response.status_code in (200, 302, 403, 404, 405)
    if response.status_code == 200:
        assert who is other_province or name == "index" or not parameters
        assert who in (other_province,) or name in ("index",)
    if response.status_code == 302 and who is nobody:
        assert response["Location"].startswith(reverse("account_login"))
    body = response.content.decode(errors="replace")
    assert SECRET not in body
    assert scene["number"] not in body
    assert scene["producer"].name not in body


@pytest.mark.parametrize(("name", "parameters"), [(n, p) for n, p in addresses() if "producer_pk" in p])
def test_a_member_opens_the_own_workplace(name, parameters, scene):
    user = User.objects.create_user("member@example.com", "x")
    Membership.objects.create(producer=scene["producer"], user=user, role=Membership.Role.OWNER)
    response = signed_in(user).get(path_of(name, parameters, scene))
    assert response.status_code in (200, 405)


def test_a_packer_may_not_change_prices(scene):
    user = User.objects.create_user("packer@example.com", "x")
    Membership.objects.create(producer=scene["producer"], user=user, role=Membership.Role.PACKER)
    response = signed_in(user).post(
        path_of("pack", ("producer_pk", "pk"), scene), {"price": 1000, "stock": 1}
    )
    assert response.status_code == 403
