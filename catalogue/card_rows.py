"""Rows for cards: goods with their first picture in one query, packs with their stock and prices in another."""

from collections import defaultdict
from datetime import date, datetime
from typing import Any, Final

from django.db.models import (
    BooleanField,
    F,
    FilteredRelation,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
)
from django.db.models.functions import Left
from django.db.models.sql.compiler import SQLCompiler

from catalogue.certification.models import StandardCertificate
from catalogue.certification.programme import rule_book
from catalogue.models import Product, ProductImage
from catalogue.pricing.selectors import STRUCK_WINDOW, PackPrice, PriceRow, price_from_rows
from catalogue.rows import GOOD_COLUMNS, Row, goods_shown_by_rule
from catalogue.texts import LANGUAGES, TEXT_FIELDS
from marketplace.clock import day_of
from marketplace.prepared import PreparedRows

_PICTURE_COLUMNS: Final = (
    "original", "width", "height", "alt_vi", "alt_en", "placeholder", "processed_at", "is_illustration",
)  # fmt: skip
_PACK_COLUMNS: Final = ("pk", "parent_id", "title_vi", "title_en", "in_stock", "promised")


#: So many letters of a producer's stories are read for a card at most.
_STORY_LETTERS: Final = 3_000


def goods_with_picture(
    ids: list[int], *, at: datetime, adult: bool, with_texts: bool = False
) -> dict[int, tuple[Row, Row | None]]:
    """Return each good that the one rule shows at `at`, with its first picture that is ready if it has one; one query.

    `with_texts`: also with what is told of it in both languages, and its standards in force, a comma between them.
    """
    day = day_of(at)
    stars_from = rule_book().recognition_on(day).recognised_from_stars
    found: dict[int, tuple[Row, Row | None]] = {}
    prepared = _prepared_goods_with_texts if with_texts else _prepared_goods
    for row in prepared(ids, day, stars_from, adult):
        picture = {name: row[f"picture_{name}"] for name in _PICTURE_COLUMNS}
        found[row["pk"]] = (row, picture if picture["original"] else None)
    return found


def packs_with_prices(
    good_ids: list[int], *, at: datetime
) -> tuple[defaultdict[int, list[Row]], dict[int, PackPrice]]:
    """Return the packs of goods with their stock, by good, and the price at `at` of each pack that has one; one query."""
    packs: dict[int, Row] = {}
    prices: defaultdict[int, list[PriceRow]] = defaultdict(list)
    for row in _prepared_packs(good_ids, moment=at - STRUCK_WINDOW):
        pk = row["pk"]
        packs.setdefault(pk, {name: row[name] for name in _PACK_COLUMNS})
        if row["amount"] is not None:
            prices[pk].append(
                PriceRow(
                    pk, row["amount"], row["starts_at"], row["ends_at"], row["source"], bool(row["is_dated"])
                )
            )
    by_good: defaultdict[int, list[Row]] = defaultdict(list)
    for _pk, pack in sorted(packs.items()):
        by_good[pack["parent_id"]].append(pack)
    found = {pk: price for pk, rows in prices.items() if (price := price_from_rows(rows, at)) is not None}
    return by_good, found


def _goods(ids: list[int], day: date, stars_from: int, adult: bool) -> QuerySet[Product, Row]:
    return _with_first_picture(ids, day, stars_from, adult).values(*GOOD_COLUMNS[0], **_columns())


def _goods_with_texts(ids: list[int], day: date, stars_from: int, adult: bool) -> QuerySet[Product, Row]:
    texts = [f"{field}_{language}" for field in TEXT_FIELDS for language in LANGUAGES]
    stories = {
        f"story_{language}": Left(f"producer__published_story__text_{language}", _STORY_LETTERS)
        for language in LANGUAGES
    }
    in_force = StandardCertificate.objects.filter(
        Q(product=OuterRef("pk")) | Q(producer=OuterRef("producer")),
        verified_at__isnull=False,
        valid_from__lte=day,
        valid_until__gte=day,
    )
    papers = Subquery(in_force.order_by().annotate(names=_Joined("standard", Value(","))).values("names"))
    return _with_first_picture(ids, day, stars_from, adult).values(
        *GOOD_COLUMNS[0], *texts, **_columns(), **stories, papers=papers
    )


def _with_first_picture(ids: list[int], day: date, stars_from: int, adult: bool) -> QuerySet[Product]:
    first = (
        ProductImage.objects.filter(product=OuterRef("pk"))
        .exclude(original="")
        .order_by("display_order", "pk")
        .values("pk")[:1]
    )
    return (
        goods_shown_by_rule(ids, day, stars_from, adult)
        .annotate(ready=FilteredRelation("images", condition=Q(images__original__gt="")))
        .filter(Q(ready__isnull=True) | Q(ready=Subquery(first)))
    )


def _columns() -> dict[str, F]:
    return {**GOOD_COLUMNS[1], **{f"picture_{name}": F(f"ready__{name}") for name in _PICTURE_COLUMNS}}


class _Joined(Func):
    """Texts of several rows in one, by either database's name for it."""

    function = "STRING_AGG"
    output_field = TextField()

    def as_sqlite(self, compiler: SQLCompiler, connection: Any, **context: Any) -> Any:
        """Write SQLite's name."""
        return super().as_sql(compiler, connection, function="GROUP_CONCAT", **context)


def _packs(good_ids: list[int], since: datetime) -> QuerySet[Product, Any]:
    packs = Product.objects.filter(parent__in=good_ids, structure=Product.CHILD).order_by()
    stock = {"in_stock": F("stockrecords__num_in_stock"), "promised": F("stockrecords__num_allocated")}
    fixed = ("pk", "parent_id", "title_vi", "title_en")
    normal = packs.annotate(
        held=FilteredRelation(
            "normal_prices",
            condition=Q(normal_prices__valid_until__isnull=True) | Q(normal_prices__valid_until__gt=since),
        )
    ).values(
        *fixed,
        **stock,
        amount=F("held__amount"),
        source=F("held__source"),
        starts_at=F("held__valid_from"),
        ends_at=F("held__valid_until"),
        is_dated=Value(False, BooleanField()),
    )
    dated = packs.filter(dated_prices__ends_at__gt=since).values(
        *fixed,
        **stock,
        amount=F("dated_prices__amount"),
        source=F("dated_prices__source"),
        starts_at=F("dated_prices__starts_at"),
        ends_at=F("dated_prices__ends_at"),
        is_dated=Value(True, BooleanField()),
    )
    return normal.union(dated, all=True)


_prepared_goods = PreparedRows(_goods)
_prepared_goods_with_texts = PreparedRows(_goods_with_texts)
_prepared_packs = PreparedRows(_packs, takes_moment=True)
