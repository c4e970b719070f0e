"""The measuring itself can be trusted: it counts answers, refuses errors and keeps caches out where it must."""

import os
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from catalogue.models import Product
from tests.benchmarks import load
from tests.benchmarks.bench import ALLOWED, ALLOWED_QUERIES, report
from tests.benchmarks.counting import ASK, COUNT, QueryCountMiddleware
from tests.benchmarks.import_bench import MOST_MORE_MEGABYTES, Measured
from tests.benchmarks.import_bench import report as report_imports
from tests.benchmarks.load import Failed, Target
from tests.benchmarks.search_bench import Pages, Rebuild
from tests.benchmarks.search_bench import report as report_search

CPU = dict.fromkeys(["bare view", *ALLOWED], 1.5)
FEW_QUERIES = {**ALLOWED_QUERIES, "order of one producer": 42, "order of 5 producers": 46}


class Answers(BaseHTTPRequestHandler):
    """Answers everything but `/missing/`, and notes what it was asked."""

    protocol_version = "HTTP/1.1"
    asked: list[tuple[str, str]]

    def do_GET(self) -> None:
        type(self).asked.append((self.path, self.headers.get("Cookie", "")))
        self.send_response(404 if self.path.startswith("/missing/") else 200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def address() -> Iterator[str]:
    Answers.asked = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(params=["wrk", "sockets"])
def loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "sockets":
        monkeypatch.setattr(load.shutil, "which", lambda _name: None)
    elif not load.shutil.which("wrk"):
        pytest.skip("wrk is not installed; the loader of the standard library is measured alone")


@pytest.mark.usefixtures("loader")
def test_each_request_is_another_address_and_carries_the_cookie(address: str) -> None:
    rate = load.requests_a_second(Target("page", f"{address}/page/?q=x", cookie="basket=1"), 1)

    assert rate > 0
    paths = [path for path, _cookie in Answers.asked]
    assert len(set(paths)) == len(paths)
    assert all(path.startswith("/page/?q=x&bench=") for path in paths)
    assert {cookie for _path, cookie in Answers.asked} == {"basket=1"}


@pytest.mark.usefixtures("loader")
def test_a_page_that_may_be_cached_is_asked_for_by_one_address(address: str) -> None:
    load.requests_a_second(Target("page", f"{address}/page/", cacheable=True), 1)

    assert {path for path, _cookie in Answers.asked} == {"/page/"}


@pytest.mark.usefixtures("loader")
def test_an_error_is_not_a_fast_answer(address: str) -> None:
    with pytest.raises(Failed, match="gone"):
        load.requests_a_second(Target("gone", f"{address}/missing/"), 1)


def test_a_page_that_costs_too_much_fails_the_run(capsys: pytest.CaptureFixture[str]) -> None:
    fast = {"bare view": 4_000.0} | {name: 4_000.0 / allowed for name, allowed in ALLOWED.items()}

    assert report(fast, CPU, FEW_QUERIES, 2_000) == 0
    assert report(fast | {"listing": 90.0}, CPU, FEW_QUERIES, 2_000) == 1
    assert "1/44.4" in capsys.readouterr().out


FAST = [Rebuild("embedded", 6_500, 300, 1.0), Rebuild("elasticsearch", 3_100, 300, 1.1)]
FEW, MANY = Pages("embedded", 1_000, 0.020, 0.04, 50, 200), Pages("embedded", 100_000, 0.028, 0.09, 40, 130)


def test_a_search_that_reaches_its_figures_passes(capsys: pytest.CaptureFixture[str]) -> None:
    assert report_search(FAST, [FEW, MANY], []) == 0
    assert "falls short" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("rebuilds", "pages"),
    [
        ([Rebuild("embedded", 5_900, 300, 1.0)], []),
        ([Rebuild("elasticsearch", 3_100, 300, 1.5)], []),
        (FAST, [FEW, Pages("embedded", 100_000, 0.031, 0.09, 40, 130)]),
        (FAST, [FEW, Pages("embedded", 100_000, 0.028, 0.12, 40, 130)]),
        (FAST, [FEW, Pages("embedded", 100_000, 0.028, 0.09, 40, 110)]),
    ],
)
def test_a_search_that_falls_short_is_told(
    rebuilds: list[Rebuild], pages: list[Pages], capsys: pytest.CaptureFixture[str]
) -> None:
    assert report_search(rebuilds, pages, []) == 1
    assert capsys.readouterr().out.count("falls short") == 1


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="this system doesn't tell")
def test_the_cpu_time_of_a_process_is_known() -> None:
    before = load.cpu_seconds(os.getpid())
    started = time.process_time()
    while time.process_time() < started + 0.2:
        pass

    assert 0.1 <= load.cpu_seconds(os.getpid()) - before <= 0.5
    assert load.cpu_seconds(2**30) == 0


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"basket of 10 lines": 16}, "too many queries"),
        ({"order of 5 producers": 42 + 4 * 12 + 1}, "12.2 for each consignment more"),
    ],
)
def test_too_many_queries_fail_the_run(
    more: dict[str, int], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    fast = {"bare view": 4_000.0} | {name: 4_000.0 / allowed for name, allowed in ALLOWED.items()}

    assert report(fast, CPU, FEW_QUERIES | more, 2_000) == 1
    assert words in capsys.readouterr().out


@pytest.mark.django_db
def test_queries_are_counted_for_whoever_asks(rf: RequestFactory) -> None:
    def view(_request: HttpRequest) -> HttpResponse:
        Product.objects.count()
        Product.objects.count()
        return HttpResponse("ok")

    counting = QueryCountMiddleware(view)

    assert counting(rf.get("/", headers={ASK: "1"}))[COUNT] == "2"
    assert COUNT not in counting(rf.get("/"))


@pytest.mark.parametrize(
    ("seconds", "more_megabytes", "fails"),
    [(10, 5, 0), (50, 5, 1), (10, MOST_MORE_MEGABYTES + 1, 1)],
    ids=["good", "too slow", "memory grows"],
)
def test_an_import_that_is_slow_or_holds_its_rows_fails_the_measuring(
    seconds: float, more_megabytes: float, fails: int
) -> None:
    small, large = Measured(2_000, 4, 3, 180), Measured(10_000, seconds, 9, 180 + more_megabytes)

    assert report_imports([small, large]) == fails
