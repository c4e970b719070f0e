"""Who of a producer is told about its money."""

from dataclasses import dataclass
from typing import Final

from catalogue.producers.models import Membership, Partner

#: Who of a producer deals with money.
MAY_SETTLE: Final = (Membership.Role.OWNER, Membership.Role.ACCOUNTANT)


@dataclass(frozen=True, slots=True)
class MoneyContact:
    """A person, or the producer itself where nobody of it deals with money; `key` tells them apart."""

    key: str
    email: str | None
    phone: str | None
    language: str


def money_contacts(producer: Partner) -> list[MoneyContact]:
    """Return a producer's owners and accountants; where there is none, the producer by its own contact. One query."""
    members = producer.memberships.filter(role__in=MAY_SETTLE, user__is_active=True).select_related("user")
    found = [
        MoneyContact(str(one.user_id), one.user.email, one.user.phone, one.user.preferred_language)
        for one in members
    ]
    return found or [MoneyContact("producer", producer.email, producer.phone, "vi")]
