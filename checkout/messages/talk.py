"""Whether something may still be written about a consignment, and where."""

from dataclasses import dataclass
from datetime import date, timedelta

from checkout.aftersale.cases import OPEN_STATES
from checkout.aftersale.deadlines import terms_on
from checkout.aftersale.eligibility import delivered_on
from checkout.aftersale.models import Case, Terms
from checkout.order.models import Consignment
from marketplace.clock import day_of, today

#: After these nothing more happens to a consignment.
_OVER = (Consignment.State.DELIVERED, Consignment.State.CANCELLED, Consignment.State.RETURNED)


@dataclass(frozen=True, slots=True)
class Talk:
    """How a talk stands: it is open until the end of `until` (None: as long as the parcel is under way), or goes on in an open case."""

    until: date | None
    case: Case | None
    is_over: bool

    @property
    def may_write(self) -> bool:
        """Whether either side may write here now."""
        return self.case is None and not self.is_over


def talk_of(consignment: Consignment) -> Talk:
    """Return how the talk about a consignment stands today; events should be loaded. Two queries."""
    case = (
        Case.objects.filter(consignment=consignment, state__in=OPEN_STATES).select_related("reason").first()
    )
    until = last_day(consignment, terms_on(today()))
    return Talk(until=until, case=case, is_over=until is not None and until < today())


def last_day(consignment: Consignment, terms: Terms) -> date | None:
    """Return the last day on which something may be written; None as long as the consignment is under way."""
    if consignment.state not in _OVER:
        return None
    ended = delivered_on(consignment) or _day_of_end(consignment)
    return ended + timedelta(days=terms.talk_days) if ended else None


def _day_of_end(consignment: Consignment) -> date | None:
    days = [day_of(step.at) for step in consignment.events.all() if step.to_state in _OVER]
    return max(days, default=None)
