"""Works out at the till what offers take off which line. Asks no database: what it needs was read before.

Of the offers that hold by themselves each line takes one, the one that saves most. A code comes on top where both allow it; where they
don't, the buyer gets whichever saves more.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from checkout.basket.contents import ContentLine
from checkout.offer.law import DiscountLaw
from checkout.offer.models import ConditionalOffer
from marketplace.money import split_within


@dataclass(eq=False, slots=True)
class TillLine:
    """One line of the basket while discounts are worked out. Amounts in đồng, for all its packs."""

    content: ContentLine
    #: What it must still cost: by the law's cap, and by the one within a concentrated programme.
    least: int
    least_concentrated: int
    #: What it costs after what was taken off so far.
    left: int
    takers: list[ConditionalOffer] = field(default_factory=list)

    @property
    def pk(self) -> int:
        return self.content.pk

    @property
    def quantity(self) -> int:
        return self.content.quantity

    @property
    def amount(self) -> int:
        """What it costs before any discount at the till."""
        return self.content.amount

    def room(self, offer: ConditionalOffer) -> int:
        """Return how much `offer` may take off at most."""
        least = self.least_concentrated if offer.concentrated_decision else self.least
        return max(0, self.left - least)

    def rival(self, offer: ConditionalOffer) -> ConditionalOffer | None:
        """Return an offer that has reduced this line and doesn't go together with `offer`."""
        return next((taker for taker in self.takers if not go_together(taker, offer)), None)


def go_together(first: ConditionalOffer, second: ConditionalOffer) -> bool:
    """Return whether both may reduce the same goods: one by itself and one by code, and neither insists on being alone."""
    return first.is_by_code != second.is_by_code and not (first.exclusive or second.exclusive)


class Till:
    """The lines that may be reduced at all; to Oscar's conditions and benefits it is the basket."""

    def __init__(self, lines: Iterable[ContentLine], law: DiscountLaw) -> None:
        self.lines = [
            TillLine(
                content=line,
                least=law.least(line, concentrated=False),
                least_concentrated=law.least(line, concentrated=True),
                left=line.amount,
            )
            for line in lines
            if line.is_sold and line.good.is_discountable and not law.bars(line.good)
        ]
        #: What was taken off, by offer and line.
        self.taken: dict[int, dict[int, int]] = {}

    def covered(self, offer: ConditionalOffer) -> list[TillLine]:
        """Return the lines that an offer is about; one that a producer bears is about its own goods alone."""
        return [
            line
            for line in self.lines
            if offer.range.contains_product(line.content.pack)
            and (offer.producer_id is None or line.content.good.producer_id == offer.producer_id)
        ]

    def open_to(self, offer: ConditionalOffer) -> list[TillLine]:
        """Return the lines that an offer can still reduce."""
        return [line for line in self.covered(offer) if line.room(offer) > 0 and line.rival(offer) is None]

    def take(self, offer: ConditionalOffer, amounts: Mapping[TillLine, int]) -> int:
        """Take amounts off lines and return their sum."""
        for line, amount in amounts.items():
            if amount:
                line.left -= amount
                line.takers.append(offer)
                self.taken.setdefault(offer.pk, {})[line.pk] = amount
        return sum(amounts.values())

    def split(self, offer: ConditionalOffer, total: int, weights: Mapping[TillLine, int]) -> int:
        """Take `total` off lines in proportion to `weights`, as far as each may be reduced, and return what was taken."""
        lines = list(weights)
        parts = split_within(total, list(weights.values()), [line.room(offer) for line in lines])
        return self.take(offer, dict(zip(lines, parts, strict=True)))

    @property
    def saved(self) -> int:
        """What was taken off in all."""
        return sum(sum(lines.values()) for lines in self.taken.values())


def settled_till(lines: Sequence[ContentLine], law: DiscountLaw, offers: Sequence[ConditionalOffer]) -> Till:
    """Return the till once the offers on goods have been applied, in the order that saves the buyer most.

    An offer whose budget doesn't suffice any more is left out.
    """
    usable = list(offers)
    while True:
        till = _best_till(lines, law, usable)
        spent = [
            offer
            for offer in usable
            if offer.budget_left is not None
            and sum(till.taken.get(offer.pk, {}).values()) > offer.budget_left
        ]
        if not spent:
            return till
        usable = [offer for offer in usable if offer not in spent]


def _best_till(lines: Sequence[ContentLine], law: DiscountLaw, offers: Sequence[ConditionalOffer]) -> Till:
    alone = {offer.pk: _applied(lines, law, [offer]).saved for offer in offers}
    ranked = sorted(offers, key=lambda offer: (-offer.priority, -alone[offer.pk], offer.pk))
    automatic = [offer for offer in ranked if not offer.is_by_code]
    by_code = [offer for offer in ranked if offer.is_by_code]
    offers_first = _applied(lines, law, [*automatic, *by_code])
    if not (automatic and by_code):
        return offers_first
    codes_first = _applied(lines, law, [*by_code, *automatic])
    return codes_first if codes_first.saved > offers_first.saved else offers_first


def _applied(lines: Sequence[ContentLine], law: DiscountLaw, offers: Iterable[ConditionalOffer]) -> Till:
    till = Till(lines, law)
    for offer in offers:
        offer.apply_benefit(till)
    return till
