"""Signed bodies between this shop and others: HMAC-SHA256 over a timestamp and the body, as Stripe does it.

The protocol's document: whoever calls us, or is called, signs `t=<Unix seconds>,v1=<hex>` over `<t>.<body>`.
"""

import hashlib
import hmac
import time
from collections.abc import Iterable
from typing import Final

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


def check_one_of(body: bytes, header: str, *, secrets: Iterable[str]) -> None:
    """Raise SignatureInvalid unless one of `secrets` (two while they change) signed `body` just now."""
    for secret in secrets:
        try:
            return check(body, header, secret=secret)
        except SignatureInvalid:
            continue
    raise SignatureInvalid("signature does not hold")


def _digest(body: bytes, *, secret: str, at: int) -> str:
    return hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
