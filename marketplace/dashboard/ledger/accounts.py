"""The ledger to look at: accounts, what moved on them, an order's entries, what producers are owed."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from django.views.generic import ListView, TemplateView

from checkout.order.models import Order
from checkout.settlement.models import Account, LedgerEntry, Posting
from checkout.settlement.owing import producers_owing_too_much
from checkout.settlement.reconciliation.models import Difference
from checkout.settlement.reconciliation.services import rounds_ended
from checkout.settlement.selectors import (
    account_balances,
    accounts_with_balances,
    entries_of_order,
    postings_of,
    producer_accounts,
    producer_balances,
)
from marketplace.dashboard.filters import filters_kept
from marketplace.dashboard.ledger.access import LedgerAccess
from marketplace.dashboard.ledger.forms import PeriodForm


class LedgerView(LedgerAccess, TemplateView):
    """All accounts with their balances, and whether everything adds up."""

    template_name = "dashboard/ledger/accounts.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        owed = producer_balances().values()
        last_round, failed_round = rounds_ended()
        return super().get_context_data(
            **kwargs,
            accounts=accounts_with_balances(),
            owed_to_producers=sum(amount for amount in owed if amount > 0),
            owed_by_producers=-sum(amount for amount in owed if amount < 0),
            owing_too_much=len(producers_owing_too_much()),
            last_round=last_round,
            failed_round=failed_round,
            open_differences=Difference.objects.filter(state=Difference.State.OPEN).count(),
        )


class AccountView(LedgerAccess, ListView):
    """What moved on one account, newest first, within a period."""

    template_name = "dashboard/ledger/account.html"
    context_object_name = "postings"
    paginate_by = 50

    @cached_property
    def account(self) -> Account:
        return get_object_or_404(Account.objects.select_related("producer"), pk=self.kwargs["pk"])

    @cached_property
    def period(self) -> PeriodForm:
        return PeriodForm(self.request.GET or None)

    def get_queryset(self) -> QuerySet[Posting]:
        days = self.period.cleaned_data if self.period.is_valid() else {}
        return postings_of(self.account, since=days.get("since"), until=days.get("until"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            **kwargs,
            account=self.account,
            balance=account_balances().get(self.account.pk, 0),
            period=self.period,
            query=filters_kept(self.request),
        )


class ProducerBalancesView(LedgerAccess, ListView):
    """What we owe each producer; those that owe us first."""

    template_name = "dashboard/ledger/producers.html"
    context_object_name = "accounts"
    paginate_by = 50

    def get_queryset(self) -> QuerySet[Account]:
        accounts = producer_accounts()
        words = self.request.GET.get("q", "").strip()[:80]
        return accounts.filter(producer__name__icontains=words) if words else accounts

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            **kwargs, too_much=producers_owing_too_much(), query=filters_kept(self.request)
        )


class OrderEntriesView(LedgerAccess, TemplateView):
    """Every entry of one order, as it was booked."""

    template_name = "dashboard/ledger/order.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        order = get_object_or_404(Order, number=self.kwargs["number"])
        entries: list[LedgerEntry] = list(entries_of_order(order))
        credit = -sum(
            posting.amount
            for entry in entries
            for posting in entry.postings.all()
            if posting.account.kind == Account.Kind.BUYERS
        )
        return super().get_context_data(**kwargs, order=order, entries=entries, credit=credit)
