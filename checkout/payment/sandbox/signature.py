"""How shop and sandbox provider know each other: HMAC-SHA256 over a timestamp and a body, as Stripe does it.

This is the protocol's document, which both sides read; it is all that they share.
"""

import hashlib
import hmac
import time
from typing import Final

HEADER: Final = "Sandbox-Signature"
TOLERANCE_SECONDS: Final = 300


class SignatureInvalid(Exception):
    """Not signed by the other side, or too long ago."""


def sign(body: bytes, *, secret: str, at: int | None = None) -> str:
    """Return the signature header of `body`: `t=1764000000,v1=…` (`at` in Unix seconds, now if not given)."""
    moment = int(time.time()) if at is None else at
    return f"t={moment},v1={_digest(body, secret=secret, at=moment)}"


def check(body: bytes, header: str, *, secret: str, tolerance: int | None = TOLERANCE_SECONDS) -> None:
    """Raise SignatureInvalid unless `secret` signed `body`, at most `tolerance` seconds ago."""
    parts = dict(part.partition("=")[::2] for part in header.split(","))
    try:
        moment = int(parts["t"])
        given = parts["v1"]
    except (KeyError, ValueError) as error:
        raise SignatureInvalid("not a signature") from error
    if not secret or not hmac.compare_digest(
        given.encode(), _digest(body, secret=secret, at=moment).encode()
    ):
        raise SignatureInvalid("wrong signature")
    if tolerance is not None and abs(time.time() - moment) > tolerance:
        raise SignatureInvalid("too old")


def _digest(body: bytes, *, secret: str, at: int) -> str:
    return hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
