"""Orders on their way through the ledger, made by the same services as real ones."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from catalogue.producers.models import Partner
from checkout.order.models import Consignment, Order
from checkout.order.services import (
    consignment_accept,
    consignment_deliver,
    consignment_pack,
    consignment_ship,
)
from checkout.payment.disputes import dispute_note
from checkout.payment.gateways.base import EventMeaning, GatewayEvent
from checkout.payment.models import Dispute, Payment
from checkout.payment.services import webhook_events_process_due
from checkout.services import order_cancel
from checkout.settlement.models import LedgerEntry, Posting
from checkout.settlement.rates.models import CommissionTariff
from checkout.settlement.reconciliation.models import Difference
from tests.factories.catalogue import sold_pack
from tests.factories.orders import placed_order
from tests.factories.payments import call_webhook, make_order, make_payment, webhook_body


def paid_order(*goods: tuple[int, int, int], number: str = "7K2M-Q4XP", **fields: Any) -> Order:
    """Return an order (see `make_order`) whose money came in through the sandbox provider."""
    order = make_order(*goods, number=number, **fields)
    hear_of(make_payment(order))
    order.refresh_from_db()
    return order


def hear_of(payment: Payment, kind: str = "payment.paid", **data: Any) -> None:
    """Let the provider tell of a payment, and deal with it."""
    event_id = f"{kind}-{payment.pk}"
    assert call_webhook(webhook_body(payment, event_id=event_id, kind=kind, **data)) == 200
    assert webhook_events_process_due() == 1


def payment_of(order: Order) -> Payment:
    return order.payments.get(state=Payment.State.PAID)


def deliver(consignment: Consignment) -> Consignment:
    """Take a consignment from placed to delivered, whatever stock there is."""
    consignment_accept(consignment_id=consignment.pk)
    consignment_pack(consignment_id=consignment.pk)
    consignment_ship(consignment_id=consignment.pk)
    return consignment_deliver(consignment_id=consignment.pk)


def commission(rate: int, **fields: Any) -> CommissionTariff:
    """Return a commission in force since 2020 (`rate` in hundredths of a per cent)."""
    return CommissionTariff.objects.create(
        **{"name": "Thử nghiệm", "rate": rate, "valid_from": date(2020, 1, 1), **fields}
    )


def bank_disputes(order: Order, amount: int, state: str, *, which: int = 1) -> Dispute:
    """Let the provider say how a dispute about an order's payment stands (`needs_response`, `won`, `lost`)."""
    reference = f"dp_{order.pk}_{which}"
    with transaction.atomic():
        dispute_note(
            payment_of(order),
            GatewayEvent(
                event_id=state,
                kind="dispute",
                meaning=EventMeaning.DISPUTED,
                amount=amount,
                dispute_reference=reference,
                dispute_state=state,
            ),
        )
    return Dispute.objects.get(reference=reference)


def credit_left(amount: int = 100_000, **fields: Any) -> Difference:
    """Return the difference about an order that was cancelled while its payment was in a dispute, which we have won."""
    order = paid_order((1, amount, 0), **fields)
    bank_disputes(order, amount, "needs_response")
    order_cancel(order_id=order.pk)
    bank_disputes(order, amount, "won")
    return open_difference(
        order, key=f"order-open:{order.pk}", kind=Difference.Kind.ORDER_OPEN, expected=0, found=amount
    )


def owing(amount: int) -> Partner:
    """Return a producer that took cash at the door of which `amount` is ours: the commission."""
    pack = sold_pack(price=amount * 10)
    commission(1_000, producer=pack.parent.producer)
    deliver(placed_order(pack).consignments.get())
    producer: Partner = pack.parent.producer
    return producer


def balances(order: Order | None = None) -> dict[str, int]:
    """Return the balances that aren't 0 (a debit is positive), by kind of account: of the whole ledger, or of one order's entries."""
    postings = Posting.objects.filter(entry__order=order) if order else Posting.objects.all()
    sums: dict[str, int] = {}
    for kind, amount in postings.values_list("account__kind", "amount"):
        sums[kind] = sums.get(kind, 0) + amount
    return {kind: amount for kind, amount in sums.items() if amount}


def legs(entry: LedgerEntry) -> list[tuple[str, int]]:
    """Return an entry's postings as account and amount, in their order."""
    return [(posting.account.kind, posting.amount) for posting in entry.postings.select_related("account")]


def open_difference(order: Order | None = None, **fields: Any) -> Difference:
    """Return a difference that waits for an answer."""
    now = timezone.now()
    values: dict[str, Any] = {
        "key": f"paid:{order.pk if order else 0}",
        "kind": Difference.Kind.SUMS,
        "order": order,
        "expected": 100_000,
        "found": 100_001,
        "first_seen_at": now,
        "last_seen_at": now,
        **fields,
    }
    return Difference.objects.create(**values)


def entries(kind: str) -> list[LedgerEntry]:
    return list(LedgerEntry.objects.filter(kind=kind))
