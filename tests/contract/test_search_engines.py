"""What every search engine behind the port must do, run against each of them alike."""

import contextlib
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from elasticsearch import ConnectionTimeout
from elasticsearch.client import IndicesClient

from search.documents import GoodDocument, Tombstone, named_texts, texts
from search.engines import base, elasticsearch_index, embedded, embedded_counts
from search.engines.base import TOGETHER, SearchEngine
from search.engines.elasticsearch import ElasticsearchEngine
from search.engines.embedded import EmbeddedEngine
from search.errors import IndexOutdated, SearchUnavailable
from search.facts import facts_of_names, facts_of_texts
from search.gazetteer import gazetteer
from search.interpretation import interpret
from search.query import MOST_PRODUCERS, YES, Facet, Likeness, SearchQuery, SearchResult, Sort
from search.selectors import search_interpreted
from tests.factories.search import ENGINES, make_engine

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
MOMENT = int(NOW.timestamp())
FOREVER = MOMENT + 10**8
LAM_DONG, XUAN_TRUONG, LAC_DUONG, PHAN_THIET = "68", "24805", "24848", "22945"
#: A commune of communes of two former districts.
HAM_THANG = "22933"


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SearchEngine]:
    """An engine with no index."""
    made = make_engine(request.param, tmp_path)
    yield made
    made.delete()


@pytest.fixture(scope="module", params=ENGINES)
def shelf(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., SearchEngine]]:
    """An engine filled with the goods given; filled once a module for the same goods."""
    filled: dict[tuple[GoodDocument, ...], SearchEngine] = {}

    def engine_with(goods: tuple[GoodDocument, ...]) -> SearchEngine:
        if goods not in filled:
            filled[goods] = make_engine(request.param, tmp_path_factory.getbasetemp())
            fill(filled[goods], *goods)
        return filled[goods]

    yield engine_with
    for made in filled.values():
        made.delete()


def good(product_id: int, name: str = "Trà atiso", /, **fields: Any) -> GoodDocument:
    context = fields.pop("context", ())
    maker = fields.pop("maker", ())
    english = fields.pop("english", "")
    commune = fields.pop("commune", "")
    facts = [*facts_of_names([name]), *facts_of_texts([name, *context]), *fields.pop("facts", ())]
    if commune:
        facts += gazetteer().facts_of(commune, LAM_DONG, "")
    values: dict[str, Any] = {
        "number": 0,
        "version": 1,
        "true_from": 0,
        "true_until": FOREVER,
        "stars": 3,
        "producer": 1,
        "created_at": NOW - timedelta(days=30),
        "body": (),
        "story": (),
    } | fields
    values["body"] = texts(values["body"])
    values["story"] = texts(values["story"], synonyms=False)
    return GoodDocument(
        product_id=product_id,
        name=named_texts([name], english=[english]),
        maker=texts(maker, is_name=True),
        context=texts(context),
        facts=tuple(facts),
        **values,
    )


def sibling(engine: SearchEngine) -> SearchEngine:
    """Return another engine with the same indices."""
    if isinstance(engine, EmbeddedEngine):
        return EmbeddedEngine(engine.directory)
    assert isinstance(engine, ElasticsearchEngine)
    return ElasticsearchEngine(os.environ["ELASTICSEARCH_URL"], prefix=engine._alias.removesuffix("-goods"))


def fill(engine: SearchEngine, *documents: GoodDocument | Tombstone) -> None:
    engine.write(documents)
    engine.refresh()


def run(engine: SearchEngine, text: str = "", **wishes: Any) -> SearchResult:
    query = SearchQuery(**{"at": NOW, "text": text, **wishes})
    return search_interpreted(engine, query, interpret(text, engine.vocabulary()))[1]


def found(engine: SearchEngine, text: str = "", **wishes: Any) -> set[int]:
    return set(run(engine, text, **wishes).product_ids)


# -- time and who may see what ---------------------------------------------------------------------


def test_an_empty_index_finds_nothing(engine: SearchEngine) -> None:
    engine.index_name()
    engine.refresh()

    result = run(engine)

    assert (result.total, result.hits) == (0, ())
    assert (result.cheapest, result.dearest) == (None, None)


def test_a_document_is_true_from_its_first_second_until_the_second_before_its_end(
    engine: SearchEngine,
) -> None:
    fill(engine, good(1, true_from=MOMENT, true_until=MOMENT + 60))

    at = {second: found(engine, at=NOW + timedelta(seconds=second)) for second in (-1, 0, 59, 60)}

    assert at == {-1: set(), 0: {1}, 59: {1}, 60: set()}


def test_each_interval_has_its_own_price_and_stars(engine: SearchEngine) -> None:
    fill(
        engine,
        good(1, number=0, true_until=MOMENT + 60, price=100_000, stars=3),
        good(1, number=1, true_from=MOMENT + 60, price=80_000, stars=4),
    )

    before = run(engine)
    after = run(engine, at=NOW + timedelta(minutes=1))

    assert (before.total, before.cheapest, before.facets[Facet.STARS]) == (1, 100_000, {"3": 1})
    assert (after.total, after.cheapest, after.facets[Facet.STARS]) == (1, 80_000, {"4": 1})


def test_alcohol_appears_only_to_adults(engine: SearchEngine) -> None:
    fill(engine, good(1, "Rượu gạo", alcohol=True, province="68"), good(2, "Gạo", province="68"))

    for_everyone = run(engine)

    assert for_everyone.product_ids == [2]
    assert for_everyone.facets[Facet.PROVINCE] == {"68": 1}
    assert found(engine, "rượu gạo") == set()
    assert found(engine, "rượu gạo", adult=True) == {1}
    assert engine.vocabulary().candidates("ruoi") == []


# -- versions ---------------------------------------------------------------------------------------


def test_an_older_version_never_overwrites_a_newer_one(engine: SearchEngine) -> None:
    fill(engine, good(1, "Mới", version=5))
    fill(engine, good(1, "Cũ", version=4))

    assert found(engine, "mới") == {1}
    assert found(engine, "cũ") == set()


