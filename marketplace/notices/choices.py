"""How a person wants to be told: group by group, with defaults that fit what the person does here."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from marketplace.clock import VIETNAM
from marketplace.notices.models import DigestHour, NoticeChoice, PersonalNotice, Way
from marketplace.notices.places import ALWAYS_IN_WORDS, PLACES, Group, Place, Side

#: What isn't named here comes at once: it waits for the person's hand, or is the person's own money.
DEFAULTS: Final[Mapping[tuple[str, str], Way]] = {
    (Side.PRODUCER, Group.REVIEWS): Way.DIGEST,
    (Side.BUYER, Group.NEWS): Way.DIGEST,
    (Side.PRODUCER, Group.NEWS): Way.DIGEST,
    (Side.PROGRAMME, Group.NEWS): Way.DIGEST,
}
#: Before the day's work.
DEFAULT_HOUR: Final = 7

Choices = dict[tuple[str, str], str]


def groups_for(audiences: Collection[str]) -> list[tuple[Side, list[Group]]]:
    """Return what there is to choose for somebody who belongs to `audiences`: by side, in the order of `Group`."""
    there = {
        (place.audience.side, place.group)
        for place in PLACES.values()
        if place.audience in audiences and place.always is None
    }
    groups = [(side, [group for group in Group if (side, group) in there]) for side in Side]
    return [(side, found) for side, found in groups if found]


def always_told(audiences: Collection[str]) -> list[tuple[str, str]]:
    """Return what somebody who belongs to `audiences` is told at once whatever was chosen: what, and why."""
    kinds = [name for name, place in PLACES.items() if place.always and place.audience in audiences]
    told = {str(ALWAYS_IN_WORDS[name]): str(PLACES[name].always.label) for name in kinds}  # type: ignore[union-attr]
    return list(told.items())


def choices_of(person: Any) -> Choices:
    """Return how `person` wants each group that was chosen or has a default of its own; what is missing comes at once."""
    chosen = NoticeChoice.objects.filter(person=person).values_list("side", "group", "way")
    return {**DEFAULTS, **{(side, group): way for side, group, way in chosen}}


def way_for(person: Any, place: Place) -> str:
    """Return how `person` is told of a notice with this place. Who has no mail address can get no digest: it comes at once."""
    if place.always is not None:
        return Way.AT_ONCE
    way = choices_of(person).get((place.audience.side, place.group), Way.AT_ONCE)
    return Way.AT_ONCE if way == Way.DIGEST and not person.email else way


def digest_hour_of(person: Any) -> int:
    """Return at which hour of the day, in Vietnam, `person` gets the digest."""
    hours = DigestHour.objects.filter(person=person).values_list("hour", flat=True)
    return next(iter(hours), DEFAULT_HOUR)


def next_digest(hour: int, *, after: datetime | None = None) -> datetime:
    """Return the next moment at which it is `hour` o'clock in Vietnam."""
    local = (after or timezone.now()).astimezone(VIETNAM)
    moment = local.replace(hour=hour, minute=0, second=0, microsecond=0)
    return moment if moment > local else moment + timedelta(days=1)


@transaction.atomic
def choices_keep(*, person: Any, choices: Choices, hour: int) -> None:
    """Keep how `person` wants the groups in `choices`, and at which hour the digest; what waits for a digest follows."""
    DigestHour.objects.update_or_create(
        person=person, defaults={"hour": hour}
    )  # locked first, as the digest does
    for (side, group), way in choices.items():
        NoticeChoice.objects.update_or_create(
            person=person, side=side, group=group, defaults={"way": Way(way)}
        )
        if way == Way.APP:
            kinds = [
                name for name, place in PLACES.items() if (place.audience.side, place.group) == (side, group)
            ]
            _waiting(person).filter(template__in=kinds).update(digest_at=None)
    _waiting(person).update(digest_at=next_digest(hour))


def _waiting(person: Any) -> Any:
    return PersonalNotice.objects.filter(person=person, digest_at__isnull=False)
