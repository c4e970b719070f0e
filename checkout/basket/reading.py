"""Reads the lines of a basket with what a page names of them, in one query whose SQL is written once (see `marketplace.prepared`)."""

from typing import Any, Final

from django.db.models import Model, QuerySet

from catalogue.models import Product, ProductSet
from catalogue.producers.models import Partner, StockRecord
from checkout.basket.models import Basket, Line
from marketplace.places.models import Commune, Province
from marketplace.prepared import PreparedRows, columns_beside, columns_of, model_with

#: What stands on the goods' and producers' own pages only: most of a row.
_LEFT_OUT: Final = frozenset(
    {
        "meta_title",
        "meta_description",
        "description",
        "net_quantity",
        "ingredients",
        "storage",
        "shelf_life",
        "usage",
        "origin",
        "warnings",
        "other_channels",
        "about",
        # Read under lock by whoever counts with it.
        "num_in_stock",
        "num_allocated",
    }
)
#: Where it lies, seen from the line.
_BESIDE: Final[dict[str, type[Model]]] = {
    "product": Product,
    "product__parent": Product,
    "product__parent__product_set": ProductSet,
    "product__parent__producer": Partner,
    "product__parent__producer__commune": Commune,
    "product__parent__producer__commune__province": Province,
    "stockrecord": StockRecord,
}


def read_lines(basket: Basket) -> list[Line]:
    """Return the lines of `basket` in the order in which they were added, with pack, good, producer and place."""
    if not basket.pk:
        return []
    return [model_with(Line, row, _BESIDE, without=_LEFT_OUT) for row in _line_rows([basket.pk])]


def _lines(basket_ids: list[int]) -> QuerySet[Line, Any]:
    return (
        Line.objects.filter(basket__in=basket_ids)
        .order_by("pk")
        .values(*columns_of(Line), *columns_beside(_BESIDE, _LEFT_OUT))
    )


_line_rows = PreparedRows(_lines)
