"""What a foreign buyer reads in English: about how many dollars a sum is. Nothing is charged by it."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from checkout.payment.dated import DollarRate
from checkout.payment.estimates import dollars_about
from checkout.payment.links import payment_page_path
from checkout.payment.models import CashLimit
from checkout.payment.templatetags.estimates import dollar_estimate
from checkout.payment.terms import RuleRefused, rule_on, rule_write
from marketplace.accounts.models import StaffRole
from marketplace.audit.models import AuditEvent
from marketplace.clock import today
from tests.factories.catalogue import sold_pack
from tests.factories.payments import make_order
from tests.factories.people import account_with_proved_mail

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _forgotten() -> None:
    cache.clear()
    DollarRate.objects.update(dong=26_000)


@pytest.mark.parametrize(
    ("amount", "dollars"),
    [(171_000, "6.58"), (26_000, "1.00"), (2_599_000, "99.96"), (2_600_000, "100"), (41_000_000, "1577")],
)
def test_a_sum_is_told_as_exactly_as_it_is_known(amount: int, dollars: str) -> None:
    assert dollars_about(amount) == Decimal(dollars)


def test_only_pages_in_english_show_it() -> None:
    with translation.override("en"):
        assert dollar_estimate(41_000_000) == "about US$1,577"
        assert dollar_estimate(0) == ""
    with translation.override("vi"):
        assert dollar_estimate(171_000) == ""


def test_without_a_rate_nothing_is_made_up() -> None:
    DollarRate.objects.all().delete()

    with translation.override("en"):
        assert dollar_estimate(171_000) == ""


def test_the_payment_page_says_that_it_is_an_estimate(client: Client) -> None:
    order = make_order()
    with translation.override("en"):
        words = client.get(payment_page_path(order)).content.decode()
    assert "about US$24.04; an estimate, you pay in đồng" in words

    with translation.override("vi"):
        assert "đô la" not in client.get(payment_page_path(order)).content.decode()


def test_before_the_address_is_known_the_goods_alone_are_estimated(client: Client) -> None:
    pack = sold_pack(price=260_000)
    client.post(f"/en/basket/add/{pack.pk}/", HTTP_SEC_FETCH_SITE="same-origin")

    words = client.get("/en/checkout/").content.decode()

    assert "about US$10.00; an estimate" in words


def test_a_rule_begins_today_or_later_and_leaves_what_was() -> None:
    by = account_with_proved_mail("tai-chinh@example.vn")
    first = rule_on(DollarRate, today())

    with pytest.raises(RuleRefused):
        rule_write(
            rule=DollarRate(valid_from=today() - timedelta(days=1), dong=27_000, source="Vietcombank"), by=by
        )
    rule_write(rule=DollarRate(valid_from=today(), dong=27_000, source="Vietcombank"), by=by)
    rule_write(rule=DollarRate(valid_from=today(), dong=27_100, source="Vietcombank"), by=by)

    held = rule_on(DollarRate, today())
    assert held is not None
    assert (held.dong, held.written_by) == (27_100, by)
    assert rule_on(DollarRate, today() - timedelta(days=1)) == first
    assert AuditEvent.objects.filter(action="dollar_rate.written", actor=by).count() == 2


@pytest.fixture
def desk() -> Client:
    user = account_with_proved_mail("tai-chinh@example.vn")
    StaffRole.objects.create(user=user, role=StaffRole.Role.FINANCE)
    client = Client()
    client.force_login(user)
    return client


def test_finance_keeps_rates_and_limits(desk: Client) -> None:
    answer = desk.post(
        reverse("dashboard:dollar-rate-new"),
        {"valid_from": today().isoformat(), "dong": "26500", "source": "Vietcombank, bán ra"},
    )
    assert answer.headers["Location"] == reverse("dashboard:dollar-rates")
    assert "26.500" in desk.get(reverse("dashboard:dollar-rates")).content.decode()

    later = (today() + timedelta(days=3)).isoformat()
    desk.post(
        reverse("dashboard:cash-limit-new"),
        {"valid_from": later, "most_amount": "3000000", "refused_parcels": "1"},
    )
    assert CashLimit.objects.count() == 2
    assert "3.000.000" in desk.get(reverse("dashboard:cash-limits")).content.decode()


@pytest.mark.parametrize(
    "wrong",
    [
        {"valid_from": (timezone.now() - timedelta(days=3)).date().isoformat()},
        {"most_amount": "0"},
        {"refused_parcels": "0"},
        {"most_amount": ""},
    ],
)
def test_a_rule_that_cannot_hold_is_asked_again(desk: Client, wrong: dict[str, str]) -> None:
    values = {"valid_from": today().isoformat(), "most_amount": "3000000", "refused_parcels": "1"}

    answer = desk.post(reverse("dashboard:cash-limit-new"), {**values, **wrong})

    assert answer.status_code == 200
    assert CashLimit.objects.count() == 1
