"""Reasons and terms of returns and complaints: what holds today, and what follows it. For administrators of all provinces."""

from datetime import date
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, ListView

from checkout.aftersale.deadlines import terms_on
from checkout.aftersale.errors import CaseNotPossible
from checkout.aftersale.models import Reason, Terms
from checkout.aftersale.rules import reason_follow, terms_follow
from marketplace.audit.services import audited
from marketplace.clock import today
from marketplace.dashboard.access import NationalAccess

_DATE = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class FollowingForm(forms.ModelForm):
    """What holds from a day on; uniqueness is left to the service, which replaces what is still to come."""

    def clean_valid_from(self) -> date:
        """Say at the field what the service would refuse."""
        first: date = self.cleaned_data["valid_from"]
        if first < today():
            raise forms.ValidationError(_("This can begin today at the earliest."))
        return first

    def validate_unique(self) -> None:
        """Leave it to the service."""


class ReasonForm(FollowingForm):
    """A reason in both languages, with its days and who bears what."""

    class Meta:
        model = Reason
        fields: ClassVar = [
            "words_vi",
            "words_en",
            "help_vi",
            "help_en",
            "kind",
            "when",
            "deadline_days",
            "delivery_borne_by",
            "goods_back",
            "asks_pictures",
            "valid_from",
            "valid_until",
            "source",
        ]
        widgets: ClassVar = {"valid_from": _DATE, "valid_until": _DATE}
        labels: ClassVar = {
            "words_vi": gettext_lazy("In Vietnamese"),
            "words_en": gettext_lazy("In English"),
            "help_vi": gettext_lazy("Hint in Vietnamese"),
            "help_en": gettext_lazy("Hint in English"),
            "kind": gettext_lazy("Kind"),
            "when": gettext_lazy("When"),
            "delivery_borne_by": gettext_lazy("Delivery"),
            "goods_back": gettext_lazy("Goods"),
        }


class TermsForm(FollowingForm):
    """How long each side has."""

    class Meta:
        model = Terms
        fields: ClassVar = [
            "valid_from",
            "answer_working_days",
            "appeal_days",
            "send_back_days",
            "receive_working_days",
            "review_invite_days",
            "review_days",
            "talk_days",
            "source",
        ]
        widgets: ClassVar = {"valid_from": _DATE}


class CaseRulesView(NationalAccess, ListView):
    """All reasons that hold or will, and the terms."""

    template_name = "dashboard/aftersale/rules.html"
    context_object_name = "reasons"

    def get_queryset(self) -> QuerySet[Reason]:
        return Reason.objects.exclude(valid_until__lt=today())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        coming = Terms.objects.filter(valid_from__gt=today()).order_by("valid_from")
        return super().get_context_data(**kwargs, terms=terms_on(today()), coming=coming, today=today())


class _Following(NationalAccess, FormView):
    """A form for what follows, filled in with what holds. Subclasses give `present`, `write` and the words."""

    template_name = "dashboard/aftersale/rule.html"
    action = ""
    title: Any = ""

    @cached_property
    def present(self) -> Any:
        raise NotImplementedError

    def write(self, row: Any) -> Any:
        raise NotImplementedError

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        initial = {name: getattr(self.present, name) for name in self.get_form_class().base_fields}
        return {**kwargs, "initial": {**initial, "valid_from": max(today(), self.present.valid_from)}}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, title=self.title, back=reverse("dashboard:case-rules"))

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            with audited(self.action) as event:
                event["subject"] = self.write(form.instance)
        except CaseNotPossible as refused:
            form.add_error(None, str(refused.message))
            return self.form_invalid(form)
        messages.success(
            self.request, _("Saved. Cases that are open keep the rule by which they were opened.")
        )
        return redirect("dashboard:case-rules")


class CaseReasonView(_Following):
    """What follows a reason."""

    form_class = ReasonForm
    action = "case_reason.written"
    title = gettext_lazy("Reason of returns and complaints")

    @cached_property
    def present(self) -> Reason:
        return get_object_or_404(Reason, pk=self.kwargs["pk"])

    def write(self, row: Reason) -> Reason:
        row.code, row.position = self.present.code, self.present.position
        return reason_follow(reason=row, by=self.request.user)


class CaseTermsView(_Following):
    """What follows the terms."""

    form_class = TermsForm
    action = "case_terms.written"
    title = gettext_lazy("Days of returns, complaints and reviews")

    @cached_property
    def present(self) -> Terms:
        return terms_on(today())

    def write(self, row: Terms) -> Terms:
        return terms_follow(terms=row, by=self.request.user)
