"""What happens to certificates. Each verb is one transaction, leaves its line in the history and tells the change record.

Days are inclusive days in Vietnam. `in_force_until` is written here alone.
"""

import secrets
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, cast

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalogue.certification.errors import (
    CertificatesOverlap,
    NotInPower,
    WrongState,
)
from catalogue.certification.models import (
    FEWEST_CERTIFIED_STARS,
    PROPOSALS,
    Certificate,
    CertificateEvent,
    Decision,
    WithdrawalGround,
)
from catalogue.certification.programme import rule_book
from catalogue.certification.requirements import check_new, check_score, check_term, check_verifiable
from catalogue.certification.second_person import check_second_person
from catalogue.certification.terms import ONE_DAY, term_end
from catalogue.changes import mark_changed
from catalogue.models import Product
from marketplace.accounts.models import User
from marketplace.clock import today

#: Letters and digits that can't be mistaken for one another; twelve of them are 2^59 codes.
CODE_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
CODE_LENGTH = 12


def public_code_new() -> str:
    """Return a code for a certificate's public address that nobody can guess."""
    return "".join(secrets.choice(CODE_ALPHABET) for _letter in range(CODE_LENGTH))


@transaction.atomic
def certificate_propose(
    *,
    product: Product,
    stars: int,
    by: User | None,
    score: Decimal | None = None,
    reason: str = "",
    is_sample: bool = False,
) -> Certificate:
    """Record what a council gave: stars that an authority has yet to award, or fewer than 3, which nobody awards.

    What the good holds until the decision doesn't change. Raises ScoreTooLow where the council's `score` doesn't reach what these stars
    ask for today.
    """
    check_score(stars=stars, score=score, on=today())
    certificate = Certificate.objects.create(
        product=product,
        stars=stars,
        score=score,
        public_code=public_code_new(),
        state=Certificate.State.PROPOSED,
        state_since=today(),
        state_reason=reason,
        is_sample=is_sample,
    )
    _record(certificate, "proposed", by, reason, {"stars": [None, stars], "score": [None, _plain(score)]})
    return certificate


@transaction.atomic
def proposal_close(*, certificate: Certificate, by: User | None, reason: str) -> Certificate:
    """Record that a proposal came to nothing: the authority decided against it, or it was taken back.

    What the good holds doesn't change. Raises WrongState for what is no proposal, or without a reason.
    """
    paper = _locked(certificate)
    if paper.state != Certificate.State.PROPOSED:
        raise WrongState(_("Only a proposal can be closed."))
    if not reason.strip():
        raise WrongState(_("Say why the proposal ends."), concerns="reason")
    return _change(
        paper,
        "closed",
        by,
        reason,
        state=Certificate.State.CLOSED,
        state_since=today(),
        state_reason=reason.strip()[:255],
    )


@transaction.atomic
def certificate_award(
    *,
    product: Product,
    stars: int,
    decision: Decision | None,
    by: User | None,
    valid_from: date | None = None,
    valid_until: date | None = None,
    score: Decimal | None = None,
    official_code: str = "",
    stated_authority: str = "",
    stated_year: int | None = None,
    evidence: Any = "",
    reason: str = "",
    is_sample: bool = False,
) -> Certificate:
    """Record what an authority awarded. It counts for nothing until `certificate_verify`.

    Without `valid_from` the term begins on the decision's day; without `valid_until` it lasts as the programme says.
    A proposal of the same good is closed. Raises NotInPower for fewer than 3 stars: that is a council's result (`certificate_propose`);
    CertificateIncomplete where it would end before it begins; ScoreTooLow where the council's `score` doesn't reach what the stars
    asked for on the decision's day; CertificateKnown where the decision gave the good a certificate before.
    """
    if stars < FEWEST_CERTIFIED_STARS:
        raise NotInPower(_("Products with fewer than 3 stars are not certified."))
    first_day = valid_from or (decision.decided_on if decision else None)
    last_day = valid_until or (term_end(first_day) if first_day else None)
    check_term(first_day, last_day)
    if decision is not None:
        check_score(stars=stars, score=score, on=decision.decided_on)
        check_new(product.certificates.all(), decision)
    for proposal in product.certificates.select_for_update().filter(state=Certificate.State.PROPOSED):
        _change(proposal, "decided", by, reason, state=Certificate.State.CLOSED, state_since=today())
    certificate = Certificate.objects.create(
        product=product,
        stars=stars,
        score=score,
        decision=decision,
        level=decision.level if decision else "",
        official_code=official_code,
        public_code=public_code_new(),
        stated_authority=stated_authority,
        stated_year=stated_year,
        valid_from=first_day,
        valid_until=last_day,
        evidence=evidence,
        state_since=today(),
        is_sample=is_sample,
    )
    _record(certificate, "awarded", by, reason, {"stars": [None, stars]})
    mark_changed([product.pk])
    return certificate


