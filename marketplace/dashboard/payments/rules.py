"""Dated rules of paying that finance keeps: until when cash is taken on delivery, and what a dollar is for estimates."""

from datetime import date
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.generic import CreateView, ListView

from checkout.payment.dated import CashLimit, Dated, DollarRate
from checkout.payment.errors import PaymentError
from checkout.payment.terms import rule_on, rule_write
from marketplace.clock import today
from marketplace.dashboard.payouts.finance_access import FinanceAccess, FinanceChange


class RuleForm(forms.ModelForm):
    """A rule from a day on; one of the same day that is still to come is replaced."""

    def clean_valid_from(self) -> date:
        """Say at the field what the service would refuse."""
        first: date = self.cleaned_data["valid_from"]
        if first < today():
            raise ValidationError(_("This can begin today at the earliest."))
        return first

    def validate_unique(self) -> None:
        """Leave it to the service, which replaces a rule of the same day."""


_DATE = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
_DONG = forms.NumberInput(attrs={"inputmode": "numeric", "min": "1"})


class CashLimitForm(RuleForm):
    """Until which sum cash is taken, and from whom."""

    class Meta:
        model = CashLimit
        fields: ClassVar = ["valid_from", "most_amount", "refused_parcels", "is_sample"]
        widgets: ClassVar = {"valid_from": _DATE, "most_amount": _DONG}


class DollarRateForm(RuleForm):
    """What a dollar is, and who says so."""

    class Meta:
        model = DollarRate
        fields: ClassVar = ["valid_from", "dong", "source", "is_sample"]
        widgets: ClassVar = {"valid_from": _DATE, "dong": _DONG}


class RuleScreen:
    """What the screens of one kind of rule have in common."""

    model: type[Dated]
    title: str | Promise
    lead: str | Promise
    listed: str
    written: str

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(  # type: ignore[misc, no-any-return]
            **kwargs,
            title=self.title,
            lead=self.lead,
            listed=f"dashboard:{self.listed}",
            written=f"dashboard:{self.written}",
            current=rule_on(self.model, today()),
            today=today(),
        )


class CashLimitScreen(RuleScreen):
    """Limits of cash."""

    model = CashLimit
    title = _("Cash on delivery: until when")
    lead = _(
        "Above the sum, with alcohol, or after parcels that were not taken, an order is paid before delivery. The buyer reads why."
    )
    listed, written = "cash-limits", "cash-limit-new"


class DollarRateScreen(RuleScreen):
    """Rates of the dollar."""

    model = DollarRate
    title = _("US dollar, for estimates")
    lead = _(
        "Foreign buyers read in English about how many dollars a sum is. Everybody pays in đồng: nothing is charged by this rate."
    )
    listed, written = "dollar-rates", "dollar-rate-new"


class RuleListView(FinanceAccess, ListView):
    """What holds, what held, what will."""

    template_name = "dashboard/payments/rules.html"
    context_object_name = "rules"

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("written_by")


class RuleCreateView(FinanceChange, CreateView):
    """The next rule, filled in with that of today."""

    template_name = "dashboard/payments/rule_new.html"

    def get_initial(self) -> dict[str, Any]:
        rule = rule_on(self.model, today())
        values = [
            name for name in self.get_form_class().base_fields if name not in ("valid_from", "is_sample")
        ]
        return {"valid_from": today(), **{name: getattr(rule, name, None) for name in values}}

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            rule_write(rule=form.instance, by=self.request.user)
        except PaymentError as error:
            form.add_error(None, str(error.message))
            return self.form_invalid(form)
        messages.success(self.request, str(_("Saved. What held before holds until the day before.")))
        return redirect(f"dashboard:{self.listed}")  # type: ignore[attr-defined]


class CashLimitListView(CashLimitScreen, RuleListView):
    """All limits of cash, the latest first."""


class CashLimitCreateView(CashLimitScreen, RuleCreateView):
    """The next limit."""

    form_class = CashLimitForm


class DollarRateListView(DollarRateScreen, RuleListView):
    """All rates, the latest first."""


class DollarRateCreateView(DollarRateScreen, RuleCreateView):
    """The next rate."""

    form_class = DollarRateForm
