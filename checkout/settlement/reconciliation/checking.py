"""Holding the shop's rows, the payments and the ledger against each other. Each check yields what differs; none changes anything.

The ledger is proved twice: every entry's postings are computed again from its own figures, and those figures from the orders, payments and
refunds that they came from.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any, Final

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum

from checkout.order.consignments import OUTSTANDING
from checkout.order.models import Consignment, Order, PaymentState
from checkout.payment.models import Payment, Refund
from checkout.payment.order_money import state_after
from checkout.payment.transfers.models import BankTransfer
from checkout.settlement.bookings import legs_of
from checkout.settlement.facts import (
    no_order_facts,
    payment_facts,
    producer_paid_facts,
    refund_facts,
    return_facts,
    sale_facts,
)
from checkout.settlement.models import Account, LedgerEntry, Posting
from checkout.settlement.postings import Unbalanced, postings_for
from checkout.settlement.reconciliation.models import Difference
from checkout.settlement.selectors import account_balances, sales_standing
from marketplace.money import round_dong

Kind = Difference.Kind
Booked = LedgerEntry.Kind
_CHUNK: Final = 500

#: Accounts that never stand on the credit side, and those that never stand on the debit side.
NEVER_CREDIT: Final = frozenset(
    {
        Account.Kind.COD_TRANSIT,
        Account.Kind.PLATFORM_DISCOUNTS,
        Account.Kind.DISPUTES,
        Account.Kind.LOSSES,
        Account.Kind.FEES,
    }
)
NEVER_DEBIT: Final = frozenset(
    {
        Account.Kind.COMMISSION,
        Account.Kind.VAT_WITHHELD,
        Account.Kind.PIT_WITHHELD,
        Account.Kind.DELIVERY,
        Account.Kind.REFUNDS_DUE,
        Account.Kind.PAYOUTS_TRANSIT,
        Account.Kind.UNMATCHED,
    }
)


@dataclass(frozen=True, slots=True)
class Found:
    """One difference: `key` names it from round to round; amounts in đồng."""

    key: str
    kind: str
    expected: int | None = None
    found: int | None = None
    order_id: int | None = None
    producer_id: int | None = None
    detail: str = ""


def ledger_differences() -> Iterator[Found]:
    """Yield all that differs between shop, payments and ledger."""
    return chain(
        _entries_not_balanced(),
        _entries_not_rebuilt(),
        _payments(),
        _refunds(),
        _transfers(),
        _sales(),
        _returns(),
        _order_sums(),
        _order_states(),
        _orders_ended(),
        _accounts(),
    )


# --- The ledger in itself -----------------------------------------------------------------------------------


def _entries_not_balanced() -> Iterator[Found]:
    rows = (
        Posting.objects.order_by()
        .values("entry", key=F("entry__key"), order=F("entry__order"))
        .annotate(total=Sum("amount"))
        .exclude(total=0)
    )
    for row in rows:
        yield Found(f"balance:{row['key']}", Kind.UNBALANCED, 0, row["total"], row["order"])


def _entries_not_rebuilt() -> Iterator[Found]:
    entries = LedgerEntry.objects.order_by("pk").prefetch_related("postings__account")
    for entry in entries.iterator(chunk_size=_CHUNK):
        try:
            legs = postings_for(entry.kind, entry.facts)
        except (Unbalanced, KeyError, TypeError, ValueError) as error:
            yield Found(
                f"rebuilt:{entry.key}",
                Kind.REBUILT,
                order_id=entry.order_id,
                detail=f"{type(error).__name__}: {error}"[:255],
            )
            continue
        if legs != legs_of(entry):
            yield Found(f"rebuilt:{entry.key}", Kind.REBUILT, order_id=entry.order_id)


# --- Events of the shop and their entries -------------------------------------------------------------------


def _payments() -> Iterator[Found]:
    """Every paid payment stands in the ledger with its amount, and no other does."""
    paid = Payment.objects.filter(state=Payment.State.PAID)
    for payment, entry in with_entries(paid.select_related("consignment"), "payment:{}:received"):
        key = f"payment:{payment.pk}:received"
        yield from held_against(entry, key, payment_facts(payment), payment.order_id)
    yield from _unasked(Booked.PAYMENT_RECEIVED, "payment", paid)


def _refunds() -> Iterator[Found]:
    """Every refund was decided with its amount and its parts, and is out exactly where it is done."""
    out = _refunds_out()
    refunds = Refund.objects.select_related("payment__consignment").prefetch_related("parts")
    for refund, entry in with_entries(refunds, "refund:{}:decided"):
        consignments = {part.consignment_id for part in refund.parts.all()}
        sales = sales_standing(consignments, before=entry.pk) if entry and consignments else {}
        facts, order_id = refund_facts(refund, sales=sales), refund.payment.order_id
        yield from held_against(entry, f"refund:{refund.pk}:decided", facts, order_id)
        expected = refund.amount if refund.state == Refund.State.DONE else 0
        found = out.pop(refund.pk, 0)
        if expected != found:
            yield Found(f"refund:{refund.pk}:out", Kind.FACTS, expected, found, order_id)
    yield from _unasked(Booked.REFUND_DECIDED, "refund", Refund.objects.all())


def _transfers() -> Iterator[Found]:
    """Every bank transfer that counts stands in the ledger with its amount; what may have been read twice doesn't count yet."""
    state = BankTransfer.State
    whole = BankTransfer.objects.filter(part_of=None)
    counting = whole.exclude(state__in=[state.PENDING, state.DOUBTFUL, state.SAME])
    for transfer, entry in with_entries(counting, "transfer:{}:received"):
        key = f"transfer:{transfer.pk}:received"
        yield from held_against(entry, key, {"amount": transfer.amount}, transfer.order_id)
    no_orders = whole.filter(state=state.NO_ORDER)
    for transfer, entry in with_entries(no_orders, "transfer:{}:no-order"):
        yield from held_against(entry, f"transfer:{transfer.pk}:no-order", no_order_facts(transfer), None)
    yield from _unasked(Booked.TRANSFER_OF_NO_ORDER, "transfer", no_orders)
    debts = BankTransfer.objects.filter(state=state.DEBT)
    for transfer, entry in with_entries(debts, "transfer:{}:producer-paid"):
        facts = producer_paid_facts(transfer)
        yield from held_against(entry, f"transfer:{transfer.pk}:producer-paid", facts, None)
    yield from _unasked(Booked.PRODUCER_PAID, "transfer", debts)
    split = whole.annotate(shared_out=Sum("parts__amount", default=0)).filter(
        Q(state=state.SPLIT) | Q(shared_out__gt=0)
    )
    for transfer in split.exclude(state=state.SPLIT, shared_out=F("amount")).iterator(chunk_size=_CHUNK):
        yield Found(f"transfer:{transfer.pk}:parts", Kind.SUMS, transfer.amount, transfer.shared_out)


