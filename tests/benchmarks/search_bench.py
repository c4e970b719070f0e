"""`make bench-search`: the search at two sizes of the catalogue, and how fast and with how much memory its index is rebuilt.

Everything is measured with every engine that can be had. On PostgreSQL (`DATABASE_URL` names a database beside which those of the
benchmark are made, by a user who may) its own full-text search is measured with the same goods and queries. Goods are made once.
"""

import argparse
import http.client
import json
import os
import re
import statistics
import subprocess
import sys
import threading
import time
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.benchmarks.bench import ROOT, _environment, _free_port, _prepare, _server, run_commands
from tests.benchmarks.load import Failed, Target, requests_a_second

#: Goods a second that a rebuild must reach.
ALLOWED_RATES = {"elasticsearch": 3_000, "embedded": 6_000}
#: How much more memory the last third of a rebuild may take than the middle one.
ALLOWED_GROWTH = 1.2
#: A page with many goods beside one with few: medians; and the 95th percentile beside the median.
ALLOWED_SLOWDOWN = 1.5
ALLOWED_SPREAD = 4.0
#: Suggestions a second beside search pages a second.
ALLOWED_SUGGESTIONS = 3.0
SMALL = 1_000
ROUNDS = 20
QUERIES = (
    "ca phe", "cà phê cầu đất", "tra atiso", "mat ong", "nấm hương", "ocop 4 sao", "duoi 200k", "bao loc",
    "hồng treo gió", "hop tac xa", "mac ca say deo", "caf phee",
)  # fmt: skip


@dataclass(frozen=True)
class Rebuild:
    """One rebuild: goods a second as the command says, memory of all its processes in MB."""

    engine: str
    rate: float
    peak: float
    growth: float


@dataclass(frozen=True)
class Pages:
    """Seconds that search pages took, and how many pages and suggestions a second there were."""

    engine: str
    products: int
    median: float
    late: float
    pages_a_second: float
    suggestions_a_second: float


@dataclass(frozen=True)
class Beside:
    """An engine and PostgreSQL: milliseconds of a search at both sizes; PostgreSQL's goods a second; what judgments say."""

    engine: str
    speed: dict[int, dict[str, dict[str, float]]]
    postgresql_rate: float
    relevance: dict[str, dict[str, float]]


def main() -> int:
    """Measure and print; 1 where a figure isn't reached."""
    parser = argparse.ArgumentParser(description="Rebuild and pages of the search at two sizes.")
    parser.add_argument("--products", type=int, default=100_000, help="synthetic goods (default: 100,000)")
    parser.add_argument("--rebuild-only", action="store_true", help="leave the pages out")
    parser.add_argument("--keep-index", action="store_true", help="leave the rebuild of the many goods out")
    parser.add_argument("--engine", choices=list(ALLOWED_RATES), help="measure this one alone")
    options = parser.parse_args()
    engines = {"embedded": "", "elasticsearch": os.environ.get("ELASTICSEARCH_URL", "")}
    if not engines["elasticsearch"]:
        del engines["elasticsearch"]
    if options.engine:
        engines = {options.engine: engines[options.engine]}
    sizes = (SMALL, options.products)

    rebuilds, pages, beside = [], [], []
    for engine, url in engines.items():
        os.environ["ELASTICSEARCH_URL"] = url
        if not options.keep_index:
            with _shop(options.products):
                rebuilds.append(_rebuild(engine, url))
        if options.rebuild_only:
            continue
        with _shop(SMALL):
            run_commands([["search_rebuild", "--afresh", "--force"]])
        pages += [_pages(engine, products) for products in sizes]
        if _is_postgresql():
            beside.append(_beside(engine, sizes))
    return report(rebuilds, pages, beside)


@contextmanager
def _shop(products: int) -> Iterator[str]:
    """Point the environment at the data of this size; yields the address of a server to be started."""
    before = dict(os.environ)
    address = f"http://localhost:{_free_port()}"
    os.environ.update(_environment(products, address))
    if _is_postgresql():
        os.environ["DATA_DIR"] += "-postgresql"
        os.environ["DATABASE_URL"] = _database(f"{products // 1000}k")
    os.environ["ELASTICSEARCH_INDEX_PREFIX"] = f"bench-{products}"
    _prepare(products)
    try:
        yield address
    finally:
        os.environ.clear()
        os.environ.update(before)


def _is_postgresql() -> bool:
    return os.environ.get("DATABASE_URL", "").startswith("postgres")


def _database(suffix: str) -> str:
    """Return the address of a database beside the one that DATABASE_URL names, empty where DATA_DIR doesn't say that it was filled.

    What another checkout filled would be filled a second time.
    """
    import psycopg

    address = os.environ["DATABASE_URL"]
    beside, _, name = address.rpartition("/")
    name += suffix
    is_filled = (Path(os.environ["DATA_DIR"]) / "prepared").exists()
    with psycopg.connect(address, autocommit=True) as connection:
        if not is_filled:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            connection.execute(f'CREATE DATABASE "{name}"')
    return f"{beside}/{name}"


