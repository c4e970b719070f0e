"""Reading the ledger: balances in đồng. What we owe (producers, buyers' credit) is positive here, though it stands on the credit side."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db.models import F, QuerySet, Sum

from checkout.settlement.models import Account, LedgerEntry, Posting
from marketplace.clock import start_of_day
from marketplace.prepared import PreparedRows

Kind = LedgerEntry.Kind


def producer_balance(producer: Any) -> int:
    """Return what we owe a producer; below zero it owes us. One query."""
    return producer_balances([producer.pk]).get(producer.pk, 0)


def producer_balances(producer_ids: Iterable[int] | None = None) -> dict[int, int]:
    """Return what we owe each producer (all that have an account where none is named), by its id. One query."""
    rows = _balances() if producer_ids is None else _prepared_balances(list(producer_ids))
    return {row["producer"]: -row["balance"] for row in rows}


def _balances(producer_ids: list[int] | None = None) -> QuerySet[Posting, Any]:
    postings = Posting.objects.filter(account__kind=Account.Kind.PRODUCER)
    if producer_ids is not None:
        postings = postings.filter(account__producer__in=producer_ids)
    return postings.order_by().values(producer=F("account__producer")).annotate(balance=Sum("amount"))


_prepared_balances = PreparedRows(_balances)


def order_credit(order_id: int, *, before: int | None = None) -> int:
    """Return what of an order's money nothing was delivered for yet; below zero more was delivered than paid.

    `before` (an entry's id): as the ledger stood right before that entry.
    """
    postings = Posting.objects.filter(entry__order=order_id, account__kind=Account.Kind.BUYERS)
    if before is not None:
        postings = postings.filter(entry__lt=before)
    return -int(postings.aggregate(total=Sum("amount", default=0))["total"])


def account_balances() -> dict[int, int]:
    """Return the balance of every account (a debit is positive), by its id. One query."""
    rows = Posting.objects.order_by().values("account").annotate(balance=Sum("amount"))
    return {row["account"]: row["balance"] for row in rows}


def sales_standing(consignment_ids: Iterable[int], *, before: int | None = None) -> dict[int, Any]:
    """Return the facts of the sales that stand, by consignment: delivered, and not taken back as a whole by a return.

    `before` (an entry's id): as the ledger stood right before that entry.
    """
    entries = LedgerEntry.objects.filter(
        consignment__in=list(consignment_ids), kind__in=(Kind.DELIVERED, Kind.RETURNED)
    )
    if before is not None:
        entries = entries.filter(pk__lt=before)
    sales: dict[int, Any] = {}
    returned: set[int] = set()
    for consignment_id, kind, facts in entries.values_list("consignment", "kind", "facts"):
        if kind == Kind.RETURNED:
            returned.add(consignment_id)
        else:
            sales[consignment_id] = facts
    return {pk: facts for pk, facts in sales.items() if pk not in returned}


def accounts_with_balances() -> list[tuple[Account, int]]:
    """Return the accounts that belong to no producer, each with its balance (a debit is positive). Two queries."""
    balances = account_balances()
    return [(account, balances.get(account.pk, 0)) for account in Account.objects.filter(producer=None)]


def producer_accounts() -> QuerySet[Account]:
    """Return the producers' accounts with what we owe each (`owed`, below zero it owes us), the largest debt to us first."""
    return (
        Account.objects.filter(kind=Account.Kind.PRODUCER)
        .select_related("producer")
        .annotate(owed=-Sum("postings__amount", default=0))
        .order_by("owed", "pk")
    )


def postings_of(
    account: Account, *, since: date | None = None, until: date | None = None
) -> QuerySet[Posting]:
    """Return what moved on an account, newest first, within days of Vietnam (both included)."""
    postings = Posting.objects.filter(account=account).select_related("entry__order", "entry__producer")
    if since:
        postings = postings.filter(entry__at__gte=start_of_day(since))
    if until:
        postings = postings.filter(entry__at__lt=start_of_day(until + timedelta(days=1)))
    return postings.order_by("-entry__at", "-pk")


def entries_of_order(order: Any) -> QuerySet[LedgerEntry]:
    """Return an order's entries with their postings, in the order in which they were booked. Three queries."""
    return (
        LedgerEntry.objects.filter(order=order)
        .select_related("producer")
        .prefetch_related("postings__account__producer")
        .order_by("pk")
    )
