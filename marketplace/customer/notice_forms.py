"""How a person wants to be told, as a form: one choice for each group of notices."""

from collections.abc import Iterator
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from catalogue.producers.notices import audiences_of
from marketplace.notices.choices import (
    Choices,
    always_told,
    choices_keep,
    choices_of,
    digest_hour_of,
    groups_for,
)
from marketplace.notices.models import Way
from marketplace.notices.places import Group, Side

#: Hours at which a digest can come: while people are up.
HOURS: Final = range(5, 23)


class NoticeChoicesForm(forms.Form):
    """The groups that concern the person's roles of now; who has no mail address is offered no digest."""

    def __init__(self, *args: Any, person: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        audiences = audiences_of(person)
        self.always = always_told(audiences)
        self.groups = groups_for(audiences)
        chosen = choices_of(person)
        for side, group in self._pairs():
            way = chosen.get((side, group), Way.AT_ONCE)
            self.fields[f"{side}-{group}"] = forms.ChoiceField(
                label=group.label,
                choices=self._ways(),
                initial=way if person.email or way != Way.DIGEST else Way.AT_ONCE,
            )
        if person.email:
            self.fields["hour"] = forms.TypedChoiceField(
                label=_("Hour of the daily mail"),
                choices=[(hour, f"{hour}:00") for hour in HOURS],
                coerce=int,
                initial=digest_hour_of(person),
                help_text=_("It comes only on days on which something waits for it."),
            )

    def sides(self) -> Iterator[tuple[str, list[forms.BoundField]]]:
        """Yield the fields under the words of their side."""
        for side, groups in self.groups:
            yield str(side.label), [self[f"{side}-{group}"] for group in groups]

    def save(self) -> None:
        """Keep what was chosen."""
        choices: Choices = {
            (side, group): self.cleaned_data[f"{side}-{group}"] for side, group in self._pairs()
        }
        hour = self.cleaned_data.get("hour", digest_hour_of(self.person))
        choices_keep(person=self.person, choices=choices, hour=hour)

    def _pairs(self) -> list[tuple[Side, Group]]:
        return [(side, group) for side, groups in self.groups for group in groups]

    def _ways(self) -> list[tuple[str, Any]]:
        return [(way.value, way.label) for way in Way if self.person.email or way != Way.DIGEST]
