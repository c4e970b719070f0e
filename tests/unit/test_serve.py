"""`make run`, `manage.py worker` and `make reset`: one start opens the shop with what it holds, one Ctrl-C ends all of it."""

import contextlib
import io
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from marketplace import periodic
from marketplace.demo.accounts import ACCOUNTS
from marketplace.management.commands import serve, worker
from search.models import IndexedVersion
from tests.factories.catalogue import GoodFactory
from tests.template_database import ROOT, ingredients, sqlite_template

#: A machine that tests on all its processors starts six processes slowly.
WAIT = 120.0


def eventually(condition: Callable[[], bool], *, of: subprocess.Popen[bytes] | None = None) -> None:
    """Wait for a condition in another process, as long as the process `of` lives."""
    deadline = time.monotonic() + WAIT
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        assert of is None or of.poll() is None, "it ended before"
        Event().wait(0.05)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def lives(group: int) -> bool:
    """Whether any process of the group is left."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """State as a first start leaves it, with something that a person wrote."""
    shutil.copyfile(sqlite_template(ingredients()), tmp_path / "ocop.sqlite3")
    with contextlib.closing(sqlite3.connect(tmp_path / "ocop.sqlite3")) as database, database:
        database.execute("UPDATE django_site SET name = 'Chợ xã Đạ Sar'")
    return tmp_path


def names_of_sites(data_dir: Path) -> list[str]:
    with contextlib.closing(sqlite3.connect(data_dir / "ocop.sqlite3")) as database:
        return [name for (name,) in database.execute("SELECT name FROM django_site")]


@pytest.fixture
def start(data_dir: Path) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    started: list[subprocess.Popen[bytes]] = []

    def start(*command: str) -> subprocess.Popen[bytes]:
        services = dict.fromkeys(("DATABASE_URL", "ELASTICSEARCH_URL", "REDIS_URL", "SITE_URL"), "")
        with (data_dir / "said").open("wb") as said:
            process = subprocess.Popen(
                [sys.executable, "manage.py", *command],
                cwd=ROOT,
                env={
                    **os.environ,
                    **services,
                    "DJANGO_SETTINGS_MODULE": "marketplace.settings.dev",
                    "ENV_FILE": str(data_dir / "no.env"),
                    "DATA_DIR": str(data_dir),
                    "DEMONSTRATION": "0",
                },
                stdout=said,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        started.append(process)
        return process

    yield start
    for process in started:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


# --- make run
def test_one_start_opens_the_shop_with_its_data_and_one_ctrl_c_ends_it(
    start: Callable[..., subprocess.Popen[bytes]], data_dir: Path
) -> None:
    port = free_port()

    shop = start("serve", "--port", str(port))
    eventually(lambda: f"is open: http://localhost:{port}" in (data_dir / "said").read_text(), of=shop)
    eventually((data_dir / "worker-alive").exists, of=shop)
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz/") as answer:
        assert answer.read() == b"ok"
    os.killpg(shop.pid, signal.SIGINT)

    assert shop.wait(WAIT) == 0
    assert not lives(shop.pid)
    said = (data_dir / "said").read_text()
    assert said.rstrip().endswith(f"The data stays in {data_dir}")
    assert "INFO" not in said.partition("is open:")[2], "the address stays on the screen"
    assert names_of_sites(data_dir) == ["Chợ xã Đạ Sar"]


def test_a_taken_port_is_refused_with_the_way_out() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        with pytest.raises(CommandError, match=f"make run PORT={port + 1}"):
            call_command("serve", port=port)


@pytest.mark.parametrize("is_demonstration", [True, False])
def test_address_and_accounts_are_told(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, is_demonstration: bool
) -> None:
    settings.DEMONSTRATION, settings.DEMO_PASSWORD = is_demonstration, "mat-khau-mau"
    monkeypatch.setattr(serve.urllib.request, "urlopen", lambda *_, **__: io.BytesIO(b"ok"))
    said = io.StringIO()

    serve.Command(stdout=said)._announce("127.0.0.1", 8123, time.monotonic())

    assert "http://localhost:8123" in said.getvalue()
    told = [*(account.email for account in ACCOUNTS), "mat-khau-mau"]
    assert [word in said.getvalue() for word in told] == [is_demonstration] * len(told)


class Engine:
    """Knows one index, which it can read or not."""

    def __init__(self, *, reads: bool) -> None:
        self._reads = reads

    def index_name(self) -> str:
        return "goods"

    def reads(self, name: str) -> bool:
        return self._reads


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("has_goods", "reads", "is_indexed", "builds"),
    [
        (False, False, False, False),
        (True, False, False, True),
        (True, False, True, True),
        (True, True, False, True),
        (True, True, True, False),
    ],
)
def test_the_index_is_built_where_goods_have_none(
    monkeypatch: pytest.MonkeyPatch, has_goods: bool, reads: bool, is_indexed: bool, builds: bool
) -> None:
    called: list[tuple[Any, ...]] = []
    monkeypatch.setattr(serve, "get_engine", lambda: Engine(reads=reads))
    monkeypatch.setattr(serve, "call_command", lambda *args, **how: called.append((*args, how)))
    if has_goods:
        good = GoodFactory()
    if is_indexed:
        IndexedVersion.objects.create(index_name="goods", product_id=good.pk, version=1)

    serve.Command(stdout=io.StringIO())._build_index()

    assert called == ([("search_rebuild", {"force": True})] if builds else [])


# --- manage.py worker
def test_a_loop_ends_when_its_supervisor_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    parents = iter([7, 7, 1])
    told: list[tuple[int, int]] = []
    done = Event()
    monkeypatch.setattr(worker.os, "getppid", lambda: next(parents))
    monkeypatch.setattr(worker.time, "sleep", lambda _: None)
    monkeypatch.setattr(worker.os, "kill", lambda *to: (told.append(to), done.set()))

    worker._end_with_parent()

    assert done.wait(WAIT)
    assert told == [(os.getpid(), signal.SIGTERM)]


@pytest.mark.parametrize(("name", "loop"), [("index", "index_forever"), ("periodic", "run_jobs_forever")])
def test_one_loop_alone_runs_until_it_is_told(monkeypatch: pytest.MonkeyPatch, name: str, loop: str) -> None:
    ran: list[str] = []

    def run(stop: Event) -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        assert stop.wait(WAIT)
        ran.append(name)

    monkeypatch.setattr(worker, "_end_with_parent", lambda: None)
    for other in ("index_forever", "run_jobs_forever"):
        monkeypatch.setattr(worker, other, lambda _: ran.append("another"))
    monkeypatch.setattr(worker, loop, run)
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        call_command("worker", only=name)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

    assert ran == [name]


def test_the_loop_of_tasks_takes_every_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[tuple[Any, ...]] = []
    monkeypatch.setattr(worker, "_end_with_parent", lambda: None)
    monkeypatch.setattr(worker, "call_command", lambda *args, **how: called.append((*args, how)))

    call_command("worker", only="tasks")

    assert called == [("db_worker", {"queue_name": "*", "reload": False})]


def test_whether_the_worker_is_at_work_can_be_asked(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    with pytest.raises(CommandError):
        call_command("worker", alive=True)

    periodic.leave_sign_of_life()
    call_command("worker", alive=True)

    long_ago = time.time() - 20 * periodic.PERIOD_SECONDS
    os.utime(tmp_path / "worker-alive", (long_ago, long_ago))
    with pytest.raises(CommandError):
        call_command("worker", alive=True)


# --- make reset
@pytest.fixture
def state(settings: Settings, tmp_path: Path) -> Path:
    """A folder of state beside something that is nobody's to delete."""
    (tmp_path / "beside").touch()
    folder = tmp_path / "state"
    (folder / "media" / "goods").mkdir(parents=True)
    (folder / "ocop.sqlite3").touch()
    settings.DATA_DIR, settings.IS_SQLITE = folder, True
    settings.SETTINGS_MODULE = "marketplace.settings.dev"
    return folder


def test_reset_forgets_the_state_and_nothing_beside_it(state: Path, tmp_path: Path) -> None:
    call_command("reset_data", stdout=io.StringIO())

    assert list(state.iterdir()) == []
    assert (tmp_path / "beside").exists()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"SETTINGS_MODULE": "marketplace.settings.production"}, "production"),
        ({"IS_SQLITE": False}, "database server"),
    ],
)
def test_reset_refuses_what_is_not_a_development_machine_s(
    settings: Settings, state: Path, wrong: dict[str, Any], words: str
) -> None:
    for name, value in wrong.items():
        setattr(settings, name, value)

    with pytest.raises(CommandError, match=words):
        call_command("reset_data")
    assert (state / "ocop.sqlite3").exists()


def test_reset_refuses_a_folder_without_our_database(state: Path) -> None:
    (state / "ocop.sqlite3").unlink()

    with pytest.raises(CommandError, match="nothing was deleted"):
        call_command("reset_data")
    assert (state / "media" / "goods").exists()
