"""Takes note of transfers and finds whose they are: by the order's number in the memo, else a person decides.

Locks: order or producer, then transfer. A booking is recorded once, by the bank's reference (constraint); recording and crediting are two steps, so that
a bank's message is answered at once and a process that dies leaves a row that another takes up.
"""

import logging
from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from checkout.order.models import Order
from checkout.payment.transfers.crediting import is_of_its_buyer, transfer_credit, waits_for_money
from checkout.payment.transfers.debts import debt_of, debt_pay, debtor_locked, debtors_in
from checkout.payment.transfers.errors import TransferError
from checkout.payment.transfers.memos import order_numbers_in
from checkout.payment.transfers.models import BankStatement, BankTransfer, ReceivingAccount
from checkout.payment.transfers.rows import LONGEST_MEMO, IncomingRow
from checkout.services import order_locked
from checkout.settlement.bookings import (
    book_transfer_of_no_order,
    book_transfer_received,
    book_transfer_return_sent,
    book_transfer_returned,
)
from marketplace.accounts.models import User
from marketplace.audit.services import audit_record
from marketplace.duties import claim_due, next_try, nudge_on_commit
from marketplace.folding import folded
from marketplace.money import format_dong

logger = logging.getLogger(__name__)

State = BankTransfer.State
#: Transfers dealt with in one round of the worker: a large statement.
_BATCH: Final = 1_000
_DEALT_WITH: Final = (
    State.KEPT, State.SETTLED, State.TO_RETURN, State.RETURNED, State.SPLIT, State.DEBT, State.NO_ORDER,
)  # fmt: skip
#: Bookings of equal money this close together, told by two sources under two references, may be one.
_CLOSE: Final = timedelta(hours=36)


def transfers_record(
    *,
    account: ReceivingAccount,
    rows: Iterable[IncomingRow],
    source: str,
    statement: BankStatement | None = None,
) -> int:
    """Record what came in on an account and return how much of it is new; a worker then finds whose it is.

    A booking that is known by its reference is left as it is, whoever tells of it. Belongs to the caller's transaction.
    """
    transfers = [
        BankTransfer(
            account=account,
            reference=row.reference,
            amount=row.amount,
            memo=row.memo[:LONGEST_MEMO],
            booked_at=row.booked_at,
            payer_name=row.payer_name,
            payer_account=row.payer_account,
            source=source,
            statement=statement,
        )
        for row in rows
    ]
    known = BankTransfer.objects.filter(account=account, reference__in=[one.reference for one in transfers])
    with transaction.atomic():
        before = dict(known.values_list("reference", "amount"))
        BankTransfer.objects.bulk_create(transfers, ignore_conflicts=True, batch_size=500)
        nudge_on_commit(transfers_match_due)
        new = known.count() - len(before)
    for one in transfers:
        if before.get(one.reference, one.amount) != one.amount:
            logger.error("a booking of account %s is told of again with another amount", account.pk)
    return new


def transfers_match_due() -> int:
    """Deal with every transfer that was just read and return how many were dealt with. Safe on any number of workers."""
    return sum(_match(transfer) for transfer in claim_due(BankTransfer.objects.all(), limit=_BATCH))


@transaction.atomic
def transfer_match(*, transfer_id: int, order_number: str, by: User | None) -> BankTransfer:
    """Let a person say to which order a transfer belongs; it then does what it would have done by itself. Raises TransferError."""
    order = Order.objects.filter(number=order_number).first()
    if order is None:
        raise TransferError(_("There is no order with this number."))
    order = order_locked(order.pk)
    transfer = awaiting_person(transfer_id)
    decide(transfer, by)
    book_transfer_received(transfer, at=transfer.booked_at)
    transfer_credit(transfer=transfer, order=order)
    audit_record(action="transfer.matched", subject=transfer, words=words_of(transfer), actor=by)
    logger.info("transfer %s was matched to order %s by a person", transfer.pk, order.number)
    return transfer


@transaction.atomic
def transfer_return(*, transfer_id: int, reason: str, by: User | None) -> BankTransfer:
    """Decide that money goes back to whoever sent it: it belongs to no order. Somebody then sends it at the bank. Raises TransferError."""
    transfer = awaiting_person(transfer_id)
    transfer.state = State.TO_RETURN
    decide(transfer, by, note=reason)
    book_transfer_received(transfer, at=transfer.booked_at)
    book_transfer_returned(transfer)
    audit_record(
        action="transfer.to_return", subject=transfer, words=words_of(transfer), reason=reason, actor=by
    )
    return transfer


@transaction.atomic
def transfer_returned(*, transfer_id: int, reference: str, by: User | None) -> BankTransfer:
    """Note that the bank has sent money back, by the bank's `reference`. Raises TransferError unless that was decided before."""
    transfer = BankTransfer.objects.select_for_update(of=("self",)).get(pk=transfer_id)
    if transfer.state != State.TO_RETURN:
        raise TransferError(_("This money is not waiting to be sent back."))
    transfer.state, transfer.return_reference = State.RETURNED, reference
    transfer.returned_amount = transfer.amount
    transfer.save(update_fields=["state", "return_reference", "returned_amount"])
    book_transfer_return_sent(transfer)
    audit_record(
        action="transfer.returned", subject=transfer, words=words_of(transfer), reason=reference, actor=by
    )
    logger.info("transfer %s went back", transfer.pk)
    return transfer


