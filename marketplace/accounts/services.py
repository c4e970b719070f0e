"""Giving staff roles and taking them away."""

from collections.abc import Collection
from typing import Final
from urllib.parse import urljoin

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from marketplace.accounts.errors import LastAdministrator, RoleIsNational
from marketplace.accounts.models import StaffRole, User
from marketplace.audit.services import audit_record
from marketplace.notices.services import notice_queue
from marketplace.places.models import Province

Role = StaffRole.Role
#: What these do concerns all provinces alike.
NATIONAL: Final[frozenset[str]] = frozenset({Role.CAMPAIGN, Role.EDITOR})
#: Wagtail's group of people who write and publish.
EDITORS: Final = "Moderators"


@transaction.atomic
def staff_role_give(
    *, user: User, role: str, provinces: Collection[Province] = (), by: User | None
) -> StaffRole:
    """Give `user` a role for `provinces` (none: all), or change the provinces of the one they hold; the person is told.

    An editor gets the editors' desk with it. Given again as it is, nothing changes. Raises RoleIsNational, and LastAdministrator where
    nobody would be left who is an administrator of all provinces.
    """
    if role in NATIONAL and provinces:
        raise RoleIsNational(_("This role is for all provinces: choose none."))
    admins = _admins_locked()
    held, is_new = StaffRole.objects.get_or_create(user=user, role=role)
    before = _codes(held)
    after = sorted(province.pk for province in provinces)
    if not is_new and before == after:
        return held
    if after:
        _refuse_last_admin(held, admins)
    held.provinces.set(provinces)
    if role == Role.EDITOR:
        user.groups.add(Group.objects.get(name=EDITORS))
    changes = {"role": [None if is_new else role, role], "provinces": [before, after]}
    _note(held, "given", changes, by)
    return held


@transaction.atomic
def staff_role_take(*, held: StaffRole, by: User | None, reason: str = "") -> None:
    """Take a role away; the account stays, and the person is told. Taken again, nothing changes. Raises LastAdministrator."""
    admins = _admins_locked()
    if not StaffRole.objects.select_for_update(of=("self",)).filter(pk=held.pk).exists():
        return
    _refuse_last_admin(held, admins)
    if held.role == Role.EDITOR:
        held.user.groups.remove(*Group.objects.filter(name=EDITORS))
    _note(held, "taken", {"role": [held.role, None], "provinces": [_codes(held), []]}, by, reason)
    held.delete()


def _admins_locked() -> set[int]:
    """Return the roles of the active admins of all provinces; all admins' are locked, so that two who remove each other come one after the other."""
    rows = StaffRole.objects.filter(role=Role.ADMIN, user__is_active=True)
    locked = {row.pk for row in rows.select_for_update(of=("self",)).order_by("pk")}
    return set(rows.filter(pk__in=locked, provinces__isnull=True).values_list("pk", flat=True))


def _refuse_last_admin(held: StaffRole, admins: set[int]) -> None:
    if admins == {held.pk}:
        raise LastAdministrator(
            _("This is the last administrator of all provinces: make somebody else one first.")
        )


def _codes(held: StaffRole) -> list[str]:
    return sorted(held.provinces.values_list("pk", flat=True))


def _note(held: StaffRole, what: str, changes: dict[str, object], by: User | None, reason: str = "") -> None:
    """Write it down, and tell the person, who may not have asked for it."""
    event = audit_record(action=f"role.{what}", subject=held.user, changes=changes, actor=by, reason=reason)
    with translation.override(held.user.preferred_language):
        role, path = str(held.get_role_display()), reverse("dashboard:index")
    notice_queue(
        key=f"staff-role:{event.pk}",
        template=f"staff_role_{what}",
        language=held.user.preferred_language,
        context={"role": role, "work_url": urljoin(settings.SITE_URL, path)},
        email=held.user.email,
        phone=held.user.phone,
        person=held.user,
    )
