"""Days in words: dates are written 23/11/2026, weekdays in words."""

from datetime import date, datetime

from django import template
from django.utils.translation import ngettext, pgettext_lazy

from marketplace.clock import day_of, today

register = template.Library()

MINUTES_A_DAY = 24 * 60

WEEKDAYS = (
    pgettext_lazy("weekday in a sentence", "Monday"),
    pgettext_lazy("weekday in a sentence", "Tuesday"),
    pgettext_lazy("weekday in a sentence", "Wednesday"),
    pgettext_lazy("weekday in a sentence", "Thursday"),
    pgettext_lazy("weekday in a sentence", "Friday"),
    pgettext_lazy("weekday in a sentence", "Saturday"),
    pgettext_lazy("weekday in a sentence", "Sunday"),
)


def _as_day(value: date | datetime) -> date:
    return day_of(value) if isinstance(value, datetime) else value


@register.filter
def weekday(value: date | datetime | None) -> str:
    """Return `thứ Năm` or `Thursday`; nothing for none."""
    return "" if value is None else str(WEEKDAYS[_as_day(value).weekday()])


@register.filter
def weekday_date(value: date | datetime | None) -> str:
    """Return `thứ Năm 26/11` or `Thursday 26/11`; nothing for none."""
    return "" if value is None else f"{weekday(value)} {_as_day(value):%d/%m}"


@register.filter
def minutes_in_words(minutes: int) -> str:
    """Return `180 ngày`, `1 giờ` or `45 phút`, the largest unit that comes out even; nothing for none."""
    if not minutes:
        return ""
    if minutes % MINUTES_A_DAY == 0:
        days = minutes // MINUTES_A_DAY
        return ngettext("%(days)d day", "%(days)d days", days) % {"days": days}
    if minutes % 60 == 0:
        hours = minutes // 60
        return ngettext("%(hours)d hour", "%(hours)d hours", hours) % {"hours": hours}
    return ngettext("%(minutes)d minute", "%(minutes)d minutes", minutes) % {"minutes": minutes}


@register.simple_tag
def today_in_words() -> str:
    """Return today in Vietnam, to begin a line with: `Thứ Hai 23/11`."""
    words = weekday_date(today())
    return words[:1].upper() + words[1:]
