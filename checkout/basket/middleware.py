"""A basket that nobody loads unless a page asks for it (decision 12 of the architecture)."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


class BasketMiddleware:
    """Placeholder order in the chain; the lazy basket hangs on `request.basket`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)
