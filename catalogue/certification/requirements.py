"""What the programme asks of a certificate before it may count: who may award it, its score, its term."""

from datetime import date
from decimal import Decimal

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from catalogue.certification.errors import (
    CertificateIncomplete,
    CertificateKnown,
    NotInPower,
    ScoreTooLow,
    WrongState,
)
from catalogue.certification.models import FEWEST_CERTIFIED_STARS, Certificate, Decision
from catalogue.certification.programme import rule_book


def check_verifiable(certificate: Certificate) -> None:
    """Raise unless the certificate is complete and its level had the power to award its stars on the decision's day."""
    decision = certificate.decision
    if certificate.state != Certificate.State.AWARDED:
        raise WrongState(_("Only an awarded certificate can be verified."))
    if decision is None or certificate.valid_from is None or certificate.valid_until is None:
        raise CertificateIncomplete(_("The decision or its date is missing."))
    if certificate.stars < FEWEST_CERTIFIED_STARS:
        raise NotInPower(_("Products with fewer than 3 stars are not certified."))
    powers = rule_book().recognition_on(decision.decided_on).powers
    if (decision.level, certificate.stars) not in powers:
        raise NotInPower(
            _("On %(day)s, %(authority)s could not award %(stars)d stars.")
            % {
                "day": decision.decided_on.strftime("%d/%m/%Y"),
                "authority": decision.authority,
                "stars": certificate.stars,
            }
        )


def check_score(*, stars: int, score: Decimal | None, on: date) -> None:
    """Raise ScoreTooLow unless a council's `score` reaches what `stars` ask for by the rule of the day `on`.

    A higher score with fewer stars is fine: some criteria are minimum requirements of their own.
    """
    terms = rule_book().recognition_on(on)
    least = terms.score_for(stars)
    if score is not None and score < least:
        raise ScoreTooLow(
            _("%(stars)d stars ask for at least %(least)s of 100 points (%(source)s).")
            % {"stars": stars, "least": f"{least.normalize():f}", "source": terms.legal_source}
        )


def check_term(first_day: date | None, last_day: date | None) -> None:
    """Raise CertificateIncomplete where a term would end before it begins."""
    if first_day and last_day and last_day < first_day:
        raise CertificateIncomplete(_("A certificate cannot end before it begins."), concerns="valid_until")


def check_new(others: QuerySet[Certificate], decision: Decision) -> None:
    """Raise CertificateKnown where one of a good's `others` was awarded by the same decision."""
    if others.filter(decision=decision).exclude(state=Certificate.State.PROPOSED).exists():
        raise CertificateKnown(_("This product already has a certificate of this decision."))
