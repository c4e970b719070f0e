"""An outline of a carrier with a REST interface: what most of them here ask for, to be filled in for a real one.

Bearer key from the environment (`CARRIER_TOKENS`), JSON, an idempotency key for each parcel, short timeouts. `tests/contract/test_carriers.py`
holds its requests and its reading of answers against a recorded shape.
"""

import json
from dataclasses import asdict
from http.client import HTTPException
from typing import Any, Final
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlsplit
from urllib.request import Request, urlopen

from django.conf import settings

from checkout.shipping.carriers.base import CarrierAdapter, ParcelData, TrackingNews
from checkout.shipping.carriers.errors import CarrierRefused, CarrierUnavailable
from checkout.shipping.carriers.models import Carrier
from checkout.shipping.carriers.table import read_events

TIMEOUT_SECONDS: Final = 15
#: Bytes of an answer: a label is some hundred kilobytes.
_LARGEST_ANSWER: Final = 5 * 1024 * 1024


class RestCarrier(CarrierAdapter):
    """Speaks JSON to `Carrier.base_url`."""

    def quote(self, carrier: Carrier, parcel: ParcelData) -> int | None:
        answer = _json(_call(carrier, "POST", "/quotes", body=asdict(parcel)))
        return _whole(answer, "fee")

    def create(self, carrier: Carrier, parcel: ParcelData) -> str:
        answer = _json(_call(carrier, "POST", "/shipments", body=asdict(parcel), key=parcel.key))
        number = answer.get("number")
        if not isinstance(number, str) or not 0 < len(number) <= 80:
            raise CarrierRefused("no number in the answer")
        return number

    def label(self, carrier: Carrier, number: str) -> bytes | None:
        pdf = _call(carrier, "GET", f"/shipments/{quote(number, safe='')}/label")
        if not pdf.startswith(b"%PDF-"):
            raise CarrierRefused("the label is no PDF")
        return pdf

    def cancel(self, carrier: Carrier, number: str) -> None:
        _call(carrier, "DELETE", f"/shipments/{quote(number, safe='')}")

    def read_tracking(self, body: bytes) -> list[TrackingNews]:
        return read_events(body)


def _call(
    carrier: Carrier, method: str, path: str, *, body: dict[str, Any] | None = None, key: str = ""
) -> bytes:
    """Return the body of the answer. Raises CarrierUnavailable (try again) or CarrierRefused."""
    token = settings.CARRIER_TOKENS.get(carrier.code, "")
    address = carrier.base_url.rstrip("/") + path
    if urlsplit(address).scheme not in ("http", "https"):
        raise CarrierRefused("not an address of the web")
    if not token:
        raise CarrierRefused(f"CARRIER_TOKENS has no key for {carrier.code}")
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json, application/pdf"}
    data = None
    if body is not None:
        data = json.dumps(body, ensure_ascii=False).encode()
        headers["Content-Type"] = "application/json"
    if key:
        headers["Idempotency-Key"] = key
    request = Request(address, data=data, method=method, headers=headers)  # noqa: S310 - the scheme is checked above
    try:
        with urlopen(request, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310
            return bytes(answer.read(_LARGEST_ANSWER))
    except HTTPError as error:
        if method == "DELETE" and error.code in (404, 410):
            return b""  # it is gone already
        if error.code in (408, 425, 429) or error.code >= 500:
            raise CarrierUnavailable(f"HTTP {error.code}") from error
        raise CarrierRefused(_reason(error)) from error
    except (URLError, OSError, HTTPException) as error:
        raise CarrierUnavailable(type(error).__name__) from error


def _reason(error: HTTPError) -> str:
    """Return what the carrier says about its refusal, for a person to read."""
    try:
        told = json.loads(error.read(10_000)).get("message", "")
    except (ValueError, AttributeError, OSError):
        told = ""
    return f"HTTP {error.code} {told}".strip()[:200]


def _json(body: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(body)
    except ValueError as error:
        raise CarrierUnavailable("the answer is no JSON") from error
    if not isinstance(answer, dict):
        raise CarrierUnavailable("the answer is no object")
    return answer


def _whole(answer: dict[str, Any], name: str) -> int:
    value = answer.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise CarrierUnavailable(f"{name} is no amount")
    return value
