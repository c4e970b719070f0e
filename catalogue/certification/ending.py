"""Certificates that near their end, and the days on which re-recognition is filed for them."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import cast

from django.db.models import Exists, OuterRef, QuerySet

from catalogue.certification.models import FEWEST_CERTIFIED_STARS, Certificate
from catalogue.certification.programme import rule_book


class Filing(StrEnum):
    """How the filing window stands on a day; `NONE`: the rule of that day names no window."""

    NONE = "none"
    BEFORE = "before"
    OPEN = "open"
    SHUT = "shut"


@dataclass(frozen=True, slots=True)
class FilingWindow:
    """From when until when (inclusive) a producer files for re-recognition, and how that stands."""

    opens_on: date
    closes_on: date
    filing: Filing


def certificates_ending(on: date, *, within_days: int) -> QuerySet[Certificate]:
    """Return what counts on the day `on`, ends within `within_days` after it, and has no successor yet."""
    successor = Certificate.objects.recognised().filter(
        product=OuterRef("product"), in_force_until__gt=OuterRef("in_force_until")
    )
    return (
        Certificate.objects.in_force(on)
        .filter(state=Certificate.State.AWARDED, in_force_until__lte=on + timedelta(days=within_days))
        .filter(~Exists(successor.filter(stars__gte=FEWEST_CERTIFIED_STARS)))
        .order_by("in_force_until", "pk")
    )


def filing_window(certificate: Certificate, *, on: date) -> FilingWindow:
    """Return when re-recognition is filed for a verified certificate, by the rule in force on the day `on`; reckoned from the end that the paper names."""
    terms = rule_book().recognition_on(on)
    end = cast(date, certificate.valid_until)
    opens_on, closes_on = (
        end - timedelta(days=terms.filing_opens_days),
        end - timedelta(days=terms.filing_closes_days),
    )
    if not terms.filing_opens_days:
        filing = Filing.NONE
    elif on < opens_on:
        filing = Filing.BEFORE
    else:
        filing = Filing.OPEN if on <= closes_on else Filing.SHUT
    return FilingWindow(opens_on, closes_on, filing)
