"""How a payout ends: the bank sent it, or refused it; and what was sent may come back after days."""

from django.utils import timezone

from checkout.payment.bank_accounts import refund_transfer_refused, refund_transferred
from checkout.settlement.bookings import book_payout_done, book_payout_failed, book_payout_returned
from checkout.settlement.payouts.accounts import account_put_on_hold
from checkout.settlement.payouts.models import Payout
from checkout.settlement.payouts.notices import tell_came_back, tell_failed, tell_paid_out
from marketplace.accounts.models import User


def payout_settle_done(payout: Payout, *, bank_reference: str = "") -> bool:
    """Note, within the caller's transaction, that the bank has sent a payout; return whether it was still under way."""
    if not _end(payout, Payout.State.DONE, bank_reference=bank_reference[:60]):
        return False
    if payout.refund_id:
        refund_transferred(refund_id=payout.refund_id, reference=bank_reference or payout.reference)
    else:
        book_payout_done(payout)
        tell_paid_out(payout)
    return True


def payout_settle_failed(payout: Payout, *, reason: str) -> bool:
    """Note, within the caller's transaction, that the bank refused a payout: the money is owed again. Return whether it was under way."""
    if not _end(payout, Payout.State.FAILED, reason=reason[:255]):
        return False
    payout.reason = reason[:255]
    if payout.refund_id:
        refund_transfer_refused(refund_id=payout.refund_id, error=payout.reason)
    else:
        book_payout_failed(payout)
        tell_failed(payout)
    return True


def payout_settle_returned(payout: Payout, *, reason: str, by: User) -> bool:
    """Note, within the caller's transaction, that the bank sent back what it had paid out: the money is owed again.

    Nothing more goes to the account until another one is given or finance confirms it. Return whether it had been paid out.
    """
    returned = Payout.objects.filter(pk=payout.pk, state=Payout.State.DONE).update(
        state=Payout.State.RETURNED, reason=reason[:255], returned_at=timezone.now()
    )
    if not returned:
        return False
    payout.reason = reason[:255]
    if payout.refund_id:
        refund_transfer_refused(refund_id=payout.refund_id, error=payout.reason)
    elif payout.account is not None:
        book_payout_returned(payout)
        account_put_on_hold(account=payout.account, reason=payout.reason, by=by)
        tell_came_back(payout)
    return True


def _end(payout: Payout, state: str, **fields: str) -> bool:
    """Change the state once, whoever else tries: a payout that has ended stays as it is."""
    return bool(
        Payout.objects.filter(pk=payout.pk, state=Payout.State.PENDING).update(
            state=state, ended_at=timezone.now(), **fields
        )
    )
