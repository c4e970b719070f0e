"""Working days: until when somebody has to answer."""

from collections.abc import Container
from datetime import date, timedelta
from typing import Final

from checkout.aftersale.models import Terms

_SATURDAY: Final = 5


def terms_on(day: date) -> Terms:
    """Return the terms that hold on `day`. Raises Terms.DoesNotExist before the first."""
    terms: Terms | None = Terms.objects.filter(valid_from__lte=day).order_by("-valid_from").first()
    if terms is None:
        raise Terms.DoesNotExist
    return terms


def working_day_after(day: date, *, count: int) -> date:
    """Return the last of `count` working days that follow `day`, which itself doesn't count."""
    closed = _closed_days(day)
    while count:
        day += timedelta(days=1)
        count -= _is_worked(day, closed)
    return day


def working_days_left(until: date, *, on: date) -> int:
    """Return on how many working days, `on` among them, an answer is still in time; 0 once `until` is past."""
    closed = _closed_days(on)
    days = (on + timedelta(days=number) for number in range((until - on).days + 1))
    return sum(_is_worked(day, closed) for day in days)


def _closed_days(since: date) -> Container[date]:
    """Return the public holidays from `since` on."""
    return ()


def _is_worked(day: date, closed: Container[date]) -> bool:
    return day.weekday() < _SATURDAY and day not in closed
