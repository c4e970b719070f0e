"""A form without a token is accepted only from our own pages (decision 12 of the architecture).

A token sets a cookie, and pages with a cookie can't be cached whole. Browsers name where a form comes from, and no script of another site
can change that: `Sec-Fetch-Site` (all of today's) or `Origin` (with every POST for many years).
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

View = Callable[..., HttpResponse]


def is_same_origin(request: HttpRequest) -> bool:
    """Return whether the browser says that this request comes from our own pages."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("Origin")
    if not origin or origin == "null":
        return False
    parts = urlsplit(origin)
    return parts.netloc == request.get_host() and (parts.scheme == "https" or not request.is_secure())


def same_origin_form(view: View) -> View:
    """Let a form without a token through to `view` from our own pages; answer 403 to any other POST."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST" and not is_same_origin(request):
            return HttpResponseForbidden(
                _("This form did not come from our pages. Please go back and try again."),
                content_type="text/plain; charset=utf-8",
            )
        return view(request, *args, **kwargs)

    return csrf_exempt(checked)
