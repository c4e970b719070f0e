"""Fields for numbers as people here write them."""

from typing import Any

from django import forms

from marketplace.numbers import grouped, percent_words, read_percent, read_whole_number

__all__ = ["PercentField", "WholeNumberField", "grouped", "read_whole_number"]


class WholeNumberField(forms.IntegerField):
    """A whole number, typed with or without dots between its thousands, shown with them."""

    widget = forms.TextInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.widget.attrs |= {"inputmode": "numeric", "autocomplete": "off"}

    def to_python(self, value: Any) -> int | None:
        """Return the number, None where nothing was typed."""
        return super().to_python(
            read_whole_number(value) if isinstance(value, str) and value.strip() else value
        )

    def prepare_value(self, value: Any) -> Any:
        """Show a number that we know in groups; what was typed stays as it was typed."""
        return grouped(value) if isinstance(value, int) else value


class PercentField(forms.Field):
    """A percentage as people write it (`5`, `0,5`, `0.5 %`), kept as hundredths of a per cent; where it may be left empty, empty is none."""

    def __init__(self, **kwargs: Any) -> None:
        figures = {"inputmode": "decimal", "autocomplete": "off", "maxlength": "8"}
        super().__init__(widget=forms.TextInput(attrs=figures), **kwargs)

    def to_python(self, value: Any) -> int | None:
        """Return hundredths of a per cent."""
        if value is None or not str(value).strip():
            return None if self.required else 0
        return read_percent(str(value))

    def prepare_value(self, value: Any) -> Any:
        """Show hundredths that we know as a percentage; what was typed stays as it was typed."""
        return percent_words(value) if isinstance(value, int) else value
