"""What can be wrong with a price that someone wants to set."""


class PricingError(Exception):
    """A price was refused; nothing was written."""


class NotAPack(PricingError):
    """Only packs have prices; a good has those of its packs."""


class AmountNotPositive(PricingError):
    """A price is a whole number of đồng above zero."""


class PriceOutOfOrder(PricingError):
    """A normal price cannot begin before the one that it follows: history is not rewritten."""


class DatedPricesAlreadyBegun(PricingError):
    """Dated prices of this source already hold: they can be stopped, not rewritten."""
