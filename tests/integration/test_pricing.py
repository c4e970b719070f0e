"""Prices: history without gap or overlap, the price at a moment, and its SQL twin."""

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from django.db.models import BooleanField, ExpressionWrapper
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from catalogue.models import Product, ProductChange
from catalogue.pricing.errors import (
    AmountNotPositive,
    DatedPricesAlreadyBegun,
    NotAPack,
    PriceOutOfOrder,
    PricingError,
)
from catalogue.pricing.models import DatedPrice, NormalPrice
from catalogue.pricing.selectors import (
    current_price_expression,
    discounted_products,
    has_price_expression,
    next_price_boundary,
    price_at,
    price_intervals,
    prices_at,
)
from catalogue.pricing.services import (
    dated_prices_stop,
    dated_prices_write,
    normal_price_end,
    normal_price_set,
)
from marketplace.clock import VIETNAM
from tests.factories.catalogue import GoodFactory, NormalPriceFactory, PackFactory

NOON = datetime(2026, 11, 24, 12, tzinfo=VIETNAM)
SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)


def pack_of(price=None):
    pack = PackFactory()
    if price is not None:
        NormalPriceFactory(pack=pack, amount=price, source="test")
    return pack


def sql_price(pack, at):
    return (
        Product.objects.annotate(price=current_price_expression(at))
        .values_list("price", flat=True)
        .get(pk=pack.pk)
    )


@pytest.mark.django_db
class TestNormalPrice:
    def test_a_new_price_closes_the_one_before_it(self):
        pack = PackFactory()

        normal_price_set(pack=pack, amount=100_000, source="producer", at=NOON - DAY)
        normal_price_set(pack=pack, amount=120_000, source="producer", at=NOON)

        assert price_at(pack.pk, NOON - SECOND).now == 100_000
        assert price_at(pack.pk, NOON).now == 120_000
        assert list(pack.normal_prices.values_list("amount", "valid_from", "valid_until")) == [
            (120_000, NOON, None),
            (100_000, NOON - DAY, NOON),
        ]

    def test_the_same_price_again_changes_nothing(self):
        pack = PackFactory()
        first = normal_price_set(pack=pack, amount=100_000, source="producer", at=NOON - DAY)
        version = ProductChange.objects.get(pk=pack.parent_id).version

        again = normal_price_set(pack=pack, amount=100_000, source="producer", at=NOON)

        assert again == first
        assert ProductChange.objects.get(pk=pack.parent_id).version == version

    def test_history_is_not_rewritten(self):
        pack = PackFactory()
        normal_price_set(pack=pack, amount=100_000, source="producer", at=NOON)

        with pytest.raises(PriceOutOfOrder):
            normal_price_set(pack=pack, amount=90_000, source="producer", at=NOON - SECOND)

    @pytest.mark.parametrize("amount", [0, -1])
    def test_a_price_is_above_zero(self, amount):
        with pytest.raises(AmountNotPositive):
            normal_price_set(pack=PackFactory(), amount=amount, source="producer")

    def test_a_good_has_no_price_of_its_own(self):
        with pytest.raises(NotAPack):
            normal_price_set(pack=GoodFactory(), amount=1000, source="producer")

    def test_two_changes_in_the_same_second_leave_the_later(self):
        pack = PackFactory()
        normal_price_set(pack=pack, amount=100_000, source="producer", at=NOON)
        normal_price_set(pack=pack, amount=90_000, source="producer", at=NOON)

        assert price_at(pack.pk, NOON).now == 90_000
        assert sql_price(pack, NOON) == 90_000

    def test_a_price_can_end(self):
        pack = pack_of(50_000)

        normal_price_end(pack=pack, at=NOON)

        assert price_at(pack.pk, NOON - SECOND).now == 50_000
        assert price_at(pack.pk, NOON) is None
        assert sql_price(pack, NOON) is None

    def test_promotions_end_with_it_and_what_they_were_stays_known(self):
        pack, other = pack_of(50_000), pack_of(50_000)
        for source, start in (("campaign:1", NOON - DAY), ("campaign:2", NOON + DAY)):
            dated_prices_write(source=source, prices={pack.pk: 40_000, other.pk: 40_000}, starts_at=start, ends_at=start + 3 * DAY)  # fmt: skip
        before = ProductChange.objects.get(pk=pack.parent_id).version

        normal_price_end(pack=pack, at=NOON)

        assert price_at(pack.pk, NOON - SECOND).now == 40_000
        assert [price_at(pack.pk, NOON + days * DAY) for days in (0, 1, 2)] == [None, None, None]
        assert sql_price(pack, NOON) is None
        assert price_at(other.pk, NOON).now == 40_000
        assert ProductChange.objects.get(pk=pack.parent_id).version == before + 1

    def test_the_good_is_marked_for_the_index(self):
        pack = PackFactory()
        normal_price_set(pack=pack, amount=100_000, source="producer")
        assert ProductChange.objects.get(pk=pack.parent_id).version >= 1


