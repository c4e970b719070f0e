"""A carrier by table, built in: it charges by the delivery tables, our own numbers stand on our own labels, and what it reports comes in our form."""

import json
from datetime import datetime
from typing import Any

from django.utils.timezone import is_aware

from checkout.shipping.carriers.base import CarrierAdapter, ParcelData, TrackingNews
from checkout.shipping.carriers.errors import InvalidTracking
from checkout.shipping.carriers.models import Carrier, TrackingEvent


class TableCarrier(CarrierAdapter):
    """For carriers that take parcels with a list: nothing goes over a network."""

    def quote(self, carrier: Carrier, parcel: ParcelData) -> int | None:
        return None  # the delivery tables say it

    def create(self, carrier: Carrier, parcel: ParcelData) -> str:
        return parcel.key

    def label(self, carrier: Carrier, number: str) -> bytes | None:
        return None

    def cancel(self, carrier: Carrier, number: str) -> None:
        """Nobody has to be told."""

    def read_tracking(self, body: bytes) -> list[TrackingNews]:
        return read_events(body)


def read_events(body: bytes) -> list[TrackingNews]:
    """Read `{"events": [{"id", "number", "kind", "at", "place"}]}`, `at` in ISO 8601 with its zone. Raises InvalidTracking."""
    try:
        return [_event(one) for one in json.loads(body)["events"]]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InvalidTracking(f"unreadable: {type(error).__name__}") from error


def _event(told: dict[str, Any]) -> TrackingNews:
    happened_at = datetime.fromisoformat(told["at"])
    event_id, number, kind = str(told["id"]), str(told["number"]), str(told["kind"])
    if kind not in TrackingEvent.Kind.values or not is_aware(happened_at):
        raise ValueError(kind)
    if not 0 < len(event_id) <= 120 or not 0 < len(number) <= 80:
        raise ValueError("too long or empty")
    return TrackingNews(event_id, number, kind, happened_at, str(told.get("place", ""))[:160])
