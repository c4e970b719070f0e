"""Loads what the one rule asks, in a constant number of queries, and with locks where an order is placed."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from catalogue.certification.models import Certificate
from catalogue.certification.rules import CertificateFacts, GoodFacts, PackFacts, PriceWindow
from catalogue.models import Product
from catalogue.pricing.models import DatedPrice, NormalPrice
from catalogue.producers.models import Partner
from marketplace.prepared import PreparedRows

Row = dict[str, Any]


def facts_for_goods(good_ids: Iterable[int]) -> dict[int, GoodFacts]:
    """Return the facts of goods (ids of structure `parent`) by id, in two queries. Unknown ids are left out."""
    ids = sorted(set(good_ids))
    certificates = certificates_of(ids)
    goods = Product.objects.filter(pk__in=ids, structure=Product.PARENT).select_related("producer")
    return {good.pk: good_facts(good, certificates[good.pk]) for good in goods}


def facts_for(
    pack_ids: Iterable[int], *, at: datetime | None = None, lock: bool = False
) -> dict[int, PackFacts]:
    """Return the facts of packs (ids of structure `child`) by id, in three queries. Unknown ids are left out.

    Prices that ended before `at` (default: now) are left out too. With `lock`, inside a transaction, the goods' certificates are locked
    against change, in the order of their ids, before anything is read: no withdrawal comes between the verdict and the sale. Other
    orders don't wait for it. What is in stock is only read: reserving it decides (`checkout.reservations`).
    """
    ids = sorted(set(pack_ids))
    moment = at or timezone.now()
    locked = _by_good(_prepared_locked_papers(ids)) if lock else None
    packs = _prepared_packs(ids)
    certificates = certificates_of({pack["parent_id"] for pack in packs}) if locked is None else locked
    prices: dict[int, list[PriceWindow]] = defaultdict(list)
    for window in _prepared_windows(ids, moment=moment):
        prices[window["pack_id"]].append(
            PriceWindow(starts_at=window["starts_at"], ends_at=window["ends_at"])
        )
    goods = {pack["parent_id"]: _good_of(pack, certificates[pack["parent_id"]]) for pack in packs}
    return {
        pack["pk"]: PackFacts(
            pk=pack["pk"],
            good=goods[pack["parent_id"]],
            available=(pack["in_stock"] or 0) - (pack["promised"] or 0),
            prices=tuple(prices[pack["pk"]]),
        )
        for pack in packs
    }


def _good_of(pack: Row, certificates: tuple[CertificateFacts, ...]) -> GoodFacts:
    return GoodFacts(
        pk=pack["parent_id"],
        listing=pack["parent__listing"],
        alcohol=pack["parent__alcohol"],
        strength=pack["parent__alcohol_strength"],
        seller_state=pack["seller_state"],
        licence_number=pack["licence_number"],
        licence_from=pack["licence_from"],
        licence_until=pack["licence_until"],
        certificates=certificates,
    )


def _packs(pack_ids: list[int]) -> QuerySet[Product, Any]:
    return (
        Product.objects.filter(pk__in=pack_ids, structure=Product.CHILD)
        .order_by()
        .values(
            "pk",
            "parent_id",
            "parent__listing",
            "parent__alcohol",
            "parent__alcohol_strength",
            seller_state=F("parent__producer__seller_state"),
            licence_number=F("parent__producer__alcohol_licence_number"),
            licence_from=F("parent__producer__alcohol_licence_from"),
            licence_until=F("parent__producer__alcohol_licence_until"),
            in_stock=F("stockrecords__num_in_stock"),
            promised=F("stockrecords__num_allocated"),
        )
    )


def _papers(good_ids: list[int] | QuerySet[Product, Any]) -> QuerySet[Certificate, Any]:
    return (
        Certificate.objects.filter(product__in=good_ids)
        .order_by("pk")
        .values(
            "pk",
            "product_id",
            "stars",
            "state",
            "verified_at",
            "valid_from",
            "in_force_until",
            "public_code",
            "official_code",
            decision_number=F("decision__number"),
        )
    )


def _windows(pack_ids: list[int], at: datetime) -> QuerySet[NormalPrice, Any]:
    normal = (
        NormalPrice.objects.filter(Q(valid_until__isnull=True) | Q(valid_until__gt=at), pack_id__in=pack_ids)
        .order_by()
        .values("pack_id", starts_at=F("valid_from"), ends_at=F("valid_until"))
    )
    dated = (
        DatedPrice.objects.filter(pack_id__in=pack_ids, ends_at__gt=at)
        .order_by()
        .values("pack_id", "starts_at", "ends_at")
    )
    return normal.union(dated, all=True)


def _locked_papers(pack_ids: list[int]) -> QuerySet[Certificate, Any]:
    packs = Product.objects.filter(pk__in=pack_ids, structure=Product.CHILD).order_by()
    return _papers(packs.values("parent_id")).select_for_update(of=("self",))


_prepared_packs = PreparedRows(_packs)
_prepared_locked_papers = PreparedRows(_locked_papers, shares_locks=True)
_prepared_papers = PreparedRows(_papers)
_prepared_windows = PreparedRows(_windows, takes_moment=True)


def certificates_of(good_ids: Iterable[int]) -> dict[int, tuple[CertificateFacts, ...]]:
    """Return the certificates of goods in the order of their ids, as the rule takes the first in force; none for other ids. One query."""
    return _by_good(_prepared_papers(list(good_ids)))


def _by_good(papers: Iterable[Row]) -> dict[int, tuple[CertificateFacts, ...]]:
    found: dict[int, list[CertificateFacts]] = defaultdict(list)
    for paper in papers:
        found[paper["product_id"]].append(
            CertificateFacts(
                pk=paper["pk"],
                stars=paper["stars"],
                state=paper["state"],
                verified=paper["verified_at"] is not None,
                valid_from=paper["valid_from"],
                in_force_until=paper["in_force_until"],
                public_code=paper["public_code"],
                official_code=paper["official_code"],
                decision_number=paper["decision_number"] or "",
            )
        )
    return defaultdict(tuple, {good: tuple(rows) for good, rows in found.items()})


def certificate_facts(paper: Certificate, *, decision_number: str = "") -> CertificateFacts:
    """Return what the rule asks of a certificate that is already read."""
    return CertificateFacts(
        pk=paper.pk,
        stars=paper.stars,
        state=paper.state,
        verified=paper.verified_at is not None,
        valid_from=paper.valid_from,
        in_force_until=paper.in_force_until,
        public_code=paper.public_code,
        official_code=paper.official_code,
        decision_number=decision_number,
    )


def good_facts(good: Product, certificates: tuple[CertificateFacts, ...]) -> GoodFacts:
    """Return what the rule asks of a good that is already read, with its producer."""
    producer: Partner = good.producer  # type: ignore[assignment]  # a constraint gives every good one
    return GoodFacts(
        pk=good.pk,
        listing=good.listing,
        alcohol=good.alcohol,
        strength=good.alcohol_strength,
        seller_state=producer.seller_state,
        licence_number=producer.alcohol_licence_number,
        licence_from=producer.alcohol_licence_from,
        licence_until=producer.alcohol_licence_until,
        certificates=certificates,
    )
