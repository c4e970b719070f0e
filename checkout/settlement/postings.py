"""Which postings follow from the facts of an event: pure, so that the ledger can be computed again at any time.

A leg is an account and a signed amount (đồng), a debit positive. What we owe somebody stands on the credit side: a producer's account at
-93.500 means that we owe it 93.500.

A sale is told in parts, one an order line and one for the delivery (`line` null), each with what the buyer paid for it (`paid`), what the
marketplace added (`platform_discount`) and what is kept back from the producer (`commission`, `vat`, `pit`, and `by_producer`: delivery by
our carrier that the producer bears instead of the buyer). A refund of something sold
takes shares of the same parts back.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from checkout.settlement.models import Account, LedgerEntry

AccountKind = Account.Kind
Kind = LedgerEntry.Kind
Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class AccountName:
    """Which account, without a row."""

    kind: str
    producer_id: int | None = None
    provider: str = ""


Leg = tuple[AccountName, int]


class Unbalanced(Exception):
    """Legs that don't add up to 0: a fault of ours, never of the data."""


BUYERS: Final = AccountName(AccountKind.BUYERS)
BANK: Final = AccountName(AccountKind.BANK)
COD_TRANSIT: Final = AccountName(AccountKind.COD_TRANSIT)
COMMISSION: Final = AccountName(AccountKind.COMMISSION)
VAT_WITHHELD: Final = AccountName(AccountKind.VAT_WITHHELD)
PIT_WITHHELD: Final = AccountName(AccountKind.PIT_WITHHELD)
DELIVERY: Final = AccountName(AccountKind.DELIVERY)
PLATFORM_DISCOUNTS: Final = AccountName(AccountKind.PLATFORM_DISCOUNTS)
REFUNDS_DUE: Final = AccountName(AccountKind.REFUNDS_DUE)
PAYOUTS_TRANSIT: Final = AccountName(AccountKind.PAYOUTS_TRANSIT)
UNMATCHED: Final = AccountName(AccountKind.UNMATCHED)
DISPUTES: Final = AccountName(AccountKind.DISPUTES)
LOSSES: Final = AccountName(AccountKind.LOSSES)
FEES: Final = AccountName(AccountKind.FEES)


def producer_account(producer_id: int) -> AccountName:
    """Return the name of what we owe a producer."""
    return AccountName(AccountKind.PRODUCER, producer_id=producer_id)


def provider_account(provider: str) -> AccountName:
    """Return the name of what a provider holds for us."""
    return AccountName(AccountKind.PROVIDER, provider=provider)


def postings_for(kind: str, facts: Facts) -> list[Leg]:
    """Return the legs of an event, none of them 0. The same facts give the same legs, in the same order. Raises Unbalanced."""
    legs = [leg for leg in _RULES[Kind(kind)](facts) if leg[1]]
    if sum(amount for _, amount in legs):
        raise Unbalanced(f"{kind}: {legs}")
    return legs


def _pair(debit: AccountName, credit: AccountName, amount: int) -> list[Leg]:
    return [(debit, amount), (credit, -amount)]


def _total(parts: Iterable[Facts], figure: str) -> int:
    return sum(part[figure] for part in parts)


def _sale(sale: Facts, sign: int = 1) -> list[Leg]:
    """Return the legs of a sale; with `sign` -1 those that take it back."""
    producer = producer_account(sale["producer"])
    goods = [part for part in sale["parts"] if part["line"] is not None]
    delivery = [part for part in sale["parts"] if part["line"] is None]
    carrier = producer if sale["carried_by"] == "producer" else DELIVERY
    legs = [
        *_pair(BUYERS, producer, _total(goods, "paid")),
        *_pair(PLATFORM_DISCOUNTS, producer, _total(goods, "platform_discount")),
        *_pair(BUYERS, carrier, _total(delivery, "paid")),
        *_pair(PLATFORM_DISCOUNTS, carrier, _total(delivery, "platform_discount")),
        *_pair(producer, DELIVERY, sum(part.get("by_producer", 0) for part in delivery)),
        *_pair(producer, COMMISSION, _total(sale["parts"], "commission")),
        *_pair(producer, VAT_WITHHELD, _total(sale["parts"], "vat")),
        *_pair(producer, PIT_WITHHELD, _total(sale["parts"], "pit")),
    ]
    return [(account, sign * amount) for account, amount in legs]


def _where_money_lies(facts: Facts) -> AccountName:
    """Return the account of money that came by, or goes back through, a gateway."""
    if facts["gateway"] == "transfer":
        return UNMATCHED
    if facts["gateway"] == "cash":
        return producer_account(facts["producer"]) if facts["collected_by"] == "producer" else COD_TRANSIT
    return provider_account(facts["gateway"])


