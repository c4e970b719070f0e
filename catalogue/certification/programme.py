"""The dated rules of the programme and of the law on alcohol, as one book that is read once in a while.

Thresholds, terms and strengths are rows with the day from which they hold. They change a few times in a decade and every sale asks for
them, so each process keeps its copy for a minute.
"""

import time
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeVar

from catalogue.certification.models import AlcoholRule, ProgrammeRule

#: Seconds for which a process trusts its copy of the rules.
BOOK_LIFETIME = 60.0


@dataclass(frozen=True, slots=True)
class RecognitionTerms:
    """What the programme's decision in force says about certificates."""

    in_force_from: date
    legal_source: str
    validity_months: int
    transitional_days: int
    filing_opens_days: int
    filing_closes_days: int
    recognised_from_stars: int
    #: Which level may award how many stars, as pairs (level, stars).
    powers: frozenset[tuple[str, int]]
    #: From which score (of 100) how many stars, as pairs (stars, score), most stars first.
    thresholds: tuple[tuple[int, Decimal], ...]

    def score_for(self, stars: int) -> Decimal:
        """Return the lowest score that `stars` ask for; 0 where the rule names none."""
        return dict(self.thresholds).get(stars, Decimal(0))


@dataclass(frozen=True, slots=True)
class AlcoholTerms:
    """What the law in force says about the sale of alcohol; strengths in per cent by volume."""

    in_force_from: date
    legal_source: str
    licence_from_strength: Decimal
    no_promotion_from_strength: Decimal
    unknown_strength_counts_as: Decimal
    minimum_age: int
    cash_on_delivery: bool

    def needs_licence(self, strength: Decimal | None) -> bool:
        """Return whether a drink of this strength (None: unknown) needs the seller's licence."""
        return self.counted(strength) >= self.licence_from_strength

    def bars_promotion(self, strength: Decimal | None) -> bool:
        """Return whether a drink of this strength (None: unknown) may be promoted by no one."""
        return self.counted(strength) >= self.no_promotion_from_strength

    def counted(self, strength: Decimal | None) -> Decimal:
        """Return the strength that the law reckons with: the stated one, else the cautious one."""
        return self.unknown_strength_counts_as if strength is None else strength


@dataclass(frozen=True, slots=True)
class RuleBook:
    """Every dated rule, oldest first."""

    recognition: tuple[RecognitionTerms, ...]
    alcohol: tuple[AlcoholTerms, ...]

    def recognition_on(self, day: date) -> RecognitionTerms:
        """Return the terms in force on `day`; before the first rule, the first."""
        return _in_force_on(self.recognition, day)

    def alcohol_on(self, day: date) -> AlcoholTerms:
        """Return the law on alcohol in force on `day`; before the first rule, the first."""
        return _in_force_on(self.alcohol, day)


def rule_book() -> RuleBook:
    """Return the dated rules: four queries at most once a minute and process, else none."""
    global _kept
    now = time.monotonic()
    if _kept is None or now - _kept[0] > BOOK_LIFETIME:
        _kept = (now, _read())
    return _kept[1]


def rule_book_forget() -> None:
    """Drop this process's copy, so that the next question reads the rules anew."""
    global _kept
    _kept = None


_kept: tuple[float, RuleBook] | None = None
Terms = TypeVar("Terms", RecognitionTerms, AlcoholTerms)


def _in_force_on(rules: tuple[Terms, ...], day: date) -> Terms:
    begun = [rule for rule in rules if rule.in_force_from <= day]
    return begun[-1] if begun else rules[0]


def _read() -> RuleBook:
    return RuleBook(
        recognition=tuple(
            RecognitionTerms(
                in_force_from=rule.in_force_from,
                legal_source=rule.legal_source,
                validity_months=rule.validity_months,
                transitional_days=rule.transitional_days,
                filing_opens_days=rule.filing_opens_days,
                filing_closes_days=rule.filing_closes_days,
                recognised_from_stars=rule.recognised_from_stars,
                powers=frozenset((power.level, power.stars) for power in rule.powers.all()),
                thresholds=tuple(
                    sorted(((line.stars, line.score_from) for line in rule.thresholds.all()), reverse=True)
                ),
            )
            for rule in ProgrammeRule.objects.order_by("in_force_from").prefetch_related(
                "powers", "thresholds"
            )
        ),
        alcohol=tuple(
            AlcoholTerms(
                in_force_from=rule.in_force_from,
                legal_source=rule.legal_source,
                licence_from_strength=rule.licence_from_strength,
                no_promotion_from_strength=rule.no_promotion_from_strength,
                unknown_strength_counts_as=rule.unknown_strength_counts_as,
                minimum_age=rule.minimum_age,
                cash_on_delivery=rule.cash_on_delivery,
            )
            for rule in AlcoholRule.objects.order_by("in_force_from")
        ),
    )
