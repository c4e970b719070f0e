"""What Stripe's events say, reduced to what the shop needs (API version `API_VERSION` of the adapter)."""

from datetime import UTC, datetime
from typing import Any, Final

from checkout.payment.gateways.base import EventMeaning, GatewayEvent

REFUND_FAILURES: Final = frozenset({"failed", "canceled"})
_CURRENCY: Final = "vnd"


def understand(event: dict[str, Any]) -> GatewayEvent:
    """Return what `event` means. Raises KeyError, TypeError or ValueError where it isn't built as Stripe builds events."""
    kind = event["type"]
    if event.get("account"):
        # Signed with our secret, and yet of an account that is connected to ours: none of our business.
        return GatewayEvent(event_id=event["id"], kind=kind, meaning=EventMeaning.NOT_OURS)
    facts = _facts(kind, event["data"]["object"])
    return GatewayEvent(event_id=event["id"], kind=kind, **facts)


def _facts(kind: str, thing: dict[str, Any]) -> dict[str, Any]:
    if kind.startswith("checkout.session."):
        return _session(kind, thing)
    if kind.startswith(("refund.", "charge.refund.")):
        return _refund(thing)
    if kind == "charge.refunded":
        return {
            "meaning": EventMeaning.REFUNDS_CHANGED,
            "capture_reference": _name(thing["payment_intent"]),
            "amount": _dong(thing, "amount_refunded"),
        }
    if kind.startswith("charge.dispute."):
        return _dispute(thing)
    return {"meaning": EventMeaning.NOTHING}


def _session(kind: str, session: dict[str, Any]) -> dict[str, Any]:
    metadata = session.get("metadata") or {}
    return {
        "meaning": _session_meaning(kind, session),
        "reference": session["id"],
        "order_number": session.get("client_reference_id") or "",
        "payment_id": int(metadata["payment_id"]) if "payment_id" in metadata else None,
        "amount": _dong(session, "amount_total"),
        "capture_reference": _name(session.get("payment_intent")),
    }


def _session_meaning(kind: str, session: dict[str, Any]) -> EventMeaning:
    """Return what a session's event means. A completed session may still wait for its money (delayed methods)."""
    is_paid = session["payment_status"] == "paid"
    match kind:
        case "checkout.session.completed" | "checkout.session.async_payment_succeeded" if is_paid:
            return EventMeaning.PAID
        case "checkout.session.async_payment_failed":
            return EventMeaning.FAILED
        case "checkout.session.expired":
            return EventMeaning.EXPIRED
    return EventMeaning.NOTHING


def _refund(refund: dict[str, Any]) -> dict[str, Any]:
    has_failed = refund["status"] in REFUND_FAILURES
    return {
        "meaning": EventMeaning.REFUND_FAILED if has_failed else EventMeaning.REFUNDED,
        "refund_reference": refund["id"],
        "refund_key": (refund.get("metadata") or {}).get("refund_key", ""),
        "capture_reference": _name(refund.get("payment_intent")),
        "amount": _dong(refund, "amount"),
    }


def _dispute(dispute: dict[str, Any]) -> dict[str, Any]:
    answer_by = (dispute.get("evidence_details") or {}).get("due_by")
    return {
        "meaning": EventMeaning.DISPUTED,
        "capture_reference": _name(dispute.get("payment_intent")),
        "amount": _dong(dispute, "amount"),
        "dispute_reference": dispute["id"],
        "dispute_state": dispute["status"],
        "dispute_reason": dispute["reason"],
        "answer_by": datetime.fromtimestamp(answer_by, UTC).isoformat() if answer_by else "",
    }


def _name(thing: Any) -> str:
    """Return the name of something that is given by its name, or whole where Stripe expanded it."""
    return str(thing["id"] if isinstance(thing, dict) else thing or "")


def _dong(thing: dict[str, Any], name: str) -> int | None:
    """Return an amount in đồng; None in any other currency, of which we took none."""
    return int(thing[name]) if thing["currency"] == _CURRENCY else None
