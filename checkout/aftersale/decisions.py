"""What the producer or the programme decides: money back in part or whole, made good another way, refused; and goods that came back."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from checkout.aftersale.deadlines import terms_on
from checkout.aftersale.errors import StepNotPossible
from checkout.aftersale.locks import case_locked, case_move
from checkout.aftersale.models import Case, CaseLine, Reason, Side
from checkout.aftersale.money import gives_delivery_back, packs_left
from checkout.aftersale.notices import tell_decided
from checkout.aftersale.services import case_escalate
from checkout.order.models import Consignment
from checkout.order.services import consignment_cancel
from checkout.payment.cash import payment_of
from checkout.payment.errors import PaymentError
from checkout.payment.models import Refund
from checkout.payment.refunds import refund_request
from checkout.reservations.errors import StockTooLow
from checkout.reservations.services import stock_put_back
from marketplace.clock import today

logger = logging.getLogger(__name__)
State = Case.State

#: Not handed to a carrier yet: such a parcel isn't refunded, it is cancelled.
_NOT_SHIPPED = (Consignment.State.PLACED, Consignment.State.ACCEPTED, Consignment.State.PACKED)


@dataclass(frozen=True, slots=True)
class Received:
    """What came back of one line: packs, and in which condition (`CaseLine.Condition`; empty where none came)."""

    quantity: int
    condition: str = ""


@transaction.atomic
def case_refund(
    *,
    case_id: int,
    side: str,
    packs: Mapping[int, int],
    goods_back: bool = False,
    text: str = "",
    actor: Any = None,
) -> Case:
    """Give money back for `packs` (by case line id): at once, or, with `goods_back`, once the goods have come back.

    Whether goods go back is the reason's rule where it has one. Raises StepNotPossible.
    """
    case = case_locked(case_id)
    lines = _agree(case, packs)
    rule = case.reason.goods_back
    waits = rule == Reason.GoodsBack.ALWAYS or (goods_back and rule == Reason.GoodsBack.ASKED)
    # Goods that were sent back once, and that somebody quarrels about, needn't be sent a second time.
    if waits and case.consignment.state == Consignment.State.DELIVERED and case.goods_sent_at is None:
        case.goods_due_on = today() + timedelta(days=terms_on(today()).send_back_days)
        case_move(case, State.AWAITING_GOODS, side=side, text=text, actor=actor)
        tell_decided(case, text, amount=0)
        return case
    _money_back(case, lines, side=side, text=text, actor=actor)
    return case


@transaction.atomic
def case_settle(*, case_id: int, side: str, text: str, actor: Any = None) -> Case:
    """Make it good another way (goods anew, what was missing sent after), and say how. The buyer may still ask the programme."""
    return _close_with_words(case_id, State.SETTLED, side=side, text=text, actor=actor)


@transaction.atomic
def case_refuse(*, case_id: int, side: str, text: str, actor: Any = None) -> Case:
    """Refuse, saying why. A producer's refusal may be taken to the programme; the programme's is the last word here."""
    state = State.REFUSED if side == Side.PRODUCER else State.DISMISSED
    return _close_with_words(case_id, state, side=side, text=text, actor=actor)


@transaction.atomic
def case_goods_received(
    *, case_id: int, side: str, received: Mapping[int, Received], text: str = "", actor: Any = None
) -> Case:
    """Note what came back (by case line id) and in which condition; money goes back for what came, as agreed.

    Packs as new go back on the shelf, the others don't. Raises StepNotPossible.
    """
    case = case_locked(case_id)
    if case.state != State.AWAITING_GOODS:
        raise StepNotPossible(_("No goods are awaited in this case now."))
    lines = [line for line in case.lines.select_related("line") if line.agreed_quantity]
    for line in lines:
        _receive(line, received.get(line.pk, Received(0)))
    if not any(line.received_quantity for line in lines):
        raise StepNotPossible(_("Please say how many packs came back."))
    case.goods_received_at = timezone.now()
    _money_back(case, lines, side=side, text=text, actor=actor)
    _put_back(lines)
    return case


@transaction.atomic
def case_goods_contested(*, case_id: int, text: str, actor: Any = None) -> Case:
    """Say that what came back isn't what was sent out, or nothing came though the buyer says so: the programme decides. Raises StepNotPossible."""
    case = case_locked(case_id)
    if not text.strip():
        raise StepNotPossible(_("Please say what is wrong with what came back."))
    return case_escalate(case, side=Side.PRODUCER, text=text.strip(), actor=actor)


