"""The worker's own loops: one failure is one failure."""

import logging
from threading import Event

import pytest
from pytest_django import Settings

from marketplace import periodic

done: list[str] = []


@pytest.fixture(autouse=True)
def _nothing_done() -> None:
    done.clear()


def first() -> None:
    done.append("first")


def broken() -> None:
    done.append("broken")
    raise RuntimeError("a duty that can't be done")


def last() -> None:
    done.append("last")


@pytest.mark.django_db
def test_a_job_that_fails_keeps_no_other_from_its_turn(caplog: pytest.LogCaptureFixture) -> None:
    failed = periodic.run_jobs([f"{__name__}.first", f"{__name__}.broken", f"{__name__}.last"])

    assert done == ["first", "broken", "last"]
    assert failed == [f"{__name__}.broken"]
    assert "a duty that can't be done" in caplog.text


@pytest.mark.django_db
def test_a_job_that_is_not_there_is_named(caplog: pytest.LogCaptureFixture) -> None:
    assert periodic.run_jobs(["marketplace.nowhere.job", f"{__name__}.last"]) == ["marketplace.nowhere.job"]
    assert done == ["last"]


@pytest.mark.django_db
def test_the_index_loop_goes_on_at_once_while_there_is_work(
    monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    pauses: list[float] = []
    batches = iter([500, 20, 0])

    class Stop(Event):
        def wait(self, timeout: float | None = None) -> bool:
            pauses.append(timeout or 0)
            self.set()
            return True

    monkeypatch.setattr(periodic, "import_string", lambda _path: lambda: next(batches))

    periodic.index_forever(Stop())

    assert pauses == [periodic.INDEX_PAUSE_SECONDS]


@pytest.mark.django_db
def test_an_index_batch_that_fails_is_tried_again_later(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    pauses: list[float] = []

    class Stop(Event):
        def wait(self, timeout: float | None = None) -> bool:
            pauses.append(timeout or 0)
            self.set()
            return True

    monkeypatch.setattr(periodic, "import_string", lambda _path: broken)

    with caplog.at_level(logging.ERROR):
        periodic.index_forever(Stop())

    assert pauses == [periodic.INDEX_FAILURE_SECONDS]


def test_the_sign_of_life_is_seen(tmp_path: object, settings: Settings) -> None:
    settings.DATA_DIR = tmp_path

    assert periodic.is_alive() is False
    periodic.leave_sign_of_life()
    assert periodic.is_alive() is True
