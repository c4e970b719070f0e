"""Finding events in the audit log."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet

from marketplace.accounts.models import User
from marketplace.audit.models import AuditEvent
from marketplace.clock import VIETNAM
from marketplace.folding import names_like


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """What the log is narrowed to; days are inclusive, in Vietnam."""

    first: date | None = None
    last: date | None = None
    actor: str = ""
    action: str = ""
    words: str = ""


def audit_events(wanted: AuditFilter) -> QuerySet[AuditEvent]:
    """Return the events that `wanted` describes, newest first, without their actors (`with_actors` finds those)."""
    found = AuditEvent.objects.all()
    if wanted.first:
        found = found.filter(at__gte=_begin(wanted.first))
    if wanted.last:
        found = found.filter(at__lt=_begin(wanted.last + timedelta(days=1)))
    if wanted.action:
        found = found.filter(action=wanted.action)
    if wanted.actor:
        people = User.objects.filter(
            names_like(wanted.actor, "full_name") | Q(email__iexact=wanted.actor) | Q(phone=wanted.actor)
        )
        found = found.filter(actor__in=people.values("pk"))
    if wanted.words:
        found = found.filter(
            Q(object_key__iexact=wanted.words)
            | Q(object_words__icontains=wanted.words)
            | Q(request_id=wanted.words)
        )
    return found


def names_of_actors(events: list[AuditEvent]) -> dict[int, str]:
    """Return the names of who did `events`, by key; an account that is gone has none. One query."""
    people = User.objects.filter(pk__in={event.actor_id for event in events if event.actor_id})
    return {person.pk: str(person) for person in people}


def _begin(day: date) -> datetime:
    return datetime.combine(day, time.min, VIETNAM)
