"""What happens to cases whose last day is over: to the programme, or to their end. A periodic duty, safe to run twice and on two machines."""

import logging

from django.db import transaction
from django.db.models import Q

from checkout.aftersale.locks import case_locked, case_move
from checkout.aftersale.models import Case, Side
from checkout.aftersale.notices import tell_lapsed
from checkout.aftersale.services import case_escalate
from marketplace.clock import today

logger = logging.getLogger(__name__)
State = Case.State

#: Cases looked at in one round.
_BATCH = 200


def cases_follow_up_due() -> int:
    """Hand cases without an answer in time to the programme and end those whose goods were not sent back; return how many.

    A producer who doesn't confirm goods that were sent back hands the case over likewise.
    """
    day = today()
    late = Q(state=State.OPEN, answer_due_on__lt=day)
    unconfirmed = Q(state=State.AWAITING_GOODS, goods_sent_at__isnull=False, answer_due_on__lt=day)
    not_sent = Q(state=State.AWAITING_GOODS, goods_sent_at__isnull=True, goods_due_on__lt=day)
    due = Case.objects.filter(late | unconfirmed | not_sent).order_by("pk")
    return sum(_follow_up(pk) for pk in due.values_list("pk", flat=True)[:_BATCH])


@transaction.atomic
def _follow_up(case_id: int) -> bool:
    """Take one case on; what was read before the lock is judged again under it."""
    case = case_locked(case_id)
    day = today()
    if case.state == State.AWAITING_GOODS and case.goods_sent_at is None:
        if case.goods_due_on is None or case.goods_due_on >= day:
            return False
        case_move(case, State.LAPSED, side=Side.SYSTEM)
        tell_lapsed(case)
        return True
    if case.state not in (State.OPEN, State.AWAITING_GOODS):
        return False
    if case.answer_due_on is None or case.answer_due_on >= day:
        return False
    case_escalate(case, side=Side.SYSTEM)
    return True
