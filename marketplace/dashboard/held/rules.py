"""From what on an order is put aside: dated rules, of which a new one follows the old."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, ListView

from checkout.safety.models import HoldRule, Signal
from checkout.safety.services import hold_rule_write
from checkout.safety.signals import rules_in_force
from marketplace.clock import today
from marketplace.dashboard.access import NationalAccess
from marketplace.dashboard.forms import DATE


class RuleForm(forms.ModelForm):
    """A rule that holds from a day on."""

    class Meta:
        model = HoldRule
        fields = ["signal", "threshold", "window_minutes", "hours", "valid_from", "valid_until"]
        widgets = {"valid_from": DATE, "valid_until": DATE}
        help_texts = {
            "threshold": gettext_lazy("A number of cases; for sums đồng."),
            "window_minutes": gettext_lazy("60 for an hour, 1440 for a day; for sums 0."),
            "hours": gettext_lazy("From 1 to 72. Then the order goes on by itself."),
            "valid_until": gettext_lazy("Empty: until another follows."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["signal"].choices = [("", _("Choose")), *Signal.choices]  # type: ignore[attr-defined]

    def clean_valid_from(self) -> Any:
        """A rule of the past would change what was right then."""
        first = self.cleaned_data["valid_from"]
        if first < today():
            raise ValidationError(_("From today at the earliest."))
        return first


class RuleListView(NationalAccess, ListView):
    """All rules, those in force marked."""

    template_name = "dashboard/held/rules.html"
    context_object_name = "rules"
    queryset = HoldRule.objects.select_related("written_by")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        in_force = {rule.pk for rule in rules_in_force(timezone.now())}
        return super().get_context_data(**kwargs, in_force=in_force)


class RuleCreateView(NationalAccess, FormView):
    """A new rule for a signal."""

    form_class = RuleForm
    template_name = "dashboard/held/rule.html"

    def get_initial(self) -> dict[str, Any]:
        return {"valid_from": today()}

    def form_valid(self, form: RuleForm) -> HttpResponse:
        hold_rule_write(values=form.cleaned_data, by=self.request.user)
        messages.success(self.request, _("The rule is saved."))
        return redirect("dashboard:hold-rules")
