"""How shop and sandbox provider know each other: signed bodies, and the header that carries the signature. It is all that they share."""

from typing import Final

from checkout.signatures import TOLERANCE_SECONDS, SignatureInvalid, check, sign

__all__ = ["HEADER", "TOLERANCE_SECONDS", "SignatureInvalid", "check", "sign"]

HEADER: Final = "Sandbox-Signature"
