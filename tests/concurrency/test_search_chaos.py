"""Workers, rebuilds and readers side by side, killed at any moment: afterwards the index says what the database says."""

import json
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings
from django.db import connection, connections
from django.utils import timezone

from catalogue.changes import mark_changed
from catalogue.models import Product
from search import checking, indexing
from search.engines.base import SearchEngine, get_engine
from search.engines.embedded import EmbeddedEngine
from search.interpretation import interpret
from search.models import IndexedVersion
from search.query import SearchQuery
from tests.concurrency.index_process import environment_for
from tests.contract.test_search_engines import fill, found, good
from tests.factories.catalogue import shown_good, sold_pack

ROOT = Path(__file__).resolve().parent.parent.parent
DIED = 86
GOODS = 120
#: Transactions of fifty changes each.
TRANSACTIONS = 200


# -- processes --------------------------------------------------------------------------------------


def database_url(file: Path | None) -> str:
    if file is not None:
        return f"sqlite:///{file}"
    name = str(connection.settings_dict["NAME"])
    return urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}"))


class Processes:
    """Starts processes that share one database and one index."""

    def __init__(self, engine: str, index: Path, database: Path | None = None) -> None:
        self.environment = environment_for(engine, index, DATABASE_URL=database_url(database))

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.concurrency.index_process", *arguments],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def run(self, *arguments: str) -> str:
        process = self.start(*arguments)
        said, _ = process.communicate(timeout=300)
        assert process.returncode == 0, arguments
        return said

    @contextmanager
    def workers(self, number: int) -> Iterator[list[subprocess.Popen[str]]]:
        running = [self.start("work") for _ in range(number)]
        try:
            for worker in running:
                assert worker.stdout is not None
                assert worker.stdout.readline() == "ready\n"
            yield running
        finally:
            for worker in running:
                worker.communicate(timeout=60)

    def differences(self) -> dict[str, Any]:
        return dict(json.loads(self.run("check").splitlines()[-1]))


def in_a_child(work: Callable[[], None]) -> "multiprocessing.process.BaseProcess":
    """Start `work` in a forked process with connections and an engine of its own."""

    def begin() -> None:
        connections.close_all()
        get_engine.cache_clear()
        work()

    connections.close_all()
    child = multiprocessing.get_context("fork").Process(target=begin)
    child.start()
    return child


# -- the embedded engine's files, without a database -----------------------------------------------


def write_for_ever(directory: Path, goods: int, version: int, begun: Any) -> None:
    engine = EmbeddedEngine(directory)
    while True:
        version += 1
        engine.write([good(number, version=version) for number in range(1, goods + 1)])
        begun.set()


def test_a_writer_killed_at_any_moment_leaves_a_whole_commit_and_no_lock(tmp_path: Path) -> None:
    engine = EmbeddedEngine(tmp_path / "index")
    fill(engine, *(good(number) for number in range(1, 51)))
    chance = random.Random(7)
    reached = 1

    for _ in range(5):
        begun = multiprocessing.get_context("fork").Event()
        child = in_a_child(lambda: write_for_ever(engine.directory, 50, reached, begun))  # noqa: B023  runs at once
        assert begun.wait(timeout=30)
        child.join(timeout=chance.uniform(0, 0.3))
        assert child.pid is not None
        os.kill(child.pid, signal.SIGKILL)
        child.join()

        held = engine.contents(engine.index_name(), 1, 50)
        assert len(held) == 50
        (version,) = {document.version for document in held}
        assert version > reached
        assert len(found(engine, page_size=100)) == 50

        reached = version + 1
        assert engine.write([good(number, version=reached) for number in range(1, 51)]) == []


def test_one_killed_between_its_deletions_and_its_commit_holds_up_nobody(tmp_path: Path) -> None:
    engine = EmbeddedEngine(tmp_path / "index")
    fill(engine, *(good(number) for number in range(1, 4)))
    folder = engine.directory / engine.index_name()
    before = (folder / "meta.json").read_bytes()
    engine.write([good(1, version=2)])
    assert list(folder.glob("*.del"))
    (folder / "meta.json").write_bytes(before)  # as if the commit had never come

    assert EmbeddedEngine(engine.directory).write([good(1, version=2)]) == []

    assert len(found(engine, page_size=100)) == 3


