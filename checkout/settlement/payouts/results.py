"""The bank's answer to a batch: read and judged row by row, shown, and then applied as a whole."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from checkout.settlement.payouts.errors import ResultRefused, WrongBatchState
from checkout.settlement.payouts.models import Payout, PayoutBatch, ResultFile
from checkout.settlement.payouts.result_table import ResultRow, Status, result_rows
from checkout.settlement.payouts.settling import (
    payout_settle_done,
    payout_settle_failed,
    payout_settle_returned,
)
from marketplace.accounts.models import User
from marketplace.audit.services import audit_record
from marketplace.money import format_dong


class Outcome(StrEnum):
    """What a row leads to."""

    DONE = "done"
    FAILED = "failed"
    #: It had been paid out, and came back.
    RETURNED = "returned"
    #: The bank hasn't decided yet: nothing happens.
    WAITING = "waiting"
    #: It doesn't fit what was sent: nothing happens, and a person looks.
    REFUSED = "refused"


@transaction.atomic
def result_read(*, batch: PayoutBatch, name: str, content: bytes, by: User) -> ResultFile:
    """Read the bank's file and judge its rows; nothing of it is done yet. The same file again gives its rows as they stand now.

    Raises ResultRefused where the file can't be read or was applied already, WrongBatchState where the batch isn't with the bank.
    """
    batch = _sent_locked(batch)
    rows = result_rows(name, content)
    if not rows:
        raise ResultRefused([_("The file has a header and no row.")])
    digest = hashlib.sha256(content).hexdigest()
    known = ResultFile.objects.filter(batch=batch, digest=digest).first()
    if known and known.applied_at:
        moment = timezone.localtime(known.applied_at).strftime("%H:%M %d/%m/%Y")
        raise ResultRefused([_("This file was read already, at %(moment)s.") % {"moment": moment}])
    result = known or ResultFile(batch=batch, digest=digest, name=name[:120], read_by=by)
    result.rows = _judged(rows, _payouts_of(batch))
    result.save()
    audit_record(action="payout_result.read", subject=batch, words=result.name, actor=by)
    return result


@transaction.atomic
def result_apply(*, result: ResultFile, by: User) -> Counter[str]:
    """Do what the rows say, and return how many ended how; a batch of which nothing is under way any more is closed.

    Rows are judged again: what was settled since the file was read is left alone. Raises WrongBatchState where it was applied already.
    """
    batch = _sent_locked(result.batch)
    result = ResultFile.objects.select_for_update(of=("self",)).get(pk=result.pk)
    if result.applied_at is not None:
        raise WrongBatchState(_("This file was applied already."))
    payouts = _payouts_of(batch)
    counts: Counter[str] = Counter()
    for row in result.rows:
        counts[_apply(row, payouts, by)] += 1
    result.applied_at, result.applied_by = timezone.now(), by
    result.save(update_fields=["applied_at", "applied_by"])
    audit_record(action="payout_result.applied", subject=batch, changes=dict(counts), actor=by)
    _close_if_settled(batch)
    return counts


@transaction.atomic
def payout_settle_by_hand(*, payout: Payout, refused_because: str = "", by: User) -> None:
    """Note what the bank's own screen says of one payout where it gives no file: sent, or refused for a reason.

    One that was paid out is sent back for that reason. Raises WrongBatchState.
    """
    batch = _sent_locked(payout.batch)
    payout = Payout.objects.select_related("producer", "account").get(pk=payout.pk)
    reason = refused_because.strip()
    if not reason:
        is_noted = payout_settle_done(payout)
    elif payout.state == Payout.State.DONE:
        is_noted = payout_settle_returned(payout, reason=reason, by=by)
    else:
        is_noted = payout_settle_failed(payout, reason=reason)
    if not is_noted:
        raise WrongBatchState(_("This payout has ended already."))
    audit_record(
        action="payout.settled_by_hand", subject=batch, words=payout.reference, reason=reason, actor=by
    )
    _close_if_settled(batch)


def _judged(rows: Sequence[ResultRow], payouts: Mapping[str, Payout]) -> list[dict[str, Any]]:
    times = Counter(row.reference for row in rows if row.reference)
    judged = []
    for row in rows:
        outcome, words = _judge(row, payouts.get(row.reference), twice=times[row.reference] > 1)
        judged.append(
            {
                "line": row.line,
                "reference": row.reference,
                "amount": row.amount,
                "outcome": outcome.value,
                "words": words,
                "bank_reference": row.bank_reference[:60],
            }
        )
    return judged


def _judge(row: ResultRow, payout: Payout | None, *, twice: bool) -> tuple[Outcome, str]:
    """Return what a row leads to, and the bank's reason or ours."""
    if payout is None:
        return Outcome.REFUSED, _("No transfer of this batch is named in the row.")
    if twice:
        return Outcome.REFUSED, _("The file names this transfer more than once.")
    if row.amount != payout.amount:
        said = _("nothing that can be read") if row.amount is None else format_dong(row.amount)
        return Outcome.REFUSED, _("We sent %(sent)s, the file says %(said)s.") % {
            "sent": format_dong(payout.amount),
            "said": said,
        }
    if payout.state == Payout.State.DONE and row.status == Status.FAILED:
        return Outcome.RETURNED, (row.reason or row.said)[:255]
    if payout.state != Payout.State.PENDING:
        return Outcome.REFUSED, _("This transfer has ended already: %(state)s.") % {
            "state": payout.get_state_display()
        }
    if row.status == Status.DONE:
        return Outcome.DONE, ""
    if row.status == Status.FAILED:
        return Outcome.FAILED, (row.reason or row.said)[:255]
    if row.status == Status.WAITING:
        return Outcome.WAITING, row.said[:255]
    return Outcome.REFUSED, _("The state “%(said)s” is not known.") % {"said": row.said[:80]}


def _apply(row: Mapping[str, Any], payouts: Mapping[str, Payout], by: User) -> str:
    payout = payouts.get(row["reference"])
    outcome = str(row["outcome"])
    if payout is not None and outcome == Outcome.DONE:
        return (
            outcome if payout_settle_done(payout, bank_reference=row["bank_reference"]) else Outcome.REFUSED
        )
    if payout is not None and outcome == Outcome.FAILED:
        return outcome if payout_settle_failed(payout, reason=row["words"]) else Outcome.REFUSED
    if payout is not None and outcome == Outcome.RETURNED:
        return outcome if payout_settle_returned(payout, reason=row["words"], by=by) else Outcome.REFUSED
    return outcome


def _payouts_of(batch: PayoutBatch) -> dict[str, Payout]:
    payouts = batch.payouts.exclude(state=Payout.State.WITHDRAWN).select_related("producer", "account")
    return {payout.reference: payout for payout in payouts}


def _sent_locked(batch: PayoutBatch) -> PayoutBatch:
    locked = PayoutBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    if locked.state not in (PayoutBatch.State.SENT, PayoutBatch.State.CLOSED):
        raise WrongBatchState(_("Batch %(number)s is not with the bank.") % {"number": locked.number})
    return locked


def _close_if_settled(batch: PayoutBatch) -> None:
    if (
        batch.state == PayoutBatch.State.SENT
        and not batch.payouts.filter(state=Payout.State.PENDING).exists()
    ):
        batch.state, batch.ended_at = PayoutBatch.State.CLOSED, timezone.now()
        batch.save(update_fields=["state", "ended_at"])
