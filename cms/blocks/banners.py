"""Which banners stand on a page at a moment: those of a campaign come and go with its prices."""

from collections.abc import Iterable
from datetime import datetime

from wagtail.blocks import StreamValue

from catalogue.pricing.selectors import promotion_spans


def shown_banners(streams: Iterable[StreamValue], *, at: datetime) -> tuple[int, ...]:
    """Return the banners of `streams` that stand at `at`, in order, each by the identity of its block's value.

    One query where a banner belongs to a campaign, else none.
    """
    banners = [block.value for stream in streams for block in stream if block.block_type == "banner"]
    sources = {banner["campaign"] for banner in banners if banner["campaign"]}
    spans = promotion_spans(sources) if sources else {}
    running = {source for source, (start, end) in spans.items() if start <= at < end}
    return tuple(id(banner) for banner in banners if not banner["campaign"] or banner["campaign"] in running)
