"""What a producer types about its goods: packs, texts, pictures."""

from collections.abc import Iterator
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.dates import MONTHS
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from catalogue.models import Product, ProductImage
from marketplace.dashboard.numbers import WholeNumberField

#: Pictures that are taken at once; each is decoded while the browser waits.
MOST_PICTURES_AT_ONCE = 10
#: Texts of a good that its producer writes, in the order of its page, with the lines that their fields begin with.
_TEXTS = {
    "description": 5,
    "net_quantity": 1,
    "ingredients": 3,
    "usage": 3,
    "storage": 2,
    "shelf_life": 1,
    "origin": 1,
    "warnings": 2,
    "other_channels": 2,
}
_TEXT_HELP = {
    "description": _("What makes it special, how it is made, how it tastes."),
    "net_quantity": _("As on the label, for example 500 g."),
    "shelf_life": _("For example 12 tháng kể từ ngày sản xuất."),
    "origin": _("Where the raw materials come from."),
    "other_channels": _("Shown while the product isn't sold here: shops, markets, your phone number."),
}


class PackForm(forms.Form):
    """Price and stock of one pack. A pack that has a price keeps one: it is taken off sale by a word of its own."""

    price = WholeNumberField(label=_("Price (đồng)"), min_value=1000, max_value=1_000_000_000, required=False)
    stock = WholeNumberField(label=_("In stock"), min_value=0, max_value=1_000_000)
    #: What the page showed: parcels may have gone out since it was opened, and only a count that was typed is a count.
    stock_before = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, on_sale: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if on_sale:
            self.fields["price"].required = True
            self.fields["price"].error_messages["required"] = _(
                "Write a price. To stop selling the pack, use “Take off sale”."
            )

    @property
    def counted_stock(self) -> int | None:
        """The packs on the shelf as somebody counted them; None where the number that was shown is left as it was."""
        typed = self.cleaned_data
        return None if typed["stock"] == typed["stock_before"] else typed["stock"]

    def clean_price(self) -> int | None:
        """Refuse a price that isn't a multiple of 100 đồng: nobody can hand it over in cash."""
        price: int | None = self.cleaned_data["price"]
        if price is not None and price % 100:
            raise ValidationError(_("A price ends in two zeros, for example 85.000."))
        return price


class PackLabelForm(forms.Form):
    """What a pack is called and what a carrier has to know of it."""

    title_vi = forms.CharField(
        label=_("Name of the pack"),
        max_length=120,
        help_text=_("Kind and net quantity, as buyers read it: Gói 500 g, Hộp 20 túi lọc."),
    )
    title_en = forms.CharField(
        label=_("Name in English"),
        max_length=120,
        required=False,
        help_text=_("Empty: English readers see the Vietnamese name."),
    )
    weight = WholeNumberField(
        label=_("Weight with packing (grams)"),
        min_value=1,
        max_value=100_000,
        help_text=_("One pack as it is sent: the delivery charge is counted from it."),
    )
    sku = forms.CharField(
        label=_("Your own code"), max_length=60, required=False, help_text=_("Empty: the shop makes one.")
    )
    length = WholeNumberField(label=_("Length (mm)"), min_value=1, max_value=3_000, required=False)
    width = WholeNumberField(label=_("Width (mm)"), min_value=1, max_value=3_000, required=False)
    height = WholeNumberField(label=_("Height (mm)"), min_value=1, max_value=3_000, required=False)

    SIDES = ("length", "width", "height")

    def clean(self) -> dict[str, Any]:
        """Take all three sides or none: two of them say nothing of a volume."""
        cleaned: dict[str, Any] = super().clean() or {}
        missing = [side for side in self.SIDES if cleaned.get(side) is None and side not in self.errors]
        if missing and len(missing) < len(self.SIDES):
            self.add_error(missing[0], _("Give all three sides, or none."))
        return cleaned

    def details(self) -> dict[str, Any]:
        """Return what `pack_create` and `pack_update` take as details."""
        typed = self.cleaned_data
        return {
            "title_vi": typed["title_vi"],
            "title_en": typed["title_en"] or None,
            "weight": typed["weight"],
            **{side: typed[side] for side in self.SIDES},
        }

    @property
    def main_fields(self) -> list[BoundField]:
        return [field for field in self if field.name not in self.SIDES]

    @property
    def sides(self) -> list[BoundField]:
        return [self[side] for side in self.SIDES]

    @property
    def shows_sides(self) -> bool:
        """Whether somebody has given a side, or mistyped one: then they aren't folded away."""
        return any(field.value() or field.errors for field in self.sides)


class NewPackForm(PackLabelForm, PackForm):
    """A pack with its first price and stock."""

    field_order = ["title_vi", "title_en", "weight", "price", "stock", "sku"]
    stock_before = None  # type: ignore[assignment]  # how Django drops a field of a parent

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["price"].help_text = _(
            "85.000 is eighty-five thousand. Empty: shown, but not on sale yet."
        )


