"""The form for an address here: who, phone, province, commune by typing, street.

The commune is typed, with its name of today or an old one. With JavaScript, radio buttons with what may be meant appear
while typing; without, they appear when the form comes back, where more than one commune could be meant.
"""

from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from marketplace.address.models import AbstractVietnamAddress
from marketplace.address.phones import format_phone, parse_phone
from marketplace.places.index import FormerUnit
from marketplace.places.matches import MatchReason, PlaceMatch
from marketplace.places.models import Commune, Province
from marketplace.places.resolver import resolve_address
from marketplace.places.selectors import find_commune, former_units
from marketplace.places.suggestions import CommuneSuggestion, suggest_communes


@dataclass(frozen=True)
class CommuneAnswer:
    """What came from the browser: the text, and the radio button chosen of those offered for a text."""

    typed: str = ""
    choice: str = ""
    choice_for: str = ""

    def __str__(self) -> str:
        return self.typed


class CommuneInput(forms.TextInput):
    """A text field with the communes that may be meant as radio buttons below it."""

    template_name = "components/commune_input.html"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.suggestions: list[CommuneSuggestion] = []
        self.chosen = ""
        self.province_id = "id_province"

    def value_from_datadict(self, data: Any, files: Any, name: str) -> CommuneAnswer:
        """Read the text field, the radio buttons and the text that they were offered for."""
        return CommuneAnswer(
            typed=str(data.get(name, "")).strip(),
            choice=str(data.get(f"{name}_choice", "")),
            choice_for=str(data.get(f"{name}_choice_for", "")).strip(),
        )

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """Whether the text field wasn't in what came."""
        return name not in data

    def format_value(self, value: Any) -> str:
        """Return the text to show in the field."""
        return str(value or "")

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Add what the radio buttons need."""
        context = super().get_context(name, value, attrs)
        context.update(
            name=name,
            typed=self.format_value(value),
            suggestions=self.suggestions,
            chosen=self.chosen,
            province_id=self.province_id,
        )
        return context


class CommuneField(forms.Field):
    """A commune as typed; `AddressForm` decides with the province which one it is."""

    widget = CommuneInput

    def clean(self, value: CommuneAnswer) -> CommuneAnswer:
        """Ask for a text; nothing else can be said without the province."""
        if self.required and not value.typed:
            raise ValidationError(self.error_messages["required"], code="required")
        return value

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare the texts."""
        return str(initial or "") != str(data or "")


class ProvinceField(forms.ModelChoiceField):
    """The 34 provinces by the names that people say."""

    def label_from_instance(self, province: Province) -> str:  # type: ignore[override]
        """`Lâm Đồng`, not `Tỉnh Lâm Đồng`."""
        return province.short_name


