"""What a buyer does: opens a case, speaks, sends goods back, withdraws, asks the programme.

Each step is one transaction: the order is locked first (it guards its consignments), then the case; what is allowed stands in `cases.py`.
"""

import logging
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalogue.errors import PictureRefused
from catalogue.pictures.attached import pictures_attach, pictures_judge
from checkout.aftersale.deadlines import terms_on, working_day_after
from checkout.aftersale.eligibility import lines_offered, offers_for, reasons_on
from checkout.aftersale.errors import CaseNotPossible, StepNotPossible
from checkout.aftersale.locks import case_locked, case_move
from checkout.aftersale.models import Case, CaseEvent, CaseLine, CasePicture, Reason, Side
from checkout.aftersale.money import packs_left
from checkout.aftersale.notices import (
    tell_case_opened,
    tell_escalated,
    tell_goods_sent,
    tell_message,
    tell_withdrawn,
)
from checkout.aftersale.pictures import case_pictures_clean_due
from checkout.order.models import Consignment, Order
from marketplace.clock import today
from marketplace.duties import nudge_on_commit

logger = logging.getLogger(__name__)
State = Case.State

#: Pictures of one case, whoever sends them, and those of one message.
MOST_PICTURES: Final = 12
MOST_PICTURES_AT_ONCE: Final = 5


def case_open(
    *,
    consignment_id: int,
    reason_id: int,
    packs: Mapping[int, int],
    description: str,
    wish: str = Case.Wish.REFUND,
    pictures: Sequence[UploadedFile] = (),
) -> Case:
    """Open a case about `packs` (by line id) of a consignment. Producer and buyer are told; the producer's days begin to count.

    Raises CaseNotPossible where the reason's days are over, packs were paid back or are in another open case, or pictures are asked for and
    missing; PictureRefused with what is wrong with a file.
    """
    pictures_judge(pictures, most=MOST_PICTURES_AT_ONCE)
    with transaction.atomic():
        consignment = _consignment_locked(consignment_id)
        reason = _reason_offered(consignment, reason_id)
        lines = _lines_asked(consignment, packs)
        if reason.asks_pictures and not pictures:
            raise CaseNotPossible(_("Please add at least one picture that shows it."))
        if not description.strip():
            raise CaseNotPossible(_("Please say in a few words what happened."))
        case = Case.objects.create(
            number=f"{consignment.number}-K{consignment.cases.count() + 1}",
            consignment=consignment,
            reason=reason,
            wish=wish,
            description=description.strip(),
            answer_due_on=working_day_after(today(), count=terms_on(today()).answer_working_days),
        )
        CaseLine.objects.bulk_create(
            CaseLine(case=case, line=line, quantity=quantity) for line, quantity in lines
        )
        CaseEvent.objects.create(case=case, side=Side.BUYER, to_state=State.OPEN)
        _pictures_add(case, pictures, side=Side.BUYER, event=None)
        tell_case_opened(case)
    logger.info("case %s was opened: %s", case.number, reason.code)
    return case


def case_message(
    *,
    case_id: int,
    side: str,
    text: str,
    actor: Any = None,
    pictures: Sequence[UploadedFile] = (),
) -> CaseEvent:
    """Say something in a case, with pictures; the other sides are told. Raises StepNotPossible, PictureRefused."""
    pictures_judge(pictures, most=MOST_PICTURES_AT_ONCE)
    if not text.strip():
        raise StepNotPossible(_("Please write something."))
    with transaction.atomic():
        case = case_locked(case_id)
        if not case.lines.filter(is_open=True).exists() and side == Side.BUYER and not may_appeal(case):
            raise StepNotPossible(_("This case is closed."))
        event = CaseEvent.objects.create(case=case, side=side, actor=actor, text=text.strip())
        _pictures_add(case, pictures, side=side, event=event)
        tell_message(case, event)
    return event


@transaction.atomic
def case_withdraw(*, case_id: int) -> Case:
    """End a case at the buyer's wish; the producer is told. Raises StepNotPossible."""
    case = case_locked(case_id)
    case_move(case, State.WITHDRAWN, side=Side.BUYER)
    tell_withdrawn(case)
    return case


