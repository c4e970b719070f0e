"""How long a certificate holds, and what it is on a day."""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from catalogue.certification.models import Certificate
from catalogue.certification.programme import rule_book
from marketplace.clock import day_of

ONE_DAY = timedelta(days=1)


class Standing(StrEnum):
    """What a certificate is on a day. Unverified and expired follow from the data; nobody sets them."""

    PROPOSED = "proposed"
    CLOSED = "closed"
    UNVERIFIED = "unverified"
    NOT_YET = "not_yet"
    IN_FORCE = "in_force"
    EXTENDED = "extended"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"

    @property
    def text(self) -> Promise:
        return _STANDING_TEXTS[self]

    @property
    def counts(self) -> bool:
        """Return whether the stars may be shown."""
        return self in {Standing.IN_FORCE, Standing.EXTENDED}

    @property
    def waits(self) -> bool:
        """Return whether nothing is wrong, only something still to come."""
        return self in {Standing.PROPOSED, Standing.UNVERIFIED, Standing.NOT_YET}

    @property
    def is_proposal(self) -> bool:
        """Return whether no authority awarded it: a council proposed it, and perhaps that came to an end."""
        return self in {Standing.PROPOSED, Standing.CLOSED}

    @property
    def was_awarded(self) -> bool:
        """Return whether somebody saw the decision, so that its stars may be named, in force or not."""
        return not self.is_proposal and self is not Standing.UNVERIFIED


_STANDING_TEXTS: dict[Standing, Promise] = {
    Standing.PROPOSED: _("Proposed, not decided"),
    Standing.CLOSED: _("Proposal closed"),
    Standing.UNVERIFIED: _("Awaiting verification"),
    Standing.NOT_YET: _("Not in force yet"),
    Standing.IN_FORCE: _("In force"),
    Standing.EXTENDED: _("In force by the transitional rule"),
    Standing.EXPIRED: _("Expired"),
    Standing.SUPERSEDED: _("Replaced by a newer certificate"),
    Standing.WITHDRAWN: _("Withdrawn"),
}


@dataclass(frozen=True, slots=True)
class StandingSince:
    """A standing and the first day on which it held."""

    standing: Standing
    since: date


def term_end(valid_from: date) -> date:
    """Return the last day of a certificate issued on `valid_from`, by the programme's rule of that day (now 36 months)."""
    return add_months(valid_from, rule_book().recognition_on(valid_from).validity_months)


def add_months(day: date, months: int) -> date:
    """Return the same day of the month `months` later, or that month's last day where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def standing_on(certificate: Certificate, on: date) -> StandingSince:
    """Return what `certificate` is on the day `on`, and since when."""
    made = day_of(certificate.created_at)
    if certificate.state == Certificate.State.PROPOSED:
        return StandingSince(Standing.PROPOSED, made)
    since = certificate.state_since or made
    if certificate.state == Certificate.State.CLOSED:
        return StandingSince(Standing.CLOSED, since)
    if certificate.state == Certificate.State.WITHDRAWN and since <= on:
        return StandingSince(Standing.WITHDRAWN, since)
    valid_from, valid_until = certificate.valid_from, certificate.valid_until
    last_day = certificate.in_force_until
    if certificate.verified_at is None or valid_from is None or valid_until is None or last_day is None:
        return StandingSince(Standing.UNVERIFIED, made)
    if on < valid_from:
        return StandingSince(Standing.NOT_YET, made)
    if on > last_day:
        if certificate.state == Certificate.State.SUPERSEDED:
            return StandingSince(Standing.SUPERSEDED, last_day + ONE_DAY)
        return StandingSince(Standing.EXPIRED, last_day + ONE_DAY)
    if on > valid_until:
        return StandingSince(Standing.EXTENDED, valid_until + ONE_DAY)
    return StandingSince(Standing.IN_FORCE, valid_from)
