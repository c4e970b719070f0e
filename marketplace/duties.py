"""Duties: rows that say what is still to be done (decision 9 of the architecture).

A notice, a webhook event, a refund: each is a row with `state`, `attempts` and `next_try_at`, written in the transaction of the change that
asks for it. A worker claims a row by a conditional update, so that two workers never do the same work at the same time; a worker that dies
leaves a row whose lease runs out and which is then claimed again. What a duty does must therefore bear being done twice.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeVar

from django.db import connection, models, transaction
from django.utils import timezone

from marketplace.tasks import do_duty

PENDING: Final = "pending"
#: For how long a claimed row belongs to one worker.
LEASE: Final = timedelta(minutes=5)
#: Waiting times after the first, second, … failure; after the last one a person has to look.
BACKOFF: Final = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=3),
    timedelta(hours=6),
    timedelta(hours=12),
    timedelta(hours=24),
)

Duty = TypeVar("Duty", bound=models.Model)


def claim_due(duties: models.QuerySet[Duty], *, limit: int = 200, lease: timedelta = LEASE) -> Iterator[Duty]:
    """Yield up to `limit` rows of `duties` that are pending and due, each claimed for this caller alone.

    A claim counts an attempt and moves `next_try_at` by `lease`. Call it outside a transaction: a claim counts
    for others once it is committed.
    """
    now = timezone.now()
    due = list(
        duties.filter(state=PENDING, next_try_at__lte=now)
        .order_by("next_try_at", "pk")
        .values_list("pk", "attempts")[:limit]
    )
    for pk, attempts in due:
        claimed = duties.filter(pk=pk, state=PENDING, attempts=attempts, next_try_at__lte=now).update(
            attempts=attempts + 1, next_try_at=timezone.now() + lease
        )
        if claimed:
            yield duties.get(pk=pk)


def next_try(attempts: int) -> datetime | None:
    """Return when to try again after `attempts` failures, or None where it is time to give up."""
    if attempts > len(BACKOFF):
        return None
    return timezone.now() + BACKOFF[attempts - 1]


@dataclass(frozen=True)
class _Nudged:
    """Remembers for the rest of a transaction that a job was asked for; a savepoint that is undone takes it along."""

    job: str

    def __call__(self) -> None:
        """Do nothing: the queue's row has just been committed."""


def nudge_on_commit(sweep: Callable[[], int]) -> None:
    """Have a worker do `sweep`, one of `PERIODIC_JOBS`, as soon as the current transaction commits, once however often it is asked for.

    The queue's row is written in the transaction itself: a commit of its own would let whoever waits for the answer wait twice for the disk.
    """
    nudged = _Nudged(f"{sweep.__module__}.{sweep.__qualname__}")
    if nudged in [hook[1] for hook in connection.run_on_commit]:
        return
    do_duty.enqueue(nudged.job)
    if connection.in_atomic_block:
        transaction.on_commit(nudged)
