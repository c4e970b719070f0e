"""Addresses of goods, for places that write many of them at once."""

from functools import lru_cache

from django.urls import reverse
from django.utils import translation

_SLUG, _NUMBER = "slug-goes-here", 987654321


def good_url(*, pk: int, slug: str, language: str) -> str:
    """Return the address of a good's page in `language`, without host."""
    return _pattern(language).format(slug=slug or "-", pk=pk)


def producer_url(*, code: str, language: str) -> str:
    """Return the address of a producer's page in `language`, without host."""
    return _producer_pattern(language).format(code=code)


@lru_cache(maxsize=8)
def _pattern(language: str) -> str:
    """Resolving the address of each of a hundred cards would take longer than reading them."""
    with translation.override(language):
        address = reverse("catalogue:detail", kwargs={"slug": _SLUG, "pk": _NUMBER})
    return address.replace(_SLUG, "{slug}").replace(str(_NUMBER), "{pk}")


@lru_cache(maxsize=8)
def _producer_pattern(language: str) -> str:
    with translation.override(language):
        return reverse("producers:detail", kwargs={"code": _SLUG}).replace(_SLUG, "{code}")
