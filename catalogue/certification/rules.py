"""The one rule of what may be shown and what may be sold (decision 1 of the architecture).

*Shown*: a certificate of three stars or more, verified and in force on the day; the listing not suspended; nothing that could be alcohol and
waits for a person; alcohol only to whoever declared their age. *Sold*: shown, by a verified seller, with a price and stock at the moment, and
for strong drinks with the seller's licence.

`sale_decision` gives the verdict with its reason and touches no database. `shown_q` and `sellable_q` are its twins in SQL. Nothing else
in the project decides this; `tests/integration/test_one_rule.py` holds all of them equal.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Exists, F, OuterRef, Q

from catalogue.certification.models import FEWEST_CERTIFIED_STARS, PROPOSALS, Certificate
from catalogue.certification.programme import AlcoholTerms, rule_book
from catalogue.certification.verdicts import VerdictReason
from catalogue.models import Product
from catalogue.pricing.models import DatedPrice, NormalPrice
from catalogue.producers.models import Partner, StockRecord


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """What the rule asks of one certificate; days are inclusive."""

    pk: int
    stars: int
    state: str
    verified: bool
    valid_from: date | None
    in_force_until: date | None
    public_code: str = ""
    official_code: str = ""
    decision_number: str = ""

    def in_force(self, on: date, *, stars_from: int) -> bool:
        """Return whether it counts on the day `on`."""
        return (
            self.verified
            and self.state != Certificate.State.PROPOSED
            and self.stars >= stars_from
            and self.valid_from is not None
            and self.in_force_until is not None
            and self.valid_from <= on <= self.in_force_until
        )


@dataclass(frozen=True, slots=True)
class GoodFacts:
    """What the rule asks of a good and its producer."""

    pk: int
    listing: str
    alcohol: str
    strength: Decimal | None
    seller_state: str
    licence_number: str
    licence_from: date | None
    licence_until: date | None
    certificates: tuple[CertificateFacts, ...]

    def licence_in_force(self, on: date) -> bool:
        """Return whether the producer's licence for alcohol is on file, with both its days, and in force on `on`."""
        return (
            bool(self.licence_number)
            and self.licence_from is not None
            and self.licence_until is not None
            and self.licence_from <= on <= self.licence_until
        )


@dataclass(frozen=True, slots=True)
class PriceWindow:
    """A price that holds from one moment (inclusive) until another (exclusive; None: open)."""

    starts_at: datetime
    ends_at: datetime | None

    def covers(self, at: datetime) -> bool:
        return self.starts_at <= at and (self.ends_at is None or at < self.ends_at)


@dataclass(frozen=True, slots=True)
class PackFacts:
    """What the rule asks of a pack; `available` is stock less what is promised, in packs."""

    pk: int
    good: GoodFacts
    available: int
    prices: tuple[PriceWindow, ...]


@dataclass(frozen=True, slots=True)
class SaleDecision:
    """The verdict; `certificate` is the one in force, None where there is none."""

    shown: bool
    sold: bool
    reason: VerdictReason
    certificate: CertificateFacts | None = None


def sale_decision(
    *, facts: GoodFacts | PackFacts, on: date, at: datetime, adult: bool = False
) -> SaleDecision:
    """Return whether a good is shown and, of a pack, whether it is sold: on the day `on`, at the moment `at`.

    `adult` says that the visitor has declared to be old enough for alcohol. For a good alone `sold` is False and the reason is
    `NO_PACK` where nothing worse holds.
    """
    good = facts.good if isinstance(facts, PackFacts) else facts
    book = rule_book()
    certificate = _certificate_in_force(good, on, stars_from=book.recognition_on(on).recognised_from_stars)
    hidden = _why_hidden(good, certificate, on, adult=adult)
    if hidden:
        return SaleDecision(shown=False, sold=False, reason=hidden, certificate=certificate)
    unsold = _why_unsold(good, facts, on, at, book.alcohol_on(on))
    return SaleDecision(
        shown=True, sold=unsold is None, reason=unsold or VerdictReason.SOLD, certificate=certificate
    )


def shown_q(on: date, *, adult: bool = False) -> Q:
    """Return the condition on goods (products of structure `parent`) that may be shown on the day `on`."""
    return Q(structure=Product.PARENT) & _shown("", on, adult=adult)


def sellable_q(on: date, *, adult: bool = False, at: datetime) -> Q:
    """Return the condition on packs (products of structure `child`) that may be sold on the day `on`, at the moment `at`."""
    seller = Q(parent__producer__seller_state=Partner.SellerState.VERIFIED)
    return (
        Q(structure=Product.CHILD)
        & _shown("parent__", on, adult=adult)
        & seller
        & ~Q(parent__alcohol=Product.Alcohol.SUSPECTED)
        & _licensed(on, rule_book().alcohol_on(on))
        & _priced(at)
        & Q(Exists(StockRecord.objects.filter(product=OuterRef("pk"), num_in_stock__gt=F("num_allocated"))))
    )