def _refunds_out() -> dict[int, int]:
    """Return by refund what of it has left us, in đồng."""
    out: dict[int, int] = {}
    entries = LedgerEntry.objects.filter(kind__in=(Booked.REFUND_SENT, Booked.REFUND_FAILED))
    for kind, facts in entries.values_list("kind", "facts").iterator(chunk_size=_CHUNK):
        amount = facts["amount"] if kind == Booked.REFUND_SENT else -facts["amount"]
        out[facts["refund"]] = out.get(facts["refund"], 0) + amount
    return out


def _sales() -> Iterator[Found]:
    """Every delivered consignment is sold, with the figures of its lines, and no other is."""
    delivered = Consignment.objects.filter(delivered_at__isnull=False)
    rows = delivered.select_related("order", "producer")
    for consignment, entry in with_entries(rows, "consignment:{}:delivered"):
        facts = sale_facts(consignment, kept=entry.facts if entry else None)
        key = f"consignment:{consignment.pk}:delivered"
        yield from held_against(entry, key, facts, consignment.order_id, amount=consignment.total)
    yield from _unasked(Booked.DELIVERED, "consignment", delivered)


def _returns() -> Iterator[Found]:
    entries = LedgerEntry.objects.filter(kind=Booked.RETURNED).select_related("consignment")
    for entry in entries.iterator(chunk_size=_CHUNK):
        consignment = entry.consignment
        if consignment is None or consignment.state != Consignment.State.RETURNED:
            yield Found(f"unasked:{entry.key}", Kind.UNASKED, order_id=entry.order_id)
            continue
        sale = sales_standing([consignment.pk], before=entry.pk).get(consignment.pk)
        facts = return_facts(consignment, sale=sale, kept=entry.facts) if sale else {}
        yield from held_against(entry, entry.key, facts, entry.order_id)


def with_entries(rows: QuerySet[Any], key: str) -> Iterator[tuple[Any, LedgerEntry | None]]:
    """Yield each row with its entry, whose key is `key` with the row's id in it."""
    for some in _batches(rows.order_by("pk").iterator(chunk_size=_CHUNK)):
        keys = {key.format(row.pk): row for row in some}
        entries = {entry.key: entry for entry in LedgerEntry.objects.filter(key__in=keys)}
        for name, row in keys.items():
            yield row, entries.get(name)


def _batches(rows: Iterable[Any]) -> Iterator[list[Any]]:
    left = iter(rows)
    while some := list(islice(left, _CHUNK)):
        yield some


def _unasked(kind: str, fact: str, rows: QuerySet[Any]) -> Iterator[Found]:
    """Yield the entries of a kind whose row (its id is `fact`) is none of `rows`."""
    entries = LedgerEntry.objects.filter(kind=kind).order_by("pk")
    for some in _batches(entries.iterator(chunk_size=_CHUNK)):
        known = set(rows.filter(pk__in=[entry.facts[fact] for entry in some]).values_list("pk", flat=True))
        for entry in some:
            if entry.facts[fact] not in known:
                yield Found(
                    f"unasked:{entry.key}", Kind.UNASKED, 0, entry.facts.get("amount"), entry.order_id
                )


