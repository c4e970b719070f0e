"""Two people verify overlapping certificates of one product at the same moment."""

import threading
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from catalogue.certification.errors import CertificatesOverlap
from catalogue.certification.models import Certificate
from catalogue.certification.services import certificate_verify
from tests.factories.catalogue import CertificateFactory, DecisionFactory, GoodFactory

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def at_once(*verbs) -> list[str]:
    """Run each verb in its own thread, all past one barrier; return what came of them, sorted."""
    barrier = threading.Barrier(len(verbs))
    results: list[str] = []

    def run(verb) -> None:
        barrier.wait()
        try:
            verb()
            results.append("done")
        except (CertificatesOverlap, IntegrityError) as refused:
            results.append(type(refused).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(verb,)) for verb in verbs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(results)


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

    assert results == ["CertificatesOverlap", "done"]
    assert Certificate.objects.in_force(date(2026, 11, 24)).count() == 1


def test_the_constraint_holds_where_a_service_was_passed_by() -> None:
    papers = two_papers()

    def force(paper: Certificate) -> None:
        with transaction.atomic():
            Certificate.objects.filter(pk=paper.pk).update(
                verified_at="2026-11-24T10:00:00+07:00", in_force_until=date(2029, 8, 5)
            )

    assert at_once(*(lambda paper=paper: force(paper) for paper in papers)) == ["IntegrityError", "done"]
