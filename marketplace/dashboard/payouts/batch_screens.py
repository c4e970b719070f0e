"""Batches of payouts: what could go out, making a batch, checking it, giving its file out."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import DetailView, FormView, ListView, TemplateView, View

from checkout.payment.bank_accounts import refunds_to_transfer
from checkout.payment.models import Refund
from checkout.settlement.payouts.bank_file import SHOWN, file_digest, file_name
from checkout.settlement.payouts.batches import (
    batch_approve,
    batch_cancel,
    batch_make,
    batch_send,
    payout_take_out,
    payouts_to_send,
)
from checkout.settlement.payouts.due import dues, producers_with_money
from checkout.settlement.payouts.errors import PayoutError
from checkout.settlement.payouts.models import Payout, PayoutBatch
from checkout.settlement.payouts.terms import next_weekly_day, weekly_run_is_due
from marketplace.audit.services import look_record
from marketplace.clock import today
from marketplace.dashboard.filters import filters_kept
from marketplace.dashboard.forms import ReasonForm
from marketplace.dashboard.payouts.finance_access import FinanceAccess, FinanceChange
from marketplace.dashboard.payouts.forms import ResultFileForm


def refunds_ready() -> QuerySet[Refund]:
    """Return the refunds that could go out: an account is named, and no transfer is under way."""
    return refunds_to_transfer().exclude(payouts__state=Payout.State.PENDING)


class BatchListView(FinanceAccess, ListView):
    """All batches, the newest first."""

    template_name = "dashboard/payouts/batches.html"
    context_object_name = "batches"
    paginate_by = 30

    def get_queryset(self) -> QuerySet[PayoutBatch]:
        state = self.request.GET.get("state", "")
        found = PayoutBatch.objects.select_related("made_by", "approved_by").annotate(
            count=Count("payouts", filter=~Q(payouts__state=Payout.State.WITHDRAWN)),
            total=Sum("payouts__amount", filter=~Q(payouts__state=Payout.State.WITHDRAWN), default=0),
            failed=Count(
                "payouts", filter=Q(payouts__state__in=[Payout.State.FAILED, Payout.State.RETURNED])
            ),
        )
        found = found.order_by("-made_at", "-pk")  # counting drops the model's own order
        return found.filter(state=state) if state in PayoutBatch.State.values else found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        counts = dict(PayoutBatch.objects.order_by().values_list("state").annotate(Count("pk")))
        return super().get_context_data(
            **kwargs,
            states=[(value, label, counts.get(value, 0)) for value, label in PayoutBatch.State.choices],
            state=self.request.GET.get("state", ""),
            query=filters_kept(self.request),
            is_weekly_due=weekly_run_is_due(today()),
            next_day=next_weekly_day(today()),
        )


class BatchCreateView(FinanceChange, TemplateView):
    """What could go out today, and why the rest can't; who makes the batch chooses."""

    template_name = "dashboard/payouts/batch_new.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = dues(producers_with_money())
        is_weekly = weekly_run_is_due(today())
        return super().get_context_data(
            **kwargs,
            ready=[
                (due, (is_weekly or due.request is not None) and due.refused is None)
                for due in found
                if not due.obstacle
            ],
            not_ready=[due for due in found if due.obstacle],
            refunds=refunds_ready(),
            is_weekly=is_weekly,
            next_day=next_weekly_day(today()),
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            batch, left_out = batch_make(
                producers=_chosen(request, "producer"),
                refunds=_chosen(request, "refund"),
                is_weekly=request.POST.get("is_weekly") == "1",
                by=self.request.user,
            )
        except PayoutError as error:
            messages.error(request, str(error.message))
            return redirect("dashboard:payout-batch-new")
        for words in left_out:
            messages.warning(request, words)
        messages.success(request, _("Batch %(number)s waits for a second person.") % {"number": batch.number})
        return redirect("dashboard:payout-batch", pk=batch.pk)


def _chosen(request: HttpRequest, name: str) -> set[int]:
    return {int(value) for value in request.POST.getlist(name) if value.isdigit()}


class BatchView(FinanceAccess, DetailView):
    """One batch: who made it, what is in it, and the next step."""

    template_name = "dashboard/payouts/batch.html"
    context_object_name = "batch"
    queryset = PayoutBatch.objects.select_related("made_by", "approved_by", "sent_by", "cancelled_by")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        going = payouts_to_send(self.object)
        look_record(self.object, words=self.object.number, fields=["account_number"])
        digest = file_digest(going)
        kwargs.setdefault("result_form", ResultFileForm())
        return super().get_context_data(
            **kwargs,
            payouts=self.object.payouts.select_related("producer", "refund__payment__order").order_by("pk"),
            count=len(going),
            total=sum(payout.amount for payout in going),
            digest=digest,
            shown_digest=digest[:SHOWN].upper(),
            is_maker=self.object.made_by_id == self.request.user.pk,
            is_draft=self.object.state == PayoutBatch.State.DRAFT,
            results=self.object.results.select_related("read_by"),
        )


class BatchStep(FinanceChange, View):
    """One step of a batch; leads back to it."""

    http_method_names = ["post"]

    @cached_property
    def batch(self) -> PayoutBatch:
        return get_object_or_404(PayoutBatch, pk=self.kwargs["pk"])

    def back(self) -> HttpResponse:
        return redirect("dashboard:payout-batch", pk=self.kwargs["pk"])


class BatchApproveView(BatchStep):
    """The second person approves what the page showed."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        try:
            taken_out = batch_approve(
                batch=self.batch, digest=request.POST.get("digest", ""), by=self.request.user
            )
        except PayoutError as error:
            messages.error(request, str(error.message))
            return self.back()
        for payout in taken_out:
            messages.warning(request, f"{payout.holder}: {payout.reason}")
        if taken_out:
            messages.error(
                request, _("Something changed since the batch was made. Please look at what is left.")
            )
        else:
            messages.success(request, _("Approved. The file can go to the bank."))
        return self.back()


class BatchFileView(BatchStep):
    """Gives the file out; only after the approval."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        try:
            content = batch_send(batch=self.batch, by=self.request.user)
        except PayoutError as error:
            messages.error(request, str(error.message))
            return self.back()
        if content is None:
            messages.error(
                request,
                _("Something changed since the approval; it was taken out. Please approve what is left."),
            )
            return self.back()
        response = HttpResponse(content, content_type="text/csv; charset=us-ascii")
        response["Content-Disposition"] = f'attachment; filename="{file_name(self.batch)}"'
        return response


class ReasonStep(FinanceChange, FormView):
    """A step that says why. Subclasses give `words`, `write` and `back`."""

    form_class = ReasonForm
    template_name = "dashboard/staff/reason.html"

    def words(self) -> dict[str, Any]:
        """Return `question`, `consequence`, `action`, and what else the page takes."""
        raise NotImplementedError

    def write(self, reason: str) -> str:
        """Make the change and return what to say of it. Raises PayoutError."""
        raise NotImplementedError

    def back(self) -> str:
        raise NotImplementedError

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, **self.words(), back=self.back())

    def form_valid(self, form: ReasonForm) -> HttpResponse:
        try:
            said = self.write(form.cleaned_data["reason"])
        except PayoutError as error:
            form.add_error(None, str(error.message))
            return self.form_invalid(form)
        messages.success(self.request, said)
        return redirect(self.back())


