"""When goods are in season: from one month through another, over the year's end where the last comes first."""

from django.utils.dates import MONTHS
from django.utils.translation import get_language
from django.utils.translation import gettext as _


def season_months(first: int | None, last: int | None) -> tuple[int, ...]:
    """Return the months (1 to 12) of a season in their order; none where no season is known."""
    if first is None or last is None:
        return ()
    length = (last - first) % 12 + 1
    return tuple((first - 1 + step) % 12 + 1 for step in range(length))


def season_words(first: int | None, last: int | None) -> str:
    """Return the season in words, empty where none is known: `Có từ tháng 3 đến tháng 5`."""
    months = season_months(first, last)
    if not months:
        return ""
    if len(months) == 12:
        return _("All year round")
    if len(months) == 1:
        return _("In %(month)s") % {"month": _month(months[0])}
    return _("From %(first)s to %(last)s") % {"first": _month(months[0]), "last": _month(months[-1])}


def _month(number: int) -> str:
    name = str(MONTHS[number])
    # Vietnamese writes months small within a sentence, English never does.
    return name.lower() if (get_language() or "vi").startswith("vi") else name
