"""The measuring itself can be trusted: it counts answers, refuses errors and keeps caches out where it must."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from tests.benchmarks import load
from tests.benchmarks.bench import ALLOWED, report
from tests.benchmarks.load import Failed, Target
from tests.benchmarks.search_bench import Pages, Rebuild
from tests.benchmarks.search_bench import report as report_search


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


@pytest.fixture(params=["wrk", "threads"])
def loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "threads":
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

    assert report(fast, 2_000) == 0
    assert report(fast | {"listing": 90.0}, 2_000) == 1
    assert "1/44.4" in capsys.readouterr().out


FAST = [Rebuild("embedded", 6_500, 300, 1.0), Rebuild("elasticsearch", 3_100, 300, 1.1)]
FEW, MANY = Pages(1_000, 0.020, 0.04, 50, 200), Pages(100_000, 0.028, 0.09, 40, 130)


def test_a_search_that_reaches_its_figures_passes(capsys: pytest.CaptureFixture[str]) -> None:
    assert report_search(FAST, [FEW, MANY]) == 0
    assert "falls short" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("rebuilds", "pages"),
    [
        ([Rebuild("embedded", 5_900, 300, 1.0)], []),
        ([Rebuild("elasticsearch", 3_100, 300, 1.5)], []),
        (FAST, [FEW, Pages(100_000, 0.031, 0.09, 40, 130)]),
        (FAST, [FEW, Pages(100_000, 0.028, 0.12, 40, 130)]),
        (FAST, [FEW, Pages(100_000, 0.028, 0.09, 40, 110)]),
    ],
)
def test_a_search_that_falls_short_is_told(
    rebuilds: list[Rebuild], pages: list[Pages], capsys: pytest.CaptureFixture[str]
) -> None:
    assert report_search(rebuilds, pages) == 1
    assert capsys.readouterr().out.count("falls short") == 1
