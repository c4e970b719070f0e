"""Reads one row of a list into what it says, with the defaults of the file and of whoever imports it."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache

from django.utils.translation import gettext as _

from catalogue.alcohol import could_be_alcohol
from catalogue.certification.authorities import authority_level
from catalogue.certification.imports.awarding import authority_of
from catalogue.certification.imports.checking import row_key
from catalogue.certification.imports.headers import Field
from catalogue.certification.imports.parsing import (
    OCOP_CODE,
    read_date,
    read_decision,
    read_stars,
    read_strength,
    read_term,
)
from catalogue.certification.imports.reader import Cell
from catalogue.certification.imports.table import RawRow
from catalogue.certification.terms import add_months, term_end
from catalogue.models import ALCOHOL_SETS
from catalogue.product_sets import sector_of, set_stated, suggest_set
from catalogue.wording import folded
from marketplace.places.matches import PlaceMatch
from marketplace.places.resolver import resolve_address

_PLACES_KEPT = 4_096


@dataclass(frozen=True, slots=True)
class Defaults:
    """What holds for rows that don't say otherwise."""

    source: str
    decision_number: str = ""
    decided_on: date | None = None
    authority: str = ""
    province: str | None = None


@dataclass(slots=True)
class ListedGood:
    """What one row says. Raw texts stand in `raw`; `faults` reject the row."""

    number: int
    line: int
    source: str
    key: str
    hash: str
    raw: dict[str, str]
    product: str = ""
    producer: str = ""
    address: str = ""
    place: PlaceMatch | None = None
    province: str | None = None
    legacy_region: str = ""
    stars: int = 0
    proposed: bool = False
    sector: str | None = None
    product_set: int | None = None
    suggested_set: int | None = None
    could_be_alcohol: bool = False
    strength: Decimal | None = None
    decision_number: str = ""
    decided_on: date | None = None
    authority: str = ""
    level: str = ""
    valid_from: date | None = None
    valid_until: date | None = None
    year: int | None = None
    certificate_code: str = ""
    ocop_code: str = ""
    answer: str = ""
    faults: list[str] = field(default_factory=list)

    @property
    def has_decision(self) -> bool:
        """Return whether the list names the whole decision: number, day and an authority whose level is known."""
        return bool(self.decision_number and self.decided_on and self.authority and self.level)

    @property
    def commune(self) -> str | None:
        return self.place.commune.code if self.place and self.place.commune else None


