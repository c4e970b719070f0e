"""What a search's words ask beside the goods themselves, so that a page can show it and a person undo it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext as _


class IntentKind(StrEnum):
    """What can be understood in words. The value stands in the address: ``plain=<kind>`` takes the words as typed."""

    PRICE = "price"
    STARS = "stars"
    PROPOSED = "proposed"
    WEIGHT = "weight"
    FORM = "form"
    WITHOUT = "without"
    PLACE = "place"
    KIND = "kind"
    CODE = "code"


#: The address parameter that undoes an understanding; may come several times.
PLAIN: Final = "plain"


@dataclass(frozen=True, slots=True)
class Intent:
    """One thing understood. ``said``: the words as they were typed. ``name``: how its chip names it, if not as said.

    ``binds``: only goods of which it holds are found; the others are lifted where it holds. ``lacking``: it holds of no
    good, and those come of which nobody knows.
    """

    kind: IntentKind
    said: str
    name: str = ""
    binds: bool = False
    lacking: bool = False

    @property
    def label(self) -> str:
        """What a chip says, in the language of the page."""
        name = self.name or self.said
        if self.lacking:
            return _("Price not stated: nothing found for “%(name)s”") % {"name": name}
        labels = {
            IntentKind.PRICE: _("Price: %(name)s"),
            IntentKind.STARS: _("Stars: %(name)s"),
            IntentKind.PROPOSED: _("Proposed for more stars: %(name)s"),
            IntentKind.WEIGHT: _("Weight: %(name)s"),
            IntentKind.FORM: _("Form: %(name)s"),
            IntentKind.WITHOUT: _("Without: %(name)s"),
            IntentKind.PLACE: _("Place: %(name)s"),
            IntentKind.KIND: _("Kind: %(name)s"),
            IntentKind.CODE: _("Code: %(name)s"),
        }
        return labels[self.kind] % {"name": name}
