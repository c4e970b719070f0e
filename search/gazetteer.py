"""Names of places as people search for them: today's units, those until 30 June 2025, and regions.

Made from the data files of `marketplace.places`, without the database. A place is told in documents by facts: ``p:``
province of today, ``q:`` old province, ``d:`` old district, ``c:`` commune of today, ``u:`` old commune, each with
its official code; ``u!`` and ``d!`` where the address names the old unit itself or only it went into the commune.
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from marketplace.places.loading import read_rows
from marketplace.places.names import short_name, split_kind
from search.syllables import is_folded_syllable
from search.text import Word, word, words

_REGIONS: Final = Path(__file__).parent / "data" / "regions.toml"


class Level(IntEnum):
    """Kinds of places, the widest first."""

    REGION = 0
    PROVINCE = 1
    DISTRICT = 2
    COMMUNE = 3


@dataclass(slots=True)
class Place:
    """What a name may mean at one level: ``own`` facts of the place itself, ``wider`` of what took it in."""

    level: Level
    name: str
    spelt: tuple[str, ...]
    own: set[str] = field(default_factory=set)
    wider: set[str] = field(default_factory=set)

    @property
    def words(self) -> list[Word]:
        """The words of the name as it is spelt."""
        return [word(text) for text in self.spelt]


@dataclass(frozen=True, slots=True)
class NamedPlace:
    """A place found in words ``start`` up to but not ``end``; ``kind_said``: a word like *huyện* stood before it."""

    start: int
    end: int
    places: tuple[Place, ...]
    kind_said: bool

    @property
    def order(self) -> tuple[int, int, int]:
        """Sorts the longest name first, of equally long ones the widest place."""
        return (self.start - self.end, self.places[0].level, self.start)


#: Words that say what level a name after them has, without marks.
_KIND_WORDS: Final = {
    ("tinh",): {Level.PROVINCE},
    ("t",): {Level.PROVINCE},
    ("province",): {Level.PROVINCE},
    ("thanh", "pho"): {Level.PROVINCE, Level.DISTRICT},
    ("tp",): {Level.PROVINCE, Level.DISTRICT},
    ("city",): {Level.PROVINCE, Level.DISTRICT},
    ("huyen",): {Level.DISTRICT},
    ("h",): {Level.DISTRICT},
    ("quan",): {Level.DISTRICT},
    ("q",): {Level.DISTRICT},
    ("thi", "xa"): {Level.DISTRICT},
    ("tx",): {Level.DISTRICT},
    ("district",): {Level.DISTRICT},
    ("xa",): {Level.COMMUNE},
    ("x",): {Level.COMMUNE},
    ("phuong",): {Level.COMMUNE},
    ("p",): {Level.COMMUNE},
    ("thi", "tran"): {Level.COMMUNE},
    ("tt",): {Level.COMMUNE},
    ("dac", "khu"): {Level.COMMUNE, Level.DISTRICT},
    ("dao",): {Level.COMMUNE, Level.DISTRICT},
    ("huyen", "dao"): {Level.DISTRICT},
    ("commune",): {Level.COMMUNE},
    ("ward",): {Level.COMMUNE},
    ("vung",): {Level.REGION},
    ("mien",): {Level.REGION},
}
#: With these marks the words above mean a kind of place; *quán*, *xá*, *xã* differ.
_KIND_SPELT: Final = frozenset(
    "tỉnh thành phố tp huyện quận thị xã tx xã phường trấn đặc khu vùng miền đảo".split()  # noqa: SIM905
)
#: Without its marks it is a people, and a knife.
_ONLY_MARKED: Final = frozenset({"dao"})


class Gazetteer:
    """Every name, by its words without marks."""

    def __init__(self) -> None:
        self._places: dict[tuple[str, ...], list[Place]] = defaultdict(list)
        self._old_province: dict[str, str] = {}
        #: The old provinces that went into each province of today; the old province of each old district.
        self._parts: dict[str, set[str]] = defaultdict(set)
        self._province_of_district: dict[str, str] = {}
        self._facts: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        #: Names of one word that mean the place as they stand.
        self._short: set[str] = {"hue"}
        #: Names of several words written as one: the words without marks.
        self._joined: dict[str, tuple[str, ...]] = {}
        self._add_units()
        self._add_regions()
        self.pairs: frozenset[tuple[str, str]] = frozenset()
        self.spelt: dict[str, set[str]] = defaultdict(set)
        self._add_spelling()
        #: How many words the longest name has that begins with a word.
        self._longest: dict[str, int] = {}
        for key in self._places:
            if key:
                self._longest[key[0]] = max(len(key), self._longest.get(key[0], 0))
        #: The goods of one producer come one after the other.
        self._kept_facts = lru_cache(maxsize=1_024)(self._facts_of)

    # -- building -----------------------------------------------------------------------------

    def _add(self, name: str, level: Level, own: Iterable[str], wider: Iterable[str] = ()) -> None:
        sequence = words(short_name(name))
        if not sequence or (len(sequence) == 1 and level is Level.COMMUNE):
            kind_and_name = words(name)
            if len(kind_and_name) < 2:
                return
            sequence = kind_and_name
        key = tuple(word.folded for word in sequence)
        spelt = tuple(word.text for word in sequence)
        for known in self._places[key]:
            if known.level is level and known.spelt == spelt:
                known.own.update(own)
                known.wider.update(wider)
                return
        self._places[key].append(Place(level, short_name(name), spelt, set(own), set(wider)))

    def _add_units(self) -> None:
        provinces = {row["code"]: row["name"] for row in read_rows("provinces.csv")}
        for code, name in provinces.items():
            self._add(name, Level.PROVINCE, [f"p:{code}"])
        for row in read_rows("communes.csv"):
            kind, short = split_kind(row["name"])
            for spelling in {row["name"], f"{kind.capitalize()} {short.split(' - ')[0]}"}:
                self._add(spelling, Level.COMMUNE, [f"c:{row['code']}"])
        today = {_key(split_kind(name)[1]) for name in provinces.values()}
        for row in read_rows("legacy_units.csv"):
            commune, province = row["new_commune_code"], row["new_province_code"]
            facts = self._facts[commune]
            facts["q"].add(f"q:{row['old_province_code']}")
            facts["d"].add(f"d:{row['old_district_code']}")
            old_province = split_kind(row["old_province"])[1]
            self._old_province.setdefault(row["old_province_code"], old_province)
            self._parts[province].add(row["old_province_code"])
            self._province_of_district[row["old_district_code"]] = row["old_province_code"]
            same_today = _key(old_province) in today
            self._add(
                row["old_province"],
                Level.PROVINCE,
                [] if same_today else [f"q:{row['old_province_code']}"],
                [] if same_today else [f"p:{province}"],
            )
            self._add(
                row["old_district"],
                Level.DISTRICT,
                [f"d!{row['old_district_code']}"],
                [f"d:{row['old_district_code']}"],
            )
            if row["old_commune"]:
                facts["u"].add(f"u:{row['old_commune_code']}")
                code = row["old_commune_code"]
                self._add(row["old_commune"], Level.COMMUNE, [f"u!{code}"], [f"u:{code}"])
        for row in read_rows("aliases.csv"):
            level = Level[row["level"].upper()]
            for place in list(self._places[_key(split_kind(row["name"])[1])]):
                if place.level is level:
                    self._add(row["alias"], level, place.own, place.wider)
            if len(alias := words(row["alias"])) == 1:
                self._short.add(alias[0].text)

    def _add_regions(self) -> None:
        codes = {_key(name): code for code, name in self._old_province.items()}
        for region in tomllib.loads(_REGIONS.read_text(encoding="utf-8"))["region"]:
            facts = [f"q:{codes[_key(name)]}" for name in region["provinces"]]
            if "districts" in region:
                facts += self._districts(region["districts"], codes[_key(region["districts_of"])])
            for name in region["names"]:
                self._add(name, Level.REGION, facts)

    def _districts(self, names: Iterable[str], province: str) -> Iterator[str]:
        """Yield the facts of old districts of one old province."""
        for name in names:
            district = next(place for place in self._places[_key(name)] if place.level is Level.DISTRICT)
            for fact in sorted(district.own | district.wider):
                if self._province_of_district[fact[2:]] == province:
                    yield fact

    def _add_spelling(self) -> None:
        pairs: set[tuple[str, str]] = set()
        for key, places in self._places.items():
            for place in places:
                if place.level is Level.COMMUNE:
                    continue
                if len(key) > 1 and not is_folded_syllable("".join(key)):
                    self._joined.setdefault("".join(key), key)
                for text in place.spelt:
                    self.spelt[_folded(text)].add(text)
                pairs.update(zip(place.spelt, place.spelt[1:], strict=False))
        self.pairs = frozenset(pairs)

    # -- asking -------------------------------------------------------------------------------

    def facts_of(self, commune: str, province: str, address: str) -> list[str]:
        """Return the facts of a place of today; ``address`` tells which of its old units is meant."""
        return list(self._kept_facts(commune, province, address))

    def _facts_of(self, commune: str, province: str, address: str) -> tuple[str, ...]:
        facts = self._facts.get(commune, {})
        written = f" {' '.join(word.folded for word in words(address))} "
        found = [f"p:{province}", f"c:{commune}"]
        for kind in ("q", "d", "u"):
            found += sorted(facts.get(kind, ()))
        for kind in ("d", "u"):
            units = sorted(facts.get(kind, ()))
            for fact in units:
                name = self._name_of(fact)
                if len(units) == 1 or (name and f" {name} " in written):
                    found.append(f"{kind}!{fact[2:]}")
        return tuple(found)

    def facts_in(self, text: str) -> list[str]:
        """Return the facts of the places that an address names which leads to no commune."""
        sequence = words(text)
        found: dict[str, None] = {}
        for named in self.find_all(sequence):
            for place in named.places:
                if place.level in {Level.PROVINCE, Level.DISTRICT}:
                    found |= dict.fromkeys(sorted(place.own | place.wider))
        return list(dict.fromkeys([*found, *self._namesakes(list(found))]))

    def _namesakes(self, facts: Sequence[str]) -> Iterator[str]:
        """Yield the old provinces of which only the names of today's stand in ``facts``: regions are made of old ones.

        Sơn La is what it was; of Cà Mau, which took another in, the address must name a district of before.
        """
        districts = {self._province_of_district.get(fact[2:]) for fact in facts if fact[:2] in {"d:", "d!"}}
        for province in [fact[2:] for fact in facts if fact.startswith("p:")]:
            parts = self._parts[province]
            yield from sorted(f"q:{old}" for old in (parts & districts if len(parts) > 1 else parts))

    def take_apart(self, text: str) -> tuple[str, ...] | None:
        """Return the words, without marks, of a place whose name was written as one (``sapa``); None if it is none."""
        return self._joined.get(text)

    def find(self, sequence: Sequence[Word]) -> list[NamedPlace]:
        """Return the places named in ``sequence``; of those that overlap the longest, then the widest."""
        found: list[NamedPlace] = []
        taken: set[int] = set()
        for named in sorted(self.find_all(sequence), key=lambda named: named.order):
            span = range(named.start, named.end)
            if taken.isdisjoint(span):
                found.append(named)
                taken.update(span)
        return sorted(found, key=lambda named: named.start)

    def find_all(self, sequence: Sequence[Word]) -> Iterator[NamedPlace]:
        """Yield every place named in ``sequence``, overlapping ones too."""
        folded = tuple(word.folded for word in sequence)
        for start, first in enumerate(folded):
            longest = self._longest.get(first, 0)
            for end in range(start + 1, min(start + longest, len(folded)) + 1):
                candidates = self._places.get(folded[start:end])
                if candidates and (named := self._named(sequence, start, end, candidates)):
                    yield named

    def told(self, sequence: Sequence[Word]) -> frozenset[int]:
        """Return the positions of the words of places that are told as such (*xã Đắk Sắk*): they are what they say."""
        return frozenset(
            at
            for named in self.find_all(sequence)
            if named.kind_said or named.places[0].spelt[0] in _KIND_SPELT
            for at in range(named.start, named.end)
        )

    def _named(
        self, sequence: Sequence[Word], start: int, end: int, candidates: Sequence[Place]
    ) -> NamedPlace | None:
        said = sequence[start:end]
        places = [
            place
            for place in candidates
            if all(
                not word.marked or word.text == spelt for word, spelt in zip(said, place.spelt, strict=True)
            )
        ]
        exact = [place for place in places if tuple(word.text for word in said) == place.spelt]
        places = exact or places
        if not places:
            return None
        kind_start, levels = _kind_before(sequence, start)
        if levels is not None:
            of_kind = [place for place in places if place.level in levels]
            if of_kind:
                return NamedPlace(kind_start, end, tuple(of_kind), kind_said=True)
        if end - start == 1 and said[0].text not in self._short and _is_ordinary(said[0]):
            places = [place for place in places if place.level is Level.PROVINCE and said[0].marked]
        widest = min((place.level for place in places), default=Level.COMMUNE)
        if widest < Level.DISTRICT:  # whoever says only the name means the province of that name
            places = [place for place in places if place.level is widest]
        places.sort(key=lambda place: place.level)
        return NamedPlace(start, end, tuple(places), kind_said=False) if places else None

    def _name_of(self, fact: str) -> str:
        return _names_by_fact().get(fact, "")


def _is_ordinary(said: Word) -> bool:
    """Whether a word alone mostly means something else than a place: syllables do, and a few letters."""
    return len(said.folded) <= 3 or is_folded_syllable(said.folded)


def _kind_before(sequence: Sequence[Word], start: int) -> tuple[int, set[Level] | None]:
    for length in (2, 1):
        if start < length:
            continue
        before = sequence[start - length : start]
        levels = _KIND_WORDS.get(tuple(word.folded for word in before))
        if levels and all(
            word.text in _KIND_SPELT or not (word.marked or word.text in _ONLY_MARKED) for word in before
        ):
            return start - length, levels
    return start, None


def _key(name: str) -> tuple[str, ...]:
    return tuple(word.folded for word in words(name))


@lru_cache(maxsize=32_768)
def _folded(text: str) -> str:
    return words(text)[0].folded if text else ""


@cache
def _names_by_fact() -> dict[str, str]:
    """Return the name without marks of each old district and commune, by its fact."""
    found: dict[str, str] = {}
    for row in read_rows("legacy_units.csv"):
        for fact, name in (
            (f"d:{row['old_district_code']}", row["old_district"]),
            (f"u:{row['old_commune_code']}", row["old_commune"]),
        ):
            if fact not in found and name:
                found[fact] = " ".join(word.folded for word in words(short_name(name)))
    return found


@cache
def gazetteer() -> Gazetteer:
    """Return the names, read once a process (about half a second)."""
    _names_by_fact()
    return Gazetteer()