def test_the_same_version_may_be_written_again(engine: SearchEngine) -> None:
    fill(engine, good(1, "Một", version=5))
    fill(engine, good(1, "Hai", version=5))

    assert run(engine).total == 1
    assert found(engine, "hai") == {1}


def test_of_two_versions_in_one_write_the_newer_stays(engine: SearchEngine) -> None:
    fill(engine, good(1, "Mới", version=5), good(1, "Cũ", version=4))

    assert found(engine, "mới") == {1}


def test_a_tombstone_removes_and_keeps_what_is_older_away(engine: SearchEngine) -> None:
    fill(engine, good(1, version=2), good(2, version=2))
    fill(engine, Tombstone(product_id=1, number=0, version=3))
    fill(engine, good(1, version=2))

    assert found(engine) == {2}
    fill(engine, good(1, version=4))
    assert found(engine) == {1, 2}


# -- rebuild ----------------------------------------------------------------------------------------


def test_a_rebuild_takes_over_at_its_end_and_leaves_nothing_old(engine: SearchEngine) -> None:
    fill(engine, good(1, "Cũ", version=9))
    before = engine.index_name()

    with engine.rebuild() as builder:
        builder.write([good(2, "Mới")])
        assert found(engine) == {1}
        assert engine.index_name() == before
    engine.refresh()

    assert engine.index_name() == builder.name != before
    assert found(engine) == {2}


def test_a_rebuild_that_fails_changes_nothing(engine: SearchEngine) -> None:
    fill(engine, good(1))

    def read_goods() -> Iterator[GoodDocument]:
        yield good(2)
        raise RuntimeError("the database went away")

    with pytest.raises(RuntimeError), engine.rebuild() as builder:
        builder.write(read_goods())

    assert found(engine) == {1}


def test_another_reader_sees_commits_and_the_new_index(engine: SearchEngine) -> None:
    if not isinstance(engine, EmbeddedEngine):
        pytest.skip("a server has one state for all its readers")
    fill(engine, good(1))
    reader = EmbeddedEngine(engine.directory)
    assert found(reader) == {1}

    fill(engine, good(2))
    assert found(reader) == {1, 2}

    with engine.rebuild() as builder:
        builder.write([good(3)])
    assert found(reader) == {3}


def test_without_an_answer_the_search_is_unavailable(engine: SearchEngine, tmp_path: Path) -> None:
    broken: SearchEngine
    if isinstance(engine, EmbeddedEngine):
        broken = EmbeddedEngine(tmp_path / "nothing")
    else:
        broken = ElasticsearchEngine("http://127.0.0.1:9", prefix="nothing")

    with pytest.raises(SearchUnavailable):
        broken.search(SearchQuery(at=NOW), interpret(""))
    with pytest.raises(SearchUnavailable):
        broken.search_in_turn([(SearchQuery(at=NOW), interpret(text)) for text in ("trà", "cà phê")])
    with pytest.raises(SearchUnavailable):
        broken.vocabulary()


