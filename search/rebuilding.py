"""Fills a new index from the database beside the one in use, and puts it in its place when it is right.

What is done is saved every few seconds, together with the versions taken: a rebuild that died goes on from there.
Changes made meanwhile are behind the new index's versions and are picked up after the swap. Before it, the new
index is counted, a sample of it is compared, and it must not lose goods that the present one shows.
"""

from __future__ import annotations

import contextlib
import logging
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from django.db import transaction
from django.utils import timezone

from catalogue.models import Product
from marketplace.page_cache import raise_generation
from search import change_queue
from search.building import UNIT, BuildingPool, Unit, processes_for
from search.checking import compare_held, read_otherwise
from search.circuit import forget_circuit
from search.engines.base import IndexBuilder, Refusal, SearchEngine, get_engine
from search.errors import RebuildRefused, RebuildRunning, SearchUnavailable
from search.indexing import index_batch, sweep_again
from search.models import IndexedVersion, IndexRebuild
from search.rebuild_lock import only_rebuild
from search.vocabulary import refresh_vocabulary

logger = logging.getLogger(__name__)

#: Seconds between two savings; a death loses no more work than that.
SAVE_EVERY: Final = 5.0
#: Goods of the new index that are compared with the database.
SAMPLE: Final = 100
#: Lost goods that a refusal names.
NAMED: Final = 20
_KEPT_RECORDS: Final = 50
#: Ids of a stretch in which two indices are compared.
_STRETCH: Final = 20_000

#: Called after each unit: goods done, goods in all, goods that an earlier, interrupted run did.
Report = Callable[[int, int, int], None]


@dataclass
class Outcome:
    """What a rebuild did; ``failed`` says of goods that can't be indexed why."""

    index_name: str
    goods: int
    seconds: float
    resumed_from: int
    failed: dict[int, str]


@dataclass
class _Filling:
    """A rebuild under way: what is written and not yet saved, and a sample of what is."""

    record: IndexRebuild
    resumed: bool = False
    unsaved: list[Unit] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    failed: dict[int, str] = field(default_factory=dict)
    sample: list[int] = field(default_factory=list)
    saved_at: float = field(default_factory=time.monotonic)


def rebuild_index(
    *,
    report: Report | None = None,
    processes: int | None = None,
    force: bool = False,
    afresh: bool = False,
) -> Outcome:
    """Fill a new index with every good and put it in the place of the present one.

    ``processes`` read the goods (default: one a processor, none for a small shop). ``force`` puts the new index in use even
    where it loses goods; ``afresh`` begins anew where an interrupted rebuild could be gone on with. Raises
    SearchUnavailable, RebuildRefused, RebuildRunning, BuildingBroken; the present index then stays.
    """
    engine = get_engine()
    total = Product.objects.filter(structure=Product.PARENT).count()
    with BuildingPool(processes_for(total, processes)) as pool, only_rebuild():
        interrupted = _interrupted(engine, afresh=afresh)
        record = interrupted or _begin(engine)
        resumed_from = record.goods
        filling = _Filling(record, resumed=interrupted is not None)
        _fill(engine, pool, filling, total, report)
        _judge(engine, filling, force=force)
        engine.switch_to(record.index_name)
        _end(record, IndexRebuild.State.DONE)
    _tell_everybody(engine)
    return Outcome(record.index_name, record.goods, record.seconds, resumed_from, filling.failed)


def go_back() -> str:
    """Put the index before the present one back in use, brought up to date first; return its name.

    Raises SearchUnavailable, also where there is none, and RebuildRunning.
    """
    engine = get_engine()
    with only_rebuild():
        previous = engine.previous_index()
        if previous is None:
            raise SearchUnavailable("there is no earlier index to go back to")
        if not engine.reads(previous):
            raise SearchUnavailable(f"the index before, {previous}, was made by another release of the shop")
        sweep_again()
        while index_batch(engine, previous):
            pass
        engine.refresh(previous)
        engine.switch_to(previous)
    _tell_everybody(engine)
    return previous


