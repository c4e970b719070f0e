"""The page that asks for the age, before alcohol may be seen (Law on the prevention of harm from alcohol, see `domain.md`)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from marketplace.adult import declare_adult


def _next_url(request: HttpRequest) -> str:
    target = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return target
    return reverse("catalogue:index")


@never_cache
@require_http_methods(["GET", "POST"])
def declare(request: HttpRequest) -> HttpResponse:
    """Ask whether the visitor is 18 or older; keep a yes for 30 days and go on to `next`."""
    if request.method == "POST" and request.POST.get("answer") == "yes":
        response = redirect(_next_url(request))
        declare_adult(response, secure=request.is_secure())
        return response
    refused = request.method == "POST"
    return render(request, "age/declare.html", {"next": _next_url(request), "refused": refused})
