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


#: A good is weighed as if so many buyers had given it so many marks before: one friend's five marks lift nothing.
ASSUMED_REVIEWS: Final = 5
ASSUMED_MEAN: Final = 3.5
_STEP: Final = 0.4
HIGHEST_RATING_STEP: Final = 3


def rating_step(rating: float | None, count: int) -> int:
    """Return how far buyers' marks lift a good in searches: 0 without reviews, to `HIGHEST_RATING_STEP` for many and high ones."""
    if rating is None:
        return 0
    weighed = (ASSUMED_MEAN * ASSUMED_REVIEWS + rating * count) / (ASSUMED_REVIEWS + count)
    return max(0, min(HIGHEST_RATING_STEP, int((weighed - ASSUMED_MEAN) / _STEP + 1e-9)))


def rating_of(rating: float | None, count: int) -> Rating | None:
    """Return a good's rating from its columns; None where nobody has said anything."""
    return Rating(rating, count) if count and rating is not None else None
