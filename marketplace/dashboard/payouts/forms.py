"""Forms about money that leaves."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from checkout.settlement.banks import banks
from checkout.settlement.payouts.accounts import account_number, holder_as_printed
from checkout.settlement.payouts.errors import AccountRefused
from checkout.settlement.payouts.models import PayoutTerms
from marketplace.clock import today
from marketplace.dashboard.forms import DATE

#: A bank's answer to some thousand transfers is far smaller.
MOST_BYTES = 5 * 1024 * 1024


class AccountForm(forms.Form):
    """Where a producer's money goes."""

    bank_bin = forms.ChoiceField(label=_("Bank"))
    number = forms.CharField(
        label=_("Account number"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    holder = forms.CharField(
        label=_("Account holder"),
        max_length=100,
        help_text=_("As the bank writes it. It should be the producer's name or its representative's."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["bank_bin"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose a bank")),
            *((bank.bin, str(bank)) for bank in banks().values()),
        ]

    def clean_number(self) -> str:
        """Return the number as banks write it."""
        try:
            return account_number(self.cleaned_data["number"])
        except AccountRefused as refused:
            raise forms.ValidationError(str(refused.message)) from refused

    def clean_holder(self) -> str:
        """Return the name as banks print it."""
        return holder_as_printed(self.cleaned_data["holder"])


class SpanForm(forms.Form):
    """The days of a statement; without an answer the month at hand."""

    first = forms.DateField(label=_("From"), widget=DATE)
    last = forms.DateField(label=_("Until"), widget=DATE)

    def clean(self) -> dict[str, Any]:
        """Hold the days in order, and within what a page can bear."""
        cleaned: dict[str, Any] = super().clean() or {}
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and last < first:
            self.add_error("last", _("The last day lies before the first."))
        elif first and last and (last - first).days > 366:
            self.add_error("last", _("A statement covers a year at most."))
        return cleaned

    @classmethod
    def this_month(cls) -> tuple[date, date]:
        """Return the first day of this month, and today."""
        return today().replace(day=1), today()


class ResultFileForm(forms.Form):
    """What the bank answered."""

    file = forms.FileField(
        label=_("The bank's result file"),
        help_text=_("CSV or Excel, as the bank gives it. You see what it says before anything is done."),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
    )

    def clean_file(self) -> Any:
        """Refuse what is far too large before it is read."""
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("This file is too large for a bank's answer."))
        return file


class SettleForm(forms.Form):
    """What the bank's own screen says of one transfer."""

    outcome = forms.ChoiceField(
        label=_("What the bank says"),
        choices=[("done", _("The money was sent")), ("failed", _("The bank refused it"))],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(label=_("The bank's reason"), max_length=255, required=False)

    def clean(self) -> dict[str, Any]:
        """Ask for a reason where the bank refused it."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("outcome") == "failed" and not cleaned.get("reason", "").strip():
            self.add_error("reason", _("Write down the bank's reason: the producer is told."))
        return cleaned


class CameBackForm(forms.Form):
    """Why the bank sent back what it had paid out."""

    reason = forms.CharField(
        label=_("The bank's reason"), max_length=255, help_text=_("The producer is told these words.")
    )


class TermsForm(forms.ModelForm):
    """From when on other terms hold."""

    class Meta:
        model = PayoutTerms
        fields = [
            "valid_from",
            "minimum",
            "days_after_delivery",
            "weekday",
            "account_hold_hours",
            "is_sample",
        ]
        widgets = {"valid_from": DATE}

    def clean_valid_from(self) -> date:
        """Say at the field what the service would refuse."""
        first: date = self.cleaned_data["valid_from"]
        if first < today():
            raise forms.ValidationError(_("Terms can begin today at the earliest."))
        return first

    def validate_unique(self) -> None:
        """Terms of a day that is still to come are replaced."""
