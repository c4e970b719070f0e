"""What offers and codes take off one basket: goods first, then, once the parcels' quotes are known, delivery.

Reads the offers that could hold in a constant number of queries, none of them for a line.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db.models import Model, Q, QuerySet

from catalogue.producers.models import Partner
from checkout.basket.contents import Contents, Parcel
from checkout.basket.models import Basket
from checkout.offer.law import DiscountLaw, discount_law
from checkout.offer.models import Benefit, Condition, ConditionalOffer, Range
from checkout.offer.till import Till, settled_till
from checkout.offer.uses import OfferBuyer, UseCounts, use_counts
from checkout.offer.words import (
    missing_words,
    no_delivery_words,
    no_effect_words,
    promise_words,
    rival_words,
    standing_words,
)
from checkout.voucher.models import Voucher
from marketplace.clock import day_of
from marketplace.prepared import PreparedRows, columns_beside, columns_of, model_with

#: What is read with an offer.
_BESIDE: Final[dict[str, type[Model]]] = {
    "condition": Condition,
    "condition__range": Range,
    "benefit": Benefit,
    "producer": Partner,
}
_BESIDE_A_CODE: Final[dict[str, type[Model]]] = {
    "offer": ConditionalOffer,
    **{f"offer__{path}": model for path, model in _BESIDE.items()},
}


@dataclass(frozen=True, slots=True)
class Discount:
    """What one offer takes off. Amounts in đồng."""

    offer: ConditionalOffer
    #: The code that opened it; None where it holds by itself.
    voucher: Voucher | None
    #: By basket line, and by producer for what delivery costs less.
    lines: Mapping[int, int] = field(default_factory=dict)
    parcels: Mapping[int, int] = field(default_factory=dict)

    @property
    def amount(self) -> int:
        return sum(self.lines.values()) + sum(self.parcels.values())

    @property
    def label(self) -> str:
        """What the buyer knows it by: its name, and the code."""
        return f"{self.offer.name} ({self.voucher.code})" if self.voucher else str(self.offer.name)

    @property
    def is_borne_by_platform(self) -> bool:
        return self.offer.funded_by == ConditionalOffer.Funder.PLATFORM


@dataclass(frozen=True, slots=True)
class CodeStanding:
    """A code that was entered. `problem`: why it takes nothing off, in words; empty where it does."""

    voucher: Voucher
    problem: str = ""
    amount: int = 0


@dataclass(frozen=True, slots=True)
class OfferBook:
    """The offers that could hold for one basket, and what is known of them."""

    contents: Contents
    law: DiscountLaw | None
    #: Offers that may be used now, those by code last.
    usable: Sequence[ConditionalOffer]
    #: The codes in the basket, by offer.
    codes: Mapping[int, Voucher]
    #: Why a code can't be used now, by offer, in words.
    refused: Mapping[int, str]

    def on_goods(self) -> "GoodsDiscounts":
        """Return what is taken off the goods."""
        offers = [offer for offer in self.usable if not offer.is_on_delivery]
        if self.law is None or not offers:
            return GoodsDiscounts((), None)
        till = settled_till(self.contents.lines, self.law, offers)
        return GoodsDiscounts(
            tuple(
                Discount(offer, self.codes.get(offer.pk), lines=till.taken[offer.pk])
                for offer in offers
                if offer.pk in till.taken
            ),
            till,
        )

    def on_delivery(self, carriages: Mapping[int, int]) -> list[Discount]:
        """Return what is taken off delivery; `carriages` is what the way of each producer's parcel costs (đồng).

        Each parcel is judged by itself and takes the one offer that saves most.
        """
        offers = [offer for offer in self.usable if offer.is_on_delivery]
        if self.law is None or not offers:
            return []
        taken: dict[int, dict[int, int]] = {}
        left = {offer.pk: offer.budget_left for offer in offers}
        for parcel in self.contents.parcels:
            carriage = carriages.get(parcel.producer.pk, 0)
            best, amount = self._best_for(parcel, carriage, offers, left)
            if best is not None:
                taken.setdefault(best.pk, {})[parcel.producer.pk] = amount
                budget = left[best.pk]
                left[best.pk] = None if budget is None else budget - amount
        return [
            Discount(offer, self.codes.get(offer.pk), parcels=taken[offer.pk])
            for offer in offers
            if offer.pk in taken
        ]

    def _best_for(
        self,
        parcel: Parcel,
        carriage: int,
        offers: Iterable[ConditionalOffer],
        left: Mapping[int, int | None],
    ) -> tuple[ConditionalOffer | None, int]:
        best: ConditionalOffer | None = None
        most = 0
        for offer in offers:
            amount = self._off_carriage(parcel, carriage, offer)
            budget = left[offer.pk]
            if amount > most and (budget is None or amount <= budget):
                best, most = offer, amount
        return best, most

    def _off_carriage(self, parcel: Parcel, carriage: int, offer: ConditionalOffer) -> int:
        if self.law is None or any(self.law.bars(line.good) for line in parcel.lines):
            return 0
        till = Till(parcel.lines, self.law)
        if not till.covered(offer) or not offer.is_condition_satisfied(till):
            return 0
        return int(offer.shipping_discount(carriage))

    def standings(self, given: Iterable[Discount], till: Till | None) -> list[CodeStanding]:
        """Return how each code in the basket stands, once everything has been taken off."""
        amounts = {discount.offer.pk: discount.amount for discount in given}
        return [
            CodeStanding(
                voucher,
                problem="" if pk in amounts else self.refused.get(pk) or self._no_effect(voucher.offer, till),
                amount=amounts.get(pk, 0),
            )
            for pk, voucher in self.codes.items()
        ]

    def _no_effect(self, offer: ConditionalOffer, till: Till | None) -> str:
        if offer.is_on_delivery and self.law is not None:
            tills = [Till(parcel.lines, self.law) for parcel in self.contents.parcels]
            return no_delivery_words(offer, tills)
        return no_effect_words(offer, till)

    def hints(self, till: Till | None) -> list[str]:
        """Say what is missing for an offer that holds by itself, and which discounts don't go together, in words."""
        if till is None:
            return []
        hints = []
        for offer in self.usable:
            if offer.is_on_delivery or not till.covered(offer):
                continue
            if offer.pk in till.taken:
                rivals = {line.rival(offer) for line in till.covered(offer) if offer not in line.takers} - {
                    None
                }
                hints += [rival_words(offer, rival) for rival in rivals if rival is not None]
            elif not offer.is_by_code and not offer.is_condition_satisfied(till):
                hints.append(missing_words(offer, till) + " " + promise_words(offer))
        return hints


