"""What each event of an order leaves in the ledger, to the đồng."""

from dataclasses import asdict
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F

from catalogue.producers.models import Partner
from checkout.invoices.selectors import invoices_of
from checkout.order.models import Consignment, Line, Order
from checkout.order.services import consignment_return
from checkout.payment.events import event_apply
from checkout.payment.gateways.base import EventMeaning, GatewayEvent
from checkout.payment.gateways.sandbox import SandboxGateway
from checkout.payment.models import Refund, WebhookEvent
from checkout.payment.refunds import refund_request, refunds_send_due
from checkout.settlement.bookings import (
    book_cash_remitted,
    book_delivered,
    book_dispute_lost,
    book_disputed,
    book_payment_received,
    book_payout_created,
    book_payout_done,
    book_payout_failed,
    book_refund_failed,
    book_refund_sent,
    book_transfer_of_no_order,
    book_transfer_received,
    book_transfer_return_sent,
    book_transfer_returned,
)
from checkout.settlement.models import LedgerEntry, Posting
from checkout.settlement.reconciliation.services import all_differences
from checkout.settlement.selectors import order_credit, producer_balance
from marketplace.clock import today
from tests.factories.catalogue import sold_pack
from tests.factories.payments import make_order, make_payment
from tests.factories.settlement import (
    balances,
    commission,
    deliver,
    entries,
    hear_of,
    legs,
    paid_order,
    payment_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _commission_of_5_per_cent() -> None:
    commission(500, valid_from=date(2026, 2, 1))


@pytest.fixture
def order() -> Order:
    """One parcel of a household: three packs for 99.999 ₫, delivery 30.000 ₫ by the producer."""
    order = paid_order((3, 99_999, 30_000))
    Partner.objects.update(kind=Partner.Kind.HOUSEHOLD)
    Line.objects.update(product=sold_pack())
    return order


@pytest.fixture
def _refunds_go_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SandboxGateway, "refund", lambda self, **_: "sr_1")


@pytest.fixture
def consignment(order: Order) -> Consignment:
    return order.consignments.get()


def discounted(*, by_platform: int, by_producer: int = 0) -> None:
    """Let what the buyer pays for the goods be what discounts left of them."""
    Consignment.objects.update(platform_discount=by_platform)
    before = F("line_price_incl_tax") + by_platform + by_producer
    Line.objects.update(
        platform_discount=by_platform,
        producer_discount=by_producer,
        line_price_before_discounts_incl_tax=before,
    )


class Row:
    """A row of another room."""

    def __init__(self, **fields: Any) -> None:
        self.__dict__.update(fields)


def test_money_that_came_in_is_the_buyers(order: Order) -> None:
    (entry,) = entries("payment_received")

    assert legs(entry) == [("provider", 129_999), ("buyers", -129_999)]
    assert entry.order == order
    assert order_credit(order.pk) == 129_999


def test_a_delivery_makes_it_the_producers_less_commission_and_taxes(
    order: Order, consignment: Consignment
) -> None:
    deliver(consignment)

    (entry,) = entries("delivered")
    assert legs(entry) == [
        ("buyers", 99_999),
        ("producer", -99_999),
        ("buyers", 30_000),
        ("producer", -30_000),
        ("producer", 5_000),
        ("commission", -5_000),
        # 1 % of the goods, 3 % of the producer's own carriage
        ("producer", 1_900),
        ("vat_withheld", -1_900),
        # 0.5 % and 1.5 %
        ("producer", 950),
        ("pit_withheld", -950),
    ]
    assert order_credit(order.pk) == 0
    assert producer_balance(consignment.producer) == 122_149


def test_a_cooperative_files_its_own_taxes(order: Order, consignment: Consignment) -> None:
    Partner.objects.update(kind=Partner.Kind.COOPERATIVE)

    deliver(consignment)

    assert balances() == {"provider": 129_999, "producer": -124_999, "commission": -5_000}


def test_our_carriers_charge_is_ours(order: Order, consignment: Consignment) -> None:
    Consignment.objects.update(carried_by="platform")

    deliver(consignment)

    assert balances(order)["delivery"] == -30_000
    assert producer_balance(consignment.producer) == 99_999 - 5_000 - 1_000 - 500