def held_against(
    entry: LedgerEntry | None,
    key: str,
    facts: Mapping[str, Any],
    order_id: int | None,
    *,
    amount: int | None = None,
) -> Iterator[Found]:
    """Yield what is wrong with the entry of an event whose figures are `facts` by the shop's rows."""
    expected = facts.get("amount", amount)
    if entry is None:
        yield Found(f"missing:{key}", Kind.MISSING, expected, 0, order_id)
    elif entry.facts != facts:
        said = sorted(name for name in {*facts, *entry.facts} if facts.get(name) != entry.facts.get(name))
        yield Found(
            f"facts:{key}",
            Kind.FACTS,
            expected,
            entry.facts.get("amount"),
            order_id,
            entry.producer_id,
            ", ".join(said),
        )


# --- Sums ---------------------------------------------------------------------------------------------------


def _order_sums() -> Iterator[Found]:
    """What stands on an order was counted from its payments, and what stands on those from their refunds."""
    orders = (
        Order.objects.order_by()
        .annotate(
            paid=Sum("payments__amount", filter=Q(payments__state=Payment.State.PAID), default=0),
            back=Sum("payments__refunded_amount", default=0),
        )
        .exclude(paid_amount=F("paid"), refunded_amount=F("back"))
    )
    for order in orders.iterator(chunk_size=_CHUNK):
        if order.paid_amount != order.paid:
            yield Found(f"paid:{order.pk}", Kind.SUMS, order.paid, order.paid_amount, order.pk)
        if order.refunded_amount != order.back:
            yield Found(f"refunded:{order.pk}", Kind.SUMS, order.back, order.refunded_amount, order.pk)
    payments = (
        Payment.objects.order_by()
        .annotate(back=Sum("refunds__amount", default=0))
        .exclude(refunded_amount=F("back"))
    )
    for payment in payments.iterator(chunk_size=_CHUNK):
        yield Found(
            f"payment-refunds:{payment.pk}",
            Kind.SUMS,
            payment.back,
            payment.refunded_amount,
            payment.order_id,
        )


def _order_states() -> Iterator[Found]:
    """An order that says that it is paid, or paid back, says what its sums say; what is paid at the door is due by parcel."""
    following = (PaymentState.PAID, PaymentState.PARTLY_REFUNDED, PaymentState.REFUNDED)
    orders = Order.objects.filter(payment_state__in=following).order_by()
    at_the_door = Q(payments__state=Payment.State.PAID, payments__consignment__isnull=False)
    for order in orders.annotate(cash=Sum("payments__amount", filter=at_the_door, default=0)).iterator(
        chunk_size=_CHUNK
    ):
        kept, total = (
            order.paid_amount - order.refunded_amount,
            order.cash or round_dong(order.total_incl_tax),
        )
        if order.payment_state != state_after(kept=kept, total=total):
            yield Found(f"state:{order.pk}", Kind.SUMS, total, kept, order.pk, detail=order.payment_state)


def orders_with_credit() -> QuerySet[Order]:
    """Return the orders whose buyers' account isn't at 0 (`balance`, a debit is positive)."""
    rows: QuerySet[Order] = (
        Order.objects.order_by("pk")
        .annotate(
            balance=Sum(
                "ledger_entries__postings__amount",
                filter=Q(ledger_entries__postings__account__kind=Account.Kind.BUYERS),
                default=0,
            )
        )
        .exclude(balance=0)
    )
    return rows


def orders_ended_with_credit() -> QuerySet[Order]:
    """Return those of `orders_with_credit` of which nothing is still to come."""
    under_way = Consignment.objects.filter(order=OuterRef("pk"), state__in=OUTSTANDING)
    has_ended = ~Exists(under_way) | Q(cancelled_at__isnull=False) | Q(payment_state=PaymentState.EXPIRED)
    return orders_with_credit().filter(has_ended)


def _orders_ended() -> Iterator[Found]:
    """Where nothing is still to come, what a buyer paid was delivered or went back."""
    for order in orders_ended_with_credit().iterator(chunk_size=_CHUNK):
        yield Found(f"order-open:{order.pk}", Kind.ORDER_OPEN, 0, -order.balance, order.pk)


def _accounts() -> Iterator[Found]:
    balances = account_balances()
    for account in Account.objects.filter(producer=None):
        balance = balances.get(account.pk, 0)
        if (balance < 0 and account.kind in NEVER_CREDIT) or (balance > 0 and account.kind in NEVER_DEBIT):
            yield Found(f"sign:{account.kind}", Kind.SIGN, found=balance)
