"""Sending money back: a whole payment, a whole consignment or some packs of it, never more than came in.

A sum that was given as goodwill (`goodwill.py`) stays with the buyer as long as the parcel holds enough for what goes back; what goes back
beyond that is set off against it, and whoever bore the sum gets that much again.
"""

import logging
from collections.abc import Iterable, Mapping

from django.db import transaction
from django.db.models import F, Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from checkout.order.models import Consignment, Line, Order, PaymentState
from checkout.payment.bank_accounts import bank_account_ask
from checkout.payment.errors import GatewayRefused, RefundNotPossible, TakenByBank
from checkout.payment.gateways import gateway_for
from checkout.payment.models import Payment, Refund, RefundPart
from checkout.payment.notices import tell_refund_sent
from checkout.payment.order_money import order_money_update
from checkout.settlement.bookings import book_refund_decided, book_refund_sent
from marketplace.accounts.models import User
from marketplace.audit.services import audit_record
from marketplace.duties import claim_due, next_try, nudge_on_commit
from marketplace.money import format_dong, round_dong

logger = logging.getLogger(__name__)

#: Reasons that no person gave: kept as written here, shown in the reader's language.
OF_NO_USE = gettext_noop("the order has no use for this money")
MADE_AT_THE_PROVIDER = gettext_noop("made at the provider")
CANCELLED = gettext_noop("cancelled")
RETURNED = gettext_noop("returned")


def refund_request(
    *,
    payment: Payment,
    consignment: Consignment | None = None,
    lines: Mapping[int, int] | None = None,
    with_delivery: bool = True,
    reason: str,
    key: str,
) -> Refund:
    """Decide to send money back and return the refund, which a worker then sends.

    Without `consignment`: whatever of the payment hasn't been sent back. With it: whatever is left of its goods and its delivery, or, of the
    order lines in `lines` (packs by line id), those packs; delivery only `with_delivery`. The decision belongs to the caller's
    transaction; `key` makes it one of a kind: asking again returns the same refund. Packs that cost nothing go back, too: of a refund of 0 đồng
    nothing has to be sent.

    Raises RefundNotPossible where the payment holds no such sum (not paid, sent back, of another order) or a line no such packs; TakenByBank
    where a dispute took what the parcel held.
    """
    with transaction.atomic():
        order = Order.objects.select_for_update(of=("self",)).get(pk=payment.order_id)
        known = Refund.objects.filter(idempotency_key=key).first()
        if known:
            return known
        payment = Payment.objects.select_for_update(of=("self",)).get(pk=payment.pk)
        consignment = consignment or payment.consignment
        if consignment:
            parts = _parts_of(payment, consignment, lines, with_delivery=with_delivery)
            amount = sum(part.amount for part in parts)
        else:
            amount = payment.refundable_amount
            parts = _parts_of_order(order, amount)
        if not (parts if consignment else amount):
            raise _impossible(f"payment {payment.pk} holds nothing of it")
        return refund_decide(
            payment=payment, consignment=consignment, parts=parts, amount=amount, reason=reason, key=key
        )


def refund_decide(
    *,
    payment: Payment,
    consignment: Consignment | None,
    parts: list[RefundPart],
    amount: int,
    reason: str,
    key: str,
) -> Refund:
    """Write a refund of `amount` down, with its parts, and have it sent. Call it with order, payment and consignments locked.

    Raises RefundNotPossible where the payment holds no such sum.
    """
    by_machine = gateway_for(payment.gateway).sends_refunds
    refund = Refund(
        payment=payment,
        consignment=consignment,
        amount=amount,
        reason=reason[:255],
        idempotency_key=key,
        state=Refund.State.PENDING if by_machine else Refund.State.TO_TRANSFER,
        by_transfer=not by_machine,
    )
    if not amount:
        refund.state, refund.by_transfer, refund.sent_at = Refund.State.DONE, False, timezone.now()
    refund = _refund_write(refund, parts)
    if refund.state == Refund.State.PENDING:
        nudge_on_commit(refunds_send_due)
    elif refund.state == Refund.State.TO_TRANSFER:
        bank_account_ask(payment.order, key=f"refund-{refund.pk}")
    return refund