def replace_outdated() -> bool:
    """Rebuild where the index in use was made by another release; return whether that was done or is being done.

    Meanwhile pages browse the database. Raises SearchUnavailable, RebuildRefused, BuildingBroken.
    """
    engine = get_engine()
    index_name = engine.index_name()
    if engine.reads(index_name):
        return False
    logger.warning("the search index %s was made by another release; it is made anew", index_name)
    with contextlib.suppress(RebuildRunning):
        rebuild_index()
    return True


# -- filling -------------------------------------------------------------------------------------


def _interrupted(engine: SearchEngine, *, afresh: bool) -> IndexRebuild | None:
    """Return the rebuild that was broken off, if it can be gone on with; clear away the others."""
    goes_on = None
    for record in IndexRebuild.objects.filter(state=IndexRebuild.State.FILLING).order_by("-started_at"):
        if goes_on is None and not afresh and _can_go_on(engine, record.index_name):
            goes_on = record
            continue
        if record.index_name != engine.index_name():
            engine.drop_index(record.index_name)
        _end(record, IndexRebuild.State.FAILED)
    return goes_on


def _can_go_on(engine: SearchEngine, index_name: str) -> bool:
    return engine.reads(index_name) and engine.has_index(index_name)


def _begin(engine: SearchEngine) -> IndexRebuild:
    now = timezone.now()
    IndexRebuild.objects.filter(
        pk__in=IndexRebuild.objects.order_by("-pk")[_KEPT_RECORDS:].values("pk")
    ).delete()
    return IndexRebuild.objects.create(index_name=engine.create_index(), started_at=now, seen_at=now)


def _fill(
    engine: SearchEngine, pool: BuildingPool, filling: _Filling, total: int, report: Report | None
) -> None:
    record = filling.record
    resumed_from = done = record.goods
    with engine.filling(record.index_name) as builder:
        if filling.resumed:
            builder.forget_after(record.done_until)
        for unit in pool.build(type(engine), every_good(after=record.done_until)):
            filling.refused += builder.write_packed(unit.packed)
            filling.unsaved.append(replace(unit, packed=b""))  # the engine has it
            done += len(unit.product_ids)
            if time.monotonic() - filling.saved_at > SAVE_EVERY:
                _save(builder, filling)
            if report is not None:
                report(done, max(total, done), resumed_from)
        _save(builder, filling)


def every_good(*, after: int = 0) -> Iterator[list[int]]:
    """Yield the ids of all goods, a unit at a time, without holding a cursor open while the unit is written."""
    goods = Product.objects.filter(structure=Product.PARENT).order_by("pk").values_list("pk", flat=True)
    while ids := list(goods.filter(pk__gt=after)[:UNIT]):
        yield ids
        after = ids[-1]


def _save(builder: IndexBuilder, filling: _Filling) -> None:
    """Make what was written survive, then note in one transaction what it was."""
    filling.refused += builder.save()
    record, units = filling.record, filling.unsaved
    failed = {refusal.product_id: refusal.reason for refusal in filling.refused}
    for unit in units:
        failed |= unit.failed
    rows = [row for unit in units for row in unit.taken if row[0] not in failed]
    if units:
        record.done_until = units[-1].product_ids[-1]
    record.goods += sum(len(unit.product_ids) for unit in units)
    record.documents += sum(documents for _, _, documents in rows)
    now = time.monotonic()
    record.seconds += now - filling.saved_at
    record.seen_at = timezone.now()
    with transaction.atomic():
        change_queue.remember_new(record.index_name, rows)
        change_queue.note_new_failures(record.index_name, failed)
        record.save()
    filling.failed |= failed
    chosen = [row[0] for row in random.sample(rows, min(len(rows), SAMPLE))]
    filling.sample = random.sample([*filling.sample, *chosen], min(len(filling.sample) + len(chosen), SAMPLE))
    filling.unsaved, filling.refused, filling.saved_at = [], [], now


# -- judging -------------------------------------------------------------------------------------


def _judge(engine: SearchEngine, filling: _Filling, *, force: bool) -> None:
    """Refuse a new index that isn't right: remove it and raise RebuildRefused."""
    record = filling.record
    reason = _why_wrong(engine, filling) or _why_poorer(engine, record.index_name, filling.failed)
    if reason is None:
        return
    if force:
        logger.warning("the new search index is put in use by force: %s", reason)
        record.note = reason
        return
    engine.drop_index(record.index_name)
    IndexedVersion.objects.filter(index_name=record.index_name).delete()
    _end(record, IndexRebuild.State.REFUSED, note=reason)
    raise RebuildRefused(reason)


