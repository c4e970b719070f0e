"""Parcels with carriers: given once, taken back, moved by what is reported in any order, and their cash."""

import itertools
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIRequest
from django.db import IntegrityError, transaction
from django.http import UnreadablePostError
from django.test import Client
from django.utils import timezone

from catalogue.producers.models import StockRecord
from checkout.order.links import order_path
from checkout.order.models import Consignment, Order, PaymentState
from checkout.order.selectors import refused_parcels
from checkout.order.services import consignment_cancel, consignment_ship
from checkout.payment.models import Payment
from checkout.services import order_cancel
from checkout.settlement.models import LedgerEntry
from checkout.settlement.reconciliation.services import all_differences
from checkout.shipping.carriers.cash import cash_file_take
from checkout.shipping.carriers.errors import CarrierRefused, CarrierUnavailable, ShipmentRefused
from checkout.shipping.carriers.files import as_values, cash_file_read, tracking_file_read
from checkout.shipping.carriers.models import Carrier, CashRemittance, Shipment, TrackingEvent
from checkout.shipping.carriers.rest import RestCarrier
from checkout.shipping.carriers.services import (
    shipment_cancel,
    shipment_create,
    shipments_register_due,
    shipments_withdraw_due,
)
from checkout.shipping.carriers.tracking import tracking_apply_due, tracking_retry, tracking_store
from checkout.shipping.carriers.views import HEADER
from checkout.signatures import sign
from tests.factories.carriers import make_carrier, make_shipment, news, packed_consignment
from tests.factories.orders import BUYER, Buyer, address_values
from tests.factories.producers import ProducerFactory
from tests.factories.settlement import balances

pytestmark = pytest.mark.django_db

State = Consignment.State


def told(shipment: Shipment, *kinds: str) -> None:
    """Report `kinds`, which happened in this order, one an hour."""
    for at, kind in enumerate(kinds):
        tracking_store(
            carrier=shipment.carrier, news=[news(shipment.number, kind, hours_ago=len(kinds) - at)]
        )
    tracking_apply_due()


def state_of(shipment: Shipment) -> str:
    return Consignment.objects.get(pk=shipment.consignment_id).state


# --- Giving and taking back ---------------------------------------------------------------------------------


def test_whose_contract_it_is_stands_on_the_consignment() -> None:
    ours, theirs = make_shipment(), packed_consignment()
    own = make_carrier(code="htx-xe", name="Xe HTX", producer=theirs.producer)

    shipment_create(consignment_id=theirs.pk, carrier=own, by=None)

    assert Consignment.objects.get(pk=ours.consignment_id).carried_by == "platform"
    assert Consignment.objects.get(pk=theirs.pk).carried_by == "producer"
    assert (ours.number, ours.state, ours.cash) == (
        ours.consignment.number,
        "registered",
        ours.consignment.total,
    )


