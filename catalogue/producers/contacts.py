"""Whom to tell of a producer's affairs: its members by role; where nobody has one, the producer by its own contact."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Self
from urllib.parse import urljoin

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from catalogue.producers.models import Membership, Partner
from catalogue.producers.selectors import MAY_FULFIL
from marketplace.accounts.models import User


@dataclass(frozen=True, slots=True)
class Contact:
    """A person, or the producer itself (no `person`); `key` tells them apart."""

    key: str
    email: str | None
    phone: str | None
    language: str
    person: User | None = None

    @classmethod
    def of(cls, user: User) -> Self:
        return cls(str(user.pk), user.email, user.phone, user.preferred_language, user)

    @classmethod
    def of_producer(cls, producer: Partner) -> Self:
        return cls("producer", producer.email, producer.phone, "vi")


def members_with(producer: Partner, roles: Collection[str]) -> list[Contact]:
    """Return the active members with one of `roles`, longest there first. One query."""
    members = producer.memberships.filter(role__in=roles, user__is_active=True).select_related("user")
    return [Contact.of(member.user) for member in members.order_by("pk")]


def contacts_with(producer: Partner, roles: Collection[str]) -> list[Contact]:
    """Return the active members with one of `roles`, else the producer itself. One query."""
    return members_with(producer, roles) or [Contact.of_producer(producer)]


def contacts_among(
    producer: Partner, memberships: Collection[Membership], roles: Collection[str]
) -> list[Contact]:
    """Return the same from `memberships` that were loaded with their people. No query."""
    found = [Contact.of(one.user) for one in memberships if one.role in roles and one.user.is_active]
    return found or [Contact.of_producer(producer)]


def producer_contacts(producer: Partner) -> list[Contact]:
    """Return whom to tell of a producer's orders and of what people ask it: the members who fulfil them. Memberships should be prefetched."""
    return contacts_among(producer, producer.memberships.all(), MAY_FULFIL)


def workplace_url(producer: Partner, *, language: str) -> str:
    """Return the whole address of a producer's workplace."""
    with translation.override(language):
        return urljoin(settings.SITE_URL, reverse("dashboard:today", kwargs={"producer_pk": producer.pk}))
