"""When consignments go out and arrive, once more at the moment from which producers see them."""

from collections.abc import Iterable
from datetime import date, timedelta

from checkout.order.models import Consignment
from checkout.shipping.calendars import calendars_for


def dates_follow(consignments: Iterable[Consignment], *, on: date) -> None:
    """Move the promised days of consignments that are confirmed on a later day than they were placed, by as much as dispatch moves."""
    confirmed = list(consignments)
    calendars = calendars_for([one.producer_id for one in confirmed], on=on)
    for consignment in confirmed:
        due = calendars.of(consignment.producer).dispatch_day(on, consignment.producer.dispatch_days)
        if consignment.dispatch_until and consignment.dispatch_until < due:
            later = due - consignment.dispatch_until
            consignment.dispatch_until = due
            consignment.delivery_from = _moved(consignment.delivery_from, later)
            consignment.delivery_until = _moved(consignment.delivery_until, later)
            consignment.save(update_fields=["dispatch_until", "delivery_from", "delivery_until"])


def _moved(day: date | None, by: timedelta) -> date | None:
    return day + by if day else None
