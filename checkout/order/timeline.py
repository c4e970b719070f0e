"""What has happened to a consignment and what comes next, for whoever looks at it."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from checkout.order.models import Consignment

State = Consignment.State

_TITLES: dict[str, str | Promise] = {
    State.PLACED: _("Ordered"),
    State.ACCEPTED: _("Accepted by the producer"),
    State.PACKED: _("Packed"),
    State.SHIPPED: _("Handed to the carrier"),
    State.DELIVERED: _("Delivered"),
    State.CANCELLED: _("Cancelled"),
    State.RETURNED: _("Returned"),
}
_DELIVERY = (State.PLACED, State.ACCEPTED, State.PACKED, State.SHIPPED, State.DELIVERED)
_PICKUP = (State.PLACED, State.ACCEPTED, State.PACKED, State.DELIVERED)


@dataclass(frozen=True, slots=True)
class TimelineEvent:
    """One step, as `components/timeline.html` shows it."""

    title: str | Promise
    at: datetime | None = None
    text: str = ""
    done: bool = True
    current: bool = False


def consignment_timeline(consignment: Consignment) -> list[TimelineEvent]:
    """Return the steps of a consignment, those to come without a time. Its `events` should be prefetched."""
    happened = list(consignment.events.all())
    events = [
        TimelineEvent(
            title=_title(consignment, event.to_state),
            at=event.at,
            text=event.note,
            current=event is happened[-1],
        )
        for event in happened
    ]
    if consignment.state in (State.CANCELLED, State.RETURNED):
        return events
    way = _PICKUP if consignment.method == Consignment.Method.PICKUP else _DELIVERY
    to_come = way[way.index(State(consignment.state)) + 1 :]
    return events + [TimelineEvent(title=_title(consignment, state), done=False) for state in to_come]


def _title(consignment: Consignment, state: str) -> str | Promise:
    if consignment.method == Consignment.Method.PICKUP:
        if state == State.PACKED:
            return _("Ready to be fetched")
        if state == State.DELIVERED:
            return _("Fetched")
    return _TITLES[state]
