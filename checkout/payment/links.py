"""Addresses of an order's payment: guessable by nobody, so that a guest needs no account."""

from urllib.parse import urljoin

from django.core.signing import BadSignature, Signer
from django.http import HttpRequest
from django.urls import reverse

from checkout.order.models import Order
from checkout.payment.gateways.base import PaymentUrls
from checkout.payment.methods import method_for

_SIGNER = Signer(sep=".", salt="checkout.payment")


def payment_token(order: Order) -> str:
    """Return what stands for `order` in an address; the same every time."""
    return _SIGNER.sign(order.number)


def order_number_of(token: str) -> str | None:
    """Return the number of the order that `token` stands for, or None where we didn't sign it."""
    try:
        return _SIGNER.unsign(token)
    except BadSignature:
        return None


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