@dataclass(frozen=True, slots=True)
class GoodsDiscounts:
    """What is taken off the goods, and the till on which that was worked out (None: there was nothing to work out)."""

    given: tuple[Discount, ...]
    till: Till | None

    def of_line(self, pk: int) -> int:
        """Return what is taken off a basket line in all."""
        return sum(discount.lines.get(pk, 0) for discount in self.given)


def offer_book(contents: Contents, *, buyer: OfferBuyer) -> OfferBook:
    """Return the offers that could hold for a basket: two queries where there are none, else at most five more, and two for choices."""
    at = contents.at
    automatic = _automatic(contents, at)
    codes = {voucher.offer_id: voucher for voucher in _codes_in(contents)}
    by_code = [voucher.offer for voucher in codes.values()]
    offers = [*automatic, *by_code]
    if not offers or not contents.lines:
        return OfferBook(contents, None, (), codes, {})
    day = day_of(at)
    counts = use_counts(offers, buyer=buyer, day=day)
    standings = {
        offer.pk: standing_words(offer, codes.get(offer.pk), counts.get(offer.pk, UseCounts()), at)
        for offer in offers
    }
    usable = [offer for offer in offers if not standings[offer.pk]]
    Range.load_choices([offer.range for offer in usable], good_ids={line.good.pk for line in contents.lines})
    return OfferBook(
        contents=contents,
        law=discount_law(day) if usable else None,
        usable=usable,
        codes=codes,
        refused={pk: words for pk, words in standings.items() if words and pk in codes},
    )


def _automatic(contents: Contents, at: datetime) -> list[ConditionalOffer]:
    """Return the offers that hold by themselves for goods of the basket's producers."""
    producers = [parcel.producer.pk for parcel in contents.parcels]
    rows = _prepared_automatic(producers or [0], moment=at)
    return [model_with(ConditionalOffer, row, _BESIDE) for row in rows]


def _codes_in(contents: Contents) -> list[Voucher]:
    if contents.basket_id is None:
        return []
    typed = [row["voucher_id"] for row in _prepared_typed([contents.basket_id])]
    return [model_with(Voucher, row, _BESIDE_A_CODE) for row in _prepared_codes(typed)]


def _offers_running(producer_ids: list[int], at: datetime) -> QuerySet[ConditionalOffer, Any]:
    return (
        ConditionalOffer.objects.filter(
            Q(condition__range__producer__isnull=True) | Q(condition__range__producer__in=producer_ids),
            offer_type=ConditionalOffer.SITE,
            status=ConditionalOffer.OPEN,
            start_datetime__lte=at,
            end_datetime__gt=at,
        )
        .order_by("pk")
        .values(*columns_of(ConditionalOffer), *columns_beside(_BESIDE))
    )


def _typed(basket_ids: list[int]) -> QuerySet[Any, Any]:
    # Most baskets have no code: the table of who typed which tells it without the five beside a code.
    return Basket.vouchers.through.objects.filter(basket__in=basket_ids).order_by().values("voucher_id")


def _codes(voucher_ids: list[int]) -> QuerySet[Voucher, Any]:
    return (
        Voucher.objects.filter(pk__in=voucher_ids)
        .order_by("pk")
        .values(*columns_of(Voucher), *columns_beside(_BESIDE_A_CODE))
    )


_prepared_automatic = PreparedRows(_offers_running, takes_moment=True)
_prepared_typed = PreparedRows(_typed)
_prepared_codes = PreparedRows(_codes)
