"""What can go wrong with certificates, in words for the person who asked."""

from django.utils.functional import Promise


class CertificationError(Exception):
    """A certificate was refused; `message` says why in the reader's language. Nothing was changed.

    `concerns` names what has to be mended, so that a form can say it there: a field of the certificate or of its decision.
    """

    concerns = ""

    def __init__(self, message: str | Promise, *, concerns: str = "") -> None:
        super().__init__(str(message))
        self.message = message
        self.concerns = concerns or self.concerns


class CertificateIncomplete(CertificationError):
    """The decision, the term or the level is missing."""


class CertificateKnown(CertificationError):
    """The product already has a certificate of this decision."""

    concerns = "number"


class NotInPower(CertificationError):
    """The level that decided may not award this many stars."""

    concerns = "stars"


class ScoreTooLow(CertificationError):
    """The council's score is below what these stars ask for."""

    concerns = "score"


class CertificatesOverlap(CertificationError):
    """Another certificate of the product is in force in the same days and cannot give way."""

    concerns = "valid_from"


class SecondPersonNeeded(CertificationError):
    """Whoever recorded the paper may not verify it; `message` says who may."""


class WrongState(CertificationError):
    """The certificate's state doesn't allow the change."""
