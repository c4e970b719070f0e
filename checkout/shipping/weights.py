"""What a parcel weighs for a carrier: the larger of its grams and its volume, in steps (domain.md, "Paying and delivering")."""

from collections.abc import Iterable
from dataclasses import dataclass

from catalogue.models import Product


@dataclass(frozen=True, slots=True)
class Item:
    """Some packs of one kind in a parcel: `weight` of one in grams, its sides in millimetres, None where unknown."""

    quantity: int
    weight: int | None
    length: int | None = None
    width: int | None = None
    height: int | None = None
    #: What people call the goods, and how they travel: days that they keep (None: long enough), and whether cooled.
    name: str = ""
    keeps_days: int | None = None
    needs_cooling: bool = False

    @classmethod
    def of(cls, pack: Product, quantity: int) -> "Item":
        """Return `quantity` of `pack`, its good and the good's set loaded, as a carrier sees them."""
        good = pack.parent
        return cls(
            quantity,
            pack.weight,
            pack.length,
            pack.width,
            pack.height,
            name=str(good.title) if good else "",
            keeps_days=good.keeps_days if good else None,
            needs_cooling=bool(good and good.travels_cooled),
        )

    @property
    def volume(self) -> int:
        """Cubic millimetres of all of them; 0 where a side is unknown."""
        return self.quantity * (self.length or 0) * (self.width or 0) * (self.height or 0)


@dataclass(frozen=True, slots=True)
class ParcelWeight:
    """What a carrier weighs: grams on the scales and by volume, and whether a weight had to be assumed."""

    scales: int
    by_volume: int
    is_assumed: bool

    @property
    def grams(self) -> int:
        """What is charged for, before any step: the larger of the two."""
        return max(self.scales, self.by_volume)


def parcel_weight(items: Iterable[Item], *, volume_divisor: int, assumed_weight: int) -> ParcelWeight:
    """Return the grams on the scales, and the volume in cm³ divided by `volume_divisor`.

    A pack of unknown weight counts as `assumed_weight` grams.
    """
    parcel = list(items)
    grams = sum(item.quantity * (item.weight or assumed_weight) for item in parcel)
    volume = sum(item.volume for item in parcel)
    by_volume = -(-volume // (1_000 * volume_divisor))
    return ParcelWeight(grams, by_volume, is_assumed=any(not item.weight for item in parcel))


def chargeable_weight(grams: int, *, first: int, step: int) -> int:
    """Return `grams` rounded up to the carrier's steps: `first` grams, then multiples of `step` above it."""
    if grams <= first:
        return first
    return first + -(-(grams - first) // step) * step
