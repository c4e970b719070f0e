"""What must lie in the basket for an offer to hold. The classes bear Oscar's names."""

from typing import TYPE_CHECKING

from oscar.core.loading import get_model

if TYPE_CHECKING:
    from checkout.offer.models import Condition, ConditionalOffer
    from checkout.offer.till import Till
else:
    Condition = get_model("offer", "Condition")


class CountCondition(Condition):
    """So many packs of the range."""

    class Meta:
        app_label = "offer"
        proxy = True

    def is_satisfied(self, offer: "ConditionalOffer", basket: "Till") -> bool:
        """Return whether enough packs lie in the basket."""
        return self.missing(offer, basket) == 0

    def missing(self, offer: "ConditionalOffer", basket: "Till") -> int:
        """Return how many packs are missing."""
        return max(0, int(self.value) - sum(line.quantity for line in basket.covered(offer)))


class ValueCondition(Condition):
    """Goods of the range worth so much, before any discount at the till."""

    class Meta:
        app_label = "offer"
        proxy = True

    def is_satisfied(self, offer: "ConditionalOffer", basket: "Till") -> bool:
        """Return whether the goods are worth enough."""
        return self.missing(offer, basket) == 0

    def missing(self, offer: "ConditionalOffer", basket: "Till") -> int:
        """Return how many đồng are missing."""
        return max(0, int(self.value) - sum(line.amount for line in basket.covered(offer)))
