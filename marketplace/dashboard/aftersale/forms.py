"""What the producer or the programme decides of a case."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from checkout.aftersale.decisions import Received
from checkout.aftersale.forms import LONGEST_TEXT, PicturesField
from checkout.aftersale.models import Case, CaseLine, Reason
from checkout.aftersale.money import packs_left
from checkout.order.models import Consignment

#: In the place of a condition where nothing came back.
_NONE: Final = "none"


def _words(label: Any, *, required: bool = True, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=LONGEST_TEXT,
        required=required,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class CaseStepForm(forms.Form):
    """A step of one case; `answer()` is what its service takes."""

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case = case

    def answer(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class AnswerForm(CaseStepForm):
    """A message to the buyer."""

    text = _words(_("Your message"))
    pictures = PicturesField()


class SettleForm(CaseStepForm):
    """How it is made good without money."""

    text = _words(
        _("How do you make it good?"),
        help_text=_("For example: two new boxes were sent today by Viettel Post, 123456789."),
    )


class RefuseForm(CaseStepForm):
    """Why nothing is given."""

    text = _words(_("Why?"), help_text=_("The buyer reads it, and the programme where it is asked."))


class ContestForm(CaseStepForm):
    """What is wrong with what came back."""

    text = _words(_("What is wrong?"))


class RefundForm(CaseStepForm):
    """For how many packs of each line money goes back, and whether the goods come back first."""

    goods_back = forms.BooleanField(label=_("The goods come back first"), required=False)
    text = _words(_("A word to the buyer"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = list(self.case.lines.all())
        for part in self.lines:
            most = min(part.quantity, packs_left(part.line))
            self.fields[_name(part)] = forms.TypedChoiceField(
                label=_("Packs of %(name)s") % {"name": part.line.title},
                coerce=int,
                choices=[(number, number) for number in range(most + 1)],
                initial=most,
            )
        if not self.may_choose_goods():
            del self.fields["goods_back"]
        self.order_fields([_name(part) for part in self.lines])

    def may_choose_goods(self) -> bool:
        """Return whether the reason leaves open if the goods come back, and there are goods that could."""
        came = self.case.consignment.state == Consignment.State.DELIVERED
        return came and self.case.reason.goods_back == Reason.GoodsBack.ASKED

    def answer(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "packs": {part.pk: data[_name(part)] for part in self.lines},
            "goods_back": data.get("goods_back", False),
            "text": data["text"],
        }


class ReceivedForm(CaseStepForm):
    """What came back of each line, and in which condition."""

    text = _words(_("A word to the buyer"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = [part for part in self.case.lines.all() if part.agreed_quantity]
        conditions = [("", _("choose")), *CaseLine.Condition.choices, (_NONE, _("none came back"))]
        for part in self.lines:
            most = part.agreed_quantity or 0
            name = {"name": part.line.title}
            self.fields[_name(part)] = forms.TypedChoiceField(
                label=_("Packs of %(name)s that came back") % name,
                coerce=int,
                choices=[(number, number) for number in range(most + 1)],
                initial=most,
            )
            self.fields[f"{_name(part)}_condition"] = forms.ChoiceField(
                label=_("Condition of %(name)s") % name, choices=conditions
            )
        self.order_fields([key for part in self.lines for key in (_name(part), f"{_name(part)}_condition")])

    def clean(self) -> dict[str, Any]:
        """Ask for the condition of whatever came back."""
        cleaned: dict[str, Any] = super().clean() or {}
        for part in self.lines:
            if cleaned.get(_name(part)) and cleaned.get(f"{_name(part)}_condition") == _NONE:
                self.add_error(
                    f"{_name(part)}_condition", _("Please say in which condition the goods came back.")
                )
        return cleaned

    def answer(self) -> dict[str, Any]:
        data = self.cleaned_data
        received = {
            part.pk: Received(
                data[_name(part)] if data[f"{_name(part)}_condition"] != _NONE else 0,
                data[f"{_name(part)}_condition"],
            )
            for part in self.lines
        }
        return {"received": received, "text": data["text"]}


def _name(part: CaseLine) -> str:
    return f"packs_{part.pk}"
