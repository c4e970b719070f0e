"""Live goods for the blocks of a page: one query a block for its rule, and the cards of all blocks together."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import get_language
from wagtail.blocks import StreamValue

from catalogue.cards import Card, cards_for
from catalogue.certification.models import Certificate
from catalogue.certification.rules import sellable_q, shown_q
from catalogue.models import Product
from catalogue.pricing.selectors import discounted_products
from marketplace.clock import day_of

#: How many goods on promotion a block chooses from.
MOST_ON_PROMOTION = 200


def goods_for_page(streams: Iterable[StreamValue], *, at: datetime, adult: bool) -> dict[int, list[Card]]:
    """Return the cards of every goods block in `streams`, keyed by the identity of the block's value."""
    ids_by_block = {
        id(block.value): product_ids(block.value, at=at, adult=adult)
        for stream in streams
        for block in stream
        if block.block_type == "goods"
    }
    wanted = list(dict.fromkeys(pk for ids in ids_by_block.values() for pk in ids))
    cards = {
        card.product_id: card
        for card in cards_for(wanted, language=get_language() or "vi", at=at, adult=adult)
    }
    return {block: [cards[pk] for pk in ids if pk in cards] for block, ids in ids_by_block.items()}


def product_ids(value: Any, *, at: datetime, adult: bool) -> list[int]:
    """Return which goods a block's rule picks at `at`: those that may be shown, buyable ones first, then the newest."""
    shown = shown_q(day_of(at), adult=adult)
    goods = Product.objects.filter(shown)
    by_hand = list(value["by_hand"])
    if by_hand:
        known = set(goods.filter(pk__in=by_hand).values_list("pk", flat=True))
        return [pk for pk in by_hand if pk in known][: value["limit"]]
    if value["product_set"]:
        goods = goods.filter(product_set_id=int(value["product_set"]))
    if value["province"]:
        goods = goods.filter(producer__commune__province_id=value["province"])
    if value["producer"]:
        goods = goods.filter(producer_id=int(value["producer"]))
    if value["stars"]:
        papers = Certificate.objects.in_force(day_of(at), stars_from=int(value["stars"]))
        goods = goods.filter(pk__in=papers.values("product"))
    if value["on_promotion"]:
        goods = goods.filter(pk__in=discounted_products(at, limit=MOST_ON_PROMOTION, among=shown))
    return buyable_first(goods, at=at, adult=adult, limit=value["limit"])


def buyable_first(goods: QuerySet[Product], *, at: datetime, adult: bool, limit: int) -> list[int]:
    """Return up to `limit` ids of `goods`: those with a pack that is sold at `at`, then the others, the newest first in each.

    Two queries that may stop early, instead of one that would have to judge every good before it can sort.
    """
    sold_packs = Product.objects.filter(sellable_q(day_of(at), adult=adult, at=at), parent=OuterRef("pk"))
    newest = goods.order_by("-pk").values_list("pk", flat=True)
    ids = list(newest.filter(Exists(sold_packs))[:limit])
    if len(ids) < limit:
        ids += newest.exclude(pk__in=ids)[: limit - len(ids)]
    return ids
