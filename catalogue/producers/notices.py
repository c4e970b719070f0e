"""Who may read which notices in the app: whoever has the role now, not whoever had it when the notice was written."""

from typing import Any, Final

from django.db.models import Exists, Q

from catalogue.producers.models import Membership
from catalogue.producers.selectors import MAY_EDIT_GOODS, MAY_FULFIL, MAY_SETTLE, memberships_of
from marketplace.accounts.models import StaffRole
from marketplace.notices.places import Audience

_MEMBERS: Final[dict[Audience, tuple[str, ...]]] = {
    Audience.FULFILS: MAY_FULFIL,
    Audience.EDITS_GOODS: MAY_EDIT_GOODS,
    Audience.SETTLES: MAY_SETTLE,
    Audience.OWNS: (Membership.Role.OWNER,),
}
_PROGRAMME: Final[dict[Audience, tuple[str, ...]]] = {
    Audience.DESK: (StaffRole.Role.ADMIN, StaffRole.Role.SUPPORT),
    Audience.KEEPS_MONEY: (StaffRole.Role.ADMIN, StaffRole.Role.FINANCE),
}


def notices_seen_by(person: Any) -> Q:
    """Return the condition on notices in the app that `person` may read (`settings.NOTICES_SEEN_BY`)."""
    readable = Q(audience=Audience.PERSON)
    for audience, roles in _MEMBERS.items():
        readable |= Q(audience=audience, producer_id__in=memberships_of(person, *roles).values("producer"))
    for audience, roles in _PROGRAMME.items():
        held = StaffRole.objects.filter(user=person.pk, user__is_active=True, role__in=roles)
        readable |= Q(audience=audience) & Q(Exists(held))
    return readable


def audiences_of(person: Any) -> set[Audience]:
    """Return to whose notices `person` belongs by the roles of now. Two queries."""
    roles = set(memberships_of(person).values_list("role", flat=True))
    staff = set(person.staff_roles.values_list("role", flat=True)) if person.is_active else set()
    found = {audience for audience, may in _MEMBERS.items() if roles.intersection(may)}
    found |= {audience for audience, may in _PROGRAMME.items() if staff.intersection(may)}
    return {Audience.PERSON, *found}
