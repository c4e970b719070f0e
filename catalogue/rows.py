"""Rows of goods, packs and pictures as pages show them: read by `values()`, each kind in one query for any number of goods."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Final

from django.db.models import F, QuerySet

from catalogue.certification.models import Certificate
from catalogue.certification.programme import rule_book
from catalogue.certification.rules import shown_q
from catalogue.models import Product, ProductImage
from marketplace.clock import day_of
from marketplace.places.names import short_name
from marketplace.prepared import PreparedRows

Row = dict[str, Any]
#: Ids of goods, or a query for them that becomes part of ours.
Ids = list[int] | QuerySet[Product, Any]


#: What cards need of a good: its own columns, and others by their names here.
GOOD_COLUMNS: Final = (
    (
        "pk",
        "slug",
        "title_vi",
        "title_en",
        "listing",
        "alcohol",
        "alcohol_strength",
        "lead_pack_id",
        "rating",
        "review_count",
    ),
    {
        "producer_name": F("producer__name"),
        "seller_state": F("producer__seller_state"),
        "licence_number": F("producer__alcohol_licence_number"),
        "licence_from": F("producer__alcohol_licence_from"),
        "licence_until": F("producer__alcohol_licence_until"),
        "commune_name": F("commune__name"),
        "province_name": F("commune__province__name"),
        "producer_commune_name": F("producer__commune__name"),
        "producer_province_name": F("producer__commune__province__name"),
        "certificate_id": F("certificates__pk"),
        "stars": F("certificates__stars"),
        "certificate_state": F("certificates__state"),
        "valid_from": F("certificates__valid_from"),
        "in_force_until": F("certificates__in_force_until"),
    },
)


def shown_goods(ids: Ids, *, at: datetime, adult: bool) -> dict[int, Row]:
    """Return goods that the one rule shows at `at`, with producer, place and the certificate in force; one query."""
    day = day_of(at)
    stars_from = rule_book().recognition_on(day).recognised_from_stars
    rows = (
        _prepared_goods(ids, day, stars_from, adult)
        if isinstance(ids, list)
        else _shown_goods(ids, day, stars_from, adult)
    )
    return {row["pk"]: row for row in rows}


def goods_shown_by_rule(ids: Ids, day: date, stars_from: int, adult: bool) -> QuerySet[Product]:
    """Return those of the goods that the one rule shows on `day`, joined with the certificate in force."""
    in_force = Certificate.objects.in_force(day, stars_from=stars_from).filter(product__in=ids)
    return Product.objects.filter(shown_q(day, adult=adult), pk__in=ids, certificates__in=in_force).order_by()


def _shown_goods(ids: Ids, day: date, stars_from: int, adult: bool) -> QuerySet[Product, Row]:
    return goods_shown_by_rule(ids, day, stars_from, adult).values(*GOOD_COLUMNS[0], **GOOD_COLUMNS[1])


def packs_of(good_ids: Iterable[int]) -> defaultdict[int, list[Row]]:
    """Return the packs of goods with their stock, by good; one query."""
    packs: defaultdict[int, list[Row]] = defaultdict(list)
    for row in _prepared_packs(list(good_ids)):
        packs[row["parent_id"]].append(row)
    return packs


def _packs(good_ids: list[int]) -> QuerySet[Product, Row]:
    return (
        Product.objects.filter(parent__in=good_ids, structure=Product.CHILD)
        .order_by("pk")
        .values(
            "pk",
            "parent_id",
            "title_vi",
            "title_en",
            in_stock=F("stockrecords__num_in_stock"),
            promised=F("stockrecords__num_allocated"),
        )
    )


def pictures_of(good_ids: Iterable[int]) -> defaultdict[int, list[Row]]:
    """Return the pictures of goods that are ready, in their order, by good; one query."""
    pictures: defaultdict[int, list[Row]] = defaultdict(list)
    for row in _prepared_pictures(list(good_ids)):
        pictures[row["product_id"]].append(row)
    return pictures


def _pictures(good_ids: list[int]) -> QuerySet[ProductImage, Row]:
    return (
        ProductImage.objects.filter(product__in=good_ids)
        .exclude(original="")
        .order_by("display_order", "pk")
        .values(
            "product_id",
            "original",
            "width",
            "height",
            "alt_vi",
            "alt_en",
            "placeholder",
            "processed_at",
            "is_illustration",
        )
    )


_prepared_goods = PreparedRows(_shown_goods)
_prepared_packs = PreparedRows(_packs)
_prepared_pictures = PreparedRows(_pictures)


def available(pack: Row) -> int:
    """Return how many of a pack can be sold: stock less what is promised."""
    return (pack["in_stock"] or 0) - (pack["promised"] or 0)


def place_of(good: Row) -> str:
    """Return commune and province of a good, else of its producer; empty where neither is known."""
    commune, province = good["commune_name"], good["province_name"]
    if not commune:
        commune, province = good["producer_commune_name"], good["producer_province_name"]
    return f"{commune}, {short_name(province)}" if commune else ""
