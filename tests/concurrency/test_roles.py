"""Rights that are taken at the same moment, on PostgreSQL: somebody is always left who can give them back."""

import pytest

from marketplace.accounts.errors import LastAdministrator
from marketplace.accounts.models import StaffRole, User
from marketplace.accounts.services import staff_role_give, staff_role_take
from marketplace.audit.models import AuditEvent
from marketplace.notices.models import Notice
from marketplace.places.models import Province
from tests.concurrency.together import at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def people(*roles: str) -> list[StaffRole]:
    """Return a role of each of as many people."""
    users = [User.objects.create_user(f"nguoi-{number}@example.vn") for number in range(len(roles))]
    return [StaffRole.objects.create(user=user, role=role) for user, role in zip(users, roles, strict=True)]


@pytest.mark.parametrize("_round", range(4))
def test_two_admins_who_remove_each_other_leave_one(_round: int) -> None:
    first, second = people("admin", "admin")

    done = at_once(
        lambda: staff_role_take(held=second, by=first.user),
        lambda: staff_role_take(held=first, by=second.user),
    )

    assert sorted(type(one).__name__ for one in done) == ["LastAdministrator", "NoneType"]
    assert StaffRole.objects.filter(role="admin").count() == 1
    assert AuditEvent.objects.filter(action="role.taken").count() == 1


def test_two_admins_who_confine_each_other_to_a_province_leave_one_of_all() -> None:
    first, second = people("admin", "admin")
    province = list(Province.objects.filter(code="68"))

    done = at_once(
        *[
            lambda user=held.user: staff_role_give(user=user, role="admin", provinces=province, by=None)
            for held in (first, second)
        ]
    )

    assert [type(one) for one in done].count(LastAdministrator) == 1
    assert StaffRole.objects.filter(role="admin", provinces__isnull=True).count() == 1


def test_a_role_taken_four_times_at_once_is_taken_and_told_once() -> None:
    _admin, held = people("admin", "finance")
    seen = [StaffRole.objects.select_related("user").get(pk=held.pk) for _person in range(4)]

    done = at_once(*[lambda one=one: staff_role_take(held=one, by=None) for one in seen])

    assert done == [None] * 4
    assert not StaffRole.objects.filter(role="finance").exists()
    assert AuditEvent.objects.filter(action="role.taken").count() == 1
    assert Notice.objects.filter(template="staff_role_taken").count() == 1


def test_a_role_given_four_times_at_once_is_given_and_told_once() -> None:
    people("admin")
    user = User.objects.create_user("moi@example.vn")

    given = at_once(*[lambda: staff_role_give(user=user, role="finance", by=None)] * 4)

    assert {one.pk for one in given} == {StaffRole.objects.get(user=user).pk}
    assert AuditEvent.objects.filter(action="role.given").count() == 1
    assert Notice.objects.filter(template="staff_role_given").count() == 1
