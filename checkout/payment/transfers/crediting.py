"""What a transfer of a known order does: it pays the order, waits beside it for more, or goes back. To the đồng, and once.

Exact: paid. Short: kept beside the order until more comes or the order ends. Over: paid, the rest goes back. Twice, too late, cancelled: back.
"""

import logging

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from checkout.order.models import Order, PaymentState
from checkout.order.notices import tell_payment_returned
from checkout.payment.methods import CASH
from checkout.payment.models import Payment
from checkout.payment.order_money import order_money_update
from checkout.payment.refunds import OF_NO_USE, refund_request
from checkout.payment.transfers.memos import is_nothing_but
from checkout.payment.transfers.models import BankTransfer
from checkout.payment.transfers.notices import tell_short
from checkout.services import order_locked, order_mark_paid
from checkout.settlement.bookings import book_payment_received
from marketplace.money import round_dong

logger = logging.getLogger(__name__)

GATEWAY = "transfer"
Cause = BankTransfer.Cause


def transfer_credit(*, transfer: BankTransfer, order: Order) -> None:
    """Let an order have what a transfer brought. Call it in a transaction with both locked, the order first."""
    transfer.order = order
    total = round_dong(order.total_incl_tax)
    kept = _kept_locked(order)
    received = transfer.amount + sum(one.amount for one in kept)
    if received >= total and (order.is_awaiting_payment or _may_be_brought_back(order)):
        _pay(order, [*kept, transfer], total)
    elif order.is_awaiting_payment:
        _keep(transfer, order, missing=total - received)
    else:
        _send_back(order, [transfer], transfer.amount, _cause(order))
        _settle(transfer, returned=transfer.amount)


def waits_for_money(order: Order) -> bool:
    """Return whether money that comes for an order may still pay it."""
    return order.is_awaiting_payment or _may_be_brought_back(order)


def is_of_its_buyer(order: Order, memo: str, *, is_waiting: bool) -> bool:
    """Return whether money whose memo names an order is its buyer's; else a person looks whose it is.

    It is where the order waits for money (`is_waiting`): banks put words of their own round the number. Where it doesn't, other money names an order too:
    a payment of ours that a bank sends back, a carrier that hands over the cash of one. Then the memo must be the number and nothing beside
    it. Buyers who pay at the door were asked for no transfer.
    """
    if order.payment_method == CASH.code:
        return False
    return is_waiting or is_nothing_but(memo, order.number)


def kept_transfers_return_due() -> int:
    """Send back what is kept beside orders that no longer wait for money, and return how many transfers that were. Safe to run twice."""
    waiting = BankTransfer.objects.filter(state=BankTransfer.State.KEPT).exclude(
        order__payment_state=PaymentState.AWAITING, order__cancelled_at=None
    )
    return sum(
        _kept_return(order_id) for order_id in waiting.order_by().values_list("order", flat=True).distinct()
    )


@transaction.atomic
def _kept_return(order_id: int) -> int:
    order = order_locked(order_id)
    if order.is_awaiting_payment:
        return 0
    kept = _kept_locked(order)
    cause = Cause.SHORT if _may_be_brought_back(order) else _cause(order)
    if kept:
        _send_back(order, kept, sum(transfer.amount for transfer in kept), cause)
    for transfer in kept:
        _settle(transfer, returned=transfer.amount)
    return len(kept)


def _kept_locked(order: Order) -> list[BankTransfer]:
    """Return what is kept beside an order, oldest first, locked."""
    kept = order.transfers.select_for_update(of=("self",)).filter(state=BankTransfer.State.KEPT)
    return list(kept.order_by("pk"))


def amount_kept(order: Order) -> int:
    """Return how much is kept beside an order until more comes, in đồng."""
    kept = order.transfers.filter(state=BankTransfer.State.KEPT).aggregate(amount=Sum("amount", default=0))
    return int(kept["amount"])


