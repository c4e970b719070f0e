"""The form of a group of synonyms: one phrase a line, as people type and paste them."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from search.lexicon.groups import BroaderLoop, Entry, Group, Kind, Language
from search.lexicon.selectors import GroupNames, group_names
from search.lexicon.services import GroupData, NothingSaid, UnknownGroup, check_group
from search.text import words

_LONGEST = 80
_LINES: dict[str, tuple[str, str]] = {
    "same": (Kind.SAME, Language.VIETNAMESE),
    "regional": (Kind.REGIONAL, Language.VIETNAMESE),
    "spelling": (Kind.SPELLING, Language.VIETNAMESE),
    "english": (Kind.ENGLISH, Language.ENGLISH),
    "brand": (Kind.BRAND, Language.VIETNAMESE),
}


class LinesField(forms.CharField):
    """Lines of text; cleans to a list without empty lines and repetitions."""

    def __init__(self, *, rows: int = 3, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        kwargs.setdefault("max_length", 4_000)
        super().__init__(widget=forms.Textarea(attrs={"rows": rows, "lang": "vi"}), **kwargs)

    def clean(self, value: Any) -> list[str]:
        """Refuse a line without a letter or digit, and one that is too long."""
        text = super().clean(value)
        lines = list(dict.fromkeys(" ".join(line.split()) for line in text.splitlines() if line.strip()))
        for line in lines:
            if not words(line):
                raise ValidationError(_("“%(line)s” has no letter and no digit.") % {"line": line})
            if len(line) > _LONGEST:
                raise ValidationError(_("“%(line)s…” is too long for a phrase.") % {"line": line[:30]})
        return lines


class GroupForm(forms.Form):
    """A group's phrases, exceptions and broader groups."""

    same = LinesField(
        label=gettext_lazy("Phrases"),
        rows=4,
        help_text=gettext_lazy("One a line, with their marks. Each finds the goods of all the others."),
    )
    regional = LinesField(label=gettext_lazy("Regional words"))
    spelling = LinesField(label=gettext_lazy("Other spellings and short forms"))
    english = LinesField(label=gettext_lazy("English names"), help_text=gettext_lazy("Singular and plural."))
    brand = LinesField(label=gettext_lazy("Brands, varieties and names by place"))
    exceptions = LinesField(
        label=gettext_lazy("Exceptions"),
        help_text=gettext_lazy(
            "Longer phrases in which the words mean something else: gạo thơm is no pineapple."
        ),
    )
    broader = LinesField(
        label=gettext_lazy("Is a kind of"),
        rows=2,
        help_text=gettext_lazy(
            "A phrase of the broader group, one a line. Who asks for the broader finds these goods too, never the reverse."
        ),
    )
    parts = LinesField(
        label=gettext_lazy("Made of"),
        rows=2,
        help_text=gettext_lazy("Groups that together mean this one, wherever they stand: xoài + sấy."),
    )
    describes = forms.BooleanField(
        label=gettext_lazy("Tells a quality or a form, not which goods"),
        required=False,
        help_text=gettext_lazy("Goods that have it come first; the others are found too."),
    )

    def __init__(self, *args: Any, group: Group | None = None, others: list[Group], **kwargs: Any) -> None:
        """`group`: the one that is changed; `others`: every other group."""
        self.group = group
        self.others = others
        self.names: GroupNames = group_names(others)
        if group is not None:
            kwargs["initial"] = {**self._initial(group), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)

    def _initial(self, group: Group) -> dict[str, Any]:
        lines = {
            name: "\n".join(
                entry.text for entry in group.entries if (entry.kind, entry.language) == (kind, language)
            )
            for name, (kind, language) in _LINES.items()
        }
        return {
            **lines,
            "exceptions": "\n".join(group.exceptions),
            "broader": "\n".join(self.names.name(key) for key in group.broader),
            "parts": "\n".join(
                " + ".join(self.names.name(key) for key in sorted(parts)) for parts in group.parts
            ),
            "describes": group.describes,
        }

    def clean_broader(self) -> list[str]:
        """Return keys."""
        return [self._key(line) for line in self.cleaned_data["broader"]]

    def clean_parts(self) -> list[frozenset[str]]:
        """Return sets of keys, of two at least."""
        found = []
        for line in self.cleaned_data["parts"]:
            keys = frozenset(self._key(part.strip()) for part in line.split("+") if part.strip())
            if len(keys) < 2:
                raise ValidationError(
                    _("“%(line)s” names no two groups with a + between them.") % {"line": line}
                )
            found.append(keys)
        return found

    def _key(self, said: str) -> str:
        keys = self.names.keys(said)
        if len(keys) == 1:
            return keys[0]
        if not keys:
            raise ValidationError(_("No group has the phrase “%(said)s”.") % {"said": said})
        raise ValidationError(
            _("“%(said)s” names several groups. Write one of these instead: %(keys)s.")
            % {"said": said, "keys": ", ".join(keys)}
        )

    def clean(self) -> dict[str, Any]:
        """Hold the group against the others: a phrase at least, nothing a kind of itself."""
        cleaned: dict[str, Any] = super().clean() or {}
        if self.errors:
            return cleaned
        try:
            check_group(self.data_of().group(self.group.key if self.group else "\N{BULLET}"), self.others)
        except NothingSaid:
            self.add_error("same", _("Write at least one phrase."))
        except BroaderLoop as loop:
            own = _("this group")
            path = " → ".join(self.names.name(key) if self.names.has(key) else own for key in loop.path)
            self.add_error("broader", _("That would go round in a circle: %(path)s.") % {"path": path})
        except UnknownGroup:
            self.add_error("parts", _("A group can't be a part of itself."))
        return cleaned

    def data_of(self) -> GroupData:
        """Return what the lexicon's services take."""
        cleaned = self.cleaned_data
        entries: dict[tuple[str, ...], Entry] = {}
        for name, (kind, language) in _LINES.items():
            for text in cleaned[name]:
                entries.setdefault(tuple(item.text for item in words(text)), Entry(text, kind, language))
        return GroupData(
            entries=tuple(entries.values()),
            exceptions=tuple(cleaned["exceptions"]),
            broader=tuple(dict.fromkeys(cleaned["broader"])),
            parts=tuple(cleaned["parts"]),
            describes=cleaned["describes"],
        )


class FilterForm(forms.Form):
    """What the list is narrowed by."""

    q = forms.CharField(label=gettext_lazy("Find a phrase"), required=False, max_length=80)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), required=False)
    language = forms.ChoiceField(label=gettext_lazy("Language"), required=False)
    source = forms.ChoiceField(label=gettext_lazy("Source"), required=False)
    state = forms.ChoiceField(label=gettext_lazy("State"), required=False)

    def __init__(self, *args: Any, choices: dict[str, list[tuple[str, Any]]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, own in choices.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 (tells mypy)
            field.choices = [("", _("All")), *own]
