"""How far the law lets goods be reduced: dated data, held against whatever is taken off at the till.

A campaign's price counts too: the cap is on all that comes off the normal price, whoever takes it off.
"""

from dataclasses import dataclass
from datetime import date

from catalogue.certification.programme import AlcoholTerms, rule_book
from catalogue.models import Product
from checkout.basket.contents import ContentLine
from checkout.campaigns.models import DiscountRule
from checkout.campaigns.preview import rule_on


@dataclass(frozen=True, slots=True)
class DiscountLaw:
    """The law of one day."""

    rule: DiscountRule
    #: Numbers of the sets outside the cap: fresh food.
    exempt_sets: frozenset[int]
    alcohol: AlcoholTerms

    def cap(self, *, concentrated: bool) -> int:
        """Return the largest discount in per cent; `concentrated`: within a programme that an authority decided."""
        return self.rule.concentrated_percent if concentrated else self.rule.largest_percent

    def bars(self, good: Product) -> bool:
        """Return whether a good may not be promoted at all: strong alcohol, of unknown strength, or what could be alcohol."""
        if good.alcohol == Product.Alcohol.SUSPECTED:
            return True
        return good.alcohol == Product.Alcohol.ALCOHOL and self.alcohol.bars_promotion(good.alcohol_strength)

    def least(self, line: ContentLine, *, concentrated: bool) -> int:
        """Return what a line's packs must still cost together, in đồng: rounded up, so that the cap holds to the đồng."""
        if line.price is None or line.good.product_set_id in self.exempt_sets:
            return 0
        kept = 100 - self.cap(concentrated=concentrated)
        return -(-line.price.normal * line.quantity * kept // 100)


def discount_law(on: date) -> DiscountLaw:
    """Return the law in force on the day `on`, in two queries."""
    rule = rule_on(on)
    return DiscountLaw(
        rule=rule,
        exempt_sets=frozenset(rule.exempt_sets.values_list("pk", flat=True)),
        alcohol=rule_book().alcohol_on(on),
    )