def test_an_index_of_another_release_is_not_searched_and_a_rebuild_replaces_it(
    engine: SearchEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(base, "FORMAT", 0)
        other = sibling(engine)
        fill(other, good(1))
        assert found(other) == {1}
    outdated = other.index_name()

    assert engine.index_name() == outdated
    assert (other.reads(outdated), engine.reads(outdated)) == (True, False)
    for ask in (
        lambda: engine.search(SearchQuery(at=NOW), interpret("")),
        lambda: engine.search_in_turn([(SearchQuery(at=NOW), interpret(text)) for text in ("trà", "cà phê")]),
        lambda: engine.similar(Likeness(product_id=1, at=NOW, adult=False, words=("tra",)), size=1),
        engine.vocabulary,
    ):
        with pytest.raises(IndexOutdated, match=f"{outdated} was made by another release.*search_rebuild"):
            ask()
    assert found(other) == {1}, "the other release goes on with it"

    with engine.rebuild() as builder:
        builder.write([good(2)])
    assert found(engine) == {2}
    assert (engine.reads(engine.index_name()), engine.previous_index()) == (True, outdated)


# -- facets, prices, order, pages -------------------------------------------------------------------


def test_a_facets_counts_ignore_its_own_filter_but_heed_the_others(engine: SearchEngine) -> None:
    fill(
        engine,
        good(1, stars=3, province="68", sector="food", product_set=11, standards=("vietgap", "halal")),
        good(2, stars=4, province="68", sector="food", product_set=13),
        good(3, stars=4, province="01", sector="drink", product_set=17, standards=("vietgap",)),
    )

    result = run(engine, filters={Facet.STARS: frozenset({"4"}), Facet.PROVINCE: frozenset({"68"})})

    assert result.product_ids == [2]
    assert result.facets[Facet.STARS] == {"3": 1, "4": 1}
    assert result.facets[Facet.PROVINCE] == {"68": 1, "01": 1}
    assert result.facets[Facet.SECTOR] == {"food": 1}
    assert result.facets[Facet.SET] == {"13": 1}
    assert result.facets[Facet.STANDARD] == {}


@pytest.mark.parametrize("few_among", [4_000, 4, 1])
def test_of_many_producers_the_commonest_are_counted_and_all_that_are_as_common_as_the_last_one_named(
    engine: SearchEngine, monkeypatch: pytest.MonkeyPatch, few_among: int
) -> None:
    monkeypatch.setattr(embedded_counts, "_FEW_AMONG", few_among)
    monkeypatch.setattr(embedded_counts, "_PRODUCERS", 3)
    monkeypatch.setattr(embedded_counts, "MOST_PRODUCERS", 2)
    fill(engine, *(good(number, producer=9, stars=3) for number in range(1, 4)))
    fill(engine, *(good(number, producer=number, stars=3) for number in range(4, 8)))
    fill(engine, good(10, producer=9, stars=4), good(11, producer=8, stars=4), good(12, producer=8, stars=4))

    equal = run(engine, filters={Facet.STARS: frozenset({"3"})})
    distinct = run(engine)
    chosen = run(engine, filters={Facet.PRODUCER: frozenset({"7"})})

    assert equal.facets[Facet.PRODUCER] == {"9": 3, "4": 1, "5": 1, "6": 1, "7": 1}
    assert {"9": 4, "8": 2}.items() <= distinct.facets[Facet.PRODUCER].items()
    assert chosen.facets[Facet.PRODUCER] == {"9": 4, "8": 2, "4": 1, "5": 1, "6": 1, "7": 1}


def test_of_more_producers_than_a_filter_names_the_commonest_are_told_and_of_equal_ones_the_lowest(
    engine: SearchEngine,
) -> None:
    numbers = range(5, 5 + MOST_PRODUCERS + 40)
    fill(engine, *(good(number, producer=number) for number in numbers))
    fill(engine, good(900, producer=1_000), good(901, producer=1_000))
    lowest = [str(number) for number in numbers][: MOST_PRODUCERS - 1]

    everything = run(engine).facets[Facet.PRODUCER]
    chosen = run(engine, filters={Facet.PRODUCER: frozenset({"103"})})
    narrowed = run(engine, filters={Facet.STARS: frozenset("3")}).facets[Facet.PRODUCER]

    assert {"1000": 2, **dict.fromkeys(lowest, 1)}.items() <= everything.items()
    assert everything == narrowed
    assert (chosen.facets[Facet.PRODUCER]["103"], chosen.total) == (1, 1)


def test_what_is_narrowed_together_is_counted_without_each(engine: SearchEngine) -> None:
    fill(
        engine,
        good(1, stars=3, province="68", producer=7, price=60_000),
        good(2, stars=4, province="68", producer=7, price=60_000),
        good(3, stars=4, province="01", producer=7, price=60_000),
        good(4, stars=4, province="68", producer=8, price=60_000),
        good(5, stars=4, province="68", producer=7, price=300_000),
    )

    result = run(
        engine,
        filters={
            Facet.STARS: frozenset({"4"}),
            Facet.PROVINCE: frozenset({"68"}),
            Facet.PRODUCER: frozenset({"7"}),
        },
        price_max=100_000,
    )

    assert result.product_ids == [2]
    assert result.facets[Facet.STARS] == {"3": 1, "4": 1}
    assert result.facets[Facet.PROVINCE] == {"68": 1, "01": 1}
    assert result.facets[Facet.PRODUCER] == {"7": 1, "8": 1}
    assert (result.cheapest, result.dearest) == (60_000, 300_000)
    assert result.totals_without == {Facet.STARS: 2, Facet.PROVINCE: 2, Facet.PRODUCER: 2, "price": 2}


def test_several_values_of_a_facet_mean_any_of_them(engine: SearchEngine) -> None:
    fill(engine, good(1, standards=("vietgap", "halal")), good(2, standards=("organic",)), good(3))

    assert found(engine, filters={Facet.STANDARD: frozenset({"halal", "organic"})}) == {1, 2}


def test_prices_are_filtered_with_both_ends_and_counted_without_their_filter(engine: SearchEngine) -> None:
    fill(
        engine,
        good(1, price=49_999),
        good(2, price=50_000),
        good(3, price=100_000),
        good(4, price=1_000_000),
        good(5),
    )

    result = run(engine, price_min=50_000, price_max=100_000)

    assert set(result.product_ids) == {2, 3}
    assert (result.cheapest, result.dearest) == (49_999, 1_000_000)
    assert [(step.low, step.high, step.count) for step in result.price_steps] == [
        (None, 50_000, 1),
        (50_000, 100_000, 1),
        (100_000, 200_000, 1),
        (200_000, 500_000, 0),
        (500_000, 1_000_000, 0),
        (1_000_000, None, 1),
    ]


def test_each_further_facet_narrows_and_counts(engine: SearchEngine) -> None:
    fill(
        engine,
        good(1, region="north", forms=("dried", "softdried"), sold=True, season=(11, 12), delivery=("all",)),
        good(2, region="south", forms=("dried",), reduced=True, season=(3,), delivery=("01", "79")),
        good(3, region="south", forms=("fresh",), sold=True, delivery=("68",)),
    )

    everything = run(engine)

    assert everything.facets[Facet.REGION] == {"north": 1, "south": 2}
    assert everything.facets[Facet.FORM] == {"dried": 2, "softdried": 1, "fresh": 1}
    assert everything.facets[Facet.AVAILABLE] == {YES: 2}
    assert everything.facets[Facet.REDUCED] == {YES: 1}
    assert everything.facets[Facet.SEASON] == {"11": 1, "12": 1, "3": 1}
    assert everything.facets[Facet.DELIVERY] == {"all": 1, "01": 1, "79": 1, "68": 1}
    narrowed = {
        "south": {Facet.REGION: frozenset({"south"})},
        "dried": {Facet.FORM: frozenset({"softdried", "fresh"})},
        "reduced": {Facet.REDUCED: frozenset({YES})},
        "november": {Facet.SEASON: frozenset({"11"})},
        "to Hà Nội": {Facet.DELIVERY: frozenset({"all", "01"})},
    }
    assert {name: found(engine, filters=filters) for name, filters in narrowed.items()} == {
        "south": {2, 3},
        "dried": {1, 3},
        "reduced": {2},
        "november": {1},
        "to Hà Nội": {1, 2},
    }


def test_a_narrowed_search_tells_how_many_goods_there_were_without_each_filter(engine: SearchEngine) -> None:
    fill(
        engine,
        good(1, stars=3, price=50_000, standards=("vietgap", "halal")),
        good(2, stars=4, price=50_000, standards=("vietgap", "halal")),
        good(3, stars=4, price=500_000, sold=True),
    )

    filters = {Facet.STARS: frozenset({"4"}), Facet.STANDARD: frozenset({"halal", "vietgap"})}
    result = run(engine, filters=filters, price_max=100_000, sold_only=True)

    assert result.total == 0
    assert result.totals_without == {Facet.STARS: 0, Facet.STANDARD: 0, "price": 0, Facet.AVAILABLE: 1}
    assert run(engine, filters=filters).totals_without == {Facet.STARS: 2, Facet.STANDARD: 2}
    assert run(engine).totals_without == {}


# -- goods like one ---------------------------------------------------------------------------------


def alike(engine: SearchEngine, *, size: int = 10, adult: bool = False, **likeness: Any) -> list[int]:
    values: dict[str, Any] = {"product_id": 1, "words": ("tra", "atiso"), "product_set": 12} | likeness
    return [hit.product_id for hit in engine.similar(Likeness(at=NOW, adult=adult, **values), size=size)]


def test_goods_like_one_share_its_set_or_a_word_and_never_are_it(engine: SearchEngine) -> None:
    fill(
        engine,
        good(1, "Trà atiso", product_set=12, province="68"),
        good(2, "Trà atiso túi lọc", product_set=12, province="68"),
        good(3, "Trà dây", product_set=12),
        good(4, "Mứt atiso", product_set=7),
        good(5, "Nước mắm", product_set=9, province="68"),
    )

    assert alike(engine, province="68") == [2, 3, 4]
    assert alike(engine, size=2, province="68") == [2, 3]


def test_goods_like_one_obey_time_and_age(engine: SearchEngine) -> None:
    fill(
        engine,
        good(2, product_set=12, true_until=MOMENT),
        good(3, product_set=12, true_from=MOMENT + 1),
        good(4, "Rượu atiso", product_set=14, alcohol=True),
        good(5, product_set=12),
    )

    assert alike(engine) == [5]
    assert alike(engine, adult=True) == [5, 4]


def test_what_was_bought_together_comes_first_and_says_so_by_its_score(engine: SearchEngine) -> None:
    fill(
        engine,
        good(2, "Trà atiso", product_set=12, sold=True),
        good(3, "Gùi tre", product_set=21, bought_with=(1, 7)),
        good(4, "Gốm", product_set=21, bought_with=(7,)),
    )

    hits = engine.similar(
        Likeness(product_id=1, at=NOW, adult=False, words=("tra", "atiso"), product_set=12), size=9
    )

    assert [(hit.product_id, hit.score > TOGETHER / 2) for hit in hits] == [(3, True), (2, False)]


def test_of_goods_equally_alike_the_lower_number_comes_first(engine: SearchEngine) -> None:
    for product_id in (9, 4, 7):
        fill(engine, good(product_id, "Trà", product_set=12))

    assert alike(engine, size=2) == [4, 7]


def test_only_what_is_sold(engine: SearchEngine) -> None:
    fill(engine, good(1, sold=True), good(2))

    assert found(engine, sold_only=True) == {1}


def test_orders(engine: SearchEngine) -> None:
    fill(
        engine,
        good(1, price=300, stars=3, sold=True, created_at=NOW - timedelta(days=3)),
        good(2, price=100, stars=5, sold=True, created_at=NOW - timedelta(days=2)),
        good(3, price=200, stars=4, sold=True, created_at=NOW - timedelta(days=1)),
        good(4, price=None, stars=4, sold=False, created_at=NOW - timedelta(days=4)),
    )

    orders = {sort: run(engine, sort=sort).product_ids for sort in Sort}

    assert orders == {
        Sort.RELEVANCE: [2, 3, 1, 4],
        Sort.CHEAPEST: [2, 3, 1, 4],
        Sort.DEAREST: [1, 3, 2, 4],
        Sort.NEWEST: [3, 2, 1, 4],
        Sort.STARS: [2, 3, 4, 1],
    }


@pytest.mark.parametrize("text", ["", "trà"])
@pytest.mark.parametrize("sort", list(Sort))
def test_equal_goods_go_by_id_and_pages_neither_overlap_nor_leave_out(
    engine: SearchEngine, text: str, sort: Sort
) -> None:
    ids = [17, 3, 11, 5, 2, 13, 7]
    for product_id in ids:
        fill(engine, good(product_id, price=1_000))

    pages = [run(engine, text, sort=sort, page=page, page_size=3).product_ids for page in (1, 2, 3, 4)]

    assert pages == [[2, 3, 5], [7, 11, 13], [17], []]


def test_however_many_goods_are_equal_the_lowest_ids_come_first(
    engine: SearchEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "_TIES", 3)
    monkeypatch.setattr(embedded, "_IDS_FOR_EACH", 1)
    ids = list(range(40, 0, -1))
    for start in range(0, 40, 8):  # segments of their own, the highest numbers first
        fill(engine, *(good(product_id) for product_id in ids[start : start + 8]))
    fill(engine, good(50, "Trà atiso Trà atiso Trà", maker=["Trà"]))

    pages = [run(engine, "trà", page=page, page_size=5).product_ids for page in range(1, 10)]

    assert [pages[0][0], *pages[8]] == [50, 40]
    assert [number for page in pages for number in page][1:] == list(range(1, 41))


def test_no_page_lies_deeper_than_an_engine_goes(engine: SearchEngine) -> None:
    fill(engine, good(1))

    assert run(engine, page=10**6).product_ids == []


# -- words ------------------------------------------------------------------------------------------


COFFEE_AND_FISH_SAUCE = (
    good(
        1,
        "Cà phê Arabica Cầu Đất",
        maker=["Hợp tác xã Cầu Đất Đà Lạt"],
        context=["500g"],
        commune=XUAN_TRUONG,
        stars=4,
        price=189_000,
    ),
    good(2, "Nước mắm Phan Thiết"),
)


@pytest.mark.parametrize(
    "typed",
    [
        "Cà phê Cầu Đất", "ca phe cau dat", "caf phee", "ca2 phe6", "CÀ PHÊ", "càphê", "caphe", "cafe", "coffee",
        "cf cầu đất", "caudat", "cà  phê – cầu/đất", "cà phê ở cầu đất", "cà phê đà lạt", "dalat coffee", "cầu đất",
        "xuân trường", "ca phe lam dong", "cà phê 4 sao", "cà phê dưới 200k", "ca fe cau dat", "cà phê 500 g",
        "ca phe 500g", "htx cà phê", "arabika",
    ],
)  # fmt: skip
def test_coffee_of_cau_dat_is_found_as_people_type_it(shelf: Callable[..., SearchEngine], typed: str) -> None:
    assert found(shelf(COFFEE_AND_FISH_SAUCE), typed) == {1}


WORDS_ALIKE_BUT_FOR_MARKS = (
    good(1, "Dâu tằm trái tươi"),
    good(2, "Đậu nành rang"),
    good(3, "Tinh dầu sả"),
    good(4, "Strawberry jam"),
    good(5, "Trà xanh"),
    good(6, "Bánh trá"),
)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("dau", {1, 2, 3}),
        ("dâu", {1}),
        ("đậu", {2}),
        ("dầu", {3}),
        ("dau tay", {4}),
        ("tra", {5, 6}),
        ("trà", {5}),
        ("trá", {6}),
    ],
)
def test_marks_that_were_typed_decide(
    shelf: Callable[..., SearchEngine], typed: str, expected: set[int]
) -> None:
    assert found(shelf(WORDS_ALIKE_BUT_FOR_MARKS), typed) == expected


