"""How much the engine is asked for, by how it has been answering."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache

from search import circuit
from search.circuit import (
    FAILURES,
    FIRST_PAUSE,
    LONGEST_PAUSE,
    SLOW_ANSWERS,
    SLOW_SECONDS,
    STRAIN_SECONDS,
    Circuit,
    CircuitState,
    asking_engine,
    current_circuit,
)
from search.errors import SearchUnavailable

NOW = 1_800_000_000.0


class Clock:
    """The time that the circuit sees."""

    now = NOW

    def time(self) -> float:
        return self.now

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    made = Clock()
    monkeypatch.setattr(circuit, "time", made)
    circuit.forget_circuit()
    yield made
    circuit.forget_circuit()


def fail(reason: str = "Connection refused") -> None:
    with pytest.raises(SearchUnavailable, match=reason), asking_engine():
        raise SearchUnavailable(reason)


def answer(clock: Clock, seconds: float = 0.01) -> bool:
    with asking_engine() as with_facets:
        clock.now += seconds
    return with_facets


def state(clock: Clock) -> CircuitState:
    return current_circuit().state(clock.now)


def as_another_process(clock: Clock) -> None:
    """Forget what this process knows; what all share stays."""
    circuit._known.circuit, circuit._known.read_at = Circuit(), None


def test_an_engine_that_answers_is_asked_for_everything(clock: Clock) -> None:
    assert [answer(clock) for _ in range(5)] == [True] * 5
    assert cache.get(circuit._KEY) is None


def test_failures_in_a_row_open_it_and_an_answer_between_them_does_not(clock: Clock) -> None:
    for _ in range(FAILURES - 1):
        fail()
    answer(clock)
    for _ in range(FAILURES - 1):
        fail()
    assert state(clock) is CircuitState.CLOSED

    fail()
    assert state(clock) is CircuitState.OPEN
    with pytest.raises(SearchUnavailable, match=r"left alone.*refused"), asking_engine():
        raise AssertionError("an open circuit asks nothing")


def test_every_process_sees_it_open(clock: Clock) -> None:
    for _ in range(FAILURES):
        fail()

    as_another_process(clock)

    assert state(clock) is CircuitState.OPEN


def test_when_the_pause_is_over_one_tries_and_the_others_wait(clock: Clock) -> None:
    for _ in range(FAILURES):
        fail()
    clock.now += FIRST_PAUSE

    with asking_engine() as with_facets:
        assert with_facets is False
        with pytest.raises(SearchUnavailable), asking_engine():
            raise AssertionError("somebody tries already")

    assert state(clock) is CircuitState.STRAINED
    clock.now += STRAIN_SECONDS
    assert answer(clock) is True
    assert state(clock) is CircuitState.CLOSED


def test_each_trial_that_fails_doubles_the_pause_up_to_the_longest(clock: Clock) -> None:
    for _ in range(FAILURES):
        fail()
    pauses = []
    for _ in range(6):
        pauses.append(current_circuit().open_until - clock.now)
        clock.now = current_circuit().open_until
        fail()

    assert pauses == [5, 10, 20, 40, LONGEST_PAUSE, LONGEST_PAUSE]


def test_after_a_timeout_facets_rest(clock: Clock) -> None:
    fail("Connection timed out")

    assert answer(clock) is False
    clock.now += STRAIN_SECONDS
    assert answer(clock) is True


def test_slow_answers_in_a_row_rest_the_facets_and_a_quick_one_between_does_not(clock: Clock) -> None:
    slow = SLOW_SECONDS + 0.1
    for seconds in [slow] * (SLOW_ANSWERS - 1) + [0.1] + [slow] * (SLOW_ANSWERS - 1):
        assert answer(clock, seconds) is True
    assert state(clock) is CircuitState.CLOSED

    answer(clock, slow)
    assert state(clock) is CircuitState.STRAINED
    assert answer(clock) is False


def test_a_state_that_another_release_wrote_is_not_believed(clock: Clock) -> None:
    cache.set(circuit._KEY, {"failures": 9, "of_tomorrow": 1})

    assert state(clock) is CircuitState.CLOSED


def test_without_a_cache_a_process_goes_by_what_it_saw_itself(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "get", lambda *args, **kwargs: None)
    monkeypatch.setattr(cache, "set", lambda *args, **kwargs: None)
    for _ in range(FAILURES):
        fail()
    clock.now += 1

    assert state(clock) is CircuitState.OPEN


def test_another_error_is_no_failure_of_the_engine(clock: Clock) -> None:
    with pytest.raises(ZeroDivisionError), asking_engine():
        raise ZeroDivisionError

    assert current_circuit() == Circuit()
