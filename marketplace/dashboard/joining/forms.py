"""Answers to an application."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from catalogue.producers.joining.models import Application
from catalogue.producers.joining.papers import checklist_of


class AnswerForm(forms.Form):
    """What the applicant is told."""

    words = forms.CharField(
        label=_("To the applicant"),
        max_length=1000,
        help_text=_("Sent by mail or message, and stands on the application."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, application: Application, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.application = application


class ApproveForm(AnswerForm):
    """What was compared with the papers: nothing is ticked beforehand."""

    checked = forms.MultipleChoiceField(
        label=_("Compared with the papers"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick each point once you have compared it.")},
    )
    field_order = ("checked", "words")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        points = self.fields["checked"]
        assert isinstance(points, forms.MultipleChoiceField)  # noqa: S101 (tells mypy)
        points.choices = [(row.key, row.words) for row in checklist_of(self.application)]
        self.fields["words"].required = False
        self.fields["words"].label = _("A word to the applicant, or why the entry is theirs")
