"""Which adapter speaks to which carrier."""

from typing import Final

from checkout.shipping.carriers.base import CarrierAdapter
from checkout.shipping.carriers.models import Carrier
from checkout.shipping.carriers.rest import RestCarrier
from checkout.shipping.carriers.table import TableCarrier

_ADAPTERS: Final[dict[str, CarrierAdapter]] = {
    Carrier.Adapter.TABLE: TableCarrier(),
    Carrier.Adapter.REST: RestCarrier(),
}


def adapter_for(carrier: Carrier) -> CarrierAdapter:
    """Return the adapter that speaks to `carrier`."""
    return _ADAPTERS[carrier.adapter]