def _why_wrong(engine: SearchEngine, filling: _Filling) -> str | None:
    """Count the new index and compare a sample of it; return what is wrong with it."""
    record = filling.record
    held = engine.index_size(record.index_name).documents
    if held != record.documents:
        return f"it holds {held:,} documents instead of {record.documents:,}"
    sample = sorted(filling.sample)
    differing = _differing(engine, record.index_name, sample) if sample else []
    if differing:
        return f"{len(differing)} of {len(sample)} goods looked at are not as the database has them: {_named(differing)}"
    return None


def _differing(engine: SearchEngine, index_name: str, sample: Sequence[int]) -> list[int]:
    """Return the goods of the sample that differ although nobody changed them since they were written."""
    held = [
        document for product_id in sample for document in engine.contents(index_name, product_id, product_id)
    ]
    differences = compare_held(sample, held)
    changed = set(
        change_queue.pending_changes(index_name)
        .filter(pk__in=[difference.product_id for difference in differences])
        .values_list("pk", flat=True)
    )
    explained = changed | read_otherwise(differences)
    return [difference.product_id for difference in differences if difference.product_id not in explained]


def _why_poorer(engine: SearchEngine, index_name: str, failed: dict[int, str]) -> str | None:
    """Say how many goods the present index shows and the new one doesn't, without a change that explains it."""
    present = engine.index_name()
    if not engine.reads(present):
        logger.warning(
            "the index %s was made by another release: the new one isn't compared with it", present
        )
        return None
    moment = int(timezone.now().timestamp())
    before = engine.count_true(present, moment)
    if before <= engine.count_true(index_name, moment) and not failed:
        return None
    lost = _lost(engine, present, index_name, moment, failed)
    if not lost:
        return None
    reason = f"{len(lost):,} of {before:,} goods that the present index shows would be lost: {_named(lost)}"
    causes = [failed[product_id] for product_id in lost if product_id in failed]
    return f"{reason} ({causes[0]})" if causes else reason


def _lost(
    engine: SearchEngine, present: str, index_name: str, moment: int, failed: dict[int, str]
) -> list[int]:
    lost: list[int] = []
    for start in _stretches():
        shown, others = (_shown(engine, name, start, moment) for name in (present, index_name))
        gone = sorted(shown - others)
        # A change that waits is a reason to be gone, unless it is the one that can't be indexed.
        waiting = change_queue.pending_changes(present).filter(pk__in=gone).values_list("pk", flat=True)
        explained = set(waiting) - set(failed)
        lost += [product_id for product_id in gone if product_id not in explained]
    return lost


def _stretches() -> range:
    highest = IndexedVersion.objects.order_by("-product_id").values_list("product_id", flat=True).first() or 0
    last = Product.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    return range(0, max(highest, last) + 1, _STRETCH)


def _shown(engine: SearchEngine, index_name: str, start: int, moment: int) -> set[int]:
    return {
        document.product_id
        for document in engine.contents(index_name, start, start + _STRETCH - 1)
        if document.live and document.true_from <= moment < document.true_until
    }


def _named(product_ids: Sequence[int]) -> str:
    names = ", ".join(str(product_id) for product_id in product_ids[:NAMED])
    return f"{names}, …" if len(product_ids) > NAMED else names


# -- the end -------------------------------------------------------------------------------------


def _end(record: IndexRebuild, state: IndexRebuild.State, *, note: str | None = None) -> None:
    record.state, record.seen_at = state, timezone.now()
    record.note = (record.note if note is None else note)[:500]
    record.save()


def _tell_everybody(engine: SearchEngine) -> None:
    """Let readers and workers see the swap. It is done, whatever happens here: what is left out comes with the next change."""
    sweep_again()
    forget_circuit()
    raise_generation()
    try:
        kept = [name for name in (engine.index_name(), engine.previous_index()) if name]
        IndexedVersion.objects.exclude(index_name__in=kept).delete()
        refresh_vocabulary()
    except SearchUnavailable as error:
        logger.warning("the new search index is in use; its words could not be read yet: %s", error)
