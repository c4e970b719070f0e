"""What can be wrong with an offer, in words. Nothing is half done."""

from django.utils.functional import Promise


class OfferError(Exception):
    """An offer or a code was refused; `message` says why in the reader's language."""

    def __init__(self, message: str | Promise) -> None:
        super().__init__(str(message))
        self.message = message


class OfferIncomplete(OfferError):
    """Something is missing, contradicts itself, or is more than the law allows. `field` names where to mend it."""

    def __init__(self, message: str | Promise, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class OfferNotOpen(OfferError):
    """The offer is over or stopped: it can't be changed any more."""


class OfferRanOut(OfferError):
    """The offer was used up, or stopped, while somebody was ordering."""


class CodeRefused(OfferError):
    """The code doesn't hold for this basket; the message says why."""


class CodeUnknown(CodeRefused):
    """Nobody knows the code: somebody mistyped it, or tries codes out."""
