"""Money that stands to the credit of an ended order's buyer: it was in a dispute when the order was cancelled or its goods came back.

Nothing sends it by itself once the dispute is won: finance decides it from the queue of differences.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from checkout.order.models import Consignment, Order
from checkout.payment.cash import payment_of
from checkout.payment.models import Payment, Refund
from checkout.payment.refunds import refund_request
from checkout.settlement.reconciliation.checking import orders_ended_with_credit
from checkout.settlement.reconciliation.errors import CreditNotSent
from checkout.settlement.selectors import order_credit
from marketplace.accounts.models import User
from marketplace.audit.services import audit_record
from marketplace.money import format_dong

_GONE = (Consignment.State.CANCELLED, Consignment.State.RETURNED)


@dataclass(frozen=True, slots=True)
class Credit:
    """What an ended order's buyer has to its credit, and what of it its payments can send back now; đồng."""

    amount: int
    refundable: int

    @property
    def can_be_sent(self) -> bool:
        """Whether no dispute holds any of it."""
        return self.refundable >= self.amount


def credit_of(order: Order) -> Credit | None:
    """Return what stands to the credit of an order's buyer, or None where the order goes on or nothing does."""
    if not orders_ended_with_credit().filter(pk=order.pk).exists():
        return None
    amount = order_credit(order.pk)
    if amount <= 0:
        return None
    return Credit(amount, sum(payment.refundable_amount for payment in _paid(order)))


@transaction.atomic
def credit_send_back(*, order: Order, amount: int, reason: str, by: User) -> list[Refund]:
    """Send back the `amount` that a person saw to the credit of an ended order's buyer. Raises CreditNotSent, and then nothing is sent.

    Where all of the order is gone its payments go back; else the parcels that were cancelled or came back.
    """
    order = Order.objects.select_for_update(of=("self",)).get(pk=order.pk)
    credit = credit_of(order)
    if not reason.strip():
        raise CreditNotSent(_("Say why."))
    if credit is None or credit.amount != amount:
        raise CreditNotSent(_("The buyer's credit is another one by now. Please look again."))
    if not credit.can_be_sent:
        raise CreditNotSent(_("The buyer's bank still holds this money in a dispute."))
    asked = [ask(reason.strip()) for ask in _to_ask(order)]
    if sum(refund.amount for refund in asked) != amount:
        raise CreditNotSent(
            _("No payment or parcel accounts for this sum as a whole: decide it on the order's page.")
        )
    audit_record(
        action="refund.requested",
        subject=order,
        words=f"{order.number}: {format_dong(amount)}",
        reason=reason,
        actor=by,
    )
    return asked


def _to_ask(order: Order) -> list[Callable[[str], Refund]]:
    consignments = list(order.consignments.order_by("pk"))
    if all(one.state in _GONE for one in consignments):
        return [_of_payment(payment) for payment in _paid(order) if payment.refundable_amount]
    found = []
    for one in consignments:
        one.order = order
        payment = payment_of(one)
        if one.state in _GONE and payment is not None and one.refunded_amount < one.total:
            found.append(_of_parcel(payment, one))
    return found


def _of_payment(payment: Payment) -> Callable[[str], Refund]:
    key = f"credit:{payment.pk}:{payment.refunded_amount}"
    return lambda reason: refund_request(payment=payment, reason=reason, key=key)


def _of_parcel(payment: Payment, consignment: Consignment) -> Callable[[str], Refund]:
    key = f"credit:{payment.pk}:{consignment.number}:{consignment.refunded_amount}"
    return lambda reason: refund_request(payment=payment, consignment=consignment, reason=reason, key=key)


def _paid(order: Order) -> list[Payment]:
    return list(order.payments.filter(state=Payment.State.PAID).order_by("pk"))
