"""What buyers give a good, as cards and pages show it."""

from dataclasses import dataclass
from typing import Final

_MARKS: Final = 5


@dataclass(frozen=True, slots=True)
class Rating:
    """What buyers give a good, from 1 to 5, and how many said so."""

    mean: float
    count: int

    @property
    def full(self) -> int:
        """How many of five marks are filled."""
        return int(self.mean + 0.5)

    @property
    def marks(self) -> tuple[bool, ...]:
        """Five marks, filled or not."""
        return tuple(number < self.full for number in range(_MARKS))


def rating_of(rating: float | None, count: int) -> Rating | None:
    """Return a good's rating from its columns; None where nobody has said anything."""
    return Rating(rating, count) if count and rating is not None else None
