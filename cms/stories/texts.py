"""Tells the rooms below what the published stories say: search finds goods by it, and may not know the pages."""

from collections import defaultdict
from collections.abc import Iterable
from hashlib import blake2b
from typing import Any, Final

from django.db import transaction

from catalogue.changes import mark_changed
from catalogue.models import Product
from catalogue.producers.models import ProducerStory
from cms.stories.models import ProducerStoryPage

#: More letters of a producer's stories in one language are not searched.
LONGEST: Final = 20_000
#: Blocks in which somebody tells something; the others show goods.
_TELLING: Final = frozenset({"text", "quote", "picture"})


@transaction.atomic
def story_texts_record(**_signal: Any) -> int:
    """Bring `ProducerStory` into line with the stories that everybody may read; return of how many producers it changed.

    Samples tell of nobody and are left out. Safe to run twice: a page is read only where another edition of it was published, and only
    goods of producers whose stories changed go to the index again.
    """
    wanted = _editions()
    held = dict(ProducerStory.objects.select_for_update().order_by("pk").values_list("pk", "edition"))
    changed = sorted(pk for pk in wanted.keys() | held.keys() if wanted.get(pk) != held.get(pk))
    if not changed:
        return 0
    texts = _texts(changed)
    ProducerStory.objects.filter(pk__in=[pk for pk in changed if pk not in wanted]).delete()
    ProducerStory.objects.bulk_create(
        [
            ProducerStory(pk=pk, edition=wanted[pk], text_vi=texts[pk, "vi"], text_en=texts[pk, "en"])
            for pk in changed
            if pk in wanted
        ],
        update_conflicts=True,
        unique_fields=["producer"],
        update_fields=["edition", "text_vi", "text_en"],
    )
    goods = Product.objects.filter(structure=Product.PARENT, producer__in=changed)
    mark_changed(goods.values_list("pk", flat=True))
    return len(changed)


def _editions() -> dict[int, str]:
    """Return what tells the published state of each producer's stories from another; no page is read for it."""
    pages: defaultdict[int, list[str]] = defaultdict(list)
    rows = _published().values_list("producer_id", "pk", "last_published_at")
    for producer_id, *edition in rows:
        pages[producer_id].append(repr(edition))
    return {
        producer_id: blake2b("".join(editions).encode(), digest_size=16).hexdigest()
        for producer_id, editions in pages.items()
    }


def _texts(producer_ids: Iterable[int]) -> defaultdict[tuple[int, str], str]:
    """Return what the stories of producers say, by producer and language."""
    texts: defaultdict[tuple[int, str], str] = defaultdict(str)
    for page in _published().filter(producer__in=producer_ids).select_related("locale"):
        key = (page.producer_id, page.locale.language_code)
        texts[key] = f"{texts[key]}\n{_said(page)}".strip()[:LONGEST]
    return texts


def _published() -> Any:
    return ProducerStoryPage.objects.live().public().filter(is_sample=False).order_by("pk")


def _said(page: ProducerStoryPage) -> str:
    told = (
        piece
        for block in page.body
        if block.block_type in _TELLING
        for piece in block.block.get_searchable_content(block.value)
    )
    return "\n".join([page.title, page.introduction, *map(str, told)])
