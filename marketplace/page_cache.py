"""Public pages cached whole, here or at a CDN (decision 12 of the architecture).

A view that renders a page with nothing personal on it hands its response to `public_page`. The middleware keeps it in the shared cache and
gives it to every visitor, signed in or not. What is personal (basket count, name, messages) comes in requests of its own.

Three things end a page's life: its seconds, the next moment at which a price or a certificate on it may change, and `raise_generation`,
which every change of the catalogue calls.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Final
from urllib.parse import parse_qsl, urlencode

from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.cache import cache
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from marketplace.adult import ADULT_COOKIE, is_adult
from marketplace.clock import next_day_boundary

GENERATION_KEY: Final = "page-generation"
#: Longest life of a page here; at a CDN, which nobody tells of changes, it is shorter.
PAGE_LIFE: Final = timedelta(minutes=10)
CDN_LIFE: Final = timedelta(seconds=30)
#: Marks that advertisers add to addresses; they change nothing on a page.
TRACKING_PARAMETERS: Final = frozenset({"fbclid", "gclid", "zalo_id", "ref"})
_MARK: Final = "_public_until"


def public_page(response: HttpResponse, *, boundaries: Sequence[datetime | None] = ()) -> HttpResponse:
    """Mark `response` as the same for every visitor of its variant and return it.

    `boundaries` are the moments at which something on the page changes by itself: the start or end of a price, the end of a
    campaign. The next midnight in Vietnam, when certificates begin and end, is always one.
    """
    now = timezone.now()
    moments = [
        now + PAGE_LIFE,
        next_day_boundary(),
        *(at for at in boundaries if at is not None and at > now),
    ]
    setattr(response, _MARK, min(moments))
    return response


def raise_generation() -> None:
    """Make every cached page forgotten, once the current transaction is committed."""
    transaction.on_commit(_raise_generation_now)


def page_generation() -> float:
    """Return what changes whenever cached pages are forgotten; one read of the cache."""
    generation: float = cache.get(GENERATION_KEY, 0)
    return generation


def _raise_generation_now() -> None:
    cache.set(GENERATION_KEY, timezone.now().timestamp(), timeout=None)


class PageCacheMiddleware:
    """Answer from the shared cache where a page lies there; keep what views hand to `public_page`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            return self.get_response(request)
        adult = ADULT_COOKIE in request.COOKIES and is_adult(request)
        key = _page_key(request, adult=adult)
        cached: HttpResponse | None = cache.get(key)
        if cached is not None:
            return cached
        response = self.get_response(request)
        until: datetime | None = getattr(response, _MARK, None)
        if until is None or request.method != "GET":
            return response
        return self._keep(key, response, until, adult=adult)

    def _keep(self, key: str, response: HttpResponse, until: datetime, *, adult: bool) -> HttpResponse:
        seconds = int((until - timezone.now()).total_seconds())
        personal = response.cookies or "cookie" in response.get("Vary", "").lower()
        if response.status_code != 200 or response.streaming or personal or seconds < 1:
            return response
        if adult:
            response["Cache-Control"] = "private, no-cache"
        else:
            response["Cache-Control"] = (
                f"public, max-age=0, s-maxage={min(seconds, int(CDN_LIFE.total_seconds()))}"
            )
        delattr(response, _MARK)
        cache.set(key, response, timeout=seconds)
        return response


def _page_key(request: HttpRequest, *, adult: bool) -> str:
    query = request.META.get("QUERY_STRING", "")
    if query:
        pairs = parse_qsl(query, keep_blank_values=True)
        query = urlencode(
            [p for p in pairs if p[0] not in TRACKING_PARAMETERS and not p[0].startswith("utm_")]
        )
    generation = page_generation()
    fragment = "htmx" if request.headers.get("HX-Request") else "page"
    # A new release's pages name new style sheets: it must not give out those of the release before, nor the other way round.
    release = getattr(staticfiles_storage, "manifest_hash", "")
    name = f"{request.get_host()}|{request.path_info}|{query}|{adult}|{fragment}|{generation}|{release}"
    return f"page:{blake2b(name.encode(), digest_size=16).hexdigest()}"
