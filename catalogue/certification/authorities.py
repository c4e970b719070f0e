"""Reads the level of an authority from its name, as decision lists write it."""

import re
import unicodedata
from datetime import date
from functools import cache

from catalogue.certification.models import Level
from catalogue.wording import folded
from marketplace.places.loading import read_rows

#: Until the day before, Huế was a city of the province of Thừa Thiên Huế, a district's equal.
HUE_RUN_LIKE_A_PROVINCE_FROM = date(2025, 1, 1)
_HUE = "hue"
# Words that mean something else with other marks (`Bố Trạch`, `Ban Quản lý`, `Cơ quan`) count with their own marks or with none.
_MINISTRY_WORD = re.compile(r"\b(?:bộ|bo)\b")
_DISTRICT_WORD = re.compile(r"\bquận\b|(?<!cơ )(?<!co )\bquan\b(?! l[ýy])")
_MINISTRY = re.compile(r"\b(?:trung uong|quoc gia)\b")
_DISTRICT = re.compile(r"\b(?:huyen|thi xa)\b")
_CITY = re.compile(r"\b(?:thanh pho |tp ?)(?=\w)")
_PROVINCE = re.compile(r"\btinh\b")


def authority_level(authority: str, *, on: date | None = None) -> Level | None:
    """Return the level that the authority with this name had on the day `on` (default: today), None where the name doesn't tell."""
    name, written = folded(authority), unicodedata.normalize("NFC", authority).lower()
    # A district names its province as well, and may be called after a word for others: it is asked for first.
    if _DISTRICT.search(name) or _DISTRICT_WORD.search(written):
        return Level.DISTRICT
    if _MINISTRY.search(name) or _MINISTRY_WORD.search(written):
        return Level.MINISTRY
    province, cities = _PROVINCE.search(name), list(_CITY.finditer(name))
    if province and not (cities and cities[0].start() < province.start()):
        return Level.PROVINCE
    if cities:
        are_central = [_runs_like_a_province(name[city.end() :], on) for city in cities]
        return Level.PROVINCE if all(are_central) else Level.DISTRICT
    return None


def _runs_like_a_province(named: str, on: date | None) -> bool:
    """Return whether the words that follow `thành phố` begin with a city under the government; others were a district's equals."""
    city = next((city for city in _central_cities() if re.match(rf"{city}\b", named)), "")
    if city == _HUE and on:
        return on >= HUE_RUN_LIKE_A_PROVINCE_FROM
    return bool(city)


@cache
def _central_cities() -> frozenset[str]:
    """Return the names of the cities under the government, with those that people write for them (`HCM`)."""
    names = {row["name"]: row["name"] for row in read_rows("provinces.csv")}
    names |= {row["alias"]: row["name"] for row in read_rows("aliases.csv") if row["level"] == "province"}
    kind = "thanh pho "
    return frozenset(
        folded(said).removeprefix(kind) for said, name in names.items() if folded(name).startswith(kind)
    )
