"""The sandbox provider's adapter: sends the buyer there by a signed address, hears of it by signed webhooks.

It imports the protocol of that provider and nothing else of it.
"""

import hashlib
import hmac
import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

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
from checkout.payment.sandbox import wire
from checkout.payment.sandbox.signature import HEADER, SignatureInvalid, check, sign

_MEANINGS: Final = {
    "payment.paid": EventMeaning.PAID,
    "payment.failed": EventMeaning.FAILED,
    "payment.cancelled": EventMeaning.CANCELLED,
}
_WITHOUT_DEADLINE: Final = timedelta(hours=1)


class SandboxGateway(Gateway):
    """A practice provider on this site."""

    code = "sandbox"

    def is_offered(self) -> bool:
        """Return whether this installation plays a provider (`SANDBOX_PAYMENT`): never by accident in production."""
        return bool(settings.SANDBOX_PAYMENT and settings.SANDBOX_WEBHOOK_SECRET)

    def start(
        self, *, payment: Payment, lines: Sequence[BillLine], urls: PaymentUrls, language: str
    ) -> StartedPayment:
        if not self.is_offered():
            raise GatewayRefused("the sandbox provider is not offered here")
        reference = _reference(payment)
        deadline = payment.order.payment_deadline or payment.created_at + _WITHOUT_DEADLINE
        fields = {
            "order": payment.order.number,
            "payment": str(payment.pk),
            "amount": str(sum(line.amount for line in lines)),
            "deadline": deadline.isoformat(),
            "success_url": urls.success,
            "cancel_url": urls.cancel,
            "webhook_url": urls.webhook,
        }
        signature = sign(
            "\n".join([reference, *fields.values()]).encode(),
            secret=settings.SANDBOX_WEBHOOK_SECRET,
            at=int(payment.created_at.timestamp()),
        )
        query = urlencode({**fields, "signature": signature, "language": language})
        return StartedPayment(
            reference=reference,
            redirect_url=f"{_origin(urls.success)}/sandbox-pay/{reference}/?{query}",
            expires_at=deadline,
        )

    def read_event(self, request: HttpRequest) -> GatewayEvent:
        body = request.body
        try:
            check(body, request.headers.get(HEADER, ""), secret=settings.SANDBOX_WEBHOOK_SECRET)
        except SignatureInvalid as error:
            raise InvalidWebhook(str(error)) from error
        try:
            return _understand(json.loads(body))
        except (KeyError, TypeError, ValueError) as error:
            raise InvalidWebhook(f"not understood: {type(error).__name__}") from error

    def refund(self, *, payment: Payment, amount: int, idempotency_key: str) -> str:
        try:
            answer = wire.post(
                f"{settings.SANDBOX_BASE_URL or _origin(payment.redirect_url)}/sandbox-pay/refunds/",
                {
                    "reference": payment.reference,
                    "amount": amount,
                    "idempotency_key": idempotency_key,
                },
                secret=settings.SANDBOX_WEBHOOK_SECRET,
            )
        except wire.Refused as error:
            raise GatewayRefused(str(error)) from error
        except wire.NoAnswer as error:
            raise GatewayUnavailable(str(error)) from error
        return str(json.loads(answer)["id"])


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def _reference(payment: Payment) -> str:
    """Return an unguessable name of the payment, the same at every call."""
    digest = hmac.new(
        settings.SANDBOX_WEBHOOK_SECRET.encode(),
        f"{payment.pk} {payment.order.number}".encode(),
        hashlib.sha256,
    )
    return f"sp_{digest.hexdigest()[:32]}"


def _understand(event: dict[str, Any]) -> GatewayEvent:
    data = event["data"]
    return GatewayEvent(
        event_id=event["id"],
        kind=event["type"],
        meaning=_MEANINGS.get(event["type"], EventMeaning.NOTHING),
        reference=data["reference"],
        order_number=data["order"],
        payment_id=int(data["payment"]),
        amount=data["amount"] if data["currency"] == "VND" else None,
        capture_reference=data["reference"],
    )
