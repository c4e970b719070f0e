"""What every page of stories shares: its goods and its linked pages, fetched together, and being cached whole."""

from collections.abc import Iterable
from typing import Any

from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from wagtail.blocks import StreamValue
from wagtail.models import Locale, Page

from catalogue.cards import Card
from catalogue.pricing.selectors import next_price_boundary
from cms.blocks.banners import shown_banners
from cms.blocks.goods import goods_for_page
from cms.blocks.producers import producers_for_page
from marketplace.page_cache import public_page


class BlockPageMixin:
    """A page with streams of blocks. `streams` names the StreamFields."""

    streams: tuple[str, ...] = ("body",)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the banners, goods, producers and linked pages of all blocks, so that no block asks the database."""
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)  # type: ignore[misc]
        values = [getattr(self, name) for name in self.streams]
        at, adult = timezone.now(), getattr(request, "is_adult", False)
        context["shown_banners"] = shown_banners(values, at=at)
        context["goods_by_block"] = goods_for_page(values, at=at, adult=adult)
        context["producers_by_block"] = producers_for_page(values, at=at, adult=adult)
        context["pages_by_block"] = linked_pages(values)
        return context

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Return the page for every visitor alike, until the next price or day boundary of its goods."""
        response: TemplateResponse = super().serve(request, *args, **kwargs)  # type: ignore[misc]
        context = getattr(response, "context_data", None) or {}
        cards: list[Card] = [*context.get("goods", ())]
        for found in context.get("goods_by_block", {}).values():
            cards.extend(found)
        # Which goods and banners stand here hangs on prices too, also of goods that don't stand here yet.
        return public_page(response, boundaries=[next_price_boundary(), *(card.until for card in cards)])


def linked_pages(streams: Iterable[StreamValue]) -> dict[int, list[Page]]:
    """Return the live pages of every block of page cards, each in the active language where it exists there.

    A query for the pages, one for each kind of page and one for the producers of stories, however many blocks.
    """
    blocks = [block.value for stream in streams for block in stream if block.block_type == "cards"]
    chosen = {id(value): [page for page in value["pages"] if page is not None] for value in blocks}
    keys = {page.translation_key for pages in chosen.values() for page in pages}
    if not keys:
        return {}
    here = Page.objects.live().filter(translation_key__in=keys, locale=Locale.get_active()).specific()
    found = list(here)
    prefetch_related_objects([page for page in found if hasattr(page, "producer_id")], "producer")
    by_key = {page.translation_key: page for page in found}
    return {
        block: [by_key[page.translation_key] for page in pages if page.translation_key in by_key]
        for block, pages in chosen.items()
    }