@transaction.atomic
def case_take_over(*, case_id: int, text: str = "", actor: Any = None) -> Case:
    """Let the programme take a case that still waits for its producer. Raises StepNotPossible."""
    case = case_locked(case_id)
    return case_escalate(case, side=Side.PROGRAMME, text=text, actor=actor)


def _agree(case: Case, packs: Mapping[int, int]) -> list[CaseLine]:
    """Write down for how many packs of each line money goes back; return the lines of which some do."""
    lines = list(case.lines.select_related("line"))
    for line in lines:
        line.agreed_quantity = packs.get(line.pk, 0)
        if not 0 <= line.agreed_quantity <= min(line.quantity, packs_left(line.line)):
            raise StepNotPossible(
                _("At most %(most)d packs of %(name)s can be paid back.")
                % {"most": min(line.quantity, packs_left(line.line)), "name": line.line.title}
            )
    if not any(line.agreed_quantity for line in lines):
        raise StepNotPossible(_("Please say for how many packs money goes back."))
    CaseLine.objects.bulk_update(lines, ["agreed_quantity"])
    return [line for line in lines if line.agreed_quantity]


def _receive(line: CaseLine, received: Received) -> None:
    if not 0 <= received.quantity <= (line.agreed_quantity or 0):
        raise StepNotPossible(
            _("At most %(most)d packs of %(name)s were to come back.")
            % {"most": line.agreed_quantity, "name": line.line.title}
        )
    if received.quantity and received.condition not in CaseLine.Condition.values:
        raise StepNotPossible(_("Please say in which condition the goods came back."))
    line.received_quantity = received.quantity
    line.condition = received.condition if received.quantity else ""
    line.save(update_fields=["received_quantity", "condition"])


def _put_back(lines: list[CaseLine]) -> None:
    """Put what came back as new on the shelf again."""
    packs = {
        line.line_id: line.received_quantity or 0
        for line in lines
        if line.condition == CaseLine.Condition.SELLABLE
    }
    try:
        stock_put_back(packs)
    except StockTooLow as error:
        raise StepNotPossible(_("More goods can't come back than were sent.")) from error


def _money_back(case: Case, lines: list[CaseLine], *, side: str, text: str, actor: Any) -> None:
    """Request the refund of a case's agreed packs, those that came where goods went back, and close the case."""
    refund = _refund_of(case, lines, side=side, actor=actor)
    case.refund = refund
    case_move(case, State.REFUNDED, side=side, text=text, actor=actor)
    tell_decided(case, text, amount=refund.amount)


def _refund_of(case: Case, lines: list[CaseLine], *, side: str, actor: Any) -> Refund:
    consignment = case.consignment
    payment = payment_of(consignment)
    if payment is None:
        raise StepNotPossible(_("Nothing was paid for this parcel yet, so nothing can be sent back."))
    if consignment.state in _NOT_SHIPPED:
        return _cancelled(case, side=side, actor=actor)
    came = case.goods_received_at is not None
    packs = {line.line_id: (line.received_quantity if came else line.agreed_quantity) or 0 for line in lines}
    try:
        return refund_request(
            payment=payment,
            consignment=consignment,
            lines={pk: quantity for pk, quantity in packs.items() if quantity},
            with_delivery=gives_delivery_back(case, packs),
            reason=f"{case.number}: {case.reason.words}",
            key=f"case:{case.pk}",
        )
    except PaymentError as error:
        logger.warning("case %s: no refund of %s: %s", case.number, packs, error)
        raise StepNotPossible(_("This money was sent back already.")) from error


def _cancelled(case: Case, *, side: str, actor: Any) -> Refund:
    """Cancel a late parcel that never left: its goods go back on the shelf and all its money back to the buyer."""
    consignment_cancel(
        consignment_id=case.consignment_id,
        actor=actor,
        actor_kind="producer" if side == Side.PRODUCER else "admin",
        reason=case.reason.words,
    )
    refund = Refund.objects.filter(idempotency_key=f"consignment:{case.consignment_id}").first()
    if refund is None:
        raise StepNotPossible(_("This money was sent back already."))
    return refund


def _close_with_words(case_id: int, state: str, *, side: str, text: str, actor: Any) -> Case:
    if not text.strip():
        raise StepNotPossible(_("Please say it in words: the buyer reads them."))
    case = case_locked(case_id)
    if side == Side.PRODUCER:
        case.appeal_until = today() + timedelta(days=terms_on(today()).appeal_days)
    case_move(case, state, side=side, text=text.strip(), actor=actor)
    tell_decided(case, text.strip(), amount=0)
    return case
