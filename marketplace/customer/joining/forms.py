"""The steps of an application, each a form. What is right is kept even where something else on the page isn't."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from catalogue.producers.identity import is_identity_number, number_is_personal
from catalogue.producers.joining.entries import entries_like
from catalogue.producers.joining.models import Application
from catalogue.producers.joining.papers import papers_asked
from catalogue.producers.models import Partner
from checkout.settlement.banks import banks
from checkout.settlement.payouts.accounts import account_number, holder_as_printed
from checkout.settlement.payouts.errors import AccountRefused
from marketplace.address.forms import PlaceForm
from marketplace.address.phones import format_phone, parse_phone
from marketplace.places.models import Commune
from marketplace.places.suggestions import CommuneSuggestion
from marketplace.tax_numbers import tax_number_read

#: A cooperative group has no kind beside it that is nobody's: who isn't named here asks the programme.
KINDS = [choice for choice in Partner.Kind.choices if choice[0] != Partner.Kind.OTHER]
#: None of the entries that we know.
NEW = "new"
_DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class StepForm(forms.Form):
    """A step; `kept()` are the application's fields as far as they are right."""

    #: Names of the form that are the application's fields of the same name.
    fields_kept: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *args: Any, application: Application, **kwargs: Any) -> None:
        self.application = application
        known = {name: getattr(application, name) for name in self.fields_kept}
        kwargs["initial"] = {**known, **self.known(application), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)

    def known(self, application: Application) -> dict[str, Any]:
        """Return what else the form starts with."""
        return {}

    def kept(self) -> dict[str, Any]:
        """Return what can be written."""
        return {name: self.cleaned_data[name] for name in self.fields_kept if name in self.cleaned_data}


class WhoForm(StepForm, PlaceForm):
    """Kind, name and place."""

    fields_kept = ("kind", "name", "street")
    kind = forms.ChoiceField(label=_("What are you?"), choices=KINDS, widget=forms.RadioSelect)
    name = forms.CharField(
        label=_("Full name of the producer"),
        max_length=255,
        help_text=_("As on the registration paper or the OCOP certificate."),
    )
    street = forms.CharField(label=_("House number and street, hamlet"), max_length=255)

    field_order = ("kind", "name", "province", "commune", "street")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        commune = self.application.commune
        if commune and not self.is_bound:
            self.offer_saved(commune)

    def known(self, application: Application) -> dict[str, Any]:
        commune = application.commune
        return {"province": commune.province_id, "commune": commune.name} if commune else {}

    def clean_commune(self) -> Commune | None:  # type: ignore[override]
        found: CommuneSuggestion | None = super().clean_commune()
        return found.commune if found else None

    def kept(self) -> dict[str, Any]:
        commune = self.cleaned_data.get("commune")
        return {**super().kept(), **({"commune": commune} if commune else {})}


