"""Forms of the delivery screens: tables, days without dispatch, pickup points, and the trial of a charge."""

from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from catalogue.models import Product
from catalogue.producers.models import Partner
from checkout.shipping.models import ClosedDays, DeliveryRate, DeliveryTariff, PickupPoint
from marketplace.address.forms import PlaceForm
from marketplace.address.phones import format_phone, parse_phone
from marketplace.clock import today
from marketplace.dashboard.forms import DATE
from marketplace.dashboard.numbers import PercentField, WholeNumberField
from marketplace.places.models import Commune

#: More is typed by mistake: đồng of a charge, and of goods.
_MOST_CHARGE, _MOST_VALUE = 100_000_000, 2_000_000_000


def _dong(label: Any, most: int = _MOST_CHARGE, **kwargs: Any) -> WholeNumberField:
    return WholeNumberField(label=label, min_value=0, max_value=most, **kwargs)


class TariffForm(forms.ModelForm):
    """A delivery table. What is saved of a table in use becomes the one that follows it."""

    cod_charge = _dong(_("Charge for cash on delivery (đồng)"), initial=0)
    cod_rate = PercentField(
        label=_("and a share of the cash (%)"),
        required=False,
        help_text=_("Of what is collected, for example 0,8."),
    )
    insured_from = _dong(
        _("Insured from a value of (đồng)"), _MOST_VALUE, required=False, help_text=_("Empty: never.")
    )
    insurance_rate = PercentField(label=_("Insurance, share of the value (%)"), required=False)
    cold_charge = _dong(
        _("Charge for cooling (đồng)"),
        required=False,
        help_text=_("For goods that need cooling. Empty: they aren't carried."),
    )

    class Meta:
        model = DeliveryTariff
        fields = [
            "producer",
            "name",
            "valid_from",
            "valid_until",
            "volume_divisor",
            "assumed_pack_weight",
            "cod_charge",
            "cod_rate",
            "insured_from",
            "insurance_rate",
            "cold_charge",
            "is_sample",
        ]
        widgets = {"valid_from": DATE, "valid_until": DATE}
        labels = {"producer": _("Producer")}
        help_texts = {
            "volume_divisor": _("Volume in cm³ divided by this gives grams: 5 or 6 with carriers here."),
            "assumed_pack_weight": _("What a pack counts for whose weight isn't known."),
        }

    def __init__(self, *args: Any, owner: Partner | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        #: The producer that writes a table of its own; None for the programme, which chooses.
        self.owner = owner
        if owner:
            del self.fields["producer"], self.fields["is_sample"]
        else:
            producers = cast(forms.ModelChoiceField, self.fields["producer"])
            producers.queryset = Partner.objects.order_by("name")
            producers.empty_label = str(_("The platform's own"))
            # A table passes to nobody else: what was charged by it was charged for this producer.
            producers.disabled = self.instance.pk is not None
        #: Whether what is saved becomes a table of its own.
        self.is_in_use = self.instance.pk is not None and self.instance.has_begun
        if self.is_in_use:
            self.initial["valid_from"] = today()

    def clean(self) -> dict[str, Any]:
        """Let nothing end before it can begin."""
        cleaned: dict[str, Any] = super().clean() or {}
        first_day, last_day = cleaned.get("valid_from"), cleaned.get("valid_until")
        if self.instance.pk and last_day and last_day < today():
            self.add_error("valid_until", _("This day is past."))
        elif first_day and last_day and last_day < first_day:
            self.add_error("valid_until", _("It ends before it begins."))
        return cleaned

    def values(self) -> dict[str, Any]:
        """Return what `tariff_write` takes: a producer's own table is its own, and no sample."""
        own = {"producer": self.owner, "is_sample": False} if self.owner else {}
        return {**self.cleaned_data, **own}


class RateForm(forms.ModelForm):
    """One zone's line of a delivery table."""

    first_charge = _dong(_("first weight (đồng)"))
    step_charge = _dong(_("step (đồng)"))
    free_from = _dong(
        _("Free from (đồng)"),
        _MOST_VALUE,
        required=False,
        help_text=_("Goods of this value are carried free; surcharges stay. Empty: never."),
    )

    class Meta:
        model = DeliveryRate
        fields = (
            "zone",
            "first_weight",
            "first_charge",
            "step_weight",
            "step_charge",
            "free_from",
            "days_min",
            "days_max",
        )

    def clean(self) -> dict[str, Any]:
        """Hold what the database would refuse."""
        cleaned: dict[str, Any] = super().clean() or {}
        for name in ("first_weight", "step_weight"):
            if cleaned.get(name) == 0:
                self.add_error(name, _("More than nothing."))
        fewest, most = cleaned.get("days_min"), cleaned.get("days_max")
        if fewest is not None and most is not None and most < fewest:
            self.add_error("days_max", _("At most is less than at least."))
        return cleaned


RateFormSet = forms.inlineformset_factory(
    DeliveryTariff, DeliveryRate, form=RateForm, extra=0, min_num=3, max_num=3
)


class TariffFileForm(forms.Form):
    """A file with a table's lines, and from when they hold."""

    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "Excel (xlsx) or CSV. Download the table first and change it there: nothing else is needed."
        ),
    )
    valid_from = forms.DateField(
        label=_("Valid from"), widget=DATE, help_text=_("Today at the earliest."), initial=today
    )


