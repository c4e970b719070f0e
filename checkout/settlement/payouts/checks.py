"""What may have changed since a payout was made: looked at again before it is approved and before it goes to the bank."""

from collections.abc import Collection

from django.utils.translation import gettext as _

from checkout.payment.models import BuyerBankAccount, Refund
from checkout.settlement.payouts.accounts import current_accounts, standing_of
from checkout.settlement.payouts.models import BankAccount, Payout, PayoutHold
from checkout.settlement.selectors import producer_balances


def reasons_against(payouts: Collection[Payout]) -> dict[int, str]:
    """Return by id why a payout must not go out as it was made; those that may are left out. A constant number of queries."""
    return {
        **_against_producers([payout for payout in payouts if payout.producer_id]),
        **_against_refunds([payout for payout in payouts if payout.refund_id]),
    }


def _against_producers(payouts: list[Payout]) -> dict[int, str]:
    pks = [payout.producer_id for payout in payouts if payout.producer_id]
    balances, accounts = producer_balances(pks), current_accounts(pks)
    holds = dict(
        PayoutHold.objects.filter(producer__in=pks, released_at=None).values_list("producer", "reason")
    )
    reasons = {}
    for payout in payouts:
        reason = _against(
            payout,
            balance=balances.get(payout.producer_id or 0, 0),
            account=accounts.get(payout.producer_id or 0),
            held_for=holds.get(payout.producer_id or 0),
        )
        if reason:
            reasons[payout.pk] = reason
    return reasons


def _against(payout: Payout, *, balance: int, account: BankAccount | None, held_for: str | None) -> str:
    if held_for is not None:
        return _("Payouts are stopped: %(reason)s") % {"reason": held_for}
    if account is None or account.pk != payout.account_id:
        return _("The bank account was changed.")
    if balance < 0:
        return _("Money went back to buyers meanwhile: the balance no longer holds this sum.")
    return standing_of(account).words


def _against_refunds(payouts: list[Payout]) -> dict[int, str]:
    refunds = {
        refund.pk: refund
        for refund in Refund.objects.filter(pk__in=[payout.refund_id for payout in payouts]).select_related(
            "payment"
        )
    }
    accounts = {
        account.order_id: account
        for account in BuyerBankAccount.objects.filter(
            order__in=[refund.payment.order_id for refund in refunds.values()]
        )
    }
    reasons = {}
    for payout in payouts:
        refund = refunds[payout.refund_id]  # type: ignore[index]
        account = accounts.get(refund.payment.order_id)
        if refund.state != Refund.State.TO_TRANSFER:
            reasons[payout.pk] = _("The refund no longer waits for a transfer.")
        elif account is None or (account.bank_bin, account.number, account.holder) != (
            payout.bank_bin,
            payout.number,
            payout.holder,
        ):
            reasons[payout.pk] = _("The bank account was changed.")
    return reasons
