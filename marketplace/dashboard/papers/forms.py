"""What a person types off a paper, or about it."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from catalogue.certification.evidence import EvidenceRefused, evidence_checked
from catalogue.certification.models import (
    FEWEST_CERTIFIED_STARS,
    Decision,
    StandardCertificate,
    WithdrawalGround,
)
from marketplace.dashboard.forms import DATE

STARS = [(number, str(number)) for number in range(FEWEST_CERTIFIED_STARS, 6)]


class EvidenceField(forms.FileField):
    """A scan: a PDF, JPEG or PNG by its content, kept under a name that says nothing."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label=kwargs.pop("label", _("Scan of the paper")),
            help_text=_("PDF, JPEG or PNG, at most 15 MB. Anybody can open it on the certificate's page."),
            widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
            **kwargs,
        )

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Return the checked file, None where none was sent."""
        file = super().clean(data, initial)
        try:
            return evidence_checked(file) if file else None
        except EvidenceRefused as refused:
            raise ValidationError(str(refused.message)) from refused


def _reason(label: Any, *, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=200, required=required, widget=forms.Textarea(attrs={"rows": 3})
    )


class ScoreField(forms.DecimalField):
    """The council's average out of 100; a comma or a point stands before the decimals."""

    def __init__(self) -> None:
        super().__init__(
            label=_("Score"),
            min_value=0,
            max_value=100,
            max_digits=5,
            decimal_places=2,
            required=False,
            help_text=_("The council's average out of 100, where the minutes give it."),
            widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        )

    def to_python(self, value: Any) -> Any:
        """Return the number, whichever sign stands before the decimals."""
        return super().to_python(value.replace(",", ".") if isinstance(value, str) else value)


class PaperForm(forms.Form):
    """What a decision says of one good."""

    stars = forms.TypedChoiceField(
        label=_("Stars"), choices=STARS, coerce=int, widget=forms.RadioSelect(attrs={"class": "choices--row"})
    )
    number = forms.CharField(
        label=_("Decision number"), max_length=60, help_text=_("For example 3981/QĐ-UBND")
    )
    decided_on = forms.DateField(label=_("Date of the decision"), widget=DATE)
    authority = forms.CharField(
        label=_("Authority"), max_length=160, help_text=_("For example UBND tỉnh Lâm Đồng")
    )
    level = forms.ChoiceField(label=_("Level"), choices=Decision.Level.choices)
    score = ScoreField()
    valid_from = forms.DateField(
        label=_("Valid from"), widget=DATE, required=False, help_text=_("Empty: the day of the decision.")
    )
    valid_until = forms.DateField(
        label=_("Valid until"),
        widget=DATE,
        required=False,
        help_text=_("Empty: as long as the programme says."),
    )
    official_code = forms.CharField(label=_("Certificate code"), max_length=60, required=False)
    evidence = EvidenceField(required=False)


class ProposalForm(forms.Form):
    """How many stars a council proposes."""

    stars = forms.TypedChoiceField(
        label=_("Proposed stars"),
        choices=STARS,
        coerce=int,
        widget=forms.RadioSelect(attrs={"class": "choices--row"}),
    )
    score = ScoreField()
    reason = _reason(_("Minutes or note"), required=False)


class CloseForm(forms.Form):
    """Why a proposal came to nothing."""

    reason = _reason(_("What was decided"))


class ExtendForm(forms.Form):
    """Until when the transitional rule keeps a certificate, and why."""

    until = forms.DateField(label=_("In force until"), widget=DATE)
    reason = _reason(_("Why the filing window could not be met"))


class WithdrawForm(forms.Form):
    """On which of the law's grounds, from when, and what was found."""

    ground = forms.ChoiceField(label=_("Ground"), choices=WithdrawalGround.choices)
    on = forms.DateField(
        label=_("Without force from"), widget=DATE, required=False, help_text=_("Empty: from today.")
    )
    reason = _reason(_("What was found"))


class EvidenceForm(forms.Form):
    """A scan for a certificate that has none, or a better one."""

    evidence = EvidenceField()
    reason = forms.CharField(label=_("Note"), max_length=200, required=False)


class StandardForm(forms.Form):
    """A further paper: VietGAP, GlobalGAP, 4C, UTZ, Halal, organic."""

    standard = forms.ChoiceField(label=_("Standard"), choices=StandardCertificate.Standard.choices)
    number = forms.CharField(label=_("Certificate number"), max_length=80)
    issuer = forms.CharField(label=_("Issued by"), max_length=160)
    valid_from = forms.DateField(label=_("Valid from"), widget=DATE)
    valid_until = forms.DateField(label=_("Valid until"), widget=DATE)
    evidence = EvidenceField(required=False)


class StandardEndForm(forms.Form):
    """The last day of a standard that ends before its time."""

    last_day = forms.DateField(label=_("Last day"), widget=DATE)
    reason = _reason(_("Reason"))


class ListingForm(forms.Form):
    """Why a listing leaves the shop or comes back."""

    reason = _reason(_("Reason"))
