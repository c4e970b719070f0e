"""Forms of cases for buyers."""

from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from checkout.aftersale.eligibility import Offer
from checkout.aftersale.models import Case
from checkout.aftersale.money import packs_left
from checkout.aftersale.services import MOST_PICTURES_AT_ONCE
from checkout.order.models import Line

#: Letters of what somebody writes.
LONGEST_TEXT: Final = 2_000


class _ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class PicturesField(forms.FileField):
    """Several pictures at once, or none; whether each is one is judged by its content, where it is kept."""

    def __init__(self, **kwargs: Any) -> None:
        widget = _ManyFiles(attrs={"accept": "image/jpeg,image/png,image/webp"})
        super().__init__(
            **{
                "label": _("Pictures"),
                "required": False,
                "widget": widget,
                "help_text": _(
                    "JPEG, PNG or WebP, at most 5 at once. Only those who work on the case see them; where they were taken is not kept."
                ),
                **kwargs,
            }
        )

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """Return the files, none where there are none."""
        given = [file for file in data or [] if file]
        if not given:
            return [] if not self.required else [super().clean(None, initial)]
        if len(given) > MOST_PICTURES_AT_ONCE:
            raise ValidationError(
                _("Choose at most %(most)d pictures."), params={"most": MOST_PICTURES_AT_ONCE}
            )
        return [super(PicturesField, self).clean(file, initial) for file in given]


class CaseForm(forms.Form):
    """What is wrong with which goods; one field for each line that can be asked about."""

    reason = forms.TypedChoiceField(label=_("What is wrong?"), coerce=int, widget=forms.RadioSelect)
    description = forms.CharField(
        label=_("What happened?"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("A few words are enough. Please no phone numbers or addresses: the producer has them."),
    )
    wish = forms.ChoiceField(
        label=_("What would you like?"),
        choices=Case.Wish.choices,
        initial=Case.Wish.REFUND,
        widget=forms.RadioSelect,
    )
    pictures = PicturesField()

    def __init__(self, *args: Any, offers: list[Offer], lines: list[Line], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].choices = [(offer.reason.pk, offer.reason.words) for offer in offers]  # type: ignore[attr-defined]
        self.lines = lines
        for line in lines:
            left = packs_left(line)
            field = forms.TypedChoiceField(
                label=f"{line.title} ({line.pack_label})" if line.pack_label else line.title,
                coerce=int,
                choices=[(0, _("not this one")), *((number, number) for number in range(1, left + 1))],
                initial=left if len(lines) == 1 else 0,
            )
            self.fields[f"line_{line.pk}"] = field
        self.order_fields(
            [*(f"line_{line.pk}" for line in lines), "reason", "description", "wish", "pictures"]
        )

    def packs(self) -> dict[int, int]:
        """Return the packs asked about by line id."""
        return {line.pk: self.cleaned_data[f"line_{line.pk}"] for line in self.lines}

    def clean(self) -> dict[str, Any]:
        """Refuse a case about nothing."""
        cleaned: dict[str, Any] = super().clean() or {}
        names = [f"line_{line.pk}" for line in self.lines]
        if (
            names
            and not any(cleaned.get(name) for name in names)
            and not any(name in self.errors for name in names)
        ):
            self.add_error(names[0], _("Please choose the goods, and how many packs."))
        return cleaned


class MessageForm(forms.Form):
    """Something to say in a case."""

    text = forms.CharField(
        label=_("Your message"), max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 3})
    )
    pictures = PicturesField()


class AppealForm(forms.Form):
    """Why the producer's word isn't accepted."""

    text = forms.CharField(
        label=_("Why don't you agree?"), max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 3})
    )


class ReviewForm(forms.Form):
    """What a buyer says of goods."""

    stars = forms.TypedChoiceField(
        label=_("How was it?"),
        coerce=int,
        choices=[
            (5, _("5: very good")),
            (4, _("4: good")),
            (3, _("3: all right")),
            (2, _("2: poor")),
            (1, _("1: bad")),
        ],
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label=_("In your words"),
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_(
            "Taste, freshness, packing, delivery: whatever helps others. No phone numbers or addresses."
        ),
    )
    pictures = PicturesField(
        help_text=_("JPEG, PNG or WebP, at most 5. Everybody sees them; where they were taken is not kept.")
    )


class SentBackForm(forms.Form):
    """How goods were sent back."""

    how = forms.CharField(
        label=_("Carrier and tracking number"),
        max_length=160,
        required=False,
        help_text=_("For example: Viettel Post 123456789."),
    )
