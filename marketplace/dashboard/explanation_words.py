"""A search's explanation in the words of somebody who sells or oversees goods, not of an engine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from catalogue.popularity import SPAN_DAYS
from marketplace.money import format_dong
from marketplace.places.selectors import provinces
from search.asked import Asked
from search.explanation import Explanation, Finding, Obstacle, Part, Reason
from search.labels import price_label, stars_label
from search.query import Facet

#: The heaviest first, but for the push, which is the same for every search and comes last.
_PUSHES: Final = (Asked.SOLD, Asked.STARS, Asked.SALES, Asked.RATING)

_ZONES: Final = {
    "name": gettext_lazy("in the name"),
    "maker": gettext_lazy("in the producer's name"),
    "context": gettext_lazy("in kind, place, papers or packs"),
    "body": gettext_lazy("in the description"),
    "story": gettext_lazy("in what the producer tells of itself"),
}
#: Beginnings of tokens of facts (`search/facts.py`).
_FACTS: Final = (
    (("p:", "c:"), gettext_lazy("made there")),
    (("q:", "d:", "u:", "d!", "u!"), gettext_lazy("made there, by the unit until June 2025")),
    (("k:", "s:"), gettext_lazy("by its confirmed kind")),
    (("k?", "s?"), gettext_lazy("by a kind that nobody has confirmed yet")),
    (("f:",), gettext_lazy("by its form")),
    (("g:",), gettext_lazy("by its net quantity")),
    (("n:",), gettext_lazy("by its codes")),
)


@dataclass(frozen=True, slots=True)
class PartRow:
    """One line of a score: what is asked, where the good has it, what it counts. ``missing``: it hasn't got it."""

    words: str
    where: str
    points: float
    missing: bool


@dataclass(frozen=True, slots=True)
class ObstacleLine:
    """Why a good isn't found, what the good has instead, and words that an entry of the lexicon could mend (or none)."""

    text: str
    phrase: str = ""


def part_rows(found: Explanation) -> list[PartRow]:
    """Return what the score is made of, the heaviest first; what is missing before that. Equal lines are added up.

    Of goods that aren't found, only what must be found: nothing else matters then.
    """
    is_found = found.finding is Finding.FOUND
    sums: dict[tuple[bool, bool, str, str], float] = {}
    for part in found.parts:
        if part.required or (part.holds and is_found):
            key = (part.holds, part.asked in _PUSHES, _asked(part, found), _where(part))
            sums[key] = sums.get(key, 0.0) + part.score
    ordered = sorted(sums.items(), key=lambda item: (item[0][0], item[0][1], -item[1]))
    return [
        PartRow(words, where, points, missing=not holds)
        for (holds, _is_push, words, where), points in ordered
    ]


def obstacle_lines(found: Explanation) -> list[ObstacleLine]:
    """Return why the good isn't found, in the order in which a person would look."""
    return [_obstacle(reason, found) for reason in found.reasons]


def understood_lines(found: Explanation) -> list[str]:
    """Return what was read from the search's words beside the goods: each with whether it decides or only lifts."""
    return [
        (
            _("%(what)s – only goods of which that is true")
            if intent.binds
            else _("%(what)s – such goods come first")
        )
        % {"what": intent.label}
        for intent in found.interpretation.intents
    ]


# -- what is asked ---------------------------------------------------------------------------------


def _asked(part: Part, found: Explanation) -> str:
    if part.said:
        said = {
            Asked.WORDS: _("“%(words)s”"),
            Asked.PLACE: _("Place: %(words)s"),
            Asked.KIND: _("Kind: %(words)s"),
            Asked.FORM: _("Form: %(words)s"),
            Asked.WEIGHT: _("Weight: %(words)s"),
            Asked.WITHOUT: _("Without: %(words)s"),
            Asked.CODE: _("Code: %(words)s"),
            Asked.PROPOSED: _("Proposed: %(words)s"),
            Asked.AS_TYPED: _("“%(words)s” just as typed"),
            Asked.READING: _("Read as “%(words)s”, as most goods write it"),
        }
        if part.asked in said:
            return said[part.asked] % {"words": part.said}
    if part.asked is Asked.STARS and found.document is not None:
        return _("Stars awarded: %(stars)d") % {"stars": found.document.stars}
    return _plain()[part.asked]


