"""Owners look after their team: they invite, change and take out; who leaves loses nothing, and the last owner stays."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from catalogue.producers.models import Membership, Partner
from catalogue.producers.team.models import Invitation
from catalogue.producers.team.services import invitation_make, invitation_token
from marketplace.accounts.models import User
from marketplace.audit.models import AuditEvent
from marketplace.notices.models import Notice
from tests.factories.producers import MembershipFactory, ProducerFactory

pytestmark = pytest.mark.django_db

Role = Membership.Role


def person(name: str) -> User:
    return User.objects.create_user(f"{name}@example.vn", full_name=name.title())


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def producer() -> Partner:
    return ProducerFactory(name="HTX Sương Mai")


@pytest.fixture
def owner(producer: Partner) -> User:
    return MembershipFactory(producer=producer, user=person("chu")).user


@pytest.fixture
def client(owner: User) -> Client:
    return signed_in(owner)


def path(name: str, producer: Partner, **kwargs: Any) -> str:
    return reverse(f"dashboard:{name}", kwargs={"producer_pk": producer.pk, **kwargs})


def invited(producer: Partner, owner: User, role: str = Role.PACKER) -> str:
    invitation = invitation_make(producer=producer, role=role, by=owner)
    return reverse("customer:invitation", kwargs={"token": invitation_token(invitation)})


def test_a_link_is_passed_on_says_its_role_and_is_good_once(client: Client, producer: Partner) -> None:
    client.post(path("team-invite", producer), {"role": "packer", "note": "chị Hoa, kho"})
    page = client.get(path("team", producer))
    [(invitation, url)] = page.context["invitations"]
    assert url in page.content.decode()
    packer, late = signed_in(person("hoa")), signed_in(person("muon"))

    shown = packer.get(url.removeprefix("http://localhost:8000")).content.decode()
    assert "HTX Sương Mai" in shown
    assert "Người đóng gói" in shown or "đóng gói" in shown.lower()
    joined = packer.post(url.removeprefix("http://localhost:8000"))
    again = late.post(url.removeprefix("http://localhost:8000"))

    assert joined.headers["Location"] == path("today", producer)
    assert again.status_code == 404
    assert Membership.objects.get(user__email="hoa@example.vn").role == "packer"
    assert Membership.objects.count() == 2
    invitation.refresh_from_db()
    assert invitation.used_by is not None
    actions = list(AuditEvent.objects.order_by("pk").values_list("action", flat=True))
    assert actions == ["member.invited", "member.joined"]


def test_an_invitation_goes_out_by_mail(client: Client, producer: Partner) -> None:
    client.post(path("team-invite", producer), {"role": "accountant", "email": "ke-toan@example.vn"})

    notice = Notice.objects.get(template="team_invitation")
    assert notice.recipient == "ke-toan@example.vn"
    assert notice.context["role"] == "Kế toán"


def test_an_old_or_withdrawn_or_made_up_invitation_lets_nobody_in(
    client: Client, producer: Partner, owner: User
) -> None:
    old, withdrawn = invited(producer, owner), invited(producer, owner)
    first, second = Invitation.objects.order_by("pk")
    Invitation.objects.filter(pk=first.pk).update(expires_at=timezone.now() - timedelta(minutes=1))
    client.post(path("team-invitation-withdraw", producer, pk=second.pk))
    stranger = signed_in(person("la"))

    for url in (old, withdrawn, reverse("customer:invitation", kwargs={"token": "MQ:1abcde:xyz"})):
        assert stranger.get(url).status_code == 200
        assert stranger.post(url).status_code == 404
    assert Membership.objects.count() == 1


def test_who_belongs_to_the_team_is_not_made_less_by_a_link(
    client: Client, producer: Partner, owner: User
) -> None:
    client.post(invited(producer, owner))

    assert Membership.objects.get().role == "owner"
    assert Invitation.objects.get().used_at is None


def test_a_role_changes_from_the_next_page_on(client: Client, producer: Partner) -> None:
    member = MembershipFactory(producer=producer, user=person("ke-toan"), role=Role.ACCOUNTANT)
    theirs = signed_in(member.user)
    assert theirs.get(path("money", producer)).status_code == 200

    client.post(path("team-role", producer, pk=member.pk), {"role": "packer"})

    assert theirs.get(path("money", producer)).status_code == 403
    assert AuditEvent.objects.get(action="member.role").changes["role"] == ["accountant", "packer"]


def test_who_was_taken_out_sees_nothing_on_the_next_page(client: Client, producer: Partner) -> None:
    member = MembershipFactory(producer=producer, user=person("cu"), role=Role.SELLER)
    theirs = signed_in(member.user)
    assert theirs.get(path("goods", producer)).status_code == 200

    client.post(path("team-out", producer, pk=member.pk))

    assert theirs.get(path("goods", producer)).status_code == 404
    assert theirs.get(reverse("customer:home")).status_code == 200
    assert User.objects.filter(pk=member.user_id).exists()


@pytest.mark.parametrize("screen", ["team-leave", "team-role", "team-out"])
def test_the_last_owner_stays(client: Client, producer: Partner, owner: User, screen: str) -> None:
    own = Membership.objects.get(user=owner)
    kwargs = {} if screen == "team-leave" else {"pk": own.pk}

    client.post(path(screen, producer, **kwargs), {"role": "packer"})

    assert Membership.objects.get().role == "owner"


def test_an_owner_leaves_once_there_is_another(client: Client, producer: Partner) -> None:
    MembershipFactory(producer=producer, user=person("chu-moi"))

    client.post(path("team-leave", producer))

    assert Membership.objects.get().user.email == "chu-moi@example.vn"
    assert AuditEvent.objects.get().action == "member.left"


@pytest.mark.parametrize("role", [Role.SELLER, Role.PACKER, Role.ACCOUNTANT])
def test_others_see_the_team_and_change_nothing(producer: Partner, owner: User, role: str) -> None:
    theirs = signed_in(MembershipFactory(producer=producer, user=person("khac"), role=role).user)
    own = Membership.objects.get(user=owner)

    page = theirs.get(path("team", producer))
    assert page.status_code == 200
    assert "chu@example.vn" not in page.content.decode(), "contacts are for owners"
    for screen, kwargs in [("team-invite", {}), ("team-role", {"pk": own.pk}), ("team-out", {"pk": own.pk})]:
        assert theirs.post(path(screen, producer, **kwargs), {"role": "packer"}).status_code == 403
    assert Membership.objects.get(user=owner).role == "owner"


def test_another_producers_member_or_invitation_is_out_of_reach(client: Client, producer: Partner) -> None:
    other = ProducerFactory()
    stranger = MembershipFactory(producer=other, user=person("xa"))
    invitation = invitation_make(producer=other, role=Role.PACKER, by=stranger.user)

    assert client.post(path("team-out", producer, pk=stranger.pk)).status_code == 404
    assert client.post(path("team-role", producer, pk=stranger.pk), {"role": "packer"}).status_code == 404
    assert client.post(path("team-invitation-withdraw", producer, pk=invitation.pk)).status_code == 404


def test_changing_the_team_asks_for_the_second_factor(
    client: Client, producer: Partner, settings: Any
) -> None:
    settings.MONEY_NEEDS_SECOND_FACTOR = True

    assert client.post(path("team-invite", producer), {"role": "owner"}).status_code == 403
    assert not Invitation.objects.exists()


def test_owners_and_accountants_are_offered_a_second_factor(producer: Partner, client: Client) -> None:
    packer = signed_in(MembershipFactory(producer=producer, user=person("kho"), role=Role.PACKER).user)

    offer = reverse("mfa_index")
    assert offer in client.get(path("today", producer)).content.decode()
    assert offer not in packer.get(path("today", producer)).content.decode()


def test_a_large_team_costs_the_same(client: Client, producer: Partner) -> None:
    client.get(path("team", producer))
    with CaptureQueriesContext(connection) as few:
        client.get(path("team", producer))
    for number in range(12):
        MembershipFactory(producer=producer, user=person(f"nguoi-{number}"), role=Role.PACKER)
    with CaptureQueriesContext(connection) as many:
        client.get(path("team", producer))

    assert len(many) == len(few) <= 15
