"""Whose request it is, where proxies stand before the shop.

Behind a proxy every request comes from the proxy's address: limits by address would hold for all visitors together. `TRUSTED_PROXIES`
says how many proxies of our own stand in a row; each appends to `X-Forwarded-For` whom it spoke to, so the visitor is the entry that
many places from the end. What stands before it was sent by the visitor and proves nothing.
"""

import ipaddress
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse


class VisitorAddressMiddleware:
    """Let `REMOTE_ADDR` be the visitor's address for all that follows: limits, logs and sign-in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        address = forwarded_address(
            request.META.get("HTTP_X_FORWARDED_FOR", ""), proxies=settings.TRUSTED_PROXIES
        )
        if address:
            request.META["REMOTE_ADDR"] = address
        return self.get_response(request)


def forwarded_address(forwarded: str, *, proxies: int) -> str:
    """Return the visitor's address from `X-Forwarded-For` behind `proxies` proxies of our own; empty where it can't be told.

    A header with fewer entries than proxies came past them, and an entry that is no address is no address.
    """
    entries = [entry.strip() for entry in forwarded.split(",")]
    if proxies < 1 or len(entries) < proxies:
        return ""
    try:
        return str(ipaddress.ip_address(entries[-proxies].strip("[]")))
    except ValueError:
        return ""
