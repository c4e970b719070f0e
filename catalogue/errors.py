"""What can be wrong with a change of goods, in words for the person who asked. Nothing is half done."""

from django.utils.functional import Promise


class CatalogueError(Exception):
    """A change was refused; `message` says why in the reader's language. Nothing was changed."""

    def __init__(self, message: str | Promise) -> None:
        super().__init__(str(message))
        self.message = message


class DetailUnknown(CatalogueError):
    """A field was named that nobody may set this way."""


class TitleMissing(CatalogueError):
    """Goods need a name in Vietnamese, packs a label."""


class StrengthMissing(CatalogueError):
    """Alcohol needs its strength in per cent by volume."""


class StockPromised(CatalogueError):
    """Stock can't fall below what is promised to orders; `promised` packs are."""

    def __init__(self, message: str | Promise, promised: int) -> None:
        super().__init__(message)
        self.promised = promised


class PackOfAnotherGood(CatalogueError):
    """The pack named belongs to another good."""


class CodeTaken(CatalogueError):
    """Another pack of the producer has this code already."""


class ReasonMissing(CatalogueError):
    """A listing isn't suspended without saying why."""


class PictureRefused(CatalogueError):
    """An uploaded file isn't a picture that can be shown."""
