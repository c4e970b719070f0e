"""Money that goes back by bank transfer: cash, and what came by transfer. The buyer names an account, finance pays the refund out in a batch."""

import logging
from datetime import timedelta
from typing import Final

from django.db import transaction
from django.db.models import Max, QuerySet, Sum
from django.utils import timezone

from checkout.order.models import Order
from checkout.payment.errors import RefundNotPossible
from checkout.payment.models import BuyerBankAccount, Refund
from checkout.payment.notices import tell_account_named, tell_account_needed, tell_refund_sent
from checkout.settlement.bookings import book_refund_failed, book_refund_sent
from marketplace.accounts.models import User
from marketplace.audit.services import audit_record

logger = logging.getLogger(__name__)

#: For how long an account is kept after the last money went there: so long a bank may still send it back.
KEPT: Final = timedelta(days=90)

#: A refund in one of these still has its way before it.
_OPEN: Final = (Refund.State.PENDING, Refund.State.TO_TRANSFER, Refund.State.FAILED)


def refunds_to_transfer() -> QuerySet[Refund]:
    """Return the refunds that can be paid out: their buyers have named an account (`payment.order.bank_account`). Oldest first."""
    return (
        Refund.objects.filter(state=Refund.State.TO_TRANSFER, payment__order__bank_account__isnull=False)
        .select_related("payment__order__bank_account")
        .order_by("created_at", "pk")
    )


def amount_to_transfer(order: Order) -> int:
    """Return how much of an order's money (đồng) waits to go back by bank transfer."""
    waiting = Refund.objects.filter(payment__order=order, state=Refund.State.TO_TRANSFER)
    return int(waiting.aggregate(amount=Sum("amount", default=0))["amount"])


def bank_account_of(order: Order) -> BuyerBankAccount | None:
    """Return the account that the buyer named for an order's money."""
    return BuyerBankAccount.objects.filter(order=order).first()


def bank_account_ask(order: Order, *, key: str) -> None:
    """Ask the buyer where the money that waits goes to, unless we know; `key` tells one asking from another."""
    amount = amount_to_transfer(order)
    if amount and bank_account_of(order) is None:
        tell_account_needed(order, amount=amount, key=f"refund-account:{order.number}:{key}")


@transaction.atomic
def bank_account_give(*, order_id: int, bank_bin: str, number: str, holder: str) -> BuyerBankAccount:
    """Note where the money of an order goes; given again, the last one counts. Raises RefundNotPossible where nothing waits for an account."""
    order = Order.objects.select_for_update(of=("self",)).get(pk=order_id)
    if not amount_to_transfer(order):
        raise RefundNotPossible(f"no money of order {order.number} waits for an account")
    account, _is_new = BuyerBankAccount.objects.update_or_create(
        order_id=order_id,
        defaults={"bank_bin": bank_bin, "number": number, "holder": holder, "given_at": timezone.now()},
    )
    tell_account_named(order, account)
    return account


@transaction.atomic
def refund_by_transfer(*, refund: Refund, by: User | None = None) -> bool:
    """Send a refund that the provider refused by bank transfer instead: the buyer is asked for an account. Return whether it was turned.

    What the provider said is over: an error of a refund by transfer is the bank's.
    """
    turned = Refund.objects.filter(pk=refund.pk, state=Refund.State.FAILED).update(
        state=Refund.State.TO_TRANSFER, by_transfer=True, reference="", sent_at=None, error=""
    )
    if turned:
        order = refund.payment.order
        audit_record(action="refund.turned", subject=order, words=order.number, actor=by)
        bank_account_ask(order, key=f"instead-{refund.pk}")
    return bool(turned)


@transaction.atomic
def refund_transferred(*, refund_id: int, reference: str) -> None:
    """Note that the bank has sent a refund, by the bank's `reference`; the buyer is told. Noted again, nothing changes."""
    sent = Refund.objects.filter(pk=refund_id, state=Refund.State.TO_TRANSFER).update(
        state=Refund.State.DONE, reference=reference[:255], error="", sent_at=timezone.now()
    )
    if sent:
        refund = Refund.objects.select_related("payment__order__user").get(pk=refund_id)
        book_refund_sent(refund)
        account = bank_account_of(refund.payment.order)
        tell_refund_sent(refund, account=str(account or ""))


@transaction.atomic
def refund_transfer_refused(*, refund_id: int, error: str) -> None:
    """Note that a refund didn't arrive, at once or after days, and why (the bank's words): the buyer is asked for another account."""
    refused = Refund.objects.filter(
        pk=refund_id, state__in=[Refund.State.TO_TRANSFER, Refund.State.DONE]
    ).update(state=Refund.State.TO_TRANSFER, reference="", sent_at=None, error=error[:255])
    if refused:
        refund = Refund.objects.select_related("payment__order__user").get(pk=refund_id)
        book_refund_failed(refund)
        order = refund.payment.order
        BuyerBankAccount.objects.filter(order=order).delete()
        bank_account_ask(order, key=f"refused-{refund_id}-{timezone.now():%Y%m%d}")
        # Why stands on the refund: the bank's words may name the buyer.
        logger.warning("refund %s was refused by the bank", refund_id)


def bank_accounts_forget_due() -> int:
    """Delete the accounts to which nothing more has to be sent and nothing was for 90 days; return how many."""
    settled = (
        BuyerBankAccount.objects.exclude(order__payments__refunds__state__in=_OPEN)
        .annotate(last=Max("order__payments__refunds__sent_at"))
        .filter(last__lte=timezone.now() - KEPT)
    )
    forgotten, _kinds = BuyerBankAccount.objects.filter(
        pk__in=list(settled.values_list("pk", flat=True))
    ).delete()
    if forgotten:
        logger.info("%s bank accounts of buyers were deleted: nothing more has to be sent there", forgotten)
    return forgotten
