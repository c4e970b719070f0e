"""A producer's money: the balance, what comes when, what was paid out, and where it goes."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import DetailView, FormView, TemplateView, View

from catalogue.producers.models import Membership
from checkout.order.models import Consignment
from checkout.payment.transfers.page import debt_asked, vietqr_download
from checkout.settlement.payouts.accounts import account_give
from checkout.settlement.payouts.due import due_to
from checkout.settlement.payouts.errors import PayoutError
from checkout.settlement.payouts.models import BankAccount, Payout
from checkout.settlement.payouts.requests import payout_ask
from checkout.settlement.payouts.terms import next_weekly_day, terms_on
from checkout.settlement.payouts.waiting import money_to_come
from marketplace.clock import today
from marketplace.dashboard.access import ProducerAccess, RecentSecondFactor
from marketplace.dashboard.payouts.forms import AccountForm

#: Who sees a producer's money; packers and sellers don't.
MAY_SEE_MONEY = (Membership.Role.OWNER, Membership.Role.ACCOUNTANT)
PAYOUTS_SHOWN = 24


class MoneyAccess(ProducerAccess):
    """The money of the workplace at hand, for its owners and accountants."""

    member_roles: tuple[str, ...] = MAY_SEE_MONEY

    @cached_property
    def is_owner(self) -> bool:
        """Whether the person may change where the money goes."""
        return self.is_one_of(Membership.Role.OWNER)

    def payouts(self) -> QuerySet[Payout]:
        """Return what went to the producer, the newest first; what never left the house is not told."""
        return (
            Payout.objects.filter(producer=self.producer)
            .exclude(state=Payout.State.WITHDRAWN)
            .select_related("batch")
            .order_by("-pk")
        )


class MoneyView(MoneyAccess, TemplateView):
    """All of it on one screen."""

    template_name = "dashboard/payouts/money.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        terms, due = terms_on(today()), due_to(self.producer)
        return super().get_context_data(
            **kwargs,
            due=due,
            debt=debt_asked(self.producer) if due.balance < 0 else None,
            terms=terms,
            next_day=next_weekly_day(today()),
            coming=money_to_come(due, terms),
            payouts=self.payouts()[:PAYOUTS_SHOWN],
            is_owner=self.is_owner,
        )


class MoneyCodeView(MoneyAccess, View):
    """The VietQR code of what the producer owes, as a picture to open in a bank's app on the same phone."""

    def get(self, request: HttpRequest, producer_pk: int) -> HttpResponse:
        return vietqr_download(debt_asked(self.producer))


class MoneyPayoutView(MoneyAccess, DetailView):
    """One payout, with the orders that it is for."""

    template_name = "dashboard/payouts/money_payout.html"
    context_object_name = "payout"

    def get_queryset(self) -> QuerySet[Payout]:
        return self.payouts()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, parts=parts_with_consignments(self.object))


def parts_with_consignments(payout: Payout) -> list[tuple[int, Consignment | None]]:
    """Return what a payout consists of: each amount with the producer's consignment of its order, None for the rest."""
    parts = list(payout.parts.order_by("order", "pk"))
    consignments = {
        consignment.order_id: consignment
        for consignment in Consignment.objects.filter(
            producer=payout.producer_id, order__in=[part.order_id for part in parts if part.order_id]
        ).select_related("order")
    }
    return [(part.amount, consignments.get(part.order_id or 0)) for part in parts]


class MoneyAskView(RecentSecondFactor, MoneyAccess, View):
    """Asks for the money before the weekly payout."""

    member_roles = (Membership.Role.OWNER,)

    def post(self, request: HttpRequest, producer_pk: int) -> HttpResponse:
        try:
            payout_ask(producer=self.producer, by=self.request.user)
        except PayoutError as error:
            messages.error(request, str(error.message))
        else:
            messages.success(request, _("We have your wish: your money goes out with the next payout."))
        return redirect("dashboard:money", producer_pk=producer_pk)


class AccountView(RecentSecondFactor, MoneyAccess, FormView):
    """Where the money goes: what holds, what held before, and the form for another one."""

    member_roles = (Membership.Role.OWNER,)
    form_class = AccountForm
    template_name = "dashboard/payouts/account.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        accounts = BankAccount.objects.filter(producer=self.producer).select_related("given_by")
        return super().get_context_data(
            **kwargs,
            due=due_to(self.producer),
            accounts=accounts.prefetch_related("decisions__by"),
            terms=terms_on(today()),
        )

    def form_valid(self, form: AccountForm) -> HttpResponse:
        try:
            account = account_give(producer=self.producer, by=self.request.user, **form.cleaned_data)
        except PayoutError as error:
            form.add_error(None, str(error.message))
            return self.form_invalid(form)
        messages.success(
            self.request,
            _(
                "%(account)s is saved. All owners are told; for their safety money goes there only after %(hours)d hours."
            )
            % {"account": account, "hours": terms_on(today()).account_hold_hours},
        )
        return redirect("dashboard:money", producer_pk=self.producer.pk)
