"""Parcels that come back: why, what of them is sold again, and what is counted for the buyer. Goods fetched at a point."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from catalogue.producers.models import StockRecord
from checkout.errors import ChangeNotAllowed, OrderRefused
from checkout.order.models import Consignment, Order
from checkout.order.selectors import refused_parcels
from checkout.order.services import (
    consignment_accept,
    consignment_deliver,
    consignment_pack,
    consignment_return,
    consignment_ship,
    returned_goods_take,
)
from checkout.reservations.models import Reservation
from checkout.shipping.models import PickupPoint
from marketplace.notices.models import Notice
from tests.factories.catalogue import sold_pack
from tests.factories.orders import BUYER, basket_with, placed_order
from tests.factories.places import CommuneFactory

pytestmark = pytest.mark.django_db

Cause = Consignment.ReturnCause


def shipped(quantity: int = 3) -> Consignment:
    consignment: Consignment = placed_order(sold_pack(), quantity=quantity).consignments.get()
    for step in (consignment_accept, consignment_pack, consignment_ship):
        step(consignment_id=consignment.pk)
    return consignment


@pytest.mark.parametrize(
    ("cause", "counted"), [(Cause.REFUSED, 1), (Cause.UNREACHABLE, 1), (Cause.DAMAGED, 0), (Cause.OTHER, 0)]
)
def test_only_what_the_buyer_could_have_taken_is_counted(cause: str, counted: int) -> None:
    consignment_return(consignment_id=shipped().pk, cause=cause)

    assert refused_parcels(BUYER.phone) == counted
    assert refused_parcels("+84900000000") == refused_parcels("") == 0


def test_what_was_handed_over_was_not_refused() -> None:
    consignment = shipped()
    consignment_deliver(consignment_id=consignment.pk)
    consignment_return(consignment_id=consignment.pk, cause=Cause.REFUSED)

    assert refused_parcels(BUYER.phone) == 0


def test_good_packs_go_back_on_the_shelf_once() -> None:
    consignment = shipped(quantity=3)
    line = consignment.lines.get()
    stock = StockRecord.objects.get(pk=line.stockrecord_id)
    consignment_return(consignment_id=consignment.pk, cause=Cause.REFUSED)

    taken = [
        returned_goods_take(consignment_id=consignment.pk, good_packs={line.pk: packs}) for packs in (2, 2, 9)
    ]

    assert taken == [2, 0, 1]
    assert StockRecord.objects.get(pk=stock.pk).num_in_stock == stock.num_in_stock + 3


def test_nothing_goes_back_on_the_shelf_that_is_still_away() -> None:
    consignment = shipped()

    with pytest.raises(ChangeNotAllowed):
        returned_goods_take(consignment_id=consignment.pk, good_packs={})


def test_the_database_lets_no_more_come_back_than_left() -> None:
    reservation = Reservation.objects.get(line__consignment=shipped(quantity=3))

    with pytest.raises(IntegrityError), transaction.atomic():
        Reservation.objects.filter(pk=reservation.pk).update(put_back=4)


# --- Points -------------------------------------------------------------------------------------------------


def point_for(*producers: object, **fields: object) -> PickupPoint:
    point = PickupPoint.objects.create(
        **{
            "name": "Điểm OCOP Đà Lạt",
            "street": "1 Trần Phú",
            "commune": CommuneFactory(),
            "hours": "8:00–17:00",
            **fields,
        }
    )
    point.producers.set(producers)
    return point


def test_goods_are_fetched_at_a_point_free_of_charge() -> None:
    pack = sold_pack()
    producer = pack.parent.producer
    point = point_for(producer)

    order = ordered_at(point.pk, pack)

    consignment = order.consignments.get()
    assert (consignment.method, consignment.pickup_point, consignment.delivery_charge) == ("pickup", point, 0)
    consignment_accept(consignment_id=consignment.pk)
    consignment_pack(consignment_id=consignment.pk)
    told = Notice.objects.filter(template="consignment_ready_for_pickup")[0].context
    assert told["pickup_address"].startswith("Điểm OCOP Đà Lạt, 1 Trần Phú, ")
    assert told["pickup_hours"] == "8:00–17:00"


@pytest.mark.parametrize("fields", [{"is_active": False}, {}])
def test_a_point_that_doesnt_take_the_goods_is_none(fields: dict[str, object]) -> None:
    pack = sold_pack()
    point = point_for(*([pack.parent.producer] if fields else []), **fields)

    with pytest.raises(OrderRefused):
        ordered_at(point.pk, pack)


def test_the_checkout_offers_points_with_their_hours(client: Client) -> None:
    pack = sold_pack()
    point = point_for(pack.parent.producer)
    client.post(f"/en/basket/add/{pack.pk}/", {"quantity": 1}, headers={"Origin": "http://testserver"})

    page = client.get("/en/checkout/").content.decode()
    total = client.post(
        "/en/checkout/",
        {f"way_{pack.parent.producer_id}": f"point-{point.pk}"},
        headers={"HX-Request": "true"},
    ).content.decode()

    assert "Điểm OCOP Đà Lạt" in page
    assert "8:00–17:00" in page
    assert "Fetched at Điểm OCOP Đà Lạt" in total


def ordered_at(point: int, pack: object) -> Order:
    from django.utils import timezone

    from checkout.basket.contents import basket_contents
    from checkout.bill import bill_for
    from checkout.shipping.pickup_points import points_for
    from marketplace.clock import day_of

    basket = basket_with(pack)  # type: ignore[arg-type]
    chosen = {pack.parent.producer_id: point}  # type: ignore[attr-defined]
    now = timezone.now()
    bill = bill_for(
        basket_contents(basket, adult=False, at=now),
        province=None,
        on=day_of(now),
        pickup_points=points_for(chosen),
    )
    return placed_order(basket=basket, shown=bill.shown(), pickup_points=chosen, address=None)
