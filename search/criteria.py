"""The criteria by which goods are ordered, in plain words, from the very settings that order them.

The law on electronic commerce asks a marketplace to publish them (see `docs/domain.md`). Every constant of `search.ranking` has its
line here; a test says so.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.formats import localize
from django.utils.translation import gettext as _

from catalogue.popularity import HALF_LIFE_DAYS, MOST_OF_ONE_BUYER, SPAN_DAYS
from catalogue.reviews.ratings import ASSUMED_MEAN, ASSUMED_REVIEWS, HIGHEST_RATING_STEP
from search import ranking


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing that lifts a good. ``points`` are those of the engine's score; of a share, that part of a word's worth."""

    words: str
    points: float


@dataclass(frozen=True, slots=True)
class Criteria:
    """A group of criteria under one heading, with what it is about; ``most`` is what its bars are measured by."""

    heading: str
    text: str
    rows: tuple[Criterion, ...]
    most: float = 10.0


def criteria() -> tuple[Criteria, ...]:
    """Return the criteria of a search by relevance, in the order in which they are weighed."""
    return (_where(), _fit(), _named(), _shares(), _push())


def _where() -> Criteria:
    return Criteria(
        _("Where your words stand"),
        _("A word counts by the place where the goods have it, however many other goods have it too."),
        (
            Criterion(_("In the name"), ranking.ZONE_WEIGHTS["name"]),
            Criterion(_("In the producer's name"), ranking.ZONE_WEIGHTS["maker"]),
            Criterion(_("In papers, packs, net quantity and street"), ranking.ZONE_WEIGHTS["context"]),
            Criterion(_("In the description"), ranking.ZONE_WEIGHTS["body"]),
            Criterion(
                _("In what the producer tells of itself, for words that name no goods"),
                ranking.ZONE_WEIGHTS["story"],
            ),
        ),
    )


def _fit() -> Criteria:
    return Criteria(
        _("How well they fit"),
        _(
            "Goods that have all of your words come first, %(points)d points ahead of goods that are only of the same kind."
        )
        % {"points": ranking.EVERY_WORD},
        (
            Criterion(_("All of your words side by side, in their order"), ranking.WHOLE_PHRASE),
            Criterion(_("You name a cooperative or a company, and it is the maker"), ranking.MAKER_NAMED),
            Criterion(_("The search is the whole name"), ranking.WHOLE_NAME),
            Criterion(_("The name begins with what you look for"), ranking.NAMED_FIRST),
            Criterion(_("Two of your words side by side"), ranking.SIDE_BY_SIDE),
            Criterion(
                _("Without marks: the reading that most goods have, as dâu for “dau”"),
                ranking.LIKELIER_READING,
            ),
            Criterion(
                _("The very word that you typed, beside another for the same thing"), ranking.TYPED_WORD
            ),
        ),
    )


def _named() -> Criteria:
    return Criteria(
        _("What you named beside the goods"),
        _("A place, a kind, a form, a weight or a code in your search."),
        (
            Criterion(_("The very code that you typed"), ranking.CODE),
            Criterion(_("Of the kind that you named, by a person's word"), ranking.KIND),
            Criterion(_("Of that kind by its name alone"), ranking.KIND_SUGGESTED),
            Criterion(_("Of the sector of the kind that you named"), ranking.KIND_SECTOR),
            Criterion(_("Of a kind near to it"), ranking.KIND_RELATED),
            Criterion(_("Made in the place that you named"), ranking.PLACE),
            Criterion(_("Named after that place"), ranking.PLACE_IN_NAME),
            Criterion(_("Made in today's unit that took the old one in"), ranking.PLACE_TODAY),
            Criterion(_("In the form that you named, such as tea bags or dried"), ranking.FORM),
            Criterion(_("The very weight or number that you named"), ranking.NUMBER),
            Criterion(_("Described as you asked: organic, as a gift …"), ranking.DESCRIPTION),
        ),
    )


def _shares() -> Criteria:
    return Criteria(
        _("What a find in other words is worth"),
        _("As a part of what the word itself would be worth: 1 is all of it."),
        (
            Criterion(_("Another word for the same thing"), ranking.SAME_MEANING),
            Criterion(_("The same words written together, or apart"), ranking.ANOTHER_SPACING),
            Criterion(_("A mistyped word put right"), ranking.CORRECTED),
            Criterion(_("A word found without regard to its marks"), ranking.WITHOUT_MARKS),
            Criterion(_("A word that mostly means something else there"), ranking.LOOSE_WORD),
            Criterion(
                _("Each further part of the goods' texts that has the word too"), ranking.OTHER_ZONES_SHARE
            ),
        ),
        most=1.0,
    )


def _push() -> Criteria:
    return Criteria(
        _("A small push, the same for every search"),
        _("Of goods that fit equally well, these come a little further up."),
        (
            Criterion(_("Sold online here, in stock"), ranking.SOLD_HERE),
            Criterion(_("For each star that was awarded"), ranking.EACH_STAR),
            Criterion(
                _("For each of the %(steps)d steps of sales in the last %(days)d days")
                % {"steps": 2**ranking.POPULARITY_BITS - 1, "days": SPAN_DAYS},
                ranking.POPULARITY_STEP,
            ),
            Criterion(
                _("For each of the %(steps)d steps of buyers' reviews") % {"steps": HIGHEST_RATING_STEP},
                ranking.RATING_STEP,
            ),
        ),
        most=1.0,
    )


def sales_counted() -> str:
    """Return how the steps of sales come about, in one paragraph."""
    return _(
        "Sales count in packs, not in money: those of the last %(days)d days, without what was cancelled or sent back. After "
        "%(half)d days a sale counts half. The first pack makes a step, each further step takes twice as many packs, and one "
        "buyer's packs count up to %(most)d."
    ) % {"days": SPAN_DAYS, "half": HALF_LIFE_DAYS, "most": MOST_OF_ONE_BUYER}


def reviews_counted() -> str:
    """Return how the steps of reviews come about, in one paragraph."""
    return _(
        "Reviews of buyers whose goods arrived count by their mean, as if %(assumed)d buyers had given %(mean)s of 5 before: a few "
        "reviews lift a good little, and none lower it. Hidden reviews don't count."
    ) % {"assumed": ASSUMED_REVIEWS, "mean": localize(ASSUMED_MEAN)}


def other_orders() -> tuple[tuple[str, str], ...]:
    """Return the other orders and what decides in them."""
    return (
        (_("Recommended"), _("Without words: sold online first, then more stars, then the newer.")),
        (_("Price: low to high"), _("By the price of the pack on the card; goods without a price last.")),
        (_("Price: high to low"), _("By the price of the pack on the card; goods without a price last.")),
        (_("Newest"), _("By the day on which the goods came to this shop.")),
        (_("Most stars"), _("By stars awarded, then sold online, then the newer.")),
    )
