"""A new index beside the old one: resumed, checked, refused, taken back."""

import io
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from catalogue.changes import mark_changed
from catalogue.models import Product, ProductChange
from search import indexing, rebuilding
from search.building import Unit, build_safely
from search.checking import check_index
from search.engines import base
from search.engines.base import SearchEngine, get_engine
from search.errors import IndexOutdated, RebuildRefused, RebuildRunning, SearchUnavailable
from search.models import IndexedVersion, IndexRebuild
from search.rebuild_lock import only_rebuild
from search.rebuilding import go_back, rebuild_index
from search.upkeep import keep_index_true
from search.vocabulary import vocabulary_age
from tests.factories.catalogue import shown_good
from tests.integration.test_search_indexing import look

pytestmark = pytest.mark.django_db


def shelf(number: int) -> list[int]:
    return [shown_good().pk for _ in range(number)]


def rebuilt(**options: Any) -> str:
    output = io.StringIO()
    call_command("search_rebuild", stdout=output, stderr=output, **options)
    return output.getvalue()


def broken_off_after(
    units: int, monkeypatch: pytest.MonkeyPatch, engine: SearchEngine, *, size: int = 2
) -> None:
    """Rebuild, and die after so many units of `size` goods were saved."""

    def report(done: int, total: int, before: int) -> None:
        if done >= (units + 1) * size:
            raise KeyboardInterrupt

    monkeypatch.setattr(rebuilding, "UNIT", size)
    monkeypatch.setattr(rebuilding, "SAVE_EVERY", -1.0)
    with pytest.raises(KeyboardInterrupt):
        rebuild_index(report=report)


@pytest.fixture
def outdated_index(each_engine: SearchEngine, monkeypatch: pytest.MonkeyPatch) -> str:
    """An index with two goods, in use, that another release made."""
    shelf(2)
    with monkeypatch.context() as patch:
        patch.setattr(base, "FORMAT", 0)
        get_engine.cache_clear()
        rebuild_index()
        name = get_engine().index_name()
    get_engine.cache_clear()
    return name


def test_pages_browse_while_the_index_is_another_release_s(outdated_index: str, client: Client) -> None:
    page = client.get("/vi/tim-kiem/", {"q": "trà"})
    assert page.status_code == 200
    assert "search/without_engine.html" in [template.name for template in page.templates]
    assert client.get("/vi/tim-kiem/goi-y/", {"q": "trà"}).status_code == 503

    ready = client.get("/readyz/").json()
    assert (ready["status"], ready["search"]) == ("degraded", "unavailable")
    assert outdated_index in ready["search_advice"]
    assert "manage.py search_rebuild" in ready["search_advice"]
    with pytest.raises(IndexOutdated):
        check_index()


def test_the_worker_makes_an_index_of_another_release_anew(outdated_index: str, client: Client) -> None:
    assert keep_index_true() == 0
    assert keep_index_true() == 0

    engine = get_engine()
    assert engine.index_name() != outdated_index
    assert engine.reads(engine.index_name())
    assert check_index().is_true
    assert IndexRebuild.objects.filter(state=IndexRebuild.State.DONE).count() == 2, "once by each release"
    assert "search_advice" not in client.get("/readyz/").json()
    with pytest.raises(SearchUnavailable, match="another release"):
        go_back()


def test_the_worker_leaves_an_index_to_whoever_makes_it_anew(outdated_index: str) -> None:
    if connection.vendor == "postgresql":
        pytest.skip("the lock belongs to this connection")
    with only_rebuild():
        assert keep_index_true() == 0

    assert get_engine().index_name() == outdated_index


def test_the_worker_writes_down_words_that_the_cache_has_lost(each_engine: SearchEngine) -> None:
    shelf(1)
    rebuild_index()
    cache.clear()
    assert vocabulary_age() is None

    assert keep_index_true() == 0
    assert vocabulary_age() is not None


