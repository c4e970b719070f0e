"""Keeps the index true: picks up change records (decision 7 of the architecture).

Nothing here is lost when the engine is down or a process dies: a good stays behind its change record until an
index has taken its version. Running twice, on two machines or out of order does no harm, since the engine never
lets an older version overwrite a newer one.
"""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import DatabaseError
from django.utils import timezone

from catalogue.models import ProductChange
from marketplace.page_cache import raise_generation
from marketplace.places.index import place_index
from search import change_queue
from search.building import build_safely
from search.documents import Document, with_tombstones
from search.engines.base import SearchEngine, get_engine
from search.errors import SearchUnavailable
from search.gazetteer import gazetteer
from search.lexicon.in_force import follow_database, lexicon_in_force
from search.models import IndexedVersion
from search.vocabulary import refresh_vocabulary, vocabulary_age

logger = logging.getLogger(__name__)

BATCH: Final = 500
#: How far back the cheap look at recent changes reaches; what it misses the full sweep finds.
_RECENT: Final = timedelta(minutes=10)
#: Seconds between full sweeps of all change records.
_SWEEP_EVERY: Final = 60.0
#: Seconds between two readings of the index's words while goods change.
_VOCABULARY_EVERY: Final = 30.0


@dataclass
class _Sweep:
    """When this process last found nothing more to do among all change records of an index (monotonic seconds)."""

    done_at: float | None = None
    index_name: str = ""

    def due(self, index_name: str) -> bool:
        if self.done_at is None or self.index_name != index_name:
            return True
        return time.monotonic() - self.done_at > _SWEEP_EVERY

    def done(self, index_name: str) -> None:
        self.done_at, self.index_name = time.monotonic(), index_name


_sweep = _Sweep()


def index_pending(batch: int = BATCH) -> int:
    """Bring up to ``batch`` changed goods into the index, the oldest changes first; return how many were taken up.

    0 means that nothing waits, that other workers have it all or that the engine doesn't answer: the caller asks
    again later.
    """
    engine = get_engine()
    for read in (place_index, gazetteer, lexicon_in_force):  # once a process, before anybody waits for it
        read()
    try:
        index_name = engine.index_name()
        taken = index_batch(engine, index_name, batch)
        if taken:
            engine.refresh(index_name)
            _tell_readers()
    except SearchUnavailable as error:
        logger.warning("goods wait for the search index: %s", error)
        return 0
    return taken


def index_batch(engine: SearchEngine, index_name: str, batch: int = BATCH) -> int:
    """Bring up to ``batch`` due changes into an index; return how many were taken up. Raises SearchUnavailable."""
    while ids := _next_ids(index_name, batch):
        if mine := change_queue.claim(index_name, ids):
            try:
                index_goods(engine, index_name, mine)
            except BaseException:
                with contextlib.suppress(DatabaseError):
                    change_queue.release(index_name, mine)
                raise
            return len(mine)
    return 0


def _next_ids(index_name: str, batch: int) -> list[int]:
    now = timezone.now()
    due = change_queue.due_changes(index_name, now)
    if not _sweep.due(index_name):
        return list(due.filter(changed_at__gte=now - _RECENT).values_list("pk", flat=True)[:batch])
    ids = list(due.values_list("pk", flat=True)[:batch])
    if len(ids) < batch:
        _sweep.done(index_name)
    return ids


def _tell_readers() -> None:
    age = vocabulary_age()
    if age is None or age > _VOCABULARY_EVERY:
        refresh_vocabulary()
    raise_generation()  # pages kept since the change was made still show the old listing


def sweep_again() -> None:
    """Let the next batch look at all change records."""
    _sweep.done_at = None


def oldest_pending_change() -> datetime | None:
    """Return when the oldest change was made that the index hasn't taken; None if it has all.

    Raises SearchUnavailable.
    """
    return change_queue.oldest_pending(get_engine().index_name())


def index_goods(engine: SearchEngine, index_name: str, product_ids: Sequence[int]) -> dict[int, str]:
    """Write the goods as they are now, and tombstones for what they were; return why some could not be.

    What fails is noted and tried again later; the others are in. Raises SearchUnavailable.
    """
    follow_database()
    known = change_queue.known_documents(index_name, product_ids)
    # Versions of goods that are gone are read before the goods, so that none can come back unseen.
    versions = dict(ProductChange.objects.filter(pk__in=product_ids).values_list("pk", "version"))
    built, failed = build_safely(product_ids)
    documents: list[Document] = []
    taken: list[IndexedVersion] = []
    for product_id in product_ids:
        if product_id in failed:
            continue
        version, own = built.get(product_id, (versions.get(product_id, 0), []))
        before = known.get(product_id, 0)
        documents += with_tombstones(own, product_id=product_id, version=version, known=before)
        taken.append(change_queue.taken(index_name, product_id, version, max(before, len(own))))
    more = {row.product_id: row.documents for row in taken if row.documents > known.get(row.product_id, 0)}
    change_queue.expect_documents(index_name, more)
    failed |= {refusal.product_id: refusal.reason for refusal in engine.write(documents, index=index_name)}
    change_queue.remember([row for row in taken if row.product_id not in failed])
    if failed:
        change_queue.note_failures(index_name, failed, versions)
        logger.error(
            "%d goods could not be brought into the search index: %s", len(failed), sorted(failed)[:20]
        )
    return failed
