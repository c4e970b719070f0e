"""Regions and stories in the sitemap: every public page with its twin in the other language, if it has one."""

from typing import Any

from wagtail.models import Page

from catalogue.sitemaps import Section
from cms.home.models import HomePage


def _stories() -> list[dict[str, Any]]:
    """Return one row for each page and its translations; the home pages are the catalogue's own."""
    found: dict[Any, dict[str, Any]] = {}
    pages = Page.objects.live().public().filter(depth__gt=2).not_type(HomePage).select_related("locale")
    for page in pages.order_by("path"):
        row = found.setdefault(page.translation_key, {"addresses": {}, "changed": None})
        row["addresses"][page.locale.language_code] = page.get_url() or ""
        changed = page.last_published_at
        if changed and (row["changed"] is None or changed > row["changed"]):
            row["changed"] = changed
    return list(found.values())


def _address(row: dict[str, Any], language: str) -> str:
    return str(row["addresses"].get(language, ""))


STORIES = Section(_stories, _address)