def test_a_parcel_is_given_once() -> None:
    shipment = make_shipment()
    other = make_carrier(code="khac")

    again = shipment_create(consignment_id=shipment.consignment_id, carrier=shipment.carrier, by=None)

    assert again == shipment
    with pytest.raises(ShipmentRefused):
        shipment_create(consignment_id=shipment.consignment_id, carrier=other, by=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        Shipment.objects.create(
            carrier=other, consignment=shipment.consignment, number="x", state="registered"
        )


def test_another_producers_carrier_and_one_that_is_off_carry_nothing() -> None:
    consignment = packed_consignment()

    for code, fields in (("la", {"producer": ProducerFactory()}), ("tat", {"is_active": False})):
        carrier = make_carrier(code=code, **fields)
        with pytest.raises(ShipmentRefused):
            shipment_create(consignment_id=consignment.pk, carrier=carrier, by=None)

    assert not Shipment.objects.exists()


def test_what_is_taken_back_can_be_given_again_under_another_number() -> None:
    first = make_shipment()

    shipment_cancel(shipment_id=first.pk, by=None)
    shipment_cancel(shipment_id=first.pk, by=None)
    second = shipment_create(consignment_id=first.consignment_id, carrier=first.carrier, by=None)

    first.refresh_from_db()
    assert (first.state, second.state, second.number) == (
        "cancelled",
        "registered",
        f"{first.number}-2",
    )


def test_what_is_on_its_way_is_not_taken_back() -> None:
    shipment = make_shipment()
    consignment_ship(consignment_id=shipment.consignment_id, carrier="Bưu điện")

    with pytest.raises(ShipmentRefused):
        shipment_cancel(shipment_id=shipment.pk, by=None)


def rest_shipment(monkeypatch: pytest.MonkeyPatch, *answers: Any) -> Shipment:
    replies = iter(answers)

    def create(self: RestCarrier, carrier: Carrier, parcel: Any) -> str:
        reply = next(replies)
        if isinstance(reply, Exception):
            raise reply
        return str(reply)

    monkeypatch.setattr(RestCarrier, "create", create)
    carrier = make_carrier(adapter="rest", base_url="https://carrier.example")
    return shipment_create(consignment_id=packed_consignment().pk, carrier=carrier, by=None)


def test_a_carrier_that_cannot_be_reached_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    shipment = rest_shipment(monkeypatch, CarrierUnavailable("HTTP 503"), "VD-1")
    assert (shipment.state, shipment.number) == ("pending", "")

    assert shipments_register_due() == 0
    Shipment.objects.update(next_try_at=timezone.now())
    assert shipments_register_due() == 1

    shipment.refresh_from_db()
    assert (shipment.state, shipment.number, shipment.error) == ("registered", "VD-1", "")


def test_a_carrier_that_refuses_leaves_the_parcel_with_its_producer(monkeypatch: pytest.MonkeyPatch) -> None:
    shipment = rest_shipment(monkeypatch, CarrierRefused("HTTP 422 quá nặng"))

    shipments_register_due()

    shipment.refresh_from_db()
    assert (shipment.state, shipment.error) == ("failed", "HTTP 422 quá nặng")
    assert Consignment.objects.get(pk=shipment.consignment_id).carried_by == "producer"
    other = make_carrier(code="khac")
    assert shipment_create(consignment_id=shipment.consignment_id, carrier=other, by=None).number


def test_a_carrier_is_told_what_was_taken_back_until_it_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    shipment = rest_shipment(monkeypatch, "VD-1")
    shipments_register_due()
    calls: list[str] = []

    def cancel(self: RestCarrier, carrier: Carrier, number: str) -> None:
        calls.append(number)
        if len(calls) == 1:
            raise CarrierUnavailable("HTTP 503")

    monkeypatch.setattr(RestCarrier, "cancel", cancel)
    shipment_cancel(shipment_id=shipment.pk, by=None)

    told_at = [shipments_withdraw_due()]
    Shipment.objects.update(next_try_at=timezone.now())
    told_at += [shipments_withdraw_due(), shipments_withdraw_due()]

    assert (told_at, calls) == ([0, 1, 0], ["VD-1", "VD-1"])


def test_a_parcel_that_is_cancelled_is_taken_back_from_its_carrier(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(RestCarrier, "cancel", lambda self, carrier, number: told.append(number))
    registered = rest_shipment(monkeypatch, "VD-1")
    shipments_register_due()
    waiting = make_shipment(make_carrier(code="khac", adapter="rest", base_url="https://carrier.example"))

    for shipment in (registered, waiting):
        consignment_cancel(consignment_id=shipment.consignment_id, actor_kind="admin", reason="Hết hàng")
    shipments_withdraw_due()

    assert told == ["VD-1"]
    assert shipments_register_due() == 0, "nobody is told of a parcel that won't come"
    assert list(Shipment.objects.values_list("state", "error")) == [("cancelled", "")] * 2


# --- Reports ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kinds", "state"),
    [
        (["picked_up"], State.SHIPPED),
        (["in_transit"], State.SHIPPED),
        (["picked_up", "unreachable"], State.SHIPPED),
        (["picked_up", "in_transit", "delivered"], State.DELIVERED),
        (["delivered"], State.DELIVERED),
        (["delivered", "in_transit"], State.DELIVERED),
        (["picked_up", "refused", "returned"], State.RETURNED),
        (["returned"], State.RETURNED),
    ],
)
def test_reports_move_the_consignment(kinds: list[str], state: str) -> None:
    shipment = make_shipment()

    told(shipment, *kinds)

    assert state_of(shipment) == state
    assert not TrackingEvent.objects.exclude(state="done").exists()
    assert StockRecord.objects.get().num_allocated == 0


def test_reports_count_once_and_in_any_order() -> None:
    kinds = ["picked_up", "in_transit", "refused", "returned"]
    for turn, order in enumerate(list(itertools.permutations(range(4)))[::4]):
        carrier = make_carrier(code=f"c-{turn}")
        # Each a buyer of its own: an order of somebody who refused several parcels is put aside first.
        phone = f"+8491234570{turn}"
        shipment = make_shipment(
            carrier,
            buyer=Buyer(name="Lan", phone=phone),
            address=address_values(street=f"{turn} Hoa Hồng", phone=phone),
        )
        reports = [news(shipment.number, kind, hours_ago=len(kinds) - at) for at, kind in enumerate(kinds)]
        for index in order:
            for _twice in range(2):
                tracking_store(carrier=carrier, news=[reports[index]])
                tracking_apply_due()
        consignment = Consignment.objects.get(pk=shipment.consignment_id)
        assert (consignment.state, consignment.events.filter(to_state="returned").count()) == ("returned", 1)


def test_a_refused_parcel_is_counted_for_its_buyer_and_the_cash_was_never_there() -> None:
    shipment = make_shipment()

    told(shipment, "picked_up", "refused", "returned")

    assert refused_parcels(BUYER.phone) == 1
    consignment = Consignment.objects.get(pk=shipment.consignment_id)
    assert (consignment.return_cause, consignment.collected_by) == ("refused", "")
    assert Order.objects.get().paid_amount == 0


def test_the_delivery_is_dated_by_the_carrier_and_the_cash_is_with_it() -> None:
    shipment = make_shipment()
    happened = news(shipment.number, "delivered", hours_ago=30)

    tracking_store(carrier=shipment.carrier, news=[happened])
    tracking_apply_due()

    consignment = Consignment.objects.get(pk=shipment.consignment_id)
    assert consignment.delivered_at == happened.happened_at
    assert (consignment.collected_by, Order.objects.get().payment_state) == ("platform", PaymentState.PAID)


@pytest.mark.parametrize("case", ["unknown number", "taken back", "delivered after return"])
def test_what_contradicts_us_waits_for_a_person(case: str) -> None:
    shipment = make_shipment()
    if case == "unknown number":
        tracking_store(carrier=shipment.carrier, news=[news("VD-LA", "delivered")])
        tracking_apply_due()
    elif case == "taken back":
        shipment_cancel(shipment_id=shipment.pk, by=None)
        told(shipment, "picked_up")
    else:
        told(shipment, "returned")
        told(shipment, "delivered")

    failed = TrackingEvent.objects.get(state="failed")
    assert failed.error
    tracking_retry(event=failed)
    tracking_apply_due()
    assert TrackingEvent.objects.get(pk=failed.pk).state == "failed"
    assert state_of(shipment) == (State.RETURNED if case == "delivered after return" else State.PACKED)


def test_a_cancelled_order_that_the_carrier_has_all_the_same_needs_a_person() -> None:
    shipment = make_shipment()
    Consignment.objects.update(state="accepted")
    order_cancel(order_id=shipment.consignment.order_id)

    told(shipment, "picked_up")

    assert TrackingEvent.objects.get().state == "failed"
    assert state_of(shipment) == State.CANCELLED


# --- The webhook --------------------------------------------------------------------------------------------


@pytest.fixture
def signed(settings: Any) -> Any:
    settings.CARRIER_WEBHOOK_SECRETS = {"buu-dien": "moi|cu"}

    def post(
        body: bytes | dict[str, Any], *, secret: str = "moi", at: int | None = None, code: str = "buu-dien"
    ) -> int:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        header = {HEADER: sign(raw, secret=secret, at=at)} if secret else {}
        response = Client().post(
            f"/webhooks/carriers/{code}/", raw, content_type="application/json", headers=header
        )
        return response.status_code

    return post


def report(shipment: Shipment, **changed: Any) -> dict[str, Any]:
    at = (timezone.now() - timedelta(hours=1)).isoformat()
    event = {"id": "e-1", "number": shipment.number, "kind": "picked_up", "at": at, "place": "BC Đà Lạt"}
    return {"events": [event | changed]}


def test_a_signed_report_is_stored_once(signed: Any) -> None:
    shipment = make_shipment()

    answers = [
        signed(report(shipment)),
        signed(report(shipment)),
        signed(report(shipment, id="e-2"), secret="cu"),
    ]

    assert answers == [200, 200, 200]
    assert TrackingEvent.objects.count() == 2
    tracking_apply_due()
    assert state_of(shipment) == State.SHIPPED


@pytest.mark.parametrize(("length", "status"), [("1048576", 413), ("", 411), ("abc", 411), ("²", 411)])
def test_a_report_too_large_or_of_unknown_length_is_not_read(signed: Any, length: str, status: int) -> None:
    make_carrier()

    answer = Client().post(
        "/webhooks/carriers/buu-dien/", b"{}", content_type="application/json", CONTENT_LENGTH=length
    )

    assert answer.status_code == status


def test_what_is_not_signed_or_not_readable_leaves_nothing(signed: Any) -> None:
    shipment = make_shipment()
    now = timezone.now()
    answers = {
        "no signature": signed(report(shipment), secret=""),
        "wrong": signed(report(shipment), secret="sai"),
        "old": signed(report(shipment), at=int(now.timestamp()) - 3600),
        "no json": signed(b"\xff{"),
        "another shape": signed({"events": [1]}),
        "no list": signed(b"[]"),
        "unknown kind": signed(report(shipment, kind="eaten")),
        "no zone": signed(report(shipment, at="2026-11-30T10:00:00")),
        "to come": signed(report(shipment, at=(now + timedelta(days=2)).isoformat())),
        "long ago": signed(report(shipment, at=(now - timedelta(days=900)).isoformat())),
        "long id": signed(report(shipment, id="x" * 200)),
        "deep": signed(b'{"events":' * 100_00),
    }

    assert answers == dict.fromkeys(answers, 400)
    assert signed(report(shipment), code="la") == 404
    assert signed(b"x" * 300_000) == 413
    assert not TrackingEvent.objects.exists()


def test_reports_that_nobody_signed_are_answered_no_more_after_a_while(
    signed: Any, caplog: pytest.LogCaptureFixture
) -> None:
    shipment = make_shipment()

    answers = [signed(report(shipment), secret="sai") for _number in range(31)]

    assert answers == [400] * 30 + [429]
    assert signed(report(shipment)) == 429, "from this address, for a minute"
    assert "webhook of buu-dien refused" in caplog.text
    assert not TrackingEvent.objects.exists()


def test_a_signed_report_that_is_wrong_shuts_no_other_out(signed: Any) -> None:
    shipment = make_shipment()

    answers = [signed(report(shipment, kind="eaten")) for _number in range(31)]

    assert answers == [400] * 31
    assert signed(report(shipment)) == 200


def test_a_report_that_breaks_off_is_refused(signed: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(WSGIRequest, "body", property(broken_off))

    assert signed(report(make_shipment())) == 400


def broken_off(_request: WSGIRequest) -> bytes:
    raise UnreadablePostError("the line is dead")


def test_a_carrier_without_secret_reports_nothing(settings: Any, signed: Any) -> None:
    shipment = make_shipment()
    settings.CARRIER_WEBHOOK_SECRETS = {"buu-dien": ""}

    assert signed(report(shipment)) == 404


# --- Files --------------------------------------------------------------------------------------------------


def csv(*lines: str) -> bytes:
    return "\n".join(lines).encode()


def test_a_file_of_reports_is_read_with_the_reason_of_each_bad_row() -> None:
    shipment = make_shipment()
    at = (timezone.localtime() - timedelta(hours=2)).strftime("%d/%m/%Y %H:%M")
    content = csv(
        "Mã vận đơn,Trạng thái,Thời điểm",
        f"{shipment.number},Đã giao,{at}",
        f"{shipment.number},Đã giao,{at}",
        f"VD-LA,Đã giao,{at}",
        f"{shipment.number},Bay mất,{at}",
        f"{shipment.number},Đã giao,hôm qua",
        f"{shipment.number},Đã giao,01/01/2099 10:00",
    )

    read = tracking_file_read(carrier=shipment.carrier, file_name="a.csv", content=content)

    assert [one.number for one in read.problems] == [3, 4, 5, 6, 7]
    assert [one["kind"] for one in as_values(read)] == ["delivered"]


def test_a_file_asks_once_for_all_the_parcels_that_it_names(django_assert_num_queries: Any) -> None:
    carrier = make_carrier()
    parcels = [make_shipment(carrier) for _number in range(3)]
    at = (timezone.localtime() - timedelta(hours=2)).strftime("%d/%m/%Y %H:%M")
    reports = csv("Mã vận đơn,Trạng thái,Thời điểm", *(f"{one.number},Đã giao,{at}" for one in parcels))
    cash = csv("Mã vận đơn,Đã thu,Đã nộp", *(f"{one.number},{one.cash},{one.cash}" for one in parcels))

    for read, content in ((tracking_file_read, reports), (cash_file_read, cash)):
        with django_assert_num_queries(1):
            found = read(carrier=carrier, file_name="a.csv", content=content)
        assert (len(as_values(found)), found.problems) == (3, [])


def cash_rows(shipment: Shipment, **changed: Any) -> Any:
    told = {"collected": shipment.cash, "amount": shipment.cash - 5_000, "fee": "", **changed}
    content = csv(
        "Mã vận đơn,Đã thu,Đã nộp,Phí giữ lại",
        f"{shipment.number},{told['collected']},{told['amount']},{told['fee']}",
    )
    return cash_file_read(carrier=shipment.carrier, file_name="tien.csv", content=content)


def test_cash_that_came_in_is_booked_once_and_proves_the_delivery() -> None:
    shipment = make_shipment()
    told(shipment, "picked_up")
    rows = as_values(cash_rows(shipment))

    taken = [
        cash_file_take(carrier=shipment.carrier, name="tien.csv", digest="d", rows=rows, by=None)
        for _twice in range(2)
    ]

    assert taken == [1, 0]
    assert state_of(shipment) == State.DELIVERED
    remittance = CashRemittance.objects.get()
    assert (remittance.collected, remittance.amount) == (shipment.cash, shipment.cash - 5_000)
    entry = LedgerEntry.objects.get(kind="cash_remitted")
    assert sum(posting.amount for posting in entry.postings.all() if posting.amount > 0) == remittance.amount


@pytest.mark.parametrize(
    ("amount", "fee", "missing"), [(-5_000, 5_000, 0), (-5_000, 3_000, 2_000), (-5_000, 0, 5_000), (0, 0, 0)]
)
def test_what_a_carrier_kept_is_its_fee_as_far_as_it_says_so(amount: int, fee: int, missing: int) -> None:
    shipment = make_shipment()
    told(shipment, "picked_up", "delivered")
    rows = as_values(cash_rows(shipment, amount=shipment.cash + amount, fee=fee))

    cash_file_take(carrier=shipment.carrier, name="tien.csv", digest="d", rows=rows, by=None)

    left = balances()
    assert left.get("fees", 0) == fee
    assert left.get("cod_transit", 0) == missing
    assert left["bank"] == shipment.cash + amount
    found = [one for one in all_differences() if one.kind == "cash_short"]
    assert [(one.expected, one.found, one.detail) for one in found] == (
        [(shipment.cash, shipment.cash - missing, shipment.number)] if missing else []
    )


@pytest.mark.parametrize(("days", "is_late"), [(13, False), (15, True)])
def test_cash_of_which_no_file_tells_is_missed(days: int, is_late: bool) -> None:
    shipment = make_shipment()
    told(shipment, "picked_up", "delivered")
    Payment.objects.update(paid_at=timezone.now() - timedelta(days=days))

    found = [(one.kind, one.expected, one.found, one.detail) for one in all_differences()]

    assert found == ([("cash_short", shipment.cash, 0, shipment.consignment.number)] if is_late else [])


def test_a_fee_that_was_not_booked_is_found() -> None:
    shipment = make_shipment()
    told(shipment, "picked_up", "delivered")
    rows = as_values(cash_rows(shipment, fee=5_000))
    cash_file_take(carrier=shipment.carrier, name="tien.csv", digest="d", rows=rows, by=None)
    before = {one.key for one in all_differences()}

    CashRemittance.objects.update(fee=4_999)

    new = {one.key: one.kind for one in all_differences() if one.key not in before}
    remittance = CashRemittance.objects.get()
    assert new == {
        f"facts:remittance:{remittance.pk}:fee": "facts",
        f"cash-short:{remittance.pk}": "cash_short",
    }


def test_a_producers_own_carrier_hands_its_cash_to_the_producer_not_to_us() -> None:
    consignment = packed_consignment()
    carrier = make_carrier(producer=consignment.producer)
    shipment = shipment_create(consignment_id=consignment.pk, carrier=carrier, by=None)
    told(shipment, "delivered")

    cash_file_take(carrier=carrier, name="t", digest="d", rows=as_values(cash_rows(shipment)), by=None)

    assert not LedgerEntry.objects.filter(kind="cash_remitted").exists()


@pytest.mark.parametrize(
    "changed",
    [
        {"collected": 1},
        {"amount": 0},
        {"amount": 99_000_000},
        {"amount": -5},
        {"collected": "x"},
        {"fee": 5_001},
        {"fee": -1},
        {"fee": "x"},
    ],
)
def test_cash_that_cannot_be_is_said_so(changed: dict[str, Any]) -> None:
    read = cash_rows(make_shipment(), **changed)

    assert len(read.problems) == 1
    assert as_values(read) == []


@pytest.mark.parametrize(
    ("day", "is_read"), [("28/11/2026", True), ("", True), ("01/01/2099", False), ("hôm qua", False)]
)
def test_the_day_on_which_cash_was_handed_over_has_to_be_one(day: str, is_read: bool) -> None:
    shipment = make_shipment()
    content = csv(
        "Mã vận đơn,Đã thu,Đã nộp,Ngày nộp", f"{shipment.number},{shipment.cash},{shipment.cash},{day}"
    )

    read = cash_file_read(carrier=shipment.carrier, file_name="tien.csv", content=content)

    assert bool(as_values(read)) is is_read
    assert bool(read.problems) is not is_read


def test_cash_is_named_once_in_a_file_and_once_in_all() -> None:
    shipment = make_shipment()
    told(shipment, "picked_up")
    row = f"{shipment.number},{shipment.cash},{shipment.cash}"
    twice = cash_file_read(
        carrier=shipment.carrier, file_name="t.csv", content=csv("Mã vận đơn,Đã thu,Đã nộp", row, row)
    )
    assert [one.number for one in twice.problems] == [3]

    rows = as_values(cash_rows(shipment))
    cash_file_take(carrier=shipment.carrier, name="tien.csv", digest="d", rows=rows, by=None)
    again = cash_rows(shipment)

    assert as_values(again) == []
    assert len(again.problems) == 1
    assert cash_file_take(carrier=shipment.carrier, name="khac.csv", digest="e", rows=rows, by=None) == 0
    assert CashRemittance.objects.count() == 1


def test_cash_of_a_parcel_that_came_back_is_not_taken() -> None:
    shipment = make_shipment()
    rows = as_values(cash_rows(shipment))
    told(shipment, "refused", "returned")

    assert cash_rows(shipment).problems
    assert cash_file_take(carrier=shipment.carrier, name="t", digest="d", rows=rows, by=None) == 0
    assert not CashRemittance.objects.exists()


def test_a_buyer_sees_what_the_carrier_reports_while_the_parcel_is_on_its_way(client: Client) -> None:
    shipment = make_shipment()
    order = shipment.consignment.order
    reports = [
        news(shipment.number, "picked_up", hours_ago=9),
        news(shipment.number, "in_transit", hours_ago=3),
    ]
    tracking_store(carrier=shipment.carrier, news=[replace(one, place=f"Kho {one.kind}") for one in reports])
    tracking_apply_due()

    away = client.get(order_path(order)).content.decode()
    tracking_store(carrier=shipment.carrier, news=[news(shipment.number, "delivered", hours_ago=1)])
    tracking_apply_due()
    there = client.get(order_path(order)).content.decode()

    assert 0 < away.index("Kho in_transit") < away.index("Kho picked_up"), "the newest first"
    assert "Kho in_transit" not in there
