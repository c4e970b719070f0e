"""Who of the programme may see which provinces. Deny first: no role, no province, nothing."""

from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Q, QuerySet, prefetch_related_objects

from marketplace.accounts.models import StaffRole, User

#: Who may send money out, or say who may.
MOVE_MONEY: Final = (StaffRole.Role.ADMIN, StaffRole.Role.FINANCE)


@dataclass(frozen=True)
class Scope:
    """The provinces that a person looks after: all of them, some (by code), or none."""

    everything: bool = False
    provinces: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return self.everything or bool(self.provinces)

    def q(self, path: str) -> Q:
        """Return the filter for a model whose province's code lies at `path`, such as `commune__province`."""
        if self.everything:
            return Q()
        return Q(**{f"{path}__in": sorted(self.provinces)})


def staff_scope(user: Any, *roles: str) -> Scope:
    """Return the provinces in which `user` holds one of `roles` (all roles where none is named)."""
    if not user.is_authenticated or not user.is_active:
        return Scope()
    if user.is_superuser:
        return Scope(everything=True)
    # Once for each object, so once for each request; the menu asks for each of its screens.
    if "staff_roles" not in getattr(user, "_prefetched_objects_cache", ()):
        prefetch_related_objects([user], "staff_roles__provinces")
    provinces: set[str] = set()
    for role in user.staff_roles.all():
        if roles and role.role not in roles:
            continue
        codes = {province.pk for province in role.provinces.all()}
        if not codes:
            return Scope(everything=True)
        provinces |= codes
    return Scope(provinces=frozenset(provinces))


def moves_money(user: User) -> bool:
    """Return whether `user` may send money out, or say who may."""
    return user.is_superuser or user.staff_roles.filter(role__in=MOVE_MONEY).exists()


def staff_of(province: str | None, *roles: str) -> QuerySet[User]:
    """Return the active people who hold one of `roles` for a province (its code; None: for all provinces alike), by name.

    Superusers are left out: they stand outside the programme's work.
    """
    held = StaffRole.objects.filter(role__in=roles)
    mine = Q(provinces__isnull=True) | Q(provinces=province) if province else Q(provinces__isnull=True)
    return User.objects.filter(pk__in=held.filter(mine).values("user"), is_active=True).order_by(
        "full_name", "pk"
    )
