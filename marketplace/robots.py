"""`/robots.txt`: what crawlers may read. Public pages yes; what is personal, what only people do, and addresses without end no."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from marketplace.url_words import URL_WORDS

#: Kept out in each language, by the first word of the address.
CLOSED = ("basket", "checkout", "orders", "payment", "account", "work", "search", "delivery", "places", "age")
#: Kept out beside the languages.
CLOSED_ROOTS = ("/cms/", "/sandbox-pay/", "/webhooks/", "/healthz/", "/readyz/")
#: Filters and orders of the listing multiply without end; its pages and the packs of a good are few.
OPEN_PARAMETERS = ("page", "pack")


def robots_lines() -> list[str]:
    """Return the file line by line; of two rules that meet, the longer one holds (RFC 9309)."""
    languages = [code for code, _name in settings.LANGUAGES]
    closed = [f"/{code}/{URL_WORDS[key][languages.index(code)]}/" for code in languages for key in CLOSED]
    return [
        "User-agent: *",
        "Disallow: /*?",
        *(f"Allow: /*?{name}=" for name in OPEN_PARAMETERS),
        *(f"Disallow: {path}" for path in (*CLOSED_ROOTS, *closed)),
        "",
        f"Sitemap: {settings.SITE_URL.rstrip('/')}{reverse('sitemap')}",
    ]


@require_safe
@cache_control(public=True, max_age=3600)
def robots(request: HttpRequest) -> HttpResponse:
    """Say it as plain text."""
    return HttpResponse("\n".join(robots_lines()) + "\n", content_type="text/plain; charset=utf-8")
