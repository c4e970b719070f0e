"""Private messages that one side reported: the programme may read a talk as long as a report of it is open, and each look is noted."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.views.generic import DetailView, ListView, View

from checkout.aftersale.views import picture_response
from checkout.messages.models import MessagePicture, MessageReport
from checkout.messages.rules import Ground
from checkout.messages.selectors import messages_of
from checkout.messages.services import message_hide, message_report_dismiss
from marketplace.accounts.models import StaffRole
from marketplace.audit.services import audit_record, audited
from marketplace.dashboard.access import StaffAccess
from marketplace.dashboard.filters import filters_kept


class TakeAwayForm(forms.Form):
    """On which ground a message is taken away."""

    ground = forms.ChoiceField(
        label=gettext_lazy("What is wrong with it?"), choices=Ground.choices, widget=forms.RadioSelect
    )
    note = forms.CharField(
        label=gettext_lazy("A word to the writer"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class LeaveForm(forms.Form):
    """Why a message is left."""

    note = forms.CharField(label=gettext_lazy("Why?"), max_length=500, required=False)


@dataclass(frozen=True, slots=True)
class Step:
    """One way to decide: the form that it asks for, the service that does it, what the audit log calls it, what is said afterwards."""

    form: type[forms.Form]
    service: Callable[..., bool]
    action: str
    words: str | Promise


STEPS: Final[dict[str, Step]] = {
    "hide": Step(
        TakeAwayForm, message_hide, "message.hidden", gettext_lazy("Taken away. The writer is told.")
    ),
    "dismiss": Step(
        LeaveForm,
        message_report_dismiss,
        "message.kept",
        gettext_lazy("The message stays, and the talk is closed to you again."),
    ),
}


class ReportedTalks(StaffAccess):
    """The open reports of messages about consignments of producers in the person's provinces."""

    staff_roles = (StaffRole.Role.ADMIN, StaffRole.Role.SUPPORT)

    def get_queryset(self) -> QuerySet[MessageReport]:
        return MessageReport.objects.filter(
            self.scope.q("message__consignment__producer__commune__province"), settled_at=None
        ).select_related("message__consignment__producer", "message__consignment__order")


class ReportedTalkListView(ReportedTalks, ListView):
    """The oldest first; what was said stands on the page of each alone."""

    template_name = "dashboard/messages/reported.html"
    context_object_name = "reports"
    paginate_by = 20

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, query=filters_kept(self.request))


class ReportedTalkView(ReportedTalks, DetailView):
    """The talk with the message that was reported; opening it is noted."""

    template_name = "dashboard/messages/reported_talk.html"
    context_object_name = "report"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        report = self.get_object()
        with transaction.atomic():
            audit_record(action="messages.read", subject=report.message.consignment)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        base = reverse("dashboard:reported-talk-picture", kwargs={"pk": 0}).removesuffix("0/")
        return super().get_context_data(
            **{
                "hide_form": TakeAwayForm(auto_id="hide-%s"),
                "dismiss_form": LeaveForm(auto_id="dismiss-%s"),
                **kwargs,
            },
            said=list(messages_of(self.object.message.consignment)),
            consignment=self.object.message.consignment,
            pictures_base=base,
        )


class ReportedTalkStepView(ReportedTalkView):
    """Takes the message away, or leaves it."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int, step: str) -> HttpResponse:
        known = STEPS.get(step)
        if known is None:
            raise Http404
        self.object = get_object_or_404(self.get_queryset(), pk=pk)
        form = known.form(request.POST, auto_id=f"{step}-%s")
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(**{f"{step}_form": form}), status=422)
        changes = {"ground": form.cleaned_data.get("ground", "")}
        with audited(known.action, self.object.message.consignment, changes=changes):
            known.service(report=self.object, by=request.user, **form.cleaned_data)
        messages.success(request, str(known.words))
        return redirect("dashboard:reported-talks")


class ReportedTalkPictureView(ReportedTalks, View):
    """A picture of a talk in which a message is reported."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        consignments = self.get_queryset().values("message__consignment")
        pictures = MessagePicture.objects.filter(message__consignment__in=consignments)
        return picture_response(get_object_or_404(pictures, pk=pk))
