"""What can go wrong with a basket, in words for the buyer."""

from django.utils.functional import Promise


class BasketError(Exception):
    """The change was refused and nothing was changed; `message` says why."""

    def __init__(self, message: str | Promise) -> None:
        super().__init__(str(message))
        self.message = message


class NotForSale(BasketError):
    """The pack isn't sold, or not as many of it."""


class BasketClosed(BasketError):
    """The basket has become an order in the meantime."""
