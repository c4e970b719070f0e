"""What the resolver answers."""

from dataclasses import dataclass
from enum import StrEnum

from marketplace.places.index import FormerUnit
from marketplace.places.models import Commune, Province


class MatchReason(StrEnum):
    """Why an address is resolved, or why it isn't."""

    CURRENT = "current"  # resolved: the name is one of today's
    MERGED = "merged"  # resolved: the old unit went whole into one commune
    DIVIDED = "divided"  # candidates: the old unit was divided
    AMBIGUOUS = "ambiguous"  # candidates: the name stands for several places
    DISTRICT_ONLY = "district_only"  # candidates: no commune is named; all of the former district
    UNCERTAIN = "uncertain"  # candidates, perhaps one: a likely reading that a person must confirm
    OTHER_PROVINCE = "other_province"  # candidates that lie outside the province asked for
    NOT_FOUND = "not_found"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A commune that may be meant, and the former unit through which it was found."""

    commune: Commune
    former: FormerUnit | None = None


@dataclass(frozen=True, slots=True)
class PlaceMatch:
    """What an address says about its place.

    `commune` is set only where there is no doubt. `former` are the old units that the text names, so that their codes
    can be kept; `province` is today's, where it is certain; `before` is what stands before the commune's name
    (house number, street, hamlet).
    """

    text: str
    reason: MatchReason
    commune: Commune | None = None
    candidates: tuple[Candidate, ...] = ()
    former: tuple[FormerUnit, ...] = ()
    province: Province | None = None
    before: str = ""

    @property
    def is_resolved(self) -> bool:
        """Whether one commune is certain."""
        return self.commune is not None

    @property
    def former_unit(self) -> FormerUnit | None:
        """The old unit that the text names, where it is one."""
        return self.former[0] if len(self.former) == 1 else None
