"""Oscar's availability policy on the one rule of sale."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from oscar.apps.partner.availability import Available, Base, StockRequired, Unavailable

from catalogue.certification.rules import SaleDecision

__all__ = ["Available", "SaleAvailability", "StockRequired", "Unavailable"]


class SaleAvailability(Base):
    """Whether a pack may be bought, and how many: the verdict of the one rule, and the stock not yet promised (in packs)."""

    def __init__(self, decision: SaleDecision, available: int) -> None:
        self.decision = decision
        self.num_available = max(available, 0)

    @property
    def code(self) -> str:
        return str(self.decision.reason)

    @property
    def message(self) -> str | Promise:
        return gettext_lazy("In stock") if self.decision.sold else self.decision.reason.text

    def is_purchase_permitted(self, quantity: int) -> tuple[bool, str]:
        """Return whether `quantity` packs may be bought, and if not, why, for the buyer to read."""
        if not self.decision.sold:
            return False, str(self.decision.reason.text)
        if quantity > self.num_available:
            return False, _("Only %(count)d left.") % {"count": self.num_available}
        return True, ""
