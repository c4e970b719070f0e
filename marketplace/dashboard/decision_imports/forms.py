"""What an admin types to import a decision list."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from catalogue.certification.imports.headers import Field
from catalogue.certification.imports.reader import MAX_FILE_BYTES
from catalogue.certification.imports.rows import Defaults
from catalogue.certification.imports.sources import source_of
from marketplace.accounts.roles import Scope
from marketplace.places.models import Province


class UploadForm(forms.Form):
    """A file, and what holds for rows that don't say it themselves."""

    file = forms.FileField(
        label=_("Decision list"),
        help_text=_("CSV or Excel (xlsx), as the province published it, at most 20 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx,.txt,.tsv"}),
    )
    decision_number = forms.CharField(
        label=_("Decision number"),
        max_length=60,
        required=False,
        help_text=_("Only if the rows don't name it."),
    )
    decided_on = forms.DateField(
        label=_("Date of decision"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    authority = forms.CharField(label=_("Authority"), max_length=160, required=False)
    source = forms.CharField(
        label=_("Source"),
        max_length=160,
        required=False,
        help_text=_("The name under which the rows are kept; empty: the file's name."),
    )
    province = forms.ModelChoiceField(
        label=_("Province of all rows"),
        queryset=Province.objects.none(),
        required=False,
        empty_label=_("As the rows say"),
    )

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["province"]
        if isinstance(choice, forms.ModelChoiceField):
            choice.queryset = Province.objects.filter(scope.q("code"))
            choice.required = not scope.everything
            if not scope.everything and len(scope.provinces) == 1:
                choice.initial = next(iter(scope.provinces))

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_FILE_BYTES:
            raise ValidationError(_("The file is larger than 20 MB."))
        return file

    def defaults(self) -> Defaults:
        """Return what was typed, as the import takes it."""
        typed = self.cleaned_data
        return Defaults(
            source=typed["source"] or source_of(typed["file"].name),
            decision_number=typed["decision_number"],
            decided_on=typed["decided_on"],
            authority=typed["authority"],
            province=typed["province"].code if typed["province"] else None,
        )


class ColumnForm(forms.Form):
    """What one header means."""

    header = forms.CharField(widget=forms.HiddenInput, max_length=160)
    meaning = forms.ChoiceField(
        label=_("Meaning"),
        choices=[(field.value, field.label) for field in Field if field is not Field.ASIDE],
    )
