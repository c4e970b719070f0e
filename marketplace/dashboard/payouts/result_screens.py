"""The bank's answer to a batch: a file with preview, or by hand, one transfer at a time."""

from collections import Counter
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import DetailView, FormView, View

from checkout.settlement.payouts.errors import PayoutError, ResultRefused
from checkout.settlement.payouts.models import Payout, PayoutBatch, ResultFile
from checkout.settlement.payouts.results import Outcome, payout_settle_by_hand, result_apply, result_read
from marketplace.audit.services import look_record
from marketplace.dashboard.payouts.batch_screens import BatchView
from marketplace.dashboard.payouts.finance_access import FinanceChange
from marketplace.dashboard.payouts.forms import CameBackForm, ResultFileForm, SettleForm

#: What each outcome is called, and how it looks.
OUTCOMES = {
    Outcome.DONE: (gettext_lazy("Sent"), "good"),
    Outcome.FAILED: (gettext_lazy("Refused by the bank"), "bad"),
    Outcome.RETURNED: (gettext_lazy("Sent back by the bank"), "bad"),
    Outcome.WAITING: (gettext_lazy("The bank is still processing it"), "wait"),
    Outcome.REFUSED: (gettext_lazy("Does not fit"), "bad"),
}


class ResultReadView(FinanceChange, BatchView):
    """Reads a file; nothing of it is done yet. A file that can't be read brings the batch's page back, with the reason."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        self.object: PayoutBatch = self.get_object()
        form = ResultFileForm(request.POST, request.FILES)
        if form.is_valid():
            file = form.cleaned_data["file"]
            try:
                result = result_read(
                    batch=self.object, name=file.name, content=file.read(), by=self.request.user
                )
            except ResultRefused as refused:
                for problem in refused.problems:
                    form.add_error("file", problem)
            except PayoutError as error:
                form.add_error(None, str(error.message))
            else:
                return redirect("dashboard:payout-result", pk=result.pk)
        return self.render_to_response(self.get_context_data(result_form=form), status=422)


class ResultView(FinanceChange, DetailView):
    """What the file says, row by row, before it is done and after."""

    template_name = "dashboard/payouts/result.html"
    context_object_name = "result"
    queryset = ResultFile.objects.select_related("batch", "read_by", "applied_by")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = self.object.rows
        counts = Counter(row["outcome"] for row in rows)
        holders = dict(self.object.batch.payouts.values_list("reference", "holder"))
        return super().get_context_data(
            **kwargs,
            batch=self.object.batch,
            counts=[(label, counts[outcome]) for outcome, (label, _kind) in OUTCOMES.items()],
            rows=[
                (row, *OUTCOMES[Outcome(row["outcome"])], holders.get(row["reference"], "")) for row in rows
            ],
            to_do=counts[Outcome.DONE] + counts[Outcome.FAILED] + counts[Outcome.RETURNED],
        )


class ResultApplyView(FinanceChange, View):
    """Does what the file says."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        result = get_object_or_404(ResultFile.objects.select_related("batch"), pk=pk)
        try:
            counts = result_apply(result=result, by=self.request.user)
        except PayoutError as error:
            messages.error(request, str(error.message))
        else:
            messages.success(
                request,
                _("%(done)d sent, %(failed)d refused or sent back by the bank, %(refused)d rows did not fit.")
                % {
                    "done": counts[Outcome.DONE],
                    "failed": counts[Outcome.FAILED] + counts[Outcome.RETURNED],
                    "refused": counts[Outcome.REFUSED],
                },
            )
        return redirect("dashboard:payout-batch", pk=result.batch_id)


class PayoutSettleView(FinanceChange, FormView):
    """Notes what the bank's own screen says of one transfer, where the bank gives no file."""

    template_name = "dashboard/payouts/settle.html"

    @cached_property
    def payout(self) -> Payout:
        return get_object_or_404(Payout.objects.select_related("batch", "producer"), pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        look_record(self.payout, words=self.payout.reference, fields=["account_number"])
        return super().get_context_data(**kwargs, payout=self.payout)

    def get_form_class(self) -> type[SettleForm | CameBackForm]:
        return CameBackForm if self.payout.state == Payout.State.DONE else SettleForm

    def form_valid(self, form: SettleForm | CameBackForm) -> HttpResponse:
        reason = "" if form.cleaned_data.get("outcome") == "done" else form.cleaned_data["reason"]
        try:
            payout_settle_by_hand(payout=self.payout, refused_because=reason, by=self.request.user)
        except PayoutError as error:
            form.add_error(None, str(error.message))
            return self.form_invalid(form)
        messages.success(self.request, _("Saved."))
        return redirect("dashboard:payout-batch", pk=self.payout.batch_id)
