"""Writing the ledger: one function an event. Each belongs to the caller's transaction and does nothing the second time.

Accounts are never locked and entries only added, so that booking waits for nobody: who may book is decided by the lock that the caller
holds on its own row (order, payout).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Protocol

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from catalogue.producers.models import Partner
from checkout.order.models import Consignment
from checkout.payment.models import Payment, Refund
from checkout.settlement.facts import (
    dispute_lost_facts,
    no_order_facts,
    payment_facts,
    producer_paid_facts,
    refund_facts,
    refund_way_facts,
    return_facts,
    sale_facts,
)
from checkout.settlement.models import Account, LedgerEntry, Posting
from checkout.settlement.owing import tell_where_owing_too_much
from checkout.settlement.postings import AccountName, Leg, postings_for
from checkout.settlement.selectors import sales_standing

Kind = LedgerEntry.Kind
#: After these a producer may owe us: cash that it took (booked right before the delivery), a sale that is taken back, a dispute.
_MAY_LEAVE_A_DEBT: Final = (Kind.DELIVERED, Kind.RETURNED, Kind.REFUND_DECIDED, Kind.DISPUTE_LOST)


class Money(Protocol):
    """A row of another room that names an amount (đồng): a transfer, a carrier's remittance."""

    @property
    def pk(self) -> Any: ...

    @property
    def amount(self) -> int: ...


class OriginMoney(Money, Protocol):
    """A transfer that names what its money is where that is no order's."""

    origin: str


class ProducerMoney(Money, Protocol):
    """A row that names an amount of one producer: a payout (those of buyers are booked as refunds)."""

    producer_id: int | None


class DebtMoney(ProducerMoney, Protocol):
    """A transfer that paid what a producer owed."""

    booked_at: datetime


class Fee(Protocol):
    """A row of another room that names a fee (đồng)."""

    @property
    def pk(self) -> Any: ...

    @property
    def fee(self) -> int: ...


# --- Orders -------------------------------------------------------------------------------------------------


def book_payment_received(payment: Payment) -> LedgerEntry:
    """Book the money of a paid payment: for its order, wherever it lies (provider, carrier, producer, transfers not yet matched)."""
    return _book(
        Kind.PAYMENT_RECEIVED,
        key=f"payment:{payment.pk}:received",
        facts=lambda: payment_facts(payment),
        at=payment.paid_at,
        order_id=payment.order_id,
        consignment=payment.consignment,
    )


def book_delivered(consignment: Consignment) -> LedgerEntry:
    """Book the sale of a delivered consignment: what the producer earns, and what is kept back of it."""
    return _book(
        Kind.DELIVERED,
        key=f"consignment:{consignment.pk}:delivered",
        facts=lambda: sale_facts(consignment),
        at=consignment.delivered_at,
        order_id=consignment.order_id,
        consignment=consignment,
    )


def book_returned(consignment: Consignment) -> LedgerEntry | None:
    """Book that goods came back, for whatever of their sale no refund has taken back. Nothing where there is none.

    Where their money did not go back it stands to the buyer's credit, and the nightly check tells a person.
    """
    sale = sales_standing([consignment.pk]).get(consignment.pk)
    if sale is None:
        return None
    facts = return_facts(consignment, sale=sale)
    if not facts["parts"]:
        return None
    return _book(
        Kind.RETURNED,
        key=f"consignment:{consignment.pk}:returned",
        facts=lambda: facts,
        order_id=consignment.order_id,
        consignment=consignment,
    )


def book_refund_decided(refund: Refund) -> LedgerEntry:
    """Book that money is to go back: of what was not delivered it is the buyer's own; of what was, the sale is taken back with it."""
    consignments = {part.consignment_id for part in refund.parts.all()}
    return _book(
        Kind.REFUND_DECIDED,
        key=f"refund:{refund.pk}:decided",
        facts=lambda: refund_facts(refund, sales=sales_standing(consignments)),
        at=refund.created_at,
        order_id=refund.payment.order_id,
        consignment=refund.consignment,
    )


def book_refund_sent(refund: Refund) -> LedgerEntry | None:
    """Book that a refund left. Nothing where it is out already."""
    sent, failed = _sent_and_failed(refund)
    return _book_way(Kind.REFUND_SENT, refund, failed + 1) if sent == failed else None


def book_refund_failed(refund: Refund) -> LedgerEntry | None:
    """Book that a refund which had left came back: it is owed again. Nothing where it wasn't out."""
    sent, failed = _sent_and_failed(refund)
    return _book_way(Kind.REFUND_FAILED, refund, sent) if sent > failed else None


