"""Where tests take their services from: the environment, what listens already, else a start; and what is missing is said or fails."""

from types import SimpleNamespace
from typing import Any

import pytest

from tests import conftest, services
from tests.native_services import Unavailable
from tests.services import Service, find_or_start


class Machine:
    """One service on a machine: it answers at the addresses of `up`, and a start brings up its default."""

    def __init__(self, *up: str, can_start: bool = True) -> None:
        self.up = set(up)
        self.can_start = can_start
        self.starts = 0

    def service(self) -> Service:
        return Service("Redis", "REDIS_URL", "redis://here", self.answers, self.start, "redis")

    def answers(self, value: str) -> str:
        return "" if value in self.up else f"nothing answers at {value}"

    def start(self) -> None:
        if not self.can_start:
            raise Unavailable("no root here")
        self.starts += 1
        self.up.add("redis://here")


@pytest.fixture(autouse=True)
def _nothing_named_and_no_docker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REDIS_URL", raising=False)
    monkeypatch.setattr(services, "_docker_engine_answers", lambda: False)


@pytest.mark.parametrize(
    ("machine", "named", "value", "how", "starts"),
    [
        (Machine("redis://named", "redis://here"), "redis://named", "redis://named", "named by REDIS_URL", 0),
        # What was named and doesn't answer is not replaced by another behind one's back.
        (Machine("redis://here"), "redis://named", "", "nothing answers at redis://named", 0),
        (Machine("redis://here"), "", "redis://here", "was there", 0),
        (Machine(), "", "redis://here", "started", 1),
        (Machine(can_start=False), "", "", "no root here", 0),
    ],
)
def test_a_service_is_found_before_it_is_started(
    monkeypatch: pytest.MonkeyPatch, machine: Machine, named: str, value: str, how: str, starts: int
) -> None:
    if named:
        monkeypatch.setenv("REDIS_URL", named)

    found = find_or_start(machine.service())

    assert (found.value, found.how, machine.starts) == (value, how, starts)


def test_docker_starts_it_where_an_engine_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Machine()
    monkeypatch.setattr(services, "_docker_engine_answers", lambda: True)
    monkeypatch.setattr(services, "_start_by_compose", lambda service: f"compose://{service.compose_name}")

    found = find_or_start(machine.service())

    assert (found.value, machine.starts) == ("compose://redis", 0)


@pytest.mark.parametrize(("ci", "outcome"), [("", pytest.skip.Exception), ("true", pytest.fail.Exception)])
def test_a_missing_service_leaves_a_test_out_but_fails_on_ci(
    monkeypatch: pytest.MonkeyPatch, ci: str, outcome: type[BaseException]
) -> None:
    monkeypatch.setenv("CI", ci)
    item: Any = SimpleNamespace(get_closest_marker=lambda name: name == "redis")

    with pytest.raises(outcome, match="REDIS_URL is not set"):
        conftest.pytest_runtest_setup(item)
