"""A provider's own report: read or refused as a whole, its fees booked once, held against what we have."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.utils import timezone
from openpyxl import Workbook

from checkout.order.models import Order
from checkout.payment.bank_accounts import refund_by_transfer, refund_transferred
from checkout.payment.gateways.sandbox import SandboxGateway
from checkout.payment.models import Payment, Refund
from checkout.payment.refunds import refund_request, refunds_send_due
from checkout.settlement.reconciliation.errors import ReportRefused
from checkout.settlement.reconciliation.models import ProviderMovement, ProviderReport
from checkout.settlement.reconciliation.reports import provider_report_take
from checkout.settlement.reconciliation.services import all_differences
from tests.factories.settlement import balances, paid_order, payment_of

pytestmark = pytest.mark.django_db

COLUMNS = (
    "balance_transaction_id",
    "created_utc",
    "currency",
    "gross",
    "fee",
    "net",
    "reporting_category",
    "source_id",
    "payment_intent_id",
)


@pytest.fixture
def order() -> Order:
    return paid_order((1, 100_000, 0))


@pytest.fixture
def payment(order: Order) -> Payment:
    """A payment of two days ago."""
    Payment.objects.update(paid_at=timezone.now() - timedelta(days=2))
    return payment_of(order)


def line(reference: str, gross: Any, category: str = "charge", **changed: Any) -> dict[str, Any]:
    days = changed.pop("days", 2)
    moment = timezone.now() - timedelta(days=days)
    return {
        "balance_transaction_id": reference,
        "created_utc": moment.strftime("%Y-%m-%d %H:%M:%S"),
        "currency": "vnd",
        "gross": gross,
        "fee": 0,
        "net": gross,
        "reporting_category": category,
        "source_id": "",
        "payment_intent_id": "",
        **changed,
    }


def csv_file(*lines: dict[str, Any], delimiter: str = ",") -> bytes:
    rows = [COLUMNS, *([str(one[name]) for name in COLUMNS] for one in lines)]
    return ("\ufeff" + "\n".join(delimiter.join(row) for row in rows)).encode()


def take(content: bytes, name: str = "report.csv") -> Any:
    return provider_report_take(provider="sandbox", file_name=name, content=content, by=None)


def charge(payment: Payment, **changed: Any) -> dict[str, Any]:
    return line(
        "txn_1", payment.amount, payment_intent_id=payment.capture_reference, source_id="ch_1", **changed
    )


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_report_that_agrees_books_its_fees(payment: Payment, delimiter: str) -> None:
    content = csv_file(
        charge(payment, fee=3_400),
        line("txn_2", -500, "fee", days=1),
        line("txn_3", -96_100, "payout", days=0),
        delimiter=delimiter,
    )

    outcome = take(content)

    assert (outcome.new, outcome.known, outcome.fees) == (3, 0, 3_900)
    assert balances() == {"fees": 3_900, "bank": 96_100, "buyers": -100_000}
    assert all_differences() == []


def test_reports_may_overlap_and_the_same_file_counts_once(payment: Payment) -> None:
    first = csv_file(charge(payment, fee=3_400))
    take(first)
    again = take(csv_file(charge(payment, fee=3_400), line("txn_2", -500, "fee")))

    assert (again.new, again.known, balances()["fees"]) == (1, 1, 3_900)
    with pytest.raises(ReportRefused, match=r"uploaded before|đã được tải lên"):
        take(first)


def test_an_excel_file_is_read_alike(payment: Payment) -> None:
    workbook = Workbook()
    workbook.active.append(COLUMNS)
    workbook.active.append([charge(payment, fee=3_400)[name] for name in COLUMNS])
    content = BytesIO()
    workbook.save(content)

    assert take(content.getvalue(), "report.xlsx").fees == 3_400


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00",
        b"one,two\n1,2",
        csv_file(),
        csv_file(line("t", 1, currency="usd")),
        csv_file(line("t", "12.5")),
        csv_file(line("t", "NaN")),
        csv_file(line("t", "1e30")),
        csv_file(line("", 1)),
        csv_file(line("t", 1, created_utc="yesterday")),
        csv_file(line("t", 1), line("t", 2)),
        b"PK\x03\x04 cut off",
    ],
)
def test_a_report_with_a_fault_is_refused_as_a_whole(content: bytes) -> None:
    for name in ("report.csv", "report.xlsx"):
        with pytest.raises(ReportRefused) as refused:
            take(content, name)
        assert refused.value.problems
    assert not ProviderReport.objects.exists()
    assert not ProviderMovement.objects.exists()


def test_what_the_report_lacks_has_too_much_or_otherwise_is_told(payment: Payment) -> None:
    take(
        csv_file(
            line("txn_1", 70_000, payment_intent_id="nobody", days=3),
            line("txn_9", -1, "fee", days=0),
        )
    )
    assert sorted(found.kind for found in all_differences()) == ["provider_missing", "provider_unknown"]

    take(csv_file(line("txn_2", 99_999, payment_intent_id=payment.capture_reference)))
    assert sorted(found.kind for found in all_differences()) == ["provider_amount", "provider_unknown"]


def test_refunds_are_held_against_the_report(payment: Payment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SandboxGateway, "refund", lambda self, **_: "re_1")
    refund_request(payment=payment, reason="", key="a")
    refunds_send_due()
    Refund.objects.update(sent_at=timezone.now() - timedelta(days=2))

    take(csv_file(charge(payment, days=3), line("txn_9", -1, "fee", days=0)))
    assert [found.kind for found in all_differences()] == ["provider_missing"]

    take(csv_file(line("txn_2", -100_000, "refund", source_id="re_1")))
    assert all_differences() == []


def test_a_refund_is_missed_by_the_day_on_which_it_was_sent(
    payment: Payment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Decided before the report's last line, sent after it: the next report tells of it."""
    monkeypatch.setattr(SandboxGateway, "refund", lambda self, **_: "re_1")
    refund_request(payment=payment, reason="", key="a")
    refunds_send_due()
    Refund.objects.update(created_at=timezone.now() - timedelta(days=2))

    take(csv_file(charge(payment, days=3), line("txn_9", -1, "fee", days=0)))

    assert all_differences() == []


