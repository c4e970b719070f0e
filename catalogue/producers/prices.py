"""Oscar's pricing policy on our prices: whole đồng, tax included."""

from decimal import Decimal

from django.conf import settings
from oscar.apps.partner.prices import FixedPrice, TaxInclusiveFixedPrice, Unavailable

from catalogue.pricing.selectors import PackPrice

__all__ = ["FixedPrice", "PackPricePolicy", "TaxInclusiveFixedPrice", "Unavailable"]


class PackPricePolicy(TaxInclusiveFixedPrice):
    """The price of a pack at a moment; `pack_price` also holds the normal and the struck price."""

    def __init__(self, pack_price: PackPrice) -> None:
        super().__init__(
            currency=settings.OSCAR_DEFAULT_CURRENCY, excl_tax=Decimal(pack_price.now), tax=Decimal(0)
        )
        self.pack_price = pack_price
        self.retail = Decimal(pack_price.normal)
