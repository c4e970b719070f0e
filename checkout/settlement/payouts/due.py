"""What can be paid out to producers: the balance of the ledger, less what waits in case the buyer returns something.

An order's money of a producer is one sum: sale, commission, tax and what went back, less what earlier payouts took of it. It waits as a whole,
so that a return is set off against its own sale. A sum below zero never waits.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.db.models import Exists, OuterRef, Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from catalogue.producers.models import Partner
from checkout.aftersale.cases import OPEN_STATES
from checkout.aftersale.models import Case
from checkout.order.models import Consignment
from checkout.settlement.models import LedgerEntry, Posting
from checkout.settlement.payouts.accounts import Standing, current_accounts, standing_of
from checkout.settlement.payouts.models import (
    BankAccount,
    Payout,
    PayoutHold,
    PayoutPart,
    PayoutRequest,
    PayoutTerms,
)
from checkout.settlement.payouts.terms import terms_on
from checkout.settlement.selectors import producer_balances
from marketplace.clock import today
from marketplace.money import format_dong

_PAYOUTS: Final = (
    LedgerEntry.Kind.PAYOUT_CREATED,
    LedgerEntry.Kind.PAYOUT_DONE,
    LedgerEntry.Kind.PAYOUT_FAILED,
    LedgerEntry.Kind.PAYOUT_RETURNED,
)
#: These have their money, or are about to.
_LIVE: Final = (Payout.State.PENDING, Payout.State.DONE)

#: The bank refused them, or sent them back.
_DID_NOT_ARRIVE: Final = (Payout.State.FAILED, Payout.State.RETURNED)

#: A producer and an order; None: what belongs to no order.
_Place = tuple[int, int | None]


@dataclass(frozen=True, slots=True)
class Due:
    """One producer's money today, in đồng, and whether it can be paid out."""

    producer: Partner
    balance: int
    #: Of the balance, what still waits, by order.
    waiting_by_order: Mapping[int, int]
    account: BankAccount | None
    standing: Standing
    hold: PayoutHold | None
    request: PayoutRequest | None
    under_way: Payout | None
    #: The last payout to the account that holds, where the bank refused it or sent it back.
    refused: Payout | None
    #: Why nothing can be paid out now; empty where it can.
    obstacle: str

    @property
    def waiting(self) -> int:
        """Of the balance, what still waits."""
        return sum(self.waiting_by_order.values())

    @property
    def available(self) -> int:
        """What would go out today."""
        return self.balance - self.waiting


#: A return or complaint about the consignment is not settled.
HAS_OPEN_CASE: Final = Exists(Case.objects.filter(consignment=OuterRef("pk"), state__in=OPEN_STATES))


def waits_q(terms: PayoutTerms) -> Q:
    """Return the condition that a consignment's money still waits: its days aren't over, or the buyer complains."""
    return Q(delivered_at__gt=timezone.now() - timedelta(days=terms.days_after_delivery)) | Q(HAS_OPEN_CASE)


def dues(producers: Iterable[Partner], *, on: date | None = None) -> list[Due]:
    """Return what is due to each of `producers`, in their order; the same number of queries for any number of them."""
    producers = list(producers)
    pks = [producer.pk for producer in producers]
    terms = terms_on(on or today())
    balances = producer_balances(pks)
    waiting = _waiting_money(pks, terms)
    accounts = current_accounts(pks)
    holds = {hold.producer_id: hold for hold in PayoutHold.objects.filter(producer__in=pks, released_at=None)}
    requests = {
        request.producer_id: request
        for request in PayoutRequest.objects.filter(producer__in=pks, payout=None)
    }
    under_way = {
        payout.producer_id: payout
        for payout in Payout.objects.filter(producer__in=pks, state=Payout.State.PENDING)
    }
    newest = {
        payout.account_id: payout
        for payout in Payout.objects.filter(account__in=[account.pk for account in accounts.values()])
        .exclude(state=Payout.State.WITHDRAWN)
        .order_by("pk")
    }
    found = []
    for producer in producers:
        account = accounts.get(producer.pk)
        last = newest.get(account.pk) if account else None
        standing = standing_of(account)
        waits = waiting.get(producer.pk, {})
        available = balances.get(producer.pk, 0) - sum(waits.values())
        found.append(
            Due(
                producer=producer,
                balance=balances.get(producer.pk, 0),
                waiting_by_order=waits,
                account=account,
                standing=standing,
                hold=holds.get(producer.pk),
                request=requests.get(producer.pk),
                under_way=under_way.get(producer.pk),
                refused=last if last and last.state in _DID_NOT_ARRIVE else None,
                obstacle=_obstacle(
                    available, terms, standing, holds.get(producer.pk), under_way.get(producer.pk)
                ),
            )
        )
    return found


