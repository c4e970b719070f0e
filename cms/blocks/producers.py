"""Producers for the blocks of a page: one query a block, and one for the numbers of their goods."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import get_language
from wagtail.blocks import StreamValue

from catalogue.addresses import producer_url
from catalogue.producers.directory import goods_shown_of, producers_shown
from catalogue.producers.models import Partner


@dataclass(frozen=True, slots=True)
class ProducerCard:
    """A producer as a block shows it; `goods`: how many are shown."""

    producer: Partner
    url: str
    goods: int


def producers_for_page(
    streams: Iterable[StreamValue], *, at: datetime, adult: bool
) -> dict[int, list[ProducerCard]]:
    """Return the producers of every such block in `streams`, keyed by the identity of the block's value."""
    values = [block.value for stream in streams for block in stream if block.block_type == "producers"]
    chosen = {id(value): _producers(value, at=at, adult=adult) for value in values}
    everybody = list({producer.pk for producers in chosen.values() for producer in producers})
    goods = goods_shown_of(everybody, at=at, adult=adult) if everybody else {}
    language = get_language() or "vi"
    return {
        block: [
            ProducerCard(
                producer, producer_url(code=producer.code, language=language), goods.get(producer.pk, 0)
            )
            for producer in producers
        ]
        for block, producers in chosen.items()
    }


def _producers(value: Any, *, at: datetime, adult: bool) -> list[Partner]:
    producers = producers_shown(at=at, adult=adult, province=value["province"] or "")
    if by_hand := [int(pk) for pk in value["by_hand"] if pk]:
        found = producers.in_bulk(by_hand)
        return [found[pk] for pk in by_hand if pk in found][: value["limit"]]
    return list(producers[: value["limit"]])
