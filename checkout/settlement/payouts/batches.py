"""Batches of payouts: made by one person, approved by another, sent to the bank, settled by its answer.

Locks, after those of the law of locks (`docs/orders.md`) and in this order: producers, batch, payouts. The ledger's accounts are never locked:
a refund that comes meanwhile lowers the balance, and the check before approving and before sending sees it.
"""

import logging
import secrets
from collections.abc import Collection, Mapping
from typing import Final

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalogue.producers.models import Partner
from checkout.order.numbers import ALPHABET
from checkout.payment.bank_accounts import refunds_to_transfer
from checkout.settlement.bookings import book_payout_created, book_payout_failed
from checkout.settlement.payouts.bank_file import file_bytes, file_digest, plain
from checkout.settlement.payouts.checks import reasons_against
from checkout.settlement.payouts.due import Due, due_to, parts_due
from checkout.settlement.payouts.errors import BatchChanged, NothingToPay, WrongBatchState
from checkout.settlement.payouts.models import BankAccount, Payout, PayoutBatch, PayoutPart, PayoutRequest
from marketplace.accounts.models import User
from marketplace.audit.services import audit_record
from marketplace.money import format_dong

logger = logging.getLogger(__name__)

State = PayoutBatch.State
_REFERENCE: Final = "CT"
_DRAWN: Final = 10


@transaction.atomic
def batch_make(
    *, producers: Collection[int], refunds: Collection[int] = (), is_weekly: bool = False, by: User
) -> tuple[PayoutBatch, list[str]]:
    """Make a batch of what is due to `producers` and of `refunds` (ids); return it, and in words what was left out.

    The money leaves the balances at once, so that nothing is paid twice. Raises NothingToPay where nothing is left of the choice.
    """
    batch = PayoutBatch.objects.create(is_weekly=is_weekly, made_by=by)
    left_out = [*_producers_take(batch, producers), *_refunds_take(batch, refunds)]
    if not batch.payouts.exists():
        raise NothingToPay(" ".join([_("Nothing can be paid out now."), *left_out]))
    audit_record(action="payout_batch.made", subject=batch, words=_sum_words(batch), actor=by)
    return batch, left_out


@transaction.atomic
def payout_take_out(*, payout: Payout, reason: str, by: User) -> None:
    """Take one payout out of a batch that is still to be approved; its money is in the balance again. Raises WrongBatchState."""
    batch = _batch_locked(payout.batch, State.DRAFT)
    if not reason.strip():
        raise WrongBatchState(_("Say why it is taken out."))
    if not payout_withdraw(Payout.objects.get(pk=payout.pk), reason.strip()):
        raise WrongBatchState(_("This payout is not part of the batch any more."))
    audit_record(action="payout.taken_out", subject=batch, words=payout.reference, reason=reason, actor=by)


@transaction.atomic
def batch_approve(*, batch: PayoutBatch, digest: str, by: User) -> list[Payout]:
    """Approve what the checker saw, whose checksum is `digest`. Return what had to be taken out instead: then look again.

    Whatever changed since the batch was made (a hold, another account, money that went back) takes a payout out, and the batch stays as it
    was. Raises WrongBatchState to its maker, and BatchChanged where the page was older than the batch.
    """
    batch = _batch_locked(batch, State.DRAFT)
    if by.pk == batch.made_by_id:
        raise WrongBatchState(_("Whoever made a batch does not approve it as well: another person has to."))
    if taken_out := _take_out_what_changed(batch):
        return taken_out
    payouts = payouts_to_send(batch)
    if not payouts or file_digest(payouts) != digest:
        raise BatchChanged(_("The batch has changed since you opened the page. Please look at it again."))
    batch.state, batch.digest = State.APPROVED, digest
    batch.approved_by, batch.approved_at = by, timezone.now()
    batch.save(update_fields=["state", "digest", "approved_by", "approved_at"])
    audit_record(action="payout_batch.approved", subject=batch, words=_sum_words(batch), actor=by)
    return []


@transaction.atomic
def batch_send(*, batch: PayoutBatch, by: User) -> bytes | None:
    """Return the file for the bank; from the first time on the batch counts as being with the bank.

    None where something changed after the approval: that was taken out, and the rest has to be approved again. Raises WrongBatchState.
    """
    batch = _batch_locked(batch, State.APPROVED, State.SENT)
    if batch.state == State.APPROVED:
        if _take_out_what_changed(batch):
            _back_to_draft(batch)
            return None
        batch.state, batch.sent_by, batch.sent_at = State.SENT, by, timezone.now()
        batch.save(update_fields=["state", "sent_by", "sent_at"])
    payouts = payouts_to_send(batch)
    if file_digest(payouts) != batch.digest:
        raise BatchChanged(_("The file is not the one that was approved; nothing was given out."))
    audit_record(action="payout_batch.taken", subject=batch, words=_sum_words(batch), actor=by)
    return file_bytes(payouts)


