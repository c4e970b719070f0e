"""One transfer that pays several orders: a person names them, each gets what it lacks, and what is left goes back.

The transfer itself was booked as a whole when it came. Its parts are transfers of their own, so that each pays its order, waits or goes back
as any other does; they add up to it, which is held under its lock and looked at each night.
"""

import logging
from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext as _

from checkout.order.models import Order, PaymentState
from checkout.payment.transfers.crediting import amount_kept, transfer_credit
from checkout.payment.transfers.errors import TransferError
from checkout.payment.transfers.models import BankTransfer
from checkout.payment.transfers.services import awaiting_person, decide, words_of
from checkout.services import order_locked
from checkout.settlement.bookings import book_transfer_received, book_transfer_returned
from marketplace.accounts.models import User
from marketplace.audit.services import audit_record
from marketplace.money import format_dong, round_dong

logger = logging.getLogger(__name__)

State = BankTransfer.State
_FEWEST = 2


@transaction.atomic
def transfer_split(
    *, transfer_id: int, order_numbers: Collection[str], returns_rest: bool, by: User | None
) -> BankTransfer:
    """Pay each of the orders with what it lacks; what is left goes back to the payer, where that was said (`returns_rest`).

    Raises TransferError where an order doesn't wait for money, the transfer is too small, or something would be left that nobody spoke of.
    """
    orders = _orders_locked(order_numbers)
    transfer = awaiting_person(transfer_id)
    shares = {order: _lacking(order) for order in orders}
    rest = transfer.amount - sum(shares.values())
    if rest < 0:
        raise TransferError(
            _("The orders lack %(sum)s together: that is %(more)s more than came in.")
            % {"sum": format_dong(sum(shares.values())), "more": format_dong(-rest)}
        )
    if rest and not returns_rest:
        raise TransferError(
            _("%(rest)s would be left. Name another order, or say that it goes back.")
            % {"rest": format_dong(rest)}
        )
    book_transfer_received(transfer, at=transfer.booked_at)
    transfer.state = State.SPLIT
    decide(transfer, by)
    for order, amount in shares.items():
        transfer_credit(transfer=transfer_part(transfer, amount), order=order)
    if rest:
        book_transfer_returned(transfer_part(transfer, rest, state=State.TO_RETURN))
    audit_record(
        action="transfer.split",
        subject=transfer,
        words=f"{words_of(transfer)}: {', '.join(order.number for order in orders)}",
        actor=by,
    )
    logger.info("transfer %s pays %s orders, %s đồng go back", transfer.pk, len(orders), rest)
    return transfer


def _orders_locked(numbers: Collection[str]) -> list[Order]:
    wanted = set(numbers)
    found = dict(Order.objects.filter(number__in=wanted).values_list("number", "pk"))
    if unknown := sorted(wanted - found.keys()):
        raise TransferError(_("There is no order %(numbers)s.") % {"numbers": ", ".join(unknown)})
    if len(found) < _FEWEST:
        raise TransferError(_("Name two orders at least."))
    return [order_locked(pk) for pk in sorted(found.values())]


def _lacking(order: Order) -> int:
    """Return what an order still lacks, in đồng. Raises TransferError where it waits for nothing."""
    waits = order.payment_state in (PaymentState.AWAITING, PaymentState.EXPIRED)
    if order.cancelled_at is not None or not waits:
        raise TransferError(
            _("Order %(number)s does not wait for money: %(state)s.")
            % {"number": order.number, "state": order.payment_words}
        )
    return round_dong(order.total_incl_tax) - amount_kept(order)


def transfer_part(transfer: BankTransfer, amount: int, *, state: str = State.PENDING) -> BankTransfer:
    """Return a new part of a transfer; the bank's reference of the whole stands in its own."""
    return BankTransfer.objects.create(
        part_of=transfer,
        account=transfer.account,
        reference=f"{transfer.reference[:60]}/{transfer.pk}-{transfer.parts.count() + 1}",
        amount=amount,
        memo=transfer.memo,
        booked_at=transfer.booked_at,
        payer_name=transfer.payer_name,
        payer_account=transfer.payer_account,
        source=transfer.source,
        state=state,
        decided_by=transfer.decided_by,
        decided_at=transfer.decided_at,
    )