def test_readers_find_the_shop_whole_while_others_write_and_rebuild(tmp_path: Path) -> None:
    directory = tmp_path / "index"
    engine = EmbeddedEngine(directory)
    fill(engine, *(good(number) for number in range(1, 31)))
    stop = multiprocessing.get_context("fork").Event()
    faults = multiprocessing.get_context("fork").SimpleQueue()
    searches = multiprocessing.get_context("fork").Value("i", 0)

    def read() -> None:
        reader = EmbeddedEngine(directory)
        while not stop.is_set():
            try:
                seen = len(found(reader, page_size=100))
                if seen != 30:
                    faults.put(f"saw {seen} goods")
            except Exception as error:
                faults.put(repr(error))
            with searches.get_lock():
                searches.value += 1

    readers = [in_a_child(read) for _ in range(2)]
    for version in range(2, 8):
        engine.write([good(number, version=version) for number in range(1, 31)])
        with engine.rebuild() as builder:
            builder.write([good(number, version=version) for number in range(1, 31)])
    while searches.value < 50 and all(reader.is_alive() for reader in readers):
        os.sched_yield()
    stop.set()
    for reader in readers:
        reader.join(timeout=60)

    assert faults.empty(), faults.get()
    assert [reader.exitcode for reader in readers] == [0, 0]


def test_two_writers_take_turns(tmp_path: Path) -> None:
    directory = tmp_path / "index"
    engine = EmbeddedEngine(directory)
    engine.index_name()

    def write(first: int) -> None:
        own = EmbeddedEngine(directory)
        for number in range(first, first + 10):
            own.write([good(number)])

    children = [in_a_child(lambda start=start: write(start)) for start in (1, 101)]  # type: ignore[misc]
    for child in children:
        child.join(timeout=60)

    assert [child.exitcode for child in children] == [0, 0]
    assert len(found(engine, page_size=100)) == 20


# -- a worker killed at each step -------------------------------------------------------------------

STEPS = [
    ("search.change_queue", "claim"),
    ("search.indexing", "build_safely"),
    ("search.change_queue", "expect_documents"),
    ("ENGINE", "write"),
    ("search.change_queue", "remember"),
]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", STEPS, ids=[name for _, name in STEPS])
def test_a_worker_killed_at_any_step_loses_nothing(
    each_engine: SearchEngine, step: tuple[str, str], when: str
) -> None:
    packs = [sold_pack() for _ in range(3)]
    ids = [pack.parent_id for pack in packs]
    mark_changed(ids)
    indexing.index_pending()
    Product.objects.filter(pk=ids[0]).update(listing=Product.Listing.SUSPENDED)
    Product.objects.filter(pk=ids[1]).update(title_vi="Trà sau cái chết")
    mark_changed(ids[:2])

    def die_on_the_way() -> None:
        module, name = step
        owner: Any = type(get_engine()) if module == "ENGINE" else sys.modules[module]
        original = getattr(owner, name)

        def dies(*arguments: Any, **keywords: Any) -> None:
            if when == "after":
                original(*arguments, **keywords)
            os._exit(DIED)

        setattr(owner, name, dies)
        indexing.index_pending()

    child = in_a_child(die_on_the_way)
    child.join(timeout=60)
    assert child.exitcode == DIED

    IndexedVersion.objects.update(claimed_until=timezone.now())  # the dead worker's lease runs out
    indexing.sweep_again()
    while indexing.index_pending():
        pass
    each_engine.refresh()
    report = checking.check_index()
    assert (report.differences, report.waiting) == (0, 0)
    result = each_engine.search(
        SearchQuery(at=timezone.now(), text="sau cái chết"), interpret("sau cái chết")
    )
    assert result.product_ids == [ids[1]]


# -- found soon --------------------------------------------------------------------------------------


def seconds_until_found(processes: Processes) -> list[float]:
    """Return how long changes take from commit to hit with one worker running."""
    processes.run("drain")
    with processes.workers(1):
        return list(json.loads(processes.run("measure", "5")))


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_change_is_found_within_two_seconds(each_engine: SearchEngine) -> None:
    mark_changed(shown_good().pk for _ in range(5))

    assert max(seconds_until_found(processes_of(each_engine))) < 2.0


def processes_of(engine: SearchEngine) -> Processes:
    if isinstance(engine, EmbeddedEngine):
        return Processes("embedded", engine.directory)
    return Processes("elasticsearch", Path(settings.ELASTICSEARCH_INDEX_PREFIX))


