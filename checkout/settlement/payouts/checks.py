"""What may have changed since a payout was made: looked at again before it is approved and before it goes to the bank."""

from collections.abc import Collection

from django.utils.translation import gettext as _

from checkout.aftersale.cases import OPEN_STATES
from checkout.aftersale.models import Case
from checkout.payment.models import BuyerBankAccount, Refund
from checkout.settlement.payouts.accounts import current_accounts, standing_of
from checkout.settlement.payouts.models import BankAccount, Payout, PayoutHold, PayoutPart
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
    parcels = _parcels_complained_about(payouts)
    reasons = {}
    for payout in payouts:
        reason = _against(
            payout,
            balance=balances.get(payout.producer_id or 0, 0),
            account=accounts.get(payout.producer_id or 0),
            held_for=holds.get(payout.producer_id or 0),
            parcels=parcels.get(payout.pk, []),
        )
        if reason:
            reasons[payout.pk] = reason
    return reasons


def _parcels_complained_about(payouts: list[Payout]) -> dict[int, list[str]]:
    """Return by payout the parcels whose money it takes and about which a case is open.

    None was when the payout was made: money of such a parcel waits then. What a parcel owes (a part below zero) never does.
    """
    parts = PayoutPart.objects.filter(payout__in=payouts, amount__gt=0)
    payout_of = {
        (producer, order): payout
        for producer, order, payout in parts.values_list("payout__producer", "order", "payout")
    }
    cases = Case.objects.filter(
        state__in=OPEN_STATES, consignment__order__payout_parts__payout__in=payouts
    ).order_by("consignment")
    found: dict[int, list[str]] = {}
    for producer, order, number in cases.values_list(
        "consignment__producer", "consignment__order", "consignment__number"
    ).distinct():
        if payout := payout_of.get((producer, order)):
            found.setdefault(payout, []).append(number)
    return found


def _against(
    payout: Payout, *, balance: int, account: BankAccount | None, held_for: str | None, parcels: list[str]
) -> str:
    if held_for is not None:
        return _("Payouts are stopped: %(reason)s") % {"reason": held_for}
    if account is None or account.pk != payout.account_id:
        return _("The bank account was changed.")
    if balance < 0:
        return _("Money went back to buyers meanwhile: the balance no longer holds this sum.")
    if parcels:
        return _(
            "The buyer of %(parcels)s has complained meanwhile: that money waits until it is settled."
        ) % {"parcels": ", ".join(parcels)}
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
