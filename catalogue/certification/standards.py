"""Further papers of goods and producers that hold on a day: VietGAP, GlobalGAP, 4C, UTZ, Halal, organic."""

from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from catalogue.certification.errors import CertificateIncomplete, WrongState
from catalogue.certification.models import StandardCertificate, StandardEvent
from catalogue.certification.second_person import check_second_person
from catalogue.changes import mark_changed
from catalogue.models import Product
from catalogue.producers.models import Partner
from marketplace.accounts.models import User


def standards_of(good: Product, *, on: date) -> QuerySet[StandardCertificate]:
    """Return the verified standards of a good and of its producer in force on the day `on`."""
    return StandardCertificate.objects.filter(
        Q(product=good) | Q(producer=good.producer_id),
        verified_at__isnull=False,
        valid_from__lte=on,
        valid_until__gte=on,
    ).order_by("standard", "pk")


@transaction.atomic
def standard_record(
    *,
    standard: str,
    valid_from: date,
    valid_until: date,
    good: Product | None = None,
    producer: Partner | None = None,
    number: str = "",
    issuer: str = "",
    evidence: Any = "",
    by: User | None = None,
    is_sample: bool = False,
) -> StandardCertificate:
    """Record a standard of one good or of a whole producer (exactly one of them). It is shown once verified.

    Raises CertificateIncomplete where it would end before it begins.
    """
    if valid_until < valid_from:
        raise CertificateIncomplete(_("A certificate cannot end before it begins."), concerns="valid_until")
    made = StandardCertificate.objects.create(
        standard=standard,
        product=good,
        producer=producer,
        number=number,
        issuer=issuer,
        valid_from=valid_from,
        valid_until=valid_until,
        evidence=evidence,
        is_sample=is_sample,
    )
    _record(made, "recorded", by)
    return made


@transaction.atomic
def standard_verify(*, standard: StandardCertificate, by: User | None = None) -> StandardCertificate:
    """Say that the paper was seen: the standard is shown on its days. Twice changes nothing.

    Raises SecondPersonNeeded where whoever recorded the paper may not verify it.
    """
    paper = _locked(standard)
    if paper.verified_at:
        return paper
    check_second_person(paper, by)
    paper.verified_at = timezone.now()
    paper.verified_by = by
    paper.save(update_fields=["verified_at", "verified_by"])
    _record(paper, "verified", by)
    mark_changed(_goods_of(paper).values_list("pk", flat=True))
    return paper


@transaction.atomic
def standard_end(
    *, standard: StandardCertificate, last_day: date, by: User | None, reason: str
) -> StandardCertificate:
    """End a standard before its time: `last_day` is the last on which it counts.

    Raises WrongState without a reason, or for a day outside the paper's own term.
    """
    paper = _locked(standard)
    if not reason.strip():
        raise WrongState(_("Say why this standard ends."), concerns="reason")
    if last_day >= paper.valid_until:
        raise WrongState(
            _("This paper ends on %(day)s anyway.") % {"day": f"{paper.valid_until:%d/%m/%Y}"},
            concerns="last_day",
        )
    if last_day < paper.valid_from:
        raise WrongState(
            _("This paper begins on %(day)s; it cannot end before.")
            % {"day": f"{paper.valid_from:%d/%m/%Y}"},
            concerns="last_day",
        )
    before, paper.valid_until = paper.valid_until, last_day
    paper.save(update_fields=["valid_until"])
    _record(paper, "ended", by, reason, {"valid_until": [str(before), str(last_day)]})
    mark_changed(_goods_of(paper).values_list("pk", flat=True))
    return paper


def _goods_of(standard: StandardCertificate) -> QuerySet[Product]:
    """Return the goods on whose pages the standard stands."""
    whose = Q(pk=standard.product_id) | Q(producer=standard.producer_id, producer__isnull=False)
    return Product.objects.filter(whose, structure=Product.PARENT)


def _locked(standard: StandardCertificate) -> StandardCertificate:
    return StandardCertificate.objects.select_for_update(of=("self",)).get(pk=standard.pk)


def _record(
    standard: StandardCertificate,
    action: str,
    by: User | None,
    reason: str = "",
    changes: dict[str, Any] | None = None,
) -> None:
    StandardEvent.objects.create(
        standard=standard, action=action, actor=by, reason=reason.strip()[:255], changes=changes or {}
    )
