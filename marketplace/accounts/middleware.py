"""A clear page where somebody tries too often."""

from collections.abc import Callable

from allauth.core.exceptions import RateLimited
from allauth.core.ratelimit import respond_429
from django.http import HttpRequest, HttpResponse


class RateLimitMiddleware:
    """Answer 429 where allauth's limit is reached deep inside a step, such as the second code by text message.

    allauth answers by itself only where a view is limited as a whole.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Turn allauth's exception into its page; let every other pass."""
        return respond_429(request) if isinstance(exception, RateLimited) else None
