"""Lets the demonstration's history happen when it is said to have happened."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, tzinfo
from typing import Any, Final

from django.utils import timezone

#: Days since which the demonstration's goods are on sale.
ON_SALE_FOR: Final = 60


@contextmanager
def days_ago(days: float) -> Iterator[datetime]:
    """Have the shop's clock stand `days` before now, so that its services do today what they would have done then.

    For a command that runs alone: the clock is that of the whole process. Columns with `timezone.now` as their default keep the function
    itself, so that the clock is turned back below it.
    """
    moment = timezone.now() - timedelta(days=days)

    class _Kind(type):
        def __instancecheck__(cls, one: Any) -> bool:
            return isinstance(one, datetime)

    class _Then(datetime, metaclass=_Kind):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return moment.astimezone(tz)

    clock: Any = timezone
    clock.datetime = _Then
    try:
        yield moment
    finally:
        clock.datetime = datetime