def _plain() -> dict[Asked, str]:
    return {
        Asked.WORDS: _("The words of the search"),
        Asked.PLACE: _("The place that was named"),
        Asked.KIND: _("Of the kind that was named"),
        Asked.FORM: _("The form that was named"),
        Asked.NO_OTHER_FORM: _("Doesn't say another form"),
        Asked.WEIGHT: _("The weight or number that was named"),
        Asked.WITHOUT: _("Says to be without it"),
        Asked.CODE: _("The code that was typed"),
        Asked.PROPOSED: _("Proposed for the stars that were named"),
        Asked.SAME_KIND: _("Of the same kind as what was looked for"),
        Asked.EVERY_WORD: _("Has every word of the search"),
        Asked.AS_TYPED: _("The words just as typed"),
        Asked.READING: _("The reading that most goods have"),
        Asked.FIRST: _("The name begins with what was looked for"),
        Asked.SIDE_BY_SIDE: _("Words of the search side by side"),
        Asked.WHOLE_PHRASE: _("All words side by side, in their order"),
        Asked.WHOLE_NAME: _("The search is the whole name"),
        Asked.SOLD: _("Sold online, in stock"),
        Asked.STARS: _("Stars awarded"),
        Asked.SALES: _("Sales of the last %(days)d days") % {"days": SPAN_DAYS},
        Asked.RATING: _("What buyers say of it"),
    }


def _where(part: Part) -> str:
    if part.asked in _PUSHES or part.asked is Asked.EVERY_WORD:
        return ""
    places = list(dict.fromkeys(_places(part.where)))
    if part.by_meaning:
        places.append(_("by another word for the same thing"))
    return ", ".join(places)


def _places(where: Iterable[str]) -> Iterator[str]:
    for token in where:
        if token in _ZONES:
            yield str(_ZONES[token])
        else:
            yield from (str(words) for marks, words in _FACTS if token.startswith(marks))


# -- what keeps it out -----------------------------------------------------------------------------


def _obstacle(reason: Reason, found: Explanation) -> ObstacleLine:
    match reason.obstacle:
        case Obstacle.STARS:
            return ObstacleLine(_other_stars(found))
        case Obstacle.PRICE:
            return ObstacleLine(_other_price(found))
        case Obstacle.UNWANTED:
            return ObstacleLine(
                _("The search wants goods without something that is in the name of these, and they don't say to be without it.")
            )  # fmt: skip
        case Obstacle.TOO_DEEP:
            return ObstacleLine(
                _("They fit, but more than a thousand others fit better or as well: buyers won't turn so many pages.")
            )  # fmt: skip
        case Obstacle.INDEX_BEHIND:
            return ObstacleLine(
                _("Nothing keeps these goods out: their last change hasn't reached the index yet. Look again in a minute.")
            )  # fmt: skip
        case Obstacle.MISSING:
            return _missing(reason, found)


def _other_stars(found: Explanation) -> str:
    wanted = " / ".join(stars_label(number) for number in sorted(found.query.filters[Facet.STARS]))
    held = stars_label(str(found.document.stars)) if found.document else ""
    return _("Other stars: the search asks for %(wanted)s, these goods have %(held)s today.") % {
        "wanted": wanted,
        "held": held,
    }


def _other_price(found: Explanation) -> str:
    wanted = price_label(found.query.price_min, found.query.price_max)
    price = found.document.price if found.document else None
    if price is None:
        return _("Price: the search asks for %(wanted)s, and these goods have no price here.") % {"wanted": wanted}  # fmt: skip
    return _("Other price: the search asks for %(wanted)s, the pack on the card costs %(price)s.") % {
        "wanted": wanted,
        "price": format_dong(price),
    }


def _missing(reason: Reason, found: Explanation) -> ObstacleLine:
    said = reason.said or found.interpretation.understood
    if reason.asked is Asked.PLACE:
        code = found.document.province if found.document else ""
        held = next((province.short_name for province in provinces() if province.code == code), "")
        if held:
            return ObstacleLine(
                _("Other place: the search asks for %(wanted)s, these goods come from %(held)s.")
                % {"wanted": said, "held": held}
            )
        return ObstacleLine(
            _("Place: the search asks for %(wanted)s, and nobody has said where these goods are made.")
            % {"wanted": said}
        )
    if reason.asked is Asked.KIND:
        return ObstacleLine(_("Other kind: the search asks for %(wanted)s.") % {"wanted": said})
    if reason.asked is Asked.CODE:
        return ObstacleLine(_("Other code: none of these goods' codes is %(wanted)s.") % {"wanted": said})
    if reason.asked is Asked.PROPOSED:
        return ObstacleLine(_("These goods aren't proposed for the stars that were named (%(wanted)s).") % {"wanted": said})  # fmt: skip
    return ObstacleLine(
        _("Missing: neither name, producer, papers nor description says “%(words)s”, and no known word for the same thing.")
        % {"words": said},
        phrase=said,
    )  # fmt: skip


def rank_words(found: Explanation) -> str:
    """Return at which rank the good stands among how many."""
    return ngettext(
        "Found: number %(rank)d of %(total)d good", "Found: number %(rank)d of %(total)d goods", found.total
    ) % {"rank": found.rank or 0, "total": found.total}
