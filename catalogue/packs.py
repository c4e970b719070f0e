"""Which of a good's packs stands for it."""

from collections.abc import Iterable
from typing import NamedTuple


class PackOffer(NamedTuple):
    """What the choice of the lead pack asks of a pack; the price in đồng, None where there is none."""

    pk: int
    price: int | None
    sold: bool


def lead_pack(packs: Iterable[PackOffer], *, chosen: int | None) -> PackOffer | None:
    """Return the pack that stands on cards, in filters, in sort and behind the one-tap add (decision 8 of the architecture).

    The producer's choice, else the cheapest that is sold. A choice that can't be sold gives way to a pack that can; where none is
    sold, the choice and then the cheapest with a price stand for the good. None where there is no pack at all.
    """
    return min(
        packs,
        key=lambda pack: (
            not pack.sold,
            pack.pk != chosen,
            pack.price is None,
            pack.price or 0,
            pack.pk,
        ),
        default=None,
    )
