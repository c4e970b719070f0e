"""What can go wrong with money, in words for the buyer and for the log."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class PaymentError(Exception):
    """Root of this room's errors. `message` is for the person in front of the screen."""

    message: str | Promise = _("The payment could not be handled. Please try again.")


class PaymentNotPossible(PaymentError):
    """The order cannot be paid: it is paid, has ended, or has nothing to pay online."""

    def __init__(self, message: str | Promise) -> None:
        super().__init__(str(message))
        self.message = message


class RefundNotPossible(PaymentError):
    """There is no money here to send back: not paid, or already on its way back."""

    message: str | Promise = _("There is no payment left to send back.")


class TakenByBank(RefundNotPossible):
    """A lost dispute took money for the parcel, which its producer bears: the same goods aren't paid back a second time."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class BillDisagrees(PaymentError):
    """The parts of an order don't add up to its total: nothing may be charged."""


class GatewayError(PaymentError):
    """A provider said no, or nothing."""

    message = _("The payment provider refused this payment. Please choose another way to pay.")


class GatewayUnavailable(GatewayError):
    """The provider could not be reached or asks to come again: the same call may be repeated."""

    message = _("The payment provider does not answer at the moment. Please try again in a minute.")


class GatewayRefused(GatewayError):
    """The provider will refuse the same call again: a person has to look."""


class InvalidWebhook(GatewayError):
    """A webhook that is not signed by the provider, too old, or not understood."""
