"""Two people verify overlapping certificates of one product at the same moment."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from catalogue.certification.models import Certificate
from catalogue.certification.services import certificate_verify
from tests.concurrency.together import at_once
from tests.factories.catalogue import CertificateFactory, DecisionFactory, GoodFactory

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def two_papers() -> list[Certificate]:
    good = GoodFactory()
    return [
        CertificateFactory(
            product=good, decision=DecisionFactory(), verified_at=None, in_force_until=None, stars=stars
        )
        for stars in (3, 4)
    ]


def test_of_two_verifications_at_once_one_wins() -> None:
    first, second = two_papers()

    results = at_once(
        lambda: certificate_verify(certificate=first, by=None),
        lambda: certificate_verify(certificate=second, by=None),
    )

    assert sorted(type(result).__name__ for result in results) == ["Certificate", "CertificatesOverlap"]
    assert Certificate.objects.in_force(date(2026, 11, 24)).count() == 1


def test_the_constraint_holds_where_a_service_was_passed_by() -> None:
    papers = two_papers()

    def force(paper: Certificate) -> None:
        with transaction.atomic():
            Certificate.objects.filter(pk=paper.pk).update(
                verified_at="2026-11-24T10:00:00+07:00", in_force_until=date(2029, 8, 5)
            )

    results = at_once(*(lambda paper=paper: force(paper) for paper in papers))

    # Each may wait for the other to see whether it overlaps: then PostgreSQL ends one of them as a deadlock.
    [refused] = [result for result in results if result is not None]
    assert isinstance(refused, IntegrityError) or refused.__cause__.sqlstate == "40P01"
    assert Certificate.objects.in_force(date(2026, 11, 24)).count() == 1
