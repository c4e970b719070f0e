"""The lock of a case, and its move from one state to another: what every step begins and ends with."""

import logging
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from checkout.aftersale.cases import ANSWER_DUE, OPEN_STATES, may_become
from checkout.aftersale.errors import StepNotPossible
from checkout.aftersale.models import Case, CaseEvent, Side
from checkout.order.models import Consignment, Order

logger = logging.getLogger(__name__)
State = Case.State

#: With these the producer or the programme has decided.
_DECIDED = (State.AWAITING_GOODS, State.REFUNDED, State.SETTLED, State.REFUSED, State.DISMISSED)


def case_locked(case_id: int) -> Case:
    """Return a case with its order and itself locked, in this order; consignment, producer and lines are loaded."""
    order_id = Case.objects.values_list("consignment__order", flat=True).get(pk=case_id)
    order = Order.objects.select_for_update(of=("self",)).get(pk=order_id)
    case: Case = Case.objects.select_for_update(of=("self",)).select_related("reason").get(pk=case_id)
    case.consignment = (
        Consignment.objects.select_related("producer__commune__province")
        .prefetch_related("lines", "producer__memberships__user")
        .get(pk=case.consignment_id)
    )
    case.consignment.order = order
    return case


def case_move(case: Case, state: str, *, side: str, text: str = "", actor: Any = None) -> CaseEvent:
    """Bring a locked case into `state`, write down who did it, and let its lines follow. Raises StepNotPossible."""
    if not may_become(case, state, side=side):
        raise StepNotPossible(
            _("Case %(number)s is “%(state)s”: this step is not possible now.")
            % {"number": case.number, "state": case.get_state_display()}
        )
    before, case.state = case.state, state
    if state not in ANSWER_DUE:
        case.answer_due_on = None
    if state in _DECIDED and side != Side.SYSTEM:
        case.decided_by, case.decided_at = side, timezone.now()
    is_open = state in OPEN_STATES
    if is_open and before not in OPEN_STATES and _others_open(case):
        raise StepNotPossible(_("Another case about these goods is open."))
    case.save()
    case.lines.update(is_open=is_open)
    logger.info("case %s: %s to %s by %s", case.number, before, state, side)
    return CaseEvent.objects.create(
        case=case, side=side, actor=actor, from_state=before, to_state=state, text=text
    )


def _others_open(case: Case) -> bool:
    lines = case.lines.values("line")
    return type(case).objects.filter(lines__line__in=lines, lines__is_open=True).exclude(pk=case.pk).exists()