def _certificate_in_force(good: GoodFacts, on: date, *, stars_from: int) -> CertificateFacts | None:
    return next((paper for paper in good.certificates if paper.in_force(on, stars_from=stars_from)), None)


def _why_hidden(
    good: GoodFacts, certificate: CertificateFacts | None, on: date, *, adult: bool
) -> VerdictReason | None:
    if good.listing == Product.Listing.SUSPENDED:
        return VerdictReason.SUSPENDED
    # What could be alcohol is looked at as alcohol; it is sold once a person has decided.
    if good.alcohol != Product.Alcohol.NONE and not adult:
        return VerdictReason.AGE_NOT_DECLARED
    if certificate is None:
        return _why_not_certified(good.certificates, on)
    return None


def _why_not_certified(certificates: tuple[CertificateFacts, ...], on: date) -> VerdictReason:
    """Name what a person can act on: the latest paper that was really awarded tells more than a proposal."""
    awarded = [paper for paper in certificates if paper.state not in PROPOSALS]
    if not awarded:
        waiting = [paper for paper in certificates if paper.state == Certificate.State.PROPOSED]
        if not waiting:
            return VerdictReason.NO_CERTIFICATE
        proposed = any(paper.stars >= FEWEST_CERTIFIED_STARS for paper in waiting)
        return VerdictReason.PROPOSED_ONLY if proposed else VerdictReason.TOO_FEW_STARS
    verified = [paper for paper in awarded if paper.verified and paper.valid_from and paper.in_force_until]
    if not verified:
        return VerdictReason.UNVERIFIED
    begun = [paper for paper in verified if paper.valid_from and paper.valid_from <= on]
    if not begun:
        return VerdictReason.NOT_YET_IN_FORCE
    latest = max(begun, key=lambda paper: (paper.valid_from, paper.pk))
    if latest.state == Certificate.State.WITHDRAWN:
        return VerdictReason.WITHDRAWN
    if latest.in_force_until and latest.in_force_until >= on:
        return VerdictReason.TOO_FEW_STARS
    return VerdictReason.EXPIRED


def _why_unsold(
    good: GoodFacts, facts: GoodFacts | PackFacts, on: date, at: datetime, law: AlcoholTerms
) -> VerdictReason | None:
    if good.seller_state != Partner.SellerState.VERIFIED:
        return VerdictReason.SELLER_NOT_VERIFIED
    if good.alcohol == Product.Alcohol.SUSPECTED:
        return VerdictReason.ALCOHOL_SUSPECTED
    is_alcohol = good.alcohol == Product.Alcohol.ALCOHOL
    if is_alcohol and law.needs_licence(good.strength) and not good.licence_in_force(on):
        return VerdictReason.NO_LICENCE
    if not isinstance(facts, PackFacts):
        return VerdictReason.NO_PACK
    if not any(window.covers(at) for window in facts.prices):
        return VerdictReason.NO_PRICE
    if facts.available <= 0:
        return VerdictReason.NO_STOCK
    return None


def _shown(prefix: str, on: date, *, adult: bool) -> Q:
    """Return the condition for what is shown; `prefix` leads from the row to its good."""
    stars_from = rule_book().recognition_on(on).recognised_from_stars
    good = OuterRef(f"{prefix.removesuffix('__')}_id" if prefix else "pk")
    certified = Exists(Certificate.objects.in_force(on, stars_from=stars_from).filter(product=good))
    shown = Q(certified, **{f"{prefix}listing": Product.Listing.ACTIVE})
    return shown if adult else shown & Q(**{f"{prefix}alcohol": Product.Alcohol.NONE})


def _licensed(on: date, law: AlcoholTerms) -> Q:
    """Return the condition that a pack needs no licence for alcohol, or that its producer holds one on `on`."""
    light = Q(parent__alcohol_strength__lt=law.licence_from_strength)
    if not law.needs_licence(None):
        light |= Q(parent__alcohol_strength__isnull=True)
    licence = Q(
        parent__producer__alcohol_licence_from__lte=on, parent__producer__alcohol_licence_until__gte=on
    ) & ~Q(parent__producer__alcohol_licence_number="")
    return Q(parent__alcohol=Product.Alcohol.NONE) | light | licence


def _priced(at: datetime) -> Q:
    normal = NormalPrice.objects.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gt=at), pack=OuterRef("pk"), valid_from__lte=at
    )
    dated = DatedPrice.objects.filter(pack=OuterRef("pk"), starts_at__lte=at, ends_at__gt=at)
    return Q(Exists(normal)) | Q(Exists(dated))