def _may_be_brought_back(order: Order) -> bool:
    return order.payment_state == PaymentState.EXPIRED and order.cancelled_at is None


def _cause(order: Order) -> Cause:
    """Return why an order that doesn't wait for money has no use for any."""
    if order.cancelled_at is not None:
        return Cause.CANCELLED
    if order.payment_state == PaymentState.DUE_ON_DELIVERY:
        return Cause.ON_DELIVERY
    return Cause.LATE if order.payment_state == PaymentState.EXPIRED else Cause.TWICE


def _keep(transfer: BankTransfer, order: Order, *, missing: int) -> None:
    transfer.state = BankTransfer.State.KEPT
    transfer.save(update_fields=["state", "order"])
    tell_short(order, transfer_id=transfer.pk, amount=transfer.amount, missing=missing)
    logger.info("transfer %s of order %s is %s đồng short", transfer.pk, order.number, missing)


def _pay(order: Order, transfers: list[BankTransfer], total: int) -> None:
    """Pay an order with its transfers, of which the last one completes it; what that one brought too much goes back.

    Only an order that can't be brought back sends the payment back as a whole.
    """
    last = transfers[-1]
    payment = _payment_paid(order, total, capture_reference=last.reference)
    order_mark_paid(order_id=order.pk, payment_id=payment.pk, amount=total)
    order_money_update(order_id=order.pk)
    order.refresh_from_db()
    rest = sum(one.amount for one in transfers) - total
    is_paid = order.settled_by_id == payment.pk
    for transfer in transfers:
        transfer.payment = payment
        returned = rest if transfer is last else 0
        if rest and transfer is last:
            _send_back(order, [transfer], rest, Cause.OVER if is_paid else Cause.LATE)
        if not is_paid:
            transfer.cause, returned = Cause.LATE, transfer.amount
            transfer.returned_payment = transfer.returned_payment or payment
        _settle(transfer, returned=returned)
    logger.info(
        "order %s: %s transfers brought %s đồng, %s too much", order.number, len(transfers), total, rest
    )


def _payment_paid(order: Order, total: int, *, capture_reference: str) -> Payment:
    """Return the order's payment by transfer, paid: the one that was started, however it ended since, or a new one."""
    started = (
        order.payments.select_for_update(of=("self",))
        .filter(gateway=GATEWAY, amount=total)
        .exclude(state=Payment.State.PAID)
        .first()
    )
    payment: Payment = started or Payment(order=order, gateway=GATEWAY, amount=total)
    payment.state, payment.paid_at = Payment.State.PAID, timezone.now()
    payment.capture_reference = capture_reference
    payment.save()
    book_payment_received(payment)
    return payment


def _send_back(order: Order, transfers: list[BankTransfer], amount: int, cause: Cause) -> None:
    """Send back what an order has no use for: as a payment of its own, so that refunds and the ledger know one way."""
    payment = Payment.objects.create(
        order=order,
        gateway=GATEWAY,
        reference=f"returned:{transfers[-1].pk}",
        capture_reference=transfers[-1].reference,
        amount=amount,
        state=Payment.State.PAID,
        paid_at=timezone.now(),
    )
    book_payment_received(payment)
    refund_request(payment=payment, reason=OF_NO_USE, key=f"unneeded:{payment.pk}")
    tell_payment_returned(order, payment_id=payment.pk, amount=amount, cause=cause)
    for transfer in transfers:
        transfer.returned_payment, transfer.cause = payment, cause
    logger.info("order %s: %s đồng of transfers go back (%s)", order.number, amount, cause)


def _settle(transfer: BankTransfer, *, returned: int) -> None:
    transfer.state = BankTransfer.State.SETTLED
    transfer.returned_amount = returned
    transfer.applied_amount = transfer.amount - returned
    transfer.save(
        update_fields=[
            "state",
            "order",
            "payment",
            "returned_payment",
            "cause",
            "applied_amount",
            "returned_amount",
        ]
    )