def test_a_text_written_without_marks_is_found_with_them(engine: SearchEngine) -> None:
    fill(engine, good(1, "Ca phe Cau Dat"), good(2, "Dalat Milk"), good(3, "Chuối Long Khánh"))

    assert found(engine, "cà phê cầu đất") == {1}
    assert found(engine, "đà lạt") == {2}
    assert found(engine, "lòng") == set()


ENGLISH_NAMES = (
    good(1, "Bánh chưng Bờ Đậu", english="Bo Dau chung cake"),
    good(2, "Nón lá Huế", english="Conical hat"),
    good(3, "Nước mắm Phú Quốc", english="Phu Quoc sauce"),
    good(4, "Muối tinh", english="Long man can tan salt"),
    good(5, "Nem chua"),
    good(6, "Nấm hương"),
    good(7, "Mắm tôm"),
    good(8, "Mầm đậu"),
    good(9, "Cá khô"),
    good(10, "Cà chua"),
    good(11, "Chè bưởi"),
    good(12, "Trà gừng"),
)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("dâu", set()),
        ("hạt", set()),
        ("phù", set()),
        ("mận", set()),
        ("cân", set()),
        ("lòng", set()),
        ("tần", set()),
        ("hat", {2}),
        ("đậu", {8}),
        ("phu quoc", {3}),
        ("phú quốc", {3}),
        ("nấm", {6}),
        ("nem", {5}),
        ("nam", {6}),
        ("mắm", {3, 7}),
        ("mầm", {8}),
        ("mam", {3, 7, 8}),
        ("cá", {9}),
        ("cà", {10}),
        ("ca", {9, 10}),
        ("trà", {12}),
        ("chè bưởi", {11}),
    ],
)
def test_marked_words_find_neither_other_marks_nor_english(
    shelf: Callable[..., SearchEngine], typed: str, expected: set[int]
) -> None:
    assert found(shelf(ENGLISH_NAMES), typed) == expected


