"""Which producers a person may act for or look after: the one place that says so."""

from typing import Any

from django.db.models import QuerySet

from catalogue.producers.models import Membership, Partner
from marketplace.accounts.roles import staff_scope

#: What each role of a membership may do in the workplace.
MAY_FULFIL = (Membership.Role.OWNER, Membership.Role.SELLER, Membership.Role.PACKER)
MAY_EDIT_GOODS = (Membership.Role.OWNER, Membership.Role.SELLER)
MAY_SETTLE = (Membership.Role.OWNER, Membership.Role.ACCOUNTANT)


def memberships_of(user: Any, *roles: str) -> QuerySet[Membership]:
    """Return the memberships of `user` in one of `roles` (any role where none is named)."""
    if not user.is_authenticated or not user.is_active:
        return Membership.objects.none()
    memberships = Membership.objects.filter(user=user)
    return memberships.filter(role__in=roles) if roles else memberships


def producers_of(user: Any, *roles: str) -> QuerySet[Partner]:
    """Return the producers that `user` is a member of, in one of `roles` (any role where none is named)."""
    return Partner.objects.filter(pk__in=memberships_of(user, *roles).values("producer"))


def producers_overseen_by(user: Any, *roles: str) -> QuerySet[Partner]:
    """Return the producers in the provinces where `user` holds one of the staff `roles` (any where none is named)."""
    scope = staff_scope(user, *roles)
    if not scope:
        return Partner.objects.none()
    return Partner.objects.filter(scope.q("commune__province"))
