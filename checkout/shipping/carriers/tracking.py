"""What carriers report moves consignments: stored once by id, judged from all that is known of a parcel, in any order.

Picked up or on its way: it has shipped. Delivered: the buyer has it, and the cash where it was due. Brought back: it is returned, because
the buyer didn't take it where that was reported. What contradicts what we know waits for a person.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from checkout.errors import CheckoutError
from checkout.order.models import Consignment
from checkout.order.services import (
    consignment_accept,
    consignment_deliver,
    consignment_pack,
    consignment_return,
    consignment_ship,
)
from checkout.shipping.carriers.base import TrackingNews
from checkout.shipping.carriers.errors import InvalidTracking
from checkout.shipping.carriers.models import Carrier, Shipment, TrackingEvent
from checkout.shipping.carriers.services import LIVE, consignment_locked
from marketplace.duties import claim_due, next_try, nudge_on_commit

logger = logging.getLogger(__name__)
Kind, State, Problem = TrackingEvent.Kind, TrackingEvent.State, TrackingEvent.Problem

#: Carriers' clocks run ahead by a little; what is farther in the future is a mistake.
_CLOCK_AHEAD: Final = timedelta(hours=1)
#: Reports older than this are of no order here.
_OLDEST: Final = timedelta(days=365)
_CAUSES: Final = {
    Kind.REFUSED: Consignment.ReturnCause.REFUSED,
    Kind.UNREACHABLE: Consignment.ReturnCause.UNREACHABLE,
}


class Contradiction(Exception):
    """A report doesn't fit what is known; a person has to look."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a parcel is after all that was reported: SHIPPED, DELIVERED or RETURNED, since when, and why it came back."""

    state: str
    at: datetime
    cause: str = Consignment.ReturnCause.OTHER


def standing_of(events: Iterable[TrackingEvent]) -> Standing | None:
    """Return where a parcel stands after `events`, whatever their order; None before the first. Raises Contradiction.

    After it is delivered only its return counts; after its return nothing does.
    """
    standing: Standing | None = None
    cause = Consignment.ReturnCause.OTHER
    for event in sorted(events, key=lambda one: (one.happened_at, list(Kind.values).index(one.kind))):
        if event.kind == Kind.DELIVERED:
            if standing and standing.state == Consignment.State.RETURNED:
                raise Contradiction(Problem.AFTER_RETURN)
            if not standing or standing.state == Consignment.State.SHIPPED:
                standing = Standing(Consignment.State.DELIVERED, event.happened_at)
        elif event.kind == Kind.RETURNED:
            if not standing or standing.state != Consignment.State.RETURNED:
                standing = Standing(Consignment.State.RETURNED, event.happened_at, cause)
        else:
            cause = _CAUSES.get(Kind(event.kind), cause)
            standing = standing or Standing(Consignment.State.SHIPPED, event.happened_at)
    return standing


@transaction.atomic
def tracking_store(*, carrier: Carrier, news: Iterable[TrackingNews]) -> int:
    """Keep what a carrier reported, each event once, and have a worker apply it; return how many were new. Raises InvalidTracking."""
    now = timezone.now()
    told = {one.event_id: one for one in news}
    for one in told.values():
        if not now - _OLDEST < one.happened_at < now + _CLOCK_AHEAD:
            raise InvalidTracking(f"{one.event_id} happened at {one.happened_at.isoformat()}")
    known = set(
        TrackingEvent.objects.filter(carrier=carrier, event_id__in=told).values_list("event_id", flat=True)
    )
    new = [
        TrackingEvent(
            carrier=carrier,
            event_id=one.event_id,
            number=one.number,
            kind=one.kind,
            happened_at=one.happened_at,
            place=one.place,
        )
        for one in told.values()
        if one.event_id not in known
    ]
    TrackingEvent.objects.bulk_create(new, ignore_conflicts=True)
    if new:
        nudge_on_commit(tracking_apply_due)
    return len(new)


def tracking_apply_due() -> int:
    """Apply every stored event that is due, once each and in any order; return how many were applied."""
    return sum(_event_apply(event) for event in claim_due(TrackingEvent.objects.select_related("carrier")))


def tracking_retry(*, event: TrackingEvent) -> None:
    """Let an event that needed a person be tried again."""
    TrackingEvent.objects.filter(pk=event.pk, state=State.FAILED).update(
        state=State.PENDING, attempts=0, next_try_at=timezone.now(), error=""
    )
    nudge_on_commit(tracking_apply_due)


def _event_apply(event: TrackingEvent) -> bool:
    try:
        with transaction.atomic():
            _bring_to_standing(event)
            TrackingEvent.objects.filter(pk=event.pk).update(state=State.DONE, error="")
    except (Contradiction, CheckoutError) as error:
        problem = error.problem if isinstance(error, Contradiction) else Problem.NOT_POSSIBLE
        TrackingEvent.objects.filter(pk=event.pk).update(state=State.FAILED, error=problem)
        logger.warning("tracking event %s of %s needs a person: %s", event.pk, event.carrier.code, error)
        return False
    except Exception as error:
        moment = next_try(event.attempts)
        TrackingEvent.objects.filter(pk=event.pk).update(
            state=State.PENDING if moment else State.FAILED,
            next_try_at=moment or event.next_try_at,
            error=type(error).__name__,
        )
        logger.exception("tracking event %s not applied", event.pk)
        return False
    return True


def _bring_to_standing(event: TrackingEvent) -> None:
    """Move the consignment to where all known events of its parcel put it. Raises Contradiction and CheckoutError."""
    shipment = (
        Shipment.objects.filter(carrier=event.carrier, number=event.number).select_related("carrier").first()
    )
    if shipment is None:
        raise Contradiction(Problem.UNKNOWN_NUMBER)
    consignment = consignment_locked(shipment.consignment_id)
    standing = standing_of(TrackingEvent.objects.filter(carrier=event.carrier, number=event.number))
    if standing is None or standing.state == consignment.state:
        return
    if consignment.state == Consignment.State.CANCELLED or shipment.state not in LIVE:
        raise Contradiction(Problem.TAKEN_BACK)
    _ship(consignment, shipment)
    consignment.refresh_from_db(fields=["state"])
    if standing.state == Consignment.State.DELIVERED and consignment.state == Consignment.State.SHIPPED:
        consignment_deliver(consignment_id=consignment.pk, actor_kind="carrier", at=standing.at)
    elif standing.state == Consignment.State.RETURNED and consignment.state != Consignment.State.RETURNED:
        consignment_return(
            consignment_id=consignment.pk,
            actor_kind="carrier",
            reason=str(Consignment.ReturnCause(standing.cause).label),
            cause=standing.cause,
        )


def _ship(consignment: Consignment, shipment: Shipment) -> None:
    """Take the steps that lead to the carrier's hands, if they weren't noted yet."""
    before = {
        Consignment.State.PLACED: consignment_accept,
        Consignment.State.ACCEPTED: consignment_pack,
    }
    state = Consignment.State(consignment.state)
    while state in before:
        state = Consignment.State(before[state](consignment_id=consignment.pk, actor_kind="carrier").state)
    if state == Consignment.State.PACKED:
        consignment_ship(
            consignment_id=consignment.pk,
            carrier=shipment.carrier.name,
            tracking_number=shipment.number,
            actor_kind="carrier",
        )
