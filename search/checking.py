"""Compares what the index holds with what the database says, and mends it.

Compared is what counts at the moment: of each good the documents that are true now or later, with their ends and a number
made of everything that they say, and the version. What has passed, and tombstones, may lie in the index.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from django.db.models import Max
from django.utils import timezone

from catalogue.changes import raise_versions_above
from catalogue.models import Product, ProductChange
from search import change_queue
from search.building import build_safely
from search.documents import GoodDocument
from search.engines.base import HeldDocument, SearchEngine, get_engine
from search.errors import IndexOutdated
from search.indexing import index_goods
from search.lexicon.in_force import follow_database
from search.lexicon.selectors import edits_pending
from search.models import IndexCheck, IndexedVersion

BATCH: Final = 500
#: A change younger than this is on its way and no difference.
GRACE: Final = timedelta(seconds=10)
#: Differences that a report names one by one.
EXAMPLES: Final = 20
#: Ids that are looked through at once where the database has no goods.
_STRETCH: Final = 100_000
_BEYOND: Final = 2**52
_Said = list[tuple[int, int, int]]


class Kind(StrEnum):
    """How a good in the index differs from the good in the database."""

    MISSING = "missing"  # shown, and the index doesn't have it
    LEFT_OVER = "left_over"  # the index shows what no longer is, or what may not be shown
    BEHIND = "behind"  # an older version
    AHEAD = "ahead"  # a newer version than the database knows: an older database was put back
    DIFFERENT = "different"  # the same version, and yet something else
    UNREADABLE = "unreadable"  # no document can be made of the good


@dataclass(frozen=True, slots=True)
class Difference:
    """One good that differs; versions are None where there is none."""

    product_id: int
    kind: Kind
    database_version: int | None
    index_version: int | None
    documents: int = 0


@dataclass
class CheckReport:
    """What a check found; `waiting` changes are younger than ten seconds, or edits of the lexicon, and no differences."""

    index_name: str
    goods: int = 0
    waiting: int = 0
    mended: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    examples: list[Difference] = field(default_factory=list)

    @property
    def differences(self) -> int:
        """How many goods differed."""
        return self.kinds.total()

    @property
    def is_true(self) -> bool:
        """Whether the index now says what the database says."""
        return self.differences == self.mended

    def as_json(self) -> dict[str, Any]:
        """Return the report as plain values."""
        return {
            "index": self.index_name,
            "goods": self.goods,
            "waiting": self.waiting,
            "differences": self.differences,
            "mended": self.mended,
            "kinds": dict(sorted(self.kinds.items())),
            "examples": [
                {
                    "product": example.product_id,
                    "kind": example.kind.value,
                    "database_version": example.database_version,
                    "index_version": example.index_version,
                }
                for example in self.examples
            ],
        }


def check_index(*, mend: bool = False, report: Callable[[int, int], None] | None = None) -> CheckReport:
    """Compare the index in use with the database, good by good, and keep the result as an `IndexCheck`.

    With ``mend`` what differs is written anew. ``report(done, total)`` is called after each batch. Raises SearchUnavailable.
    """
    engine = get_engine()
    index_name = engine.index_name()
    if not engine.reads(index_name):
        raise IndexOutdated(index_name)
    engine.refresh(index_name)
    record = IndexCheck.objects.create(index_name=index_name, started_at=timezone.now())
    result = CheckReport(index_name)
    total = Product.objects.filter(structure=Product.PARENT).count()
    for ids, first, last in _batches():
        _check_batch(engine, result, ids, first, last, mend=mend)
        result.goods += len(ids)
        if report is not None:
            report(result.goods, total)
    record.finished_at = timezone.now()
    record.goods, record.waiting, record.mended = result.goods, result.waiting, result.mended
    record.differences, record.kinds = result.differences, dict(result.kinds)
    record.save()
    IndexCheck.objects.filter(pk__lte=record.pk - 100).delete()
    return result


def _check_batch(
    engine: SearchEngine, result: CheckReport, ids: Sequence[int], first: int, last: int, *, mend: bool
) -> None:
    found = compare(engine, result.index_name, ids, first, last)
    if not found:
        return
    # A worker may have been between the two readings: what differs is looked at twice.
    engine.refresh(result.index_name)
    differing = {difference.product_id for difference in found}
    again = compare(
        engine,
        result.index_name,
        [pk for pk in ids if pk in differing],
        min(differing),
        max(differing),
        only=differing,
    )
    young = _on_their_way(again)
    result.waiting += sum(difference.product_id in young for difference in again)
    certain = [difference for difference in again if difference.product_id not in young]
    result.kinds.update(difference.kind.value for difference in certain)
    result.examples += certain[: EXAMPLES - len(result.examples)]
    if mend and certain:
        result.mended += len(certain) - _mend(engine, result.index_name, certain)


def compare(
    engine: SearchEngine,
    index_name: str,
    ids: Sequence[int],
    first: int,
    last: int,
    *,
    only: set[int] | None = None,
) -> list[Difference]:
    """Return how the goods ``ids``, and whatever the index holds from id ``first`` to ``last``, differ.

    ``only`` narrows what the index holds to these goods. Raises SearchUnavailable.
    """
    contents = engine.contents(index_name, first, last)
    return compare_held(
        ids, [document for document in contents if only is None or document.product_id in only]
    )


def compare_held(ids: Sequence[int], contents: Iterable[HeldDocument]) -> list[Difference]:
    """Return how the goods ``ids`` and what an index holds differ."""
    held: dict[int, list[HeldDocument]] = defaultdict(list)
    for document in contents:
        held[document.product_id].append(document)
    versions = _versions({*ids, *held})
    follow_database()
    built, failed = build_safely(ids) if ids else ({}, {})
    moment = int(timezone.now().timestamp())
    found = []
    for product_id in sorted({*ids, *held}):
        version, documents = built.get(product_id, (versions.get(product_id), []))
        kind = (
            Kind.UNREADABLE
            if product_id in failed
            else _kind(version or 0, documents, held.get(product_id, []), moment)
        )
        if kind is not None:
            own = held.get(product_id, [])
            found.append(
                Difference(
                    product_id,
                    kind,
                    version,
                    max((document.version for document in own), default=None),
                    max((document.number + 1 for document in own), default=0),
                )
            )
    return found


def _kind(version: int, documents: list[GoodDocument], held: list[HeldDocument], moment: int) -> Kind | None:
    live = [document for document in held if document.live]
    try:
        expected, present = _said(documents, moment), _said(live, moment)
    except Exception:  # one good's odd data must not end the check
        return Kind.UNREADABLE
    if any(document.version > version for document in held):
        return Kind.AHEAD
    if expected == present:
        counting = [document for document in live if document.true_until > moment]
        return Kind.BEHIND if any(document.version < version for document in counting) else None
    if not present:
        return Kind.MISSING
    if not expected:
        return Kind.LEFT_OVER
    return Kind.BEHIND if any(document.version < version for document in live) else Kind.DIFFERENT


def _said(documents: Iterable[GoodDocument | HeldDocument], moment: int) -> _Said:
    """Return what documents say of the time from a moment on."""
    return sorted(
        (max(document.true_from, moment), document.true_until, document.content)
        for document in documents
        if document.true_until > moment
    )


def _mend(engine: SearchEngine, index_name: str, differences: Sequence[Difference]) -> int:
    """Write goods anew as they are; return how many still differ."""
    ids = [difference.product_id for difference in differences]
    # The index refuses what is older than it holds: the database's version goes above it.
    raise_versions_above(
        {
            difference.product_id: difference.index_version
            for difference in differences
            if difference.index_version is not None
            and (
                difference.database_version is None or difference.database_version < difference.index_version
            )
        }
    )
    change_queue.claim(index_name, ids)
    change_queue.expect_documents(
        index_name, {difference.product_id: difference.documents for difference in differences}
    )
    index_goods(engine, index_name, ids)
    engine.refresh(index_name)
    present = list(
        Product.objects.filter(pk__in=ids, structure=Product.PARENT)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    return len(compare(engine, index_name, present, min(ids), max(ids), only=set(ids)))


def _batches() -> Iterator[tuple[list[int], int, int]]:
    """Yield the ids of goods, and the range of ids that each batch answers for; together they cover every id."""
    goods = Product.objects.filter(structure=Product.PARENT).order_by("pk").values_list("pk", flat=True)
    last = 0
    while ids := list(goods.filter(pk__gt=last)[:BATCH]):
        yield ids, last + 1, ids[-1]
        last = ids[-1]
    highest = max(
        last,
        ProductChange.objects.aggregate(highest=Max("pk"))["highest"] or 0,
        IndexedVersion.objects.aggregate(highest=Max("product_id"))["highest"] or 0,
    )
    # Goods that are gone from the database, a stretch at a time, and what nobody ever knew.
    start = last + 1
    while start <= highest:
        yield [], start, start + _STRETCH - 1
        start += _STRETCH
    yield [], start, _BEYOND


def _versions(product_ids: Iterable[int]) -> dict[int, int]:
    return dict(ProductChange.objects.filter(pk__in=list(product_ids)).values_list("pk", "version"))


def _on_their_way(differences: Sequence[Difference]) -> set[int]:
    """Return the goods that differ only until the worker has taken a change, or an edit of the lexicon."""
    changed = _changed_since(timezone.now() - GRACE, (difference.product_id for difference in differences))
    return changed | read_otherwise(differences)


def read_otherwise(differences: Iterable[Difference]) -> set[int]:
    """Return the goods whose words may differ because the lexicon was edited since they were written."""
    different = {difference.product_id for difference in differences if difference.kind is Kind.DIFFERENT}
    return different if different and edits_pending() else set()


def _changed_since(moment: datetime, product_ids: Iterable[int]) -> set[int]:
    changed = ProductChange.objects.filter(pk__in=list(product_ids), changed_at__gte=moment)
    return set(changed.values_list("pk", flat=True))
