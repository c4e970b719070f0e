"""Baskets that read their lines in one query and leave no room for offers.

Seasonal prices are catalogue prices (decision 8 of the architecture), so nothing has to be computed over a whole basket on every page.
"""

from typing import Any, Final

from oscar.apps.basket.abstract_models import AbstractBasket, AbstractLine

_TEXTS: Final = (
    "title",
    "meta_title",
    "meta_description",
    *(
        f"{text}{language}"
        for text in (
            "description",
            "net_quantity",
            "ingredients",
            "storage",
            "shelf_life",
            "usage",
            "origin",
            "warnings",
            "other_channels",
        )
        for language in ("", "_vi", "_en")
    ),
)
_TEXTS_OF_PAGES: Final = (
    *(f"product__{text}" for text in _TEXTS),
    *(f"product__parent__{text}" for text in _TEXTS),
    *(f"product__parent__producer__about{language}" for language in ("", "_vi", "_en")),
)


class Basket(AbstractBasket):
    """What a person has put aside to buy, from any number of producers."""

    class Meta(AbstractBasket.Meta):
        app_label = "basket"

    _lines: Any

    def all_lines(self) -> Any:
        """Return the lines with pack, good, producer, place and stock, in the order in which they were added; one query."""
        if self.pk is None:
            return self.lines.model.objects.none()
        if self._lines is None:
            self._lines = self.lines.select_related(
                "stockrecord__partner", "product__parent__producer__commune__province"
            ).order_by("pk")
        return self._lines

    def lines_to_show(self) -> list["Line"]:
        """Return the lines as `all_lines` does, without stock and without the texts of the goods' pages: those are most of a row."""
        if self.pk is None:
            return []
        lines = self.lines.select_related("product__parent__producer__commune__province").defer(
            *_TEXTS_OF_PAGES
        )
        # Sorted here: to find out whether `pk` is among the columns, Django compares it with each of a hundred.
        return sorted(lines.order_by(), key=lambda line: line.pk)

    @property
    def num_lines(self) -> int:
        """The number of lines, without a query of its own."""
        return len(self.all_lines())


class Line(AbstractLine):
    """Some packs of one kind in a basket, with the price that the buyer saw last."""

    class Meta(AbstractLine.Meta):
        app_label = "basket"


from oscar.apps.basket.models import *
