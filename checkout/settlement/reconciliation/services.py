"""The nightly round, and what people do with its queue."""

import logging
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from itertools import chain
from typing import Final

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone, translation

from checkout.settlement.models import LedgerEntry
from checkout.settlement.payouts.checking import payout_differences
from checkout.settlement.reconciliation.carrier_checking import carrier_differences
from checkout.settlement.reconciliation.checking import Found, ledger_differences
from checkout.settlement.reconciliation.dispute_checking import dispute_differences
from checkout.settlement.reconciliation.models import Difference, Reconciliation
from checkout.settlement.reconciliation.provider_checking import provider_differences
from marketplace.accounts.models import StaffRole, User
from marketplace.accounts.roles import staff_of
from marketplace.audit.services import audit_record
from marketplace.clock import VIETNAM, day_of
from marketplace.duties import claim_due, next_try
from marketplace.notices.services import notice_queue

logger = logging.getLogger(__name__)

#: When a night's round begins, in Vietnam: after the day's orders, before anybody's office.
NIGHT_FROM: Final = time(2, 0)
#: For how long one worker has a round to itself.
_LEASE: Final = timedelta(hours=1)


def all_differences() -> list[Found]:
    """Return all that differs now. What a first look finds is looked at again: an order may have moved on between two queries."""
    first = list(_differences())
    if not first:
        return []
    again = {found.key for found in _differences()}
    return [found for found in first if found.key in again]


def _differences() -> Iterator[Found]:
    return chain(
        ledger_differences(),
        dispute_differences(),
        provider_differences(),
        carrier_differences(),
        payout_differences(),
    )


def reconciliations_run_due() -> int:
    """Begin the night's round once it is time, and have a worker do what waits; return how many rounds wait. Called every 30 seconds."""
    from checkout.settlement.reconciliation.tasks import run_reconciliations

    now = timezone.now()
    if now.astimezone(VIETNAM).time() >= NIGHT_FROM:
        _reconciliation_begin(night=day_of(now))
    pending = Reconciliation.objects.filter(state=Reconciliation.State.PENDING)
    waiting = pending.filter(next_try_at__lte=timezone.now()).count()
    if waiting:
        run_reconciliations.enqueue()
    return waiting


def reconciliation_ask(*, by: User) -> Reconciliation:
    """Ask for a round now; while one is under way that one is returned."""
    with transaction.atomic():
        round_ = _reconciliation_begin(by=by)
        audit_record(action="ledger.checked", actor=by)
    return round_


def rounds_ended() -> tuple[Reconciliation | None, Reconciliation | None]:
    """Return the last round that was done, and the one after it that failed, if any: until the next one nobody knows whether all adds up."""
    done = Reconciliation.objects.filter(state=Reconciliation.State.DONE).first()
    later = Reconciliation.objects.filter(state=Reconciliation.State.FAILED, pk__gt=done.pk if done else 0)
    return done, later.first()


def _reconciliation_begin(*, night: date | None = None, by: User | None = None) -> Reconciliation:
    rounds = Reconciliation.objects.all()
    known = rounds.filter(night=night).first() if night else None
    known = known or rounds.filter(state=Reconciliation.State.PENDING).first()
    if known:
        return known
    try:
        with transaction.atomic():
            return rounds.create(night=night, asked_by=by, next_try_at=timezone.now())
    except IntegrityError:  # another worker or person was faster
        return rounds.order_by("-pk")[0]


def reconciliations_run() -> int:
    """Do every round that is due and return how many were done. Safe on any number of workers."""
    return sum(
        _reconciliation_run(round_) for round_ in claim_due(Reconciliation.objects.all(), lease=_LEASE)
    )


def _reconciliation_run(round_: Reconciliation) -> bool:
    try:
        found = all_differences()
    except Exception as error:  # whatever it is, a person must hear of it
        moment = next_try(round_.attempts)
        Reconciliation.objects.filter(pk=round_.pk).update(
            state=Reconciliation.State.PENDING if moment else Reconciliation.State.FAILED,
            next_try_at=moment or timezone.now(),
            error=f"{type(error).__name__}: {error}"[:255],
        )
        logger.exception("reconciliation %s failed at attempt %s", round_.pk, round_.attempts)
        return False
    differences_record(found, by_round=round_)
    return True


@transaction.atomic
def differences_record(found: Iterable[Found], *, by_round: Reconciliation) -> int:
    """Bring the queue to what a round found and end the round; return how many differences are new. Their keeper is told."""
    now = timezone.now()
    by_key = {one.key: one for one in found}
    known = {row.key: row for row in Difference.objects.select_for_update().filter(key__in=by_key)}
    new = [key for key in by_key if key not in known or known[key].state == Difference.State.GONE]
    for key, one in by_key.items():
        row = known.get(key)
        changed = row is not None and (row.expected, row.found) != (one.expected, one.found)
        if row is None:
            row = Difference(key=key, first_seen_at=now)
        elif row.state == Difference.State.GONE or changed:
            # What was answered was another sum.
            row.state, row.answer, row.answered_by, row.answered_at = Difference.State.OPEN, "", None, None
        row.kind, row.expected, row.found, row.detail = one.kind, one.expected, one.found, one.detail
        row.order_id, row.producer_id, row.last_seen_at = one.order_id, one.producer_id, now
        row.save()
    Difference.objects.exclude(key__in=by_key).exclude(state=Difference.State.GONE).update(
        state=Difference.State.GONE
    )
    Reconciliation.objects.filter(pk=by_round.pk).update(
        state=Reconciliation.State.DONE,
        finished_at=now,
        entries=LedgerEntry.objects.count(),
        differences=len(by_key),
        error="",
    )
    if new:
        logger.error("reconciliation %s: %s new differences", by_round.pk, len(new))
        _tell_keepers(len(new), by_round)
    return len(new)


def _tell_keepers(count: int, round_: Reconciliation) -> None:
    """Tell those who keep the money that something doesn't add up."""
    for person in staff_of(None, StaffRole.Role.ADMIN, StaffRole.Role.FINANCE):
        with translation.override(person.preferred_language):
            address = reverse("dashboard:ledger-differences")
        notice_queue(
            key=f"ledger-differences:{round_.pk}:{person.pk}",
            template="ledger_differences",
            language=person.preferred_language,
            context={"count": count, "work_url": settings.SITE_URL + address},
            email=person.email,
            person=person,
        )


@transaction.atomic
def difference_take(*, difference: Difference, by: User) -> Difference:
    """Note who looks into a difference."""
    Difference.objects.filter(pk=difference.pk).update(person=by)
    difference.refresh_from_db()
    audit_record(action="difference.taken", subject=difference, actor=by)
    return difference


@transaction.atomic
def difference_answer(
    *, difference: Difference, answer: str, by: User, at: datetime | None = None
) -> Difference:
    """Note how a difference is explained; it comes back to the queue where its sums change."""
    Difference.objects.filter(pk=difference.pk).update(
        state=Difference.State.ANSWERED,
        answer=answer.strip()[:500],
        answered_by=by,
        answered_at=at or timezone.now(),
    )
    difference.refresh_from_db()
    audit_record(action="difference.answered", subject=difference, reason=answer, actor=by)
    return difference