@transaction.atomic
def batch_cancel(*, batch: PayoutBatch, reason: str, by: User) -> PayoutBatch:
    """Give up a batch that has not gone to the bank; all of its money is in the balances again. Raises WrongBatchState."""
    batch = _batch_locked(batch, State.DRAFT, State.APPROVED)
    if not reason.strip():
        raise WrongBatchState(_("Say why the batch is cancelled."))
    for payout in payouts_to_send(batch):
        payout_withdraw(payout, reason.strip())
    batch.state, batch.cancel_reason = State.CANCELLED, reason.strip()[:255]
    batch.cancelled_by, batch.ended_at = by, timezone.now()
    batch.save(update_fields=["state", "cancel_reason", "cancelled_by", "ended_at"])
    audit_record(action="payout_batch.cancelled", subject=batch, reason=reason, actor=by)
    return batch


def payouts_to_send(batch: PayoutBatch) -> list[Payout]:
    """Return what the batch's file holds, in its order."""
    return list(batch.payouts.exclude(state=Payout.State.WITHDRAWN).order_by("pk"))


def payout_withdraw(payout: Payout, reason: str) -> bool:
    """Give a payout up that has not gone to the bank, within the caller's transaction; return whether it was still under way."""
    ended = Payout.objects.filter(pk=payout.pk, state=Payout.State.PENDING).update(
        state=Payout.State.WITHDRAWN, reason=reason[:255], ended_at=timezone.now()
    )
    if ended and payout.producer_id:
        PayoutRequest.objects.filter(payout=payout).update(payout=None)
        book_payout_failed(payout)
    return bool(ended)


def _producers_take(batch: PayoutBatch, producers: Collection[int]) -> list[str]:
    """Make a payout to each producer to whom one is due; return in words who was left out."""
    left_out = []
    # One producer's payouts are made one after the other, so that two makers never take the same money.
    locked = Partner.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=producers)
    for producer in locked.order_by("pk"):
        due = due_to(producer)
        if due.obstacle or due.account is None:
            # Why stands on the page: a person's words may name somebody.
            logger.warning("producer %s is left out of batch %s", producer.pk, batch.number)
            left_out.append(f"{producer}: {due.obstacle}")
        elif sum((parts := parts_due(producer)).values()) != due.available:
            logger.error("producer %s is left out of batch %s: parts and ledger", producer.pk, batch.number)
            left_out.append(
                _(
                    "%(producer)s: money moved this very moment. If you read this again, its books don't agree."
                )
                % {"producer": producer}
            )
        else:
            _payout_make(batch, due, due.account, parts)
    return left_out


def _payout_make(
    batch: PayoutBatch, due: Due, account: BankAccount, parts: Mapping[int | None, int]
) -> Payout:
    reference = _reference()
    payout = Payout.objects.create(
        batch=batch,
        reference=reference,
        producer=due.producer,
        account=account,
        bank_bin=account.bank_bin,
        number=account.number,
        holder=account.holder,
        amount=due.available,
        memo=f"{reference} OCOP THANH TOAN TIEN HANG",
    )
    PayoutPart.objects.bulk_create(
        PayoutPart(payout=payout, order_id=order, amount=amount) for order, amount in parts.items()
    )
    PayoutRequest.objects.filter(producer=due.producer, payout=None).update(payout=payout)
    book_payout_created(payout)
    return payout


def _refunds_take(batch: PayoutBatch, refunds: Collection[int]) -> list[str]:
    """Make a transfer of each refund that waits for one; return in words which were left out."""
    left_out = []
    found = {refund.pk: refund for refund in refunds_to_transfer().filter(pk__in=refunds)}
    for pk in sorted(refunds):
        refund = found.get(pk)
        if refund is None:
            left_out.append(_("Refund %(number)s no longer waits for a transfer.") % {"number": pk})
            continue
        order, reference = refund.payment.order, _reference()
        account = order.bank_account
        try:
            with transaction.atomic():
                Payout.objects.create(
                    batch=batch,
                    reference=reference,
                    refund=refund,
                    bank_bin=account.bank_bin,
                    number=account.number,
                    holder=account.holder,
                    amount=refund.amount,
                    memo=plain(f"{reference} OCOP HOAN TIEN {order.number}"),
                )
        except IntegrityError:
            left_out.append(
                _("The refund of order %(number)s is on its way already.") % {"number": order.number}
            )
    return left_out


def _take_out_what_changed(batch: PayoutBatch) -> list[Payout]:
    payouts = {payout.pk: payout for payout in payouts_to_send(batch)}
    reasons = reasons_against(payouts.values())
    for pk, reason in reasons.items():
        payout_withdraw(payouts[pk], reason)
        payouts[pk].reason = reason
    return [payouts[pk] for pk in reasons]


def _back_to_draft(batch: PayoutBatch) -> None:
    batch.state, batch.digest, batch.approved_by, batch.approved_at = State.DRAFT, "", None, None
    batch.save(update_fields=["state", "digest", "approved_by", "approved_at"])


def _batch_locked(batch: PayoutBatch, *states: str) -> PayoutBatch:
    locked = PayoutBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    if locked.state not in states:
        raise WrongBatchState(
            _("Batch %(number)s is “%(state)s”: this step is not possible now.")
            % {"number": locked.number, "state": locked.get_state_display()}
        )
    return locked


def _sum_words(batch: PayoutBatch) -> str:
    payouts = payouts_to_send(batch)
    return f"{format_dong(sum(payout.amount for payout in payouts))} ({len(payouts)})"


def _reference() -> str:
    """Return a name that hasn't been drawn before, as far as chance goes; the database's constraint has the last word."""
    return _REFERENCE + "".join(secrets.choice(ALPHABET) for _place in range(_DRAWN))
