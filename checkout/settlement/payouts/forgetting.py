"""A buyer's bank account is personal data: once a refund has arrived and can't come back any more, a transfer keeps its last digits only."""

from typing import Final

from django.db.models import QuerySet
from django.utils import timezone

from checkout.payment.bank_accounts import KEPT
from checkout.settlement.payouts.models import Payout

#: So many digits stay, by which the buyer knows the account again.
_DIGITS_KEPT: Final = 4


def buyers_accounts_forget_due() -> int:
    """Blot out the accounts of refunds that ended long enough ago; return how many."""
    return _forget(_of_buyers().filter(ended_at__lte=timezone.now() - KEPT))


def buyers_accounts_forget(orders: QuerySet) -> int:
    """Blot out the accounts to which money of `orders` went, because the buyer leaves; return how many."""
    return _forget(_of_buyers().filter(refund__payment__order__in=orders))


def _of_buyers() -> QuerySet[Payout]:
    return Payout.objects.filter(refund__isnull=False, ended_at__isnull=False).exclude(holder="")


def _forget(payouts: QuerySet[Payout]) -> int:
    numbers = payouts.values_list("pk", "number")
    return sum(
        Payout.objects.filter(pk=pk).update(number=number[-_DIGITS_KEPT:], holder="")
        for pk, number in list(numbers)
    )