GOODS_OF_MANY_NAMES = (
    good(1, "Trà Atiso túi lọc"),
    good(2, "Mứt mâm xôi"),
    good(3, "Hồng treo gió Đà Lạt"),
    good(4, "Đông trùng hạ thảo sấy thăng hoa"),
    good(5, "Hạt mắc ca sấy"),
    good(6, "Thơm sấy dẻo"),
    good(7, "Gạo thơm ST25"),
    good(8, "Chanh dây sấy dẻo"),
    good(9, "Kẹo lạc"),
    good(10, "Dâu tằm trái tươi", commune=LAC_DUONG),
    good(11, "Chè đậu xanh"),
)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("artichoke tea", {1}),
        ("tra actiso", {1}),
        ("chè atisô", {1}),
        ("raspberry", {2}),
        ("phuc bon tu", {2}),
        ("mâm xôi", {2}),
        ("hoshigaki", {3}),
        ("hồng sấy gió", {3}),
        ("đtht", {4}),
        ("cordyceps", {4}),
        ("dongtrunghathao", {4}),
        ("macadamia", {5}),
        ("mac ca", {5}),
        ("dứa", {6}),
        ("khóm", {6}),
        ("gạo thơm", {7}),
        ("chanh leo", {8}),
        ("đậu phộng", {9}),
        ("lạc", {9}),
        ("lạc dương", {10}),
        ("strawberry", set()),
        ("dâu tây", set()),
        ("mulberry", {10}),
        ("chè", {1, 11}),
    ],
)
def test_synonyms_find_each_other_both_ways(
    shelf: Callable[..., SearchEngine], typed: str, expected: set[int]
) -> None:
    assert found(shelf(GOODS_OF_MANY_NAMES), typed) == expected


def test_the_broader_finds_the_narrower_and_never_the_reverse(engine: SearchEngine) -> None:
    fill(
        engine,
        good(1, "Xoài Cát Hòa Lộc"),
        good(2, "Trái cây tươi"),
        good(3, "Nước mắm Cát Hải"),
        good(4, "Kẹo dừa Mỏ Cày"),
    )

    assert found(engine, "fruit") == {1, 2, 4}
    assert run(engine, "fruit").product_ids[-1] == 4, "what only has fruit in it comes last"
    assert found(engine, "mango") == {1}
    assert found(engine, "fish sauce") == {3}
    assert found(engine, "sweets") == {4}


def test_what_stands_apart_in_a_name_means_the_same(engine: SearchEngine) -> None:
    fill(engine, good(1, "Xoài Cát Hòa Lộc sấy dẻo"), good(2, "Xoài Cát Hòa Lộc"), good(3, "Mít sấy giòn"))

    assert run(engine, "dried mango").product_ids[0] == 1
    assert found(engine, "dried fruit") == {1, 3}


def test_of_an_old_unit_its_own_goods_come_first_then_those_of_the_unit_that_took_it_in(
    engine: SearchEngine,
) -> None:
    def made_in(address: str) -> tuple[str, ...]:
        return tuple(gazetteer().facts_of(HAM_THANG, LAM_DONG, address))

    fill(
        engine,
        good(1, facts=made_in("xã Phong Nẫm, thành phố Phan Thiết")),
        good(2, facts=made_in("xã Hàm Liêm, huyện Hàm Thuận Bắc")),
        good(3, commune=LAC_DUONG),
    )

    assert run(engine, "trà huyện hàm thuận bắc").product_ids == [2, 1]
    assert run(engine, "trà phan thiết").product_ids == [1, 2]


