"""A second person looks at what a list recorded, where one is asked for (`second_person.py`): all of its certificates in one go."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from catalogue.certification.errors import CertificationError
from catalogue.certification.imports.models import DecisionImport
from catalogue.certification.models import FEWEST_CERTIFIED_STARS, Certificate, CertificateEvent
from catalogue.certification.services import certificate_verify
from marketplace.accounts.models import User

#: A request verifies at most so many; the next one goes on.
MOST_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Verified:
    """How many certificates were verified, and why others were not: `(product, reason)`."""

    count: int
    refused: tuple[tuple[str, str], ...]


def certificates_waiting(record: DecisionImport, *, among: Q | None = None) -> QuerySet[Certificate]:
    """Return the certificates of a list that have their decision and wait for a person to verify them; `among` narrows to provinces."""
    return (
        Certificate.objects.filter(
            among or Q(),
            pk__in=record.rows.filter(certificate__isnull=False).values("certificate"),
            verified_at__isnull=True,
            state=Certificate.State.AWARDED,
            stars__gte=FEWEST_CERTIFIED_STARS,
            decision__isnull=False,
            valid_until__isnull=False,
        )
        .select_related("product")
        .order_by("pk")
    )


def not_recorded_by(papers: QuerySet[Certificate], person: User) -> QuerySet[Certificate]:
    """Keep the certificates with which `person` had nothing to do so far."""
    theirs = CertificateEvent.objects.filter(certificate=OuterRef("pk"), actor=person)
    return papers.filter(~Exists(theirs))


def import_verify(*, record: DecisionImport, by: User, among: Q | None = None) -> Verified:
    """Verify up to `MOST_AT_ONCE` certificates of a list that `by` did not record; each is a transaction of its own."""
    refused, count = [], 0
    for paper in not_recorded_by(certificates_waiting(record, among=among), by)[:MOST_AT_ONCE]:
        try:
            certificate_verify(certificate=paper, by=by, reason=record.source)
        except CertificationError as error:
            refused.append((paper.product.get_title(), str(error.message)))
        else:
            count += 1
    return Verified(count, tuple(refused))