@transaction.atomic
def certificate_complete(
    *,
    certificate: Certificate,
    decision: Decision,
    by: User | None,
    valid_from: date | None = None,
    valid_until: date | None = None,
    stars: int | None = None,
    score: Decimal | None = None,
    official_code: str | None = None,
    evidence: Any = None,
    reason: str = "",
) -> Certificate:
    """Add what an unverified certificate lacks: its decision and its term. What the paper says otherwise is put right: stars, score.

    Raises WrongState where it is verified, CertificateIncomplete where it would end before it begins, CertificateKnown and ScoreTooLow.
    """
    paper = _locked(certificate)
    if paper.verified_at or paper.state != Certificate.State.AWARDED:
        raise WrongState(_("Only a certificate that awaits verification can be completed."))
    first_day = valid_from or decision.decided_on
    check_term(first_day, valid_until)
    check_new(Certificate.objects.filter(product=paper.product_id).exclude(pk=paper.pk), decision)
    known_score = paper.score if score is None else score
    check_score(stars=stars or paper.stars, score=known_score, on=decision.decided_on)
    changes: dict[str, Any] = {
        "decision": decision,
        "level": decision.level,
        "valid_from": first_day,
        "valid_until": valid_until or term_end(first_day),
        "stars": stars or paper.stars,
        "score": known_score,
    }
    if official_code is not None:
        changes["official_code"] = official_code
    if evidence is not None:
        changes["evidence"] = evidence
    return _change(paper, "completed", by, reason, **changes)


@transaction.atomic
def certificate_evidence_set(
    *, certificate: Certificate, evidence: Any, by: User | None, reason: str = ""
) -> Certificate:
    """Put a scan of the paper to a certificate, whatever its state. The one before stays in the store, named in the history."""
    return _change(_locked(certificate), "evidence", by, reason, evidence=evidence)


@transaction.atomic
def certificate_number(
    *, certificate: Certificate, official_code: str, by: User | None, reason: str = ""
) -> Certificate:
    """Put down the number that the authority gave a certificate, whatever its state. Raises WrongState where it has one already."""
    paper = _locked(certificate)
    if paper.official_code:
        raise WrongState(_("This certificate has its number already."))
    return _change(paper, "completed", by, reason, official_code=official_code)


@transaction.atomic
def certificate_verify(
    *, certificate: Certificate, by: User | None, reason: str = "", is_rehearsal: bool = False
) -> Certificate:
    """Say that the paper was seen and is true: from now on it counts on its days.

    An older certificate of the good ends on the day before the new one begins (upgrade, re-recognition); where a newer one is already in
    force, this one ends before it. `is_rehearsal`: the caller only looks at what would follow and rolls it back, so anybody may.

    Raises CertificateIncomplete, NotInPower, CertificatesOverlap, WrongState, and SecondPersonNeeded where whoever recorded the paper
    may not verify it.
    """
    paper = _locked(certificate)
    if paper.verified_at:
        return paper
    check_verifiable(paper)
    if not is_rehearsal:
        check_second_person(paper, by)
    last_day = _make_room(paper, by, reason)
    return _change(
        paper,
        "verified",
        by,
        reason,
        verified_at=timezone.now(),
        verified_by=by,
        in_force_until=last_day,
        **({"state": Certificate.State.SUPERSEDED} if last_day < cast(date, paper.valid_until) else {}),
    )


