"""Limits by address count visitors, not the proxy that all of them come through."""

import pytest
from django.http import HttpRequest, HttpResponse

from marketplace.visitors import VisitorAddressMiddleware, forwarded_address


@pytest.mark.parametrize(
    ("forwarded", "proxies", "address"),
    [
        ("203.0.113.9", 1, "203.0.113.9"),
        ("198.51.100.1, 203.0.113.9", 1, "203.0.113.9"),  # the first entry is the visitor's own claim
        ("203.0.113.9, 10.0.0.2", 2, "203.0.113.9"),
        ("2001:db8::7", 1, "2001:db8::7"),
        ("[2001:db8::7]", 1, "2001:db8::7"),
        ("203.0.113.9", 0, ""),
        ("203.0.113.9", 2, ""),
        ("", 1, ""),
        ("unknown", 1, ""),
        ("203.0.113.9'; drop", 1, ""),
    ],
)
def test_the_visitor_is_whom_our_outermost_proxy_spoke_to(forwarded: str, proxies: int, address: str) -> None:
    assert forwarded_address(forwarded, proxies=proxies) == address


@pytest.mark.parametrize(("proxies", "seen"), [(0, "10.0.0.2"), (1, "203.0.113.9")])
def test_only_a_trusted_proxy_is_believed(settings, proxies: int, seen: str) -> None:
    settings.TRUSTED_PROXIES = proxies
    request = HttpRequest()
    request.META = {"REMOTE_ADDR": "10.0.0.2", "HTTP_X_FORWARDED_FOR": "203.0.113.9"}

    VisitorAddressMiddleware(lambda _request: HttpResponse())(request)

    assert request.META["REMOTE_ADDR"] == seen
