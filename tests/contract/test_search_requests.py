"""How often a page asks its engine: requests on the wire of a server, searches of the one inside the process."""

import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from elastic_transport import Transport

from search.engines import elasticsearch
from search.engines.base import SearchEngine
from search.engines.elasticsearch import ElasticsearchEngine
from search.engines.embedded import EmbeddedEngine
from search.errors import SearchUnavailable
from search.interpretation import interpret
from search.query import Facet, Likeness, SearchQuery, SearchResult, Sort
from search.selectors import search_interpreted
from tests.contract.test_search_engines import LAC_DUONG, NOW, fill, good
from tests.factories.search import ENGINES, make_engine


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SearchEngine]:
    """An engine with some goods, several of which are equal."""
    made = make_engine(request.param, tmp_path)
    fill(
        made,
        *(good(number, "Trà atiso", price=50_000, commune=LAC_DUONG) for number in range(1, 9)),
        good(20, "Cà phê rang mộc", price=90_000, stars=4),
        good(21, "Kẹo dừa 68 A1", stars=5, facts=("n:A1234",)),
    )
    yield made
    made.delete()


class _Counting:
    """A searcher that counts how often hits are searched for."""

    def __init__(self, searcher: Any) -> None:
        self._searcher, self.searches = searcher, 0

    def search(self, *arguments: Any, **options: Any) -> Any:
        self.searches += 1
        return self._searcher.search(*arguments, **options)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._searcher, name)


@pytest.fixture
def requests_of(engine: SearchEngine, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """Return how many requests the engine gets for a page, which must find so many goods."""
    words = engine.vocabulary()

    def count(text: str, *, found: int, **wishes: Any) -> int:
        query = SearchQuery(**{"at": NOW, "text": text, **wishes})
        result, requests = _counted(engine, monkeypatch, lambda: search_interpreted(
            engine, query, interpret(text, words)
        )[1])  # fmt: skip
        assert result.total == found
        return requests

    return count


def _counted(
    engine: SearchEngine, monkeypatch: pytest.MonkeyPatch, ask: Callable[[], SearchResult]
) -> tuple[SearchResult, int]:
    if isinstance(engine, EmbeddedEngine):
        opened = engine._open()
        counting = _Counting(opened.searcher)
        with monkeypatch.context() as patch:
            patch.setattr(engine, "_open", lambda: replace(opened, searcher=counting))
            return ask(), counting.searches
    sent: list[str] = []
    real = Transport.perform_request

    def perform(transport: Transport, method: str, target: str, **options: Any) -> Any:
        sent.append(f"{method} {target}")
        return real(transport, method, target, **options)

    with monkeypatch.context() as patch:
        patch.setattr(Transport, "perform_request", perform)
        return ask(), len(sent)


@pytest.mark.parametrize("sort", list(Sort))
@pytest.mark.parametrize("text", ["", "trà", "trà lạc dương"])
def test_a_page_that_finds_something_asks_once(
    requests_of: Callable[..., int], text: str, sort: Sort
) -> None:
    found = 8 if text else 10
    narrowed = {"price_min": 1, "filters": {Facet.STARS: frozenset("3")}} if text else {}

    assert requests_of(text, found=found, sort=sort) == 1
    assert requests_of(text, found=found, sort=sort, page=2, page_size=3, **narrowed) == 1
    assert requests_of(text, found=found, sort=sort, with_facets=False) == 1


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("zzzz", 0),
        ("trà atísô cafe", 0),
        ("cà phê dưới 5k", 0),
        ("trà đậu", 0),
        ("99999", 0),
        ("b1234", 0),
        ("a1234", 0),
        ("gạo st25", 0),
        ("trà ô long dưới 10 nghìn", 0),
        ("trá atisô", 8),
        ("cà fê rang mộk", 1),
        ("kẹo dừa 68 a2", 0),
    ],
)
def test_a_page_asks_once_though_something_else_may_be_meant(
    engine: SearchEngine,
    requests_of: Callable[..., int],
    monkeypatch: pytest.MonkeyPatch,
    text: str,
    found: int,
) -> None:
    calls = []
    in_turn = engine.search_in_turn
    monkeypatch.setattr(engine, "search_in_turn", lambda searches: calls.append(1) or in_turn(searches))

    requests = requests_of(text, found=found)

    assert len(calls) == 1
    # What lies inside the process looks again within the one call, and only where it found nothing.
    assert requests <= 2 if isinstance(engine, EmbeddedEngine) else requests == 1


def test_what_was_meant_otherwise_is_found_in_the_same_request(
    engine: SearchEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = engine.vocabulary()
    typed = "cà phê răng mộc"
    query = SearchQuery(at=NOW, text=typed)

    result, requests = _counted(engine, monkeypatch, lambda: search_interpreted(
        engine, query, interpret(typed, words)
    )[1])  # fmt: skip

    assert result.product_ids == [20]
    assert (result.interpretation.corrected, result.interpretation.understood) == (True, "cà phê rang mộc")
    assert requests == (2 if isinstance(engine, EmbeddedEngine) else 1)


@pytest.fixture
def server_that_hangs() -> Iterator[str]:
    """A server that takes every connection and answers none."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


ASKED_BY_VISITORS: dict[str, Callable[[SearchEngine], object]] = {
    "page": lambda engine: engine.search(SearchQuery(at=NOW, text="trà"), interpret("trà")),
    "page without filters": lambda engine: engine.search(
        SearchQuery(at=NOW, text="trà", with_facets=False), interpret("trà")
    ),
    "meant otherwise": lambda engine: engine.search_in_turn(
        [(SearchQuery(at=NOW, text=text), interpret(text)) for text in ("trà", "chè")]
    ),
    "goods like this": lambda engine: engine.similar(
        Likeness(product_id=1, at=NOW, adult=False, words=("tra",)), size=4
    ),
    "words": lambda engine: engine.vocabulary(),
    "which index": lambda engine: engine.index_name(),
}


@pytest.mark.parametrize("asked", ASKED_BY_VISITORS)
def test_no_visitor_waits_long_for_a_server_that_hangs(
    server_that_hangs: str, asked: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each waits as long as `_SEARCH_SECONDS` at most, not as long as upkeep may."""
    assert elasticsearch._SEARCH_SECONDS <= 3.0
    monkeypatch.setattr(elasticsearch, "_SEARCH_SECONDS", 0.3)
    monkeypatch.setattr(elasticsearch, "_PLAIN_SEARCH_SECONDS", 0.3)
    engine = ElasticsearchEngine(server_that_hangs, prefix="hangs")
    started = time.monotonic()

    with pytest.raises(SearchUnavailable):
        ASKED_BY_VISITORS[asked](engine)

    assert time.monotonic() - started < elasticsearch._CARE_SECONDS / 3


@pytest.mark.parametrize("text", ["12345", "st25", "b1234", "so 4027", "cà phê", "trà dưới 5k", "trá đâu"])
def test_what_is_asked_otherwise_has_nothing_further(engine: SearchEngine, text: str) -> None:
    later = interpret(text, engine.vocabulary()).otherwise

    assert later is None or later.otherwise is None
