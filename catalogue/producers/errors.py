"""Why something about a producer was refused. Nothing is half done."""

from django.utils.functional import Promise


class ProducerError(Exception):
    """A change of a producer was refused; `message` says why in the reader's language."""

    def __init__(self, message: str | Promise, *, concerns: str = "") -> None:
        super().__init__(str(message))
        self.message = message
        #: The field of a form at which it is to be said, empty for none.
        self.concerns = concerns


class SellerNotComplete(ProducerError):
    """A producer cannot be verified: `missing` names the particulars that lack (`services.REQUIRED_OF_A_SELLER`)."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__(", ".join(missing))
        self.missing = missing


class WrongSellerState(ProducerError):
    """The producer's state as a seller doesn't allow the change."""


class ReasonMissing(ProducerError):
    """The history has to say why."""
