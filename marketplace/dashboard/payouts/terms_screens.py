"""The terms of paying out: dated data that finance keeps."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.generic import CreateView, ListView

from checkout.settlement.payouts.errors import PayoutError
from checkout.settlement.payouts.models import PayoutTerms
from checkout.settlement.payouts.terms import terms_on, terms_write
from marketplace.clock import today
from marketplace.dashboard.payouts.finance_access import FinanceAccess, FinanceChange
from marketplace.dashboard.payouts.forms import TermsForm


class TermsListView(FinanceAccess, ListView):
    """What holds, what held, what will."""

    template_name = "dashboard/payouts/terms.html"
    context_object_name = "all_terms"
    queryset = PayoutTerms.objects.select_related("written_by")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, current=terms_on(today()), today=today())


class TermsCreateView(FinanceChange, CreateView):
    """New terms, filled in with those of today."""

    model = PayoutTerms
    form_class = TermsForm
    template_name = "dashboard/payouts/terms_new.html"

    def get_initial(self) -> dict[str, Any]:
        now = terms_on(today())
        return {
            "valid_from": today(),
            **{name: getattr(now, name) for name in TermsForm.Meta.fields[1:-1]},
        }

    def form_valid(self, form: TermsForm) -> HttpResponse:
        try:
            terms_write(terms=form.instance, by=self.request.user)
        except PayoutError as error:
            form.add_error(None, str(error.message))
            return self.form_invalid(form)
        messages.success(self.request, _("Saved. The earlier terms hold until the day before."))
        return redirect("dashboard:payout-terms")