def may_appeal(case: Case) -> bool:
    """Return whether the buyer may still take the producer's word to the programme."""
    return (
        case.state in (State.REFUSED, State.SETTLED)
        and case.appeal_until is not None
        and case.appeal_until >= today()
    )


@transaction.atomic
def case_appeal(*, case_id: int, text: str) -> Case:
    """Take the producer's word to the programme, saying why. Raises StepNotPossible."""
    case = case_locked(case_id)
    if not may_appeal(case):
        raise StepNotPossible(_("This decision can no longer be taken to the programme."))
    if not text.strip():
        raise StepNotPossible(_("Please say why you don't agree."))
    return case_escalate(case, side=Side.BUYER, text=text.strip())


@transaction.atomic
def case_goods_sent(*, case_id: int, how: str = "") -> Case:
    """Note that the buyer has sent the goods back, and by whom; the producer's days to confirm begin. Raises StepNotPossible."""
    case = case_locked(case_id)
    if case.state != State.AWAITING_GOODS or case.goods_sent_at is not None:
        raise StepNotPossible(_("No goods are awaited in this case now."))
    case.goods_sent_at, case.goods_sent_how = timezone.now(), how.strip()[:160]
    case.answer_due_on = working_day_after(today(), count=terms_on(today()).receive_working_days)
    case.save(update_fields=["goods_sent_at", "goods_sent_how", "answer_due_on"])
    words = _("The goods are on their way back.")
    event = CaseEvent.objects.create(
        case=case,
        side=Side.BUYER,
        text=f"{words} {case.goods_sent_how}".strip(),
    )
    tell_goods_sent(case, event)
    return case


def case_escalate(case: Case, *, side: str, text: str = "", actor: Any = None) -> Case:
    """Hand a locked case to the programme, whose days begin to count; all sides are told. Raises StepNotPossible."""
    case.answer_due_on = working_day_after(today(), count=terms_on(today()).answer_working_days)
    case.appeal_until = None
    case_move(case, State.ESCALATED, side=side, text=text, actor=actor)
    tell_escalated(case, side=side)
    return case


def _consignment_locked(consignment_id: int) -> Consignment:
    """Return a consignment with its order locked: whoever changes a consignment locks its order first."""
    order_id = Consignment.objects.values_list("order", flat=True).get(pk=consignment_id)
    order = Order.objects.select_for_update(of=("self",)).get(pk=order_id)
    consignment: Consignment = (
        Consignment.objects.select_related("producer__commune__province")
        .prefetch_related("lines", "events")
        .get(pk=consignment_id)
    )
    consignment.order = order
    return consignment


def _reason_offered(consignment: Consignment, reason_id: int) -> Reason:
    offers = offers_for(consignment, reasons_on(today()), on=today())
    reason = next((offer.reason for offer in offers if offer.reason.pk == reason_id), None)
    if reason is None:
        raise CaseNotPossible(_("This is not possible for this parcel, or its time is over."))
    return reason


def _lines_asked(consignment: Consignment, packs: Mapping[int, int]) -> list[tuple[Any, int]]:
    offered = {line.pk: line for line in lines_offered(consignment)}
    asked = {pk: quantity for pk, quantity in packs.items() if quantity}
    if not asked:
        raise CaseNotPossible(_("Please choose the goods, and how many packs."))
    for pk, quantity in asked.items():
        if pk not in offered:
            raise CaseNotPossible(
                _("Another case about these goods is still open, or their money went back already.")
            )
        if not 0 < quantity <= packs_left(offered[pk]):
            raise CaseNotPossible(_("That is more than you bought."))
    return [(offered[pk], quantity) for pk, quantity in sorted(asked.items())]


def _pictures_add(case: Case, uploads: Sequence[UploadedFile], *, side: str, event: CaseEvent | None) -> None:
    if not uploads:
        return
    if case.pictures.count() + len(uploads) > MOST_PICTURES:
        raise PictureRefused(_("A case takes at most %(most)d pictures.") % {"most": MOST_PICTURES})
    pictures_attach([CasePicture(case=case, side=side, event=event) for _upload in uploads], uploads)
    nudge_on_commit(case_pictures_clean_due)
