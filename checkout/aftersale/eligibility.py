"""What a buyer may have against a consignment on a day: which reasons, until when, about which packs."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q

from checkout.aftersale.models import CaseLine, Reason, Terms
from checkout.aftersale.money import packs_left
from checkout.order.consignments import OUTSTANDING
from checkout.order.models import Consignment, Line
from marketplace.clock import day_of, today


@dataclass(frozen=True, slots=True)
class Offer:
    """A reason and the last day on which a case may be opened by it."""

    reason: Reason
    last_day: date


def reasons_on(day: date) -> list[Reason]:
    """Return the reasons that hold on `day`, in their order; of one code the youngest."""
    held = Reason.objects.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=day), valid_from__lte=day)
    youngest = {reason.code: reason for reason in held.order_by("valid_from", "pk")}
    return sorted(youngest.values(), key=lambda reason: (reason.position, reason.pk))


def delivered_on(consignment: Consignment) -> date | None:
    """Return the day on which the buyer got a consignment; None where it didn't come or came back."""
    if consignment.state != Consignment.State.DELIVERED:
        return None
    if consignment.delivered_at:
        return day_of(consignment.delivered_at)
    steps = [step for step in consignment.events.all() if step.to_state == Consignment.State.DELIVERED]
    return day_of(steps[-1].at) if steps else None


def is_overdue(consignment: Consignment, *, on: date) -> bool:
    """Return whether a consignment should have been with the buyer before `on`."""
    until = consignment.delivery_until
    return consignment.state in OUTSTANDING and until is not None and until < on


def complaint_since(consignment: Consignment, *, on: date) -> tuple[date, Reason.When] | None:
    """Return since when there is a ground for a case about `consignment` on the day `on`, and which: it came, or it is overdue."""
    if consignment.order.confirmed_at is None:
        return None
    delivered = delivered_on(consignment)
    if delivered is not None:
        return delivered, Reason.When.DELIVERED
    until = consignment.delivery_until
    return (until, Reason.When.OVERDUE) if until and is_overdue(consignment, on=on) else None


def offers_for(consignment: Consignment, reasons: list[Reason], *, on: date) -> list[Offer]:
    """Return by which of `reasons` (those that hold) a case about `consignment` may be opened on the day `on`; none before it is confirmed."""
    ground = complaint_since(consignment, on=on)
    if ground is None:
        return []
    since, when = ground
    offers = [
        Offer(reason, since + timedelta(days=reason.deadline_days))
        for reason in reasons
        if reason.when in (when, Reason.When.BOTH)
    ]
    return [offer for offer in offers if offer.last_day >= on]


def may_review(line: Line, *, terms: Terms) -> bool:
    """Return whether what an order line brought may be reviewed today, where it wasn't yet; its consignment should be loaded."""
    since = delivered_on(line.consignment) if line.consignment else None
    if since is None or line.product_id is None:
        return False
    return since + timedelta(days=terms.review_days) >= today()


def lines_offered(consignment: Consignment) -> list[Line]:
    """Return the lines of which something was neither paid back nor is already in an open case."""
    lines = list(consignment.lines.all())
    busy = set(CaseLine.objects.filter(line__in=lines, is_open=True).values_list("line_id", flat=True))
    return [line for line in lines if packs_left(line) and line.pk not in busy]
