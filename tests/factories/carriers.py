"""Carriers, and parcels that are with them."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from catalogue.models import Product
from checkout.order.models import Consignment
from checkout.order.services import consignment_accept, consignment_pack
from checkout.shipping.carriers.base import TrackingNews
from checkout.shipping.carriers.models import NOT_WITHDRAWN, Carrier, Shipment
from checkout.shipping.carriers.services import shipment_cancel, shipment_create
from tests.factories.catalogue import sold_pack
from tests.factories.orders import placed_order


def make_carrier(**fields: Any) -> Carrier:
    """Return a carrier by table with the marketplace's contract, unless told otherwise."""
    return Carrier.objects.create(**{"code": "buu-dien", "name": "Bưu điện", **fields})


def packed_consignment(pack: Product | None = None, **how: Any) -> Consignment:
    """Return a consignment that is packed, by default one paid in cash on delivery."""
    consignment: Consignment = placed_order(pack or sold_pack(), **how).consignments.get()
    consignment_accept(consignment_id=consignment.pk)
    return consignment_pack(consignment_id=consignment.pk)


def make_shipment(carrier: Carrier | None = None, **how: Any) -> Shipment:
    """Return a parcel that is registered with a carrier by table."""
    return shipment_create(
        consignment_id=packed_consignment(**how).pk, carrier=carrier or make_carrier(), by=None
    )


def not_withdrawn(carrier: Carrier | None = None, *, error: str = NOT_WITHDRAWN, **how: Any) -> Shipment:
    """Return a parcel that was taken back here, and of which its carrier doesn't know."""
    shipment = shipment_cancel(shipment_id=make_shipment(carrier, **how).pk, by=None)
    Shipment.objects.filter(pk=shipment.pk).update(error=error)
    shipment.refresh_from_db()
    return shipment


def news(number: str, kind: str, *, hours_ago: float = 1, event_id: str = "") -> TrackingNews:
    """Return what a carrier reports of a parcel."""
    at: datetime = timezone.now() - timedelta(hours=hours_ago)
    return TrackingNews(event_id or f"{number}-{kind}-{hours_ago}", number, kind, at)