@pytest.mark.django_db
class TestDatedPrice:
    def test_holds_from_its_first_second_until_its_end(self):
        pack = pack_of(100_000)
        dated_prices_write(source="campaign:1", prices={pack.pk: 80_000}, starts_at=NOON, ends_at=NOON + DAY)

        prices = [price_at(pack.pk, at).now for at in (NOON - SECOND, NOON, NOON + DAY - SECOND, NOON + DAY)]

        assert prices == [100_000, 80_000, 80_000, 100_000]

    def test_says_what_it_was_before_and_when_it_ends(self):
        pack = pack_of(100_000)
        dated_prices_write(source="campaign:1", prices={pack.pk: 85_500}, starts_at=NOON, ends_at=NOON + DAY)

        price = price_at(pack.pk, NOON)

        assert (price.struck, price.badge_percent, price.normal) == (100_000, 14, 100_000)
        assert (price.source, price.until) == ("campaign:1", NOON + DAY)
        assert price_at(pack.pk, NOON - SECOND).until == NOON

    def test_the_lowest_of_several_wins(self):
        pack = pack_of(100_000)
        for number, amount in enumerate([90_000, 70_000, 80_000]):
            dated_prices_write(
                source=f"campaign:{number}", prices={pack.pk: amount}, starts_at=NOON, ends_at=NOON + DAY
            )

        assert price_at(pack.pk, NOON).now == 70_000
        assert sql_price(pack, NOON) == 70_000

    def test_never_raises_the_price(self):
        pack = pack_of(100_000)
        dated_prices_write(source="campaign:1", prices={pack.pk: 120_000}, starts_at=NOON, ends_at=NOON + DAY)

        assert price_at(pack.pk, NOON).now == 100_000
        assert sql_price(pack, NOON) == 100_000

    def test_alone_it_is_a_price_too(self):
        pack = PackFactory()
        dated_prices_write(source="campaign:1", prices={pack.pk: 80_000}, starts_at=NOON, ends_at=NOON + DAY)

        price = price_at(pack.pk, NOON)

        assert (price.now, price.normal, price.struck) == (80_000, 80_000, None)
        assert sql_price(pack, NOON) == 80_000
        assert sql_price(pack, NOON + DAY) is None

    def test_can_be_rewritten_until_it_begins(self):
        first, second = pack_of(100_000), pack_of(100_000)
        later = timezone.now() + DAY
        dated_prices_write(
            source="campaign:1", prices={first.pk: 80_000}, starts_at=later, ends_at=later + DAY
        )

        dated_prices_write(
            source="campaign:1", prices={second.pk: 70_000}, starts_at=later, ends_at=later + DAY
        )

        assert list(DatedPrice.objects.values_list("pack_id", "amount")) == [(second.pk, 70_000)]

    def test_is_history_once_it_began(self):
        pack = pack_of(100_000)
        begun = timezone.now() - DAY
        dated_prices_write(
            source="campaign:1", prices={pack.pk: 80_000}, starts_at=begun, ends_at=begun + 3 * DAY
        )

        with pytest.raises(DatedPricesAlreadyBegun):
            dated_prices_write(
                source="campaign:1", prices={pack.pk: 70_000}, starts_at=begun, ends_at=begun + 3 * DAY
            )

    def test_an_empty_span_is_refused(self):
        with pytest.raises(PricingError):
            dated_prices_write(source="campaign:1", prices={}, starts_at=NOON, ends_at=NOON)

    def test_stopping_ends_what_runs_and_drops_what_is_to_come(self):
        running, coming = pack_of(100_000), pack_of(100_000)
        dated_prices_write(
            source="campaign:1", prices={running.pk: 80_000}, starts_at=NOON - DAY, ends_at=NOON + DAY
        )
        DatedPrice.objects.create(
            pack=coming, amount=70_000, starts_at=NOON + SECOND, ends_at=NOON + DAY, source="campaign:1"
        )

        stopped = dated_prices_stop(source="campaign:1", at=NOON)

        assert stopped == 2
        assert dated_prices_stop(source="campaign:1", at=NOON) == 0
        assert price_at(running.pk, NOON - SECOND).now == 80_000
        assert price_at(running.pk, NOON).now == 100_000
        assert price_at(coming.pk, NOON + SECOND).now == 100_000


