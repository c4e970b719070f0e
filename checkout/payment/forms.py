"""What buyers fill in about money."""

import re
from typing import Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from checkout.settlement.banks import banks
from marketplace.notices.sms import without_accents

#: As banks of Vietnam number accounts; some let people choose letters.
_NUMBER: Final = re.compile(r"[0-9A-Z]{6,19}")
_HOLDER: Final = re.compile(r"[A-Z0-9 .,&'()/-]{2,70}")


class BankAccountForm(forms.Form):
    """Where money goes back to. Number and name become what a bank file holds: capitals without marks, no separators."""

    bank_bin = forms.ChoiceField(label=_("Bank"), error_messages={"required": _("Please choose your bank.")})
    number = forms.CharField(
        label=_("Account number"),
        help_text=_("Not the number on your card."),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "text", "spellcheck": "false"}),
    )
    holder = forms.CharField(
        label=_("Name of the account's holder"),
        help_text=_("As the bank writes it."),
        max_length=70,
        widget=forms.TextInput(attrs={"autocomplete": "name", "autocapitalize": "characters"}),
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, use_required_attribute=False, **kwargs)  # type: ignore[arg-type, misc]
        self.fields["bank_bin"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose")),
            *((bank.bin, str(bank)) for bank in banks().values()),
        ]

    def clean_number(self) -> str:
        """Return the number without the blanks, dots and hyphens that people put into it."""
        number = re.sub(r"[\s.-]", "", self.cleaned_data["number"]).upper()
        if not _NUMBER.fullmatch(number):
            raise ValidationError(
                _("An account number has 6 to 19 digits or letters: please look it up in your bank's app.")
            )
        return number

    def clean_holder(self) -> str:
        """Return the name in capitals without marks."""
        holder = " ".join(without_accents(self.cleaned_data["holder"]).upper().split())
        if not _HOLDER.fullmatch(holder):
            raise ValidationError(_("Please write the name in letters, as the bank does."))
        return holder
