"""The change record as a queue: order, claims of several workers, failures that wait and hold up nobody."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from catalogue.changes import mark_changed
from catalogue.models import Product, ProductChange
from search import change_queue, indexing
from search.change_queue import FIRST_PAUSE, LEASE, LONGEST_PAUSE, pause_after
from search.engines.base import SearchEngine
from search.errors import SearchUnavailable
from search.health import search_state
from search.models import IndexedVersion
from tests.factories.catalogue import shown_good
from tests.integration.test_search_indexing import look

pytestmark = pytest.mark.django_db


def changed_goods(number: int) -> list[int]:
    """Make goods that changed one after the other, the last made first."""
    ids = [shown_good().pk for _ in range(number)]
    mark_changed(ids)
    now = timezone.now()
    for seconds, product_id in enumerate(ids):
        ProductChange.objects.filter(pk=product_id).update(changed_at=now - timedelta(seconds=seconds))
    return ids


def row(product_id: int) -> IndexedVersion:
    return IndexedVersion.objects.get(product_id=product_id)


@pytest.fixture
def poison(monkeypatch: pytest.MonkeyPatch) -> set[int]:
    """Goods of which no document can be made."""
    poisoned: set[int] = set()
    build = indexing.build_safely.__globals__["build_documents"]

    def build_or_fail(product_ids: Any, **keywords: Any) -> Any:
        if poisoned & set(product_ids):
            raise ValueError("a price of no number")
        return build(product_ids, **keywords)

    monkeypatch.setitem(indexing.build_safely.__globals__, "build_documents", build_or_fail)
    return poisoned


def test_changes_are_taken_in_the_order_in_which_they_were_made(search_index: SearchEngine) -> None:
    newest, middle, oldest = changed_goods(3)

    indexing.sweep_again()
    order = []
    while indexing.index_pending(batch=1):
        (last,) = IndexedVersion.objects.order_by("-indexed_at").values_list("product_id", flat=True)[:1]
        order.append(last)

    assert order == [oldest, middle, newest]


def test_a_backlog_is_worked_off_before_what_is_new(search_index: SearchEngine) -> None:
    new, old = changed_goods(2)
    ProductChange.objects.filter(pk=old).update(changed_at=timezone.now() - timedelta(hours=3))

    indexing.sweep_again()

    assert indexing.index_pending(batch=1) == 1
    assert list(IndexedVersion.objects.values_list("product_id", flat=True)) == [old]


def test_what_one_worker_claimed_no_other_gets(search_index: SearchEngine) -> None:
    ids = changed_goods(3)
    index = search_index.index_name()

    first = change_queue.claim(index, ids[:2])
    second = change_queue.claim(index, ids)

    assert (first, second) == (ids[:2], ids[2:])
    assert list(change_queue.due_changes(index, timezone.now())) == []
    assert change_queue.pending_changes(index).count() == 3


def test_what_a_dead_worker_had_comes_back_when_its_lease_runs_out(search_index: SearchEngine) -> None:
    ids = changed_goods(2)
    change_queue.claim(search_index.index_name(), ids)

    indexing.sweep_again()
    assert indexing.index_pending() == 0

    IndexedVersion.objects.update(claimed_until=timezone.now() - LEASE)
    indexing.sweep_again()
    assert indexing.index_pending() == 2
    assert look(search_index).total == 2


def test_while_the_engine_is_silent_no_good_is_blamed_and_none_is_kept(
    search_index: SearchEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    (product_id,) = changed_goods(1)

    def silent(*args: Any, **kwargs: Any) -> None:
        raise SearchUnavailable("down")

    monkeypatch.setattr(search_index, "write", silent)
    assert indexing.index_pending() == 0

    assert (row(product_id).claimed_until, row(product_id).failures) == (None, 0)


def test_a_good_that_fails_waits_longer_each_time_and_holds_up_no_other(
    search_index: SearchEngine, poison: set[int]
) -> None:
    ids = changed_goods(5)
    poison.add(ids[2])
    start = timezone.now()

    assert indexing.index_pending() == 5

    assert set(look(search_index).product_ids) == set(ids) - poison
    failing = row(ids[2])
    assert (failing.failures, failing.failure) == (1, "ValueError: a price of no number")
    assert failing.next_try_at is not None
    assert FIRST_PAUSE <= failing.next_try_at - start < 2 * FIRST_PAUSE
    assert indexing.index_pending() == 0

    IndexedVersion.objects.update(next_try_at=timezone.now())
    indexing.sweep_again()
    assert indexing.index_pending() == 1
    assert row(ids[2]).failures == 2
    state = search_state()
    assert (state.failing, state.oldest_change is not None) == (1, True)

    poison.clear()
    change_queue.try_again(search_index.index_name())
    indexing.sweep_again()
    assert indexing.index_pending() == 1
    assert look(search_index).total == 5
    assert search_state().failing == 0


def test_pauses_double_up_to_the_longest() -> None:
    assert [pause_after(number) for number in (1, 2, 3)] == [FIRST_PAUSE, 2 * FIRST_PAUSE, 4 * FIRST_PAUSE]
    assert pause_after(100) == LONGEST_PAUSE


def test_another_change_ends_the_pause_of_a_failing_good(
    search_index: SearchEngine, poison: set[int]
) -> None:
    (product_id,) = changed_goods(1)
    poison.add(product_id)
    indexing.index_pending()
    poison.clear()

    mark_changed([product_id])

    assert indexing.index_pending() == 1
    assert look(search_index).total == 1


def test_what_the_engine_refuses_is_noted_with_its_reason(
    search_index: SearchEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, odd = changed_goods(2)
    from search.engines import embedded_documents

    make = embedded_documents.tantivy_document

    def make_or_refuse(document: Any) -> Any:
        if document.product_id == odd:
            raise OverflowError("too large")
        return make(document)

    monkeypatch.setattr(embedded_documents, "tantivy_document", make_or_refuse)
    indexing.index_pending()

    assert look(search_index).product_ids == [good]
    assert row(odd).failure == "OverflowError: too large"


def test_a_worker_that_dies_after_writing_leaves_word_of_what_must_be_buried(
    search_index: SearchEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three intervals are written and the note of it is not; the next change leaves one of them."""
    from catalogue.pricing.models import DatedPrice
    from tests.factories.catalogue import sold_pack

    pack = sold_pack()
    now = timezone.now()
    DatedPrice.objects.create(
        pack=pack,
        amount=99_000,
        starts_at=now + timedelta(days=1),
        ends_at=now + timedelta(days=2),
        source="campaign:1",
    )
    mark_changed([pack.parent_id])
    with monkeypatch.context() as dying:
        dying.setattr(change_queue, "remember", lambda rows: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            indexing.index_pending()
    assert look(search_index, at=now + timedelta(days=1, hours=1)).cheapest == 99_000

    Product.objects.filter(pk=pack.parent_id).update(listing=Product.Listing.SUSPENDED)
    mark_changed([pack.parent_id])
    IndexedVersion.objects.update(claimed_until=None)
    assert indexing.index_pending() == 1

    totals = [look(search_index, at=now + timedelta(days=days)).total for days in (0, 1.1, 3)]
    assert totals == [0, 0, 0]
