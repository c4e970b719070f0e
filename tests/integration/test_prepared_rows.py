"""Prepared queries read what the ORM reads, whatever their number of ids and whoever asks."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import BooleanField, F, Q, QuerySet, Value
from django.test.utils import CaptureQueriesContext

from catalogue.models import Product
from catalogue.pricing.models import DatedPrice, NormalPrice
from marketplace.prepared import PreparedRows
from tests.factories.catalogue import NOW, shown_good, sold_pack

pytestmark = pytest.mark.django_db


def goods(ids: list[int], structure: str) -> QuerySet[Product, dict[str, Any]]:
    return (
        Product.objects.filter(pk__in=ids, structure=structure)
        .order_by("pk")
        .values("pk", "title_vi", "alcohol_strength", "date_created", producer_name=F("producer__name"))
    )


def prices(ids: list[int], moment: datetime) -> QuerySet[NormalPrice, dict[str, Any]]:
    normal = NormalPrice.objects.filter(pack__in=ids, valid_from__lte=moment).order_by()
    dated = DatedPrice.objects.filter(pack__in=ids, ends_at__gt=moment).order_by()
    return normal.values("pack_id", "amount", at=F("valid_from"), dated=Value(False, BooleanField())).union(
        dated.values("pack_id", "amount", at=F("starts_at"), dated=Value(True, BooleanField())), all=True
    )


@pytest.mark.parametrize("number", [0, 1, 2, 4, 5, 30])
def test_rows_are_those_of_the_orm(number: int) -> None:
    ids = [shown_good(alcohol_strength="4.5").pk for _ in range(number)]
    prepared = PreparedRows(goods)

    assert prepared(ids, "parent") == list(goods(ids, "parent"))
    assert prepared(ids, "child") == []


def test_a_statement_is_used_again_with_other_values() -> None:
    prepared = PreparedRows(goods)
    one, other = shown_good(), shown_good()

    assert [row["pk"] for row in prepared([one.pk], "parent")] == [one.pk]
    with CaptureQueriesContext(connection) as captured:
        assert [row["pk"] for row in prepared([other.pk], "parent")] == [other.pk]
    assert len(captured) == 1


def test_moments_and_unions_keep_their_meaning() -> None:
    pack = sold_pack()
    DatedPrice.objects.create(
        pack=pack, amount=9_000, starts_at=NOW, ends_at=NOW + timedelta(hours=1), source="campaign:1"
    )
    prepared = PreparedRows(prices, takes_moment=True)

    for moment in (NOW, NOW + timedelta(hours=1), NOW - timedelta(days=900)):
        assert prepared([pack.pk], moment=moment) == list(prices([pack.pk], moment))


def test_more_ids_than_anybody_reads_at_once_are_read_by_the_orm() -> None:
    good = shown_good()

    assert [row["pk"] for row in PreparedRows(goods)([good.pk] * 5_000, "parent")] == [good.pk]


def test_a_query_that_can_find_nothing_finds_nothing() -> None:
    good = shown_good()

    def nothing(ids: list[int]) -> QuerySet[Product, dict[str, Any]]:
        return Product.objects.filter(pk__in=ids).filter(pk__in=[]).values("pk")

    assert PreparedRows(nothing)([good.pk]) == []


def test_an_id_may_be_of_any_column_however_small_its_numbers_are() -> None:
    pack = sold_pack()

    def of_set(ids: list[int]) -> QuerySet[Product, dict[str, Any]]:
        return Product.objects.filter(Q(producer=ids[0]) | Q(product_set=ids[1])).values("pk")

    number = pack.parent.product_set_id
    assert number is not None
    assert PreparedRows(of_set)([0, number]) == [{"pk": pack.parent.pk}]


def test_ids_may_be_texts() -> None:
    good = shown_good()
    other = shown_good()

    def by_listing(listings: list[str]) -> QuerySet[Product, dict[str, Any]]:
        return Product.objects.filter(listing__in=listings).order_by("pk").values("pk")

    prepared = PreparedRows(by_listing, kind=str)

    assert [row["pk"] for row in prepared([good.listing])] == [good.pk, other.pk]
    assert prepared(["neither of them"]) == []


@pytest.mark.postgres
def test_postgresql_keeps_the_plan_of_what_is_asked_often() -> None:
    prepared = PreparedRows(goods)
    ids = [shown_good().pk for _ in range(3)]

    for pk in ids:
        prepared([pk], "parent")

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%producer_name%'")
        assert cursor.fetchone() == (1,)
