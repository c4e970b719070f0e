"""Reads carriers and their parcels."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from catalogue.producers.models import Partner
from checkout.order.models import Consignment
from checkout.shipping.carriers.models import Carrier, Shipment, TrackingEvent


def carriers_for(producer: Partner) -> QuerySet[Carrier]:
    """Return the carriers in use that may carry a producer's parcels: its own and the marketplace's."""
    return Carrier.objects.filter(Q(producer=None) | Q(producer=producer), is_active=True)


def shipment_of(consignment: Consignment) -> Shipment | None:
    """Return the newest shipment of a consignment that wasn't taken back, with its carrier, in one query."""
    given = consignment.shipments.exclude(state=Shipment.State.CANCELLED).select_related("carrier")
    return given.order_by("-pk").first()


def reports_of(consignments: Iterable[Consignment]) -> dict[int, list[TrackingEvent]]:
    """Return by id what carriers told of parcels on their way, the newest first; their shipments must be loaded.

    One query, and none where no parcel is on its way. What waits for a person isn't told: it contradicts something.
    """
    away = {
        (shipment.carrier_id, shipment.number): one.pk
        for one in consignments
        if one.state == Consignment.State.SHIPPED
        for shipment in one.shipments.all()
        if shipment.number and shipment.number == one.tracking_number
    }
    told: dict[int, list[TrackingEvent]] = {}
    if not away:
        return told
    events = TrackingEvent.objects.filter(number__in={number for _carrier, number in away})
    for event in events.exclude(state=TrackingEvent.State.FAILED).order_by("-happened_at", "-pk"):
        if (event.carrier_id, event.number) in away:
            told.setdefault(away[event.carrier_id, event.number], []).append(event)
    return told
