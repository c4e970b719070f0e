"""The shop's addresses, and `/bare/`: a view of two bytes, against which the pages are measured."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from marketplace.urls import urlpatterns as shop


def bare(request: HttpRequest) -> HttpResponse:
    """Answer with two bytes."""
    return HttpResponse("ok")


urlpatterns = [path("bare/", bare), *shop]
