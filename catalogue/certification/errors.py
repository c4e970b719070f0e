"""What can go wrong with certificates, in words for the person who asked."""

from django.utils.functional import Promise


class CertificationError(Exception):
    """A certificate was refused; `message` says why in the reader's language. Nothing was changed."""

    def __init__(self, message: str | Promise) -> None:
        super().__init__(str(message))
        self.message = message


class CertificateIncomplete(CertificationError):
    """The decision, the term or the level is missing."""


class NotInPower(CertificationError):
    """The level that decided may not award this many stars."""


class CertificatesOverlap(CertificationError):
    """Another certificate of the product is in force in the same days and cannot give way."""


class WrongState(CertificationError):
    """The certificate's state doesn't allow the change."""