class WeekForm(forms.Form):
    """On which days of the week parcels go out, and how soon."""

    dispatch_weekdays = forms.MultipleChoiceField(
        label=_("We send parcels on"),
        widget=forms.CheckboxSelectMultiple,
        choices=[
            ("1", _("Monday")),
            ("2", _("Tuesday")),
            ("3", _("Wednesday")),
            ("4", _("Thursday")),
            ("5", _("Friday")),
            ("6", _("Saturday")),
            ("7", _("Sunday")),
        ],
        error_messages={"required": _("Choose one day at least.")},
    )
    dispatch_days = WholeNumberField(
        label=_("Days to get ready"),
        min_value=0,
        max_value=60,
        help_text=_(
            "Days with dispatch from the order until the parcel is with the carrier; 0: the same day."
        ),
    )

    def values(self) -> dict[str, Any]:
        """Return the producer's fields."""
        return {
            "dispatch_weekdays": "".join(sorted(self.cleaned_data["dispatch_weekdays"])),
            "dispatch_days": self.cleaned_data["dispatch_days"],
        }


class ClosedDaysForm(forms.ModelForm):
    """Days on which nothing is sent."""

    class Meta:
        model = ClosedDays
        fields = ["first_day", "last_day", "name"]
        widgets = {"first_day": DATE, "last_day": DATE}
        labels = {"first_day": _("First day"), "last_day": _("Last day"), "name": _("What for")}

    def clean(self) -> dict[str, Any]:
        """Hold the days in order, and near enough to be meant."""
        cleaned: dict[str, Any] = super().clean() or {}
        first, last = cleaned.get("first_day"), cleaned.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("It ends before it begins."))
        elif last and last < today():
            self.add_error("last_day", _("This day is past."))
        elif first and last and (last - first).days > 365:
            self.add_error("last_day", _("More than a year: please check."))
        return cleaned


