"""Reads goods from the rooms below and writes them down as documents, in a constant number of queries.

A document says what holds during an interval in which nothing changes by itself. The ends of these intervals
are the moments at which a price, a certificate, a further paper, a licence or a dated rule begins or ends. What
is shown and what is sold is asked of the one rule, interval by interval.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from django.utils import timezone

from catalogue.certification.bulk_facts import facts_for_many_goods, facts_for_many_packs
from catalogue.certification.models import Certificate, StandardCertificate
from catalogue.certification.programme import rule_book
from catalogue.certification.rules import GoodFacts, PackFacts, PriceWindow, sale_decision
from catalogue.models import Product
from catalogue.packs import PackOffer, lead_pack
from catalogue.pricing.selectors import PriceInterval, price_intervals
from catalogue.producers.models import DeliveryReach
from catalogue.reviews.ratings import rating_step
from catalogue.seasons import season_months
from catalogue.texts import TEXT_FIELDS
from marketplace.clock import day_of, start_of_day
from marketplace.places.index import place_index
from marketplace.places.models import Commune, Province
from marketplace.places.selectors import find_commune
from search.classification import likely_set
from search.codes import decision_tokens
from search.delivery import provinces_reached, reaches_of
from search.documents import MAXIMUM_INTERVALS, GoodDocument, Text, named_texts, proper_names, texts
from search.facts import code_token, facts_of_names, facts_of_texts, popularity_tokens, rating_tokens
from search.forms import forms_of
from search.gazetteer import gazetteer
from search.source_rows import (
    PackRow,
    PaperRow,
    bought_with_of,
    good_rows,
    list_keys_of,
    packs_of,
    papers_of,
    sectors_of_sets,
    stories_of,
)

#: The first interval also answers for the past, which nobody asks about, and for clocks that differ.
_EVER: Final = 0
_FOREVER: Final = int(datetime(2400, 1, 1, tzinfo=UTC).timestamp())
_A_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Good:
    """Everything that a good's documents are made of."""

    row: dict[str, Any]
    facts: GoodFacts
    packs: tuple[PackRow, ...]
    pack_facts: dict[int, PackFacts]
    prices: dict[int, list[PriceInterval]]
    papers: tuple[PaperRow, ...]
    set_sector: str
    #: Where no set is confirmed: the one that its name speaks for, and the sector of that.
    likely_set: int | None
    likely_sector: str
    list_keys: tuple[str, ...]
    #: The tables of delivery that hold for the producer, in the order in which they begin.
    reaches: tuple[DeliveryReach, ...] = ()
    #: Goods on whose pages it may stand as bought together with them.
    bought_with: tuple[int, ...] = ()
    #: What its producer tells of itself.
    story: tuple[Text, ...] = ()


def build_documents(
    product_ids: Sequence[int], *, now: datetime | None = None
) -> dict[int, tuple[int, list[GoodDocument]]]:
    """Return the version and the documents of each good that exists; goods never shown have none.

    The version is read first, together with the good: whatever is committed afterwards raises it and is
    picked up by the next round, so a document is never older than it says.
    """
    now = now or timezone.now()
    rows = {row["pk"]: row for row in good_rows(product_ids)}
    facts = facts_for_many_goods(rows)
    packs = packs_of(rows)
    goods_of_packs = {pack.pk: facts[pk] for pk, own in packs.items() if pk in facts for pack in own}
    prices = price_intervals(goods_of_packs, at=now)
    windows = {
        pk: tuple(PriceWindow(interval.starts_at, interval.ends_at) for interval in intervals)
        for pk, intervals in prices.items()
    }
    pack_facts = facts_for_many_packs(goods_of_packs, windows)
    papers = papers_of(rows.values(), now)
    reaches = reaches_of({row["producer_id"] for row in rows.values()}, since=day_of(now))
    bought_with = bought_with_of(rows)
    stories = stories_of({row["producer_id"] for row in rows.values()})
    sectors = sectors_of_sets()
    list_keys = list_keys_of(rows)
    law = _days_of_the_law(day_of(now))
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
            reaches=reaches.of(row["producer_id"]),
            bought_with=tuple(bought_with[pk]),
            story=stories.get(row["producer_id"], ()),
            likely_set=(likely := _likely_set(row, sectors)),
            likely_sector=sectors.get(likely or 0, ""),
            set_sector=sectors.get(row["product_set_id"], ""),
            list_keys=tuple(list_keys.get(pk, ())),
        )
        built[pk] = (row["version"], list(_documents(good, now, law)))
    return built