# -- ten thousand changes ----------------------------------------------------------------------------


def shelf_of_goods() -> None:
    for _ in range(GOODS):
        sold_pack(certificate={"stars": 3})
    mark_changed(Product.objects.filter(structure="parent").values_list("pk", flat=True))


def survives_ten_thousand_changes(processes: Processes) -> None:
    """Two workers drain while changes come; one of them is killed on the way and another takes its place."""
    with processes.workers(2) as workers:
        changers = [processes.start("change", str(TRANSACTIONS // 2), str(seed)) for seed in (1, 2)]
        for changer in changers:
            assert changer.stdout is not None
            assert changer.stdout.readline() == "begun\n"
        victim = workers[0]
        victim.kill()
        victim.wait(timeout=30)
        gone = 0
        with processes.workers(1):
            for changer in changers:
                # Not `communicate`: it passes over what was read ahead with the first line.
                gone += int(changer.stdout.read())  # type: ignore[union-attr]
                assert changer.wait(timeout=300) == 0
    processes.run("drain")

    report = processes.differences()
    assert gone > 0
    assert report["goods"] == GOODS - gone
    assert (report["differences"], report["waiting"], report["examples"]) == (0, 0, [])


@pytest.mark.postgres
@pytest.mark.elasticsearch
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("each_engine", ["elasticsearch"], indirect=True)
def test_ten_thousand_changes_reach_elasticsearch(each_engine: SearchEngine) -> None:
    shelf_of_goods()

    survives_ten_thousand_changes(processes_of(each_engine))


@pytest.fixture
def database_file(tmp_path: Path) -> Path:
    """A SQLite file with what this test's database holds, for other processes."""
    file = tmp_path / "shop.sqlite3"
    connection.ensure_connection()
    import sqlite3

    with sqlite3.connect(file) as copy:
        connection.connection.backup(copy)
    return file


@pytest.fixture
def goods_for_others(transactional_db: None) -> None:
    shelf_of_goods()


@pytest.mark.sqlite_only
def test_on_one_machine_too_a_change_is_found_within_two_seconds(
    goods_for_others: None, database_file: Path, tmp_path: Path
) -> None:
    seconds = seconds_until_found(Processes("embedded", tmp_path / "index", database_file))

    assert max(seconds) < 2.0


@pytest.mark.sqlite_only
def test_ten_thousand_changes_reach_the_embedded_index(
    goods_for_others: None, database_file: Path, tmp_path: Path
) -> None:
    survives_ten_thousand_changes(Processes("embedded", tmp_path / "index", database_file))


@pytest.mark.sqlite_only
def test_a_rebuild_killed_on_its_way_takes_its_helpers_along_and_is_gone_on_with(
    goods_for_others: None, database_file: Path, tmp_path: Path
) -> None:
    processes = Processes("embedded", tmp_path / "index", database_file)
    processes.run("drain")
    before = (tmp_path / "index" / "current").read_text()

    rebuild = processes.start("rebuild", "2")
    assert rebuild.stdout is not None
    done = 0
    while done < 40:
        done = int(rebuild.stdout.readline())
    helpers = children_of(rebuild.pid)
    assert len(helpers) >= 2
    rebuild.kill()
    rebuild.wait(timeout=30)
    # The pipe ends when the last process that holds it ends.
    rebuild.stdout.read()
    wait_for_the_end_of(helpers)
    assert (tmp_path / "index" / "current").read_text() == before
    assert processes.differences()["differences"] == 0

    said = processes.run("rebuild", "2")

    resumed_from = int(said.split()[-1])
    assert 0 < resumed_from <= done
    assert (tmp_path / "index" / "current").read_text() != before
    report = processes.differences()
    assert (report["differences"], report["goods"]) == (0, GOODS)


def children_of(pid: int) -> list[int]:
    return [
        int(child)
        for task in Path(f"/proc/{pid}/task").iterdir()
        for child in (task / "children").read_text().split()
    ]


def wait_for_the_end_of(pids: list[int]) -> None:
    deadline = time.monotonic() + 10
    while alive := [pid for pid in pids if is_alive(pid)]:
        assert time.monotonic() < deadline, alive
        os.sched_yield()


def is_alive(pid: int) -> bool:
    """Whether the process runs; one that has ended and waits to be buried does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False
