"""Producers' money as finance sees it: balances, accounts to look at, payouts that are stopped."""

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import DetailView, ListView

from catalogue.producers.models import Partner
from checkout.payment.transfers.debts import debt_memo_of
from checkout.settlement.models import Account
from checkout.settlement.payouts.accounts import (
    account_decide,
    accounts_to_look_at,
    current_account,
    may_be_confirmed,
)
from checkout.settlement.payouts.due import due_to, dues
from checkout.settlement.payouts.holds import payouts_hold, payouts_release
from checkout.settlement.payouts.models import AccountDecision, BankAccount, Payout, PayoutHold
from checkout.settlement.payouts.terms import terms_on
from marketplace.audit.services import look_record
from marketplace.clock import today
from marketplace.dashboard.filters import filters_kept
from marketplace.dashboard.payouts.batch_screens import ReasonStep
from marketplace.dashboard.payouts.finance_access import FinanceAccess
from marketplace.folding import names_like

#: What the list can be narrowed to.
TABS = {
    "": gettext_lazy("All"),
    "look": gettext_lazy("Account to look at"),
    "held": gettext_lazy("Payouts stopped"),
}


class SellerMoneyListView(FinanceAccess, ListView):
    """Producers who have sold, given an account, or whose payouts are stopped."""

    template_name = "dashboard/payouts/sellers.html"
    context_object_name = "sellers"
    paginate_by = 30

    def get_queryset(self) -> QuerySet[Partner]:
        found = Partner.objects.filter(names_like(self.request.GET.get("q", ""), "name")).order_by(
            "name", "pk"
        )
        held = Exists(PayoutHold.objects.filter(producer=OuterRef("pk"), released_at=None))
        tab = self.tab
        if tab == "held":
            return found.filter(held)
        if tab == "look":
            return found.filter(pk__in=accounts_to_look_at().values("producer"))
        sold = Exists(Account.objects.filter(producer=OuterRef("pk")))
        return found.filter(sold | Exists(BankAccount.objects.filter(producer=OuterRef("pk"))) | held)

    @property
    def tab(self) -> str:
        asked = self.request.GET.get("tab", "")
        return asked if asked in TABS else ""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs, query=filters_kept(self.request), tab=self.tab)
        return {
            **context,
            "dues": dues(context["sellers"]),
            "tabs": [
                {"label": label, "url": f"?tab={name}" if name else "?", "current": name == self.tab}
                for name, label in TABS.items()
            ],
        }


class SellerMoneyView(FinanceAccess, DetailView):
    """One producer's money: what is due, where it goes, what stops it, what went out."""

    template_name = "dashboard/payouts/seller.html"
    context_object_name = "seller"
    queryset = Partner.objects.all()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        accounts = BankAccount.objects.filter(producer=self.object).select_related("given_by")
        due = due_to(self.object)
        return super().get_context_data(
            **kwargs,
            due=due,
            may_confirm=may_be_confirmed(due.account),
            terms=terms_on(today()),
            debt_memo=debt_memo_of(self.object.pk),
            accounts=accounts.prefetch_related("decisions__by"),
            holds=self.object.payout_holds.select_related("placed_by", "released_by"),
            payouts=Payout.objects.filter(producer=self.object).select_related("batch").order_by("-pk")[:50],
        )


class OfSeller(ReasonStep):
    """A step about one producer's money; leads back to it."""

    @cached_property
    def seller(self) -> Partner:
        return get_object_or_404(Partner, pk=self.kwargs["pk"])

    def back(self) -> str:
        return reverse("dashboard:seller-money", kwargs={"pk": self.seller.pk})


class PayoutsHoldView(OfSeller):
    """Stops what would be paid to a producer."""

    def words(self) -> dict[str, Any]:
        return {
            "question": _("Stop the payouts to %(name)s?") % {"name": self.seller.name},
            "consequence": _(
                "Nothing is paid out until somebody releases it; the balance grows on. The owners are told the reason. "
                "What is with the bank already goes on."
            ),
            "action": _("Stop the payouts"),
        }

    def write(self, reason: str) -> str:
        payouts_hold(producer=self.seller, reason=reason, by=self.request.user)
        return _("The payouts are stopped. The owners are told.")


class PayoutsReleaseView(OfSeller):
    """Lets the payouts go on."""

    def words(self) -> dict[str, Any]:
        return {
            "question": _("Let the payouts to %(name)s go on?") % {"name": self.seller.name},
            "consequence": _("What is due goes out with the next payout. The owners are told."),
            "action": _("Let them go on"),
            "is_safe": True,
        }

    def write(self, reason: str) -> str:
        hold = get_object_or_404(self.seller.payout_holds, released_at=None)
        payouts_release(hold=hold, reason=reason, by=self.request.user)
        return _("The payouts go on. The owners are told.")


class AccountStep(OfSeller):
    """Decides about the account that holds."""

    verdict: str

    @cached_property
    def account(self) -> BankAccount:
        return get_object_or_404(
            BankAccount.objects.select_related("producer"),
            pk=getattr(current_account(self.seller), "pk", None),
        )

    def facts(self) -> list[tuple[str, str]]:
        """Return what to look at."""
        look_record(self.seller, words=self.seller.name, fields=["account_number"])
        return [
            (_("Bank"), str(self.account.bank or self.account.bank_bin)),
            (_("Account number"), self.account.number),
            (_("Account holder"), self.account.holder),
            (_("Producer"), self.seller.name),
            (_("Representative"), self.seller.representative),
        ]

    def write(self, reason: str) -> str:
        account_decide(account=self.account, verdict=self.verdict, reason=reason, by=self.request.user)
        return _("Saved. The owners are told.")


class AccountConfirmView(AccountStep):
    """Says that money may go to an account whose holder is named otherwise, or again to one that was refused."""

    verdict = AccountDecision.Verdict.CONFIRMED

    def words(self) -> dict[str, Any]:
        return {
            "question": _("May money go to this account?"),
            "consequence": _("Say which paper shows that the account belongs to the producer."),
            "action": _("Confirm the account"),
            "is_safe": True,
            "facts": self.facts(),
        }


class AccountRefuseView(AccountStep):
    """Stops an account: no money goes there, whatever waits."""

    verdict = AccountDecision.Verdict.REFUSED

    def words(self) -> dict[str, Any]:
        return {
            "question": _("Refuse this account?"),
            "consequence": _(
                "No money goes there any more; a batch that has not gone to the bank leaves it out. The owners give another one."
            ),
            "action": _("Refuse the account"),
            "facts": self.facts(),
        }
