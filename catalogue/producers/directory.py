"""Producers as pages show them: those with goods that may be shown."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.db.models.functions import Coalesce

from catalogue.certification.rules import shown_q
from catalogue.models import Product
from catalogue.producers.models import Partner
from marketplace.clock import day_of
from marketplace.places.names import short_name


@dataclass(frozen=True, slots=True)
class ProvinceCount:
    """A province and how many producers with goods it has."""

    code: str
    name: str
    producers: int


def producers_shown(*, at: datetime, adult: bool, province: str = "") -> QuerySet[Partner]:
    """Return producers with at least one good that is shown, by name; `province` is a code, empty for all."""
    goods = Product.objects.filter(shown_q(day_of(at), adult=adult), producer=OuterRef("pk"))
    producers = Partner.objects.filter(Exists(goods)).select_related("commune__province")
    if province:
        producers = producers.filter(commune__province=province)
    return producers.order_by("name", "pk")


def communes_with_goods(*, at: datetime, adult: bool) -> list[str]:
    """Return the codes of the communes from which a good is shown, those with most goods first; one query."""
    rows = (
        Product.objects.filter(shown_q(day_of(at), adult=adult))
        .order_by()
        .annotate(place=Coalesce("commune", "producer__commune"))
        .exclude(place=None)
        .values("place")
        .annotate(goods=Count("pk"))
        .order_by("-goods", "place")
    )
    return [row["place"] for row in rows]


def provinces_with_producers(*, at: datetime, adult: bool) -> list[ProvinceCount]:
    """Return the provinces in which there are producers with goods that are shown, most producers first."""
    rows = (
        producers_shown(at=at, adult=adult)
        .order_by()
        .filter(commune__isnull=False)
        .values("commune__province_id", "commune__province__name")
        .annotate(producers=Count("pk"))
        .order_by("-producers", "commune__province_id")
    )
    return [
        ProvinceCount(
            row["commune__province_id"], short_name(row["commune__province__name"]), row["producers"]
        )
        for row in rows
    ]


def goods_shown_of(producers: list[int], *, at: datetime, adult: bool) -> dict[int, int]:
    """Return how many goods of each producer are shown; one query."""
    rows = (
        Product.objects.filter(shown_q(day_of(at), adult=adult), producer__in=producers)
        .order_by()
        .values("producer_id")
        .annotate(goods=Count("pk"))
    )
    return {row["producer_id"]: row["goods"] for row in rows}
