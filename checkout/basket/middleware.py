"""A basket that nobody loads unless a page asks for it (decision 12 of the architecture).

Stock Oscar reads the user and applies offers on every request, which makes each page personal. Here a page that doesn't touch
`request.basket` costs nothing, reads no user and gets no `Vary: Cookie`.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject, empty

from checkout.basket.identity import basket_for, remember_basket


class BasketMiddleware:
    """Hang the visitor's basket on the request, unread, and keep a guest's in a cookie."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        lazy = SimpleLazyObject(lambda: basket_for(request))
        request.basket = lazy  # type: ignore[attr-defined]
        response = self.get_response(request)
        if lazy._wrapped is not empty:  # type: ignore[attr-defined]
            remember_basket(request, response, lazy._wrapped)  # type: ignore[attr-defined]
        return response
