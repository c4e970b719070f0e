"""Scores against the thresholds of the rule in force, proposals that come to nothing, scans, standards, and the outlook."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from catalogue.certification.errors import (
    CertificateIncomplete,
    CertificateKnown,
    CertificatesOverlap,
    ScoreTooLow,
    WrongState,
)
from catalogue.certification.models import Certificate, ProgrammeRule
from catalogue.certification.outlook import Period, outlook, outlook_after
from catalogue.certification.programme import rule_book_forget
from catalogue.certification.services import (
    certificate_award,
    certificate_complete,
    certificate_evidence_set,
    certificate_propose,
    certificate_verify,
    certificate_withdraw,
    proposal_close,
)
from catalogue.certification.standards import (
    standard_end,
    standard_record,
    standard_verify,
    standards_of,
)
from catalogue.certification.verdicts import VerdictReason
from catalogue.models import ListingEvent, ProductChange
from catalogue.services import listing_restore, listing_suspend
from marketplace.accounts.models import User
from marketplace.clock import today
from tests.factories.catalogue import CertificateFactory, DecisionFactory, GoodFactory, shown_good

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def person() -> User:
    return User.objects.create_user("can-bo@example.vn")


@pytest.fixture
def other_rules():
    yield
    rule_book_forget()


# --- Scores
@pytest.mark.parametrize(
    ("stars", "score", "is_enough"),
    [
        (3, "49.99", False),
        (3, "50", True),
        (4, "69.99", False),
        (4, "70", True),
        (5, "89.99", False),
        (5, "90", True),
        (3, "95", True),  # some criteria are minimum requirements of their own
        (4, None, True),
    ],
)
def test_a_score_reaches_what_its_stars_ask_for(stars: int, score: str | None, is_enough: bool) -> None:
    points = Decimal(score) if score else None
    decision = DecisionFactory(level="ministry" if stars == 5 else "province")

    def award() -> Certificate:
        return certificate_award(product=GoodFactory(), stars=stars, decision=decision, by=None, score=points)

    def propose() -> Certificate:
        return certificate_propose(product=GoodFactory(), stars=stars, by=None, score=points)

    for write in (award, propose):
        if is_enough:
            assert write().score == points
        else:
            with pytest.raises(ScoreTooLow) as refused:
                write()
            assert refused.value.concerns == "score"
    assert Certificate.objects.count() == (2 if is_enough else 0)


def test_the_threshold_is_that_of_the_decision_s_day(other_rules) -> None:
    later = ProgrammeRule.objects.create(
        in_force_from=date(2026, 10, 1), legal_source="Quyết định thử", validity_months=36
    )
    later.thresholds.create(stars=4, score_from=Decimal("75"))
    rule_book_forget()

    def award(day: date) -> Certificate:
        return certificate_award(
            product=GoodFactory(),
            stars=4,
            decision=DecisionFactory(decided_on=day),
            by=None,
            score=Decimal("72"),
        )

    assert award(date(2026, 9, 30)).score == Decimal("72")
    with pytest.raises(ScoreTooLow, match="75"):
        award(date(2026, 10, 1))


def test_completing_puts_stars_and_score_right_and_says_so_in_the_history(person: User) -> None:
    paper = CertificateFactory(product=GoodFactory(), unverified=True, stars=3)

    certificate_complete(
        certificate=paper, decision=DecisionFactory(), by=person, stars=4, score=Decimal("81.5")
    )

    paper.refresh_from_db()
    assert (paper.stars, paper.score) == (4, Decimal("81.5"))
    event = paper.events.get(action="completed")
    assert (event.actor, event.changes["stars"], event.changes["score"]) == (person, [3, 4], [None, "81.5"])


# --- What is refused
def test_a_decision_gives_a_good_one_certificate() -> None:
    good, decision = GoodFactory(), DecisionFactory()
    certificate_award(product=good, stars=3, decision=decision, by=None)
    listed = CertificateFactory(product=good, unverified=True)

    with pytest.raises(CertificateKnown) as refused:
        certificate_award(product=good, stars=4, decision=decision, by=None)
    assert refused.value.concerns == "number"
    with pytest.raises(CertificateKnown):
        certificate_complete(certificate=listed, decision=decision, by=None)


def test_a_certificate_does_not_end_before_it_begins() -> None:
    with pytest.raises(CertificateIncomplete) as refused:
        certificate_award(
            product=GoodFactory(),
            stars=3,
            decision=DecisionFactory(),
            by=None,
            valid_from=date(2026, 8, 5),
            valid_until=date(2026, 8, 4),
        )
    assert refused.value.concerns == "valid_until"


# --- Proposals
def test_a_proposal_that_came_to_nothing_is_closed_with_its_reason(person: User) -> None:
    good = shown_good()
    proposal = certificate_propose(product=good, stars=5, by=person, score=Decimal("91"))
    before = outlook(good.pk, on=today())

    with pytest.raises(WrongState) as refused:
        proposal_close(certificate=proposal, by=person, reason=" ")
    assert refused.value.concerns == "reason"
    closed = proposal_close(certificate=proposal, by=person, reason="Bộ không công nhận")

    assert (closed.state, closed.state_reason) == ("closed", "Bộ không công nhận")
    event = closed.events.get(action="closed")
    assert (event.actor, event.reason) == (person, "Bộ không công nhận")
    assert outlook(good.pk, on=today()) == before, "what the good holds doesn't change"
    with pytest.raises(WrongState):
        proposal_close(certificate=good.certificates.get(state="awarded"), by=person, reason="Vì thế")


@pytest.mark.parametrize("stars", [2, 5])
def test_a_closed_proposal_has_nothing_to_withdraw(stars: int) -> None:
    proposal = certificate_propose(product=GoodFactory(), stars=stars, by=None)
    closed = proposal_close(certificate=proposal, by=None, reason="Bộ không công nhận")

    with pytest.raises(WrongState):
        certificate_withdraw(certificate=closed, ground="other_findings", by=None)


# --- Scans
def test_a_scan_is_kept_and_the_history_names_the_one_before(person: User) -> None:
    paper = shown_good().certificates.get()

    certificate_evidence_set(certificate=paper, evidence="certificates/a.pdf", by=person)
    certificate_evidence_set(certificate=paper, evidence="certificates/b.pdf", by=person, reason="Rõ hơn")

    paper.refresh_from_db()
    assert paper.evidence.name == "certificates/b.pdf"
    assert [event.changes["evidence"] for event in paper.events.filter(action="evidence")] == [
        ["", "certificates/a.pdf"],
        ["certificates/a.pdf", "certificates/b.pdf"],
    ]


# --- What the shop will show
def test_the_outlook_names_each_period_with_its_stars_or_the_reason() -> None:
    good = shown_good(
        certificate={"stars": 3, "valid_from": date(2026, 1, 1), "valid_until": date(2026, 12, 31)}
    )
    CertificateFactory(product=good, stars=4, valid_from=date(2027, 2, 1), valid_until=date(2030, 1, 31))

    assert outlook(good.pk, on=date(2026, 11, 24)) == [
        Period(date(2026, 11, 24), date(2026, 12, 31), 3, None),
        Period(date(2027, 1, 1), date(2027, 1, 31), None, VerdictReason.EXPIRED),
        Period(date(2027, 2, 1), date(2030, 1, 31), 4, None),
        Period(date(2030, 2, 1), None, None, VerdictReason.EXPIRED),
    ]


def test_a_proposal_never_shows_in_the_outlook() -> None:
    good = shown_good()
    before = outlook(good.pk, on=today())

    assert (
        outlook_after(good.pk, lambda: certificate_propose(product=good, stars=5, by=None), on=today())
        == before
    )


def test_looking_ahead_changes_nothing() -> None:
    good = shown_good()
    paper = good.certificates.get()
    version = list(ProductChange.objects.values_list("version"))

    def withdraw() -> None:
        certificate_withdraw(certificate=paper, ground="other_findings", by=None, on=today() + DAY)

    assert outlook_after(good.pk, withdraw, on=today()) == [
        Period(today(), today(), 4, None),
        Period(today() + DAY, None, None, VerdictReason.WITHDRAWN),
    ]
    paper.refresh_from_db()
    assert (paper.state, paper.events.count()) == ("awarded", 0)
    assert list(ProductChange.objects.values_list("version")) == version


def test_looking_ahead_tells_what_the_change_itself_would_refuse() -> None:
    good = shown_good()
    same_day = certificate_award(
        product=good, stars=3, decision=DecisionFactory(decided_on=date(2026, 8, 5)), by=None
    )

    with pytest.raises(CertificatesOverlap):
        outlook_after(good.pk, lambda: certificate_verify(certificate=same_day, by=None), on=today())


def test_an_outlook_costs_two_queries(django_assert_num_queries) -> None:
    good = shown_good()
    for year in range(2030, 2040):
        CertificateFactory(product=good, valid_from=date(year, 1, 1), valid_until=date(year, 6, 1))
    outlook(good.pk, on=today())  # reads the rules

    with django_assert_num_queries(2):
        outlook(good.pk, on=today())


# --- Standards
def test_a_standard_lives_from_its_record_to_its_end(person: User) -> None:
    good = shown_good()
    paper = standard_record(
        standard="vietgap",
        producer=good.producer,
        number="VG-1",
        valid_from=date(2026, 1, 1),
        valid_until=date(2028, 1, 1),
        by=person,
    )
    assert list(standards_of(good, on=date(2026, 11, 24))) == [], "nobody has seen it"

    standard_verify(standard=paper, by=person)
    standard_verify(standard=paper, by=person)
    assert list(standards_of(good, on=date(2028, 1, 1))) == [paper]
    standard_end(standard=paper, last_day=date(2027, 1, 31), by=person, reason="Hết kiểm tra")

    assert list(standards_of(good, on=date(2027, 1, 31))) == [paper]
    assert list(standards_of(good, on=date(2027, 2, 1))) == []
    assert [(event.action, event.actor, event.reason) for event in paper.events.all()] == [
        ("recorded", person, ""),
        ("verified", person, ""),
        ("ended", person, "Hết kiểm tra"),
    ]
    assert paper.events.last().changes == {"valid_until": ["2028-01-01", "2027-01-31"]}
    assert ProductChange.objects.filter(product_id=good.pk).exists()


@pytest.mark.parametrize(
    ("last_day", "reason", "concerns"),
    [
        (date(2027, 1, 1), " ", "reason"),
        (date(2028, 1, 1), "Vì thế", "last_day"),
        (date(2025, 12, 31), "Vì thế", "last_day"),
    ],
)
def test_a_standard_ends_within_its_term_and_with_a_reason(
    last_day: date, reason: str, concerns: str
) -> None:
    paper = standard_record(
        standard="halal", good=GoodFactory(), valid_from=date(2026, 1, 1), valid_until=date(2028, 1, 1)
    )

    with pytest.raises(WrongState) as refused:
        standard_end(standard=paper, last_day=last_day, by=None, reason=reason)

    assert refused.value.concerns == concerns
    paper.refresh_from_db()
    assert paper.valid_until == date(2028, 1, 1)


# --- Listings
def test_a_listing_s_history_tells_who_and_why(person: User) -> None:
    good = shown_good()

    listing_suspend(good=good, reason="Sai nhãn", by=person)
    listing_suspend(good=good, reason="Lần hai", by=person)
    assert outlook(good.pk, on=today()) == [Period(today(), None, None, VerdictReason.SUSPENDED)]
    listing_restore(good=good, reason="Đã sửa nhãn", by=person)

    assert list(ListingEvent.objects.values_list("action", "reason", "actor")) == [
        ("suspended", "Sai nhãn", person.pk),
        ("restored", "Đã sửa nhãn", person.pk),
    ]
    good.refresh_from_db()
    assert (good.listing, good.listing_reason) == ("active", "")
