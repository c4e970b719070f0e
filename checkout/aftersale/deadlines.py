"""Working days: until when somebody has to answer."""

from datetime import date, timedelta
from typing import Final

from checkout.aftersale.models import Terms
from checkout.shipping.calendars import Span, calendars_for

_SATURDAY: Final = 5


def terms_on(day: date) -> Terms:
    """Return the terms that hold on `day`. Raises Terms.DoesNotExist before the first."""
    terms: Terms | None = Terms.objects.filter(valid_from__lte=day).order_by("-valid_from").first()
    if terms is None:
        raise Terms.DoesNotExist
    return terms


def working_day_after(day: date, *, count: int) -> date:
    """Return the last of `count` working days that follow `day`, which itself doesn't count."""
    closed = closed_days(day)
    while count:
        day += timedelta(days=1)
        count -= _is_worked(day, closed)
    return day


def working_days_left(until: date, *, on: date, closed: list[Span] | None = None) -> int:
    """Return how many working days follow `on` until `until`: 0 on the last day, and past it. `closed`: `closed_days`, where it is read."""
    closed = closed_days(on) if closed is None else closed
    following = (on + timedelta(days=number) for number in range(1, (until - on).days + 1))
    return sum(_is_worked(day, closed) for day in following)


def closed_days(since: date) -> list[Span]:
    """Return the public holidays from `since` on; a producer's own days of rest don't keep a buyer waiting."""
    return calendars_for([], on=since).spans.get(None, [])


def _is_worked(day: date, closed: list[Span]) -> bool:
    return day.weekday() < _SATURDAY and not any(day in span for span in closed)
