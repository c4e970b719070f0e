"""The screens of the ledger: what finance sees, writes and is told."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from catalogue.models import ProductSet
from checkout.order.models import Order
from checkout.settlement.models import Account
from checkout.settlement.rates.models import CommissionTariff, SetTaxKind, WithholdingRule
from checkout.settlement.rates.selectors import commissions_for, withholding_for
from checkout.settlement.reconciliation.models import Difference, ProviderReport, Reconciliation
from checkout.settlement.reconciliation.services import all_differences
from marketplace.accounts.models import StaffRole, User
from marketplace.audit.models import AuditEvent
from marketplace.clock import today
from tests.factories.settlement import deliver, open_difference, paid_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def keeper() -> User:
    person = User.objects.create_user("ketoan@example.vn", full_name="Lê Thị Kế Toán")
    StaffRole.objects.create(user=person, role=StaffRole.Role.FINANCE)
    return person


@pytest.fixture
def client(keeper: User) -> Client:
    client = Client()
    client.force_login(keeper)
    return client


@pytest.fixture
def order() -> Order:
    order = paid_order((1, 100_000, 0), number="OC-7K3M-9QXD")
    deliver(order.consignments.get())
    return order


def page(client: Client, screen: str, /, *args: Any, **query: Any) -> str:
    response = client.get(reverse(f"dashboard:{screen}", args=args), query)
    assert response.status_code == 200
    return response.content.decode().replace("\xa0", " ")


def send(client: Client, screen: str, /, *args: Any, **data: Any) -> Any:
    return client.post(reverse(f"dashboard:{screen}", args=args), data)


# --- The ledger ---------------------------------------------------------------------------------------------


def test_the_ledger_leads_from_accounts_to_an_orders_entries(client: Client, order: Order) -> None:
    assert "100.000 ₫" in page(client, "ledger")

    commission = Account.objects.get(kind="commission")
    assert order.number in page(client, "ledger-account", commission.pk)

    entries = page(client, "ledger-order", order.number)
    assert entries.index("100.000 ₫") < entries.index("5.000 ₫")


def test_an_account_is_narrowed_to_a_period(client: Client, order: Order) -> None:
    account = Account.objects.get(kind="buyers")
    tomorrow = (today() + timedelta(days=1)).isoformat()

    assert order.number in page(client, "ledger-account", account.pk, since=today().isoformat())
    assert order.number not in page(client, "ledger-account", account.pk, since=tomorrow)
    assert order.number in page(client, "ledger-account", account.pk, since="nonsense")


def test_producers_are_listed_with_what_they_are_owed_and_found_by_name(client: Client, order: Order) -> None:
    name = order.consignments.get().producer.name

    assert "95.000 ₫" in page(client, "ledger-producers")
    assert name in page(client, "ledger-producers", q=name[-4:])
    assert name not in page(client, "ledger-producers", q="không có")


def test_pages_cost_as_many_queries_for_many_rows_as_for_few(client: Client, order: Order) -> None:
    account = Account.objects.get(kind="buyers")
    open_difference()
    page(client, "ledger-account", account.pk)
    few = queries_of(client, account)

    for number in range(5):
        other = paid_order((1, 100_000, 0), number=f"OC-{number}")
        deliver(other.consignments.get())
        open_difference(other)
        CommissionTariff.objects.create(
            name="Riêng", rate=100, valid_from=today(), producer=other.consignments.get().producer
        )

    assert queries_of(client, account) == few


def queries_of(client: Client, account: Account) -> list[int]:
    """Return how many queries each page with a list costs."""
    counted = []
    for name, args in (
        ("ledger", ()),
        ("ledger-account", (account.pk,)),
        ("ledger-producers", ()),
        ("ledger-differences", ()),
        ("commissions", ()),
    ):
        with CaptureQueriesContext(connection) as captured:
            page(client, name, *args)
        counted.append(len(captured))
    return counted


# --- Rates --------------------------------------------------------------------------------------------------


def commission_form(**changed: Any) -> dict[str, Any]:
    return {
        "name": "Hoa hồng mới",
        "rate": "4,5",
        "base": "goods",
        "valid_from": today().isoformat(),
        **changed,
    }


def test_a_commission_in_use_is_followed_from_tomorrow_and_todays_orders_keep_it(
    client: Client, keeper: User
) -> None:
    in_use = CommissionTariff.objects.get()

    send(client, "commission", in_use.pk, **commission_form())

    in_use.refresh_from_db()
    assert (in_use.rate, in_use.valid_until) == (500, today())
    new = CommissionTariff.objects.exclude(pk=in_use.pk).get()
    assert (new.rate, new.valid_from, new.written_by) == (450, today() + timedelta(days=1), keeper)
    rates = [
        commissions_for(producer_id=0, group="household", on=today() + timedelta(days=days)).tariff("")
        for days in (0, 1)
    ]
    assert rates == [in_use, new]
    assert AuditEvent.objects.get(action="commission.written").actor == keeper


def test_the_narrowest_commission_counts(client: Client, order: Order) -> None:
    producer = order.consignments.get().producer
    send(client, "commission-new", **commission_form(rate="1", group="household"))
    send(client, "commission-new", **commission_form(rate="2", producer=producer.pk))

    def rate(producer_id: int, group: str) -> int:
        tomorrow = today() + timedelta(days=1)
        tariff = commissions_for(producer_id=producer_id, group=group, on=tomorrow).tariff("shop")
        return tariff.rate if tariff else 0

    assert rate(producer.pk, "household") == 200
    assert rate(0, "household") == 100
    assert rate(0, "company") == 500


def test_a_new_commission_leaves_what_was_settled_as_it_is(client: Client, order: Order) -> None:
    """A day that is past becomes tomorrow: the sales of that day would no longer be what the ledger says of them."""
    long_ago = (today() - timedelta(days=300)).isoformat()

    send(client, "commission-new", **commission_form(rate="1", valid_from=long_ago))

    assert CommissionTariff.objects.latest("pk").valid_from == today() + timedelta(days=1)
    assert all_differences() == []


@pytest.mark.parametrize(
    "changed",
    [
        {"rate": "101"},
        {"rate": "4,555"},
        {"rate": "năm"},
        {"rate": "-1"},
        {"rate": "NaN"},
        {"rate": ""},
        {"valid_until": "2020-01-01"},
        {"group": "household", "producer": True},
    ],
)
def test_a_commission_that_cannot_be_is_refused_in_words(
    client: Client, order: Order, changed: dict[str, Any]
) -> None:
    if changed.get("producer"):
        changed = {**changed, "producer": order.consignments.get().producer_id}

    response = send(client, "commission-new", **commission_form(**changed))

    assert response.status_code == 200
    assert response.context["form"].errors
    assert CommissionTariff.objects.count() == 1


def test_taxes_are_confirmed_and_followed(client: Client, keeper: User) -> None:
    rule = WithholdingRule.objects.get()
    assert "0,5 %" in page(client, "withholding") or "0.5 %" in page(client, "withholding")

    send(client, "withholding-confirm", rule.pk)
    rule.refresh_from_db()
    assert rule.confirmed_by == keeper

    rates = {
        f"{tax}_{kind}": "2"
        for tax in ("vat", "pit")
        for kind in ("goods", "production_transport", "services", "unknown")
    }
    start = today() + timedelta(days=10)
    send(
        client,
        "withholding-new",
        law="Luật mới",
        valid_from=start.isoformat(),
        seller_kinds=["household"],
        **rates,
    )

    rule.refresh_from_db()
    assert rule.valid_until == start - timedelta(days=1)
    before = withholding_for(group="household", on=start - timedelta(days=1)).rate("goods")
    after = withholding_for(group="household", on=start).rate("goods")
    assert before is not None
    assert after is not None
    assert [(before.vat, before.pit), (after.vat, after.pit)] == [(100, 50), (200, 200)]
    assert withholding_for(group="farm", on=start).rate("goods") is None


def test_a_product_set_is_made_a_service_and_goods_again(client: Client) -> None:
    product_set = ProductSet.objects.get(pk=21)

    send(client, "withholding-set", product_set=21, kind="services")
    assert SetTaxKind.objects.get(product_set=product_set).kind == "services"

    send(client, "withholding-set", product_set=21, kind="goods")
    assert not SetTaxKind.objects.filter(product_set=product_set).exists()


# --- Differences and reports --------------------------------------------------------------------------------


def test_a_difference_is_taken_answered_and_leaves_the_queue(
    client: Client, keeper: User, order: Order
) -> None:
    difference = open_difference(order)
    assert order.number in page(client, "ledger-differences")

    send(client, "ledger-difference-take", difference.pk)
    assert keeper.full_name in page(client, "ledger-difference", difference.pk)
    assert send(client, "ledger-difference", difference.pk, answer="").status_code == 200
    send(client, "ledger-difference", difference.pk, answer="Chuyển khoản trùng, đã trả lại")

    assert order.number not in page(client, "ledger-differences")
    assert order.number in page(client, "ledger-differences", state="answered")
    difference.refresh_from_db()
    assert (difference.state, difference.answered_by) == (Difference.State.ANSWERED, keeper)


def test_everything_is_checked_when_somebody_asks(client: Client, keeper: User) -> None:
    send(client, "ledger-check")

    assert Reconciliation.objects.get().asked_by == keeper


@pytest.mark.parametrize("name", ["ledger", "ledger-differences"])
def test_a_check_that_failed_is_not_passed_over_in_silence(client: Client, name: str) -> None:
    rounds = Reconciliation.objects
    now = timezone.now()
    rounds.create(state="done", night=today() - timedelta(days=1), next_try_at=now, finished_at=now)
    failed = rounds.create(state="failed", night=today(), next_try_at=now, error="OperationalError: …")
    rounds.create(state="pending", next_try_at=now)

    assert "không hoàn tất" in page(client, name)
    assert "khớp từng đồng" not in page(client, name)
    assert "Mọi khoản đều khớp" not in page(client, name)

    rounds.filter(pk=failed.pk).delete()
    assert "không hoàn tất" not in page(client, name)


def test_while_a_check_is_under_way_the_last_one_counts(client: Client) -> None:
    now = timezone.now()
    Reconciliation.objects.create(state="done", night=today(), next_try_at=now, finished_at=now)
    Reconciliation.objects.create(state="pending", next_try_at=now)

    assert "Chưa đối soát lần nào" not in page(client, "ledger")
    assert "khớp từng đồng" in page(client, "ledger")


def test_a_report_is_taken_or_refused_with_what_is_wrong(client: Client) -> None:
    header = "balance_transaction_id,created_utc,currency,gross,fee,reporting_category\n"
    moment = timezone.now().strftime("%Y-%m-%d %H:%M:%S")

    def upload(line: str) -> Any:
        file = SimpleUploadedFile("report.csv", (header + line).encode())
        return send(client, "provider-reports", provider="sandbox", report=file)

    refused = upload(f"txn_1,{moment},usd,-5,0,fee")
    assert "USD" in refused.content.decode().upper()
    assert not ProviderReport.objects.exists()

    assert upload(f"txn_1,{moment},vnd,-500,0,fee").status_code == 302
    assert "report.csv" in page(client, "provider-reports")
    assert "500 ₫" in page(client, "ledger")
