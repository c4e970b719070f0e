"""A good's pictures as the desk shows them: each in its place, also while the worker still makes it ready."""

from dataclasses import dataclass

from catalogue.models import Product, ProductImage
from catalogue.pictures.making import MOST_ATTEMPTS
from catalogue.pictures.serving import Picture, picture_for


@dataclass(frozen=True, slots=True)
class Tile:
    """One picture; None while it isn't ready, or never will be."""

    image: ProductImage
    picture: Picture | None

    @property
    def is_given_up(self) -> bool:
        """Whether nothing could be made of it, however often the worker tried."""
        return self.picture is None and self.image.sizes_attempts >= MOST_ATTEMPTS

    @property
    def is_waiting(self) -> bool:
        """Whether it is still being made ready."""
        return self.picture is None and not self.is_given_up


def tiles_of(good: Product) -> list[Tile]:
    """Return the tiles of the good's pictures in their order; one query."""
    return [tile_of(image) for image in good.images.all()]


def tile_of(image: ProductImage) -> Tile:
    """Return the tile of one picture."""
    return Tile(image, picture_for(image, square=True))
