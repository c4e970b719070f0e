"""Stripe: a hosted Checkout Session in VND, and signed webhooks. The only module that imports `stripe`.

VND is a zero-decimal currency there: an amount is the number of đồng. Sums are ours: every line has quantity 1 and its final amount.
"""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import stripe
from django.conf import settings
from django.http import HttpRequest

from checkout.payment.errors import GatewayRefused, GatewayUnavailable, InvalidWebhook
from checkout.payment.gateways.base import (
    BillLine,
    EventMeaning,
    Gateway,
    GatewayEvent,
    PaymentUrls,
    StartedPayment,
)
from checkout.payment.models import Payment

#: A session lives at least 30 minutes and at most 24 hours from its creation; a minute each side for slow networks.
SHORTEST: Final = timedelta(minutes=31)
LONGEST: Final = timedelta(hours=23, minutes=59)
#: For how long a signed webhook counts as fresh.
TOLERANCE_SECONDS: Final = 300
TIMEOUT_SECONDS: Final = 15
#: A session takes 100 lines and names of 250 letters.
MOST_LINES: Final = 100
LONGEST_NAME: Final = 250

_REFUND_FAILURES: Final = {"failed", "canceled"}


class StripeGateway(Gateway):
    """Cards by Stripe's hosted page."""

    code = "stripe"

    def is_offered(self) -> bool:
        """Return whether keys are set and fit this installation: live keys work in production only."""
        key = settings.STRIPE_SECRET_KEY
        return bool(
            key
            and settings.STRIPE_WEBHOOK_SECRETS
            and (settings.STRIPE_LIVE_KEYS_ALLOWED or not is_live_key(key))
        )

    def start(
        self, *, payment: Payment, lines: Sequence[BillLine], urls: PaymentUrls, language: str
    ) -> StartedPayment:
        expires_at = _session_end(payment)
        names = {"payment_id": str(payment.pk), "order_number": payment.order.number}
        session = self._call(
            lambda client: client.v1.checkout.sessions.create(
                params={
                    "mode": "payment",
                    "line_items": [_line_item(line) for line in _fitting(lines)],
                    "success_url": urls.success,
                    "cancel_url": urls.cancel,
                    "client_reference_id": payment.order.number,
                    "metadata": names,
                    "payment_intent_data": {"metadata": names, "description": payment.order.number},
                    "expires_at": int(expires_at.timestamp()),
                    "locale": "en" if language == "en" else "vi",
                },
                options={"idempotency_key": f"payment-{payment.pk}-{payment.order.number}"},
            )
        )
        return StartedPayment(reference=session.id, redirect_url=session.url or "", expires_at=expires_at)

    def read_event(self, request: HttpRequest) -> GatewayEvent:
        body = request.body
        _check_signature(body, request.headers.get("Stripe-Signature", ""))
        try:
            return _understand(json.loads(body))
        except (KeyError, TypeError, ValueError) as error:
            raise InvalidWebhook(f"not understood: {type(error).__name__}") from error

    def refund(self, *, payment: Payment, amount: int, idempotency_key: str) -> str:
        # Stripe forgets an idempotency key after a day, and we try for two: look first.
        known = self._call(
            lambda client: client.v1.refunds.list(
                params={"payment_intent": payment.capture_reference, "limit": 100}
            )
        )
        for refund in known.to_dict()["data"]:
            is_ours = (refund["metadata"] or {}).get("refund_key") == idempotency_key
            if is_ours and refund["status"] not in _REFUND_FAILURES:
                return str(refund["id"])
        refund = self._call(
            lambda client: client.v1.refunds.create(
                params={
                    "payment_intent": payment.capture_reference,
                    "amount": amount,
                    "metadata": {"payment_id": str(payment.pk), "refund_key": idempotency_key},
                },
                options={"idempotency_key": f"refund-{idempotency_key}"},
            )
        )
        if refund.status in _REFUND_FAILURES:
            raise GatewayRefused(f"refund {refund.id} is {refund.status}")
        return str(refund.id)

    def _call(self, request: Any) -> Any:
        """Return what Stripe answers, its errors told apart: worth another try, or not."""
        if not self.is_offered():
            raise GatewayRefused("Stripe is not set up here")
        client = stripe.StripeClient(
            settings.STRIPE_SECRET_KEY,
            http_client=stripe.RequestsClient(timeout=TIMEOUT_SECONDS),
            max_network_retries=2,
            base_addresses={"api": settings.STRIPE_API_BASE} if settings.STRIPE_API_BASE else {},
        )
        try:
            return request(client)
        except (stripe.InvalidRequestError, stripe.CardError) as error:
            raise GatewayRefused(f"{error.code or 'refused'}: {error.user_message or error}") from error
        except stripe.StripeError as error:
            raise GatewayUnavailable(type(error).__name__) from error


