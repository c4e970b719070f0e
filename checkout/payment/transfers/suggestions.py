"""Whose money it could be: orders that a person looks at where no rule could decide."""

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from checkout.order.models import Order, PaymentState
from checkout.payment.transfers.memos import nearly_in, order_numbers_in
from checkout.payment.transfers.models import BankTransfer

#: Orders that ended longer ago than this are not proposed.
_REMEMBERED: Final = timedelta(days=30)
_MOST_NUMBERS: Final = 5_000
MOST_SUGGESTIONS: Final = 5
#: A phone number as it is written within Vietnam, without its first zero.
_PHONE = re.compile(r"(?:\+?84|0)(\d{9})(?!\d)")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An order, and what speaks for it."""

    order: Order
    reasons: list[str | Promise]


def suggestions_for(transfer: BankTransfer) -> list[Suggestion]:
    """Return the orders that a transfer could be meant for, those with the most reasons first."""
    reasons: dict[int, list[str | Promise]] = defaultdict(list)
    open_orders = _open_orders()
    numbers = dict(open_orders.order_by("-pk").values_list("number", "pk")[:_MOST_NUMBERS])
    for pk in Order.objects.filter(number__in=order_numbers_in(transfer.memo)).values_list("pk", flat=True):
        reasons[pk].append(_("named in the memo"))
    for number in nearly_in(transfer.memo, numbers):
        if not reasons[numbers[number]]:
            reasons[numbers[number]].append(_("almost the number in the memo"))
    for pk in open_orders.filter(_named_by_phone(transfer.memo)).values_list("pk", flat=True):
        reasons[pk].append(_("phone number in the memo"))
    same = open_orders.filter(total_incl_tax=transfer.amount).order_by("-pk")
    for pk in same.values_list("pk", flat=True)[: MOST_SUGGESTIONS * 2]:
        reasons[pk].append(_("same amount"))
    best = sorted(reasons, key=lambda pk: (-len(reasons[pk]), -pk))[:MOST_SUGGESTIONS]
    orders = Order.objects.in_bulk(best)
    return [Suggestion(orders[pk], reasons[pk]) for pk in best]


def _open_orders() -> QuerySet[Order]:
    """Return orders that wait for money or didn't get it in time."""
    return Order.objects.filter(
        payment_state__in=[PaymentState.AWAITING, PaymentState.EXPIRED],
        cancelled_at=None,
        date_placed__gte=timezone.now() - _REMEMBERED,
    )


def _named_by_phone(memo: str) -> Q:
    phones = [f"+84{digits}" for digits in _PHONE.findall(memo)]
    return Q(phone__in=phones)