def test_an_interrupted_rebuild_goes_on_where_it_stopped(
    each_engine: SearchEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = shelf(7)
    broken_off_after(1, monkeypatch, each_engine)
    half = IndexRebuild.objects.get()
    assert (half.state, half.goods, half.done_until) == (IndexRebuild.State.FILLING, 4, ids[3])
    assert each_engine.index_name() != half.index_name

    built: list[int] = []
    real = rebuilding.every_good
    monkeypatch.setattr(
        rebuilding, "every_good", lambda *, after: (built.extend(ids) or ids for ids in real(after=after))
    )
    said = rebuilt()

    assert "Went on after 4 goods" in said
    assert built == ids[4:]
    assert each_engine.index_name() == half.index_name
    assert set(look(each_engine).product_ids) == set(ids)


def test_what_was_half_written_when_a_rebuild_died_is_written_once(
    each_engine: SearchEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = shelf(6)

    def dies_after_saving(builder: Any, filling: Any) -> None:
        builder.save()
        if len(filling.unsaved) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(rebuilding, "UNIT", 2)
    monkeypatch.setattr(rebuilding, "SAVE_EVERY", -1.0)
    with monkeypatch.context() as dying:
        dying.setattr(rebuilding, "_save", dies_after_saving)
        with pytest.raises(KeyboardInterrupt):
            rebuild_index()
    assert IndexRebuild.objects.get().done_until == 0

    outcome = rebuild_index()

    assert outcome.goods == 6
    assert each_engine.index_size(outcome.index_name).documents == 6
    assert set(look(each_engine).product_ids) == set(ids)


def test_afresh_forgets_the_interrupted_one(
    search_index: SearchEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf(5)
    broken_off_after(1, monkeypatch, search_index)
    half = IndexRebuild.objects.get()

    outcome = rebuild_index(afresh=True)

    half.refresh_from_db()
    assert half.state == IndexRebuild.State.FAILED
    assert not search_index.has_index(half.index_name)
    assert (outcome.goods, outcome.resumed_from) == (5, 0)


def test_a_good_changed_between_death_and_resumption_is_picked_up(
    search_index: SearchEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = shelf(5)
    mark_changed(ids)
    broken_off_after(1, monkeypatch, search_index)
    Product.objects.filter(pk=ids[0]).update(title_vi="Trà rất mới")
    mark_changed(ids[:1])

    rebuild_index()
    while indexing.index_pending():
        pass

    assert look(search_index, "rất mới").product_ids == [ids[0]]


def test_a_second_rebuild_is_told(search_index: SearchEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    def running() -> None:
        raise RebuildRunning

    monkeypatch.setattr(rebuilding, "only_rebuild", running)

    with pytest.raises(CommandError, match="another rebuild is at work"):
        rebuilt()


def test_the_lock_is_free_again_after_a_rebuild_that_failed() -> None:
    for _ in range(2):
        with pytest.raises(ZeroDivisionError), only_rebuild():
            raise ZeroDivisionError


def test_going_back_takes_up_the_index_before_with_what_changed_since(each_engine: SearchEngine) -> None:
    ids = shelf(3)
    mark_changed(ids)
    first = rebuild_index().index_name
    rebuild_index()
    Product.objects.filter(pk=ids[1]).update(title_vi="Trà rất mới")
    mark_changed([ids[1]])
    indexing.index_pending()

    assert go_back() == first
    assert look(each_engine, "rất mới").product_ids == [ids[1]]
    assert indexing.index_pending() == 0


def test_without_an_index_before_there_is_no_way_back(search_index: SearchEngine) -> None:
    with pytest.raises(CommandError, match="no earlier index"):
        rebuilt(back=True)


def test_a_swap_that_would_lose_goods_is_refused_and_says_how_many(each_engine: SearchEngine) -> None:
    ids = shelf(4)
    mark_changed(ids)
    before = rebuild_index().index_name
    for product in Product.objects.filter(pk__in=ids[:3]):  # behind the change record's back
        product.certificates.all().delete()
        product.delete()

    with pytest.raises(CommandError, match="3 of 4 goods that the present index shows would be lost"):
        rebuilt()
    assert each_engine.index_name() == before
    assert IndexRebuild.objects.latest("pk").state == IndexRebuild.State.REFUSED

    rebuilt(force=True)
    assert look(each_engine).product_ids == ids[3:]


def test_goods_that_go_with_a_change_are_no_loss(search_index: SearchEngine) -> None:
    ids = shelf(4)
    mark_changed(ids)
    rebuild_index()
    Product.objects.filter(pk__in=ids[:3]).update(listing=Product.Listing.SUSPENDED)
    mark_changed(ids[:3])

    rebuild_index()

    assert look(search_index).product_ids == ids[3:]


def test_a_good_that_cannot_be_indexed_any_more_is_a_loss(
    search_index: SearchEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = shelf(3)
    mark_changed(ids)
    rebuild_index()
    mark_changed([ids[1]])
    build = build_safely.__globals__["build_documents"]

    def build_or_fail(product_ids: Any, **keywords: Any) -> Any:
        if ids[1] in product_ids:
            raise ValueError("odd")
        return build(product_ids, **keywords)

    monkeypatch.setitem(build_safely.__globals__, "build_documents", build_or_fail)

    with pytest.raises(RebuildRefused, match=rf"1 of 3 .*: {ids[1]} \(ValueError: odd\)"):
        rebuild_index()
    said = rebuilt(force=True)

    assert f"Good {ids[1]} could not be indexed" in said
    assert set(look(search_index).product_ids) == {ids[0], ids[2]}
    failing = IndexedVersion.objects.get(index_name=search_index.index_name(), product_id=ids[1])
    assert failing.failures == 1


def test_an_index_with_too_few_documents_is_not_put_in_use(
    each_engine: SearchEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf(3)
    before = each_engine.index_name()
    real = rebuilding.BuildingPool.build

    def loses_one(self: Any, engine: Any, units: Any) -> Any:
        for unit in real(self, engine, units):
            yield Unit(unit.product_ids, type(each_engine).pack([])[0], unit.taken, {})

    monkeypatch.setattr(rebuilding.BuildingPool, "build", loses_one)

    with pytest.raises(RebuildRefused, match="holds 0 documents instead of 3"):
        rebuild_index()
    assert each_engine.index_name() == before


def test_a_sample_that_differs_is_not_put_in_use(
    search_index: SearchEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = shelf(3)

    def change_unseen(done: int, total: int, before: int) -> None:
        for good in Product.objects.filter(pk=ids[0]):
            good.certificates.update(stars=3 if good.certificates.get().stars == 4 else 4)

    with pytest.raises(RebuildRefused, match=rf"1 of 3 goods looked at are not .*: {ids[0]}"):
        rebuild_index(report=change_unseen)


def test_an_engine_that_stops_in_the_middle_leaves_the_present_index_and_is_gone_on_with(
    search_index: SearchEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = shelf(6)
    before = search_index.index_name()
    monkeypatch.setattr(rebuilding, "UNIT", 2)
    monkeypatch.setattr(rebuilding, "SAVE_EVERY", -1.0)
    from search.engines.embedded_index import EmbeddedBuilder

    save = EmbeddedBuilder.save
    saved = iter(range(100))

    def stops(self: Any) -> Any:
        if next(saved) == 1:
            raise SearchUnavailable("the server has gone")
        return save(self)

    with monkeypatch.context() as stopping:
        stopping.setattr(EmbeddedBuilder, "save", stops)
        with pytest.raises(CommandError, match="present one stays: the server has gone"):
            rebuilt()
    assert search_index.index_name() == before

    assert rebuild_index().resumed_from == 2
    assert set(look(search_index).product_ids) == set(ids)


def test_an_index_of_which_nobody_knows_anything_is_taken_from_the_changes(
    search_index: SearchEngine,
) -> None:
    """Goods without a change record (loaded in bulk) are in, and need no record."""
    ids = shelf(2)
    ProductChange.objects.all().delete()

    rebuild_index()

    assert set(look(search_index).product_ids) == set(ids)
    assert indexing.index_pending() == 0


def test_once_swapped_it_is_done_even_if_the_engine_is_then_too_busy(
    search_index: SearchEngine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    ids = shelf(2)

    def busy() -> None:
        raise SearchUnavailable("Connection timed out")

    monkeypatch.setattr(rebuilding, "refresh_vocabulary", busy)

    assert "2 goods indexed" in rebuilt()
    assert set(look(search_index).product_ids) == set(ids)
    assert "Connection timed out" in caplog.text
