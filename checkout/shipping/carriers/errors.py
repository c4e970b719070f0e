"""What can go wrong with carriers."""

from checkout.errors import CheckoutError


class ShipmentRefused(CheckoutError):
    """A parcel can't be given to this carrier, or not taken back any more; the message says why."""


class CarrierUnavailable(Exception):
    """The carrier could not be reached or broke down: it is tried again."""


class CarrierRefused(Exception):
    """The carrier said no and will say so again; the message is for a person."""


class InvalidTracking(Exception):
    """What came isn't signed by the carrier, or can't be read. Nothing of it is kept."""