@transaction.atomic
def certificate_withdraw(
    *,
    certificate: Certificate,
    ground: str,
    by: User | None,
    reason: str = "",
    on: date | None = None,
) -> Certificate:
    """Record that the authority withdrew the certificate on the day `on` (default: today), its first day without force.

    `ground` is one of the law's six (`WithdrawalGround`). Raises WrongState for a proposal or a second withdrawal.
    """
    paper = _locked(certificate)
    if paper.state in {*PROPOSALS, Certificate.State.WITHDRAWN}:
        raise WrongState(_("This certificate cannot be withdrawn: it is not awarded."))
    day = on or today()
    known = WithdrawalGround(ground)
    last_day = paper.in_force_until and min(paper.in_force_until, day - ONE_DAY)
    return _change(
        paper,
        "withdrawn",
        by,
        reason,
        state=Certificate.State.WITHDRAWN,
        state_since=day,
        state_reason=reason.strip()[:255],
        withdrawal_ground=known.value,
        in_force_until=last_day,
    )


@transaction.atomic
def certificate_extend(*, certificate: Certificate, until: date, by: User | None, reason: str) -> Certificate:
    """Keep a certificate in force until the day `until` by the transitional rule, while the authority decides.

    `reason` says why the filing window could not be met. Raises WrongState where the certificate isn't one in force or ended, where no
    reason is given, or where `until` lies further from its end than the rule of today allows (180 days by Decision 26/2026/QĐ-TTg).
    """
    paper = _locked(certificate)
    if paper.state != Certificate.State.AWARDED or not paper.verified_at or not paper.valid_until:
        raise WrongState(_("Only an awarded and verified certificate can be extended."))
    if not reason.strip():
        raise WrongState(
            _("An extension needs the reason why the filing window could not be met."), concerns="reason"
        )
    days = rule_book().recognition_on(today()).transitional_days
    if not paper.valid_until < until <= paper.valid_until + timedelta(days=days):
        raise WrongState(
            _("The transitional rule allows at most %(days)d days past the end.") % {"days": days},
            concerns="until",
        )
    if _others(paper).filter(valid_from__gt=paper.valid_from, valid_from__lte=until).exists():
        raise CertificatesOverlap(_("A newer certificate begins before that day."), concerns="until")
    return _change(paper, "extended", by, reason, in_force_until=until)


def _make_room(paper: Certificate, by: User | None, reason: str) -> date:
    """End older certificates before `paper` begins; return the last day of `paper` itself."""
    first_day, last_day = cast(date, paper.valid_from), cast(date, paper.valid_until)
    for other in _others(paper).select_for_update().order_by("pk"):
        if other.in_force_until < first_day or other.valid_from > last_day:
            continue
        if other.valid_from == first_day:
            raise CertificatesOverlap(
                _("Certificate %(code)s of this product begins on the same day.")
                % {"code": other.official_code or other.public_code}
            )
        if other.valid_from > first_day:
            last_day = min(last_day, other.valid_from - ONE_DAY)
        elif other.state == Certificate.State.WITHDRAWN:
            raise CertificatesOverlap(_("A withdrawn certificate was still in force on these days."))
        else:
            _change(
                other,
                "superseded",
                by,
                reason,
                state=Certificate.State.SUPERSEDED,
                state_since=first_day,
                in_force_until=first_day - ONE_DAY,
            )
    return last_day


def _others(paper: Certificate) -> Any:
    return Certificate.objects.recognised().filter(product=paper.product_id).exclude(pk=paper.pk)


def _locked(certificate: Certificate) -> Certificate:
    """Return the certificate read anew, with its good locked: changes to one good's certificates follow one another."""
    Product.objects.select_for_update(of=("self",)).get(pk=certificate.product_id)
    return (
        Certificate.objects.select_for_update(of=("self",)).select_related("decision").get(pk=certificate.pk)
    )


def _change(
    certificate: Certificate, action: str, by: User | None, reason: str, **values: Any
) -> Certificate:
    changes = {
        field: [_plain(getattr(certificate, field)), _plain(value)]
        for field, value in values.items()
        if getattr(certificate, field) != value
    }
    for field, value in values.items():
        setattr(certificate, field, value)
    certificate.save(update_fields=list(values))
    _record(certificate, action, by, reason, changes)
    mark_changed([certificate.product_id])
    return certificate


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, int | str) else str(value)


def _record(
    certificate: Certificate, action: str, by: User | None, reason: str, changes: dict[str, Any]
) -> None:
    CertificateEvent.objects.create(
        certificate=certificate, action=action, actor=by, reason=reason[:255], changes=changes
    )
