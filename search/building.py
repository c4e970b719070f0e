"""Makes documents of goods, whatever one of them holds, here or in several processes side by side."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import Final

import django
from django.apps import apps
from django.db import DatabaseError, connections

from marketplace.places.index import place_index
from search.documents import GoodDocument
from search.engines.base import SearchEngine
from search.errors import SearchError
from search.gazetteer import gazetteer
from search.lexicon.in_force import follow_database, lexicon_in_force
from search.sources import build_documents

#: Goods that are read, packed and written together.
UNIT: Final = 1_000
#: Fewer goods than this are built by the process itself: it takes longer to start others.
WORTH_PROCESSES: Final = 4_000
#: Units that wait, for each process, to be built or to be taken: what bounds the memory.
_AHEAD: Final = 3
_MOST_PROCESSES: Final = 8
#: Objects that a building process makes before it looks for garbage: what a unit leaves is gone by itself but for little.
_OBJECTS_BEFORE_COLLECTING: Final = 200_000


class BuildingBroken(SearchError):
    """A building process died: killed, or out of memory."""


@dataclass(frozen=True, slots=True)
class Unit:
    """Some goods, ready to be written: what the engine takes, and the version and number of documents of each."""

    product_ids: tuple[int, ...]
    packed: bytes
    taken: tuple[tuple[int, int, int], ...]
    failed: dict[int, str]


def build_safely(
    product_ids: Sequence[int],
) -> tuple[dict[int, tuple[int, list[GoodDocument]]], dict[int, str]]:
    """Return the versions and documents of goods, and of those that can't be built why.

    One good with odd data is found by halving and keeps no other one back. Raises DatabaseError.
    """
    try:
        return build_documents(product_ids), {}
    except DatabaseError:
        raise
    except Exception as error:
        if len(product_ids) == 1:
            return {}, {product_ids[0]: f"{type(error).__name__}: {error}"}
    middle = len(product_ids) // 2
    built, failed = build_safely(product_ids[:middle])
    more, others = build_safely(product_ids[middle:])
    return built | more, failed | others


def build_unit(engine: type[SearchEngine], product_ids: Sequence[int]) -> Unit:
    """Build and pack goods for an engine; asks the database alone."""
    follow_database()
    built, failed = build_safely(product_ids)
    packed, refused = engine.pack([document for _, documents in built.values() for document in documents])
    failed |= {refusal.product_id: refusal.reason for refusal in refused}
    taken = tuple(
        (product_id, version, len(documents))
        for product_id, (version, documents) in built.items()
        if product_id not in failed
    )
    return Unit(tuple(product_ids), packed, taken, failed)


def processes_for(goods: int, wished: int | None = None) -> int:
    """Return how many processes build so many goods; 0: this process alone."""
    if wished is not None:
        return wished
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return 0 if goods < WORTH_PROCESSES else min(processors, _MOST_PROCESSES)


class BuildingPool:
    """Builds units in order, ahead of who takes them. Use as a context; 0 processes: by the process itself.

    Start it before threads and before connections are opened: on Linux the processes are forked.
    """

    def __init__(self, processes: int) -> None:
        self._executor: ProcessPoolExecutor | None = None
        self._ahead = processes * _AHEAD
        if processes:
            # Half a million objects that stay: each full collection would walk them, and copy what forked processes share.
            gc.disable()
            _read_once()
            connections.close_all()
            gc.freeze()
            gc.enable()
            method = "fork" if sys.platform == "linux" else "spawn"
            self._executor = ProcessPoolExecutor(
                processes,
                mp_context=multiprocessing.get_context(method),
                initializer=_begin,
                initargs=(os.getpid(),),
            )
            self._executor.submit(os.getpid)  # starts all of them

    def __enter__(self) -> BuildingPool:
        return self

    def __exit__(self, *_: object) -> None:
        if self._executor is not None:
            self._executor.shutdown(wait=True, cancel_futures=True)
            gc.unfreeze()

    def build(self, engine: type[SearchEngine], units: Iterable[Sequence[int]]) -> Iterator[Unit]:
        """Yield the units built, in the order given. Raises BuildingBroken."""
        if self._executor is None:
            for ids in units:
                yield build_unit(engine, ids)
            return
        under_way: deque[Future[Unit]] = deque()
        try:
            for ids in units:
                under_way.append(self._executor.submit(build_unit, engine, ids))
                if len(under_way) >= self._ahead:
                    yield under_way.popleft().result()
            while under_way:
                yield under_way.popleft().result()
        except BrokenProcessPool as error:
            raise BuildingBroken("one of the processes that read the goods has died") from error


def _read_once() -> None:
    """Read what every good is read with: forked processes share it."""
    for read in (place_index, gazetteer, lexicon_in_force):
        read()


def _begin(parent: int) -> None:
    """Set up a building process; it ends with its parent, however that dies."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.set_threshold(_OBJECTS_BEFORE_COLLECTING)
    if not apps.ready:
        django.setup()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