# -- rebuilding --------------------------------------------------------------------------------------


#: Seconds between two looks at the memory: the system walks every page of a process for it, and holds the process up meanwhile.
_LOOK_EVERY = 1.0


def _rebuild(engine: str, url: str) -> Rebuild:
    """Rebuild with one engine. The index before stays, as it does in a shop."""
    print(f"search_rebuild, {engine} …", flush=True)
    process = subprocess.Popen(
        [sys.executable, "manage.py", "search_rebuild", "--afresh", "--force"],
        cwd=ROOT,
        env={**os.environ, "ELASTICSEARCH_URL": url},
        stdout=subprocess.PIPE,
        text=True,
    )
    memory: list[float] = []
    watch = threading.Thread(target=_watch, args=(process, memory))
    watch.start()
    said, _ = process.communicate()
    watch.join()
    found = re.search(r"([\d,]+) a second\.", said)
    if process.returncode or not found:
        raise Failed(f"search_rebuild with {engine} ended with {process.returncode}: {said[-300:]}")
    third = max(1, len(memory) // 3)
    return Rebuild(
        engine,
        rate=float(found[1].replace(",", "")),
        peak=max(memory),
        growth=max(memory[-third:]) / max(memory[third : 2 * third] or memory),
    )


def _watch(process: "subprocess.Popen[str]", memory: list[float]) -> None:
    while process.poll() is None:
        memory.append(sum(_resident(pid) for pid in [process.pid, *_children(process.pid)]) / 1e6)
        time.sleep(_LOOK_EVERY)


def _resident(pid: int) -> int:
    """Return the bytes that a process holds for itself; pages of files that it reads are the system's to take back."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    return sum(int(kilobytes) for kilobytes in re.findall(r"Private_Dirty: +(\d+) kB", text)) * 1024


def _children(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


# -- pages -------------------------------------------------------------------------------------------


def _pages(engine: str, products: int) -> Pages:
    with _shop(products) as address:
        port = urllib.parse.urlsplit(address).port or 80
        search, suggest = f"{address}/vi/tim-kiem/", f"{address}/vi/tim-kiem/goi-y/"
        asked = urllib.parse.urlencode({"q": QUERIES[0]})
        with _server(port, address):
            for path in (
                search,
                suggest,
            ):  # wake both processes up: connections, templates, words of the shop
                _rate("waking up", f"{path}?{asked}")
            os.sync()
            print(f"search pages among {products:,} goods, {engine} …", flush=True)
            seconds = _seconds(port, ROUNDS)
            return Pages(
                engine=engine,
                products=products,
                median=statistics.median(seconds),
                late=statistics.quantiles(seconds, n=20)[-1],
                pages_a_second=_rate("search", f"{search}?{asked}"),
                suggestions_a_second=_rate("suggestions", f"{suggest}?{asked}"),
            )


def _rate(name: str, url: str) -> float:
    """Return requests a second; what was kept in files before is on the disk first, so that nobody pays for the one before."""
    os.sync()
    return requests_a_second(Target(name, url), 4)


def _seconds(port: int, rounds: int) -> list[float]:
    """Ask for each query, one after the other, over one connection; return how long each answer took."""
    connection = http.client.HTTPConnection("localhost", port, timeout=30)
    taken = []
    for _ in range(rounds):
        for query in QUERIES:
            path = f"/vi/tim-kiem/?{urllib.parse.urlencode({'q': query})}"
            started = time.perf_counter()
            connection.request("GET", path)
            response = connection.getresponse()
            response.read()
            taken.append(time.perf_counter() - started)
            if response.status != 200:
                raise Failed(f"{path}: {response.status}")
    connection.close()
    return taken


# -- beside PostgreSQL -------------------------------------------------------------------------------


def _beside(engine: str, sizes: tuple[int, ...]) -> Beside:
    print(f"searches of {engine} and of PostgreSQL …", flush=True)
    speed, rate = {}, 0.0
    for products in sizes:
        with _shop(products):
            said = _side_by_side("speed", *QUERIES)
            rate = said.pop("postgresql_goods_a_second")
            speed[products] = said
    with _judged_shop():
        relevance = _side_by_side("relevance")
    return Beside(engine, speed, rate, relevance)


@contextmanager
def _judged_shop() -> Iterator[None]:
    """Point the environment at the goods that the repository's judgments speak of."""
    before = dict(os.environ)
    os.environ.update(_environment(0, "http://localhost"))
    os.environ["DATA_DIR"] += "-judged"
    os.environ["DATABASE_URL"] = _database("judged")
    os.environ["ELASTICSEARCH_INDEX_PREFIX"] = "bench-judged"
    done = Path(os.environ["DATA_DIR"]) / "prepared"
    done.parent.mkdir(parents=True, exist_ok=True)
    try:
        run_commands([["compile_messages"], ["migrate", "--no-input"]])
        if not done.exists():
            _run_side_by_side("fill")
            done.touch()
        run_commands([["search_rebuild", "--afresh", "--force"]])
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _side_by_side(what: str, *queries: str) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(_run_side_by_side(what, *queries).splitlines()[-1])
    return said


def _run_side_by_side(what: str, *queries: str) -> str:
    command = [sys.executable, "-m", "tests.benchmarks.side_by_side", what, *queries]
    return subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout


# -- telling -----------------------------------------------------------------------------------------


def report(rebuilds: list[Rebuild], pages: list[Pages], beside: list[Beside]) -> int:
    """Print what was measured beside what is asked for, as tables; return 1 where something falls short."""
    short = [*_report_rebuilds(rebuilds), *_report_pages(pages)]
    if beside:
        _report_beside(beside)
    print()
    for line in short:
        print(f"falls short: {line}")
    return 1 if short else 0


def _report_rebuilds(rebuilds: list[Rebuild]) -> Iterator[str]:
    print(
        "\n| `search_rebuild` | goods a second | asked | peak of all processes | last third to middle third |"
    )
    print("| --- | --: | --: | --: | --: |")
    for rebuild in rebuilds:
        asked = ALLOWED_RATES[rebuild.engine]
        print(
            f"| {rebuild.engine} | {rebuild.rate:,.0f} | {asked:,} | {rebuild.peak:,.0f} MB | {rebuild.growth:.2f} |"
        )
        if rebuild.rate < asked:
            yield f"rebuild with {rebuild.engine}: {rebuild.rate:,.0f} goods a second of {asked:,}"
        if rebuild.growth > ALLOWED_GROWTH:
            yield f"rebuild with {rebuild.engine}: memory grows by {rebuild.growth:.2f}"


def _report_pages(pages: list[Pages]) -> Iterator[str]:
    if not pages:
        return
    print("\n| pages | goods | median | 95 % | pages a second | suggestions a second |")
    print("| --- | --: | --: | --: | --: | --: |")
    for size in pages:
        print(
            f"| {size.engine} | {size.products:,} | {size.median * 1000:.1f} ms | {size.late * 1000:.1f} ms "
            f"| {size.pages_a_second:.1f} | {size.suggestions_a_second:.1f} |"
        )
    print("\n| ratio | asked | " + " | ".join(size.engine for size in pages[::2]) + " |")
    print("| --- | --: |" + " --: |" * (len(pages) // 2))
    pairs = list(zip(pages[::2], pages[1::2], strict=True))
    for name, asked, at_least, ratios in (
        (
            "median, many goods to few",
            ALLOWED_SLOWDOWN,
            False,
            [big.median / few.median for few, big in pairs],
        ),
        ("95th percentile to median", ALLOWED_SPREAD, False, [big.late / big.median for _, big in pairs]),
        (
            "suggestions to pages",
            ALLOWED_SUGGESTIONS,
            True,
            [big.suggestions_a_second / big.pages_a_second for _, big in pairs],
        ),
    ):
        bound = "at least" if at_least else "at most"
        print(f"| {name} | {bound} {asked} | " + " | ".join(f"{ratio:.2f}" for ratio in ratios) + " |")
        for (few, _big), ratio in zip(pairs, ratios, strict=True):
            if ratio < asked if at_least else ratio > asked:
                yield f"{name} with {few.engine}: {ratio:.2f}, {bound} {asked}"


def _report_beside(beside: list[Beside]) -> None:
    sizes = list(beside[0].speed)
    heads = " | ".join(f"median, 95 % at {size:,}" for size in sizes)
    print(f"\n| one search | {heads} | index, goods a second | nDCG@10 | zero queries silent |")
    print("| --- |" + " --: |" * (len(sizes) + 3))
    rows = [(part.engine, "engine", part, "above") for part in beside]
    rows.append(("PostgreSQL with unaccent", "postgresql", beside[-1], f"{beside[-1].postgresql_rate:,.0f}"))
    for name, who, part, rate in rows:
        times = " | ".join(
            f"{part.speed[size][who]['median']:.1f} ms, {part.speed[size][who]['late']:.1f} ms"
            for size in sizes
        )
        judged = part.relevance[who]
        print(f"| {name} | {times} | {rate} | {judged['ndcg@10']:.3f} | {judged['zero']:.0%} |")


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failed as reason:
        sys.exit(f"Not measured: {reason}")