def is_live_key(key: str) -> bool:
    """Return whether `key` moves real money."""
    return key.startswith(("sk_live_", "rk_live_"))


def _session_end(payment: Payment) -> datetime:
    """Return until when the session takes money: the order's deadline, as far as Stripe allows.

    Counted from the payment's own creation, so that a repeated call says the same. What comes after the order's deadline
    is late money, which the order deals with.
    """
    deadline = payment.order.payment_deadline or payment.created_at + LONGEST
    return min(max(deadline, payment.created_at + SHORTEST), payment.created_at + LONGEST)


def _fitting(lines: Sequence[BillLine]) -> list[BillLine]:
    """Return at most as many lines as a session takes; the rest is summed up in the last one."""
    if len(lines) <= MOST_LINES:
        return list(lines)
    rest = lines[MOST_LINES - 1 :]
    return [*lines[: MOST_LINES - 1], BillLine(name=f"+ {len(rest)}", amount=sum(x.amount for x in rest))]


def _line_item(line: BillLine) -> dict[str, Any]:
    return {
        "quantity": 1,
        "price_data": {
            "currency": "vnd",
            "unit_amount": line.amount,
            "product_data": {"name": line.name[:LONGEST_NAME]},
        },
    }


def _check_signature(body: bytes, header: str) -> None:
    """Raise InvalidWebhook unless one of our secrets signed `body` just now; several hold while one is being changed."""
    for secret in settings.STRIPE_WEBHOOK_SECRETS:
        try:
            stripe.WebhookSignature.verify_header(body, header, secret, TOLERANCE_SECONDS)
        except (stripe.SignatureVerificationError, ValueError):
            continue
        return
    raise InvalidWebhook("signature does not hold")


def _understand(event: dict[str, Any]) -> GatewayEvent:
    if event["livemode"] != is_live_key(settings.STRIPE_SECRET_KEY):
        raise InvalidWebhook("test and live are mixed up")
    kind, thing = event["type"], event["data"]["object"]
    if kind in ("refund.failed", "refund.updated", "charge.refund.updated"):
        return GatewayEvent(
            event_id=event["id"],
            kind=kind,
            meaning=(
                EventMeaning.REFUND_FAILED if thing["status"] in _REFUND_FAILURES else EventMeaning.NOTHING
            ),
            refund_reference=thing["id"],
        )
    if not kind.startswith("checkout.session."):
        return GatewayEvent(event_id=event["id"], kind=kind, meaning=EventMeaning.NOTHING)
    metadata = thing.get("metadata") or {}
    return GatewayEvent(
        event_id=event["id"],
        kind=kind,
        meaning=_session_meaning(kind, thing),
        reference=thing["id"],
        order_number=thing.get("client_reference_id") or "",
        payment_id=int(metadata["payment_id"]) if "payment_id" in metadata else None,
        amount=thing["amount_total"] if thing.get("currency") == "vnd" else None,
        capture_reference=thing.get("payment_intent") or "",
    )


def _session_meaning(kind: str, session: dict[str, Any]) -> EventMeaning:
    """Return what a session's event means. A completed session may still wait for its money (delayed methods)."""
    is_paid = session.get("payment_status") == "paid"
    match kind:
        case "checkout.session.completed" | "checkout.session.async_payment_succeeded" if is_paid:
            return EventMeaning.PAID
        case "checkout.session.async_payment_failed":
            return EventMeaning.FAILED
        case "checkout.session.expired":
            return EventMeaning.EXPIRED
    return EventMeaning.NOTHING
