"""Keeps the index true: picks up change records, rebuilds from nothing (decision 7 of the architecture).

Nothing here is lost when the engine is down or a process dies: a good stays behind its change record until an
index has taken its version. Running twice, on two machines or out of order does no harm, since the engine never
lets an older version overwrite a newer one.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from catalogue.models import Product, ProductChange
from marketplace.page_cache import raise_generation
from search.documents import Document, with_tombstones
from search.engines.base import SearchEngine, get_engine
from search.errors import SearchUnavailable
from search.lexicon.in_force import follow_database
from search.models import IndexedVersion
from search.sources import build_documents
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
    """When this process last compared every change record (monotonic seconds)."""

    done_at: float | None = None

    def due(self) -> bool:
        return self.done_at is None or time.monotonic() - self.done_at > _SWEEP_EVERY


_sweep = _Sweep()


def index_pending(batch: int = BATCH) -> int:
    """Bring up to ``batch`` changed goods into the index; return how many were taken.

    0 means that nothing waits or that the engine doesn't answer: the caller asks again later.
    """
    engine = get_engine()
    try:
        return _index_pending(engine, batch)
    except SearchUnavailable as error:
        logger.warning("goods wait for the search index: %s", error)
        return 0


def _index_pending(engine: SearchEngine, batch: int) -> int:
    index_name = engine.index_name()
    pending = pending_changes(index_name)
    ids = list(
        pending.filter(changed_at__gte=timezone.now() - _RECENT)
        .order_by("changed_at")
        .values_list("pk", flat=True)[:batch]
    )
    if not ids and _sweep.due():
        ids = list(pending.order_by("changed_at").values_list("pk", flat=True)[:batch])
        if not ids:
            _sweep.done_at = time.monotonic()
    if ids:
        index_goods(engine, index_name, ids)
        age = vocabulary_age()
        if age is None or age > _VOCABULARY_EVERY:
            refresh_vocabulary()
        raise_generation()  # pages kept since the change was made still show the old listing
    return len(ids)


def pending_changes(index_name: str) -> QuerySet[ProductChange]:
    """Return the change records whose version the index hasn't taken."""
    taken = IndexedVersion.objects.filter(index_name=index_name, product_id=OuterRef("pk"))
    return ProductChange.objects.annotate(taken=Subquery(taken.values("version")[:1])).filter(
        Q(taken__isnull=True) | Q(taken__lt=F("version"))
    )


def oldest_pending_change() -> datetime | None:
    """Return when the oldest change was made that the index hasn't taken; None if it has all.

    Raises SearchUnavailable.
    """
    return (
        pending_changes(get_engine().index_name())
        .order_by("changed_at")
        .values_list("changed_at", flat=True)
        .first()
    )


def index_goods(engine: SearchEngine, index_name: str, product_ids: Sequence[int]) -> None:
    """Write the goods as they are now, and tombstones for what they were. Raises SearchUnavailable."""
    follow_database()
    known = dict(
        IndexedVersion.objects.filter(index_name=index_name, product_id__in=product_ids).values_list(
            "product_id", "documents"
        )
    )
    # Versions of goods that are gone are read before the goods, so that none can come back unseen.
    versions = dict(ProductChange.objects.filter(pk__in=product_ids).values_list("pk", "version"))
    built = build_documents(product_ids)
    documents: list[Document] = []
    taken: list[IndexedVersion] = []
    for product_id in product_ids:
        version, own = built.get(product_id, (versions.get(product_id, 0), []))
        before = known.get(product_id, 0)
        documents += with_tombstones(own, product_id=product_id, version=version, known=before)
        taken.append(_taken(index_name, product_id, version, max(before, len(own))))
    engine.write(documents)
    _remember(taken)


def rebuild_index(*, report: Callable[[int, int], None] | None = None) -> int:
    """Fill a new index with every good and put it in the place of the present one; return the number of goods.

    ``report(done, total)`` is called after each batch. Changes made meanwhile are picked up by `index_pending`
    afterwards. Raises SearchUnavailable; the present index then stays.
    """
    engine = get_engine()
    total = Product.objects.filter(structure=Product.PARENT).count()
    done = 0
    with engine.rebuild() as builder:
        for ids in every_good():
            follow_database()
            built = build_documents(ids)
            builder.write([document for _, documents in built.values() for document in documents])
            _remember(
                [
                    _taken(builder.name, product_id, version, len(documents))
                    for product_id, (version, documents) in built.items()
                ]
            )
            done += len(ids)
            if report is not None:
                report(done, total)
    IndexedVersion.objects.exclude(index_name=builder.name).delete()
    _sweep.done_at = None
    refresh_vocabulary()
    raise_generation()
    return done


def every_good() -> Iterator[list[int]]:
    """Yield the ids of all goods, a batch at a time, without holding a cursor open while the batch is written."""
    goods = Product.objects.filter(structure=Product.PARENT).order_by("pk").values_list("pk", flat=True)
    last = 0
    while ids := list(goods.filter(pk__gt=last)[:BATCH]):
        yield ids
        last = ids[-1]


def _taken(index_name: str, product_id: int, version: int, documents: int) -> IndexedVersion:
    return IndexedVersion(
        index_name=index_name,
        product_id=product_id,
        version=version,
        documents=documents,
        indexed_at=timezone.now(),
    )


def _remember(taken: list[IndexedVersion]) -> None:
    IndexedVersion.objects.bulk_create(
        taken,
        update_conflicts=True,
        unique_fields=["index_name", "product_id"],
        update_fields=["version", "documents", "indexed_at"],
    )
