"""Stripe: a hosted Checkout Session in VND, and signed webhooks. The only module that imports `stripe`.

VND is a zero-decimal currency there: an amount is the number of đồng. Sums are ours: every line has quantity 1 and its final amount.
"""

import json
import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import stripe
from django.conf import settings
from django.http import HttpRequest

from checkout.payment.errors import GatewayRefused, GatewayUnavailable, InvalidWebhook
from checkout.payment.gateways.base import (
    BillLine,
    Gateway,
    GatewayEvent,
    PaymentUrls,
    ProviderRefund,
    StartedPayment,
)
from checkout.payment.gateways.stripe_events import REFUND_FAILURES, understand
from checkout.payment.models import Payment

logger = logging.getLogger(__name__)

#: A session lives at least 30 minutes and at most 24 hours from its creation; a minute each side for slow networks.
SHORTEST: Final = timedelta(minutes=31)
LONGEST: Final = timedelta(hours=23, minutes=59)
#: For how long a signed webhook counts as fresh.
TOLERANCE_SECONDS: Final = 300
TIMEOUT_SECONDS: Final = 15
#: A session takes 100 lines and names of 250 letters.
MOST_LINES: Final = 100
#: The same call is being answered to somebody else: a double tap.
_STILL_AT_WORK: Final = "idempotency_key_in_use"
LONGEST_NAME: Final = 250

#: In which version of the API we speak and are spoken to: also to be chosen for the webhook endpoint at Stripe.
API_VERSION: Final = "2026-08-26.dahlia"


class StripeGateway(Gateway):
    """Cards by Stripe's hosted page."""

    code = "stripe"
    shortest = SHORTEST
    #: Stripe takes eight digits.
    most = 99_999_999

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
            event = json.loads(body)
            is_live, version = event["livemode"], event.get("api_version")
            if is_live != is_live_key(settings.STRIPE_SECRET_KEY):
                raise InvalidWebhook("test and live are mixed up")
            if version != API_VERSION:
                logger.warning(
                    "event %s speaks version %s of Stripe's API, not %s", event["id"], version, API_VERSION
                )
            return understand(event)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise InvalidWebhook(f"not understood: {type(error).__name__}") from error

    def close(self, payment: Payment) -> None:
        if not payment.reference:
            return  # its address was never known to us, so nobody can pay there
        try:
            self._call(lambda client: client.v1.checkout.sessions.expire(str(payment.reference)))
        except GatewayRefused:
            # Only an open session can be ended: this one is over, and its own event says how.
            logger.info("payment %s was over before it could be closed", payment.pk)

    def refunds_of(self, payment: Payment) -> list[ProviderRefund]:
        known = self._call(
            lambda client: client.v1.refunds.list(
                params={"payment_intent": payment.capture_reference, "limit": 100}
            )
        )
        return [
            ProviderRefund(
                reference=refund["id"],
                amount=refund["amount"],
                key=(refund["metadata"] or {}).get("refund_key", ""),
                has_failed=refund["status"] in REFUND_FAILURES,
            )
            for refund in known.to_dict()["data"]
        ]

    def refund(self, *, payment: Payment, amount: int, idempotency_key: str) -> str:
        # Stripe forgets an idempotency key after a day, and we try for two: look first.
        for known in self.refunds_of(payment):
            if known.key == idempotency_key and not known.has_failed:
                return known.reference
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
        if refund.status in REFUND_FAILURES:
            raise GatewayRefused(f"refund {refund.id} is {refund.status}")
        return str(refund.id)

    def _call(self, request: Any) -> Any:
        """Return what Stripe answers, its errors told apart: worth another try, or not."""
        if not self.is_offered():
            raise GatewayRefused("Stripe is not set up here")
        client = stripe.StripeClient(
            settings.STRIPE_SECRET_KEY,
            http_client=stripe.RequestsClient(timeout=TIMEOUT_SECONDS),
            stripe_version=API_VERSION,
            max_network_retries=2,
            base_addresses={"api": settings.STRIPE_API_BASE} if settings.STRIPE_API_BASE else {},
        )
        try:
            return request(client)
        except (stripe.InvalidRequestError, stripe.IdempotencyError, stripe.CardError) as error:
            if error.code == _STILL_AT_WORK:
                raise GatewayUnavailable(_STILL_AT_WORK) from error
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
