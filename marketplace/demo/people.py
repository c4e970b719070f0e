"""The accounts of the demonstration, with what each may do."""

from django.conf import settings
from django.contrib.auth.models import Group
from django.utils import timezone
from wagtail.models import GroupPagePermission, Page

from catalogue.producers.models import Membership, Partner
from marketplace.accounts.models import StaffRole, User
from marketplace.demo.accounts import (
    ACCOUNTS,
    ADMIN,
    EDITOR,
    FINANCE,
    PRODUCER,
    SECOND_PRODUCER,
    SUPPORT,
    VERIFIER,
    DemoAccount,
)

#: Whose stall the two producers' accounts keep.
STALLS = {
    PRODUCER.key: "Hợp tác xã Nông sản Hữu cơ Bechamp Đắk Nông",
    SECOND_PRODUCER.key: "Công ty TNHH TM XNK Sachi Thịnh Phát",
}
ROLES = [
    (ADMIN.key, StaffRole.Role.ADMIN),
    (ADMIN.key, StaffRole.Role.VERIFIER),
    (VERIFIER.key, StaffRole.Role.VERIFIER),
    (FINANCE.key, StaffRole.Role.FINANCE),
    (SUPPORT.key, StaffRole.Role.SUPPORT),
    (EDITOR.key, StaffRole.Role.EDITOR),
]


def people_load() -> dict[str, User]:
    """Make the accounts that are missing; return all of them by key."""
    users = {account.key: _user(account) for account in ACCOUNTS}
    for key, name in STALLS.items():
        for producer in Partner.objects.filter(name=name):
            Membership.objects.get_or_create(
                producer=producer, user=users[key], defaults={"role": Membership.Role.OWNER}
            )
    for key, role in ROLES:
        StaffRole.objects.get_or_create(user=users[key], role=role)
    users[EDITOR.key].groups.add(editors_group())
    return users


def _user(account: DemoAccount) -> User:
    known = User.objects.filter(email=account.email).first()
    if known is not None:
        return known
    return User.objects.create_user(
        account.email,
        settings.DEMO_PASSWORD,
        phone=account.phone,
        phone_verified_at=timezone.now(),
        full_name=f"{account.role} (mẫu)",
    )


def editors_group() -> Group:
    """Return Wagtail's group of moderators, who write and publish."""
    group, _made = Group.objects.get_or_create(name="Moderators")
    root = Page.get_first_root_node()
    if not GroupPagePermission.objects.filter(group=group, page=root).exists():
        for name in ("add_page", "change_page", "publish_page"):
            GroupPagePermission.objects.create(group=group, page=root, permission=_permission(name))
    return group


def _permission(codename: str) -> object:
    from django.contrib.auth.models import Permission

    return Permission.objects.get(content_type__app_label="wagtailcore", codename=codename)