# -- writing down --------------------------------------------------------------------------------


def _documents(good: _Good, now: datetime, law: Sequence[date]) -> Iterator[GoodDocument]:
    row = good.row
    commune = find_commune(row["commune_id"] or row["producer__commune_id"] or "")
    facts = tuple(_facts(good, commune))
    province = commune.province if commune else _province_in(facts)
    name = named_texts([row["title_vi"]], english=[row["title_en"]])
    described = {
        "product_id": row["pk"],
        "version": row["version"],
        "name": name,
        "maker": texts((row["producer__name"],), is_name=True),
        "body": texts(_described(row, "vi"), english=_described(row, "en")),
        "story": good.story,
        "facts": facts,
        "sector": row["sector_id"] or "",
        "product_set": row["product_set_id"],
        "province": province.code if province else "",
        "region": province.macro_region if province else "",
        "forms": forms_of(_says_form(good)),
        "season": season_months(row["season_first"], row["season_last"]),
        "bought_with": good.bought_with,
        "producer": row["producer_id"],
        "alcohol": row["alcohol"] != Product.Alcohol.NONE,
        "created_at": row["date_created"],
    }
    proper = proper_names(name)
    home = find_commune(row["producer__commune_id"] or "")
    number = 0
    moments = _moments(good, now, law)
    for start, end in zip(moments, [*moments[1:], None], strict=True):
        on = day_of(start)
        verdict = sale_decision(facts=good.facts, on=on, at=start, adult=True)
        if not verdict.shown or verdict.certificate is None or number == MAXIMUM_INTERVALS:
            continue
        price, reduced, sold = _lead_price(good, start, on)
        standards = tuple(
            sorted({paper.standard for paper in good.papers if paper.first_day <= on <= paper.last_day})
        )
        yield GoodDocument(
            **described,
            context=(*proper, *texts(_about(good, standards), english=_about_in_english(good))),
            number=number,
            true_from=_EVER if start == now else math.ceil(start.timestamp()),
            true_until=_FOREVER if end is None else math.ceil(end.timestamp()),
            stars=verdict.certificate.stars,
            standards=standards,
            price=price,
            reduced=reduced,
            sold=sold,
            delivery=provinces_reached(good.reaches, home.province if home else None, on) if sold else (),
        )
        number += 1


def _days_of_the_law(today: date) -> list[date]:
    """Return the days after ``today`` from which other rules hold for every good."""
    book = rule_book()
    days = [rule.in_force_from for rule in book.recognition] + [rule.in_force_from for rule in book.alcohol]
    return [day for day in days if day > today]


def _moments(good: _Good, now: datetime, law: Sequence[date]) -> list[datetime]:
    """Return ``now`` and the later moments at which anything about the good changes, in order; ``law``: as `_days_of_the_law` tells."""
    facts = good.facts
    first_days = [paper.valid_from for paper in facts.certificates]
    first_days += [paper.first_day for paper in good.papers]
    first_days += [*law, facts.licence_from]
    last_days = [paper.in_force_until for paper in facts.certificates]
    last_days += [paper.last_day for paper in good.papers]
    last_days += [facts.licence_until]
    first_days += [reach.valid_from for reach in good.reaches]
    last_days += [reach.valid_until for reach in good.reaches]
    today = day_of(now)
    moments = {start_of_day(day) for day in first_days if day and day > today}
    moments |= {start_of_day(day + _A_DAY) for day in last_days if day and day >= today}
    for intervals in good.prices.values():
        for interval in intervals:
            moments |= {interval.starts_at, *([interval.ends_at] if interval.ends_at else [])}
    return [now, *sorted(moment for moment in moments if moment > now)]


def _lead_price(good: _Good, at: datetime, on: date) -> tuple[int | None, bool, bool]:
    """Return what the lead pack costs at a moment of the day ``on`` (đồng, None without a price), whether that is reduced, and whether any pack is sold."""
    holding = {pk: _holding(good.prices[pk], at) for pk in good.pack_facts}
    offers = [
        PackOffer(
            pk,
            interval.amount if (interval := holding[pk]) else None,
            sale_decision(facts=facts, on=on, at=at, adult=True).sold,
        )
        for pk, facts in good.pack_facts.items()
    ]
    lead = lead_pack(offers, chosen=good.row["lead_pack_id"])
    price = holding[lead.pk] if lead else None
    return (
        price.amount if price else None,
        price.reduced if price else False,
        any(offer.sold for offer in offers),
    )