def test_delivery_that_the_producer_bears_is_charged_to_it_where_our_carrier_goes(
    order: Order, consignment: Consignment
) -> None:
    Consignment.objects.update(carried_by="platform", delivery_by_producer=21_000)

    deliver(consignment)

    assert balances(order)["delivery"] == -51_000
    assert producer_balance(consignment.producer) == 99_999 - 5_000 - 1_000 - 500 - 21_000

    consignment_return(consignment_id=consignment.pk)
    assert balances(order).keys() == {"provider", "refunds_due"}


def test_delivery_that_costs_the_buyer_nothing_is_charged_all_the_same(
    order: Order, consignment: Consignment
) -> None:
    Consignment.objects.update(
        carried_by="platform", goods_total=129_999, delivery_charge=0, delivery_by_producer=21_000
    )
    Line.objects.update(line_price_incl_tax=129_999, line_price_before_discounts_incl_tax=129_999)

    deliver(consignment)

    assert balances(order)["delivery"] == -21_000
    consignment_return(consignment_id=consignment.pk)
    assert balances(order).keys() == {"provider", "refunds_due"}


def test_a_producer_that_carries_free_itself_is_charged_nothing(
    order: Order, consignment: Consignment
) -> None:
    Consignment.objects.update(carried_by="producer", delivery_by_producer=21_000)

    deliver(consignment)

    assert "delivery" not in balances(order)


def test_what_the_marketplace_adds_to_a_discount_the_producer_earns(
    order: Order, consignment: Consignment
) -> None:
    """Commission and taxes are of the price after the producer's discount and before the marketplace's."""
    discounted(by_platform=10_001, by_producer=5_000)

    deliver(consignment)

    found = balances(order)
    assert found["platform_discounts"] == 10_001
    assert found["commission"] == -5_500
    assert "buyers" not in found


def test_a_pack_that_is_gone_is_taxed_as_the_dearest_kind(order: Order, consignment: Consignment) -> None:
    Line.objects.update(product=None)

    deliver(consignment)

    # 5 % and 2 % of the goods
    assert balances(order)["vat_withheld"] == -(5_000 + 900)
    assert balances(order)["pit_withheld"] == -(2_000 + 450)


def test_a_refund_before_the_delivery_is_the_buyers_own(order: Order, consignment: Consignment) -> None:
    refund_request(payment=payment_of(order), consignment=consignment, reason="", key="a")

    (entry,) = entries("refund_decided")
    assert legs(entry) == [("buyers", 129_999), ("refunds_due", -129_999)]
    assert order_credit(order.pk) == 0


def test_packs_that_went_back_before_are_not_sold(order: Order, consignment: Consignment) -> None:
    line = consignment.lines.get()
    refund_request(
        payment=payment_of(order),
        consignment=consignment,
        lines={line.pk: 1},
        with_delivery=False,
        reason="",
        key="a",
    )

    deliver(consignment)

    assert balances(order)["commission"] == -3_333
    assert order_credit(order.pk) == 0


@pytest.mark.parametrize("carried_by", ["producer", "platform"])
def test_a_parcel_that_came_after_all_its_money_went_back_leaves_nothing(
    order: Order, consignment: Consignment, carried_by: str
) -> None:
    """As where it came first: neither is the way that the marketplace had made cheaper paid for, nor what the producer bore charged."""
    Consignment.objects.update(platform_discount=9_000, delivery_by_producer=4_000, carried_by=carried_by)
    refund_request(payment=payment_of(order), consignment=consignment, reason="", key="late")

    deliver(consignment)

    assert balances(order) == {"provider": 129_999, "refunds_due": -129_999}
    assert all_differences() == []
    assert invoices_of(consignment.producer, month=today(), terms=None) == []


