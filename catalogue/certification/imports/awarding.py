"""Says whose decision it is where a list gives its number and day alone, and only one authority can have taken it."""

import re
from datetime import date

from catalogue.certification.models import Level
from catalogue.certification.programme import rule_book
from marketplace.places.index import place_index

_OF_PEOPLES_COMMITTEE = re.compile(r"/Q[ĐD]-(?:CT)?UBND$", re.IGNORECASE)
_OF_MINISTRY = re.compile(r"/Q[ĐD]-BNN(MT)?(?![A-ZĐ])", re.IGNORECASE)
_MINISTRY = "Bộ Nông nghiệp và Môi trường"
_MINISTRY_BEFORE_2025 = "Bộ Nông nghiệp và Phát triển nông thôn"


def authority_of(*, number: str, decided_on: date, stars: int, province: str | None) -> tuple[str, str]:
    """Return the authority behind a decision of this number, and its level; both empty where it could be another's.

    A number of a People's Committee is the province's (its code is `province`) where a district could not award `stars` on that day.
    """
    ministry = _OF_MINISTRY.search(number)
    if ministry:
        return (_MINISTRY if ministry[1] else _MINISTRY_BEFORE_2025), Level.MINISTRY
    known = place_index().provinces.get(province or "")
    if not known or not _OF_PEOPLES_COMMITTEE.search(number):
        return "", ""
    powers = rule_book().recognition_on(decided_on).powers
    if (Level.PROVINCE, stars) not in powers or (Level.DISTRICT, stars) in powers:
        return "", ""
    return f"UBND {known.name[0].lower()}{known.name[1:]}", Level.PROVINCE
