"""The declaration of age: alcohol appears nowhere until it is made (see `domain.md`, law on alcohol).

The declaration is a signed cookie, so that a shared cache can keep two variants of a page: the normal one and one for `adult`.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

ADULT_COOKIE = "adult"
ADULT_SALT = "marketplace.adult"
ADULT_MAX_AGE = 60 * 60 * 24 * 30


def is_adult(request: HttpRequest) -> bool:
    """Return whether this visitor has declared to be 18 or older."""
    return request.get_signed_cookie(ADULT_COOKIE, default="", salt=ADULT_SALT, max_age=ADULT_MAX_AGE) == "18"


def declare_adult(response: HttpResponse, *, secure: bool) -> None:
    """Set the signed cookie that keeps the declaration for 30 days."""
    response.set_signed_cookie(
        ADULT_COOKIE,
        "18",
        salt=ADULT_SALT,
        max_age=ADULT_MAX_AGE,
        httponly=True,
        samesite="Lax",
        secure=secure,
    )


class AdultMiddleware:
    """Set `request.is_adult`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.is_adult = is_adult(request)  # type: ignore[attr-defined]
        return self.get_response(request)
