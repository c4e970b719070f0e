"""The providers, by the code that stands on a payment."""

from typing import Final

from django.utils.module_loading import import_string

from checkout.payment.gateways.base import Gateway

GATEWAYS: Final = {
    "cash": "checkout.payment.gateways.cash.CashGateway",
    "stripe": "checkout.payment.gateways.stripe.StripeGateway",
    "transfer": "checkout.payment.gateways.transfer.TransferGateway",
    "sandbox": "checkout.payment.gateways.sandbox.SandboxGateway",
}


def gateway_for(code: str) -> Gateway:
    """Return the adapter with this code. Raises KeyError where there is none."""
    gateway: Gateway = import_string(GATEWAYS[code])()
    return gateway
