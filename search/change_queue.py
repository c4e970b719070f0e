"""The change record as a queue: what waits, who has it, what failed and when it is tried again.

Any number of workers claim goods side by side. A claim is a lease in the good's row for the index: short
transactions on every database, nothing is locked while an engine writes, and what a dead worker held comes back
when its lease runs out. Two workers with the same good would do no harm either, since versions decide.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from catalogue.models import ProductChange
from search.models import IndexedVersion

#: For how long a good belongs to the worker that claimed it; longer than a batch may take.
LEASE: Final = timedelta(seconds=60)
#: Pause after the first failure of a good; doubled after each further one, up to the longest.
FIRST_PAUSE: Final = timedelta(seconds=5)
LONGEST_PAUSE: Final = timedelta(hours=1)
#: Letters of a failure's reason that are kept.
_REASON: Final = 500
#: Rows of one statement that writes.
_ROWS: Final = 500


def pending_changes(index_name: str) -> QuerySet[ProductChange]:
    """Return the change records whose version the index hasn't taken, claimed and failing ones included."""
    return ProductChange.objects.filter(~Exists(_own(index_name).filter(version__gte=OuterRef("version"))))


def due_changes(index_name: str, at: datetime) -> QuerySet[ProductChange]:
    """Return the change records that nobody works on and whose turn it is, in the order of the changes."""
    not_now = (
        Q(version__gte=OuterRef("version"))
        | Q(claimed_until__gt=at)
        | Q(next_try_at__gt=at, failed_version__gte=OuterRef("version"))
    )
    return ProductChange.objects.filter(~Exists(_own(index_name).filter(not_now))).order_by(
        "changed_at", "pk"
    )


def claim(index_name: str, product_ids: Sequence[int]) -> list[int]:
    """Claim goods for this worker; return those that no other worker has, in the order given."""
    now = timezone.now()
    IndexedVersion.objects.bulk_create(
        [
            IndexedVersion(index_name=index_name, product_id=product_id, version=-1)
            for product_id in product_ids
        ],
        ignore_conflicts=True,
    )
    free = IndexedVersion.objects.filter(
        Q(claimed_until__isnull=True) | Q(claimed_until__lte=now),
        index_name=index_name,
        product_id__in=product_ids,
    )
    with transaction.atomic():
        claimed = set(free.select_for_update(skip_locked=True).values_list("product_id", flat=True))
        free.filter(product_id__in=claimed).update(claimed_until=now + LEASE)
    return [product_id for product_id in product_ids if product_id in claimed]


def release(index_name: str, product_ids: Iterable[int]) -> None:
    """Give claimed goods back as they were: the engine didn't answer, which is no good's fault."""
    IndexedVersion.objects.filter(index_name=index_name, product_id__in=list(product_ids)).update(
        claimed_until=None
    )


def known_documents(index_name: str, product_ids: Iterable[int]) -> dict[int, int]:
    """Return how many documents each good had at most in the index."""
    rows = IndexedVersion.objects.filter(index_name=index_name, product_id__in=list(product_ids))
    return dict(rows.values_list("product_id", "documents"))


def expect_documents(index_name: str, counts: Mapping[int, int]) -> None:
    """Note, before they are written, that goods get more documents than they ever had.

    A worker that dies right after writing them has so told the next one what to bury.
    """
    by_count: dict[int, list[int]] = {}
    for product_id, count in counts.items():
        by_count.setdefault(count, []).append(product_id)
    for count, product_ids in by_count.items():
        IndexedVersion.objects.filter(
            index_name=index_name, product_id__in=product_ids, documents__lt=count
        ).update(documents=count)


def taken(index_name: str, product_id: int, version: int, documents: int) -> IndexedVersion:
    """Return the row that says that the index has a good in this version."""
    return IndexedVersion(
        index_name=index_name,
        product_id=product_id,
        version=version,
        documents=documents,
        indexed_at=timezone.now(),
    )


def remember(rows: Sequence[IndexedVersion]) -> None:
    """Write rows of `taken`: claims and failures of these goods are over."""
    IndexedVersion.objects.bulk_create(
        rows,
        batch_size=_ROWS,
        update_conflicts=True,
        unique_fields=["index_name", "product_id"],
        update_fields=[
            "version", "documents", "indexed_at", "claimed_until", "failures", "failed_version", "failure", "next_try_at",
        ],
    )  # fmt: skip


def remember_new(index_name: str, rows: Iterable[tuple[int, int, int]]) -> None:
    """Note product, version and documents of what an index holds that is being filled and has none of these goods yet.

    A hundred thousand rows: written without model instances, which would take longer than making the documents, and on PostgreSQL by one
    statement, since its server would take up each row by itself.
    """
    table = connection.ops.quote_name(IndexedVersion._meta.db_table)
    insert = (
        f"INSERT INTO {table} (index_name, indexed_at, failures, failure, product_id, version, documents)"
        " SELECT %s, %s, 0, ''"
    )
    always = (index_name, connection.ops.adapt_datetimefield_value(timezone.now()))
    rows = list(rows)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            columns = [list(column) for column in zip(*rows, strict=True)] or [[], [], []]
            places = "UNNEST(%s::bigint[], %s::bigint[], %s::smallint[])"
            cursor.execute(f"{insert}, row.* FROM {places} AS row", [*always, *columns])
        else:
            cursor.executemany(f"{insert}, %s, %s, %s", [(*always, *row) for row in rows])


def note_new_failures(index_name: str, reasons: Mapping[int, str]) -> None:
    """Note goods that an index being filled could not take: a worker tries them after the swap."""
    IndexedVersion.objects.bulk_create(
        [
            IndexedVersion(
                index_name=index_name, product_id=product_id, version=-1, failures=1, failure=reason[:_REASON]
            )
            for product_id, reason in reasons.items()
        ],
        batch_size=_ROWS,
    )


def note_failures(index_name: str, reasons: Mapping[int, str], versions: Mapping[int, int]) -> None:
    """Put failing goods back, each with its reason and a pause that grows; a further change ends the pause."""
    now = timezone.now()
    rows = list(IndexedVersion.objects.filter(index_name=index_name, product_id__in=reasons))
    for row in rows:
        row.claimed_until = None
        row.failures += 1
        row.failed_version = versions.get(row.product_id, row.version)
        row.failure = reasons[row.product_id][:_REASON]
        row.next_try_at = now + pause_after(row.failures)
    IndexedVersion.objects.bulk_update(
        rows, ["claimed_until", "failures", "failed_version", "failure", "next_try_at"], batch_size=_ROWS
    )


def pause_after(failures: int) -> timedelta:
    """Return how long a good waits that failed so many times in a row."""
    return min(FIRST_PAUSE * 2 ** min(failures - 1, 20), LONGEST_PAUSE)


def failing(index_name: str) -> QuerySet[IndexedVersion]:
    """Return the goods that the index could not take, the oldest trouble first."""
    return IndexedVersion.objects.filter(index_name=index_name, failures__gt=0).order_by("next_try_at", "pk")


def try_again(index_name: str) -> int:
    """Let every failing good be tried at once; return how many there are."""
    return failing(index_name).update(next_try_at=None)


def oldest_pending(index_name: str) -> datetime | None:
    """Return when the oldest change was made that the index hasn't taken; None if it has all."""
    first = pending_changes(index_name).order_by("changed_at").values_list("changed_at", flat=True)
    return first.first()


def _own(index_name: str) -> QuerySet[IndexedVersion]:
    return IndexedVersion.objects.filter(index_name=index_name, product_id=OuterRef("pk"))
