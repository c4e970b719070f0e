"""What the database itself holds of certificates, standards and listings, whoever writes: on SQLite and on PostgreSQL."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from catalogue.certification.models import Certificate, CertificateEvent, StandardEvent
from catalogue.certification.services import certificate_propose
from catalogue.certification.standards import standard_record
from catalogue.models import ListingEvent
from catalogue.producers.models import Partner, SellerEvent
from catalogue.producers.services import seller_suspend
from catalogue.services import listing_suspend
from tests.factories.catalogue import CertificateFactory, DecisionFactory, GoodFactory

pytestmark = pytest.mark.django_db


def refused(change) -> bool:
    try:
        with transaction.atomic():
            change()
    except IntegrityError:
        return True
    return False


@pytest.mark.parametrize(
    "wrong",
    [
        {"stars": 6},
        {"stars": 2},
        {"stars": 2, "verified_at": None},  # nobody awards two
        {"stars": 2, "verified_at": None, "state": "superseded"},
        {"stars": 5},  # by a province
        {"score": 101},
        {"score": -1},
        {"valid_until": date(2026, 8, 4)},
        {"decision": None},  # verified without one
        {"stars": 5, "level": "ministry"},  # the decision is a province's
    ],
)
def test_a_certificate_that_cannot_be_is_not_written(wrong) -> None:
    good = GoodFactory()

    assert refused(lambda: CertificateFactory(product=good, **wrong))
    assert not refused(lambda: CertificateFactory(product=good))


@pytest.mark.parametrize(
    ("first", "last", "overlaps"),
    [
        (date(2029, 8, 5), date(2032, 8, 5), True),
        (date(2029, 8, 6), date(2032, 8, 5), False),
        (date(2023, 8, 5), date(2026, 8, 5), True),
        (date(2023, 8, 5), date(2026, 8, 4), False),
    ],
)
def test_ranges_in_force_of_one_good_never_overlap(first: date, last: date, overlaps: bool) -> None:
    good = GoodFactory()
    CertificateFactory(product=good)  # 5 August 2026 to 5 August 2029

    assert refused(lambda: CertificateFactory(product=good, valid_from=first, valid_until=last)) is overlaps
    assert not refused(
        lambda: CertificateFactory(product=GoodFactory(), valid_from=first, valid_until=last)
    ), "another good's"


def test_a_range_does_not_grow_into_another() -> None:
    good = GoodFactory()
    CertificateFactory(product=good)
    older = CertificateFactory(product=good, valid_from=date(2023, 8, 5), valid_until=date(2026, 8, 4))

    papers = Certificate.objects.filter(pk=older.pk)
    assert refused(lambda: papers.update(in_force_until=date(2026, 8, 5)))


def test_two_certificates_of_a_good_are_of_two_decisions() -> None:
    good, decision = GoodFactory(), DecisionFactory()
    CertificateFactory(product=good, decision=decision)

    assert refused(
        lambda: CertificateFactory(
            product=good, decision=decision, valid_from=date(2030, 1, 1), valid_until=date(2033, 1, 1)
        )
    )


@pytest.mark.parametrize("history", [CertificateEvent, StandardEvent, ListingEvent, SellerEvent])
def test_history_is_only_added_to(history) -> None:
    good = GoodFactory()
    certificate_propose(product=good, stars=4, by=None)
    standard_record(standard="vietgap", good=good, valid_from=date(2026, 1, 1), valid_until=date(2028, 1, 1))
    listing_suspend(good=good, reason="Sai nhãn")
    seller_suspend(producer=good.producer, by=None, reason="Chậm giao hàng")

    assert history.objects.count() == 1
    assert refused(lambda: history.objects.update(reason="khác"))
    assert refused(lambda: history.objects.all()._raw_delete("default"))
    assert history.objects.count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"action": "suspended", "to_state": "suspended", "reason": ""},
        {"action": "refused", "to_state": "unverified", "reason": ""},
        {"action": "verified", "to_state": "suspended", "reason": "Vì thế"},
    ],
)
def test_a_line_of_a_sellers_history_says_why_and_leads_to_its_state(wrong: dict[str, str]) -> None:
    producer = GoodFactory().producer

    assert refused(
        lambda: SellerEvent.objects.create(
            producer=producer, from_state=Partner.SellerState.VERIFIED, **wrong
        )
    )