@pytest.mark.parametrize(
    ("typed", "expected"), [("hội an", {1, 3}), ("đặc sản hội an", {1, 3}), ("hỏi an", {2})]
)
def test_a_name_like_a_places_with_other_marks_is_not_named_after_it(
    shelf: Callable[..., SearchEngine], typed: str, expected: set[int]
) -> None:
    goods = (
        good(1, "Đèn lồng Hội An"),
        good(2, "Bánh hỏi An Nhứt"),
        good(3, "Đèn lồng", english="Hoi An lantern"),
    )

    assert found(shelf(goods), typed) == expected


def test_without_keeps_out_what_has_it_and_lifts_what_says_so(engine: SearchEngine) -> None:
    fill(
        engine,
        good(1, "Trà gừng"),
        good(2, "Trà không đường"),
        good(3, "Trà đường phèn", body=["Không chất bảo quản"]),
        good(4, "Trà hoà tan"),
    )

    assert run(engine, "trà không đường").product_ids == [2, 1, 4]
    assert found(engine, "trà không hoà tan") == {1, 2, 3}


def test_a_maker_called_after_a_place_is_found_wherever_it_is(engine: SearchEngine) -> None:
    fill(
        engine,
        good(1, "Khô cá lóc", maker=["HTX Khô Phan Thiết"], commune=LAC_DUONG),
        good(2, "Khô mực", maker=["Công ty Sao Biển"], commune=PHAN_THIET),
        good(3, "Khô cá", maker=["Công ty Sao Biển"], commune=LAC_DUONG),
    )

    assert run(engine, "htx khô phan thiết").product_ids[0] == 1
    assert found(engine, "khô phan thiết") == {2}, "without a maker the place binds"


@pytest.mark.parametrize("typed", ["htx muoi ngot", "HTX Mười Ngọt", "hợp tác xã mười ngọt", "cty muoi ngot"])
def test_a_maker_that_is_named_stands_before_goods_called_like_it(
    shelf: Callable[..., SearchEngine], typed: str
) -> None:
    goods = (
        good(1, "Muối hầm ngọt", maker=["HTX Tuyết Diêm"], stars=5, sold=True),
        good(2, "Mật ong rừng", maker=["HTX Mười Ngọt"]),
    )

    assert run(shelf(goods), typed).product_ids[0] == 2


def test_without_is_about_all_of_the_words_that_name_goods(engine: SearchEngine) -> None:
    fill(engine, good(1, "Trà xanh"), good(2, "Trà ô long"), good(3, "Rượu nếp"), good(4, "Rượu gạo"))

    assert found(engine, "trà không phải trà xanh") == {2}
    assert found(engine, "rượu không phải rượu nếp") == {4}


def test_goods_that_do_not_come_from_a_place_need_not_say_so(engine: SearchEngine) -> None:
    fill(
        engine,
        good(1, "Trà", commune=PHAN_THIET),
        good(2, "Trà", commune=LAC_DUONG),
        good(3, "Cà phê", commune=LAC_DUONG),
    )

    assert found(engine, "đặc sản không phải phan thiết") == {2, 3}
    assert found(engine, "trà không phải của phan thiết") == {2}


def test_without_beside_a_form_keeps_out_and_asks_for_no_good_that_says_so(engine: SearchEngine) -> None:
    fill(
        engine,
        good(1, "Cà chua sấy dẻo"),
        good(2, "Xoài sấy dẻo"),
        good(3, "Cà chua"),
        good(4, "Kẹo không đường"),
    )

    assert found(engine, "sấy dẻo không cà chua") == {2}
    assert found(engine, "không đường") == {4}
    assert found(engine, "cà chua không sấy dẻo") == {3}


@pytest.mark.parametrize("typed", ["bánh không đường", "bánh không có đường", "bánh không chứa đường"])
def test_to_have_none_is_said_in_many_ways(engine: SearchEngine, typed: str) -> None:
    fill(engine, good(1, "Bánh đường"), good(2, "Bánh quy"), good(3, "Bánh quy không thêm đường"))

    assert run(engine, typed).product_ids == [3, 2]


def test_what_is_offered_differs_from_what_was_looked_for(engine: SearchEngine) -> None:
    fill(engine, good(1, "Nước giếng đá"))

    for typed in ("nuoc gieengs", "nuwowcs gieengs", "nu7o7c1 gie61ng d9a1"):
        result = run(engine, typed)

        assert (result.product_ids, result.interpretation.suggestion) == ([1], ""), typed


GOOD_OF_HARD_WORDS = (
    good(1, "Trà atiso phúc bồn tử", context=["Mắc khén sấy", "nước mắm", "cordyceps"], commune=PHAN_THIET),
)


@pytest.mark.parametrize(
    "typed", ["phúc bồn tữ", "atizo", "mac khen xay", "nuoc mam phan thiet", "nước mấm", "cordicep"]
)
def test_misspelt_words_find_the_nearest(shelf: Callable[..., SearchEngine], typed: str) -> None:
    assert found(shelf(GOOD_OF_HARD_WORDS), typed) == {1}


def test_the_name_outweighs_the_rest_and_neighbours_outweigh_scattered_words(engine: SearchEngine) -> None:
    fill(
        engine,
        good(1, "Bánh quy", body=["Làm từ trà xanh"]),
        good(2, "Xanh tươi, trà ngon"),
        good(3, "Trà xanh Bảo Lộc"),
        good(4, "Bột gạo", maker=["Công ty Trà Xanh"]),
    )

    assert run(engine, "trà xanh").product_ids == [3, 2, 4, 1]


def test_the_likelier_reading_of_a_word_without_marks_comes_first(engine: SearchEngine) -> None:
    fill(engine, good(1, "Trà Mai Sương"), *(good(number, f"Trà Sướng {number}") for number in (2, 3, 4)))

    assert run(engine, "suong").product_ids == [2, 3, 4, 1], "most goods write it so"
    assert run(engine, "mai suong").product_ids[0] == 1, "the word beside it decides"
    assert found(engine, "sương") == {1}


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("mật ong 500g", [2, 1, 3]),
        ("mật ong 0,5 kg", [2, 1, 3]),
        ("mật ong 1kg", [3, 1, 2]),
        ("mat ong 1000 gram", [3, 1, 2]),
        ("mật ong 1 lít", [3, 1, 2]),
    ],
)
def test_goods_of_the_weight_that_was_said_come_first(
    shelf: Callable[..., SearchEngine], typed: str, expected: list[int]
) -> None:
    engine = shelf(
        (
            good(1, "Mật ong", facts=("g:250",)),
            good(2, "Mật ong", facts=("g:500",)),
            good(3, "Mật ong", facts=("g:1000", "g:2000")),
        )
    )

    assert run(engine, typed).product_ids == expected


