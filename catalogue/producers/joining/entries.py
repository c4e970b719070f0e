"""Entries of decision lists that an applicant may be: found by name and province, so that nobody gets a second entry."""

from typing import Final

from django.db.models import Q, QuerySet
from rapidfuzz import fuzz

from catalogue.producers.joining.models import Application
from catalogue.producers.matching import producer_core
from catalogue.producers.models import Membership, Partner
from marketplace.encryption import blind_indexes

#: From this likeness on (of 100) two names without their legal form may be one producer's.
_ALIKE: Final = 84
#: Shorter cores stand in too many names to be looked for within them.
_SHORTEST_PART: Final = 6
SHOWN: Final = 8


def entries_like(application: Application) -> list[Partner]:
    """Return the producers that we know who may be the applicant, the likest first: by number anywhere, by name in the province.

    Two queries, however many producers there are.
    """
    if application.commune is None:
        return []
    core = producer_core(application.name)
    numbers = set(blind_indexes(application.tax_number))
    likely = Q(commune__province=application.commune.province_id) | Q(commune=None)
    known = Partner.objects.filter(likely | Q(tax_number_index__in=numbers)).values_list(
        "pk", "name", "tax_number_index"
    )
    alike = {pk: _likeness(core, name, index in numbers) for pk, name, index in known.iterator()}
    found = sorted((pk for pk, how in alike.items() if how >= _ALIKE), key=lambda pk: -alike[pk])[:SHOWN]
    entries = Partner.objects.select_related("commune__province").in_bulk(found)
    return [entries[pk] for pk in found]


def _likeness(core: str, name: str, is_same_number: bool) -> float:
    if is_same_number:
        return 101
    other = producer_core(name)
    if core and (
        core == other or (min(len(core), len(other)) >= _SHORTEST_PART and (core in other or other in core))
    ):
        return 100
    return fuzz.ratio(core, other)


def twins_of(application: Application) -> QuerySet[Partner]:
    """Return other producers with the same tax number: approving would make a second entry of one."""
    others = Partner.objects.exclude(pk=application.producer_id or 0)
    return others.filter(tax_number_index__in=blind_indexes(application.tax_number))


def other_claims(application: Application) -> QuerySet[Application]:
    """Return what else is with us for the same entry."""
    if application.producer_id is None:
        return Application.objects.none()
    open_ones = (Application.State.SUBMITTED, Application.State.ASKED)
    return (
        Application.objects.filter(producer=application.producer_id, state__in=open_ones)
        .exclude(pk=application.pk)
        .select_related("applicant")
    )


def owners_of(application: Application) -> QuerySet[Membership]:
    """Return who owns the claimed entry already."""
    return (
        Membership.objects.filter(producer=application.producer_id, role=Membership.Role.OWNER)
        .exclude(user=application.applicant_id)
        .select_related("user")
    )