@transaction.atomic
def transfer_is_no_orders(*, transfer_id: int, origin: str, reason: str, by: User | None) -> BankTransfer:
    """Note that no buyer sent this money, what it is (`origin`) and why that is known: it leaves the money of orders. Raises TransferError."""
    transfer = awaiting_person(transfer_id)
    if transfer.state != State.UNKNOWN:
        raise TransferError(_("This transfer names an order: say first whether it was read twice."))
    transfer.state, transfer.origin = State.NO_ORDER, BankTransfer.Origin(origin)
    decide(transfer, by, note=reason)
    book_transfer_received(transfer, at=transfer.booked_at)
    book_transfer_of_no_order(transfer)
    audit_record(
        action="transfer.no_order",
        subject=transfer,
        words=words_of(transfer),
        changes={"origin": transfer.origin},
        reason=reason,
        actor=by,
    )
    logger.info("transfer %s is no order's money: %s", transfer.pk, transfer.origin)
    return transfer


@transaction.atomic
def transfer_is_same(*, transfer_id: int, same_as_id: int, by: User | None) -> BankTransfer:
    """Note that a transfer is another one, read a second time: it brings nothing. Raises TransferError."""
    transfer = awaiting_person(transfer_id)
    other = BankTransfer.objects.filter(account=transfer.account_id, amount=transfer.amount).get(
        pk=same_as_id
    )
    if transfer.state != State.DOUBTFUL or other.state == State.SAME or other.pk == transfer.pk:
        raise TransferError(_("Please choose the transfer that was read first."))
    transfer.state, transfer.same_as = State.SAME, other
    decide(transfer, by)
    audit_record(action="transfer.same", subject=transfer, words=words_of(transfer), actor=by)
    return transfer


def _match(transfer: BankTransfer) -> bool:
    try:
        with transaction.atomic():
            _find_owner(transfer)
    except Exception as error:  # whatever it is, the money must not be lost
        moment = next_try(transfer.attempts)
        BankTransfer.objects.filter(pk=transfer.pk, state=State.PENDING).update(
            state=State.PENDING if moment else State.UNKNOWN,
            next_try_at=moment or timezone.now(),
            error=f"{type(error).__name__}: {error}"[:255],
        )
        logger.exception("transfer %s failed at attempt %s", transfer.pk, transfer.attempts)
        return False
    return True


def _find_owner(transfer: BankTransfer) -> None:
    """Credit a transfer to the one order that its memo names, where it is its buyer's; else leave it to a person.

    So with the one producer that its memo names: it pays what that owes, and no more than that.
    """
    orders = Order.objects.filter(number__in=order_numbers_in(transfer.memo)).order_by("pk")
    pks = list(orders.values_list("pk", flat=True)[:2])
    order = order_locked(pks[0]) if len(pks) == 1 else None
    named = [] if pks else debtors_in(transfer.memo)
    debtor = debtor_locked(named[0]) if len(named) == 1 else None
    transfer = BankTransfer.objects.select_for_update(of=("self",)).get(pk=transfer.pk)
    if transfer.state != State.PENDING:
        return
    if (order or debtor) and twin_of(transfer, order) is not None:
        transfer.state, transfer.order = State.DOUBTFUL, order
        transfer.save(update_fields=["state", "order"])
        logger.warning("transfer %s may have been read twice", transfer.pk)
        return
    book_transfer_received(transfer, at=transfer.booked_at)
    if order and is_of_its_buyer(order, transfer.memo, is_waiting=waits_for_money(order)):
        transfer_credit(transfer=transfer, order=order)
        return
    if debtor is not None and transfer.amount <= debt_of(debtor):
        debt_pay(transfer=transfer, producer=debtor)
        return
    transfer.state = State.UNKNOWN
    transfer.save(update_fields=["state"])
    logger.warning("transfer %s waits for a person: its memo names %s orders", transfer.pk, len(pks))


def twin_of(transfer: BankTransfer, order: Order | None) -> BankTransfer | None:
    """Return a transfer that could be this one, told by another source under another reference: it must not be credited twice.

    Of two that are dealt with at once the later recorded one is in doubt; the order's lock lets one pass after the other.
    """
    others = (
        BankTransfer.objects.filter(
            account=transfer.account_id,
            amount=transfer.amount,
            booked_at__range=(transfer.booked_at - _CLOSE, transfer.booked_at + _CLOSE),
            part_of=None,
        )
        .exclude(source=transfer.source)
        .exclude(pk=transfer.pk)
        .exclude(state=State.SAME)
        .order_by("pk")
    )
    for other in others:
        is_first = other.pk < transfer.pk or other.state in _DEALT_WITH
        is_alike = (
            folded(other.memo) == folded(transfer.memo)
            or (order and order.number in order_numbers_in(other.memo))
            or not set(debtors_in(transfer.memo)).isdisjoint(debtors_in(other.memo))
        )
        if is_first and is_alike:
            return other
    return None


def awaiting_person(transfer_id: int) -> BankTransfer:
    transfer = BankTransfer.objects.select_for_update(of=("self",)).get(pk=transfer_id)
    if not transfer.awaits_person:
        raise TransferError(_("Somebody has already decided about this transfer."))
    return transfer


def words_of(transfer: BankTransfer) -> str:
    """Return what the log calls a transfer: without the memo, in which buyers write what they like."""
    return f"{transfer.reference}, {format_dong(transfer.amount)}"


def decide(transfer: BankTransfer, by: User | None, *, note: str = "") -> None:
    transfer.decided_by, transfer.decided_at, transfer.note = by, timezone.now(), note[:255]
    transfer.save(update_fields=["state", "same_as", "origin", "decided_by", "decided_at", "note"])