def refund_made_outside(*, payment: Payment, reference: str, amount: int, key: str) -> Refund:
    """Take note of money that the provider has sent back by itself, by its `reference` of the refund; return the refund.

    Call it with order and payment locked. Raises RefundNotPossible where the payment holds no such sum.
    """
    refund = Refund(
        payment=payment,
        amount=amount,
        reason=MADE_AT_THE_PROVIDER,
        idempotency_key=key,
        state=Refund.State.DONE,
        reference=reference,
        sent_at=timezone.now(),
    )
    refund = _refund_write(refund, _parts_of_order(payment.order, amount))
    book_refund_sent(refund)
    return refund


def refund_share(*, total: int, quantity: int, returned: int) -> int:
    """Return how much of a line's `total` (đồng, for `quantity` packs) has gone back once `returned` packs have: parts add up to the whole."""
    return total * returned // quantity


@transaction.atomic
def refund_retry(*, refund: Refund, by: User | None = None) -> bool:
    """Try a failed refund again, after a person has looked into it; the provider sends it once all the same. Return whether it is tried.

    One that came back from the buyer's bank (it has the provider's name) would come back again: it goes by bank transfer.
    """
    retried = Refund.objects.filter(pk=refund.pk, state=Refund.State.FAILED, reference="").update(
        state=Refund.State.PENDING, attempts=0, next_try_at=timezone.now()
    )
    if retried:
        audit_record(
            action="refund.retried",
            subject=refund.payment.order,
            changes={"refund": refund.pk, "amount": refund.amount},
            actor=by,
        )
        nudge_on_commit(refunds_send_due)
    return bool(retried)


def refunds_send_due() -> int:
    """Send every refund that is due and return how many went out. Safe on any number of workers."""
    return sum(
        _refund_send(refund) for refund in claim_due(Refund.objects.select_related("payment__order__user"))
    )


def _refund_write(refund: Refund, parts: list[RefundPart]) -> Refund:
    """Take the money out of the payment and write down where it goes. Raises RefundNotPossible."""
    _payment_take(refund.payment, refund.amount)
    _parts_take(parts)
    refund.save()
    for part in parts:
        part.refund = refund
    RefundPart.objects.bulk_create(parts)
    book_refund_decided(refund)
    order_money_update(order_id=refund.payment.order_id)
    return refund


def _impossible(words: str) -> RefundNotPossible:
    """Return the error of a refund that can't be: whoever asked is told less than the log."""
    logger.warning("no refund: %s", words)
    return RefundNotPossible(words)


def _payment_take(payment: Payment, amount: int) -> None:
    taken = Payment.objects.filter(
        pk=payment.pk,
        state=Payment.State.PAID,
        amount__gte=F("refunded_amount") + F("disputed_amount") + amount,
    ).update(refunded_amount=F("refunded_amount") + amount)
    if not taken:
        raise _impossible(f"payment {payment.pk} does not hold {amount} đồng")


def _parts_of(
    payment: Payment, consignment: Consignment, lines: Mapping[int, int] | None, *, with_delivery: bool
) -> list[RefundPart]:
    """Return what goes back of a consignment of the payment's order."""
    is_paid_by_it = payment.consignment_id in (None, consignment.pk)
    if consignment.order_id != payment.order_id or not is_paid_by_it:
        raise _impossible(f"consignment {consignment.pk} was not paid by payment {payment.pk}")
    consignment = Consignment.objects.select_for_update(of=("self",)).get(pk=consignment.pk)
    parts = _line_parts(consignment, lines) + (_delivery_parts(consignment) if with_delivery else [])
    parts = _set_off(consignment, parts) + parts
    if sum(part.amount for part in parts) > (held := held_of(consignment)):
        raise TakenByBank(
            _("The buyer's bank has taken money back for this parcel: of what it cost, %(held)s are left.")
            % {"held": format_dong(held)}
        )
    return parts


def held_of(consignment: Consignment) -> int:
    """Return what of a parcel's price can still go back, in đồng: neither sent back, nor taken by the buyer's bank at its producer's expense."""
    taken = consignment.dispute_shares.aggregate(sum=Sum("amount", default=0))["sum"]
    return max(0, consignment.total - consignment.refunded_amount - taken)


