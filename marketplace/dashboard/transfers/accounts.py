"""The shop's receiving accounts. One person enters an account, another puts it in use."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.views.generic import FormView, ListView, View

from checkout.payment.transfers.accounts import (
    receiving_account_enter,
    receiving_account_rest,
    receiving_account_use,
)
from checkout.payment.transfers.errors import TransferError
from checkout.payment.transfers.models import ReceivingAccount
from marketplace.dashboard.access import NationalAccess, RecentSecondFactor
from marketplace.dashboard.transfers import FINANCE
from marketplace.dashboard.transfers.forms import AccountForm


class AccountAccess(NationalAccess):
    """For those who look after money."""

    staff_roles = FINANCE


class AccountListView(AccountAccess, ListView):
    """All accounts, the one in use first."""

    template_name = "dashboard/transfers/accounts.html"
    context_object_name = "accounts"
    queryset = ReceivingAccount.objects.select_related("entered_by", "confirmed_by")


class AccountCreateView(RecentSecondFactor, AccountAccess, FormView):
    """Enters an account."""

    form_class = AccountForm
    template_name = "dashboard/transfers/account.html"
    success_url = reverse_lazy("dashboard:receiving-accounts")

    def form_valid(self, form: AccountForm) -> HttpResponse:
        try:
            receiving_account_enter(**form.cleaned_data, by=self.request.user)
        except TransferError as refused:
            form.add_error("number", str(refused.message))
            return self.form_invalid(form)
        messages.success(
            self.request, _("The account is entered. Another person compares it and puts it in use.")
        )
        return super().form_valid(form)


class AccountUseView(RecentSecondFactor, AccountAccess, View):
    """Shows an account to buyers."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        get_object_or_404(ReceivingAccount, pk=pk)
        try:
            account = receiving_account_use(account_id=pk, by=self.request.user)
        except TransferError as refused:
            messages.error(request, str(refused.message))
        else:
            messages.success(request, _("Buyers are now asked to pay to %(account)s.") % {"account": account})
        return redirect("dashboard:receiving-accounts")


class AccountRestView(RecentSecondFactor, AccountAccess, View):
    """Takes an account out of use."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        get_object_or_404(ReceivingAccount, pk=pk)
        receiving_account_rest(account_id=pk, by=self.request.user)
        messages.success(
            request, _("The account is out of use: bank transfer is not offered until one is in use.")
        )
        return redirect("dashboard:receiving-accounts")