class RowReader:
    """Reads rows of one file; places are looked up once for each wording, the last few thousand are kept."""

    def __init__(self, defaults: Defaults, *, sets: Iterable[tuple[int, str, str]], today: date) -> None:
        """`sets` are all product sets: number, Vietnamese name, code of the sector."""
        known = list(sets)
        self.defaults = defaults
        self.set_names = {folded(name): number for number, name, _sector in known}
        self.sectors = {number: sector for number, _name, sector in known}
        self.today = today
        self._place = lru_cache(maxsize=_PLACES_KEPT)(_resolve)

    def read(self, raw: RawRow) -> ListedGood:
        """Return what the row says."""
        good = ListedGood(
            number=raw.number,
            line=raw.line,
            source=raw.text(Field.SOURCE)[:160] or self.defaults.source,
            key=row_key(raw),
            hash=self._hash(raw),
            raw={**raw.as_written(), **({"group": raw.group} if raw.group else {})},
            product=raw.text(Field.PRODUCT),
            producer=raw.text(Field.PRODUCER),
            legacy_region=raw.text(Field.LEGACY_REGION)[:80],
            certificate_code=raw.text(Field.CERTIFICATE_CODE)[:60],
            answer=raw.text(Field.ANSWER),
        )
        self._read_names(good)
        self._read_stars(good, raw)
        self._read_kind(good, raw)
        self._read_decision(good, raw)
        self._read_place(good, raw)
        self._read_authority(good)
        return good

    def _hash(self, raw: RawRow) -> str:
        """Return a digest of everything that the outcome depends on: the row without the answer, and the defaults."""
        said = {name: text for name, text in raw.as_written().items() if text and name != Field.ANSWER.value}
        defaults = [self.defaults.decision_number, str(self.defaults.decided_on), self.defaults.authority]
        said_by_all = json.dumps([said, raw.group, defaults], sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(said_by_all.encode()).hexdigest()

    def _read_names(self, good: ListedGood) -> None:
        for name, text in ((_("product"), good.product), (_("producer"), good.producer)):
            if not text:
                good.faults.append(_("The name of the %(what)s is missing.") % {"what": name})
            elif len(text) > 255:
                good.faults.append(
                    _("The name of the %(what)s is longer than 255 characters.") % {"what": name}
                )

    def _read_stars(self, good: ListedGood, raw: RawRow) -> None:
        cell = raw.cells.get(Field.STARS, "")
        if not cell and raw.group_stars:
            good.stars = raw.group_stars
            return
        read = read_stars(cell)
        if read is None:
            good.faults.append(
                _("The stars “%(text)s” cannot be read.") % {"text": raw.text(Field.STARS)[:40]}
                if cell
                else _("The stars are missing.")
            )
            return
        good.stars, good.proposed = read

    def _read_kind(self, good: ListedGood, raw: RawRow) -> None:
        wording = raw.text(Field.SECTOR) or raw.group_sector
        good.product_set = set_stated(raw.text(Field.SET), self.set_names) or set_stated(
            raw.text(Field.SECTOR), self.set_names
        )
        if good.product_set:
            good.sector = self.sectors[good.product_set]
        else:
            good.suggested_set = suggest_set(good.product)
            stated, suggested = sector_of(wording), self.sectors.get(good.suggested_set or 0)
            # Lists before 2023 put coffee and tea among the drinks: a person confirms the set, and with it the sector.
            good.sector = stated if suggested in {None, stated} else None
            good.could_be_alcohol = could_be_alcohol(good.product, f"{wording} {raw.text(Field.SET)}")
        self._read_strength(good, raw)
        code = raw.text(Field.OCOP_CODE) or raw.text(Field.KEY)
        good.ocop_code = code if OCOP_CODE.match(code) else ""

    @staticmethod
    def _read_strength(good: ListedGood, raw: RawRow) -> None:
        """Read the strength, without which a stated set of alcohol is only a suggestion: a person adds what the label says."""
        good.strength = read_strength(raw.text(Field.STRENGTH))
        if good.product_set in ALCOHOL_SETS and good.strength is None:
            good.suggested_set, good.product_set = good.product_set, None
            good.could_be_alcohol = True
        elif good.product_set is None and good.strength is not None:
            good.could_be_alcohol = True

    def _read_decision(self, good: ListedGood, raw: RawRow) -> None:
        cell = raw.text(Field.DECISION)
        stated = read_decision(cell)
        good.decision_number = (stated.number or cell or self.defaults.decision_number)[:60]
        written = read_date(raw.cells.get(Field.DECIDED_ON, ""))
        # What was given with the number of one decision says nothing of another.
        given = self.defaults.decision_number
        own_decision = bool(cell and given) and good.decision_number != given
        good.decided_on = (
            written.day or stated.decided_on or (None if own_decision else self.defaults.decided_on)
        )
        good.authority = (
            raw.text(Field.AUTHORITY) or stated.authority or ("" if own_decision else self.defaults.authority)
        )[:160]
        good.level = authority_level(good.authority, on=good.decided_on) or ""
        year = read_date(raw.cells.get(Field.YEAR, "")).year
        good.year = year or written.year or (good.decided_on.year if good.decided_on else None)
        good.valid_from = read_date(raw.cells.get(Field.VALID_FROM, "")).day or good.decided_on
        good.valid_until = self._valid_until(raw.cells.get(Field.VALID_UNTIL, ""), good.valid_from)
        if good.decided_on and good.decided_on > self.today:
            good.faults.append(_("The decision's date lies in the future."))
        if good.valid_from and good.valid_until and good.valid_until < good.valid_from:
            good.faults.append(_("The certificate would end before it begins."))

    @staticmethod
    def _read_authority(good: ListedGood) -> None:
        if good.decision_number and good.decided_on and not good.authority:
            good.authority, good.level = authority_of(
                number=good.decision_number,
                decided_on=good.decided_on,
                stars=good.stars,
                province=good.province,
            )

    @staticmethod
    def _valid_until(cell: Cell, valid_from: date | None) -> date | None:
        stated = read_date(cell).day
        if stated or valid_from is None:
            return stated
        months = read_term(cell)
        return add_months(valid_from, months) if months else term_end(valid_from)

    def _read_place(self, good: ListedGood, raw: RawRow) -> None:
        parts = [raw.text(which) for which in (Field.COMMUNE, Field.DISTRICT, Field.PROVINCE)]
        unit = ", ".join(part for part in parts if part)
        named = raw.text(Field.PROVINCE)
        alone = self._place(named, None).province if named else None
        within = self.defaults.province or (alone.code if alone else None)
        good.address = (raw.text(Field.ADDRESS) or unit)[:255]
        wordings = [good.address, unit] if unit and unit != good.address else [good.address]
        for wording in wordings:
            match = self._place(wording, within) if wording else None
            if match and (good.place is None or match.is_resolved):
                good.place = match
            if match and match.is_resolved:
                break
        good.province = (
            good.place.commune.province_id
            if good.place and good.place.commune
            else (good.place.province.code if good.place and good.place.province else within)
        )


def _resolve(wording: str, province: str | None) -> PlaceMatch:
    return resolve_address(wording, province=province)