class TextsForm(forms.Form):
    """The texts of a good in both languages; an English text that is missing is read in Vietnamese."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for language in ("vi", "en"):
            for name, rows in _TEXTS.items():
                self.fields[f"{name}_{language}"] = _text_field(name, language, rows)

    def in_vietnamese(self) -> Iterator[BoundField]:
        return (self[f"{name}_vi"] for name in _TEXTS)

    def in_english(self) -> Iterator[BoundField]:
        return (self[f"{name}_en"] for name in _TEXTS)

    def details(self) -> dict[str, Any]:
        """Return what `good_update` takes: an English text that is missing is none, so that the Vietnamese one is read."""
        return {
            name: value or (None if name.endswith("_en") else "") for name, value in self.cleaned_data.items()
        }


def texts_of(good: Product) -> dict[str, str]:
    """Return the texts of a good as `TextsForm` takes them."""
    names = [f"{name}_{language}" for language in ("vi", "en") for name in _TEXTS]
    return {name: getattr(good, name) or "" for name in names}


def texts_written(good: Product) -> list[tuple[str, bool, bool]]:
    """Return what each text is called, and whether it is written in Vietnamese and in English."""
    return [
        (
            capfirst(str(Product._meta.get_field(name).verbose_name)),
            bool(getattr(good, f"{name}_vi")),
            bool(getattr(good, f"{name}_en")),
        )
        for name in _TEXTS
    ]


def _text_field(name: str, language: str, rows: int) -> forms.CharField:
    field = Product._meta.get_field(name)
    return forms.CharField(
        label=capfirst(str(field.verbose_name)),
        required=False,
        max_length=field.max_length or 4_000,
        help_text=_TEXT_HELP.get(name, ""),
        widget=forms.Textarea(attrs={"rows": rows, "lang": language})
        if rows > 1
        else forms.TextInput(attrs={"lang": language}),
    )


class _ManyFiles(forms.FileInput):
    allow_multiple_selected = True


class PicturesField(forms.FileField):
    """Several files at once; whether each is a picture is judged by its content, where it is kept."""

    def __init__(self, **kwargs: Any) -> None:
        # Phones turn their own format into one of these where a page asks for them.
        widget = _ManyFiles(attrs={"accept": "image/jpeg,image/png,image/webp"})
        super().__init__(widget=widget, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """Return the files."""
        files = [super(PicturesField, self).clean(file, initial) for file in data or [None]]
        if len(files) > MOST_PICTURES_AT_ONCE:
            raise ValidationError(
                _("Choose at most %(most)d pictures at once."), params={"most": MOST_PICTURES_AT_ONCE}
            )
        return files


class PicturesForm(forms.Form):
    """New pictures of a good."""

    pictures = PicturesField(
        label=_("New pictures"),
        help_text=_(
            "JPEG, PNG or WebP, at most 20 MB each and 10 at once. Where a picture was taken is not kept."
        ),
        error_messages={"required": _("Choose at least one picture.")},
    )


class PictureForm(forms.Form):
    """What a picture shows, for people who don't see it."""

    alt_vi = forms.CharField(
        label=_("What the picture shows"),
        max_length=ProductImage._meta.get_field("alt").max_length,
        required=False,
        widget=forms.TextInput(attrs={"lang": "vi"}),
    )
    alt_en = forms.CharField(
        label=_("The same in English"),
        max_length=ProductImage._meta.get_field("alt").max_length,
        required=False,
        widget=forms.TextInput(attrs={"lang": "en"}),
    )


class SeasonForm(forms.Form):
    """The months in which a good is to be had; both or none."""

    season_first = forms.TypedChoiceField(
        label=_("In season from"), coerce=int, empty_value=None, required=False
    )
    season_last = forms.TypedChoiceField(label=_("until"), coerce=int, empty_value=None, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        months = [("", _("not said")), *((number, capfirst(str(name))) for number, name in MONTHS.items())]
        for field in self.fields.values():
            field.choices = months  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Refuse a beginning without an end."""
        cleaned: dict[str, Any] = super().clean() or {}
        first, last = cleaned.get("season_first"), cleaned.get("season_last")
        for name, missing in (("season_first", first), ("season_last", last)):
            if missing is None and (first is not None or last is not None) and name not in self.errors:
                self.add_error(name, _("Give both months, or neither."))
        return cleaned


class TravelForm(forms.Form):
    """What a carrier has to know of a good."""

    keeps_days = WholeNumberField(
        label=_("Fresh goods: days that they keep on the way"),
        min_value=1,
        max_value=60,
        required=False,
        help_text=_("They go only where they arrive in time. Empty: they keep long enough."),
    )
    needs_cooling = forms.TypedChoiceField(
        label=_("Must be kept cool on the way"),
        required=False,
        empty_value=None,
        coerce=lambda typed: typed == "yes",
        choices=[("yes", _("Yes, always cooled")), ("no", _("No, not cooled"))],
    )

    def __init__(self, *args: Any, good: Product, **kwargs: Any) -> None:
        cooling = {True: "yes", False: "no", None: ""}[good.needs_cooling]
        super().__init__(*args, initial={"keeps_days": good.keeps_days, "needs_cooling": cooling}, **kwargs)
        product_set = good.product_set
        of_set = _("kept cool") if product_set and product_set.needs_cooling else _("not cooled")
        field = cast(forms.TypedChoiceField, self.fields["needs_cooling"])
        field.choices = [("", _("As its product set: %(words)s") % {"words": of_set}), *field.choices]


def travel_form(good: Product, data: Any = None) -> TravelForm:
    """Return the form of how a good travels, filled in."""
    return TravelForm(data, good=good, auto_id=f"travel-{good.pk}-%s")
