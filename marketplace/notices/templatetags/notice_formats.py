"""Moments and days in notices, whose context went through JSON."""

from datetime import date

from django import template
from django.utils.dateparse import parse_date, parse_datetime

from marketplace.clock import VIETNAM

register = template.Library()


@register.filter
def moment(value: str) -> str:
    """Return an ISO moment as `14:30 23/11/2026` in Vietnam's time; "" where there is none."""
    at = parse_datetime(value) if value else None
    return at.astimezone(VIETNAM).strftime("%H:%M %d/%m/%Y") if at else ""


@register.filter
def day(value: str) -> str:
    """Return an ISO day or moment as `23/11/2026`; "" where there is none."""
    if not value:
        return ""
    at = parse_datetime(value) if "T" in value else None
    on: date | None = at.astimezone(VIETNAM).date() if at else parse_date(value)
    return on.strftime("%d/%m/%Y") if on else ""
