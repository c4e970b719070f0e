"""Reads goods from the rooms below and writes them down as documents, in a constant number of queries.

A document says what holds during an interval in which nothing changes by itself. The ends of these intervals
are the moments at which a price, a certificate, a further paper, a licence or a dated rule begins or ends. What
is shown and what is sold is asked of the one rule, interval by interval.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, NamedTuple

from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from catalogue.certification.bulk_facts import facts_for_many_goods, facts_for_many_packs
from catalogue.certification.models import StandardCertificate
from catalogue.certification.programme import rule_book
from catalogue.certification.rules import GoodFacts, PackFacts, PriceWindow, sale_decision
from catalogue.models import Product, ProductChange, ProductSet, Sector
from catalogue.packs import PackOffer, lead_pack
from catalogue.pricing.selectors import PriceInterval, price_intervals
from marketplace.clock import day_of, start_of_day
from marketplace.places.selectors import find_commune, former_units
from search.documents import MAXIMUM_INTERVALS, GoodDocument, texts

#: The first interval also answers for the past, which nobody asks about, and for clocks that differ.
_EVER: Final = 0
_FOREVER: Final = int(datetime(2400, 1, 1, tzinfo=UTC).timestamp())
_TEXT_FIELDS: Final = ("description", "ingredients", "origin", "usage")
_A_DAY: Final = timedelta(days=1)


class _Pack(NamedTuple):
    pk: int
    title_vi: str
    title_en: str


class _Paper(NamedTuple):
    """A further paper (VietGAP, organic …) of a good or its producer; days inclusive."""

    standard: str
    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True)
class _Good:
    """Everything that a good's documents are made of."""

    row: dict[str, Any]
    facts: GoodFacts
    packs: tuple[_Pack, ...]
    pack_facts: dict[int, PackFacts]
    prices: dict[int, list[PriceInterval]]
    papers: tuple[_Paper, ...]


def build_documents(
    product_ids: Sequence[int], *, now: datetime | None = None
) -> dict[int, tuple[int, list[GoodDocument]]]:
    """Return the version and the documents of each good that exists; goods never shown have none.

    The version is read first, together with the good: whatever is committed afterwards raises it and is
    picked up by the next round, so a document is never older than it says.
    """
    now = now or timezone.now()
    rows = {row["pk"]: row for row in _goods(product_ids)}
    facts = facts_for_many_goods(rows)
    packs = _packs(rows)
    goods_of_packs = {pack.pk: facts[pk] for pk, own in packs.items() if pk in facts for pack in own}
    prices = price_intervals(goods_of_packs, at=now)
    windows = {
        pk: tuple(PriceWindow(interval.starts_at, interval.ends_at) for interval in intervals)
        for pk, intervals in prices.items()
    }
    pack_facts = facts_for_many_packs(goods_of_packs, windows)
    papers = _papers(rows.values(), now)
    kinds = _kinds()
    built: dict[int, tuple[int, list[GoodDocument]]] = {}
    for pk, row in rows.items():
        if pk not in facts:  # deleted since the row was read
            continue
        own = packs.get(pk, ())
        good = _Good(
            row=row,
            facts=facts[pk],
            packs=own,
            pack_facts={pack.pk: pack_facts[pack.pk] for pack in own},
            prices={pack.pk: prices.get(pack.pk, []) for pack in own},
            papers=tuple(papers["good", pk] + papers["producer", row["producer_id"]]),
        )
        built[pk] = (row["version"], list(_documents(good, now, kinds)))
    return built


# -- reading -------------------------------------------------------------------------------------


def _goods(product_ids: Sequence[int]) -> Iterable[dict[str, Any]]:
    version = ProductChange.objects.filter(pk=OuterRef("pk")).values("version")
    texts_in_both = [f"{name}_{language}" for name in _TEXT_FIELDS for language in ("vi", "en")]
    return (
        Product.objects.filter(pk__in=product_ids, structure=Product.PARENT)
        .annotate(version=Coalesce(Subquery(version), 0))
        .values(
            "pk", "version", "title_vi", "title_en", *texts_in_both, "net_quantity_vi", "net_quantity_en",
            "ocop_code", "sector_id", "product_set_id", "lead_pack_id", "commune_id", "alcohol", "date_created",
            "producer_id", "producer__name", "producer__commune_id", "producer__address_text",
            "producer__legacy_region",
        )
    )  # fmt: skip


def _packs(good_ids: Iterable[int]) -> dict[int, tuple[_Pack, ...]]:
    found: dict[int, list[_Pack]] = defaultdict(list)
    packs = Product.objects.filter(parent__in=list(good_ids), structure=Product.CHILD).order_by("pk")
    for parent, *pack in packs.values_list("parent_id", "pk", "title_vi", "title_en"):
        found[parent].append(_Pack(*pack))
    return {parent: tuple(packs) for parent, packs in found.items()}


def _papers(
    goods: Iterable[dict[str, Any]], now: datetime
) -> defaultdict[tuple[str, int | None], list[_Paper]]:
    goods = list(goods)
    papers = StandardCertificate.objects.filter(
        Q(product__in=[good["pk"] for good in goods])
        | Q(producer__in={good["producer_id"] for good in goods}),
        verified_at__isnull=False,
        valid_until__gte=day_of(now),
    ).order_by("pk")
    found: defaultdict[tuple[str, int | None], list[_Paper]] = defaultdict(list)
    for paper in papers:
        owner = ("good", paper.product_id) if paper.product_id else ("producer", paper.producer_id)
        found[owner].append(_Paper(paper.standard, paper.valid_from, paper.valid_until))
    return found


