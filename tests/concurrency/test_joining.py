"""Two people decide at the same moment, on PostgreSQL: one producer, one owner left, one use of an invitation."""

import pytest

from catalogue.producers.joining.decisions import application_approve, application_refuse
from catalogue.producers.joining.errors import JoiningError
from catalogue.producers.joining.models import Application, ApplicationEvent
from catalogue.producers.models import Membership, Partner
from catalogue.producers.team.services import TeamError, invitation_accept, invitation_make, member_leave
from checkout.settlement.payouts.models import BankAccount
from marketplace.accounts.models import User
from marketplace.dashboard.joining.approval import joining_approve
from tests.concurrency.together import at_once
from tests.factories.joining import all_checked, applicant, sent_in
from tests.factories.producers import MembershipFactory, ProducerFactory

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def clerks() -> list[User]:
    return [User.objects.create_user(f"can-bo-{number}@example.vn") for number in (1, 2)]


def names(done: list) -> list[str]:
    return sorted(type(one).__name__ for one in done)


@pytest.mark.parametrize("_round", range(3))
def test_two_who_approve_one_application_make_one_producer(_round: int) -> None:
    application = sent_in(applicant())

    done = at_once(
        *[
            lambda clerk=clerk: joining_approve(
                application=application, by=clerk, checked=all_checked(application)
            )
            for clerk in clerks()
        ]
    )

    assert names(done) == ["JoiningError", "Partner"]
    assert (Partner.objects.count(), Membership.objects.count(), BankAccount.objects.count()) == (1, 1, 1)
    assert ApplicationEvent.objects.filter(action="approved").count() == 1


def test_approving_and_refusing_at_once_leaves_one_answer() -> None:
    application = sent_in(applicant())
    first, second = clerks()

    done = at_once(
        lambda: application_approve(application=application, by=first, checked=all_checked(application)),
        lambda: application_refuse(application=application, by=second, words="Giấy mờ"),
    )

    assert [isinstance(one, JoiningError) for one in done].count(True) == 1
    application.refresh_from_db()
    assert Partner.objects.count() == (application.state == Application.State.APPROVED)


@pytest.mark.parametrize("_round", range(3))
def test_two_claims_of_one_entry_approved_at_once_give_it_to_one(_round: int) -> None:
    entry = ProducerFactory(seller_state="unverified")
    claims = [
        sent_in(applicant(number), producer=entry, claim="QĐ 12", tax_number=tax)
        for number, tax in [(1, "068099001234"), (2, "068099001235")]
    ]

    done = at_once(
        *[
            lambda claim=claim, clerk=clerk: application_approve(
                application=claim, by=clerk, checked=all_checked(claim), words="Đối chiếu bản gốc"
            )
            for claim, clerk in zip(claims, clerks(), strict=True)
        ]
    )

    assert [isinstance(one, JoiningError) for one in done].count(True) == 1
    assert entry.memberships.count() == 1
    assert sorted(Application.objects.values_list("state", flat=True)) == ["approved", "refused"]


def test_two_applications_with_one_tax_number_make_no_twins() -> None:
    applications = [sent_in(applicant(number), name=f"Hộ {number}") for number in (1, 2)]

    done = at_once(
        *[
            lambda one=one, clerk=clerk: application_approve(
                application=one, by=clerk, checked=all_checked(one)
            )
            for one, clerk in zip(applications, clerks(), strict=True)
        ]
    )

    assert [isinstance(one, JoiningError) for one in done].count(True) == 1
    assert Partner.objects.count() == 1


@pytest.mark.parametrize("_round", range(3))
def test_two_owners_who_leave_at_once_leave_one(_round: int) -> None:
    producer = ProducerFactory()
    owners = [MembershipFactory(producer=producer, user=user) for user in clerks()]

    done = at_once(*[lambda own=own: member_leave(membership=own, by=own.user) for own in owners])

    assert names(done) == ["NoneType", "TeamError"]
    assert producer.memberships.count() == 1


def test_one_link_lets_one_of_two_in() -> None:
    producer = ProducerFactory()
    owner = MembershipFactory(producer=producer, user=User.objects.create_user("chu@example.vn")).user
    invitation = invitation_make(producer=producer, role="packer", by=owner)

    done = at_once(
        *[lambda user=user: invitation_accept(invitation=invitation, user=user) for user in clerks()]
    )

    assert [isinstance(one, TeamError) for one in done].count(True) == 1
    assert producer.memberships.count() == 2
