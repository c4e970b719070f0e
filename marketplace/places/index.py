"""All names of places in memory, so that reading an address asks the database nothing.

Built once a process from two queries (about 0.3 s, 15 MB) and kept for one version of the data files.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from threading import Lock

from marketplace.places import names
from marketplace.places.loading import data_version, read_rows
from marketplace.places.models import Commune, LegacyUnit, Merge, Province

#: Shorter aliases of towns (``ĐL``) are understood in searches; an address that says no more isn't guessed at.
_SHORTEST_ALIAS = 5


@dataclass(frozen=True, slots=True)
class FormerUnit:
    """A commune as it was until 30 June 2025, and what became of it.

    `divided` units went into several communes, or in part into one: the old name alone doesn't decide.
    """

    code: str
    name: str
    district_code: str
    district: str
    province_code: str
    province: str
    communes: tuple[Commune, ...]
    divided: bool
    kind: str
    accents: str

    @property
    def full_name(self) -> str:
        """`Xã Phú Hội, Huyện Đức Trọng, Tỉnh Lâm Đồng`."""
        return ", ".join(part for part in (self.name, self.district, self.province) if part)


@dataclass(frozen=True, slots=True)
class FormerDistrict:
    """A district as it was until 30 June 2025, and the communes of today on its ground."""

    code: str
    name: str
    province_code: str
    kind: str
    accents: str
    communes: tuple[Commune, ...]
    provinces_today: frozenset[str]


@dataclass(frozen=True, slots=True)
class CommuneName:
    """A name of a commune of today; `Phường Xuân Hương - Đà Lạt` also answers to `Xuân Hương`."""

    commune: Commune
    kind: str
    accents: str
    former_districts: frozenset[str]
    former_provinces: frozenset[str]


@dataclass(slots=True)
class ProvinceName:
    """What a province's name may mean: a province of today, one until 30 June 2025, mostly both."""

    today: set[str] = field(default_factory=set)
    former: set[str] = field(default_factory=set)
    kinds: set[str] = field(default_factory=set)