def _holding(intervals: list[PriceInterval], at: datetime) -> PriceInterval | None:
    for interval in intervals:
        if interval.starts_at <= at and (interval.ends_at is None or at < interval.ends_at):
            return interval
    return None


def _says_form(good: _Good) -> Iterator[str | None]:
    """Yield what may say in which form the good comes: its name, its packs and what is in them."""
    yield from (good.row["title_vi"], good.row["title_en"])
    for pack in good.packs:
        yield from (pack.title_vi, pack.title_en)
    yield from (good.row["net_quantity_vi"], good.row["net_quantity_en"])


def _about(good: _Good, standards: Iterable[str]) -> Iterator[str | None]:
    """Yield what is said of the good beside its name: papers that hold, packs, street."""
    row = good.row
    yield from (str(StandardCertificate.Standard(standard).label) for standard in standards)
    yield from (pack.title_vi for pack in good.packs)
    yield row["net_quantity_vi"]
    yield row["producer__street"]


def _about_in_english(good: _Good) -> Iterator[str | None]:
    yield from (pack.title_en for pack in good.packs)
    yield good.row["net_quantity_en"]


def _described(row: dict[str, Any], language: str) -> Iterator[str | None]:
    return (row[f"{name}_{language}"] for name in TEXT_FIELDS)


def _likely_set(row: dict[str, Any], sectors: dict[int, str]) -> int | None:
    """Return the set that an unconfirmed good is likely of: by the lexicon, else as the import suggests."""
    if row["product_set_id"]:
        return None
    name, sector = row["title_vi"] or row["title_en"] or "", row["sector_id"] or ""
    suggested: int | None = row["suggested_set_id"]
    if sector and suggested and sectors.get(suggested) != sector:
        suggested = None
    return likely_set(name, sector=sector, sectors=sectors) or suggested


def _facts(good: _Good, commune: Commune | None) -> Iterator[str]:
    """Yield what the good is, where it comes from, and its codes (see `search/facts.py`)."""
    row = good.row
    names = [name for name in (row["title_vi"], row["title_en"]) if name]
    english = [row["title_en"]] if row["title_en"] and row["title_en"] != row["title_vi"] else []
    yield from facts_of_names([row["title_vi"]], english)
    packs = [title for pack in good.packs for title in (pack.title_vi, pack.title_en)]
    said = [*names, *packs, row["net_quantity_vi"], row["net_quantity_en"]]
    yield from facts_of_texts(text for text in said if text)
    yield from _kind_facts(good)
    yield from _place_facts(row, commune)
    yield from _code_facts(good)
    yield from popularity_tokens(row["popularity"])
    yield from rating_tokens(rating_step(row["rating"], row["review_count"]))
    proposed = Certificate.State.PROPOSED
    yield from sorted({f"o:{paper.stars}" for paper in good.facts.certificates if paper.state == proposed})


def _kind_facts(good: _Good) -> Iterator[str]:
    row = good.row
    for sector in dict.fromkeys((row["sector_id"], good.set_sector)):
        if sector:
            yield f"s:{sector}"
    if row["product_set_id"]:
        yield f"k:{row['product_set_id']}"
    elif good.likely_set:
        yield f"k?{good.likely_set}"
        yield f"s?{good.likely_sector}"


def _place_facts(row: dict[str, Any], commune: Commune | None) -> Iterator[str]:
    address, region = row["producer__address_text"], row["producer__legacy_region"]
    if commune is None:
        yield from gazetteer().facts_in(f"{address} {region}")
        return
    yield from gazetteer().facts_of(commune.code, commune.province_id, address)


def _province_in(facts: Iterable[str]) -> Province | None:
    """Return the province that an address names which leads to no commune; None where it names several."""
    codes = {fact[2:] for fact in facts if fact.startswith("p:")}
    return place_index().provinces.get(codes.pop()) if len(codes) == 1 else None


def _code_facts(good: _Good) -> Iterator[str]:
    row = good.row
    codes = [row["ocop_code"], *(pack.upc for pack in good.packs), *good.list_keys]
    for paper in good.facts.certificates:
        codes += [paper.official_code, paper.public_code]
        if paper.decision_number:
            yield from decision_tokens(paper.decision_number)
    yield from (code_token(code) for code in codes if code)
