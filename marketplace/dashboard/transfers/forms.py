"""What finance types about transfers, statements and accounts."""

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalogue.producers.models import Partner
from checkout.order.numbers import read_order_number
from checkout.payment.transfers.models import BankTransfer, ReceivingAccount
from checkout.payment.transfers.statements.columns import Field
from checkout.payment.transfers.statements.reading import MAX_FILE_BYTES
from checkout.payment.transfers.vietqr import plain_memo
from checkout.settlement.banks import banks
from checkout.settlement.selectors import producer_balances
from marketplace.money import format_dong


class MatchForm(forms.Form):
    """To which order a transfer belongs."""

    order_number = forms.CharField(
        label=gettext_lazy("Order number"), max_length=40, help_text=gettext_lazy("For example OC-7K3M-9QXD.")
    )

    def clean_order_number(self) -> str:
        """Return the number in its one spelling."""
        number = read_order_number(self.cleaned_data["order_number"])
        if number is None:
            raise ValidationError(_("This is no order number: please compare it letter by letter."))
        return number


class SplitForm(forms.Form):
    """Which orders a transfer pays together."""

    order_numbers = forms.CharField(
        label=gettext_lazy("Order numbers, one a line"),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Each gets what it still lacks."),
    )
    returns_rest = forms.BooleanField(
        label=gettext_lazy("What is left goes back to the payer"), required=False
    )

    def clean_order_numbers(self) -> list[str]:
        """Return the numbers, each once, in their one spelling."""
        typed = re.split(r"[\n,;]+", self.cleaned_data["order_numbers"])
        numbers = {words.strip(): read_order_number(words) for words in typed if words.strip()}
        wrong = [words for words, number in numbers.items() if number is None]
        if wrong:
            raise ValidationError(_("This is no order number: %(words)s.") % {"words": ", ".join(wrong)})
        return list(dict.fromkeys(number for number in numbers.values() if number))


class DebtForm(forms.Form):
    """Which producer pays with a transfer what it owes; `named` (ids): those whose memo it bears."""

    debtor = forms.ChoiceField(label=gettext_lazy("Producer"))
    returns_rest = forms.BooleanField(
        label=gettext_lazy("What is more than it owes goes back to the payer"), required=False
    )

    def __init__(self, *args: Any, named: Sequence[int] = (), **kwargs: Any) -> None:
        # The form for several orders, on the same page, asks about what is left too.
        super().__init__(*args, **{"auto_id": "id_debt_%s", **kwargs})
        owed = {pk: -balance for pk, balance in producer_balances().items() if balance < 0}
        self.debtors = {
            str(producer.pk): producer
            for producer in Partner.objects.filter(pk__in=owed).order_by("name", "pk")
        }
        choice = self.fields["debtor"]
        if isinstance(choice, forms.ChoiceField):
            choice.choices = [
                ("", _("Choose")),
                *((pk, f"{one.name}: {format_dong(owed[one.pk])}") for pk, one in self.debtors.items()),
            ]
        self.initial.setdefault("debtor", next((pk for pk in map(str, named) if pk in self.debtors), ""))

    def clean_debtor(self) -> Partner:
        """Return the producer."""
        return self.debtors[self.cleaned_data["debtor"]]


class NoOrderForm(forms.Form):
    """What money is that no buyer sent."""

    origin = forms.ChoiceField(label=gettext_lazy("What is it?"), choices=BankTransfer.Origin.choices)
    reason = forms.CharField(
        label=gettext_lazy("How do you know?"),
        max_length=255,
        help_text=gettext_lazy("For example: Stripe's payout of 28/11, interest of November."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # The form for sending back, on the same page, asks for a reason too.
        super().__init__(*args, **{"auto_id": "id_no_order_%s", **kwargs})
        choice = self.fields["origin"]
        if isinstance(choice, forms.ChoiceField):
            choice.choices = [("", _("Choose")), *BankTransfer.Origin.choices]


class ReturnForm(forms.Form):
    """Why money goes back."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=255)


class ReturnedForm(forms.Form):
    """By what name the bank knows the transfer that brought money back."""

    reference = forms.CharField(
        label=gettext_lazy("Bank's reference of your transfer"),
        max_length=80,
        help_text=gettext_lazy("It stands in the bank's confirmation."),
    )


class StatementForm(forms.Form):
    """A statement, and whose it is."""

    account = forms.ModelChoiceField(
        label=gettext_lazy("Account"), queryset=ReceivingAccount.objects.none(), empty_label=None
    )
    file = forms.FileField(
        label=gettext_lazy("Bank statement"),
        help_text=gettext_lazy("CSV, Excel (xlsx) or MT940, as you download it from the bank, at most 5 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx,.sta,.mt940,.940"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        accounts = self.fields["account"]
        if isinstance(accounts, forms.ModelChoiceField):
            accounts.queryset = ReceivingAccount.objects.filter(confirmed_at__isnull=False)

    def clean_file(self) -> Any:
        """Refuse a file before it is read into memory."""
        file = self.cleaned_data["file"]
        if file.size > MAX_FILE_BYTES:
            raise ValidationError(
                _("The file is larger than %(limit)d MB.") % {"limit": MAX_FILE_BYTES // 2**20}
            )
        return file


class ColumnsForm(forms.Form):
    """What each column of a statement holds; the header stands in the label."""

    def __init__(self, *args: Any, columns: Sequence[tuple[str, Field | None]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.columns = columns
        self.headers = [header for header, _meaning in columns]
        for place, (header, meaning) in enumerate(columns):
            self.fields[f"column_{place}"] = forms.ChoiceField(
                label=header,
                choices=[(one.value, one.label) for one in Field],
                initial=(meaning or Field.ASIDE).value,
            )

    def meanings(self) -> dict[str, Field]:
        """Return what each header was said to mean."""
        return {
            header: Field(self.cleaned_data[f"column_{place}"]) for place, header in enumerate(self.headers)
        }


class AccountForm(forms.Form):
    """An account of the shop."""

    bank_bin = forms.ChoiceField(label=gettext_lazy("Bank"))
    number = forms.CharField(
        label=gettext_lazy("Account number"),
        max_length=24,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    holder = forms.CharField(
        label=gettext_lazy("Account holder"),
        max_length=70,
        help_text=gettext_lazy("As the bank writes it: in capitals, without accents."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["bank_bin"]
        if isinstance(choice, forms.ChoiceField):
            choice.choices = [
                ("", _("Choose the bank")),
                *((bank.bin, str(bank)) for bank in banks().values()),
            ]

    def clean_number(self) -> str:
        """Return digits and letters alone: what VietQR takes."""
        number = re.sub(r"[\s.-]", "", self.cleaned_data["number"]).upper()
        if not re.fullmatch(r"[0-9A-Z]{4,19}", number):
            raise ValidationError(_("An account number has 4 to 19 digits."))
        return number

    def clean_holder(self) -> str:
        """Return the name as banks write it."""
        return name_as_banks_write(self.cleaned_data["holder"])


def name_as_banks_write(name: str) -> str:
    """Return a name in capitals without marks."""
    return " ".join(plain_memo(word) for word in name.split()).upper()