class PlaceForm(forms.Form):
    """A province, and a commune of it by typing its name of today or an old one. `cleaned_data["commune"]` is a `CommuneSuggestion`."""

    province = ProvinceField(
        label=_("Province or city"),
        queryset=Province.objects.all(),
        empty_label=_("Choose a province"),
        widget=forms.Select(attrs={"autocomplete": "address-level1"}),
        error_messages={"required": _("Please choose a province or city.")},
    )
    commune = CommuneField(
        label=_("Commune, ward or special zone"),
        help_text=_("The name of today, or the old one: Phú Hội, Đức Trọng."),
        error_messages={"required": _("Please type the name of the commune or ward.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._commune_input.attrs["autocomplete"] = "off"
        self._commune_input.province_id = self["province"].id_for_label

    @property
    def _commune_input(self) -> CommuneInput:
        return cast(CommuneInput, self.fields["commune"].widget)

    def clean_commune(self) -> CommuneSuggestion | None:
        """Return the commune with the old unit that was named, or offer radio buttons and say what to do."""
        answer: CommuneAnswer = self.cleaned_data["commune"]
        province: Province | None = self.cleaned_data.get("province")
        if province is None or not answer.typed:
            return None  # the province's own error says what to do first; a commune that isn't asked for may be left out
        if answer.choice and answer.choice_for == answer.typed:
            chosen = _chosen(answer.choice, province)
            if chosen:
                self._offer([chosen], chosen=chosen.value)
                return chosen
        match = resolve_address(answer.typed, province=province)
        if match.commune:
            resolved = CommuneSuggestion(match.commune, match.former_unit)
            self._offer([resolved], chosen=resolved.value)
            return resolved
        suggestions = suggest_communes(province, answer.typed, limit=40)
        self._offer(suggestions)
        raise ValidationError(*_why_no_commune(match, answer.typed, province, suggestions))

    def commune_so_far(self) -> Commune | None:
        """Return the commune that is meant, before anything is checked; None while that isn't clear."""
        saved, value = self._commune_input.suggestions, self["commune"].value()
        if not self.is_bound and len(saved) == 1:
            return saved[0].commune
        typed = value if isinstance(value, CommuneAnswer) else CommuneAnswer(str(value or ""))
        code = str(getattr(self["province"].value(), "pk", self["province"].value()) or "")
        province = Province.objects.filter(code=code).first() if code and typed.typed else None
        if province is None:
            return None
        chosen = _chosen(typed.choice, province) if typed.choice_for == typed.typed else None
        return chosen.commune if chosen else resolve_address(typed.typed, province=province).commune

    def offer_saved(self, commune: Commune, former: FormerUnit | None = None) -> None:
        """Show the commune that is on record as the one chosen."""
        saved = CommuneSuggestion(commune, former)
        self._offer([saved], chosen=saved.value)

    def _offer(self, suggestions: list[CommuneSuggestion], chosen: str = "") -> None:
        self._commune_input.suggestions = suggestions
        self._commune_input.chosen = chosen


class AddressForm(PlaceForm):
    """Reads an address into `instance`: any model made from `AbstractVietnamAddress`.

    After `is_valid()`, `address_values()` gives the model's fields; `save()` writes them.
    """

    recipient_name = forms.CharField(
        label=_("Full name of the recipient"),
        max_length=150,
        min_length=2,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Who takes the parcel? Please enter a name.")},
    )
    phone = forms.CharField(
        label=_("Phone number"),
        help_text=_("The carrier calls before delivery."),
        max_length=40,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
        error_messages={"required": _("The carrier needs a phone number, for example 0912 345 678.")},
    )
    street = forms.CharField(
        label=_("House number, street, hamlet"),
        max_length=255,
        min_length=2,
        widget=forms.TextInput(attrs={"autocomplete": "address-line1"}),
        error_messages={
            "required": _("Where in the commune? Please enter house number and street, or the hamlet.")
        },
    )
    note = forms.CharField(
        label=_("Note for the carrier"),
        max_length=255,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    field_order = ("recipient_name", "phone", "province", "commune", "street", "note")

    def __init__(self, *args: Any, instance: AbstractVietnamAddress | None = None, **kwargs: Any) -> None:
        self.instance = instance
        if instance is not None:
            kwargs["initial"] = {**_initial(instance), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        if instance is not None and instance.commune and not self.is_bound:
            self.offer_saved(instance.commune, instance.former_unit)

    def clean_recipient_name(self) -> str:
        """Keep single spaces; a name has letters."""
        name = " ".join(self.cleaned_data["recipient_name"].split())
        if not any(character.isalpha() for character in name):
            raise ValidationError(
                _("Please enter the recipient's name in letters."), code="name_without_letters"
            )
        return name

    def clean_phone(self) -> str:
        """Return the number as E.164."""
        return parse_phone(self.cleaned_data["phone"])

    def address_values(self) -> dict[str, Any]:
        """Return the values of a valid form by the names of `AbstractVietnamAddress`'s fields."""
        commune: CommuneSuggestion = self.cleaned_data["commune"]
        former: FormerUnit | None = commune.former
        return {
            "recipient_name": self.cleaned_data["recipient_name"],
            "phone": self.cleaned_data["phone"],
            "commune": commune.commune,
            "street": " ".join(self.cleaned_data["street"].split()),
            "legacy_commune_code": former.code if former else "",
            "legacy_district_code": former.district_code if former else "",
            "note": self.cleaned_data["note"].strip(),
        }

    def save(self) -> AbstractVietnamAddress:
        """Write a valid form into the instance, and that into the database."""
        if self.instance is None:
            raise ValueError("this form was made without an address to save into")
        for field, value in self.address_values().items():
            setattr(self.instance, field, value)
        self.instance.save()
        return self.instance


def _initial(address: AbstractVietnamAddress) -> dict[str, Any]:
    return {
        "recipient_name": address.recipient_name,
        "phone": format_phone(address.phone) if address.phone else "",
        "province": address.province,
        "commune": address.commune.name if address.commune else "",
        "street": address.street,
        "note": address.note,
    }


def _chosen(value: str, province: Province) -> CommuneSuggestion | None:
    """Return what a radio button stands for, if it is a commune of the province and the old unit went into it."""
    code, *former_codes = value.split("-")
    commune: Commune | None = find_commune(code)
    if commune is None or commune.province_id != province.code:
        return None
    if not former_codes:
        return CommuneSuggestion(commune)
    for unit in former_units(commune):
        if [unit.code, unit.district_code] == former_codes:
            return CommuneSuggestion(commune, unit)
    return None


def _why_no_commune(
    match: PlaceMatch, typed: str, province: Province, suggestions: list[CommuneSuggestion]
) -> tuple[Any, str, dict[str, str]]:
    """Return message, code and parameters: what is wrong with the commune and how to mend it."""
    params = {"typed": typed, "province": province.short_name}
    if match.reason is MatchReason.OTHER_PROVINCE:
        provinces = dict.fromkeys(candidate.commune.province.short_name for candidate in match.candidates)
        params["provinces"] = ", ".join(provinces)
        message = _("“%(typed)s” lies in %(provinces)s. Change the province, or type another commune.")
        return message, "commune_elsewhere", params
    if match.reason is MatchReason.DIVIDED and match.former_unit:
        params["former"] = match.former_unit.name
        message = _("%(former)s was divided in July 2025. Choose the commune that you belong to now.")
        return message, "commune_divided", params
    if match.reason is MatchReason.DISTRICT_ONLY and len(match.candidates) > 1:
        params["count"] = str(len(match.candidates))
        message = _("“%(typed)s” is %(count)s communes and wards now. Choose yours.")
        return message, "commune_district", params
    if len(suggestions) == 1:
        return _("Is this the commune? Choose it, or type another name."), "commune_uncertain", params
    if suggestions:
        return _("Several communes could be meant. Choose yours."), "commune_ambiguous", params
    message = _(
        "There is no commune “%(typed)s” in %(province)s. Check the spelling, or type the old name with its district."
    )
    return message, "commune_unknown", params
