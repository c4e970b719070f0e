"""Reads questions for pages, in a constant number of queries."""

from dataclasses import dataclass
from datetime import timedelta
from statistics import median
from typing import Final

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import ngettext

from catalogue.producers.models import Partner
from catalogue.questions.models import Question

#: So many stand on the page of the good itself.
ON_THE_PAGE: Final = 3
#: Of how many days questions count for a producer's answer time, and of these the youngest; fewer answers say nothing.
COUNTED_DAYS: Final = 90
_MOST_COUNTED: Final = 300
FEWEST_ANSWERS: Final = 5
#: One that has waited longer counts by what it has waited so far; a younger one doesn't count yet.
_STILL_YOUNG: Final = timedelta(hours=24)


def is_asked(producer: Partner) -> bool:
    """Return whether people can ask a producer something here: it was verified, so that somebody of it reads it."""
    return producer.seller_state == Partner.SellerState.VERIFIED


def questions_public(good_id: int) -> QuerySet[Question]:
    """Return the questions about a good that everybody may read, the newest first."""
    return Question.objects.public().filter(product=good_id)


@dataclass(frozen=True, slots=True)
class AnswerTime:
    """How long a producer usually takes to answer: half of the questions of the last 90 days were answered sooner."""

    hours: int

    @property
    def words(self) -> str:
        """The time as pages say it: within 5 hours, within 3 days."""
        if self.hours <= 48:
            return ngettext(
                "Usually answers within %(number)d hour",
                "Usually answers within %(number)d hours",
                self.hours,
            ) % {"number": self.hours}
        days = -(-self.hours // 24)
        return ngettext(
            "Usually answers within %(number)d day", "Usually answers within %(number)d days", days
        ) % {"number": days}


def answer_time(producer_id: int) -> AnswerTime | None:
    """Return how soon a producer answers; None where too few were answered to say. One query.

    A question that was hidden doesn't count; one that still waits, longer than a day, counts by its waiting, so that who leaves
    questions lying isn't called quick.
    """
    now = timezone.now()
    asked = (
        Question.objects.kept()
        .of_producer(producer_id)
        .filter(asked_at__gte=now - timedelta(days=COUNTED_DAYS))
        .order_by("-asked_at")
        .values_list("asked_at", "answered_at")[:_MOST_COUNTED]
    )
    waits, answers = [], 0
    for at, answered_at in asked:
        answers += answered_at is not None
        if answered_at or now - at > _STILL_YOUNG:
            waits.append(((answered_at or now) - at).total_seconds())
    if answers < FEWEST_ANSWERS:
        return None
    return AnswerTime(max(1, -(-int(median(waits)) // 3600)))