def _sent_and_failed(refund: Refund) -> tuple[int, int]:
    kinds = list(
        LedgerEntry.objects.filter(
            key__startswith=f"refund:{refund.pk}:", kind__in=(Kind.REFUND_SENT, Kind.REFUND_FAILED)
        ).values_list("kind", flat=True)
    )
    return kinds.count(Kind.REFUND_SENT), kinds.count(Kind.REFUND_FAILED)


def _book_way(kind: Kind, refund: Refund, turn: int) -> LedgerEntry:
    verb = "sent" if kind == Kind.REFUND_SENT else "failed"
    return _book(
        kind,
        key=f"refund:{refund.pk}:{verb}:{turn}",
        facts=lambda: refund_way_facts(refund),
        order_id=refund.payment.order_id,
        consignment=refund.consignment,
    )


# --- Disputes -----------------------------------------------------------------------------------------------


def book_disputed(*, payment: Payment, amount: int, key: str) -> LedgerEntry:
    """Book that a provider has taken `amount` of a payment away until a dispute is decided. `key` is the dispute's name."""
    return _book_dispute(Kind.DISPUTED, payment, amount, key)


def book_dispute_won(*, payment: Payment, amount: int, key: str) -> LedgerEntry:
    """Book that the provider gave `amount` back."""
    return _book_dispute(Kind.DISPUTE_WON, payment, amount, key)


def book_dispute_lost(
    *, payment: Payment, amount: int, key: str, shares: Sequence[tuple[int, int]] = ()
) -> LedgerEntry:
    """Book that `amount` is gone for good: what nothing was delivered for was the buyer's own; of the rest producers bear `shares` (id, đồng), we what is left."""
    return _book(
        Kind.DISPUTE_LOST,
        key=f"dispute:{key}:lost",
        facts=lambda: dispute_lost_facts(payment, amount=amount, shares=shares),
        order_id=payment.order_id,
        producer_id=shares[0][0] if len(shares) == 1 else None,
    )


def _book_dispute(kind: Kind, payment: Payment, amount: int, key: str) -> LedgerEntry:
    return _book(
        kind,
        key=f"dispute:{key}:{kind.value}",
        facts=lambda: {**payment_facts(payment), "amount": amount},
        order_id=payment.order_id,
    )


# --- Transfers and cash -------------------------------------------------------------------------------------


def book_transfer_received(transfer: Money, *, at: datetime | None = None) -> LedgerEntry:
    """Book money on our bank account whose order nobody knows yet. A payment by transfer (`book_payment_received`) takes it from there."""
    return _book_amount(Kind.TRANSFER_RECEIVED, f"transfer:{transfer.pk}:received", transfer.amount, at=at)


def book_transfer_returned(transfer: Money, *, amount: int | None = None) -> LedgerEntry:
    """Book that a transfer, or `amount` of it, is to be sent back to whom it came from."""
    return _book_amount(Kind.TRANSFER_RETURNED, f"transfer:{transfer.pk}:returned", amount or transfer.amount)


def book_transfer_return_sent(transfer: Money, *, amount: int | None = None) -> LedgerEntry:
    """Book that it has been sent back."""
    return _book_amount(
        Kind.TRANSFER_RETURN_SENT, f"transfer:{transfer.pk}:return-sent", amount or transfer.amount
    )


def book_transfer_of_no_order(transfer: OriginMoney) -> LedgerEntry:
    """Book that a transfer is no order's money: its own entry is undone, for the bank is booked by what it really is, if at all."""
    return _book(
        Kind.TRANSFER_OF_NO_ORDER,
        key=f"transfer:{transfer.pk}:no-order",
        facts=lambda: no_order_facts(transfer),
    )


def book_cash_remitted(
    row: Money, *, consignment: Consignment | None = None, at: datetime | None = None
) -> LedgerEntry:
    """Book that our carrier has handed over cash that it collected, by a row of its file."""
    return _book_amount(
        Kind.CASH_REMITTED,
        f"remittance:{row.pk}",
        row.amount,
        at=at,
        order_id=consignment.order_id if consignment else None,
        consignment=consignment,
    )


def book_cash_fee(
    row: Fee, *, consignment: Consignment | None = None, at: datetime | None = None
) -> LedgerEntry | None:
    """Book what our carrier kept of cash as its fee, by a row of its file. Nothing where it kept none."""
    if not row.fee:
        return None
    return _book_amount(
        Kind.CASH_FEE,
        f"remittance:{row.pk}:fee",
        row.fee,
        at=at,
        order_id=consignment.order_id if consignment else None,
        consignment=consignment,
    )


# --- Payouts ------------------------------------------------------------------------------------------------


def book_payout_created(payout: ProducerMoney) -> LedgerEntry:
    """Book that a producer's money is set aside for a payout."""
    return _book_payout(Kind.PAYOUT_CREATED, payout, "created")


