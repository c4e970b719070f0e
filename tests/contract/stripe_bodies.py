"""Webhooks as Stripe sends them: its own example of each object with our values in it, held to its own description of the API.

`stripe/2026-08-26.dahlia.json` is taken from Stripe's published OpenAPI description and examples of that version (as stripe-mock ships them), cut
down to the objects that we hear of.
"""

import copy
import hashlib
import hmac
import json
import time
from pathlib import Path
from typing import Any

from django.test import Client

from checkout.payment.gateways.stripe import API_VERSION
from checkout.payment.models import Payment

SECRET, NEW_SECRET = "whsec_current", "whsec_next"
_DESCRIPTION = json.loads((Path(__file__).parent / "stripe" / f"{API_VERSION}.json").read_text())
_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "boolean": (bool,),
    "object": (dict,),
    "array": (list,),
}


def stripe_event(kind: str, name: str, **changes: Any) -> dict[str, Any]:
    """Return an event of `kind` about an object `name` ("refund", "checkout.session", …): the example with `changes`."""
    thing = copy.deepcopy(_DESCRIPTION["examples"][name]) | changes
    assert_described(name, thing)
    event = copy.deepcopy(_DESCRIPTION["examples"]["event"]) | {
        "id": f"evt_{kind}_{thing['id']}",
        "api_version": API_VERSION,
        "type": kind,
        "data": {"object": thing},
    }
    assert_described("event", event)
    return event


def session_event(payment: Payment, kind: str, **changes: Any) -> dict[str, Any]:
    """Return what Stripe says of the session of `payment`, paid unless `changes` says otherwise."""
    values: dict[str, Any] = {
        "id": payment.reference,
        "amount_total": payment.amount,
        "amount_subtotal": payment.amount,
        "client_reference_id": payment.order.number,
        "currency": "vnd",
        "customer_details": {"email": "lan@example.com", "name": "Nguyễn Thị Lan", "phone": None},
        "metadata": {"payment_id": str(payment.pk), "order_number": payment.order.number},
        "payment_intent": "pi_3Q",
        "payment_status": "paid",
        "status": "complete",
    }
    return stripe_event(kind, "checkout.session", **values | changes)


def refund_event(kind: str, reference: str, amount: int, **changes: Any) -> dict[str, Any]:
    """Return what Stripe says of a refund of the payment `pi_3Q`."""
    values = {"id": reference, "amount": amount, "currency": "vnd", "payment_intent": "pi_3Q"}
    return stripe_event(kind, "refund", **values | changes)


def charge_refunded(amount: int) -> dict[str, Any]:
    """Return what Stripe says of the charge of the payment `pi_3Q` once `amount` has gone back in all."""
    return stripe_event(
        "charge.refunded", "charge", amount_refunded=amount, currency="vnd", payment_intent="pi_3Q"
    )


def dispute_event(kind: str, status: str, amount: int, **changes: Any) -> dict[str, Any]:
    """Return what Stripe says of a dispute about the payment `pi_3Q`."""
    values = {"id": "dp_1", "amount": amount, "currency": "vnd", "payment_intent": "pi_3Q", "status": status}
    return stripe_event(f"charge.dispute.{kind}", "dispute", **values | changes)


def post_stripe(event: dict[str, Any] | bytes, *, secret: str = SECRET, at: int | None = None) -> int:
    """Post an event as Stripe would and return the shop's status code."""
    body = event if isinstance(event, bytes) else json.dumps(event).encode()
    moment = at or int(time.time())
    digest = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    answer = Client().post(
        "/webhooks/stripe/",
        data=body,
        content_type="application/json",
        headers={"Stripe-Signature": f"t={moment},v1={digest},v0=abc"},
    )
    return answer.status_code


def assert_described(name: str, thing: dict[str, Any]) -> None:
    """Hold an object to Stripe's description: every property is known, of the right type, and none is missing."""
    described = _DESCRIPTION["schemas"][name]
    missing = set(described.get("required", [])) - thing.keys()
    assert not missing, f"{name} lacks {missing}"
    for key, value in thing.items():
        assert key in described["properties"], f"{name} has no {key}"
        assert _fits(described["properties"][key], value), f"{name}.{key} cannot be {value!r}"


def _fits(schema: dict[str, Any], value: Any) -> bool:
    if value is None:
        return bool(schema.get("nullable")) or not schema
    if "anyOf" in schema:
        return any(_fits(one, value) for one in schema["anyOf"])
    if "type" not in schema:
        return True  # described elsewhere: an object of which we read nothing
    if not isinstance(value, _TYPES[schema["type"]]):
        return False
    return "enum" not in schema or value in schema["enum"]
