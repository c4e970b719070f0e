"""Baskets that read their lines in one query and leave no room for offers.

Seasonal prices are catalogue prices (decision 8 of the architecture), so nothing has to be computed over a whole basket on every page.
"""

from typing import Any

from django.db import models
from oscar.apps.basket.abstract_models import AbstractBasket, AbstractLine


class Basket(AbstractBasket):
    """What a person has put aside to buy, from any number of producers."""

    class Meta(AbstractBasket.Meta):
        app_label = "basket"

    #: Where the goods went when this basket was merged, so that they are still found there.
    merged_into = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    _lines: Any

    def all_lines(self) -> Any:
        """Return the lines with pack, good, producer, place and stock, in the order in which they were added; one query."""
        if self.pk is None:
            return self.lines.model.objects.none()
        if self._lines is None:
            self._lines = self.lines.select_related(
                "stockrecord__partner",
                "product__parent__producer__commune__province",
                "product__parent__product_set",
            ).order_by("pk")
        return self._lines

    @property
    def num_lines(self) -> int:
        """The number of lines, without a query of its own."""
        return len(self.all_lines())


class Line(AbstractLine):
    """Some packs of one kind in a basket, with the price that the buyer saw last."""

    class Meta(AbstractLine.Meta):
        app_label = "basket"


from oscar.apps.basket.models import *
