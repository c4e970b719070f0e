"""Giving a sum back as goodwill: nothing is returned, the sale stays as it is, and the producer or the marketplace bears the sum.

The rule: a sum takes nothing back of goods, commission or tax. It is part of what the buyer got back of the parcel, so that all that goes back
of it is never more than was paid; what would go back beyond that is set off against the sum (`refunds.py`).
"""

from django.db import transaction
from django.db.models import Sum
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from checkout.order.models import Consignment, Order
from checkout.payment.cash import payment_of
from checkout.payment.errors import RefundNotPossible
from checkout.payment.models import Payment, Refund, RefundPart
from checkout.payment.notices import tell_goodwill_borne
from checkout.payment.refunds import held_of, refund_decide
from marketplace.accounts.models import User
from marketplace.audit.services import audit_record
from marketplace.money import format_dong

Hand = Consignment.Hand


class GoodwillNotPossible(RefundNotPossible):
    """The parcel holds no such sum, wasn't delivered, or no reason was given; `message` says which."""

    def __init__(self, message: str | Promise) -> None:
        super().__init__(str(message))
        self.message = message


def goodwill_at_most(consignment: Consignment) -> int:
    """Return how much of a parcel can be given back, in đồng: what the buyer paid for it and still holds; 0 before it is delivered."""
    payment = payment_of(consignment)
    if consignment.state != Consignment.State.DELIVERED or payment is None:
        return 0
    return min(held_of(consignment), payment.refundable_amount)


def given_as_goodwill(order: Order) -> int:
    """Return what of an order's refunds was given as sums, in đồng, less what was set off against them later."""
    parts = RefundPart.objects.filter(consignment__order=order).exclude(borne_by="")
    return int(parts.aggregate(sum=Sum("amount", default=0))["sum"])


@transaction.atomic
def goodwill_give(
    *, consignment_id: int, amount: int, borne_by: str, reason: str, key: str, by: User
) -> Refund:
    """Decide to give `amount` of a delivered parcel back, borne by `Consignment.Hand` `borne_by`; a producer that bears it is told.

    `key` makes it one of a kind: asking again returns the same refund. Raises GoodwillNotPossible.
    """
    order_id = Consignment.objects.values_list("order", flat=True).get(pk=consignment_id)
    order = Order.objects.select_for_update(of=("self",)).get(pk=order_id)
    if known := Refund.objects.filter(idempotency_key=key).first():
        return known
    payments = list(Payment.objects.select_for_update(of=("self",)).filter(order=order).order_by("pk"))
    consignment = Consignment.objects.select_for_update(of=("self",)).get(pk=consignment_id)
    consignment.order = order
    payment = payment_of(consignment)
    most = goodwill_at_most(consignment)
    if not reason.strip():
        raise GoodwillNotPossible(_("Say why."))
    if payment is None or payment not in payments or not 0 < amount <= most:
        raise GoodwillNotPossible(
            _("This parcel holds %(most)s that can be given back.") % {"most": format_dong(most)}
        )
    refund = refund_decide(
        payment=payment,
        consignment=consignment,
        parts=[RefundPart(consignment=consignment, borne_by=Hand(borne_by).value, amount=amount)],
        amount=amount,
        reason=reason.strip(),
        key=key,
    )
    audit_record(
        action="refund.given",
        subject=consignment,
        changes={"amount": amount, "borne_by": borne_by},
        reason=reason,
        actor=by,
    )
    if borne_by == Hand.PRODUCER:
        tell_goodwill_borne(refund)
    return refund
