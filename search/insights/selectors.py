"""Figures of what people searched for, for those who run the shop, and the common searches for those who type."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final

from django.core.cache import cache
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from marketplace.clock import today
from search.models import SearchRecord
from search.text import fold

#: So many different visits make a text common enough to be suggested to others.
COMMON_FROM: Final = 5
_COMMON_DAYS: Final = 30
_COMMON_MOST: Final = 500
_COMMON_KEY: Final = "search-common"
_COMMON_LIFE: Final = 60 * 60 * 24


class Narrowing(StrEnum):
    """Which searches a list of figures holds."""

    ALL = "all"
    NOTHING = "nothing"
    """Those that found nothing when they were last made."""
    UNOPENED = "unopened"
    """Those that found goods of which nobody opened one."""


def searches_since(first_day: date, narrowing: Narrowing = Narrowing.ALL) -> QuerySet[SearchRecord, Any]:
    """Return one row a text, the commonest first: `text`, `visits`, `visits_opened`, `results` (when last searched)."""
    records = SearchRecord.objects.filter(day__gte=first_day)
    latest = records.filter(text=OuterRef("text")).order_by("-at", "-pk").values("results")[:1]
    rows = (
        records.values("text")
        .annotate(
            visits=Count("pk"),
            visits_opened=Count("pk", filter=Q(clicks__gt=0)),
            results=Subquery(latest),
        )
        .order_by("-visits", "text")
    )
    if narrowing is Narrowing.NOTHING:
        return rows.filter(results=0)
    if narrowing is Narrowing.UNOPENED:
        return rows.filter(results__gt=0, visits_opened=0)
    return rows


def days_since(first_day: date) -> list[dict[str, Any]]:
    """Return one row for every day from `first_day` to today: `day`, `visits`, `nothing`, `visits_opened`. Days without a search have zeros."""
    rows: dict[date, dict[str, Any]] = {
        row["day"]: {**row}
        for row in SearchRecord.objects.filter(day__gte=first_day)
        .values("day")
        .annotate(
            visits=Count("pk"),
            nothing=Count("pk", filter=Q(results=0)),
            visits_opened=Count("pk", filter=Q(clicks__gt=0)),
        )
        .order_by("day")
    }
    days = [first_day + timedelta(days=number) for number in range((today() - first_day).days + 1)]
    return [rows.get(day, {"day": day, "visits": 0, "nothing": 0, "visits_opened": 0}) for day in days]


def common_searches(beginning: str, *, most: int) -> list[str]:
    """Return texts that many people searched for and that begin so, the commonest first. One read of the cache, no query."""
    typed = fold(beginning)
    found: list[str] = cache.get(_COMMON_KEY) or []
    return [text for text in found if fold(text).startswith(typed) and fold(text) != typed][:most]


def common_searches_refresh() -> int:
    """Put the common searches down for every process; return how many there are. Safe to run twice.

    Taken are texts of the last 30 days that found something without a declared age, from enough different visits
    that none of them says anything of a person.
    """
    since = timezone.now() - timedelta(days=_COMMON_DAYS)
    rows = (
        SearchRecord.objects.filter(at__gte=since, adult=False, results__gt=0)
        .exclude(text__contains="…")
        .values("text")
        .annotate(visits=Count("pk"))
        .filter(visits__gte=COMMON_FROM)
        .order_by("-visits", "text")
    )
    texts = [row["text"] for row in rows[:_COMMON_MOST]]
    cache.set(_COMMON_KEY, texts, timeout=_COMMON_LIFE)
    return len(texts)