def book_payout_done(payout: ProducerMoney) -> LedgerEntry:
    """Book that a payout has left our bank."""
    return _book_payout(Kind.PAYOUT_DONE, payout, "done")


def book_payout_failed(payout: ProducerMoney) -> LedgerEntry:
    """Book that a payout did not go through: the producer is owed the money again."""
    return _book_payout(Kind.PAYOUT_FAILED, payout, "failed")


def book_payout_returned(payout: ProducerMoney) -> LedgerEntry:
    """Book that a payout which had left our bank is there again: the producer is owed the money again."""
    return _book_payout(Kind.PAYOUT_RETURNED, payout, "returned")


def book_producer_paid(transfer: DebtMoney) -> LedgerEntry:
    """Book that a producer paid what it owed us, by a transfer whose owner wasn't known (`book_transfer_received`)."""
    return _book(
        Kind.PRODUCER_PAID,
        key=f"transfer:{transfer.pk}:producer-paid",
        facts=lambda: producer_paid_facts(transfer),
        at=transfer.booked_at,
        producer_id=transfer.producer_id,
    )


def _book_payout(kind: Kind, payout: ProducerMoney, verb: str) -> LedgerEntry:
    return _book(
        kind,
        key=f"payout:{payout.pk}:{verb}",
        facts=lambda: {"payout": payout.pk, "producer": payout.producer_id, "amount": payout.amount},
        producer_id=payout.producer_id,
    )


# --- Providers ----------------------------------------------------------------------------------------------


def book_fee(
    *, provider: str, amount: int, key: str, at: datetime, order_id: int | None = None
) -> LedgerEntry:
    """Book a fee that a provider took, by its own report."""
    return _book(
        Kind.FEE,
        key=f"fee:{provider}:{key}",
        facts=lambda: {"provider": provider, "amount": amount},
        at=at,
        order_id=order_id,
    )


def book_provider_paid_out(*, provider: str, amount: int, key: str, at: datetime) -> LedgerEntry:
    """Book that a provider paid what it held for us into our bank account."""
    return _book(
        Kind.PROVIDER_PAID_OUT,
        key=f"provider-payout:{provider}:{key}",
        facts=lambda: {"provider": provider, "amount": amount},
        at=at,
    )


# --- Writing ------------------------------------------------------------------------------------------------


def _book_amount(kind: Kind, key: str, amount: int, **about: Any) -> LedgerEntry:
    return _book(kind, key=key, facts=lambda: {"amount": amount}, **about)


@transaction.atomic
def _book(
    kind: Kind,
    *,
    key: str,
    facts: Any,
    at: datetime | None = None,
    order_id: int | None = None,
    consignment: Consignment | None = None,
    producer_id: int | None = None,
) -> LedgerEntry:
    """Return the entry under `key`, written now where it wasn't. `facts` is asked only then."""
    known = LedgerEntry.objects.filter(key=key).first()
    if known:
        return known
    said: Mapping[str, Any] = facts()
    legs = postings_for(kind, said)
    entry, is_new = LedgerEntry.objects.get_or_create(
        key=key,
        defaults={
            "kind": kind,
            "facts": said,
            "at": at or timezone.now(),
            "order_id": order_id,
            "consignment": consignment,
            "producer_id": consignment.producer_id if consignment else producer_id,
        },
    )
    if is_new:
        accounts = accounts_for(account for account, _ in legs)
        Posting.objects.bulk_create(
            Posting(entry=entry, account=accounts[account], amount=amount) for account, amount in legs
        )
        if kind in _MAY_LEAVE_A_DEBT:
            for producer in Partner.objects.filter(pk__in={account.producer_id for account in accounts}):
                tell_where_owing_too_much(producer)
    return entry


def accounts_for(names: Iterable[AccountName]) -> dict[AccountName, Account]:
    """Return the account of each name; one that was not needed before is opened. One query where all are open."""
    wanted = set(names)
    is_one = Q()
    for name in wanted:
        is_one |= Q(kind=name.kind, producer=name.producer_id, provider=name.provider)
    found = Account.objects.filter(is_one) if wanted else ()
    accounts = {name_of(account): account for account in found}
    for name in sorted(wanted - accounts.keys(), key=str):
        accounts[name], _ = Account.objects.get_or_create(
            kind=name.kind, producer_id=name.producer_id, provider=name.provider
        )
    return accounts


def name_of(account: Account) -> AccountName:
    """Return the name of an account's row."""
    return AccountName(account.kind, account.producer_id, account.provider)


def legs_of(entry: LedgerEntry) -> list[Leg]:
    """Return the legs of an entry as they stand in the database, in their order."""
    return [(name_of(posting.account), posting.amount) for posting in entry.postings.all()]
