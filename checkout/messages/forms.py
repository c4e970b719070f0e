"""Forms of a talk, for both sides."""

from django import forms
from django.utils.translation import gettext_lazy as _

from checkout.aftersale.forms import PicturesField
from checkout.messages.rules import Ground
from checkout.messages.services import LONGEST_TEXT


class TalkForm(forms.Form):
    """Something to say, with pictures."""

    text = forms.CharField(
        label=_("Your message"), max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 3})
    )
    pictures = PicturesField(
        help_text=_(
            "JPEG, PNG or WebP, at most 5 at once. Only the two of you see them; where they were taken is not kept."
        )
    )


class MessageReportForm(forms.Form):
    """What is wrong with a message of the other side."""

    ground = forms.ChoiceField(
        label=_("What is wrong with it?"), choices=Ground.choices, widget=forms.RadioSelect
    )
    note = forms.CharField(
        label=_("What should we know?"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
