"""Cards of goods: the one source for listing, search, blocks in stories, producer and region pages.

Rows are read by `values()`; twenty cards cost as many queries as two thousand.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.functional import Promise

from catalogue.addresses import good_url
from catalogue.card_rows import goods_with_picture, packs_with_prices
from catalogue.certification.models import StandardCertificate
from catalogue.certification.rules import (
    CertificateFacts,
    GoodFacts,
    PackFacts,
    PriceWindow,
    SaleDecision,
    sale_decision,
)
from catalogue.models import Product
from catalogue.packs import PackOffer, lead_pack
from catalogue.pictures.serving import Picture, picture_from_values
from catalogue.pricing.selectors import PackPrice
from catalogue.reviews.ratings import Rating, rating_of
from catalogue.rows import Row, available, place_of
from catalogue.texts import FALLBACK, TEXT_FIELDS, text_in
from marketplace.clock import day_of


@dataclass(frozen=True, slots=True)
class Card:
    """A good as listings show it: with its lead pack. Amounts in whole đồng."""

    product_id: int
    url: str
    name: str
    producer_name: str
    #: Commune and province: `Phường Lâm Viên - Đà Lạt, Lâm Đồng`; empty where unknown.
    place: str
    stars: int
    price: int | None
    struck: int | None
    badge_percent: int
    #: Whether the price was made up for a demonstration.
    price_is_sample: bool
    pack_label: str
    pack_id: int | None
    can_buy: bool
    #: Why it cannot be bought, in the words of the one rule; empty where it can.
    reason: str | Promise
    picture: Picture | None
    is_illustration: bool
    alcohol: bool
    #: What buyers give it; None where nobody has said anything.
    rating: Rating | None
    #: The next moment at which its price or its lead pack may change; none: until further notice.
    until: datetime | None
    #: Where asked for: language and text of what is told of it, the page's language first, then Vietnamese.
    told: tuple[tuple[str, str], ...] = ()


def cards_for(
    product_ids: Iterable[int], *, language: str, at: datetime, adult: bool, with_texts: bool = False
) -> list[Card]:
    """Return the cards of goods (ids of structure `parent`) in the given order, in two queries.

    `with_texts`: each with what is told of it, in the same queries.
    Goods that the one rule doesn't show at `at` to this visitor are left out: an index may be a moment behind.
    """
    ids = list(dict.fromkeys(product_ids))
    if not ids:
        return []
    goods = goods_with_picture(ids, at=at, adult=adult, with_texts=with_texts)
    packs, prices = packs_with_prices(list(goods), at=at)
    cards = []
    for pk in ids:
        if pk in goods:
            good, picture = goods[pk]
            pictures = [picture] if picture else []
            card = card_from_rows(good, packs[pk], prices, pictures, language=language, at=at, adult=adult)
            cards.append(replace(card, told=_told(good, language)) if with_texts else card)
    return cards


def card_from_rows(
    good: Row,
    packs: list[Row],
    prices: dict[int, PackPrice],
    pictures: list[Row],
    *,
    language: str,
    at: datetime,
    adult: bool,
) -> Card:
    """Return the card of a good from rows of `catalogue.rows`; asks nothing of the database."""
    facts = _facts(good)
    verdicts = {pack["pk"]: pack_verdict(facts, pack, prices, at=at, adult=adult) for pack in packs}
    offers = [
        PackOffer(pk, prices[pk].now if pk in prices else None, verdict.sold)
        for pk, verdict in verdicts.items()
    ]
    lead = lead_pack(offers, chosen=good["lead_pack_id"])
    verdict = verdicts[lead.pk] if lead else sale_decision(facts=facts, on=day_of(at), at=at, adult=adult)
    price = prices.get(lead.pk) if lead else None
    name = text_in(good, "title", language)
    label = next((text_in(pack, "title", language) for pack in packs if lead and pack["pk"] == lead.pk), "")
    picture = None
    if pictures:
        first = pictures[0]
        picture = picture_from_values({**first, "alt": text_in(first, "alt", language) or name}, square=True)
    return Card(
        product_id=good["pk"],
        url=good_url(pk=good["pk"], slug=good["slug"], language=language),
        name=name,
        producer_name=good["producer_name"],
        place=place_of(good),
        stars=good["stars"],
        price=price.now if price else None,
        struck=price.struck if price else None,
        badge_percent=price.badge_percent if price else 0,
        price_is_sample=price.is_sample if price else False,
        pack_label=label,
        pack_id=lead.pk if lead else None,
        can_buy=verdict.sold,
        reason="" if verdict.sold else verdict.reason.text,
        picture=picture,
        is_illustration=picture.is_illustration if picture else False,
        alcohol=good["alcohol"] != Product.Alcohol.NONE,
        rating=rating_of(good["rating"], good["review_count"]),
        until=min((own.until for own in map(prices.get, verdicts) if own and own.until), default=None),
    )


def _told(good: Row, language: str) -> tuple[tuple[str, str], ...]:
    """Return what is told of a good: its standards, its own texts, its producer's story."""
    held = [
        StandardCertificate.Standard(value) for value in sorted(set((good["papers"] or "").split(",")) - {""})
    ]
    told = [(language, ", ".join(str(standard.label) for standard in held))]
    for each in dict.fromkeys((language, FALLBACK)):
        told += [(each, good[f"{field}_{each}"] or "") for field in (*TEXT_FIELDS, "story")]
    return tuple((each, text) for each, text in told if text)


def _facts(good: Row) -> GoodFacts:
    return GoodFacts(
        pk=good["pk"],
        listing=good["listing"],
        alcohol=good["alcohol"],
        strength=good["alcohol_strength"],
        seller_state=good["seller_state"],
        licence_number=good["licence_number"],
        licence_from=good["licence_from"],
        licence_until=good["licence_until"],
        certificates=(
            CertificateFacts(
                pk=good["certificate_id"],
                stars=good["stars"],
                state=good["certificate_state"],
                verified=True,
                valid_from=good["valid_from"],
                in_force_until=good["in_force_until"],
            ),
        ),
    )


def pack_verdict(
    facts: GoodFacts, pack: Row, prices: dict[int, PackPrice], *, at: datetime, adult: bool
) -> SaleDecision:
    """Return the verdict of the one rule on a pack, from a row of `catalogue.rows` and its price at `at`."""
    window = (PriceWindow(starts_at=at, ends_at=None),) if pack["pk"] in prices else ()
    pack_facts = PackFacts(pk=pack["pk"], good=facts, available=available(pack), prices=window)
    return sale_decision(facts=pack_facts, on=day_of(at), at=at, adult=adult)
