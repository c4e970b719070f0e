"""Bank transfer: the buyer pays from a bank's app, by VietQR or by hand. What comes in is heard of from the bank (`checkout.payment.transfers`)."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from django.http import HttpRequest

from checkout.payment.errors import GatewayRefused, InvalidWebhook
from checkout.payment.gateways.base import BillLine, Gateway, GatewayEvent, PaymentUrls, StartedPayment
from checkout.payment.models import Payment
from checkout.payment.transfers.accounts import receiving_account

_WITHOUT_DEADLINE: Final = timedelta(hours=48)


class TransferGateway(Gateway):
    """The shop's own bank account. Its page for the buyer is the payment's page, with the QR code on it."""

    code = "transfer"
    sends_refunds = False

    def is_offered(self) -> bool:
        """Return whether there is an account to pay to."""
        return receiving_account() is not None

    def start(
        self, *, payment: Payment, lines: Sequence[BillLine], urls: PaymentUrls, language: str
    ) -> StartedPayment:
        if not self.is_offered():
            raise GatewayRefused("there is no account to pay to")
        return StartedPayment(
            reference=f"started:{payment.pk}",
            redirect_url=urls.success,
            expires_at=payment.order.payment_deadline or payment.created_at + _WITHOUT_DEADLINE,
        )

    def read_event(self, request: HttpRequest) -> GatewayEvent:
        """Refuse: a bank tells of money, not of attempts to pay; it calls `/webhooks/bank/`."""
        raise InvalidWebhook("transfers are told of at /webhooks/bank/")

    def refund(self, *, payment: Payment, amount: int, idempotency_key: str) -> str:
        raise GatewayRefused("transfers go back by bank transfer")
