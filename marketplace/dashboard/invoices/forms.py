"""Forms about a producer's invoices."""

from datetime import date
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from checkout.invoices.models import InvoiceTerms
from marketplace.clock import today


class MonthForm(forms.Form):
    """The month whose invoices are meant; without an answer the one at hand."""

    month = forms.DateField(
        label=_("Month"),
        input_formats=["%Y-%m"],
        error_messages={"invalid": _("Please write the month as year and month, for example 2026-11.")},
        widget=forms.DateInput(format="%Y-%m", attrs={"type": "month"}),
    )

    def clean_month(self) -> date:
        """Refuse months that nobody can have sold in."""
        month: date = self.cleaned_data["month"]
        if month > today():
            raise forms.ValidationError(_("This month has not begun."))
        return month


class InvoiceTermsForm(forms.ModelForm):
    """How a producer invoices."""

    class Meta:
        model = InvoiceTerms
        fields: ClassVar = ["form", "series", "vat_rate", "delivery_vat_rate"]
        widgets: ClassVar = {"form": forms.RadioSelect}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["form"].choices = InvoiceTerms.Form.choices  # type: ignore[attr-defined]
        for name in ("vat_rate", "delivery_vat_rate"):
            self.fields[name].help_text = _("For a VAT invoice alone. Your prices hold it already.")
            self.fields[name].choices = [("", _("Choose")), *InvoiceTerms.Rate.choices]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Ask for the rates of a VAT invoice, and for none of the other."""
        cleaned: dict[str, Any] = super().clean() or {}
        for name in ("vat_rate", "delivery_vat_rate"):
            if cleaned.get("form") == InvoiceTerms.Form.SALES:
                cleaned[name] = None
            elif cleaned.get("form") == InvoiceTerms.Form.VAT and cleaned.get(name) is None:
                self.add_error(name, _("A VAT invoice needs this rate."))
        return cleaned
