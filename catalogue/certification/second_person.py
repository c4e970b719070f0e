"""Four eyes on a paper: whoever typed it off doesn't verify it, where `CERTIFICATES_NEED_SECOND_PERSON` asks for that.

No law of the programme demands it; a province may. The histories name both people either way.
"""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from catalogue.certification.errors import SecondPersonNeeded
from catalogue.certification.models import Certificate, StandardCertificate
from marketplace.accounts.models import StaffRole, User
from marketplace.accounts.roles import staff_of

#: What a certificate says; whoever gave one of these is its recorder. A scan is none: it may be put to it by anybody.
_FACTS = frozenset({"stars", "decision", "level", "official_code", "valid_from", "valid_until", "score"})
_RECORDING = ("awarded", "completed", "recorded")
#: At most so many people are named in a sentence.
_MOST_NAMES = 5


def is_asked_for() -> bool:
    """Return whether a second person has to verify what one has recorded."""
    return bool(settings.CERTIFICATES_NEED_SECOND_PERSON)


def recorders(paper: Certificate | StandardCertificate) -> list[User]:
    """Return who typed off what the paper says, in the order in which they did; a list from the command line names nobody."""
    people: dict[int, User] = {}
    for event in paper.events.filter(action__in=_RECORDING).select_related("actor").order_by("at", "pk"):
        is_fact = event.action != "completed" or not _FACTS.isdisjoint(event.changes)
        if event.actor is not None and is_fact:
            people[event.actor.pk] = event.actor
    return list(people.values())


def needs_somebody_else(paper: Certificate | StandardCertificate, person: User | None) -> bool:
    """Return whether `person` may not verify `paper`, because a second one is asked for. Nobody (None) is no second person."""
    return is_asked_for() and (person is None or person in recorders(paper))


def check_second_person(paper: Certificate | StandardCertificate, person: User | None) -> None:
    """Raise SecondPersonNeeded where somebody else has to verify `paper`."""
    if needs_somebody_else(paper, person):
        raise SecondPersonNeeded(why_somebody_else(paper))


def who_may_verify(paper: Certificate | StandardCertificate) -> list[User]:
    """Return the people of the programme who look after the paper's province and did not record it, by name."""
    done = {person.pk for person in recorders(paper)}
    roles = (StaffRole.Role.VERIFIER, StaffRole.Role.ADMIN)
    return [person for person in staff_of(_province(paper), *roles) if person.pk not in done]


def why_somebody_else(paper: Certificate | StandardCertificate) -> str:
    """Return the sentence that says why the person at the screen can't verify, and who can."""
    people = who_may_verify(paper)
    if not people:
        return _(
            "Whoever typed a certificate off does not verify it as well, and nobody else may verify papers of this province: an administrator has to give somebody the role of a verifier."
        )
    names = ", ".join(str(person) for person in people[:_MOST_NAMES])
    if len(people) > _MOST_NAMES:
        names = _("%(names)s and %(count)d more") % {"names": names, "count": len(people) - _MOST_NAMES}
    return _("Whoever typed a certificate off does not verify it as well. These people can: %(names)s.") % {
        "names": names
    }


def _province(paper: Any) -> str | None:
    good = paper.product
    producer = good.producer if good else paper.producer
    return producer.commune.province_id if producer.commune else None