def test_a_return_pack_by_pack_leaves_nothing(order: Order, consignment: Consignment) -> None:
    discounted(by_platform=1_000)
    deliver(consignment)
    line, payment = consignment.lines.get(), payment_of(order)

    for turn in range(3):
        refund_request(
            payment=payment,
            consignment=consignment,
            lines={line.pk: 1},
            with_delivery=turn == 2,
            reason="",
            key=f"turn-{turn}",
        )
        assert order_credit(order.pk) == 0

    assert balances(order) == {"provider": 129_999, "refunds_due": -129_999}


def test_a_whole_return_after_a_part_takes_back_the_rest(order: Order, consignment: Consignment) -> None:
    deliver(consignment)
    line = consignment.lines.get()
    refund_request(
        payment=payment_of(order),
        consignment=consignment,
        lines={line.pk: 2},
        with_delivery=False,
        reason="",
        key="a",
    )
    order.settled_by = payment_of(order)
    order.save(update_fields=["settled_by"])

    consignment_return(consignment_id=consignment.pk)

    assert balances(order) == {"provider": 129_999, "refunds_due": -129_999}
    assert entries("returned") == []


def test_goods_that_come_back_without_their_money_stand_to_the_buyers_credit(
    order: Order, consignment: Consignment
) -> None:
    deliver(consignment)
    Order.objects.update(settled_by=None)

    consignment_return(consignment_id=consignment.pk)
    assert balances(order) == {"provider": 129_999, "buyers": -129_999}

    refund_request(payment=payment_of(order), consignment=consignment, reason="", key="later")
    assert balances(order) == {"provider": 129_999, "refunds_due": -129_999}


@pytest.mark.usefixtures("_refunds_go_out")
def test_a_refund_is_sent_comes_back_and_is_sent_again(order: Order) -> None:
    refund = refund_request(payment=payment_of(order), reason="", key="a")
    assert refunds_send_due() == 1
    assert book_refund_sent(refund) is None
    assert balances() == {}

    assert book_refund_failed(refund) is not None
    assert book_refund_failed(refund) is None
    assert balances() == {"provider": 129_999, "refunds_due": -129_999}

    book_refund_sent(refund)
    assert balances() == {}


@pytest.mark.usefixtures("_refunds_go_out")
def test_a_provider_that_says_that_a_refund_failed_is_heard(order: Order) -> None:
    refund = refund_request(payment=payment_of(order), reason="", key="a")
    refunds_send_due()
    refund.refresh_from_db()
    said = GatewayEvent(
        event_id="e1",
        kind="refund.failed",
        meaning=EventMeaning.REFUND_FAILED,
        reference=refund.payment.reference,
        refund_reference=refund.reference,
    )

    event_apply(WebhookEvent(gateway="sandbox", payload=asdict(said)))

    refund.refresh_from_db()
    assert refund.state == Refund.State.FAILED
    assert balances() == {"provider": 129_999, "refunds_due": -129_999}


def test_money_that_an_order_has_no_use_for_goes_in_and_out() -> None:
    order = make_order((1, 100_000, 0))
    first, second = make_payment(order), make_payment(order, reference="other", gateway="stripe")
    hear_of(first)
    second.state, second.paid_at = "paid", first.created_at
    second.save()
    book_payment_received(second)

    refund_request(payment=second, reason="twice", key="twice")

    assert balances() == {"provider": 200_000, "buyers": -100_000, "refunds_due": -100_000}


@pytest.mark.parametrize(
    ("collected_by", "left"),
    [
        ("producer", {"producer": 5_000, "commission": -5_000}),
        ("platform", {"cod_transit": 130_000, "producer": -125_000, "commission": -5_000}),
    ],
)
def test_cash_lies_with_whoever_took_it(collected_by: str, left: dict[str, int]) -> None:
    order = make_order((1, 100_000, 30_000))
    consignment = order.consignments.get()
    consignment.collected_by, consignment.delivered_at = collected_by, order.date_placed
    consignment.save()
    book_delivered(consignment)

    payment = make_payment(
        order,
        gateway="cash",
        consignment=consignment,
        state="paid",
        paid_at=order.date_placed,
        reference=None,
    )
    book_payment_received(payment)

    assert balances(order) == left
    if collected_by == "platform":
        book_cash_remitted(Row(pk=1, amount=130_000), consignment=consignment)  # type: ignore[arg-type]
        assert balances(order) == {"bank": 130_000, "producer": -125_000, "commission": -5_000}