def _sent_from(facts: Facts) -> AccountName:
    """Return the account that a refund leaves: cash and transfers go back by a transfer from our bank."""
    return BANK if facts["gateway"] in ("transfer", "cash") else provider_account(facts["gateway"])


def _payment_received(facts: Facts) -> list[Leg]:
    return _pair(_where_money_lies(facts), BUYERS, facts["amount"])


def _refund_decided(facts: Facts) -> list[Leg]:
    """What goes back takes the sale with it; a sum that is given takes nothing of the sale, whoever bears it pays it."""
    taken_back = [leg for sale in facts["sales"] for leg in _sale(sale, -1)]
    given = [leg for one in facts.get("sums", ()) for leg in _pair(_bearer(one), BUYERS, one["amount"])]
    return taken_back + given + _pair(BUYERS, REFUNDS_DUE, facts["amount"])


def _bearer(facts: Facts) -> AccountName:
    return producer_account(facts["producer"]) if facts["borne_by"] == "producer" else LOSSES


def _dispute_lost(facts: Facts) -> list[Leg]:
    """The buyer's own credit (nothing was delivered for it) goes first; of the rest producers bear `shares`, or one all or `borne` of it; else we do."""
    loss = facts["amount"] - facts["from_buyer"]
    shares = facts.get("shares", ())
    if facts["producer"]:
        shares = [{"producer": facts["producer"], "amount": facts.get("borne", loss)}]
    return [
        *_pair(BUYERS, DISPUTES, facts["from_buyer"]),
        *(leg for share in shares for leg in _pair(_producer_of(share), DISPUTES, share["amount"])),
        *_pair(LOSSES, DISPUTES, loss - _total(shares, "amount")),
    ]


def _producer_of(facts: Facts) -> AccountName:
    return producer_account(facts["producer"])


_RULES: Final[dict[Kind, Callable[[Facts], list[Leg]]]] = {
    Kind.PAYMENT_RECEIVED: _payment_received,
    Kind.DELIVERED: _sale,
    Kind.RETURNED: lambda facts: _sale(facts, -1),
    Kind.REFUND_DECIDED: _refund_decided,
    Kind.REFUND_SENT: lambda facts: _pair(REFUNDS_DUE, _sent_from(facts), facts["amount"]),
    Kind.REFUND_FAILED: lambda facts: _pair(_sent_from(facts), REFUNDS_DUE, facts["amount"]),
    Kind.DISPUTED: lambda facts: _pair(DISPUTES, _where_money_lies(facts), facts["amount"]),
    Kind.DISPUTE_WON: lambda facts: _pair(_where_money_lies(facts), DISPUTES, facts["amount"]),
    Kind.DISPUTE_LOST: _dispute_lost,
    Kind.TRANSFER_RECEIVED: lambda facts: _pair(BANK, UNMATCHED, facts["amount"]),
    Kind.TRANSFER_RETURNED: lambda facts: _pair(UNMATCHED, REFUNDS_DUE, facts["amount"]),
    Kind.TRANSFER_RETURN_SENT: lambda facts: _pair(REFUNDS_DUE, BANK, facts["amount"]),
    # What it really is stands in the bank by an entry of its own (provider's report, carrier's file, payout), or is none of this ledger's.
    Kind.TRANSFER_OF_NO_ORDER: lambda facts: _pair(UNMATCHED, BANK, facts["amount"]),
    Kind.CASH_REMITTED: lambda facts: _pair(BANK, COD_TRANSIT, facts["amount"]),
    Kind.CASH_FEE: lambda facts: _pair(FEES, COD_TRANSIT, facts["amount"]),
    Kind.PAYOUT_CREATED: lambda facts: _pair(_producer_of(facts), PAYOUTS_TRANSIT, facts["amount"]),
    Kind.PAYOUT_DONE: lambda facts: _pair(PAYOUTS_TRANSIT, BANK, facts["amount"]),
    Kind.PAYOUT_FAILED: lambda facts: _pair(PAYOUTS_TRANSIT, _producer_of(facts), facts["amount"]),
    Kind.PAYOUT_RETURNED: lambda facts: _pair(BANK, _producer_of(facts), facts["amount"]),
    Kind.PRODUCER_PAID: lambda facts: _pair(UNMATCHED, _producer_of(facts), facts["amount"]),
    Kind.FEE: lambda facts: _pair(FEES, provider_account(facts["provider"]), facts["amount"]),
    Kind.PROVIDER_PAID_OUT: lambda facts: _pair(BANK, provider_account(facts["provider"]), facts["amount"]),
}