def test_of_goods_that_fit_alike_those_sold_here_and_with_more_stars_come_first(engine: SearchEngine) -> None:
    fill(
        engine,
        good(1, "Trà dây", stars=3),
        good(2, "Trà dây", stars=4),
        good(3, "Trà dây", stars=5),
        good(4, "Trà dây", stars=3, sold=True),
        good(5, "Trà dây", stars=5, sold=True),
        good(6, "Bánh trà dây", stars=3),
        good(7, "Trà gừng", stars=5, sold=True),
    )

    assert run(engine, "trà dây").product_ids == [5, 4, 3, 2, 1, 6, 7], (
        "the push never outweighs what was asked for"
    )


STORY = (
    "Bà con người Mông hái chè trên núi, sương sớm mỗi ngày. Nhà tôi giữ nghề ba đời, nuôi ong dưới tán rừng. "
    "The garden lies on volcanic soil."
)


@pytest.mark.parametrize(
    "typed",
    [
        "người Mông",
        "nguoi mong",
        "sương sớm",
        "suong som",
        "giữ nghề ba đời",
        "volcanic",
        "soil",  # no name has it: the nearest known word, *sợi*, finds nothing
    ],
)
def test_words_of_its_producers_story_find_a_good(shelf: Callable[..., SearchEngine], typed: str) -> None:
    engine = shelf((good(1, "Trà atiso", story=(STORY,)), good(2, "Cà phê")))

    assert found(engine, typed) == {1}


@pytest.mark.parametrize(
    "typed",
    [
        "mật ong",  # goods are what they are called
        "chè",
        "rừng",
        "nguời mống",  # other marks
        "sớm núi",  # both stand there, not side by side
        "mong",  # nearly every syllable stands in a long text
        "Mông",
    ],
)
def test_what_merely_occurs_in_a_story_finds_nothing(shelf: Callable[..., SearchEngine], typed: str) -> None:
    engine = shelf((good(1, "Kẹo dừa", story=(STORY,)), good(2, "Cà phê")))

    assert found(engine, typed) == set()


def test_a_good_named_so_stands_before_one_whose_producer_tells_of_it(engine: SearchEngine) -> None:
    told = {"story": ("Cùng người Mông gieo hạt.",)}
    fill(
        engine,
        good(1, "Cà phê", **told),
        good(2, "Thổ cẩm người Mông"),
        good(3, "Khăn thêu", maker=("HTX Người Mông",)),
        good(4, "Túi vải", body=("Người Mông thêu tay.",)),
    )
    assert run(engine, "người Mông").product_ids == [2, 3, 4, 1]

    fill(engine, good(1, "Cà phê", **told, stars=5, sold=True, facts=("b:0", "b:1", "b:2", "r:0", "r:1")))

    assert run(engine, "người Mông").product_ids[:2] == [2, 3], "whatever pushes it"


def test_an_unfinished_word_finds_what_begins_with_it(engine: SearchEngine) -> None:
    fill(engine, good(1, "Cà phê Cầu Đất"), good(2, "Cà chua sấy dẻo"), good(3, "Trà"))

    def suggested(text: str) -> set[int]:
        query = SearchQuery(at=NOW, text=text, with_facets=False)
        return set(engine.search(query, interpret(text, engine.vocabulary(), unfinished=True)).product_ids)

    assert suggested("c") == {1, 2}
    assert suggested("ca ch") == {2}
    assert suggested("cà ph") == {1}
    assert suggested("cá") == set()


def test_the_vocabulary_knows_the_words_of_names_and_producers(engine: SearchEngine) -> None:
    fill(
        engine,
        good(1, "Trà Atiso", maker=["Công ty Ngọc Duy"], body=["mô tả"]),
        good(2, "Rượu", alcohol=True),
    )

    vocabulary = engine.vocabulary()

    assert vocabulary.counts == {
        **dict.fromkeys(("trà", "atiso", "công", "ti", "ngọc", "duy"), 1),
        **dict.fromkeys(("trà_atiso", "công_ti", "ti_ngọc", "ngọc_duy"), 1),
    }
    assert vocabulary.hidden == {"rượu"}


PRICED = (
    good(1, "Cà phê bột", price=90_000),
    good(2, "Cà phê hạt", price=150_000),
    good(3, "Cà phê chồn"),
    good(4, "Rau má sấy", price=20_000),
    good(5, "Trà gừng", price=450_000),
    good(6, "Cà phê hoà tan 3in1", price=260_000),
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cà phê dưới 100k", {1}),
        ("cà phê dưới 5k", {3}),
        ("cà phê 150k", {2}),
        ("trà dưới 5k", set()),
        ("trà dưới 500 nghìn đồng", {5}),
        ("rau má 500g", {4}),
        ("cà phê 3-in-1", {1, 2, 3, 6}),
        ("omega-3-6-9", set()),
    ],
)
def test_a_price_in_the_words_binds(
    shelf: Callable[..., SearchEngine], text: str, expected: set[int]
) -> None:
    assert found(shelf(PRICED), text) == expected


def test_where_no_good_costs_so_much_goods_without_a_price_come_and_the_chip_says_so(
    shelf: Callable[..., SearchEngine],
) -> None:
    result = run(shelf(PRICED), "cà phê dưới 5k")

    [intent] = result.interpretation.intents
    assert (result.product_ids, intent.lacking, result.cheapest) == ([3], True, None)


def test_what_only_looks_like_a_code_is_searched_for_as_words(engine: SearchEngine) -> None:
    fill(engine, good(1, "Trà Shan Tuyết 1998 Suối Giàng"), good(2, "Trà", facts=("n:ocop2026",)))

    assert run(engine, "tra-shan-1998").product_ids == [1, 2], "and after it other tea"
    assert found(engine, "ocop-20-26") == set()
    assert found(engine, "mã ocop2026") == {2}


