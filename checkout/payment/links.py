"""Addresses of an order's payment: guessable by nobody, so that a guest needs no account."""

from urllib.parse import urljoin

from django.http import HttpRequest
from django.urls import reverse

from checkout.order.models import Order
from checkout.order.tokens import OrderTokens
from checkout.payment.gateways.base import PaymentUrls
from checkout.payment.methods import method_for

_TOKENS = OrderTokens("checkout.payment")
payment_token = _TOKENS.token
order_number_of = _TOKENS.number_of


def payment_page_path(order: Order) -> str:
    """Return the path of the page that says how an order's payment stands and lets the buyer pay, in the active language."""
    return reverse("payment:status", args=[payment_token(order)])


def payment_urls(request: HttpRequest, order: Order) -> PaymentUrls:
    """Return the addresses that a provider is given, on the host that the buyer uses, in the active language."""
    base = request.build_absolute_uri("/")
    gateway = method_for(order.payment_method).gateway or ""
    page = urljoin(base, payment_page_path(order))
    return PaymentUrls(
        success=page, cancel=page, webhook=urljoin(base, reverse("payment_webhook", args=[gateway]))
    )