class EntryForm(StepForm):
    """Which of the entries that we know is theirs, and why; or none."""

    fields_kept = ("claim",)
    producer = forms.ChoiceField(label=_("Is one of these you?"), widget=forms.RadioSelect)
    claim = forms.CharField(
        label=_("Why is this entry yours?"),
        required=False,
        max_length=500,
        help_text=_("For example: number and day of the decision that recognised your product."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.entries = entries_like(self.application)
        own = self.application.producer
        if own and own not in self.entries:
            self.entries.insert(0, own)
        if not self.entries:
            del self.fields["claim"]
        choice = self.fields["producer"]
        assert isinstance(choice, forms.ChoiceField)  # noqa: S101 (tells mypy)
        choice.choices = [
            *((str(entry.pk), f"{entry.name} · {_place(entry)}") for entry in self.entries),
            (NEW, _("None of them: we are new here")),
        ]

    def known(self, application: Application) -> dict[str, Any]:
        return {"producer": str(application.producer_id or NEW)}

    def clean(self) -> dict[str, Any]:
        """Ask why, where an entry is claimed."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("producer", NEW) != NEW and not cleaned.get("claim", "").strip():
            self.add_error("claim", _("Say by which paper we see that this entry is yours."))
        return cleaned

    def kept(self) -> dict[str, Any]:
        """Return the entry with why it is theirs; nothing of what was said before where none is."""
        if "producer" not in self.cleaned_data:
            return super().kept()
        chosen = self.cleaned_data["producer"]
        if chosen == NEW:
            return {"producer": None, "claim": ""}
        return {**super().kept(), "producer": next(one for one in self.entries if str(one.pk) == chosen)}


def _place(entry: Partner) -> str:
    return entry.commune.full_name if entry.commune else entry.address_text or str(_("place unknown"))


class ParticularsForm(StepForm):
    """Numbers, representative, contact, and what is sold."""

    fields_kept = (
        "registration_number",
        "tax_number",
        "representative",
        "phone",
        "email",
        "sells_food",
        "sells_alcohol",
        "alcohol_licence_number",
        "alcohol_licence_from",
        "alcohol_licence_until",
    )
    registration_number = forms.CharField(
        label=_("Registration number"),
        required=False,
        max_length=40,
        help_text=_("On the registration certificate."),
    )
    tax_number = forms.CharField(
        label=_("Tax number"),
        required=False,
        max_length=20,
        help_text=_(
            "10 digits, 13 of a branch; of a household the 12 digits of the owner's identity card. A person's number is not shown to buyers."
        ),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    representative = forms.CharField(label=_("Representative"), max_length=150)
    phone = forms.CharField(
        label=_("Phone number"),
        max_length=40,
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel"}),
    )
    email = forms.EmailField(label=_("Email address"), required=False)
    sells_food = forms.BooleanField(label=_("We sell food or drink"), required=False)
    sells_alcohol = forms.BooleanField(label=_("We sell alcohol of 5.5 % vol or more"), required=False)
    alcohol_licence_number = forms.CharField(
        label=_("Number of the alcohol licence"),
        required=False,
        max_length=60,
        help_text=_("Only where you sell alcohol."),
    )
    alcohol_licence_from = forms.DateField(label=_("Licence valid from"), required=False, widget=_DATE)
    alcohol_licence_until = forms.DateField(label=_("Licence valid until"), required=False, widget=_DATE)

    def known(self, application: Application) -> dict[str, Any]:
        return {"phone": format_phone(application.phone) if application.phone else ""}

    def clean_tax_number(self) -> str:
        """Return the number as it is written, its check digit looked at."""
        typed = self.cleaned_data["tax_number"].strip()
        return tax_number_read(typed) if typed else ""

    def clean_phone(self) -> str:
        """Return E.164."""
        return parse_phone(self.cleaned_data["phone"])

    def clean(self) -> dict[str, Any]:
        """Hold the licence's days in order, and ask for one number at least."""
        cleaned: dict[str, Any] = super().clean() or {}
        first, last = cleaned.get("alcohol_licence_from"), cleaned.get("alcohol_licence_until")
        if first and last and last < first:
            self.add_error("alcohol_licence_until", _("The licence ends before it begins."))
        registered = "".join(cleaned.get("registration_number", "").split())
        if number_is_personal(self.application.kind, registered) and is_identity_number(registered):
            # Some households are registered by the number of their owner's card: it is kept once, where it is encrypted.
            cleaned["registration_number"] = ""
            cleaned["tax_number"] = cleaned.get("tax_number") or registered
        if not self.errors and not cleaned["registration_number"] and not cleaned["tax_number"]:
            self.add_error("tax_number", _("Give the tax number or the registration number."))
        return cleaned


class BankForm(StepForm):
    """Where the money goes once something is sold."""

    fields_kept = ("bank_bin", "account_number", "account_holder")
    bank_bin = forms.ChoiceField(label=_("Bank"))
    account_number = forms.CharField(
        label=_("Account number"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    account_holder = forms.CharField(
        label=_("Account holder"),
        max_length=100,
        help_text=_("As the bank writes it. It should be the producer's name or its representative's."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["bank_bin"]
        assert isinstance(choice, forms.ChoiceField)  # noqa: S101 (tells mypy)
        choice.choices = [
            ("", _("Choose a bank")),
            *((bank.bin, str(bank)) for bank in banks().values()),
        ]

    def clean_account_number(self) -> str:
        """Return the number as banks write it."""
        try:
            return account_number(self.cleaned_data["account_number"])
        except AccountRefused as error:
            raise ValidationError(str(error.message)) from error

    def clean_account_holder(self) -> str:
        """Return the name as banks print it."""
        return holder_as_printed(self.cleaned_data["account_holder"])


class PaperForm(forms.Form):
    """One paper more."""

    kind = forms.ChoiceField(label=_("Which paper?"))
    file = forms.FileField(
        label=_("Photograph or PDF"),
        help_text=_("At most 10 MB. All corners on the picture, every line readable."),
        widget=forms.ClearableFileInput(attrs={"accept": "image/jpeg,image/png,application/pdf"}),
    )

    def __init__(self, *args: Any, application: Application, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        given = set(application.papers.values_list("kind", flat=True))
        rows = papers_asked(application)
        choice = self.fields["kind"]
        assert isinstance(choice, forms.ChoiceField)  # noqa: S101 (tells mypy)
        choice.choices = [(row.key, row.words) for row in rows]
        choice.initial = next((row.key for row in rows if row.key not in given), None)


class ContractForm(forms.Form):
    """Yes or no to the words that were shown; never ticked beforehand."""

    accepted = forms.BooleanField(
        label=_("I have read the contract and accept it for this producer."),
        error_messages={"required": _("Without the contract nothing can be sold here.")},
    )
    #: Which words stood there: accepted is what was read, also where a newer text came meanwhile.
    digest = forms.CharField(widget=forms.HiddenInput)