# -- looking after an index -------------------------------------------------------------------------


def held(engine: SearchEngine, first: int = 1, last: int = 10**6) -> list[tuple[int, int, int, bool]]:
    index = engine.index_name()
    return sorted(
        (document.product_id, document.number, document.version, document.live)
        for document in engine.contents(index, first, last)
    )


def test_what_an_index_holds_can_be_read_back(engine: SearchEngine) -> None:
    fill(
        engine,
        good(1, price=120_000, stars=4, sold=True, true_from=MOMENT, true_until=MOMENT + 60, version=7),
        good(2, number=1, version=3),
        Tombstone(product_id=2, number=0, version=4),
        good(30),
    )

    (first,) = engine.contents(engine.index_name(), 1, 1)
    expected = good(1, price=120_000, stars=4, sold=True, version=7)

    assert (first.true_from, first.true_until, first.content) == (MOMENT, MOMENT + 60, expected.content)
    assert held(engine, 1, 29) == [(1, 0, 7, True), (2, 0, 4, False), (2, 1, 3, True)]
    (other,) = engine.contents(engine.index_name(), 30, 30)
    assert other.content == good(30).content != expected.content


def test_goods_are_counted_as_of_a_moment(engine: SearchEngine) -> None:
    fill(
        engine,
        good(1, true_until=MOMENT + 60),
        good(1, number=1, true_from=MOMENT + 60),
        good(2, alcohol=True, true_until=MOMENT + 60),
        Tombstone(product_id=3, number=0, version=1),
    )
    index = engine.index_name()

    assert (engine.count_true(index, MOMENT), engine.count_true(index, MOMENT + 60)) == (2, 1)
    size = engine.index_size(index)
    assert size.documents == 4
    assert size.bytes > 0


def test_an_index_being_filled_goes_on_after_what_was_saved(engine: SearchEngine) -> None:
    name = engine.create_index()
    with contextlib.suppress(KeyboardInterrupt), engine.filling(name) as builder:
        builder.write([good(1), good(2)])
        builder.save()
        builder.write([good(3), good(3, number=1)])
        raise KeyboardInterrupt
    assert engine.has_index(name)

    with engine.filling(name) as builder:
        builder.forget_after(2)
        builder.write([good(3)])
    engine.switch_to(name)

    assert held(engine) == [(1, 0, 1, True), (2, 0, 1, True), (3, 0, 1, True)]


def test_the_index_before_is_kept_and_can_be_taken_up_again(engine: SearchEngine) -> None:
    oldest = engine.index_name()
    assert engine.previous_index() is None
    with engine.rebuild() as builder:
        builder.write([good(1)])
    first = engine.index_name()
    assert engine.previous_index() == oldest
    with engine.rebuild() as builder:
        builder.write([good(2)])
    second = engine.index_name()
    assert (engine.previous_index(), engine.has_index(oldest)) == (first, False)

    engine.switch_to(first)

    assert (engine.index_name(), engine.previous_index()) == (first, second)
    engine.refresh()
    assert found(engine) == {1}


def test_a_good_that_makes_no_document_is_named_and_holds_up_no_other(engine: SearchEngine) -> None:
    odd = good(2, price=2**70)
    refused = engine.write([good(1), odd, good(3)])
    engine.refresh()

    assert [refusal.product_id for refusal in refused] == [2]
    assert found(engine) == {1, 3}

    packed, unpackable = engine.pack([good(4), odd])
    with engine.rebuild() as builder:
        refused = [*unpackable, *builder.write_packed(packed), *builder.save()]
    engine.refresh()
    assert [refusal.product_id for refusal in refused] == [2]
    assert found(engine) == {4}


def test_an_index_that_is_gone_is_not_made_anew_by_writing_to_it(engine: SearchEngine) -> None:
    name = engine.create_index()
    engine.drop_index(name)

    with pytest.raises(SearchUnavailable):
        engine.write([good(1)], index=name)
    assert not engine.has_index(name)


@pytest.mark.parametrize("failures", [2, 3])
def test_a_rebuild_sends_again_what_the_server_had_no_time_for(
    engine: SearchEngine, failures: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not isinstance(engine, ElasticsearchEngine):
        pytest.skip("nothing is sent")
    send, left = elasticsearch_index._send, [True] * failures

    def busy(*arguments: Any) -> Any:
        if left and left.pop():
            raise SearchUnavailable("429 too many requests")
        return send(*arguments)

    monkeypatch.setattr(elasticsearch_index, "_send", busy)
    monkeypatch.setattr(elasticsearch_index, "PAUSES", (0.0, 0.0))
    name = engine.create_index()

    with contextlib.ExitStack() as stack:
        if failures > 2:
            stack.enter_context(pytest.raises(SearchUnavailable, match="429"))
        with engine.filling(name) as builder:
            builder.write([good(1)])

    engine.refresh(name)
    assert len(engine.contents(name, 1, 1)) == (1 if failures == 2 else 0)


def test_an_index_that_was_filled_lies_in_one_piece(engine: SearchEngine) -> None:
    if not isinstance(engine, ElasticsearchEngine):
        pytest.skip("one thread that fills an index leaves pieces as it saves")
    name = engine.create_index()

    with engine.filling(name) as builder:
        for number in range(1, 5):
            builder.write([good(number)])
            builder.save()
    pieces = engine._client.indices.segments(index=name)["indices"][name]["shards"]["0"][0]["segments"]

    assert len(pieces) == 1


def test_an_index_that_takes_long_to_gather_is_in_use_all_the_same(
    engine: SearchEngine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    if not isinstance(engine, ElasticsearchEngine):
        pytest.skip("nothing is sent")

    def too_long(self: Any, **_: Any) -> None:
        raise ConnectionTimeout("timed out")

    monkeypatch.setattr(IndicesClient, "forcemerge", too_long)

    with engine.rebuild() as builder:
        builder.write([good(1)])
    engine.refresh()

    assert "still being gathered" in caplog.text
    assert found(engine) == {1}
