"""The one rule of sale gives one answer: the pure function, its twins in SQL, on every boundary."""

from datetime import date, timedelta

import pytest
from django.db.models import Q
from django.utils import translation

from catalogue.certification.facts import facts_for, facts_for_goods
from catalogue.certification.models import Certificate
from catalogue.certification.programme import rule_book
from catalogue.certification.rules import sale_decision, sellable_q, shown_q
from catalogue.certification.verdicts import VerdictReason
from catalogue.models import Product
from tests.factories.catalogue import NOW, TODAY, CertificateFactory, sold_pack
from tests.factories.scenarios import SCENARIOS, Scenario

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("scenario", SCENARIOS, ids=str)
def test_function_and_sql_agree(scenario: Scenario) -> None:
    made = scenario.make()
    is_pack = made.structure == Product.CHILD
    good = made.parent if is_pack else made

    facts = (facts_for([made.pk], at=scenario.at) if is_pack else facts_for_goods([good.pk]))[made.pk]
    verdict = sale_decision(facts=facts, on=scenario.on, at=scenario.at, adult=scenario.adult)
    shown = Product.objects.filter(shown_q(scenario.on, adult=scenario.adult))
    sellable = Product.objects.filter(sellable_q(scenario.on, adult=scenario.adult, at=scenario.at))

    assert (verdict.shown, verdict.sold, verdict.reason) == (scenario.shown, scenario.sold, scenario.reason)
    assert (verdict.certificate.stars if verdict.shown and verdict.certificate else None) == scenario.stars
    if scenario.shown:
        in_force = Certificate.objects.in_force(scenario.on).filter(product=good)
        assert list(in_force.values_list("stars", flat=True)) == [scenario.stars]
    assert list(shown.values_list("pk", flat=True)) == ([good.pk] if scenario.shown else [])
    assert list(sellable.values_list("pk", flat=True)) == ([made.pk] if scenario.sold else [])


def test_a_good_and_its_pack_are_shown_alike() -> None:
    pack = sold_pack()

    verdict = sale_decision(facts=facts_for_goods([pack.parent_id])[pack.parent_id], on=TODAY, at=NOW)

    assert (verdict.shown, verdict.sold, verdict.reason) == (True, False, VerdictReason.NO_PACK)


def test_the_verdict_names_the_certificate_in_force() -> None:
    pack = sold_pack(certificate={"stars": 3, "official_code": "GCN-1"})
    CertificateFactory(
        product=pack.parent,
        stars=5,
        state=Certificate.State.PROPOSED,
        valid_from=TODAY,
        valid_until=TODAY + timedelta(days=1096),
    )

    verdict = sale_decision(facts=facts_for([pack.pk], at=NOW)[pack.pk], on=TODAY, at=NOW)

    assert verdict.certificate is not None
    assert (verdict.certificate.stars, verdict.certificate.official_code) == (3, "GCN-1")


@pytest.mark.parametrize("count", [1, 12])
def test_facts_come_in_a_constant_number_of_queries(count: int, django_assert_num_queries) -> None:
    packs = [sold_pack() for _ in range(count)]
    rule_book()

    with django_assert_num_queries(3):
        facts = facts_for([pack.pk for pack in packs], at=NOW)
    with django_assert_num_queries(2):
        facts_for_goods([pack.parent_id for pack in packs])
    with django_assert_num_queries(0):
        verdicts = [sale_decision(facts=fact, on=TODAY, at=NOW) for fact in facts.values()]

    assert [verdict.sold for verdict in verdicts] == [True] * count


def test_facts_under_lock_are_the_same_facts() -> None:
    pack = sold_pack()

    assert facts_for([pack.pk], at=NOW, lock=True) == facts_for([pack.pk], at=NOW)


def test_unknown_packs_and_goods_are_left_out() -> None:
    pack = sold_pack()

    assert facts_for([pack.parent_id, 999_999], at=NOW) == {}
    assert facts_for_goods([pack.pk, 999_999]) == {}


def test_the_conditions_combine_with_others() -> None:
    sold_pack(title="Trà")
    wanted = sold_pack(title="Mật ong")

    found = Product.objects.filter(shown_q(TODAY) & Q(title="Mật ong"))

    assert list(found) == [wanted.parent]


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("reason", list(VerdictReason))
def test_every_reason_has_words(reason: VerdictReason, language: str) -> None:
    with translation.override(language):
        assert str(reason.text)


@pytest.mark.parametrize(
    ("day", "source", "transitional_days"),
    [
        (date(2026, 5, 21), "Quyết định 1489/QĐ-TTg (2025)", 0),
        (date(2026, 5, 22), "Quyết định 26/2026/QĐ-TTg", 180),
    ],
)
def test_rules_hold_from_their_day(day: date, source: str, transitional_days: int) -> None:
    terms = rule_book().recognition_on(day)

    assert (terms.legal_source, terms.transitional_days) == (source, transitional_days)