def _kinds() -> dict[str | int, tuple[str, ...]]:
    """Return the words of each sector (by code) and set (by number) that name one kind of goods."""
    kinds: dict[str | int, tuple[str, ...]] = {}
    for code, *names in Sector.objects.values_list("pk", "name_vi", "name_en"):
        kinds[code] = tuple(filter(_names_one_kind, names))
    for number, *names in ProductSet.objects.values_list("pk", "group_vi", "group_en", "name_vi", "name_en"):
        kinds[number] = tuple(filter(_names_one_kind, names))
    return kinds


def _names_one_kind(name: str | None) -> bool:
    """Whether a kind's name isn't a list: "Salt, onion, garlic, pepper" would make pepper of every garlic."""
    return bool(name) and not any(mark in f"{name}" for mark in (",", "(", " và ", " and "))


# -- writing down --------------------------------------------------------------------------------


def _documents(good: _Good, now: datetime, kinds: dict[str | int, tuple[str, ...]]) -> Iterator[GoodDocument]:
    row = good.row
    commune = find_commune(row["commune_id"] or row["producer__commune_id"] or "")
    described = {
        "product_id": row["pk"],
        "version": row["version"],
        "name": texts((row["title_vi"], row["title_en"])),
        "context": (*texts(_about(good, kinds)), *texts(_places(row), synonyms=False)),
        "body": texts(row[f"{name}_{language}"] for name in _TEXT_FIELDS for language in ("vi", "en")),
        "sector": row["sector_id"] or "",
        "product_set": row["product_set_id"],
        "province": commune.province_id if commune else "",
        "producer": row["producer_id"],
        "alcohol": row["alcohol"] == Product.Alcohol.ALCOHOL,
        "created_at": row["date_created"],
    }
    number = 0
    moments = _moments(good, now)
    for start, end in zip(moments, [*moments[1:], None], strict=True):
        on = day_of(start)
        verdict = sale_decision(facts=good.facts, on=on, at=start, adult=True)
        if not verdict.shown or verdict.certificate is None or number == MAXIMUM_INTERVALS:
            continue
        price, sold = _lead_price(good, start)
        yield GoodDocument(
            **described,
            number=number,
            true_from=_EVER if start == now else math.ceil(start.timestamp()),
            true_until=_FOREVER if end is None else math.ceil(end.timestamp()),
            stars=verdict.certificate.stars,
            standards=tuple(
                sorted({paper.standard for paper in good.papers if paper.first_day <= on <= paper.last_day})
            ),
            price=price,
            sold=sold,
        )
        number += 1


def _moments(good: _Good, now: datetime) -> list[datetime]:
    """Return ``now`` and the later moments at which anything about the good changes, in order."""
    book = rule_book()
    facts = good.facts
    first_days = [paper.valid_from for paper in facts.certificates]
    first_days += [paper.first_day for paper in good.papers]
    first_days += [rule.in_force_from for rule in book.recognition]
    first_days += [rule.in_force_from for rule in book.alcohol]
    first_days += [facts.licence_from]
    last_days = [paper.in_force_until for paper in facts.certificates]
    last_days += [paper.last_day for paper in good.papers]
    last_days += [facts.licence_until]
    moments = {start_of_day(day) for day in first_days if day}
    moments |= {start_of_day(day + _A_DAY) for day in last_days if day}
    for intervals in good.prices.values():
        for interval in intervals:
            moments |= {interval.starts_at, *([interval.ends_at] if interval.ends_at else [])}
    return [now, *sorted(moment for moment in moments if moment > now)]


def _lead_price(good: _Good, at: datetime) -> tuple[int | None, bool]:
    """Return what the lead pack costs at a moment (đồng, None without a price), and whether any pack is sold."""
    on = day_of(at)
    offers = [
        PackOffer(
            pk,
            _price_at(good.prices[pk], at),
            sale_decision(facts=facts, on=on, at=at, adult=True).sold,
        )
        for pk, facts in good.pack_facts.items()
    ]
    lead = lead_pack(offers, chosen=good.row["lead_pack_id"])
    return (lead.price if lead else None), any(offer.sold for offer in offers)


def _price_at(intervals: list[PriceInterval], at: datetime) -> int | None:
    for interval in intervals:
        if interval.starts_at <= at and (interval.ends_at is None or at < interval.ends_at):
            return interval.amount
    return None


def _about(good: _Good, kinds: dict[str | int, tuple[str, ...]]) -> Iterator[str | None]:
    """Yield what is said of the good beside its name: producer, kind, papers, packs, code."""
    row = good.row
    yield row["producer__name"]
    yield from kinds.get(row["sector_id"], ())
    yield from kinds.get(row["product_set_id"], ())
    yield from (str(StandardCertificate.Standard(paper.standard).label) for paper in good.papers)
    for pack in good.packs:
        yield from (pack.title_vi, pack.title_en)
    yield from (row["net_quantity_vi"], row["net_quantity_en"], row["ocop_code"])


def _places(row: dict[str, Any]) -> Iterator[str | None]:
    """Yield every name of the places that the good comes from, today's and those before July 2025."""
    yield from (row["producer__legacy_region"], row["producer__address_text"])
    for code in dict.fromkeys(filter(None, (row["commune_id"], row["producer__commune_id"]))):
        commune = find_commune(code)
        if commune is not None:
            yield from (commune.name, commune.province.name)
            for unit in former_units(commune):
                yield from (unit.name, unit.district, unit.province)