class BatchCancelView(ReasonStep):
    """Gives a batch up that has not gone to the bank."""

    @cached_property
    def batch(self) -> PayoutBatch:
        return get_object_or_404(PayoutBatch, pk=self.kwargs["pk"])

    def words(self) -> dict[str, Any]:
        return {
            "question": _("Cancel batch %(number)s?") % {"number": self.batch.number},
            "consequence": _("Nothing of it goes to the bank; all of its money is in the balances again."),
            "action": _("Cancel the batch"),
        }

    def write(self, reason: str) -> str:
        batch_cancel(batch=self.batch, reason=reason, by=self.request.user)
        return _("The batch is cancelled.")

    def back(self) -> str:
        return reverse("dashboard:payout-batch", kwargs={"pk": self.batch.pk})


class PayoutTakeOutView(ReasonStep):
    """Takes one transfer out of a batch that is still to be approved."""

    @cached_property
    def payout(self) -> Payout:
        return get_object_or_404(Payout.objects.select_related("batch"), pk=self.kwargs["pk"])

    def words(self) -> dict[str, Any]:
        return {
            "question": _("Take %(holder)s out of batch %(number)s?")
            % {"holder": self.payout.holder, "number": self.payout.batch.number},
            "consequence": _("The money is owed as before and can go with another batch."),
            "action": _("Take it out"),
        }

    def write(self, reason: str) -> str:
        payout_take_out(payout=self.payout, reason=reason, by=self.request.user)
        return _("It is taken out.")

    def back(self) -> str:
        return reverse("dashboard:payout-batch", kwargs={"pk": self.payout.batch_id})
