"""The rows that a good's search documents are made of, each kind in one query whose SQL is written once (see `marketplace.prepared`)."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from catalogue.certification.imports.models import ImportRow
from catalogue.certification.models import StandardCertificate
from catalogue.models import BoughtTogether, Product, ProductChange, ProductSet
from catalogue.producers.models import ProducerStory
from catalogue.texts import LANGUAGES, TEXT_FIELDS
from marketplace.clock import day_of
from marketplace.prepared import PreparedRows
from search.documents import Text, texts


class PackRow(NamedTuple):
    """A pack of a good."""

    pk: int
    title_vi: str
    title_en: str
    upc: str | None


class PaperRow(NamedTuple):
    """A further paper (VietGAP, organic …) of a good or its producer; days inclusive."""

    standard: str
    first_day: date
    last_day: date


def good_rows(product_ids: Iterable[int]) -> list[dict[str, Any]]:
    """Return what goods say of themselves, with the version up to which that is known: read with the row, so that it is never newer than it."""
    return _prepared_goods(list(product_ids))


def _goods(product_ids: list[int]) -> QuerySet[Product, Any]:
    version = ProductChange.objects.filter(pk=OuterRef("pk")).values("version")
    texts_in_both = [f"{name}_{language}" for name in TEXT_FIELDS for language in LANGUAGES]
    return (
        Product.objects.rewrite(False)  # each language is asked for by its own name
        .filter(pk__in=product_ids, structure=Product.PARENT)
        .annotate(version=Coalesce(Subquery(version), 0))
        .values(
            "pk", "version", "title_vi", "title_en", *texts_in_both, "net_quantity_vi", "net_quantity_en",
            "ocop_code", "sector_id", "product_set_id", "suggested_set_id", "lead_pack_id", "commune_id", "alcohol", "date_created",
            "season_first", "season_last", "producer_id", "producer__name", "producer__commune_id", "producer__address_text",
            "producer__street", "producer__legacy_region", "popularity",
        )
    )  # fmt: skip


def packs_of(good_ids: Iterable[int]) -> dict[int, tuple[PackRow, ...]]:
    """Return the packs of goods in the order of their ids; goods without any are left out."""
    found: dict[int, list[PackRow]] = defaultdict(list)
    for row in _prepared_packs(list(good_ids)):
        found[row.pop("parent_id")].append(PackRow(**row))
    return {parent: tuple(packs) for parent, packs in found.items()}


def _packs(good_ids: list[int]) -> QuerySet[Product, Any]:
    packs = Product.objects.rewrite(False).filter(parent__in=good_ids, structure=Product.CHILD)
    return packs.order_by("pk").values("parent_id", "pk", "title_vi", "title_en", "upc")


def papers_of(
    goods: Iterable[dict[str, Any]], now: datetime
) -> defaultdict[tuple[str, int | None], list[PaperRow]]:
    """Return the verified papers that hold or will hold, by `("good", id)` or `("producer", id)`."""
    goods = list(goods)
    papers = StandardCertificate.objects.filter(
        Q(product__in=[good["pk"] for good in goods])
        | Q(producer__in={good["producer_id"] for good in goods}),
        verified_at__isnull=False,
        valid_until__gte=day_of(now),
    ).order_by("pk")
    found: defaultdict[tuple[str, int | None], list[PaperRow]] = defaultdict(list)
    for paper in papers:
        owner = ("good", paper.product_id) if paper.product_id else ("producer", paper.producer_id)
        found[owner].append(PaperRow(paper.standard, paper.valid_from, paper.valid_until))
    return found


def bought_with_of(good_ids: Iterable[int]) -> defaultdict[int, list[int]]:
    """Return the goods that each was bought together with."""
    found: defaultdict[int, list[int]] = defaultdict(list)
    for pair in _prepared_pairs(list(good_ids)):
        found[pair["other_id"]].append(pair["good_id"])
    return found


def _pairs(good_ids: list[int]) -> QuerySet[BoughtTogether, Any]:
    return BoughtTogether.objects.filter(other__in=good_ids).order_by("good").values("other_id", "good_id")


def stories_of(producer_ids: Iterable[int]) -> dict[int, tuple[Text, ...]]:
    """Return what producers tell of themselves in published stories."""
    stories = ProducerStory.objects.filter(pk__in=list(producer_ids))
    return {
        pk: texts([vietnamese], english=[english], synonyms=False)
        for pk, vietnamese, english in stories.values_list("pk", "text_vi", "text_en")
    }


def sectors_of_sets() -> dict[int, str]:
    """Return the sector's code of each product set."""
    return dict(ProductSet.objects.values_list("number", "sector_id"))


def list_keys_of(good_ids: Iterable[int]) -> dict[int, list[str]]:
    """Return the keys under which decision lists name each good."""
    found: dict[int, list[str]] = defaultdict(list)
    for row in _prepared_list_rows(list(good_ids)):
        found[row["product_id"]].append(row["key"])
    return found


def _list_rows(good_ids: list[int]) -> QuerySet[ImportRow, Any]:
    return ImportRow.objects.filter(product__in=good_ids).order_by("pk").values("product_id", "key")


_prepared_goods = PreparedRows(_goods)
_prepared_packs = PreparedRows(_packs)
_prepared_pairs = PreparedRows(_pairs)
_prepared_list_rows = PreparedRows(_list_rows)