@pytest.mark.django_db
class TestStruckPrice:
    def test_is_the_lowest_normal_price_of_thirty_days(self):
        pack = PackFactory()
        normal_price_set(pack=pack, amount=90_000, source="producer", at=NOON - 40 * DAY)
        normal_price_set(pack=pack, amount=100_000, source="producer", at=NOON - 10 * DAY)
        dated_prices_write(
            source="campaign:1", prices={pack.pk: 60_000}, starts_at=NOON, ends_at=NOON + 60 * DAY
        )

        assert price_at(pack.pk, NOON).struck == 90_000
        assert price_at(pack.pk, NOON + 20 * DAY - SECOND).struck == 90_000
        assert price_at(pack.pk, NOON + 20 * DAY).struck == 100_000, "the older price left the window"

    def test_is_left_out_where_it_is_not_above_todays_price(self):
        pack = PackFactory()
        normal_price_set(pack=pack, amount=60_000, source="producer", at=NOON - 40 * DAY)
        normal_price_set(pack=pack, amount=100_000, source="producer", at=NOON - 10 * DAY)
        dated_prices_write(source="campaign:1", prices={pack.pk: 60_000}, starts_at=NOON, ends_at=NOON + DAY)

        price = price_at(pack.pk, NOON)

        assert (price.now, price.struck, price.badge_percent) == (60_000, None, 0)

    def test_a_lower_normal_price_strikes_nothing(self):
        pack = PackFactory()
        normal_price_set(pack=pack, amount=100_000, source="producer", at=NOON - 10 * DAY)
        normal_price_set(pack=pack, amount=80_000, source="producer", at=NOON - DAY)

        assert price_at(pack.pk, NOON).struck is None


