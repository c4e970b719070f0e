"""The shop's addresses, and those of pages that come only when something is wrong, or only to a developer."""

from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.csrf import csrf_failure

from marketplace import styleguide
from marketplace.urls import urlpatterns as shop


def refuse(request: HttpRequest, kind: str) -> HttpResponse:
    """Answer with the page for `kind`, by the way on which the shop itself would come to it."""
    match kind:
        case "400":
            raise BadRequest("a test asks for this page")
        case "403":
            raise PermissionDenied
        case "403-csrf":
            return csrf_failure(request)
        case "429":
            return render(request, "429.html", status=429)
        case _:
            raise RuntimeError("a test asks for this page")


urlpatterns = [
    path("vi/loi/<slug:kind>/", refuse),
    path("vi/kieu-dang/", styleguide.show),
    *shop,
]
