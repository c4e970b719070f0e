"""Loads what the one rule asks, in a constant number of queries, and with locks where an order is placed."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from django.db.models import F, Q
from django.utils import timezone

from catalogue.certification.models import Certificate
from catalogue.certification.rules import CertificateFacts, GoodFacts, PackFacts, PriceWindow
from catalogue.models import Product
from catalogue.pricing.models import DatedPrice, NormalPrice
from catalogue.producers.models import Partner, StockRecord


def facts_for_goods(good_ids: Iterable[int]) -> dict[int, GoodFacts]:
    """Return the facts of goods (ids of structure `parent`) by id, in two queries. Unknown ids are left out."""
    ids = sorted(set(good_ids))
    certificates = _certificates(ids)
    goods = Product.objects.filter(pk__in=ids, structure=Product.PARENT).select_related("producer")
    return {good.pk: good_facts(good, certificates[good.pk]) for good in goods}


def facts_for(
    pack_ids: Iterable[int], *, at: datetime | None = None, lock: bool = False
) -> dict[int, PackFacts]:
    """Return the facts of packs (ids of structure `child`) by id, in four queries. Unknown ids are left out.

    Prices that ended before `at` (default: now) are left out too. With `lock`, inside a transaction, the goods' certificates and then
    the packs' stock records are locked for update, each in the order of their ids, before anything is read: so that two orders
    cannot deadlock, and that neither a withdrawal nor another order comes between the verdict and the sale.
    """
    ids = sorted(set(pack_ids))
    moment = at or timezone.now()
    good_ids = (
        sorted(
            Product.objects.filter(pk__in=ids, structure=Product.CHILD)
            .order_by()
            .values_list("parent_id", flat=True)
            .distinct()
        )
        if lock
        else None
    )
    certificates = _certificates(good_ids, lock=True) if good_ids is not None else None
    stock = _available(ids, lock=lock)
    packs = list(
        Product.objects.filter(pk__in=ids, structure=Product.CHILD).select_related("parent__producer")
    )
    if certificates is None:
        certificates = _certificates({pack.parent_id for pack in packs})
    prices = _price_windows(ids, moment)
    goods = {pack.parent_id: good_facts(pack.parent, certificates[pack.parent_id]) for pack in packs}
    return {
        pack.pk: PackFacts(
            pk=pack.pk,
            good=goods[pack.parent_id],
            available=stock.get(pack.pk, 0),
            prices=tuple(prices[pack.pk]),
        )
        for pack in packs
    }


def _certificates(good_ids: Iterable[int], *, lock: bool = False) -> dict[int, tuple[CertificateFacts, ...]]:
    papers = Certificate.objects.filter(product__in=list(good_ids)).order_by("pk")
    if lock:
        papers = papers.select_for_update(of=("self",))
    found: dict[int, list[CertificateFacts]] = defaultdict(list)
    for paper in papers.annotate(decision_number=F("decision__number")):
        found[paper.product_id].append(certificate_facts(paper, decision_number=paper.decision_number or ""))
    return defaultdict(tuple, {good: tuple(rows) for good, rows in found.items()})


def _available(pack_ids: list[int], *, lock: bool) -> dict[int, int]:
    records = StockRecord.objects.filter(product__in=pack_ids).order_by("pk")
    if lock:
        records = records.select_for_update(of=("self",))
    return {
        record.product_id: record.num_in_stock - record.num_allocated
        for record in records.only("product_id", "num_in_stock", "num_allocated")
    }


def _price_windows(pack_ids: list[int], at: datetime) -> dict[int, list[PriceWindow]]:
    normal = (
        NormalPrice.objects.filter(Q(valid_until__isnull=True) | Q(valid_until__gt=at), pack__in=pack_ids)
        .order_by()
        .values_list("pack_id", "valid_from", "valid_until")
    )
    dated = (
        DatedPrice.objects.filter(pack__in=pack_ids, ends_at__gt=at)
        .order_by()
        .values_list("pack_id", "starts_at", "ends_at")
    )
    windows: dict[int, list[PriceWindow]] = defaultdict(list)
    for pack_id, starts_at, ends_at in normal.union(dated, all=True):
        windows[pack_id].append(PriceWindow(starts_at=starts_at, ends_at=ends_at))
    return windows


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
