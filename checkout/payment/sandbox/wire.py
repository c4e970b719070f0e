"""Signed JSON over HTTP, from one side to the other."""

import json
from http.client import HTTPException
from typing import Any, Final
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from checkout.payment.sandbox.signature import HEADER, sign

TIMEOUT_SECONDS: Final = 10


class NoAnswer(Exception):
    """The other side could not be reached or broke down."""


class Refused(Exception):
    """The other side said no and will say so again."""


def post(url: str, body: dict[str, Any], *, secret: str) -> bytes:
    """Send `body` to `url`, signed, and return the answer. Raises NoAnswer or Refused."""
    if urlsplit(url).scheme not in ("http", "https"):
        raise Refused("not an address of the web")
    data = json.dumps(body, separators=(",", ":")).encode()
    request = Request(  # noqa: S310 - the scheme is checked above
        url,
        data=data,
        method="POST",
        headers={"Content-Type": "application/json", HEADER: sign(data, secret=secret)},
    )
    try:
        with urlopen(request, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310
            return bytes(answer.read())
    except HTTPError as error:
        if 400 <= error.code < 500:
            raise Refused(f"HTTP {error.code}") from error
        raise NoAnswer(f"HTTP {error.code}") from error
    except (URLError, OSError, HTTPException) as error:
        raise NoAnswer(type(error).__name__) from error
