"""Addresses of an order's page and of a consignment in its producer's workplace."""

from urllib.parse import urljoin

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from checkout.order.models import Consignment, Order
from checkout.order.tokens import OrderTokens

_TOKENS = OrderTokens("checkout.order")
order_token = _TOKENS.token
order_number_of = _TOKENS.number_of


def order_path(order: Order) -> str:
    """Return the path of an order's page in the active language."""
    return reverse("orders:detail", args=[order_token(order)])


def order_url(order: Order) -> str:
    """Return the whole address of an order's page, in the language of the order: for notices."""
    with translation.override(order.language):
        return urljoin(settings.SITE_URL, order_path(order))


def lookup_url(language: str) -> str:
    """Return the whole address where an order is found by number and phone: short enough for a text message."""
    with translation.override(language):
        return urljoin(settings.SITE_URL, reverse("orders:lookup"))


def held_url(order: Order, *, language: str) -> str:
    """Return the whole address of an order in the back office: for notices to people of the programme."""
    with translation.override(language):
        path = reverse("dashboard:order", kwargs={"number": order.number})
    return urljoin(settings.SITE_URL, path)


def work_url(consignment: Consignment, *, language: str = "vi") -> str:
    """Return the whole address of a consignment in the producer's workplace: for notices."""
    with translation.override(language):
        path = reverse(
            "dashboard:consignment",
            kwargs={"producer_pk": consignment.producer_id, "pk": consignment.pk},
        )
    return urljoin(settings.SITE_URL, path)