def _set_off(consignment: Consignment, parts: list[RefundPart]) -> list[RefundPart]:
    """Return what of sums given before is set off against `parts`, as they are more than the parcel still holds; ours first."""
    over = sum(part.amount for part in parts) - (consignment.total - consignment.refunded_amount)
    found = []
    for hand in (Consignment.Hand.PLATFORM, Consignment.Hand.PRODUCER):
        given = consignment.refund_parts.filter(borne_by=hand).aggregate(sum=Sum("amount", default=0))["sum"]
        amount = min(over, given)
        if amount > 0:
            found.append(RefundPart(consignment=consignment, borne_by=hand, amount=-amount))
            over -= amount
    return found


def _line_parts(consignment: Consignment, wanted: Mapping[int, int] | None) -> list[RefundPart]:
    lines = {line.pk: line for line in consignment.lines.order_by("pk")}
    if wanted is None:
        wanted = {pk: line.quantity - line.refunded_quantity for pk, line in lines.items()}
    parts = []
    for pk, packs in wanted.items():
        line = lines.get(pk)
        if line is None or not 0 <= packs <= line.quantity - line.refunded_quantity:
            raise _impossible(f"consignment {consignment.pk} holds no {packs} packs of line {pk}")
        if packs:
            returned = refund_share(
                total=round_dong(line.line_price_incl_tax),
                quantity=line.quantity,
                returned=line.refunded_quantity + packs,
            )
            parts.append(
                RefundPart(
                    consignment=consignment, line=line, quantity=packs, amount=returned - line.refunded_amount
                )
            )
    return parts


def _delivery_parts(consignment: Consignment) -> list[RefundPart]:
    left = consignment.delivery_charge - consignment.refunded_delivery
    return [RefundPart(consignment=consignment, amount=left)] if left else []


def _parts_of_order(order: Order, amount: int) -> list[RefundPart]:
    """Return all that is left of a paid order of which nothing is kept once `amount` is gone.

    Money that came twice or had no use is another matter: what the order needs is still here, or never was.
    """
    if order.payment_state not in (PaymentState.PAID, PaymentState.PARTLY_REFUNDED):
        return []
    kept = order.payments.filter(state=Payment.State.PAID).aggregate(
        kept=Sum(F("amount") - F("refunded_amount"), default=0)
    )["kept"]
    if kept != amount:
        return []
    consignments = order.consignments.select_for_update(of=("self",)).order_by("pk")
    found = []
    for one in consignments:
        parts = _line_parts(one, None) + _delivery_parts(one)
        found += _set_off(one, parts) + parts
    return found


def _parts_take(parts: Iterable[RefundPart]) -> None:
    """Count on lines and consignments what goes back. The constraints there hold the caps."""
    for part in parts:
        Consignment.objects.filter(pk=part.consignment_id).update(
            refunded_amount=F("refunded_amount") + part.amount,
            refunded_delivery=F("refunded_delivery") + (0 if part.line_id or part.borne_by else part.amount),
        )
        if part.line_id:
            Line.objects.filter(pk=part.line_id).update(
                refunded_quantity=F("refunded_quantity") + part.quantity,
                refunded_amount=F("refunded_amount") + part.amount,
            )


def _refund_send(refund: Refund) -> bool:
    payment = refund.payment
    try:
        reference = gateway_for(payment.gateway).refund(
            payment=payment, amount=refund.amount, idempotency_key=refund.idempotency_key
        )
    except Exception as error:  # a provider's library raises what it likes; the row keeps it
        _refund_delay(refund, error)
        return False
    with transaction.atomic():
        done = Refund.objects.filter(pk=refund.pk, state=Refund.State.PENDING).update(
            state=Refund.State.DONE, reference=reference, error="", sent_at=timezone.now()
        )
        if done:
            refund.reference = reference
            book_refund_sent(refund)
            tell_refund_sent(refund)
    return True


def _refund_delay(refund: Refund, error: Exception) -> None:
    """Put the refund off, or leave it to a person. The money stays set aside: it is owed."""
    moment = None if isinstance(error, GatewayRefused) else next_try(refund.attempts)
    Refund.objects.filter(pk=refund.pk, state=Refund.State.PENDING).update(
        state=Refund.State.PENDING if moment else Refund.State.FAILED,
        next_try_at=moment or timezone.now(),
        error=f"{type(error).__name__}: {error}"[:255],
    )
    log = logger.warning if moment else logger.error
    log("refund %s not sent at attempt %s: %s", refund.pk, refund.attempts, type(error).__name__)
