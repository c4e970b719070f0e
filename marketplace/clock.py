"""Days and moments in Vietnam: certificates count in days of Asia/Ho_Chi_Minh."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


def today() -> date:
    """Return today's date in Vietnam, whatever the server's or the visitor's zone."""
    return timezone.now().astimezone(VIETNAM).date()


def day_of(moment: datetime) -> date:
    """Return the day in Vietnam on which `moment` falls."""
    return moment.astimezone(VIETNAM).date()


def start_of_day(day: date) -> datetime:
    """Return the first moment of `day` in Vietnam."""
    return datetime.combine(day, time.min, tzinfo=VIETNAM)


def next_day_boundary() -> datetime:
    """Return the next midnight in Vietnam: the next moment at which a certificate may begin or end."""
    return start_of_day(today() + timedelta(days=1))
