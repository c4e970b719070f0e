"""What an offer takes off the lines at the till. The classes bear Oscar's names.

Each works out one amount for the order, rounds it once, and splits it over the lines by largest remainder, never more than a line may
be reduced by. Oscar rounds to hundredths and gives the last line whatever is left.
"""

from typing import TYPE_CHECKING, Any

from oscar.apps.offer.results import ZERO_DISCOUNT, BasketDiscount
from oscar.core.loading import get_model

from marketplace.money import round_dong, split_largest_remainder

if TYPE_CHECKING:
    from checkout.offer.models import Benefit, ConditionalOffer
    from checkout.offer.till import Till
else:
    Benefit = get_model("offer", "Benefit")


class PercentageDiscountBenefit(Benefit):
    """A percentage of the goods, up to an amount."""

    class Meta:
        app_label = "offer"
        proxy = True

    def apply(self, basket: "Till", condition: Any, offer: "ConditionalOffer", **kwargs: Any) -> Any:
        """Reduce every open line of the range by the same percentage: what the law holds back on one is not put on another."""
        lines = basket.open_to(offer)
        weights = [line.left for line in lines]
        if not lines:
            return ZERO_DISCOUNT
        wanted = self.limited(round_dong(sum(weights) * self.value / 100))
        shares = split_largest_remainder(wanted, weights)
        return BasketDiscount(
            basket.take(
                offer,
                {line: min(share, line.room(offer)) for line, share in zip(lines, shares, strict=True)},
            )
        )


class AbsoluteDiscountBenefit(Benefit):
    """An amount off the goods together."""

    class Meta:
        app_label = "offer"
        proxy = True

    def apply(self, basket: "Till", condition: Any, offer: "ConditionalOffer", **kwargs: Any) -> Any:
        """Split the amount over the open lines of the range by what they cost."""
        lines = basket.open_to(offer)
        return BasketDiscount(
            basket.split(offer, round_dong(self.value), {line: line.left for line in lines})
        )


class MultibuyDiscountBenefit(Benefit):
    """Of each bundle of n packs (the condition's number) some are free: the cheapest of each, the dearest packs bundled first."""

    class Meta:
        app_label = "offer"
        proxy = True

    def apply(self, basket: "Till", condition: Any, offer: "ConditionalOffer", **kwargs: Any) -> Any:
        """Spread what the free packs cost over all packs of the bundles: whoever sends one back gets its fair share, not all or nothing."""
        bundle, free = int(condition.value), int(self.value)
        packs = sorted(
            (
                (line.left // line.quantity, line)
                for line in basket.open_to(offer)
                for _ in range(line.quantity)
            ),
            key=lambda pack: (-pack[0], pack[1].pk),
        )
        bundled = packs[: len(packs) // bundle * bundle]
        saved = sum(price for place, (price, _) in enumerate(bundled) if place % bundle >= bundle - free)
        weights: dict[Any, int] = {}
        for price, line in bundled:
            weights[line] = weights.get(line, 0) + price
        return BasketDiscount(basket.split(offer, self.limited(saved), weights))


class ShippingBenefit(Benefit):
    """Reduces what delivery costs, parcel by parcel, and nothing of the goods."""

    class Meta:
        app_label = "offer"
        proxy = True

    def apply(self, basket: "Till", condition: Any, offer: "ConditionalOffer", **kwargs: Any) -> Any:
        """Take nothing off the goods."""
        return ZERO_DISCOUNT


class ShippingPercentageDiscountBenefit(ShippingBenefit):
    """A share of what the delivery of each parcel costs, up to an amount a parcel."""

    class Meta:
        app_label = "offer"
        proxy = True

    def shipping_discount(self, charge: int, currency: str | None = None) -> int:
        """Return what is taken off the carriage of one parcel (đồng)."""
        return min(charge, self.limited(round_dong(charge * self.value / 100)))
