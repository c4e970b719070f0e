"""Goods like one and goods bought together with it, for the page of that good."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from catalogue.models import Product
from catalogue.similar import MOST, NoAnswer, SimilarGoods
from search.documents import text_tokens, texts
from search.engines.base import TOGETHER, get_engine
from search.errors import SearchUnavailable
from search.expressions import Form
from search.forms import forms_of
from search.query import Likeness

#: Companions that a good may have at most; beyond them come the goods that are merely like it.
_COMPANIONS: Final = 8


def find_similar(good: Product, *, at: datetime, adult: bool) -> SimilarGoods:
    """Return goods for the page of ``good``: one request to the engine. Raises NoAnswer."""
    try:
        hits = get_engine().similar(likeness_of(good, at=at, adult=adult), size=_COMPANIONS + MOST)
    except SearchUnavailable as error:
        raise NoAnswer(str(error)) from error
    together = [hit.product_id for hit in hits if hit.score >= TOGETHER]
    alike = [hit.product_id for hit in hits if hit.score < TOGETHER]
    return SimilarGoods(together=together[:MOST], alike=alike[:MOST])


def likeness_of(good: Product, *, at: datetime, adult: bool) -> Likeness:
    """Return what other goods are compared with ``good`` by; asks the database nothing."""
    names = (good.title_vi, good.title_en)
    tokens = [token for text in texts(names) for token in text_tokens(text)[Form.FOLDED]]
    commune = good.commune or (good.producer.commune if good.producer else None)
    return Likeness(
        product_id=good.pk,
        at=at,
        adult=adult,
        words=tuple(dict.fromkeys(tokens)),
        forms=forms_of(names),
        product_set=good.product_set_id,
        sector=good.sector_id or "",
        province=commune.province_id if commune else "",
        producer=good.producer_id,
    )
