"""Forms of the back office."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from catalogue.producers.models import Partner
from marketplace.accounts.roles import Scope
from marketplace.address.forms import PlaceForm, ProvinceField
from marketplace.address.phones import format_phone, parse_phone
from marketplace.places.models import Commune, Province
from search.insights.redirects import check_page
from search.models import SearchRedirect

DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class ReasonForm(forms.Form):
    """Why something is refused, stopped or withdrawn."""

    reason = forms.CharField(label=_("Reason"), max_length=255, widget=forms.Textarea(attrs={"rows": 3}))


class NoteForm(forms.Form):
    """What was looked at before something was decided; it stands in the history."""

    reason = forms.CharField(
        label=_("What was checked"),
        max_length=255,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For example the number of the registration paper."),
    )


class ProducerPlaceForm(PlaceForm):
    """In which commune of the person's provinces a producer is. `cleaned_data["commune"]` is a `Commune`."""

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        provinces = cast(ProvinceField, self.fields["province"])
        provinces.queryset = Province.objects.filter(scope.q("code"))
        if not scope.everything and len(scope.provinces) == 1:
            provinces.initial = next(iter(scope.provinces))

    def clean_commune(self) -> Commune | None:  # type: ignore[override]
        """Return the commune of today that was named."""
        found = super().clean_commune()
        return found.commune if found else None


class ProducerForm(ProducerPlaceForm, forms.ModelForm):
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
            "alcohol_licence_number",
            "alcohol_licence_from",
            "alcohol_licence_until",
        ]
        widgets = {
            "alcohol_licence_from": DATE,
            "alcohol_licence_until": DATE,
            "phone": forms.TextInput(attrs={"type": "tel", "inputmode": "tel"}),
        }
        labels = {
            "alcohol_licence_from": _("Licence valid from"),
            "alcohol_licence_until": _("Licence valid until"),
        }

    field_order = [*Meta.fields[:8], "province", "commune", *Meta.fields[8:]]

    def __init__(self, *args: Any, scope: Scope, instance: Partner, **kwargs: Any) -> None:
        initial = {"phone": format_phone(instance.phone) if instance.phone else ""}
        if instance.commune:
            initial |= {"province": instance.commune.province_id, "commune": instance.commune.name}
        kwargs["initial"] = {**initial, **(kwargs.get("initial") or {})}
        super().__init__(*args, scope=scope, instance=instance, **kwargs)
        # A number of E.164 has 15 digits at most; people write it with spaces.
        self.fields["phone"] = forms.CharField(
            label=_("Phone number"), max_length=40, required=False, widget=self.fields["phone"].widget
        )
        self.fields["province"].required = self.fields["commune"].required = False
        self.order_fields(self.field_order)
        if instance.commune and not self.is_bound:
            self.offer_saved(instance.commune)

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
        if not cleaned.get("province") and cleaned.get("commune") is None and self["commune"].data.typed:
            self.add_error("province", _("In which province is this commune?"))
        return cleaned

    def particulars(self) -> dict[str, Any]:
        """Return what `producer_update` takes."""
        return {name: self.cleaned_data[name] for name in [*self.Meta.fields, "commune"]}


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