@pytest.mark.django_db
class TestReading:
    @pytest.mark.parametrize("size", [2, 30])
    def test_one_query_for_any_number_of_packs(self, size, django_assert_num_queries):
        packs = [pack_of(1000) for _ in range(size)]
        with django_assert_num_queries(1):
            assert len(prices_at([pack.pk for pack in packs], NOON)) == size

    def test_no_packs_no_query(self, django_assert_num_queries):
        with django_assert_num_queries(0):
            assert prices_at([]) == {}

    def test_intervals_adjoin_and_the_last_is_open(self):
        pack = pack_of(100_000)
        dated_prices_write(
            source="campaign:1", prices={pack.pk: 80_000}, starts_at=NOON + DAY, ends_at=NOON + 3 * DAY
        )
        dated_prices_write(
            source="campaign:2", prices={pack.pk: 70_000}, starts_at=NOON + 2 * DAY, ends_at=NOON + 3 * DAY
        )

        intervals = price_intervals([pack.pk], at=NOON)[pack.pk]

        assert intervals == [
            (NOON, NOON + DAY, 100_000, False),
            (NOON + DAY, NOON + 2 * DAY, 80_000, True),
            (NOON + 2 * DAY, NOON + 3 * DAY, 70_000, True),
            (NOON + 3 * DAY, None, 100_000, False),
        ]

    def test_an_interval_ends_where_the_struck_price_leaves_the_page_though_the_price_stays(self):
        pack = pack_of(70_000)
        lower_before = NormalPrice.objects.get(pack=pack)
        NormalPrice.objects.filter(pk=lower_before.pk).update(
            valid_from=NOON - 60 * DAY, valid_until=NOON - 10 * DAY
        )
        NormalPrice.objects.create(pack=pack, amount=100_000, valid_from=NOON - 10 * DAY)
        dated_prices_write(
            source="campaign:1", prices={pack.pk: 90_000}, starts_at=NOON - DAY, ends_at=NOON + 40 * DAY
        )

        intervals = price_intervals([pack.pk], at=NOON)[pack.pk]

        # For 30 days after the end of 70.000 the lowest price is below today's, and nothing is struck through.
        assert intervals == [
            (NOON, NOON + 20 * DAY, 90_000, False),
            (NOON + 20 * DAY, NOON + 40 * DAY, 90_000, True),
            (NOON + 40 * DAY, None, 100_000, False),
        ]

    def test_reduced_goods_the_first_to_end_in_front(self):
        later, sooner, other = (pack_of(100_000) for _ in range(3))
        dated_prices_write(
            source="campaign:1", prices={later.pk: 1000}, starts_at=NOON, ends_at=NOON + 2 * DAY
        )
        dated_prices_write(source="campaign:2", prices={sooner.pk: 1000}, starts_at=NOON, ends_at=NOON + DAY)
        dated_prices_write(
            source="campaign:3", prices={other.pk: 200_000}, starts_at=NOON, ends_at=NOON + DAY
        )

        assert discounted_products(at=NOON, limit=10) == [sooner.parent_id, later.parent_id]
        assert discounted_products(at=NOON, limit=1) == [sooner.parent_id]
        assert discounted_products(at=NOON, limit=10, source="campaign:1") == [later.parent_id]
        assert discounted_products(at=NOON + DAY, limit=10) == [later.parent_id]

    def test_the_next_boundary_of_all_prices(self):
        pack = pack_of(100_000)
        assert next_price_boundary(NOON) is None
        dated_prices_write(
            source="campaign:1", prices={pack.pk: 80_000}, starts_at=NOON + DAY, ends_at=NOON + 2 * DAY
        )
        assert next_price_boundary(NOON) == NOON + DAY
        assert next_price_boundary(NOON + DAY) == NOON + 2 * DAY
        assert next_price_boundary(NOON + 2 * DAY) is None


hours = st.integers(min_value=-24 * 60, max_value=24 * 60)
amounts = st.integers(min_value=1, max_value=2_000_000)


class TestTwins(TestCase):
    """The function and its SQL twin agree at every moment of any history; so do the intervals of search documents."""

    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(
        normal=st.lists(st.tuples(hours, amounts), max_size=5),
        dated=st.lists(st.tuples(hours, st.integers(1, 500), amounts), max_size=4),
        moments=st.lists(hours, min_size=1, max_size=4),
    )
    def test_function_sql_and_intervals_agree(self, normal, dated, moments):
        pack = PackFactory()
        hour = timedelta(hours=1)
        starts = sorted({NOON + offset * hour for offset, _ in normal})
        for moment, (_, amount) in zip(starts, normal, strict=False):
            normal_price_set(pack=pack, amount=amount, source="test", at=moment)
        for number, (offset, length, amount) in enumerate(dated):
            start = NOON + offset * hour
            dated_prices_write(
                source=f"campaign:{number}",
                prices={pack.pk: amount},
                starts_at=start,
                ends_at=start + length * hour,
            )
        first = NOON + min(moments) * hour
        intervals = price_intervals([pack.pk], at=first).get(pack.pk, [])

        for moment in sorted({*(NOON + offset * hour for offset in moments), *starts}):
            price = price_at(pack.pk, moment)
            row = Product.objects.annotate(
                price=current_price_expression(moment),
                priced=ExpressionWrapper(has_price_expression(moment), BooleanField()),
            ).get(pk=pack.pk)
            assert row.price == (price.now if price else None)
            assert row.priced == (price is not None)
            if price:
                assert price.now <= price.normal
                assert price.struck is None or price.struck > price.now
                assert 0 <= price.badge_percent < 100
            if moment >= first:
                found = [
                    part.amount
                    for part in intervals
                    if part.starts_at <= moment and (part.ends_at is None or moment < part.ends_at)
                ]
                assert found == ([price.now] if price else [])
        rows = list(NormalPrice.objects.filter(pack=pack).order_by("valid_from"))
        assert all(earlier.valid_until == later.valid_from for earlier, later in pairwise(rows))