class HolidayForm(ClosedDaysForm):
    """A public holiday: who says so is asked too."""

    class Meta(ClosedDaysForm.Meta):
        fields = ["first_day", "last_day", "name", "source"]
        labels = {**ClosedDaysForm.Meta.labels, "source": _("Source")}
        help_texts = {"source": _("The law or the notice, for example 6150/TB-BNV.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["source"].required = True


class PickupPointForm(PlaceForm, forms.ModelForm):
    """Where buyers fetch goods."""

    class Meta:
        model = PickupPoint
        fields = ["name", "street", "phone", "hours", "days", "is_active", "producers"]
        labels = {
            "name": _("Name"),
            "street": _("House number and street"),
            "phone": _("Phone number"),
            "hours": _("Opening hours"),
            "days": _("Days until goods are there"),
            "is_active": _("Offered to buyers"),
            "producers": _("Whose goods it takes"),
        }
        widgets = {"producers": forms.CheckboxSelectMultiple}
        help_texts = {"hours": _("As buyers read it: 8:00–17:00, Monday to Saturday.")}

    field_order = [
        "name",
        "province",
        "commune",
        "street",
        "phone",
        "hours",
        "days",
        "is_active",
        "producers",
    ]

    def __init__(self, *args: Any, instance: PickupPoint | None = None, **kwargs: Any) -> None:
        if instance is not None:
            place = {"province": instance.commune.province_id, "commune": instance.commune.name}
            phone = {"phone": format_phone(instance.phone)} if instance.phone else {}
            kwargs["initial"] = {**place, **phone, **(kwargs.get("initial") or {})}
        super().__init__(*args, instance=instance, **kwargs)
        self.fields["phone"] = forms.CharField(
            label=_("Phone number"),
            max_length=40,
            required=False,
            widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel"}),
        )
        producers = cast(forms.ModelMultipleChoiceField, self.fields["producers"])
        producers.queryset = Partner.objects.filter(seller_state=Partner.SellerState.VERIFIED).order_by(
            "name"
        )
        self.order_fields(self.field_order)
        if instance is not None and not self.is_bound:
            self.offer_saved(instance.commune)

    def clean_phone(self) -> str:
        """Return E.164."""
        typed = self.cleaned_data["phone"]
        return parse_phone(typed) if typed else ""

    def values(self) -> dict[str, Any]:
        """Return the point's own fields."""
        names = ["name", "street", "phone", "hours", "days", "is_active"]
        commune: Commune = self.cleaned_data["commune"].commune
        return {"commune": commune, **{name: self.cleaned_data[name] for name in names}}


class PackField(forms.ModelChoiceField):
    """A pack by the name of its good and its own."""

    def label_from_instance(self, obj: Any) -> str:
        """`Trà Atiso · Hộp 20 túi`."""
        return f"{obj.parent.title} · {obj.title}"


class TrialForm(PlaceForm):
    """What a parcel would cost: whose, what, where to, paid how."""

    producer = forms.ModelChoiceField(
        label=_("Producer"), queryset=Partner.objects.none(), empty_label=_("Choose a producer")
    )
    pack = PackField(
        label=_("Goods"),
        queryset=Product.objects.none(),
        required=False,
        empty_label=_("No goods: I give the weight"),
    )
    quantity = WholeNumberField(label=_("How many"), min_value=1, max_value=1_000, initial=1)
    weight = WholeNumberField(
        label=_("Weight of one (grams)"), min_value=1, max_value=1_000_000, required=False
    )
    length = WholeNumberField(label=_("Length (mm)"), min_value=1, max_value=10_000, required=False)
    width = WholeNumberField(label=_("Width (mm)"), min_value=1, max_value=10_000, required=False)
    height = WholeNumberField(label=_("Height (mm)"), min_value=1, max_value=10_000, required=False)
    worth = _dong(
        _("Value of the goods (đồng)"),
        _MOST_VALUE,
        required=False,
        help_text=_("Empty: today's price of the goods."),
    )
    on = forms.DateField(label=_("Ordered on"), widget=DATE, initial=today)
    is_cash = forms.BooleanField(label=_("Paid in cash on delivery"), required=False)

    field_order = ["producer", "pack", "quantity", "weight", "length", "width", "height", "worth"]

    def __init__(self, *args: Any, producers: QuerySet[Partner], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chooser = cast(forms.ModelChoiceField, self.fields["producer"])
        chooser.queryset = producers.order_by("name")
        typed = str(self["producer"].value() or "")
        packs = cast(forms.ModelChoiceField, self.fields["pack"])
        if typed.isdigit() and len(typed) < 12:
            packs.queryset = (
                Product.objects.filter(
                    structure=Product.CHILD, parent__producer=typed, parent__producer__in=producers
                )
                .select_related("parent__producer__commune__province", "parent__product_set")
                .order_by("parent__title", "title")
            )
        self.order_fields([*self.field_order, "province", "commune", "on", "is_cash"])

    def clean(self) -> dict[str, Any]:
        """Ask for a weight where no goods are chosen."""
        cleaned: dict[str, Any] = super().clean() or {}
        if not cleaned.get("pack") and not cleaned.get("weight") and "weight" not in self.errors:
            self.add_error("weight", _("Choose goods, or give a weight."))
        return cleaned
