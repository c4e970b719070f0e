"""What happens to a certificate from proposal to withdrawal."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from catalogue.certification.decisions import decision_record
from catalogue.certification.errors import (
    CertificateIncomplete,
    CertificatesOverlap,
    NotInPower,
    WrongState,
)
from catalogue.certification.evidence import EvidenceRefused, evidence_checked
from catalogue.certification.models import Certificate, Decision, WithdrawalGround
from catalogue.certification.services import (
    certificate_award,
    certificate_complete,
    certificate_extend,
    certificate_propose,
    certificate_verify,
    certificate_withdraw,
)
from catalogue.certification.standards import standard_record, standard_verify, standards_of
from catalogue.certification.terms import Standing, StandingSince, add_months, standing_on, term_end
from catalogue.models import Product, ProductChange
from marketplace.accounts.models import User
from tests.factories.catalogue import TODAY, CertificateFactory, DecisionFactory, GoodFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("catalogue.certification.services.today", lambda: TODAY)


@pytest.fixture
def verifier() -> User:
    return User.objects.create_user("tham-dinh@example.vn")


def awarded(product: Product, stars: int, decided_on: date, *, level: str = Decision.Level.PROVINCE):
    return certificate_award(
        product=product,
        stars=stars,
        decision=DecisionFactory(level=level, decided_on=decided_on),
        by=None,
    )


def test_an_award_counts_only_once_it_is_verified(verifier: User) -> None:
    good = GoodFactory()
    certificate = awarded(good, 4, date(2026, 8, 5))
    assert not Certificate.objects.in_force(TODAY).exists()

    verified = certificate_verify(certificate=certificate, by=verifier, reason="Xem bản gốc")

    assert verified.valid_until == verified.in_force_until == date(2029, 8, 5)
    assert list(Certificate.objects.in_force(TODAY)) == [verified]
    assert [(event.action, event.actor, event.reason) for event in verified.events.all()] == [
        ("awarded", None, ""),
        ("verified", verifier, "Xem bản gốc"),
    ]


def test_every_step_raises_the_version_of_the_good() -> None:
    good = GoodFactory()

    certificate = awarded(good, 4, date(2026, 8, 5))
    awarded_version = ProductChange.objects.get(pk=good.pk).version
    certificate_verify(certificate=certificate, by=None)

    assert ProductChange.objects.get(pk=good.pk).version == awarded_version + 1


def test_verifying_twice_changes_nothing() -> None:
    certificate = certificate_verify(certificate=awarded(GoodFactory(), 3, date(2026, 8, 5)), by=None)

    again = certificate_verify(certificate=certificate, by=None)

    assert again.verified_at == certificate.verified_at
    assert certificate.events.count() == 2


def test_an_upgrade_ends_the_older_certificate_on_the_day_before() -> None:
    good = GoodFactory()
    older = certificate_verify(certificate=awarded(good, 4, date(2026, 1, 10)), by=None)

    newer = certificate_verify(
        certificate=awarded(good, 5, date(2026, 11, 10), level=Decision.Level.MINISTRY), by=None
    )

    older.refresh_from_db()
    assert (older.state, older.in_force_until) == (Certificate.State.SUPERSEDED, date(2026, 11, 9))
    assert standing_on(older, TODAY).standing is Standing.SUPERSEDED
    assert standing_on(older, TODAY).since == date(2026, 11, 10)
    assert list(Certificate.objects.in_force(TODAY)) == [newer]


def test_an_older_paper_verified_later_ends_before_the_newer_begins() -> None:
    good = GoodFactory()
    certificate_verify(certificate=awarded(good, 4, date(2026, 8, 5)), by=None)

    older = certificate_verify(certificate=awarded(good, 3, date(2024, 3, 1)), by=None)

    assert (older.state, older.in_force_until) == (Certificate.State.SUPERSEDED, date(2026, 8, 4))


def test_two_certificates_cannot_begin_on_the_same_day() -> None:
    good = GoodFactory()
    certificate_verify(certificate=awarded(good, 4, date(2026, 8, 5)), by=None)

    with pytest.raises(CertificatesOverlap):
        certificate_verify(certificate=awarded(good, 3, date(2026, 8, 5)), by=None)


def test_a_proposal_is_closed_by_the_award() -> None:
    good = GoodFactory()
    proposal = certificate_propose(product=good, stars=5, by=None)

    awarded(good, 5, date(2026, 11, 10), level=Decision.Level.MINISTRY)

    proposal.refresh_from_db()
    assert proposal.state == Certificate.State.CLOSED
    assert not Certificate.objects.in_force(TODAY).exists()


def test_a_proposal_cannot_be_verified() -> None:
    with pytest.raises(WrongState):
        certificate_verify(certificate=certificate_propose(product=GoodFactory(), stars=5, by=None), by=None)


@pytest.mark.parametrize(
    ("level", "decided_on", "stars", "may"),
    [
        ("district", date(2025, 7, 5), 3, True),
        ("district", date(2025, 7, 6), 3, False),
        ("district", date(2025, 6, 16), 4, False),
        ("province", date(2026, 8, 5), 3, True),
        ("province", date(2026, 8, 5), 4, True),
        ("province", date(2026, 8, 5), 5, False),
        ("ministry", date(2026, 8, 5), 5, True),
        ("ministry", date(2026, 8, 5), 4, False),
    ],
)
def test_who_may_award_what_and_when(level: str, decided_on: date, stars: int, may: bool) -> None:
    certificate = awarded(GoodFactory(), stars, decided_on, level=level)

    if may:
        assert certificate_verify(certificate=certificate, by=None).verified_at
    else:
        with pytest.raises(NotInPower):
            certificate_verify(certificate=certificate, by=None)


def test_what_a_list_left_out_is_added_and_then_verified() -> None:
    certificate = certificate_award(
        product=GoodFactory(), stars=3, decision=None, by=None, stated_authority="UBND huyện Đức Trọng"
    )
    with pytest.raises(CertificateIncomplete):
        certificate_verify(certificate=certificate, by=None)

    decision = decision_record(
        number="12/QĐ-UBND", decided_on=date(2025, 6, 20), authority="UBND huyện Đức Trọng"
    )
    completed = certificate_complete(certificate=certificate, decision=decision, by=None)
    verified = certificate_verify(certificate=completed, by=None)

    assert (verified.valid_from, verified.valid_until) == (date(2025, 6, 20), date(2028, 6, 20))


def test_a_known_decision_keeps_its_level_and_says_so() -> None:
    decision = {"number": "12/QĐ-UBND", "decided_on": date(2025, 6, 20), "authority": "UBND huyện Đức Trọng"}
    known = decision_record(**decision)

    assert decision_record(**decision) == known
    assert decision_record(**decision, level="district") == known
    with pytest.raises(CertificateIncomplete) as refused:
        decision_record(**decision, level="province")
    assert refused.value.concerns == "level"


def test_a_withdrawal_takes_force_away_from_its_own_day_on() -> None:
    good = GoodFactory()
    certificate = certificate_verify(certificate=awarded(good, 4, date(2026, 8, 5)), by=None)

    withdrawn = certificate_withdraw(
        certificate=certificate, ground=WithdrawalGround.PRODUCTION_STOPPED, by=None
    )

    assert withdrawn.in_force_until == TODAY - timedelta(days=1)
    assert not Certificate.objects.in_force(TODAY).exists()
    assert Certificate.objects.in_force(TODAY - timedelta(days=1)).exists()
    assert standing_on(withdrawn, TODAY).standing is Standing.WITHDRAWN
    with pytest.raises(WrongState):
        certificate_withdraw(certificate=withdrawn, ground=WithdrawalGround.OTHER_FINDINGS, by=None)


def test_a_certificate_withdrawn_on_its_first_day_never_counted() -> None:
    certificate = certificate_verify(certificate=awarded(GoodFactory(), 4, TODAY), by=None)

    certificate_withdraw(certificate=certificate, ground=WithdrawalGround.FALSE_DOSSIER, by=None)

    assert not Certificate.objects.in_force(TODAY).exists()
    assert certificate_verify(certificate=awarded(certificate.product, 3, TODAY), by=None).verified_at, (
        "the empty range is in nobody's way"
    )


def test_the_transitional_rule_allows_180_days() -> None:
    certificate = certificate_verify(certificate=awarded(GoodFactory(), 3, date(2023, 11, 1)), by=None)
    assert certificate.valid_until == date(2026, 11, 1)
    assert not Certificate.objects.in_force(TODAY).exists()
    last_day = date(2026, 11, 1) + timedelta(days=180)

    with pytest.raises(WrongState):
        certificate_extend(
            certificate=certificate, until=last_day + timedelta(days=1), by=None, reason="Chờ quyết định"
        )
    with pytest.raises(WrongState):
        certificate_extend(certificate=certificate, until=last_day, by=None, reason=" ")
    extended = certificate_extend(certificate=certificate, until=last_day, by=None, reason="Chờ quyết định")

    assert list(Certificate.objects.in_force(TODAY)) == [extended]
    assert standing_on(extended, TODAY) == StandingSince(Standing.EXTENDED, date(2026, 11, 2))
    assert standing_on(extended, last_day + timedelta(days=1)).standing is Standing.EXPIRED


def test_a_decision_in_the_time_of_an_extension_replaces_the_extended_certificate() -> None:
    good = GoodFactory()
    older = certificate_verify(certificate=awarded(good, 3, date(2023, 11, 1)), by=None)
    certificate_extend(certificate=older, until=date(2027, 4, 1), by=None, reason="Chờ quyết định")

    certificate_verify(certificate=awarded(good, 4, date(2026, 11, 20)), by=None)

    older.refresh_from_db()
    assert (older.valid_until, older.in_force_until) == (date(2026, 11, 1), date(2026, 11, 19))
    assert standing_on(older, TODAY) == StandingSince(Standing.SUPERSEDED, date(2026, 11, 20))


def test_public_codes_cannot_be_guessed() -> None:
    codes = {awarded(GoodFactory(), 3, date(2026, 8, 5)).public_code for _ in range(20)}

    assert len(codes) == 20
    assert all(len(code) == 12 for code in codes)


@pytest.mark.parametrize(
    ("first_day", "last_day"),
    [(date(2026, 8, 5), date(2029, 8, 5)), (date(2024, 2, 29), date(2027, 2, 28))],
)
def test_a_certificate_holds_for_36_months(first_day: date, last_day: date) -> None:
    assert term_end(first_day) == last_day
    assert add_months(first_day, 36) == last_day


def test_the_database_refuses_overlapping_ranges() -> None:
    paper = CertificateFactory(
        valid_from=date(2026, 1, 1), valid_until=date(2026, 6, 30), product=GoodFactory()
    )

    with pytest.raises(IntegrityError), transaction.atomic():
        CertificateFactory(valid_from=date(2026, 6, 30), valid_until=date(2027, 6, 30), product=paper.product)
    neighbour = CertificateFactory(
        valid_from=date(2026, 7, 1), valid_until=date(2027, 6, 30), product=paper.product
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        Certificate.objects.filter(pk=neighbour.pk).update(valid_from=date(2026, 6, 30))
    proposal = CertificateFactory(
        state=Certificate.State.PROPOSED, valid_from=date(2026, 1, 1), product=paper.product
    )
    assert proposal.pk


def test_the_database_refuses_5_stars_from_a_province() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        CertificateFactory(stars=5, product=GoodFactory())


@pytest.mark.parametrize("stars", [1, 2])
def test_the_database_refuses_to_certify_few_stars(stars: int) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        CertificateFactory(stars=stars, product=GoodFactory())


@pytest.mark.parametrize("stars", [1, 2])
def test_the_database_refuses_to_award_few_stars_at_all(stars: int) -> None:
    record = certificate_propose(product=GoodFactory(), stars=stars, by=None)

    with pytest.raises(IntegrityError), transaction.atomic():
        CertificateFactory(unverified=True, stars=stars, product=GoodFactory())
    with pytest.raises(IntegrityError), transaction.atomic():
        Certificate.objects.filter(pk=record.pk).update(state=Certificate.State.AWARDED)
    with pytest.raises(NotInPower):
        certificate_award(product=record.product, stars=stars, decision=None, by=None)


def test_the_database_takes_no_other_level_than_the_decisions() -> None:
    """Five stars with `level=ministry` need a decision of the ministry, whatever the column says."""
    certificate = CertificateFactory(product=GoodFactory())

    with pytest.raises(IntegrityError), transaction.atomic():
        CertificateFactory(stars=5, level=Decision.Level.MINISTRY, product=GoodFactory())
    with pytest.raises(IntegrityError), transaction.atomic():
        Certificate.objects.filter(pk=certificate.pk).update(level=Decision.Level.MINISTRY, stars=5)
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.filter(pk=certificate.decision_id).update(level=Decision.Level.MINISTRY)


def test_history_is_only_added_to() -> None:
    certificate = awarded(GoodFactory(), 3, date(2026, 8, 5))

    with pytest.raises(IntegrityError), transaction.atomic():
        certificate.events.update(reason="nothing happened")
    with pytest.raises(IntegrityError), transaction.atomic():
        certificate.events.all().delete()

    assert certificate.events.count() == 1


def upload(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def test_evidence_is_kept_under_a_name_that_says_nothing() -> None:
    checked = evidence_checked(upload("Nguyen Van A.pdf", b"%PDF-1.7 ..."))

    assert checked.name is not None
    assert checked.name.endswith(".pdf")
    assert "Nguyen" not in checked.name


@pytest.mark.parametrize("content", [b"<html><script>alert(1)</script>", b"MZ\x90", b"", b"%!PS"])
def test_evidence_is_judged_by_its_content(content: bytes) -> None:
    with pytest.raises(EvidenceRefused):
        evidence_checked(upload("giay.pdf", content))


def test_a_standard_is_shown_once_verified() -> None:
    good = GoodFactory()
    standard = standard_record(
        standard="vietgap", producer=good.producer, valid_from=TODAY, valid_until=TODAY + timedelta(days=365)
    )
    assert not standards_of(good, on=TODAY).exists()

    standard_verify(standard=standard)

    assert list(standards_of(good, on=TODAY)) == [standard]
    assert ProductChange.objects.filter(pk=good.pk).exists()
    assert not standards_of(good, on=TODAY + timedelta(days=366)).exists()
