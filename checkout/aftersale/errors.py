"""What can go wrong in a case, in words for whoever asked. Nothing is half done."""

from checkout.errors import CheckoutError


class CaseNotPossible(CheckoutError):
    """These goods can't be complained about, or not any more, or not so."""


class StepNotPossible(CheckoutError):
    """The case doesn't allow this step now, or not to this side."""


class ReviewNotPossible(CheckoutError):
    """This purchase can't be reviewed, or was already."""
