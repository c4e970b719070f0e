"""What lies in a basket, grouped by producer: price, verdict of the one rule and what to do about each line."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from catalogue.addresses import good_url
from catalogue.certification.facts import facts_for
from catalogue.certification.rules import PackFacts, SaleDecision, sale_decision
from catalogue.certification.verdicts import VerdictReason
from catalogue.models import Product
from catalogue.pictures.serving import Picture, picture_from_values
from catalogue.pricing.selectors import PackPrice, prices_at
from catalogue.producers.models import Partner
from catalogue.rows import pictures_of
from checkout.basket.models import Basket, Line
from checkout.basket.reading import read_lines
from checkout.shipping.weights import Item
from marketplace.clock import day_of


@dataclass(frozen=True, slots=True)
class ContentLine:
    """One pack in a basket at one moment. Amounts in đồng."""

    line: Line
    decision: SaleDecision
    price: PackPrice | None
    #: Stock not yet promised, in packs.
    available: int
    #: The good's name in the language of the page.
    name: str
    picture: Picture | None = None

    @property
    def pk(self) -> int:
        return int(self.line.pk)

    @property
    def pack(self) -> Product:
        return self.line.product

    @property
    def good(self) -> Product:
        good: Product = self.line.product.parent
        return good

    @property
    def url(self) -> str:
        return good_url(pk=self.good.pk, slug=self.good.slug, language=(get_language() or "vi")[:2])

    @property
    def quantity(self) -> int:
        return int(self.line.quantity)

    @property
    def amount(self) -> int:
        """The line's total; 0 where the pack has no price."""
        return self.price.now * self.quantity if self.price else 0

    @property
    def is_sold(self) -> bool:
        """Whether the line can be ordered as it is."""
        return self.decision.sold and self.price is not None and self.quantity <= self.available

    @property
    def is_too_many(self) -> bool:
        """Whether the pack is sold, but not as many of it."""
        return self.decision.sold and self.quantity > self.available

    @property
    def problem(self) -> str | Promise:
        """Why the line can't be ordered as it is; empty where it can."""
        if self.is_too_many:
            return _("Only %(count)d left.") % {"count": self.available}
        if not self.decision.sold:
            return self.decision.reason.text
        return "" if self.price else VerdictReason.NO_PRICE.text

    @property
    def price_before(self) -> int | None:
        """The price when the pack was added, where it is another today."""
        before = self.line.price_incl_tax
        return int(before) if self.price and before is not None and before != self.price.now else None

    @property
    def is_alcohol(self) -> bool:
        return self.good.alcohol != Product.Alcohol.NONE


@dataclass(frozen=True, slots=True)
class Parcel:
    """The lines of one producer, which go out together."""

    producer: Partner
    lines: list[ContentLine]

    @property
    def goods_total(self) -> int:
        """What the lines that can be ordered come to."""
        return sum(line.amount for line in self.lines if line.is_sold)

    @property
    def minimum_missing(self) -> int:
        """By how much the goods must grow to reach the producer's minimum order; 0 where they do."""
        return max(0, self.producer.minimum_order - self.goods_total)

    def items(self) -> list[Item]:
        """The lines that can be ordered, as a carrier sees them."""
        return [Item.of(line.pack, line.quantity) for line in self.lines if line.is_sold]


@dataclass(frozen=True, slots=True)
class Contents:
    """A whole basket at one moment."""

    parcels: list[Parcel]
    at: datetime
    #: None where the basket isn't saved yet.
    basket_id: int | None = None
    #: The account that it belongs to; None for a guest.
    owner_id: int | None = None

    @property
    def lines(self) -> list[ContentLine]:
        return [line for parcel in self.parcels for line in parcel.lines]

    @property
    def goods_total(self) -> int:
        return sum(parcel.goods_total for parcel in self.parcels)

    @property
    def has_alcohol(self) -> bool:
        return any(line.is_alcohol for line in self.lines)

    @property
    def can_be_ordered(self) -> bool:
        return bool(self.parcels) and all(
            line.is_sold for parcel in self.parcels for line in parcel.lines
        ) and not any(parcel.minimum_missing for parcel in self.parcels)  # fmt: skip


def basket_contents(
    basket: Basket,
    *,
    adult: bool,
    at: datetime | None = None,
    lock: bool = False,
    with_pictures: bool = False,
) -> Contents:
    """Return what `basket` holds at `at` (default: now), in the same few queries for one line and for a hundred.

    `lock` holds certificates as they are until the transaction ends, before anything is judged.
    """
    moment = at or timezone.now()
    lines = read_lines(basket)
    pack_ids = [line.product_id for line in lines]
    facts = facts_for(pack_ids, at=moment, lock=lock) if pack_ids else {}
    prices = prices_at(pack_ids, moment)
    pictures = _pictures(lines) if with_pictures else {}
    parcels: dict[int, Parcel] = {}
    for line in lines:
        pack_facts = facts.get(line.product_id)
        producer: Partner = line.product.parent.producer
        parcel = parcels.setdefault(producer.pk, Parcel(producer, []))
        parcel.lines.append(
            ContentLine(
                line=line,
                decision=_verdict(pack_facts, moment, adult=adult),
                price=prices.get(line.product_id),
                available=max(pack_facts.available, 0) if pack_facts else 0,
                name=str(line.product.parent.title),
                picture=pictures.get(line.product.parent_id),
            )
        )
    return Contents(list(parcels.values()), moment, basket_id=basket.pk, owner_id=basket.owner_id)


def basket_count(basket: Basket) -> int:
    """Return how many packs lie in a basket: what the number in the header says."""
    return sum(line.quantity for line in basket.lines.all()) if basket.pk else 0


def _verdict(facts: PackFacts | None, at: datetime, *, adult: bool) -> SaleDecision:
    if facts is None:
        return SaleDecision(shown=False, sold=False, reason=VerdictReason.NO_PACK)
    return sale_decision(facts=facts, on=day_of(at), at=at, adult=adult)


def _pictures(lines: Iterable[Line]) -> dict[int, Picture]:
    rows = pictures_of({line.product.parent_id for line in lines})
    language = (get_language() or "vi")[:2]
    return {
        good: picture_from_values({**own[0], "alt": own[0].get(f"alt_{language}") or ""}, square=True)
        for good, own in rows.items()
    }
