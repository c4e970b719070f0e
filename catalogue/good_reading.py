"""Reads what the page of one good is made of, each kind in one query whose SQL is written once (see `marketplace.prepared`)."""

from datetime import date, datetime

from django.db.models import Model, Q, QuerySet

from catalogue.certification.models import Certificate, Decision, StandardCertificate
from catalogue.certification.rules import shown_q
from catalogue.models import Product, ProductSet, Sector
from catalogue.producers.models import Partner
from catalogue.rows import Row
from marketplace.clock import day_of
from marketplace.places.models import Commune, Province
from marketplace.prepared import PreparedRows, columns_beside, columns_of, model_from_row, model_with

#: How many related goods a page shows.
RELATED = 4

#: Where what the page names of a good lies, seen from the good.
_BESIDE: dict[str, type[Model]] = {
    "producer": Partner,
    "producer__commune": Commune,
    "producer__commune__province": Province,
    "commune": Commune,
    "commune__province": Province,
    "sector": Sector,
    "product_set": ProductSet,
}


def read_good(pk: int) -> Product | None:
    """Return a good with producer, places, sector and set; None where there is none, or where `pk` is a pack's."""
    rows = _good_rows([pk])
    if not rows:
        return None
    return model_with(Product, rows[0], _BESIDE)


def read_certificates(good: Product) -> tuple[Certificate, ...]:
    """Return the certificates of a good with their decisions, the oldest first."""
    papers = []
    for row in _certificate_rows([good.pk]):
        paper = model_from_row(Certificate, row)
        paper.decision = None if row["decision_id"] is None else model_from_row(Decision, row, "decision__")
        papers.append(paper)
    return tuple(papers)


def read_standards(good: Product, *, at: datetime) -> tuple[StandardCertificate, ...]:
    """Return the verified standards of a good and of its producer that hold on the day of `at`."""
    rows = _standard_rows([good.pk, good.producer_id or 0], day_of(at))
    return tuple(model_from_row(StandardCertificate, row) for row in rows)


def read_related(good: Product, *, at: datetime, adult: bool) -> list[int]:
    """Return the ids of other goods of the same producer or set that are shown, the newest first."""
    # One more than is shown: the good itself may be among them.
    rows = _related_rows([good.producer_id or 0, good.product_set_id or 0], day_of(at), adult)
    return [row["pk"] for row in rows if row["pk"] != good.pk][:RELATED]


def _goods(ids: list[int]) -> QuerySet[Product, Row]:
    return (
        Product.objects.filter(pk__in=ids, structure=Product.PARENT)
        .order_by()
        .values(*columns_of(Product), *columns_beside(_BESIDE))
    )


def _certificates(good_ids: list[int]) -> QuerySet[Certificate, Row]:
    decision = [f"decision__{name}" for name in columns_of(Decision)]
    return (
        Certificate.objects.filter(product__in=good_ids)
        .order_by("pk")
        .values(*columns_of(Certificate), *decision)
    )


def _standards(ids: list[int], day: date) -> QuerySet[StandardCertificate, Row]:
    good, producer = ids[0], ids[1]
    return (
        StandardCertificate.objects.filter(
            Q(product=good) | Q(producer=producer),
            verified_at__isnull=False,
            valid_from__lte=day,
            valid_until__gte=day,
        )
        .order_by("standard", "pk")
        .values(*columns_of(StandardCertificate))
    )


def _related(ids: list[int], day: date, adult: bool) -> QuerySet[Product, Row]:
    producer, product_set = ids[0], ids[1]
    shown = Product.objects.filter(shown_q(day, adult=adult)).order_by("-pk").values("pk")
    # The newest of each are found by an index; asked for in one breath, all goods of the set would be looked through.
    of_producer = shown.filter(producer=producer)[: RELATED + 1]
    of_set = shown.filter(product_set=product_set)[: RELATED + 1]
    return (
        Product.objects.filter(Q(pk__in=of_producer) | Q(pk__in=of_set))
        .order_by("-pk")
        .values("pk")[: RELATED + 1]
    )


_good_rows = PreparedRows(_goods)
_certificate_rows = PreparedRows(_certificates)
_standard_rows = PreparedRows(_standards)
_related_rows = PreparedRows(_related)
