"""Addresses of an order's payment: guessable by nobody, so that a guest needs no account."""

from urllib.parse import urljoin

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import translation

from checkout.order.models import Order
from checkout.order.tokens import OrderTokens
from checkout.payment.gateways.base import PaymentUrls
from checkout.payment.methods import method_for

_TOKENS = OrderTokens("checkout.payment")
payment_token = _TOKENS.token
order_number_of = _TOKENS.number_of

# Whoever packs or carries a parcel knows the order's number and the buyer's phone, and so the order's page. Where its money goes back to is
# asked on a page of its own, whose address is sent to the buyer and stands on no page.
_ACCOUNT_TOKENS = OrderTokens("checkout.payment.account", short=True)
account_token = _ACCOUNT_TOKENS.token
order_number_of_account = _ACCOUNT_TOKENS.number_of


def payment_page_path(order: Order) -> str:
    """Return the path of the page that says how an order's payment stands and lets the buyer pay, in the active language."""
    return reverse("payment:status", args=[payment_token(order)])


def account_url(order: Order) -> str:
    """Return the whole address where the buyer names a bank account, in the language of the order: for notices."""
    with translation.override(order.language):
        path = reverse("payment:account", args=[account_token(order)])
    return urljoin(settings.SITE_URL, path)


def payment_urls(request: HttpRequest, order: Order) -> PaymentUrls:
    """Return the addresses that a provider is given, on the host that the buyer uses, in the language of the order.

    Not in the active one: a call that is repeated has to say the same, or the provider takes it for another.
    """
    base = request.build_absolute_uri("/")
    gateway = method_for(order.payment_method).gateway or ""
    with translation.override(order.language):
        page = urljoin(base, payment_page_path(order))
    return PaymentUrls(
        success=page, cancel=page, webhook=urljoin(base, reverse("payment_webhook", args=[gateway]))
    )
