"""How much the search engine is asked for, by how it has been answering: one state for all processes, in the cache.

*Closed*: pages ask for everything. *Strained*, after a timeout or several slow answers: they ask for goods without facets, which costs an
engine a fraction. *Open*, after several failures in a row: they ask nothing and browse the database; when the pause is over one of
them tries, without facets, and the others wait for what it finds.

Of the libraries, pybreaker and circuitbreaker know open and closed, not the state between; pybreaker shares its state through Redis
alone, which a shop on one machine doesn't have, and lets every process try at once. What is left is the arithmetic below.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Final

from django.core.cache import cache

from search.errors import SearchUnavailable

logger = logging.getLogger(__name__)

#: Failures in a row after which the engine is left alone.
FAILURES: Final = 3
#: An answer that takes longer (seconds) is slow; so many in a row strain the engine.
SLOW_SECONDS: Final = 1.5
SLOW_ANSWERS: Final = 3
#: How long (seconds) facets rest, and how long the engine is left alone: at first, and at most after further failures.
STRAIN_SECONDS: Final = 20.0
FIRST_PAUSE: Final = 5.0
LONGEST_PAUSE: Final = 60.0
#: How long (seconds) the one that tries has before another may.
_TRIAL_SECONDS: Final = 10
#: How long (seconds) a process trusts what it read: at this price a page asks the cache for nothing.
_TRUSTED: Final = 0.5
_KEY: Final = "search-circuit"
_TRIAL_KEY: Final = "search-circuit-trial"
_KEPT: Final = 24 * 3600


class CircuitState(StrEnum):
    """What pages ask of the engine."""

    CLOSED = "closed"  # everything
    STRAINED = "strained"  # goods without facets
    OPEN = "open"  # nothing


@dataclass(frozen=True, slots=True)
class Circuit:
    """How the engine has been answering. Moments are seconds since 1970; 0.0: never."""

    failures: int = 0
    slow: int = 0
    open_until: float = 0.0
    strained_until: float = 0.0
    pause: float = FIRST_PAUSE
    reason: str = ""
    changed_at: float = 0.0

    def state(self, at: float) -> CircuitState:
        """Return what may be asked at a moment; a pause that is over leaves it open until somebody has tried."""
        if self.failures >= FAILURES:
            return CircuitState.OPEN
        return CircuitState.STRAINED if at < self.strained_until else CircuitState.CLOSED

    def after_failure(self, at: float, reason: str, *, timed_out: bool) -> Circuit:
        """Return the state after a request that failed."""
        failures = self.failures + 1
        pause = min(self.pause * 2, LONGEST_PAUSE) if failures > FAILURES else self.pause
        return replace(
            self,
            failures=failures,
            pause=pause,
            open_until=at + pause if failures >= FAILURES else 0.0,
            strained_until=at + STRAIN_SECONDS if timed_out or failures >= FAILURES else self.strained_until,
            reason=reason[:300],
            changed_at=at,
        )

    def after_answer(self, at: float, seconds: float) -> Circuit:
        """Return the state after an answer that took so long; the same object where nothing changes."""
        slow = self.slow + 1 if seconds > SLOW_SECONDS else 0
        strained_until = self.strained_until
        if self.failures >= FAILURES:  # it is back: facets a little later
            strained_until = at + STRAIN_SECONDS
        if slow >= SLOW_ANSWERS:
            slow, strained_until = 0, at + STRAIN_SECONDS
        if (self.failures, self.slow, self.strained_until) == (0, slow, strained_until):
            return self
        return Circuit(slow=slow, strained_until=strained_until, reason=self.reason, changed_at=at)


@dataclass
class _Known:
    """What this process knows; also what holds while the cache doesn't answer."""

    circuit: Circuit = Circuit()
    read_at: float | None = None


_known = _Known()


def current_circuit() -> Circuit:
    """Return the state that all processes share."""
    now = time.monotonic()
    if _known.read_at is None or now - _known.read_at > _TRUSTED:
        shared = _read()
        if shared is not None and shared.changed_at >= _known.circuit.changed_at:
            _known.circuit = shared
        _known.read_at = now
    return _known.circuit


@contextmanager
def asking_engine() -> Iterator[bool]:
    """Ask the engine once inside this block; what is yielded says whether with facets. Raises SearchUnavailable while it is left alone.

    Whatever the block raises as `SearchUnavailable` counts as a failure.
    """
    circuit = current_circuit()
    now = time.time()
    state = circuit.state(now)
    if state is CircuitState.OPEN and not (now >= circuit.open_until and _may_try()):
        raise SearchUnavailable(f"the engine is left alone for a while: {circuit.reason}")
    started = time.monotonic()
    try:
        yield state is CircuitState.CLOSED
    except SearchUnavailable as error:
        _change(current_circuit().after_failure(time.time(), str(error), timed_out=_timed_out(error)))
        raise
    seconds = time.monotonic() - started
    _change(current_circuit().after_answer(time.time(), seconds))


def forget_circuit() -> None:
    """Begin anew with a closed circuit."""
    cache.delete_many([_KEY, _TRIAL_KEY])
    _known.circuit, _known.read_at = Circuit(), None


def _read() -> Circuit | None:
    try:
        return Circuit(**cache.get(_KEY))
    except TypeError:  # nothing there, or written by another release
        return None


def _may_try() -> bool:
    return bool(cache.add(_TRIAL_KEY, 1, timeout=_TRIAL_SECONDS))


def _timed_out(error: SearchUnavailable) -> bool:
    return "timed out" in str(error).casefold()


def _change(circuit: Circuit) -> None:
    before = _known.circuit
    if circuit is before:
        return
    now = time.time()
    _known.circuit = circuit
    cache.set(_KEY, asdict(circuit), timeout=_KEPT)
    if circuit.state(now) is not before.state(now):
        level = logging.WARNING if circuit.state(now) is not CircuitState.CLOSED else logging.INFO
        logger.log(level, "search circuit: %s (%s)", circuit.state(now), circuit.reason)
    if circuit.failures < FAILURES <= before.failures or circuit.failures > FAILURES:
        cache.delete(_TRIAL_KEY)