def test_what_did_not_go_through_the_provider_is_not_missed_there(order: Order, payment: Payment) -> None:
    """Packs that cost nothing, and a refund that the provider refused and our bank sent."""
    order.lines.update(line_price_incl_tax=0, line_price_before_discounts_incl_tax=0)
    parcel = order.consignments.get()
    free = refund_request(
        payment=payment, consignment=parcel, lines={order.lines.get().pk: 1}, reason="", key="free"
    )
    assert (free.amount, free.state) == (0, "done")
    order.lines.update(
        line_price_incl_tax=100_000, line_price_before_discounts_incl_tax=100_000, refunded_quantity=0
    )
    refused = refund_request(payment=payment, reason="", key="refused")
    Refund.objects.filter(pk=refused.pk).update(state="failed", reference="re_1")
    refund_by_transfer(refund=refused)
    refund_transferred(refund_id=refused.pk, reference="FT1")
    Refund.objects.update(sent_at=timezone.now() - timedelta(days=2))

    take(
        csv_file(
            charge(payment, days=3),
            line("txn_2", -100_000, "refund", source_id="re_1"),
            line("txn_3", 100_000, "refund_failure", source_id="re_1"),
            line("txn_9", -1, "fee", days=0),
        )
    )

    assert [one for one in all_differences() if one.kind.startswith("provider")] == []


def test_a_refund_that_came_back_at_the_provider_alone_is_told(
    payment: Payment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SandboxGateway, "refund", lambda self, **_: "re_1")
    refund_request(payment=payment, reason="", key="a")
    refunds_send_due()
    Refund.objects.update(sent_at=timezone.now() - timedelta(days=2))

    take(
        csv_file(
            charge(payment, days=3),
            line("txn_2", -100_000, "refund", source_id="re_1"),
            line("txn_3", 100_000, "refund_failure", source_id="re_1"),
            line("txn_9", -1, "fee", days=0),
        )
    )

    assert [found.kind for found in all_differences()] == ["provider_missing"]


def test_a_dispute_that_we_have_not_heard_of_is_told(payment: Payment) -> None:
    take(csv_file(charge(payment), line("txn_2", -100_000, "dispute", source_id="dp_1")))

    assert [found.kind for found in all_differences()] == ["provider_unknown"]
