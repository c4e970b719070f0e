"""The port to carriers. An adapter translates and knows nothing of orders; what a report means for a consignment is in `tracking.py`."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import datetime

from checkout.shipping.carriers.models import Carrier


@dataclass(frozen=True, slots=True)
class Party:
    """Who gives or takes a parcel, and where. Codes are those of today; an old district's where the address was written with one."""

    name: str
    phone: str
    street: str
    commune: str
    commune_code: str
    province: str
    province_code: str
    district_code: str = ""


@dataclass(frozen=True, slots=True)
class ParcelData:
    """What a carrier is told of a parcel. Grams and đồng; `key` is the same however often it is told."""

    key: str
    sender: Party
    receiver: Party
    weight: int
    worth: int
    cash: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class TrackingNews:
    """One thing that a carrier reports. `kind` is one of `TrackingEvent.Kind`; `event_id` is the carrier's own name of it."""

    event_id: str
    number: str
    kind: str
    happened_at: datetime
    place: str = ""


class CarrierAdapter(ABC):
    """A way of speaking to carriers. None of these is called inside a transaction: they may go over the network."""

    @abstractmethod
    def quote(self, carrier: Carrier, parcel: ParcelData) -> int | None:
        """Return what the carrier itself would charge, in đồng; None where it doesn't say. Raises CarrierUnavailable or CarrierRefused."""

    @abstractmethod
    def create(self, carrier: Carrier, parcel: ParcelData) -> str:
        """Give a parcel to the carrier and return its number; the same key gives one parcel. Raises CarrierUnavailable or CarrierRefused."""

    @abstractmethod
    def label(self, carrier: Carrier, number: str) -> bytes | None:
        """Return the carrier's own label as PDF; None where ours is used. Raises CarrierUnavailable or CarrierRefused."""

    @abstractmethod
    def cancel(self, carrier: Carrier, number: str) -> None:
        """Take a parcel back that wasn't picked up. Cancelled again, nothing changes. Raises CarrierUnavailable or CarrierRefused."""

    @abstractmethod
    def read_tracking(self, body: bytes) -> list[TrackingNews]:
        """Return what a body, whose signature held, reports. Raises InvalidTracking."""
