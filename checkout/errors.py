"""What can go wrong between basket and order, in words for the buyer. Nothing is half done: whatever raises has changed nothing."""

from collections.abc import Sequence

from django.utils.functional import Promise


class CheckoutError(Exception):
    """Root of this room's errors."""

    def __init__(self, message: str | Promise = "") -> None:
        super().__init__(str(message))
        self.message = message


class OrderRefused(CheckoutError):
    """The order can't be placed as it is; each of `reasons` says what to mend."""

    def __init__(self, reasons: Sequence[str | Promise]) -> None:
        super().__init__(" ".join(str(reason) for reason in reasons))
        self.reasons = list(reasons)


class OrderChanged(OrderRefused):
    """Something differs from what the buyer saw: the page comes back with it."""


class BasketEmpty(OrderRefused):
    """There is nothing to order."""


class ChangeNotAllowed(CheckoutError):
    """The order's or consignment's state doesn't allow this change."""
