"""Public pages are kept whole, in two variants, until something on them changes."""

from datetime import timedelta

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.cache import cache
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import timezone

from marketplace.adult import ADULT_SALT
from marketplace.page_cache import PageCacheMiddleware, public_page, raise_generation


class CountingView:
    """A view that says how often it was asked."""

    def __init__(self, **headers: str) -> None:
        self.asked = 0
        self.headers = headers
        self.boundaries: list = []

    def __call__(self, request):
        self.asked += 1
        response = HttpResponse(f"answer {self.asked}")
        for name, value in self.headers.items():
            response[name] = value
        return public_page(response, boundaries=self.boundaries)


@pytest.fixture(autouse=True)
def _empty_cache():
    cache.clear()


def ask(view, path="/vi/san-pham/", **extra):
    return PageCacheMiddleware(view)(RequestFactory().get(path, **extra))


def test_a_public_page_is_made_once():
    view = CountingView()
    assert ask(view).content == ask(view).content == b"answer 1"
    assert view.asked == 1


def test_every_address_and_language_has_its_own_page():
    view = CountingView()
    for path in ("/vi/san-pham/", "/en/products/", "/vi/san-pham/?page=2"):
        ask(view, path)
    assert view.asked == 3


def test_marks_of_advertisers_make_no_new_page():
    view = CountingView()
    ask(view, "/vi/san-pham/?page=2")
    ask(view, "/vi/san-pham/?page=2&utm_source=zalo&fbclid=1")
    assert view.asked == 1


def test_a_change_of_the_catalogue_forgets_every_page(django_capture_on_commit_callbacks, db):
    view = CountingView()
    ask(view)
    with django_capture_on_commit_callbacks(execute=True):
        raise_generation()
    assert ask(view).content == b"answer 2"


def test_a_page_for_adults_is_kept_apart_and_never_at_a_cdn():
    view = CountingView()
    ask(view)
    request = RequestFactory().get("/vi/san-pham/")
    response = HttpResponse()
    response.set_signed_cookie("adult", "18", salt=ADULT_SALT)
    request.COOKIES["adult"] = response.cookies["adult"].value
    adult = PageCacheMiddleware(view)(request)
    assert adult.content == b"answer 2"
    assert adult["Cache-Control"] == "private, no-cache"


def test_a_forged_declaration_of_age_gets_the_normal_page():
    view = CountingView()
    ask(view)
    request = RequestFactory().get("/vi/san-pham/")
    request.COOKIES["adult"] = "18:forged:signature"
    assert PageCacheMiddleware(view)(request).content == b"answer 1"


def test_a_page_that_depends_on_cookies_is_not_kept():
    view = CountingView(Vary="Cookie")
    ask(view)
    ask(view)
    assert view.asked == 2


def test_a_page_ends_at_the_next_price_boundary():
    view = CountingView()
    view.boundaries = [timezone.now() + timedelta(milliseconds=900)]
    ask(view)
    ask(view)
    assert view.asked == 2, "a page whose price changes within a second must not be kept"


def test_a_cdn_keeps_a_page_for_half_a_minute_at_most():
    assert ask(CountingView())["Cache-Control"] == "public, max-age=0, s-maxage=30"


def test_another_release_makes_its_own_pages(monkeypatch):
    view = CountingView()
    ask(view)
    monkeypatch.setattr(staticfiles_storage, "manifest_hash", "next", raising=False)
    assert ask(view).content == b"answer 2"
