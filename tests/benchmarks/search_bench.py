"""`make bench-search`: the search at two sizes of the catalogue, and how fast and with how much memory its index is rebuilt.

Rebuilds are measured with every engine that can be had; pages with the one that the environment names. Goods are made once for each size.
"""

import argparse
import http.client
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

from tests.benchmarks.bench import ROOT, _environment, _free_port, _prepare, _server
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
ROUNDS = 40
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

    products: int
    median: float
    late: float
    pages_a_second: float
    suggestions_a_second: float


def main() -> int:
    """Measure and print; 1 where a figure isn't reached."""
    parser = argparse.ArgumentParser(description="Rebuild and pages of the search at two sizes.")
    parser.add_argument("--products", type=int, default=100_000, help="synthetic goods (default: 100,000)")
    parser.add_argument("--rebuild-only", action="store_true", help="leave the pages out")
    options = parser.parse_args()
    elasticsearch = os.environ.get("ELASTICSEARCH_URL", "")

    with _shop(options.products):
        rebuilds = [_rebuild("embedded", "")]
        if elasticsearch:
            rebuilds.append(_rebuild("elasticsearch", elasticsearch))
    pages = [] if options.rebuild_only else [_pages(products) for products in (SMALL, options.products)]
    return report(rebuilds, pages)


@contextmanager
def _shop(products: int) -> Iterator[str]:
    """Point the environment at the data of this size; yields the address of a server to be started."""
    before = dict(os.environ)
    address = f"http://localhost:{_free_port()}"
    os.environ.update(_environment(products, address))
    os.environ["ELASTICSEARCH_INDEX_PREFIX"] = f"bench-{products}"
    _prepare(products)
    try:
        yield address
    finally:
        os.environ.clear()
        os.environ.update(before)


# -- rebuilding --------------------------------------------------------------------------------------


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
        time.sleep(0.2)


def _resident(pid: int) -> int:
    """Return the bytes of a process that nobody shares with it."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    return sum(int(kilobytes) for kilobytes in re.findall(r"Private_\w+: +(\d+) kB", text)) * 1024


def _children(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


# -- pages -------------------------------------------------------------------------------------------


def _pages(products: int) -> Pages:
    from urllib.parse import urlsplit

    with _shop(products) as address:
        port = urlsplit(address).port or 80
        search, suggest = f"{address}/vi/tim-kiem/", f"{address}/vi/tim-kiem/goi-y/"
        with _server(port, address):
            _seconds(port, ROUNDS // 4)  # wake up: connections, templates, words of the shop
            print(f"search pages among {products:,} goods …", flush=True)
            seconds = _seconds(port, ROUNDS)
            asked = urllib.parse.urlencode({"q": QUERIES[0]})
            return Pages(
                products=products,
                median=statistics.median(seconds),
                late=statistics.quantiles(seconds, n=20)[-1],
                pages_a_second=requests_a_second(Target("search", f"{search}?{asked}"), 4),
                suggestions_a_second=requests_a_second(Target("suggestions", f"{suggest}?{asked}"), 4),
            )


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


# -- telling -----------------------------------------------------------------------------------------


def report(rebuilds: list[Rebuild], pages: list[Pages]) -> int:
    """Print what was measured beside what is asked for; return 1 where something falls short."""
    failed = False
    print(f"\n{'rebuild':<16}{'goods/s':>10}{'asked':>10}{'peak MB':>10}{'growth':>10}")
    for rebuild in rebuilds:
        asked = ALLOWED_RATES[rebuild.engine]
        short = rebuild.rate < asked or rebuild.growth > ALLOWED_GROWTH
        failed |= short
        print(
            f"{rebuild.engine:<16}{rebuild.rate:>10,.0f}{asked:>10,}{rebuild.peak:>10,.0f}{rebuild.growth:>10.2f}"
            f"{'  falls short' if short else ''}"
        )
    if pages:
        print(f"\n{'goods':<10}{'median ms':>12}{'95 % ms':>10}{'pages/s':>10}{'suggestions/s':>15}")
        for size in pages:
            print(
                f"{size.products:<10,}{size.median * 1000:>12.1f}{size.late * 1000:>10.1f}"
                f"{size.pages_a_second:>10.1f}{size.suggestions_a_second:>15.1f}"
            )
        failed |= _report_ratios(pages[0], pages[-1])
    return 1 if failed else 0


def _report_ratios(small: Pages, large: Pages) -> bool:
    ratios = (
        ("median, many goods to few", large.median / small.median, ALLOWED_SLOWDOWN, False),
        ("95th percentile to median", large.late / large.median, ALLOWED_SPREAD, False),
        (
            "suggestions to pages",
            large.suggestions_a_second / large.pages_a_second,
            ALLOWED_SUGGESTIONS,
            True,
        ),
    )
    failed = False
    print()
    for name, ratio, asked, at_least in ratios:
        short = ratio < asked if at_least else ratio > asked
        failed |= short
        bound = "at least" if at_least else "at most"
        print(f"{name:<28}{ratio:>6.2f}  {bound} {asked}{'  falls short' if short else ''}")
    return failed


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failed as reason:
        sys.exit(f"Not measured: {reason}")