class PlaceIndex:
    """Names of provinces, districts and communes, old and new, by `names.place_key`."""

    def __init__(self, communes: Iterable[Commune], legacy_units: Iterable[LegacyUnit]) -> None:
        self.communes: dict[str, Commune] = {commune.code: commune for commune in communes}
        self.provinces: dict[str, Province] = {c.province_id: c.province for c in self.communes.values()}
        self.province_names: dict[str, ProvinceName] = defaultdict(ProvinceName)
        self.districts: dict[str, list[FormerDistrict]] = defaultdict(list)
        self.former_units: dict[str, list[FormerUnit]] = defaultdict(list)
        self.commune_names: dict[str, list[CommuneName]] = defaultdict(list)
        self.dashed_keys: set[str] = set()
        self.former_by_commune: dict[str, list[FormerUnit]] = defaultdict(list)
        rows = list(legacy_units)
        self._add_provinces(rows)
        self._add_districts(rows)
        self._add_former_units(rows)
        self._add_communes(rows)

    @cached_property
    def former_by_province(self) -> dict[str, list[FormerUnit]]:
        """Former units by the province of today that they lie in; one on a border stands under both."""
        by_province: dict[str, list[FormerUnit]] = defaultdict(list)
        for units in self.former_units.values():
            for unit in units:
                for code in {commune.province_id for commune in unit.communes}:
                    by_province[code].append(unit)
        return by_province

    @cached_property
    def communes_by_province(self) -> dict[str, list[Commune]]:
        """Communes of today by province."""
        by_province: dict[str, list[Commune]] = defaultdict(list)
        for commune in self.communes.values():
            by_province[commune.province_id].append(commune)
        return by_province

    def _add_provinces(self, rows: list[LegacyUnit]) -> None:
        for province in self.provinces.values():
            kind, short = names.split_kind(province.name)
            known = self.province_names[names.place_key(short)]
            known.today.add(province.code)
            known.kinds.add(kind)
        for code, name in {(row.old_province_code, row.old_province) for row in rows}:
            kind, short = names.split_kind(name)
            known = self.province_names[names.place_key(short)]
            known.former.add(code)
            known.kinds.add(kind)
        for row in read_rows("aliases.csv"):
            if row["level"] != "province":
                continue
            official = names.place_key(names.split_kind(row["name"])[1])
            self.province_names[names.place_key(row["alias"])] = self.province_names[official]
        self.dashed_keys.update(
            names.place_key(names.split_kind(name)[1])
            for name in (
                *(province.name for province in self.provinces.values()),
                *(row.old_province for row in rows),
                *(row.old_district for row in rows),
                *(row["alias"] for row in read_rows("aliases.csv")),
            )
            if "-" in name
        )

    def _add_districts(self, rows: list[LegacyUnit]) -> None:
        grouped: dict[tuple[str, str, str], dict[str, Commune]] = defaultdict(dict)
        for row in rows:
            key = (row.old_district_code, row.old_district, row.old_province_code)
            grouped[key][row.commune_id] = self.communes[row.commune_id]
        for (code, name, province_code), communes in grouped.items():
            kind, short = names.split_kind(name)
            self.districts[names.place_key(short)].append(
                FormerDistrict(
                    code=code,
                    name=name,
                    province_code=province_code,
                    kind=kind,
                    accents=names.accent_key(short),
                    communes=tuple(sorted(communes.values(), key=lambda commune: commune.search_key)),
                    provinces_today=frozenset(commune.province_id for commune in communes.values()),
                )
            )
        for alias in read_rows("aliases.csv"):
            said = names.place_key(alias["alias"])
            if alias["level"] != "district" or len(said) < _SHORTEST_ALIAS:
                continue
            official = names.place_key(names.split_kind(alias["name"])[1])
            accents = names.accent_key(alias["alias"])
            self.districts[said] += [replace(known, accents=accents) for known in self.districts[official]]

    def _add_former_units(self, rows: list[LegacyUnit]) -> None:
        grouped: dict[tuple[str, str, str], list[LegacyUnit]] = defaultdict(list)
        for row in rows:
            if row.old_commune:
                grouped[row.old_commune_code, row.old_commune, row.old_district_code].append(row)
        for group in grouped.values():
            first = group[0]
            kind, short = names.split_kind(first.old_commune)
            communes = tuple(self.communes[row.commune_id] for row in group)
            unit = FormerUnit(
                code=first.old_commune_code,
                name=first.old_commune,
                district_code=first.old_district_code,
                district=first.old_district,
                province_code=first.old_province_code,
                province=first.old_province,
                communes=communes,
                divided=len(communes) > 1 or first.merge == Merge.PARTIAL,
                kind=kind,
                accents=names.accent_key(short),
            )
            self.former_units[first.commune_key].append(unit)
            for commune in communes:
                self.former_by_commune[commune.code].append(unit)

    def _add_communes(self, rows: list[LegacyUnit]) -> None:
        districts: dict[str, set[str]] = defaultdict(set)
        provinces: dict[str, set[str]] = defaultdict(set)
        for row in rows:
            districts[row.commune_id].add(row.old_district_code)
            provinces[row.commune_id].add(row.old_province_code)
        for commune in self.communes.values():
            kind, short = names.split_kind(commune.name)
            spellings = [short]
            if " - " in short:
                spellings.append(short.split(" - ")[0])
                self.dashed_keys.add(names.place_key(short))
            for spelling in spellings:
                self.commune_names[names.place_key(spelling)].append(
                    CommuneName(
                        commune=commune,
                        kind=kind,
                        accents=names.accent_key(spelling),
                        former_districts=frozenset(districts[commune.code]),
                        former_provinces=frozenset(provinces[commune.code]),
                    )
                )


_indexes: dict[str, PlaceIndex] = {}
_building = Lock()


def place_index() -> PlaceIndex:
    """Return the index for the data files of this deployment, built at the first call.

    An index of empty tables (before the first migration) isn't kept.
    """
    version = data_version()
    index = _indexes.get(version)
    if index is None:
        with _building:
            index = _indexes.get(version)
            if index is None:
                index = PlaceIndex(Commune.objects.select_related("province"), LegacyUnit.objects.all())
                if index.communes:
                    _indexes[version] = index
    return index
