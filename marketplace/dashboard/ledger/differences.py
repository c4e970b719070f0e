"""What doesn't add up: a queue in which each difference gets an answer or a person. And providers' reports, which add to it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import FormView, ListView, View

from checkout.payment.errors import PaymentError
from checkout.settlement.reconciliation.credits import credit_of, credit_send_back
from checkout.settlement.reconciliation.errors import CreditNotSent, ReportRefused
from checkout.settlement.reconciliation.models import Difference, ProviderReport
from checkout.settlement.reconciliation.reports import provider_report_take
from checkout.settlement.reconciliation.services import (
    difference_answer,
    difference_take,
    reconciliation_ask,
    rounds_ended,
)
from marketplace.dashboard.access import RecentSecondFactor
from marketplace.dashboard.filters import filters_kept
from marketplace.dashboard.ledger.access import LedgerAccess
from marketplace.dashboard.ledger.forms import AnswerForm, CreditForm, ReportForm
from marketplace.money import format_dong


class DifferenceListView(LedgerAccess, ListView):
    """The queue: open ones first shown, answered and past ones on request."""

    template_name = "dashboard/ledger/differences.html"
    context_object_name = "differences"
    paginate_by = 50

    @property
    def state(self) -> str:
        asked = self.request.GET.get("state", "")
        return asked if asked in Difference.State.values else Difference.State.OPEN

    def get_queryset(self) -> QuerySet[Difference]:
        return Difference.objects.filter(state=self.state).select_related("order", "person")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        chips = [
            {"label": label, "url": f"?state={state}", "on": state == self.state}
            for state, label in Difference.State.choices
        ]
        last_round, failed_round = rounds_ended()
        return super().get_context_data(
            **kwargs,
            chips=chips,
            state=self.state,
            last_round=last_round,
            failed_round=failed_round,
            query=filters_kept(self.request),
        )


class DifferenceView(LedgerAccess, FormView):
    """One difference, and its answer."""

    form_class: type[forms.Form] = AnswerForm
    template_name = "dashboard/ledger/difference.html"

    @cached_property
    def difference(self) -> Difference:
        rows = Difference.objects.select_related("order", "person", "answered_by")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def get_initial(self) -> dict[str, Any]:
        return {"answer": self.difference.answer}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        difference, credit = self.difference, None
        if difference.kind == Difference.Kind.ORDER_OPEN and difference.order:
            credit = credit_of(difference.order)
        if credit:
            kwargs.setdefault("credit_form", CreditForm(initial={"amount": credit.amount}))
        return super().get_context_data(**kwargs, difference=difference, credit=credit)

    def form_valid(self, form: forms.Form) -> HttpResponse:
        difference_answer(
            difference=self.difference, answer=form.cleaned_data["answer"], by=self.request.user
        )
        messages.success(
            self.request, _("The answer is written down. The difference comes back if its sums change.")
        )
        return redirect("dashboard:ledger-differences")


class CreditRefundView(RecentSecondFactor, DifferenceView):
    """Sends back what stands to the credit of an ended order's buyer."""

    http_method_names = ["post"]
    form_class = CreditForm

    def form_valid(self, form: forms.Form) -> HttpResponse:
        order = self.difference.order
        if order is None:
            raise Http404
        try:
            credit_send_back(order=order, by=self.request.user, **form.cleaned_data)
        except (CreditNotSent, PaymentError) as refused:
            messages.error(self.request, str(refused.message))
        else:
            reconciliation_ask(by=self.request.user)
            messages.success(
                self.request,
                _("The money goes back. The difference leaves the queue once everything is checked again."),
            )
        return redirect("dashboard:ledger-difference", pk=self.difference.pk)

    def form_invalid(self, form: forms.Form) -> HttpResponse:
        answer = AnswerForm(initial={"answer": self.difference.answer})
        return self.render_to_response(self.get_context_data(form=answer, credit_form=form), status=422)


class DifferenceTakeView(LedgerAccess, View):
    """Notes that this person looks into it."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        difference_take(difference=get_object_or_404(Difference, pk=pk), by=self.request.user)
        messages.success(request, _("You look into it now; the others see that."))
        return redirect("dashboard:ledger-difference", pk=pk)


class CheckView(LedgerAccess, View):
    """Has everything checked now instead of at night."""

    def post(self, request: HttpRequest) -> HttpResponse:
        reconciliation_ask(by=self.request.user)
        messages.success(request, _("Everything is being checked. Come back in a minute."))
        return redirect("dashboard:ledger-differences")


class ReportsView(LedgerAccess, FormView):
    """Providers' reports: taken as a whole or not at all."""

    form_class = ReportForm
    template_name = "dashboard/ledger/reports.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        reports = ProviderReport.objects.select_related("uploaded_by")[:50]
        return super().get_context_data(**kwargs, reports=reports)

    def form_valid(self, form: ReportForm) -> HttpResponse:
        upload = form.cleaned_data["report"]
        try:
            outcome = provider_report_take(
                provider=form.cleaned_data["provider"],
                file_name=upload.name,
                content=upload.read(),
                by=self.request.user,
            )
        except ReportRefused as refused:
            form.add_error("report", refused.problems)
            return self.form_invalid(form)
        reconciliation_ask(by=self.request.user)
        messages.success(
            self.request,
            ngettext(
                "%(new)d new line; fees of %(fees)s are booked. The lines are being held against our payments.",
                "%(new)d new lines; fees of %(fees)s are booked. The lines are being held against our payments.",
                outcome.new,
            )
            % {"new": outcome.new, "fees": format_dong(outcome.fees)},
        )
        return redirect("dashboard:provider-reports")
