"""Reads the lines of a basket with what a page names of them, in one query whose SQL is written once (see `marketplace.prepared`)."""

from typing import Any, Final

from django.db.models import Model, QuerySet

from catalogue.models import Product, ProductSet
from catalogue.producers.models import Partner
from checkout.basket.models import Basket, Line
from marketplace.places.models import Commune, Province
from marketplace.prepared import PreparedRows, columns_of, model_from_row

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
}


def read_lines(basket: Basket) -> list[Line]:
    """Return the lines of `basket` in the order in which they were added, with pack, good, producer and place.

    The stock isn't read: whoever changes it reads it under lock (`Basket.all_lines`).
    """
    return [_line(row) for row in _line_rows([basket.pk])] if basket.pk else []


def _lines(basket_ids: list[int]) -> QuerySet[Line, Any]:
    beside = [f"{path}__{name}" for path, model in _BESIDE.items() for name in columns_of(model, _LEFT_OUT)]
    return Line.objects.filter(basket__in=basket_ids).order_by("pk").values(*columns_of(Line), *beside)


def _line(row: dict[str, Any]) -> Line:
    line = model_from_row(Line, row)
    read: dict[str, Model] = {"": line}
    for path, model in _BESIDE.items():
        above, _, name = path.rpartition("__")
        if (owner := read.get(above)) is None:
            continue
        is_there = row[f"{path}__{model._meta.pk.attname}"] is not None  # type: ignore[union-attr]
        beside = model_from_row(model, row, f"{path}__", _LEFT_OUT) if is_there else None
        setattr(owner, name, beside)
        if beside is not None:
            read[path] = beside
    return line


_line_rows = PreparedRows(_lines)