def test_a_transfer_waits_for_its_order_and_what_is_over_goes_back() -> None:
    order = make_order((1, 100_000, 0))
    transfer: Any = Row(pk=7, amount=110_000)
    book_transfer_received(transfer)
    payment = make_payment(order, gateway="transfer", state="paid", paid_at=order.date_placed)

    book_payment_received(payment)
    assert balances() == {"bank": 110_000, "unmatched": -10_000, "buyers": -100_000}

    book_transfer_returned(transfer, amount=10_000)
    book_transfer_return_sent(transfer, amount=10_000)
    assert balances() == {"bank": 100_000, "buyers": -100_000}


@pytest.mark.parametrize("origin", ["provider", "cash", "payout", "other"])
def test_a_transfer_that_is_no_orders_money_leaves_the_bank_booked_once(origin: str) -> None:
    transfer: Any = Row(pk=7, amount=96_600, origin=origin)
    book_transfer_received(transfer)

    entry = book_transfer_of_no_order(transfer)

    assert book_transfer_of_no_order(transfer) == entry
    assert entry.facts == {"transfer": 7, "amount": 96_600, "origin": origin}
    assert legs(entry) == [("unmatched", 96_600), ("bank", -96_600)]
    assert balances() == {}


def test_a_payout_that_fails_is_owed_again(order: Order, consignment: Consignment) -> None:
    deliver(consignment)
    first: Any = Row(pk=1, amount=100_000, producer_id=consignment.producer_id)
    book_payout_created(first)
    book_payout_failed(first)
    assert producer_balance(consignment.producer) == 122_149

    second: Any = Row(pk=2, amount=122_149, producer_id=consignment.producer_id)
    book_payout_created(second)
    book_payout_done(second)
    assert producer_balance(consignment.producer) == 0
    assert balances()["bank"] == -122_149


def test_a_dispute_lost_takes_the_buyers_credit_before_anybody_bears_a_loss(order: Order) -> None:
    payment = payment_of(order)
    book_disputed(payment=payment, amount=129_999, key="dp_1")

    book_dispute_lost(payment=payment, amount=129_999, key="dp_1")

    assert balances() == {}


def test_a_dispute_lost_after_the_delivery_is_borne_by_whom_we_say(
    order: Order, consignment: Consignment
) -> None:
    deliver(consignment)
    payment = payment_of(order)
    book_disputed(payment=payment, amount=129_999, key="dp_1")

    book_dispute_lost(
        payment=payment, amount=129_999, key="dp_1", shares=[(consignment.producer_id, 129_999)]
    )

    assert producer_balance(consignment.producer) == 122_149 - 129_999


def test_booked_twice_it_stands_once(order: Order, consignment: Consignment) -> None:
    delivered = deliver(consignment)

    again = book_delivered(delivered)

    assert entries("delivered") == [again]
    assert book_payment_received(payment_of(order)) == entries("payment_received")[0]


# --- What the database itself refuses -----------------------------------------------------------------------


@pytest.mark.parametrize("model", [LedgerEntry, Posting])
def test_no_row_is_ever_changed_or_deleted(order: Order, model: type[LedgerEntry | Posting]) -> None:
    table = model._meta.db_table
    for statement in (f"UPDATE {table} SET id = id", f"DELETE FROM {table}"):
        with (
            pytest.raises(IntegrityError, match="only added to"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


@pytest.mark.postgres
def test_postgresql_refuses_an_entry_that_does_not_balance(order: Order) -> None:
    (entry,) = entries("payment_received")

    def one_dong_too_many() -> None:
        Posting.objects.create(entry=entry, account=entry.postings.first().account, amount=1)
        connection.check_constraints()

    with pytest.raises(IntegrityError, match="does not balance"), transaction.atomic():
        one_dong_too_many()


def test_a_posting_of_nothing_is_refused(order: Order) -> None:
    (entry,) = entries("payment_received")
    with pytest.raises(IntegrityError), transaction.atomic():
        Posting.objects.create(entry=entry, account=entry.postings.first().account, amount=0)
