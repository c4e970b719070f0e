"""Reads carriers and their parcels."""

from django.db.models import Q, QuerySet

from catalogue.producers.models import Partner
from checkout.order.models import Consignment
from checkout.shipping.carriers.models import Carrier, Shipment


def carriers_for(producer: Partner) -> QuerySet[Carrier]:
    """Return the carriers in use that may carry a producer's parcels: its own and the marketplace's."""
    return Carrier.objects.filter(Q(producer=None) | Q(producer=producer), is_active=True)


def shipment_of(consignment: Consignment) -> Shipment | None:
    """Return the newest shipment of a consignment that wasn't taken back, with its carrier, in one query."""
    given = consignment.shipments.exclude(state=Shipment.State.CANCELLED).select_related("carrier")
    return given.order_by("-pk").first()