def due_to(producer: Partner) -> Due:
    """Return what is due to one producer."""
    return dues([producer])[0]


def producers_with_money() -> list[Partner]:
    """Return the producers to whom the ledger owes something, or who asked to be paid, by name."""
    owed = [pk for pk, balance in producer_balances().items() if balance > 0]
    asked = PayoutRequest.objects.filter(payout=None).values("producer")
    return list(Partner.objects.filter(Q(pk__in=owed) | Q(pk__in=asked)).order_by("name", "pk"))


def parts_due(producer: Partner, *, on: date | None = None) -> dict[int | None, int]:
    """Return by order (None: what belongs to none) what a payout of today would consist of; the sums add up to what is available."""
    left = _left([producer.pk])
    still = _waiting_places([producer.pk], terms_on(on or today()))
    return {
        place[1]: amount for place, amount in left.items() if amount and (amount < 0 or place not in still)
    }


def _obstacle(
    available: int,
    terms: PayoutTerms,
    standing: Standing,
    hold: PayoutHold | None,
    under_way: Payout | None,
) -> str:
    if under_way is not None:
        return _("A payout is on its way already.")
    if hold is not None:
        return _("Payouts are stopped: %(reason)s") % {"reason": hold.reason}
    if available < terms.minimum:
        return _("Less than the smallest payout of %(minimum)s.") % {"minimum": format_dong(terms.minimum)}
    return standing.words


def _waiting_money(pks: list[int], terms: PayoutTerms) -> dict[int, dict[int, int]]:
    """Return by producer and order what of the balances waits."""
    places = _waiting_places(pks, terms)
    left = _left(pks, orders={order for _producer, order in places})
    waiting: dict[int, dict[int, int]] = {}
    for producer, order in places:
        if (amount := left[producer, order]) > 0:
            waiting.setdefault(producer, {})[order] = amount
    return waiting


def _waiting_places(pks: list[int], terms: PayoutTerms) -> set[tuple[int, int]]:
    found = Consignment.objects.filter(waits_q(terms), producer__in=pks)
    return set(found.values_list("producer", "order"))


def _left(pks: list[int], *, orders: set[int] | None = None) -> Mapping[_Place, int]:
    """Return what each order has brought a producer and no payout has taken yet; `orders` narrows it to these."""
    brought = Posting.objects.filter(account__producer__in=pks).exclude(entry__kind__in=_PAYOUTS)
    taken = PayoutPart.objects.filter(payout__producer__in=pks, payout__state__in=_LIVE)
    if orders is not None:
        brought, taken = brought.filter(entry__order__in=orders), taken.filter(order__in=orders)
    left: dict[_Place, int] = defaultdict(int)
    for producer, order, amount in (
        brought.order_by().values_list("account__producer", "entry__order").annotate(Sum("amount"))
    ):
        left[producer, order] -= amount  # what we owe stands on the credit side
    for producer, order, amount in (
        taken.order_by().values_list("payout__producer", "order").annotate(Sum("amount"))
    ):
        left[producer, order] -= amount
    return left
