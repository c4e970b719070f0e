"""How well goods sell: counted from orders, kept at the good, a small push in the search's order."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from catalogue.models import HIGHEST_POPULARITY, Product, ProductChange
from catalogue.popularity import popularity_level, popularity_set
from catalogue.reviews.ratings import rating_step
from checkout.order.models import Consignment, Line, Order
from checkout.order.popularity import popularity_refresh, popularity_refresh_due
from search import ranking
from search.engines.base import SearchEngine
from search.query import SearchQuery
from search.rebuilding import rebuild_index
from search.selectors import find_in
from search.sources import build_documents
from tests.factories.catalogue import GoodFactory, shown_good, sold_pack
from tests.factories.orders import placed_order

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    cache.clear()


def sold(pack: Product, packs: int, *, days_ago: int = 0, buyer: str = "+84900000001") -> Order:
    """Place an order of `packs`, confirmed some days ago."""
    order = placed_order(pack)
    order.lines.update(quantity=packs)
    Order.objects.filter(pk=order.pk).update(
        phone=buyer, confirmed_at=timezone.now() - timedelta(days=days_ago)
    )
    return order


def level_of(pack: Product) -> int:
    return Product.objects.values_list("popularity", flat=True).get(pk=pack.parent_id)


@pytest.mark.parametrize(
    ("weight", "level"),
    [(0, 0), (0.99, 0), (1, 1), (1.99, 1), (2, 2), (3.99, 2), (4, 3), (8, 4), (16, 5), (32, 6), (63.9, 6), (64, 7), (10**9, 7)],
)  # fmt: skip
def test_each_level_takes_twice_as_many_packs(weight: float, level: int) -> None:
    assert popularity_level(weight) == level


def test_the_search_has_a_step_for_every_level() -> None:
    assert 2**ranking.POPULARITY_BITS - 1 == HIGHEST_POPULARITY


@pytest.mark.parametrize(
    ("days_ago", "level"),
    [(0, 4), (29, 3), (30, 3), (31, 2), (60, 2), (89, 1), (90, 1), (91, 0)],  # 8 packs: 8, 4, 2, 1, forgotten
)
def test_a_sale_counts_half_after_30_days_and_nothing_after_90(days_ago: int, level: int) -> None:
    pack = sold_pack()
    sold(pack, 8, days_ago=days_ago)

    popularity_refresh()

    assert level_of(pack) == level


def test_packs_count_not_money_and_all_packs_of_a_good_together() -> None:
    dear, cheap = sold_pack(price=900_000), sold_pack(price=20_000)
    sold(dear, 1)
    sold(cheap, 2)
    sold(cheap, 2, buyer="+84900000002")

    assert popularity_refresh() == 2
    assert (level_of(dear), level_of(cheap)) == (1, 3)


def test_one_buyer_counts_for_ten_packs_however_many_orders() -> None:
    pack = sold_pack(stock={"num_in_stock": 100})
    for _order in range(3):
        sold(pack, 30)
    popularity_refresh()
    assert level_of(pack) == popularity_level(10) == 4

    sold(pack, 30, buyer="+84900000002")
    popularity_refresh()

    assert level_of(pack) == popularity_level(20) == 5


def _cancelled(order: Order) -> None:
    Order.objects.filter(pk=order.pk).update(cancelled_at=timezone.now())


def _unconfirmed(order: Order) -> None:
    Order.objects.filter(pk=order.pk).update(confirmed_at=None)


def _parcel(state: str) -> Callable[[Order], None]:
    return lambda order: order.consignments.update(state=state) and None


@pytest.mark.parametrize(
    ("happened", "level"),
    [
        (_cancelled, 0),
        (_unconfirmed, 0),
        (_parcel(Consignment.State.CANCELLED), 0),
        (_parcel(Consignment.State.RETURNED), 0),
        (_parcel(Consignment.State.PLACED), 3),
        (_parcel(Consignment.State.DELIVERED), 3),
    ],
)
def test_only_what_stays_sold_counts(happened: Callable[[Order], None], level: int) -> None:
    pack = sold_pack()
    happened(sold(pack, 4))

    popularity_refresh()

    assert level_of(pack) == level


def test_counting_again_changes_nothing_and_only_what_changed_goes_to_the_index() -> None:
    tea, honey = sold_pack(), sold_pack()
    sold(tea, 1)
    order = sold(honey, 4)
    popularity_refresh()
    before = dict(ProductChange.objects.values_list("pk", "version"))

    assert popularity_refresh() == 0
    assert dict(ProductChange.objects.values_list("pk", "version")) == before

    order.consignments.update(state=Consignment.State.RETURNED)
    assert popularity_refresh() == 1
    after = dict(ProductChange.objects.values_list("pk", "version"))
    assert {pk for pk in after if after[pk] != before[pk]} == {honey.parent_id}
    assert (level_of(tea), level_of(honey)) == (1, 0)


def test_it_is_counted_once_a_day_and_again_where_the_count_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    pack = sold_pack()
    sold(pack, 1)

    def fail() -> int:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr("checkout.order.popularity.popularity_refresh", fail)
        with pytest.raises(RuntimeError):
            popularity_refresh_due()
    popularity_refresh_due()
    assert level_of(pack) == 1

    Line.objects.update(quantity=4)
    popularity_refresh_due()
    assert level_of(pack) == 1, "tomorrow"


def test_goods_that_are_gone_and_packs_are_passed_over() -> None:
    good, pack = GoodFactory(), sold_pack()

    assert popularity_set({good.pk: 2, pack.pk: 3, 10**9: 4}) == 1
    assert dict(Product.objects.filter(popularity__gt=0).values_list("pk", "popularity")) == {good.pk: 2}


@pytest.mark.parametrize("many", [2, 30])
def test_the_cost_does_not_grow_with_the_goods(
    many: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    goods = [GoodFactory() for _number in range(many)]

    # What is held; then a transaction: savepoint twice each, goods, two levels, the change record.
    with django_assert_num_queries(11):
        popularity_set({good.pk: 1 + number % 2 for number, good in enumerate(goods)})


def test_the_database_refuses_a_level_that_is_none() -> None:
    good = GoodFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        Product.objects.filter(pk=good.pk).update(popularity=8)


def test_what_sells_better_stands_first_of_goods_that_fit_alike(each_engine: SearchEngine) -> None:
    first, second = shown_good(title="Mật ong rừng"), shown_good(title="Mật ong vườn")
    query = SearchQuery(at=timezone.now(), text="mật ong")
    rebuild_index()
    assert [hit.product_id for hit in find_in(each_engine, query, None)[1].hits] == [first.pk, second.pk]

    popularity_set({second.pk: 5})
    rebuild_index()

    better, other = find_in(each_engine, query, None)[1].hits
    assert (better.product_id, other.product_id) == (second.pk, first.pk)
    assert better.score - other.score == pytest.approx(5 * ranking.POPULARITY_STEP, abs=1e-4)
    _version, [document] = build_documents([second.pk])[second.pk]
    assert {"b:0", "b:2"} <= set(document.facts)


def test_what_buyers_say_well_of_stands_first_of_goods_that_fit_alike(each_engine: SearchEngine) -> None:
    first, second = shown_good(title="Mật ong rừng"), shown_good(title="Mật ong vườn")
    query = SearchQuery(at=timezone.now(), text="mật ong")
    Product.objects.filter(pk=second.pk).update(rating=4.9, review_count=40)
    rebuild_index()

    better, other = find_in(each_engine, query, None)[1].hits

    assert (better.product_id, other.product_id) == (second.pk, first.pk)
    assert better.score - other.score == pytest.approx(3 * ranking.RATING_STEP, abs=1e-4)


@pytest.mark.parametrize(
    ("rating", "count", "step"),
    [(None, 0, 0), (5.0, 1, 0), (5.0, 2, 1), (4.9, 8, 2), (5.0, 20, 3), (4.0, 500, 1), (1.0, 500, 0)],
)
def test_few_reviews_lift_little_and_bad_ones_lower_nothing(rating: float, count: int, step: int) -> None:
    assert rating_step(rating, count) == step
