"""Cash: the producer or the carrier takes it at the door. No machine starts it, tells of it or sends it back."""

from collections.abc import Sequence

from django.http import HttpRequest

from checkout.payment.errors import GatewayRefused, InvalidWebhook
from checkout.payment.gateways.base import BillLine, Gateway, GatewayEvent, PaymentUrls, StartedPayment
from checkout.payment.models import Payment


class CashGateway(Gateway):
    """Money that was handed over for a parcel; it goes back by bank transfer."""

    code = "cash"
    sends_refunds = False

    def is_offered(self) -> bool:
        """Return False: there is nothing to pay online, and nobody to call our webhook."""
        return False

    def start(
        self, *, payment: Payment, lines: Sequence[BillLine], urls: PaymentUrls, language: str
    ) -> StartedPayment:
        raise GatewayRefused("cash is handed over at the door")

    def read_event(self, request: HttpRequest) -> GatewayEvent:
        raise InvalidWebhook("nobody tells of cash by a webhook")

    def refund(self, *, payment: Payment, amount: int, idempotency_key: str) -> str:
        raise GatewayRefused("cash goes back by bank transfer")
