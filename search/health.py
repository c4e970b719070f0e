"""How the search is doing: for `/readyz/`, and in full for the back office."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from django.utils import timezone

from catalogue.models import Product
from search import change_queue
from search.circuit import Circuit, CircuitState, current_circuit
from search.engines.base import IndexSize, get_engine
from search.errors import IndexOutdated, SearchUnavailable
from search.models import IndexCheck, IndexedVersion, IndexRebuild

#: Failing goods, rebuilds and checks that the back office lists.
LISTED_FAILURES = 50
LISTED_RUNS = 5


@dataclass(frozen=True, kw_only=True)
class SearchState:
    """Whether the engine answers, what its circuit lets through, the oldest change that waits, goods that fail."""

    answers: bool
    circuit: CircuitState
    oldest_change: datetime | None
    failing: int
    #: What is to be done where it doesn't answer, if that is known.
    advice: str = ""


@dataclass(frozen=True, kw_only=True)
class FailingGood:
    """A good that the index can't take; ``next_try_at`` None: at the next round."""

    product_id: int
    title: str
    reason: str
    failures: int
    next_try_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class IndexOverview:
    """Everything that the back office shows; of an engine that doesn't answer only what the database knows."""

    engine: str
    answers: bool
    circuit: Circuit
    circuit_state: CircuitState
    index_name: str = ""
    #: Whether this release searches that index; if not, it waits to be rebuilt.
    outdated: bool = False
    previous_index: str | None = None
    size: IndexSize | None = None
    waiting: int = 0
    oldest_change: datetime | None = None
    failing: int = 0
    failures: tuple[FailingGood, ...] = ()
    rebuilds: tuple[IndexRebuild, ...] = ()
    checks: tuple[IndexCheck, ...] = ()


def search_state() -> SearchState:
    """Return what `/readyz/` says of the search."""
    circuit = current_circuit().state(timezone.now().timestamp())
    try:
        engine = get_engine()
        index_name = engine.index_name()
        if not engine.reads(index_name):
            raise IndexOutdated(index_name)
    except SearchUnavailable as error:
        advice = str(error) if isinstance(error, IndexOutdated) else ""
        return SearchState(answers=False, circuit=circuit, oldest_change=None, failing=0, advice=advice)
    return SearchState(
        answers=True,
        circuit=circuit,
        oldest_change=change_queue.oldest_pending(index_name),
        failing=change_queue.failing(index_name).count(),
    )


def index_overview() -> IndexOverview:
    """Return the state of engine, index, change record, rebuilds and checks."""
    engine = get_engine()
    circuit = current_circuit()
    known = IndexOverview(
        answers=False,
        engine=type(engine).__name__.removesuffix("Engine"),
        circuit=circuit,
        circuit_state=circuit.state(timezone.now().timestamp()),
        rebuilds=tuple(IndexRebuild.objects.order_by("-started_at")[:LISTED_RUNS]),
        checks=tuple(IndexCheck.objects.order_by("-started_at")[:LISTED_RUNS]),
    )
    try:
        index_name = engine.index_name()
        size = engine.index_size(index_name)
        previous = engine.previous_index()
    except SearchUnavailable:
        return known
    failing = change_queue.failing(index_name)
    return replace(
        known,
        answers=True,
        index_name=index_name,
        outdated=not engine.reads(index_name),
        previous_index=previous,
        size=size,
        waiting=change_queue.pending_changes(index_name).count(),
        oldest_change=change_queue.oldest_pending(index_name),
        failing=failing.count(),
        failures=_named(list(failing[:LISTED_FAILURES])),
    )


def let_failures_be_tried() -> int:
    """Let every failing good of the index in use be tried at once; return how many, 0 while the engine is silent."""
    try:
        return change_queue.try_again(get_engine().index_name())
    except SearchUnavailable:
        return 0


def _named(rows: list[IndexedVersion]) -> tuple[FailingGood, ...]:
    titles = dict(
        Product.objects.filter(pk__in=[row.product_id for row in rows]).values_list("pk", "title_vi")
    )
    return tuple(
        FailingGood(
            product_id=row.product_id,
            title=titles.get(row.product_id) or "",
            reason=row.failure,
            failures=row.failures,
            next_try_at=row.next_try_at,
        )
        for row in rows
    )
