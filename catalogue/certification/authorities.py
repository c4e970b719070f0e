"""Reads the level of an authority from its name, as decision lists write it."""

import re

from catalogue.certification.models import Level
from catalogue.wording import folded

#: The cities run like provinces; every other city was a district's equal until July 2025.
CENTRAL_CITIES = ("ha noi", "hai phong", "hue", "da nang", "ho chi minh", "can tho")
_MINISTRY = re.compile(r"\b(bo|bo truong|trung uong|quoc gia)\b")
_DISTRICT = re.compile(r"\b(huyen|thi xa|quan|cap huyen)\b")
_CITY = re.compile(r"\b(thanh pho|tp)\b")
_PROVINCE = re.compile(r"\b(tinh|cap tinh)\b")


def authority_level(authority: str) -> Level | None:
    """Return the level of the authority with this name, None where the name doesn't tell."""
    name = folded(authority)
    if _MINISTRY.search(name):
        return Level.MINISTRY
    if _DISTRICT.search(name):
        return Level.DISTRICT
    if _CITY.search(name):
        return Level.PROVINCE if any(city in name for city in CENTRAL_CITIES) else Level.DISTRICT
    if _PROVINCE.search(name):
        return Level.PROVINCE
    return None
