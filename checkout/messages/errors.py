"""What can be wrong with a message, in words for whoever wrote it."""

from checkout.errors import CheckoutError


class MessageRefused(CheckoutError):
    """The message is empty or insults, or this talk is closed or goes on elsewhere."""
