"""Loads what the one rule asks, in a constant number of queries, and with locks where an order is placed."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from django.db.models import F, Q
from django.utils import timezone

from catalogue.certification.models import Certificate
from catalogue.certification.rules import CertificateFacts, GoodFacts, PackFacts, PriceWindow
from catalogue.models import Product
from catalogue.pricing.models import DatedPrice, NormalPrice
from catalogue.producers.models import Partner, StockRecord

#: What `GoodFacts` takes from the tables, between the id and the certificates, in its order.
_OF_A_GOOD: Final = (
    "listing",
    "alcohol",
    "alcohol_strength",
    "producer__seller_state",
    "producer__alcohol_licence_number",
    "producer__alcohol_licence_from",
    "producer__alcohol_licence_until",
)

#: What `CertificateFacts` takes from the tables, after `verified`, in its order.
_OF_A_CERTIFICATE: Final = (
    "valid_from",
    "in_force_until",
    "public_code",
    "official_code",
    "decision__number",
)


def facts_for_goods(good_ids: Iterable[int]) -> dict[int, GoodFacts]:
    """Return the facts of goods (ids of structure `parent`) by id, in two queries. Unknown ids are left out."""
    ids = sorted(set(good_ids))
    certificates = _certificates(ids)
    goods = Product.objects.filter(pk__in=ids, structure=Product.PARENT).order_by()
    return {
        pk: GoodFacts(pk, *values, certificates[pk])
        for pk, *values in goods.values_list("pk", *_OF_A_GOOD).iterator()
    }


def facts_for_packs(
    goods: Mapping[int, GoodFacts], prices: Mapping[int, tuple[PriceWindow, ...]]
) -> dict[int, PackFacts]:
    """Return the facts of packs (ids of structure `child`) by id, in one query, from what is already read.

    `goods` names the good of each pack, `prices` the spans of time in which a pack has a price.
    """
    stock = _available(sorted(goods), lock=False)
    return {
        pk: PackFacts(pk=pk, good=good, available=stock.get(pk, 0), prices=prices.get(pk, ()))
        for pk, good in goods.items()
    }


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
    found: dict[int, list[CertificateFacts]] = defaultdict(list)
    if lock:  # rows can only be locked where they are read whole
        papers = papers.select_for_update(of=("self",))
        for paper in papers.annotate(decision_number=F("decision__number")):
            found[paper.product_id].append(
                certificate_facts(paper, decision_number=paper.decision_number or "")
            )
    else:
        rows = papers.values_list("product_id", "pk", "stars", "state", "verified_at", *_OF_A_CERTIFICATE)
        for product_id, pk, stars, state, verified_at, *rest, number in rows:
            facts = CertificateFacts(pk, stars, state, verified_at is not None, *rest, number or "")
            found[product_id].append(facts)
    return defaultdict(tuple, {good: tuple(papers) for good, papers in found.items()})


def _available(pack_ids: list[int], *, lock: bool) -> dict[int, int]:
    records = StockRecord.objects.filter(product__in=pack_ids).order_by("pk")
    columns = ("product_id", "num_in_stock", "num_allocated")
    if not lock:
        return {pack: in_stock - promised for pack, in_stock, promised in records.values_list(*columns)}
    return {
        record.product_id: record.num_in_stock - record.num_allocated
        for record in records.select_for_update(of=("self",)).only(*columns)
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
