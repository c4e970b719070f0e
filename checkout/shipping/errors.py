"""What can go wrong with delivery. Each says to the buyer why, and what else can be done."""

from collections.abc import Sequence

from django.utils.translation import gettext as _


class CannotDeliver(Exception):
    """Goods can't go where somebody wants them; `words` says why, in the reader's language."""

    @property
    def words(self) -> str:
        """Why, without naming the producer."""
        return _("we cannot say at the moment what delivery costs.")


class NoTariff(CannotDeliver):
    """No delivery table, or no line of it, holds for this producer on this day: an admin has to add one."""


class PlaceNotServed(CannotDeliver):
    """The table says that nothing is delivered to this commune."""

    def __init__(self, commune: str) -> None:
        super().__init__(commune)
        self.commune = commune

    @property
    def words(self) -> str:
        """Which place it is."""
        return _("nothing can be delivered to %(place)s.") % {"place": self.commune}


class NotCooled(CannotDeliver):
    """Some goods need cooling, and the table carries nothing cooled."""

    def __init__(self, goods: Sequence[str]) -> None:
        super().__init__(goods)
        self.goods = list(goods)

    @property
    def words(self) -> str:
        """Which goods they are."""
        return _("%(goods)s must be kept cool, and the carrier doesn't cool on this way.") % {
            "goods": ", ".join(self.goods)
        }


class TooFarForFresh(CannotDeliver):
    """Some goods would spoil on the way."""

    def __init__(self, goods: Sequence[str], *, keeps: int, takes: int) -> None:
        super().__init__(goods)
        self.goods, self.keeps, self.takes = list(goods), keeps, takes

    @property
    def words(self) -> str:
        """Which goods, how long they keep and how long the way takes."""
        return _("%(goods)s stays fresh for %(keeps)d days, and the way to you may take %(takes)d.") % {
            "goods": ", ".join(self.goods),
            "keeps": self.keeps,
            "takes": self.takes,
        }
