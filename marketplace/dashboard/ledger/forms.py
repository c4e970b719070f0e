"""What finance writes: commissions, taxes to withhold, answers to differences, a provider's report."""

from datetime import timedelta
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from catalogue.models import ProductSet
from catalogue.producers.models import Partner
from checkout.campaigns.models import Campaign
from checkout.payment.methods import METHODS
from checkout.settlement.rates.models import CommissionTariff, TaxKind
from marketplace.clock import today
from marketplace.dashboard.forms import DATE, ReasonForm
from marketplace.dashboard.numbers import PercentField


class CommissionForm(forms.ModelForm):
    """A commission. What is saved of one in use becomes the one that follows it, from tomorrow at the earliest."""

    rate = PercentField(label=_("Commission (%)"))

    class Meta:
        model = CommissionTariff
        fields = [
            "name",
            "rate",
            "base",
            "producer",
            "group",
            "campaign",
            "valid_from",
            "valid_until",
            "is_sample",
        ]
        widgets = {"valid_from": DATE, "valid_until": DATE}
        labels = {"producer": _("Producer"), "group": _("Kind of producer"), "campaign": _("Campaign")}
        help_texts = {
            "name": _("Producers read it on their statements."),
            "campaign": _("The narrowest counts: campaign, producer, kind of producer, everybody."),
            "valid_from": _("Tomorrow at the earliest: today's orders keep what holds today."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        producers = cast(forms.ModelChoiceField, self.fields["producer"])
        producers.queryset = Partner.objects.order_by("name")
        producers.empty_label = str(_("Every producer"))
        campaigns = cast(forms.ModelChoiceField, self.fields["campaign"])
        campaigns.queryset = Campaign.objects.order_by("-starts_at")
        campaigns.empty_label = str(_("Whether or not in a campaign"))
        group = cast(forms.ChoiceField, self.fields["group"])
        group.choices = [("", _("Every kind")), *Partner.Kind.choices]
        #: Whether what is saved becomes a row of its own.
        self.is_in_use = self.instance.pk is not None and self.instance.has_begun
        for name in ("producer", "group", "campaign"):
            # It passes to nobody else: another commission may stand beside it.
            self.fields[name].disabled = self.instance.pk is not None
        if self.is_in_use or self.instance.pk is None:
            self.initial["valid_from"] = today() + timedelta(days=1)

    def clean(self) -> dict[str, Any]:
        """Hold scope and days in order before the database does."""
        cleaned: dict[str, Any] = super().clean() or {}
        if sum(bool(cleaned.get(name)) for name in ("producer", "group", "campaign")) > 1:
            self.add_error("campaign", _("Choose one of producer, kind of producer and campaign."))
        first, last = cleaned.get("valid_from"), cleaned.get("valid_until")
        if first and last and last < first:
            self.add_error("valid_until", _("The last day is before the first."))
        elif last and last <= today():
            self.add_error("valid_until", _("This day is past."))
        return cleaned


class WithholdingForm(forms.Form):
    """What the law has us withhold from a day on."""

    law = forms.CharField(label=_("Legal source"), max_length=255)
    valid_from = forms.DateField(
        label=_("Valid from"),
        widget=DATE,
        help_text=_("Tomorrow at the earliest. What holds now ends the day before."),
    )
    seller_kinds = forms.MultipleChoiceField(
        label=_("Withheld from"),
        choices=Partner.Kind.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("Producers of the other kinds file their own taxes."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind, label in TaxKind.choices:
            self.fields[f"vat_{kind}"] = PercentField(label=_("%(kind)s: VAT (%%)") % {"kind": label})
            self.fields[f"pit_{kind}"] = PercentField(label=_("%(kind)s: income tax (%%)") % {"kind": label})

    def rates(self) -> dict[str, tuple[int, int]]:
        """Return VAT and income tax by kind of goods."""
        data = self.cleaned_data
        return {kind: (data[f"vat_{kind}"], data[f"pit_{kind}"]) for kind in TaxKind.values}


class SetTaxKindForm(forms.Form):
    """Of what kind the goods of a product set are for the tax."""

    product_set = forms.ModelChoiceField(
        label=_("Product set"), queryset=ProductSet.objects.order_by("number"), empty_label=None
    )
    kind = forms.ChoiceField(label=_("Tax category"), choices=TaxKind.choices)


class AnswerForm(forms.Form):
    """How a difference is explained."""

    answer = forms.CharField(
        label=_("Answer"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Where it comes from, and what was done about it. It stands in the history."),
    )


class CreditForm(ReasonForm):
    """Why an ended order's buyer gets back what stands to its credit; `amount` is what the page showed."""

    amount = forms.IntegerField(widget=forms.HiddenInput)


class ReportForm(forms.Form):
    """A provider's report."""

    provider = forms.ChoiceField(label=_("Payment provider"))
    report = forms.FileField(
        label=_("Report"),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
        help_text=_(
            "CSV or Excel. At Stripe: Reports, Balance, “Balance change from activity”, itemised, all columns."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        provider = cast(forms.ChoiceField, self.fields["provider"])
        provider.choices = [
            (method.gateway, method.label) for method in METHODS if method.gateway in ("stripe", "sandbox")
        ]


class PeriodForm(forms.Form):
    """From which day to which."""

    since = forms.DateField(label=_("From"), widget=DATE, required=False)
    until = forms.DateField(label=_("Until"), widget=DATE, required=False)
