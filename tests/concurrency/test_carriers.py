"""What holds when a carrier's reports, files and people come at once: on PostgreSQL, with real threads."""

import random
from typing import Any

import pytest
from django.utils import timezone

from catalogue.producers.models import StockRecord
from checkout.order.models import Consignment
from checkout.order.services import returned_goods_take
from checkout.payment.models import Payment
from checkout.settlement.models import LedgerEntry
from checkout.shipping.carriers.cash import cash_file_take
from checkout.shipping.carriers.errors import ShipmentRefused
from checkout.shipping.carriers.models import CashRemittance, Shipment, TrackingEvent
from checkout.shipping.carriers.services import shipment_create
from checkout.shipping.carriers.tracking import tracking_apply_due, tracking_store
from tests.concurrency.together import at_once
from tests.factories.carriers import make_carrier, make_shipment, news, packed_consignment
from tests.factories.catalogue import sold_pack

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def test_a_parcel_given_to_two_carriers_at_once_is_with_one() -> None:
    consignment = packed_consignment()
    carriers = [make_carrier(code=f"c{number}") for number in range(4)]

    answers = at_once(
        *[
            lambda carrier=carrier: shipment_create(consignment_id=consignment.pk, carrier=carrier, by=None)
            for carrier in carriers
        ]
    )

    assert sum(isinstance(answer, Shipment) for answer in answers) == 1
    assert sum(isinstance(answer, ShipmentRefused) for answer in answers) == 3


def test_a_storm_of_reports_has_one_result() -> None:
    carrier = make_carrier()
    pack = sold_pack(stock={"num_in_stock": 50})
    shipments = [make_shipment(carrier, pack=pack) for _number in range(4)]
    ends = ["delivered", "returned", "delivered", "returned"]
    reports = [
        news(shipment.number, kind, hours_ago=hours)
        for shipment, end in zip(shipments, ends, strict=True)
        for hours, kind in ((5, "picked_up"), (4, "in_transit"), (3, "refused"), (1, end))
    ] * 3
    random.Random(5).shuffle(reports)

    def tells(some: list[Any]) -> None:
        for report in some:
            tracking_store(carrier=carrier, news=[report])
            tracking_apply_due()

    answers = at_once(*[lambda some=reports[turn::6]: tells(some) for turn in range(6)])
    TrackingEvent.objects.filter(state="pending").update(next_try_at=timezone.now())
    tracking_apply_due()

    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    assert TrackingEvent.objects.filter(state="done").count() == 16
    states = [Consignment.objects.get(pk=one.consignment_id).state for one in shipments]
    assert states == ends
    for shipment, end in zip(shipments, ends, strict=True):
        assert shipment.consignment.events.filter(to_state=end).count() == 1
    assert Payment.objects.filter(gateway="cash").count() == 2


def test_cash_taken_at_once_is_booked_once() -> None:
    shipment = make_shipment()
    tracking_store(carrier=shipment.carrier, news=[news(shipment.number, "delivered")])
    rows = [
        {
            "shipment": shipment.pk,
            "number": shipment.number,
            "collected": shipment.cash,
            "amount": shipment.cash,
            "on": "2026-11-29",
        }
    ]

    answers = at_once(
        tracking_apply_due,
        *[
            lambda digest=digest: cash_file_take(
                carrier=shipment.carrier, name="t", digest=digest, rows=rows, by=None
            )
            for digest in ("a", "a", "b")
        ],
    )
    cash_file_take(carrier=shipment.carrier, name="t", digest="a", rows=rows, by=None)

    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    assert CashRemittance.objects.count() == 1
    assert LedgerEntry.objects.filter(kind="cash_remitted").count() == 1


def test_packs_put_back_at_once_are_put_back_once() -> None:
    shipment = make_shipment(quantity=3)
    tracking_store(
        carrier=shipment.carrier,
        news=[news(shipment.number, "refused", hours_ago=2), news(shipment.number, "returned")],
    )
    tracking_apply_due()
    line, before = shipment.consignment.lines.get(), StockRecord.objects.get().num_in_stock

    answers = at_once(
        *[
            lambda: returned_goods_take(consignment_id=shipment.consignment_id, good_packs={line.pk: 3})
            for _twice in range(4)
        ]
    )

    assert sorted(answers) == [0, 0, 0, 3]
    assert StockRecord.objects.get().num_in_stock == before + 3
