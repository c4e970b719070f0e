"""The facts of the one rule for hundreds of goods at once, read as bare rows.

`facts` reads for a page or for an order, with locks. Whoever goes through the whole catalogue (the search index) reads the same columns
here, and gives the prices that it has read already.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import F, QuerySet

from catalogue.certification.facts import certificates_of
from catalogue.certification.rules import GoodFacts, PackFacts, PriceWindow
from catalogue.models import Product
from catalogue.producers.models import StockRecord
from marketplace.prepared import PreparedRows


def facts_for_many_goods(good_ids: Iterable[int]) -> dict[int, GoodFacts]:
    """Return the facts of goods (ids of structure `parent`) by id, in two queries. Unknown ids are left out."""
    ids = sorted(set(good_ids))
    certificates = certificates_of(ids)
    return {row["pk"]: GoodFacts(**row, certificates=certificates[row["pk"]]) for row in _prepared_goods(ids)}


def _goods(good_ids: list[int]) -> QuerySet[Product, Any]:
    return (
        Product.objects.rewrite(False)  # nothing in a language is read
        .filter(pk__in=good_ids, structure=Product.PARENT)
        .order_by()
        .values(
            "pk",
            "listing",
            "alcohol",
            strength=F("alcohol_strength"),
            seller_state=F("producer__seller_state"),
            licence_number=F("producer__alcohol_licence_number"),
            licence_from=F("producer__alcohol_licence_from"),
            licence_until=F("producer__alcohol_licence_until"),
        )
    )


def facts_for_many_packs(
    goods: Mapping[int, GoodFacts], prices: Mapping[int, tuple[PriceWindow, ...]]
) -> dict[int, PackFacts]:
    """Return the facts of packs (ids of structure `child`) by id, in one query.

    `goods` names the good of each pack, `prices` the spans of time in which a pack has a price.
    """
    available = {
        row["product_id"]: row["num_in_stock"] - row["num_allocated"]
        for row in _prepared_stock(sorted(goods))
    }
    return {
        pk: PackFacts(pk=pk, good=good, available=available.get(pk, 0), prices=prices.get(pk, ()))
        for pk, good in goods.items()
    }


def _stock(pack_ids: list[int]) -> QuerySet[StockRecord, Any]:
    return (
        StockRecord.objects.filter(product__in=pack_ids)
        .order_by()
        .values("product_id", "num_in_stock", "num_allocated")
    )


_prepared_goods = PreparedRows(_goods)
_prepared_stock = PreparedRows(_stock)
