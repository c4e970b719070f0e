"""The criteria by which goods are ordered, in plain words, from the very settings that order them.

The law on electronic commerce asks a marketplace to publish them (see `docs/domain.md`).
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from search import ranking


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing that lifts a good. ``points`` are those of the engine's score."""

    words: str
    points: float


@dataclass(frozen=True, slots=True)
class Criteria:
    """A group of criteria under one heading, with what it is about."""

    heading: str
    text: str
    rows: tuple[Criterion, ...]


def criteria() -> tuple[Criteria, ...]:
    """Return the criteria of a search by relevance, in the order in which they are weighed."""
    highest = ranking.POPULARITY_STEP * (2**ranking.POPULARITY_BITS - 1)
    return (
        Criteria(
            _("Where your words stand"),
            _("A word counts more the rarer it is, and by where the goods have it."),
            (
                Criterion(_("In the name"), ranking.ZONE_WEIGHTS["name"]),
                Criterion(_("In the producer's name"), ranking.ZONE_WEIGHTS["maker"]),
                Criterion(_("In kind, place, papers and packs"), ranking.ZONE_WEIGHTS["context"]),
                Criterion(_("In the description"), ranking.ZONE_WEIGHTS["body"]),
            ),
        ),
        Criteria(
            _("How well they fit"),
            _("Goods that have all of your words come first, before goods that are only of the same kind."),
            (
                Criterion(_("The search is the whole name"), ranking.WHOLE_NAME),
                Criterion(_("The name begins with what you look for"), ranking.NAMED_FIRST),
                Criterion(_("Your words stand side by side in the name"), ranking.SIDE_BY_SIDE),
                Criterion(_("Made in the place that you named"), ranking.PLACE),
                Criterion(_("Of the kind that you named"), ranking.KIND),
                Criterion(_("In the form that you named, such as tea bags or dried"), ranking.FORM),
                Criterion(_("The very weight or number that you named"), ranking.NUMBER),
                Criterion(_("The very code that you typed"), ranking.CODE),
            ),
        ),
        Criteria(
            _("A small push, the same for every search"),
            _("Of goods that fit equally well, these come a little further up."),
            (
                Criterion(_("Sold online here, in stock"), ranking.SOLD_HERE),
                Criterion(_("For each star that was awarded"), ranking.EACH_STAR),
                Criterion(_("Sales of the last 90 days and buyers' ratings, at most"), highest),
            ),
        ),
    )


def other_orders() -> tuple[tuple[str, str], ...]:
    """Return the other orders and what decides in them."""
    return (
        (_("Recommended"), _("Without words: sold online first, then more stars, then the newer.")),
        (_("Price: low to high"), _("By the price of the pack on the card; goods without a price last.")),
        (_("Price: high to low"), _("By the price of the pack on the card; goods without a price last.")),
        (_("Newest"), _("By the day on which the goods came to this shop.")),
        (_("Most stars"), _("By stars awarded, then sold online, then the newer.")),
    )
