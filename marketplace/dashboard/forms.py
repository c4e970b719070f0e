"""Forms of the back office."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from catalogue.certification.evidence import EvidenceRefused, evidence_checked
from catalogue.certification.models import Decision
from catalogue.producers.models import Partner
from checkout.shipping.models import DeliveryRate, DeliveryTariff
from marketplace.address.phones import parse_phone
from search.insights.redirects import check_page
from search.models import SearchRedirect

DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class ReasonForm(forms.Form):
    """Why something is refused, stopped or withdrawn."""

    reason = forms.CharField(label=_("Reason"), max_length=255, widget=forms.Textarea(attrs={"rows": 3}))


class ProducerForm(forms.ModelForm):
    """Particulars of a producer that buyers see."""

    class Meta:
        model = Partner
        fields = [
            "name",
            "kind",
            "registration_number",
            "tax_number",
            "representative",
            "phone",
            "email",
            "website",
            "street",
            "commune",
            "alcohol_licence_number",
            "alcohol_licence_from",
            "alcohol_licence_until",
        ]
        widgets = {
            "alcohol_licence_from": DATE,
            "alcohol_licence_until": DATE,
            "commune": forms.TextInput(attrs={"inputmode": "numeric"}),
        }
        help_texts = {"commune": _("The commune's five-digit code.")}

    def clean_phone(self) -> str:
        """Return E.164."""
        typed = self.cleaned_data["phone"]
        return parse_phone(typed) if typed else ""

    def clean(self) -> dict[str, Any]:
        """Hold a licence's days in order before the database does."""
        cleaned: dict[str, Any] = super().clean() or {}
        first, last = cleaned.get("alcohol_licence_from"), cleaned.get("alcohol_licence_until")
        if first and last and last < first:
            self.add_error("alcohol_licence_until", _("The licence ends before it begins."))
        return cleaned


class CertificateVerifyForm(forms.Form):
    """What the paper says, typed from the paper by whoever saw it."""

    number = forms.CharField(
        label=_("Decision number"), max_length=60, help_text=_("For example 3981/QĐ-UBND")
    )
    decided_on = forms.DateField(label=_("Date of the decision"), widget=DATE)
    authority = forms.CharField(
        label=_("Authority"), max_length=160, help_text=_("For example UBND tỉnh Lâm Đồng")
    )
    level = forms.ChoiceField(label=_("Level"), choices=Decision.Level.choices)
    valid_until = forms.DateField(
        label=_("Valid until"),
        widget=DATE,
        required=False,
        help_text=_("Empty: as long as the programme says."),
    )
    official_code = forms.CharField(label=_("Certificate code"), max_length=60, required=False)
    evidence = forms.FileField(
        label=_("Scan of the paper"),
        required=False,
        help_text=_("PDF, JPEG or PNG, at most 15 MB. Anybody can open it on the certificate's page."),
        widget=forms.ClearableFileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
    )

    def clean_evidence(self) -> Any:
        """Take only what its content says it is."""
        file = self.cleaned_data["evidence"]
        try:
            return evidence_checked(file) if file else None
        except EvidenceRefused as refused:
            raise ValidationError(str(refused.message)) from refused


class TariffForm(forms.ModelForm):
    """A delivery table."""

    class Meta:
        model = DeliveryTariff
        fields = [
            "name",
            "valid_from",
            "valid_until",
            "volume_divisor",
            "free_from",
            "cod_charge",
            "is_sample",
        ]
        widgets = {"valid_from": DATE, "valid_until": DATE}


class RateForm(forms.ModelForm):
    """One zone's line of a delivery table."""

    class Meta:
        model = DeliveryRate
        fields = [
            "zone",
            "first_weight",
            "first_charge",
            "step_weight",
            "step_charge",
            "days_min",
            "days_max",
        ]

    def clean(self) -> dict[str, Any]:
        """Hold the days in order before the database does."""
        cleaned: dict[str, Any] = super().clean() or {}
        fewest, most = cleaned.get("days_min"), cleaned.get("days_max")
        if fewest is not None and most is not None and most < fewest:
            self.add_error("days_max", _("At most is less than at least."))
        return cleaned


RateFormSet = forms.inlineformset_factory(
    DeliveryTariff, DeliveryRate, form=RateForm, extra=0, min_num=3, max_num=3
)


class PackForm(forms.Form):
    """Price and stock of one pack."""

    price = forms.IntegerField(
        label=_("Price (đồng)"), min_value=1000, max_value=1_000_000_000, required=False
    )
    stock = forms.IntegerField(label=_("In stock"), min_value=0, max_value=1_000_000)

    def clean_price(self) -> int | None:
        """Refuse a price that isn't a multiple of 100 đồng: nobody can hand it over in cash."""
        price: int | None = self.cleaned_data["price"]
        if price is not None and price % 100:
            raise ValidationError(_("A price ends in two zeros, for example 85.000."))
        return price


class SearchRedirectForm(forms.ModelForm):
    """A text, and the page that it leads to."""

    class Meta:
        model = SearchRedirect
        fields = ["text", "path_vi", "path_en", "ends_on"]
        widgets = {"ends_on": DATE}
        help_texts = {
            "text": _("Compared without marks and capitals."),
            "path_vi": _("Begins with /vi/."),
            "path_en": _("Begins with /en/. Empty: who searches in English finds goods as before."),
            "ends_on": _("Empty: until somebody takes it away."),
        }

    def clean_path_vi(self) -> str:
        """Say at the field what the database would refuse."""
        return check_page(self.cleaned_data["path_vi"], "vi")

    def clean_path_en(self) -> str:
        """The same; empty is allowed."""
        path: str = self.cleaned_data["path_en"]
        return check_page(path, "en") if path else ""
