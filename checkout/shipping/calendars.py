"""On which days parcels go out and travel: a producer's own days, and public holidays."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.db.models import Q, QuerySet

from catalogue.producers.models import Partner
from checkout.shipping.models import ClosedDays
from marketplace.prepared import PreparedRows

#: How far ahead somebody may be closed, in days; nobody is promised anything beyond.
_FARTHEST: Final = 1_000
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """Days in a row, both ends included."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class ShippingCalendar:
    """One producer's days."""

    #: Days of the week with dispatch, as in `Partner.dispatch_weekdays`.
    weekdays: str = "1234567"
    closed: tuple[Span, ...] = ()
    holidays: tuple[Span, ...] = ()

    def ships_on(self, day: date) -> bool:
        """Whether the producer hands parcels to a carrier on `day`."""
        rests = any(day in span for span in (*self.closed, *self.holidays))
        return str(day.isoweekday()) in self.weekdays and not rests

    def dispatch_day(self, ordered_on: date, days: int) -> date:
        """Return the last day for sending what was ordered on `ordered_on`: the `days`-th day with dispatch after it.

        With 0 days it is the same day, or the next one with dispatch.
        """
        day, left = ordered_on, days
        for _turn in range(_FARTHEST):
            if left <= 0 and self.ships_on(day):
                break
            day += _DAY
            left -= self.ships_on(day)
        return day

    def arrival(self, sent_on: date, days: int) -> date:
        """Return the day on which a parcel arrives that travels for `days` days: public holidays don't count."""
        day, left = sent_on, days
        for _turn in range(_FARTHEST):
            if left <= 0:
                break
            day += _DAY
            left -= not any(day in span for span in self.holidays)
        return day


@dataclass(frozen=True, slots=True)
class Calendars:
    """The closed days of several producers, and the holidays of all."""

    spans: dict[int | None, list[Span]]

    def of(self, producer: Partner) -> ShippingCalendar:
        """Return the calendar of a producer."""
        return ShippingCalendar(
            weekdays=producer.dispatch_weekdays,
            closed=tuple(self.spans.get(producer.pk, ())),
            holidays=tuple(self.spans.get(None, ())),
        )


def calendars_for(producer_ids: Iterable[int], *, on: date) -> Calendars:
    """Return what is closed from the day `on`, for these producers, in one query."""
    spans: dict[int | None, list[Span]] = {}
    for row in _prepared_days(list(producer_ids) or [0], on):
        spans.setdefault(row["producer_id"], []).append(Span(row["first_day"], row["last_day"]))
    return Calendars(spans)


def calendar_of(producer: Partner, *, on: date) -> ShippingCalendar:
    """Return the calendar of one producer from the day `on`, in one query."""
    return calendars_for([producer.pk], on=on).of(producer)


def _days(producer_ids: list[int], on: date) -> QuerySet[ClosedDays, Any]:
    return (
        ClosedDays.objects.filter(Q(producer__isnull=True) | Q(producer__in=producer_ids), last_day__gte=on)
        .order_by("first_day", "pk")
        .values("producer_id", "first_day", "last_day")
    )


_prepared_days = PreparedRows(_days)
