"""Finds today's commune for an address, written with old or new names, without guessing.

An address is read from its end: province, former district, commune; every way to read it that uses the most of what is
written is kept. Only where all of them lead to the same single commune, and nothing says otherwise, that commune is the
answer. A divided commune, a name that several places share or a name that may be a street's gives candidates instead.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TypeVar

from marketplace.places import names
from marketplace.places.index import (
    CommuneName,
    FormerDistrict,
    FormerUnit,
    PlaceIndex,
    ProvinceName,
    place_index,
)
from marketplace.places.matches import Candidate, MatchReason, PlaceMatch
from marketplace.places.models import Commune, Province
from marketplace.places.reading import Mention, WrittenAddress

MAX_CANDIDATES = 40
_MAX_TEXT_LENGTH = 400
_MAX_PARTS_AFTER_PROVINCE = 3
Unit = TypeVar("Unit", bound=FormerDistrict | FormerUnit | CommuneName)
_DISTRICT_KINDS = frozenset({"", *names.DISTRICT_KINDS})
_COMMUNE_KINDS = frozenset({"", *names.COMMUNE_KINDS})
_PROVINCE_KINDS = frozenset({"", *names.PROVINCE_KINDS})


@dataclass(frozen=True, slots=True)
class _Scope:
    """Where a name is looked for: provinces named before it, the province asked for, and former districts."""

    provinces: ProvinceName | None
    asked: str | None
    districts: frozenset[str] | None

    def holds_former(self, province_code: str, today: frozenset[str]) -> bool:
        if self.asked and self.asked not in today:
            return False
        if self.provinces is None:
            return True
        return province_code in self.provinces.former or not today.isdisjoint(self.provinces.today)

    def holds_current(self, name: CommuneName) -> bool:
        province = name.commune.province_id
        if self.asked and self.asked != province:
            return False
        if self.provinces is None:
            return True
        return province in self.provinces.today or not name.former_provinces.isdisjoint(self.provinces.former)


@dataclass(frozen=True, slots=True)
class _Reading:
    """One way to read the address: the words it uses, the places it finds, and whether it may stand unconfirmed.

    `position` and `end` are those of the name that stands first.
    """

    mask: int
    sure: bool
    former: tuple[FormerUnit, ...] = ()
    current: tuple[CommuneName, ...] = ()
    district: FormerDistrict | None = None
    position: int = 0
    end: int = 0

    @property
    def communes(self) -> dict[str, Commune]:
        found = {name.commune.code: name.commune for name in self.current}
        for unit in self.former:
            found.update((commune.code, commune) for commune in unit.communes)
        if self.district and not found:
            found.update((commune.code, commune) for commune in self.district.communes)
        return found


def resolve_address(text: str, *, province: Province | str | None = None) -> PlaceMatch:
    """Return the commune of today that `text` means, or the candidates; see `PlaceMatch`.

    `province` (or its code) is the province of today that the address is known to lie in. The text may be a whole
    address or only a commune's name, with old or new names, with or without accents and kinds. Never raises for text.
    """
    asked = province.code if isinstance(province, Province) else province
    address = WrittenAddress(text[:_MAX_TEXT_LENGTH])
    index = place_index()
    match, words_read = _match(address, index, asked)
    if not match.is_resolved and len(address.segment_ends()) > 1:
        reversed_match, reversed_words_read = _match(address.in_reverse(), index, asked)
        if reversed_match.is_resolved and reversed_words_read > words_read:
            return replace(reversed_match, text=text)
    if asked and match.reason is MatchReason.NOT_FOUND:
        elsewhere, _ = _match(address, index, None)
        found = (Candidate(elsewhere.commune),) if elsewhere.commune else elsewhere.candidates
        if found:
            return PlaceMatch(text, MatchReason.OTHER_PROVINCE, candidates=found, former=elsewhere.former)
    return match


def _match(address: WrittenAddress, index: PlaceIndex, asked: str | None) -> tuple[PlaceMatch, int]:
    """Return the match and how many words it reads; something unknown may follow the province."""
    province: Province | None = index.provinces.get(asked) if asked else None
    chosen: list[_Reading] = []
    words_read = 0
    for end in address.segment_ends()[:_MAX_PARTS_AFTER_PROVINCE]:
        readings = _best(list(_readings(address, index, end, asked)))
        province = province or _province_alone(address, index, end)
        words = max((reading.mask.bit_count() for reading in readings), default=0)
        if words > words_read:
            chosen, words_read = readings, words
    if chosen:
        return _conclude(address, chosen, province), words_read
    before = _before_province(address, index)
    return PlaceMatch(address.text, MatchReason.NOT_FOUND, province=province, before=before), 0


def _before_province(address: WrittenAddress, index: PlaceIndex) -> str:
    """Return what stands before the province that the address ends with, all of it where it names none."""
    mention = next((mention for mention, _ in _provinces_ending_at(address, index, len(address.words))), None)
    return address.before(mention.start if mention else len(address.words))


def _province_alone(address: WrittenAddress, index: PlaceIndex, end: int) -> Province | None:
    for _, known in _provinces_ending_at(address, index, end):
        if len(known.today) == 1 and known.former <= known.today:
            return index.provinces[next(iter(known.today))]
    return None


def _readings(address: WrittenAddress, index: PlaceIndex, end: int, asked: str | None) -> Iterator[_Reading]:
    after_province: list[tuple[int, int, ProvinceName | None]] = [(end, 0, None)]
    for mention, known in _provinces_ending_at(address, index, end):
        after_province.append((mention.start, mention.mask, known))
        # `thành phố Huế, tỉnh Thừa Thiên Huế`: the city gave the province its name and isn't a district any more.
        for again, same in _provinces_ending_at(address, index, mention.start):
            if same is known:
                after_province.append((again.start, mention.mask | again.mask, known))
    for province_start, province_mask, provinces in after_province:
        scope = _Scope(provinces, asked, None)
        districts = list(_districts_ending_at(address, index, province_start, scope))
        yield from _commune_readings(
            address, index, province_start, province_mask, scope, None, bool(districts)
        )
        for mention, district, accents_fit in districts:
            mask = province_mask | mention.mask
            narrowed = _Scope(provinces, asked, frozenset({district.code}))
            yield _district_reading(address, mention, mask, district, asked, accents_fit)
            for reading in _commune_readings(address, index, mention.start, mask, narrowed, district):
                yield replace(reading, sure=reading.sure and accents_fit)


def _provinces_ending_at(
    address: WrittenAddress, index: PlaceIndex, end: int
) -> Iterator[tuple[Mention, ProvinceName]]:
    longest: tuple[Mention, ProvinceName] | None = None
    for mention in address.mentions_ending_at(end):
        known = index.province_names.get(mention.key)
        if known is None or mention.kind not in _PROVINCE_KINDS or _is_broken(mention, index):
            continue
        if (
            mention.kind == names.THANH_PHO
            and names.THANH_PHO not in known.kinds
            and mention.key in index.districts
        ):
            continue  # `TP. Vĩnh Long` is the former city in the province of that name
        longest = (mention, known)
    if longest:
        yield longest


def _districts_ending_at(
    address: WrittenAddress, index: PlaceIndex, end: int, scope: _Scope
) -> Iterator[tuple[Mention, FormerDistrict, bool]]:
    """Yield the districts that the words before `end` name, and whether with accents that may be theirs."""
    for mention in address.mentions_ending_at(end):
        if mention.kind not in _DISTRICT_KINDS or _is_broken(mention, index):
            continue
        if mention.key.isdigit() and mention.kind != names.QUAN:
            continue
        districts = [
            district
            for district in index.districts.get(mention.key, ())
            if scope.holds_former(district.province_code, district.provinces_today)
        ]
        districts, accents_fit = _of_accents(districts, address.written(mention))
        for district in _of_kind(districts, mention.kind):
            yield mention, district, accents_fit


def _district_reading(
    address: WrittenAddress,
    mention: Mention,
    mask: int,
    district: FormerDistrict,
    asked: str | None,
    accents_fit: bool,
) -> _Reading:
    """Read no commune: certain only where the whole district became one commune, as the island districts did."""
    sure = accents_fit and len(district.communes) == 1 and bool(mention.kind or asked or mask != mention.mask)
    sure = sure and not address.has_unread_kind_word(mask)
    return _Reading(mask, sure, district=district, position=mention.start, end=mention.end)


def _commune_readings(
    address: WrittenAddress,
    index: PlaceIndex,
    end: int,
    mask: int,
    scope: _Scope,
    district: FormerDistrict | None,
    only_adjacent: bool = False,
) -> Iterator[_Reading]:
    """Read communes right before `end`, else, with a doubt, the last one with a kind word anywhere before it."""
    found = only_adjacent
    for mention in address.mentions_ending_at(end):
        reading = _commune_reading(address, index, mention, mask, scope, district)
        if reading:
            found = True
            yield reading
    if not found:
        for mention in address.mentions_after_kind_words(end):
            reading = _commune_reading(address, index, mention, mask, scope, district)
            if reading:
                yield replace(reading, sure=reading.sure and mention.end == end)
                return


def _commune_reading(
    address: WrittenAddress,
    index: PlaceIndex,
    mention: Mention,
    mask: int,
    scope: _Scope,
    district: FormerDistrict | None,
) -> _Reading | None:
    if mention.kind not in _COMMUNE_KINDS or _is_broken(mention, index):
        return None
    if mention.key.isdigit() and mention.kind != names.PHUONG:
        return None
    former = [
        unit
        for unit in index.former_units.get(mention.key, ())
        if (scope.districts is None or unit.district_code in scope.districts)
        and scope.holds_former(
            unit.province_code, frozenset(commune.province_id for commune in unit.communes)
        )
    ]
    current = [
        name
        for name in index.commune_names.get(mention.key, ())
        if (scope.districts is None or not scope.districts.isdisjoint(name.former_districts))
        and scope.holds_current(name)
    ]
    if not former and not current:
        return None
    has_context = bool(mask) or scope.asked is not None
    stands_alone = bool(mention.kind) or address.begins_cleanly(mention)
    if not mask and not stands_alone:
        return None
    mask |= mention.mask
    written = address.written(mention)
    named: list[FormerUnit | CommuneName] = [*former, *current]
    units, accents_fit = _of_accents(named, written)
    units = _of_kind(units, mention.kind)
    kind_fits = not mention.kind or any(unit.kind == mention.kind for unit in units)
    former = [unit for unit in units if isinstance(unit, FormerUnit)]
    # A text that names a district speaks of the time when there were districts.
    current = [] if district and former else [unit for unit in units if isinstance(unit, CommuneName)]
    sure = (
        stands_alone
        and accents_fit
        and (kind_fits or district is not None)
        and (bool(mention.kind) or has_context)
        and not address.has_unread_kind_word(mask)
    )
    return _Reading(mask, sure, tuple(former), tuple(current), district, mention.start, mention.end)


def _is_broken(mention: Mention, index: PlaceIndex) -> bool:
    """Whether the run of words goes over a comma: only a name that holds a dash may, as in `Lâm Viên, Đà Lạt`."""
    return mention.crosses_break and mention.key not in index.dashed_keys


def _of_accents(units: list[Unit], written: str) -> tuple[list[Unit], bool]:
    """Keep the units spelled with the very accents of the text, else those that only have more; say whether there are such units.

    Where there are none, all are returned: somebody may have slipped, and has to be asked.
    """
    if not names.has_accents(written):
        return units, True
    accents = names.accent_key(written)
    alike = [unit for unit in units if unit.accents == accents] or [
        unit for unit in units if names.accents_fit(accents, unit.accents)
    ]
    return alike or units, bool(alike)


def _of_kind(units: list[Unit], kind: str) -> list[Unit]:
    """Keep the units of the kind that the text names, where there are such units."""
    if not kind:
        return units
    return [unit for unit in units if unit.kind == kind] or units


def _best(readings: list[_Reading]) -> list[_Reading]:
    """Leave out each reading that a sure one exceeds, using the same words and more."""
    sure = [reading.mask for reading in readings if reading.sure]
    return [
        reading
        for reading in readings
        if not any(mask != reading.mask and mask & reading.mask == reading.mask for mask in sure)
    ]


def _conclude(address: WrittenAddress, readings: list[_Reading], province: Province | None) -> PlaceMatch:
    readings = sorted(readings, key=lambda reading: (not reading.sure, -reading.mask.bit_count()))
    by_name = [reading for reading in readings if reading.former or reading.current]
    former = tuple({unit.code + unit.full_name: unit for r in by_name for unit in r.former}.values())
    candidates = _candidates(readings)
    before = address.before(_where_the_place_begins(readings))
    # A doubtful reading says nothing of the province: `Đắk Nông` was a province, and is a commune's old name elsewhere.
    if len({candidate.commune.province_id for candidate in candidates}) == 1 and (
        len(candidates) > 1 or any(reading.sure for reading in readings)
    ):
        province = candidates[0].commune.province
    divided = any(unit.divided for unit in former)
    if (
        len(candidates) == 1
        and not divided
        and all(_leads_only_to(r, candidates[0].commune) for r in readings)
    ):
        commune = candidates[0].commune
        reason = MatchReason.CURRENT if any(reading.current for reading in by_name) else MatchReason.MERGED
        return PlaceMatch(address.text, reason, commune, (), former, province, before)
    return PlaceMatch(
        address.text,
        _reason(by_name, former, candidates, divided),
        candidates=candidates[:MAX_CANDIDATES],
        former=former,
        province=province,
        before=before,
    )


def _where_the_place_begins(readings: list[_Reading]) -> int:
    """Return the position of the place's name. Where the commune is in doubt, what may be its name may be the street's too: it stays before.

    No name is cut in two: the `Lạt` of `Đà Lạt` may be Xã Lát, but `Đà` is no street.
    """
    positions = {reading.position for reading in readings}
    return max(
        position
        for position in positions
        if not any(reading.position < position < reading.end for reading in readings)
    )


def _leads_only_to(reading: _Reading, commune: Commune) -> bool:
    return reading.sure and set(reading.communes) == {commune.code}


def _candidates(readings: list[_Reading]) -> tuple[Candidate, ...]:
    """List the communes that the readings lead to, each once: today's names first, then by old units."""
    found: dict[str, Candidate] = {}
    for reading in readings:
        for name in reading.current:
            found.setdefault(name.commune.code, Candidate(name.commune))
        for unit in reading.former:
            for commune in unit.communes:
                known = found.get(commune.code)
                if known is None or (
                    known.former is None and commune.code not in {n.commune.code for n in reading.current}
                ):
                    found[commune.code] = Candidate(commune, unit)
        if not reading.current and not reading.former and reading.district:
            for commune in reading.district.communes:
                found.setdefault(commune.code, Candidate(commune))
    return tuple(found.values())


def _reason(
    by_name: list[_Reading], former: tuple[FormerUnit, ...], candidates: tuple[Candidate, ...], divided: bool
) -> MatchReason:
    if not by_name:
        return MatchReason.DISTRICT_ONLY
    if not any(reading.sure for reading in by_name) or len(candidates) == 1:
        return MatchReason.UNCERTAIN
    if len(former) == 1 and divided:
        return MatchReason.DIVIDED
    return MatchReason.AMBIGUOUS
