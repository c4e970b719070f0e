"""What the shop will show of a good from a day on, period by period; and what it would show after a change that isn't made yet."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from catalogue.certification.facts import facts_for_goods
from catalogue.certification.rules import GoodFacts, sale_decision
from catalogue.certification.terms import ONE_DAY
from catalogue.certification.verdicts import VerdictReason
from marketplace.clock import start_of_day


@dataclass(frozen=True, slots=True)
class Period:
    """Days (inclusive; `ends` None: for good) over which the one rule says the same to a visitor of age."""

    starts: date
    ends: date | None
    #: The stars that are shown, None where the good isn't shown.
    stars: int | None
    #: Why it isn't shown; None where it is.
    reason: VerdictReason | None


def outlook(good_id: int, *, on: date) -> list[Period]:
    """Return the periods from the day `on` on, earliest first; the last has no end. Two queries."""
    facts = facts_for_goods([good_id])[good_id]
    days = [on, *sorted(day for day in _turning_days(facts) if day > on)]
    periods: list[Period] = []
    for day, following in zip(days, [*days[1:], None], strict=True):
        stars, reason = _said_on(facts, day)
        ends = following - ONE_DAY if following else None
        if periods and (periods[-1].stars, periods[-1].reason) == (stars, reason):
            periods[-1] = Period(periods[-1].starts, ends, stars, reason)
        else:
            periods.append(Period(day, ends, stars, reason))
    return periods


def outlook_after(good_id: int, change: Callable[[], Any], *, on: date) -> list[Period]:
    """Return the outlook as it would be after `change`, a service that writes; nothing of it stays. Raises what `change` raises."""
    with transaction.atomic():
        change()
        periods = outlook(good_id, on=on)
        transaction.set_rollback(True)
    return periods


def _turning_days(facts: GoodFacts) -> set[date]:
    """Return the days on which a certificate begins, or no longer counts."""
    days = set()
    for paper in facts.certificates:
        if paper.valid_from:
            days.add(paper.valid_from)
        if paper.in_force_until:
            days.add(paper.in_force_until + ONE_DAY)
    return days


def _said_on(facts: GoodFacts, day: date) -> tuple[int | None, VerdictReason | None]:
    verdict = sale_decision(facts=facts, on=day, at=start_of_day(day), adult=True)
    if verdict.shown and verdict.certificate:
        return verdict.certificate.stars, None
    return None, verdict.reason
