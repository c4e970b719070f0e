"""What a person may mean while typing a commune's name: today's communes, and old names with what they are now."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from marketplace.places import names
from marketplace.places.index import FormerUnit, PlaceIndex, place_index
from marketplace.places.models import Commune, Province
from marketplace.places.reading import WrittenAddress
from marketplace.places.resolver import resolve_address

MAX_SUGGESTIONS = 10
_MIN_TYPED = 2

_WHOLE_NAME, _BEGINNING, _WORD_BEGINNING = range(3)


@dataclass(frozen=True, slots=True)
class CommuneSuggestion:
    """A commune of today; `former` is the old unit whose name was typed, and `divided` says that it went several ways."""

    commune: Commune
    former: FormerUnit | None = None

    @property
    def divided(self) -> bool:
        """Whether only a part of the old unit lies in this commune."""
        return self.former is not None and self.former.divided

    @property
    def value(self) -> str:
        """What a form sends back: the commune's code, and the old unit's codes where one was typed."""
        if self.former is None:
            return self.commune.code
        return f"{self.commune.code}-{self.former.code}-{self.former.district_code}"


def suggest_communes(
    province: Province | str | None, typed: str, *, limit: int = MAX_SUGGESTIONS
) -> list[CommuneSuggestion]:
    """Return the communes of `province` (its code; none: of the country) that `typed` may be the beginning of.

    Whole names come first, then beginnings of names, then beginnings of later words; today's names before old ones.
    A text that names more than a commune (`phú hội, đức trọng`) is resolved as an address first.
    """
    code = province.code if isinstance(province, Province) else province
    if len(names.place_key(typed)) < _MIN_TYPED and not any(character.isdigit() for character in typed):
        return []
    match = resolve_address(typed, province=code)
    if match.commune:
        found = [CommuneSuggestion(match.commune, match.former_unit)]
    else:
        found = [
            CommuneSuggestion(candidate.commune, candidate.former)
            for candidate in match.candidates
            if code is None or candidate.commune.province_id == code
        ]
    seen = {suggestion.value for suggestion in found}
    shown = {
        suggestion.commune.code for suggestion in found if suggestion.former is None or not suggestion.divided
    }
    for _, _, suggestion in sorted(
        _by_beginning(place_index(), code, typed), key=lambda ranked: (ranked[0], ranked[1])
    ):
        if len(found) >= limit:
            break
        same_name = (
            suggestion.former and names.short_name(suggestion.former.name) == suggestion.commune.short_name
        )
        if suggestion.value in seen or (same_name and suggestion.commune.code in shown):
            continue
        seen.add(suggestion.value)
        shown.add(suggestion.commune.code)
        found.append(suggestion)
    return found[:limit]


def _by_beginning(
    index: PlaceIndex, province: str | None, typed: str
) -> Iterator[tuple[tuple[int, bool], str, CommuneSuggestion]]:
    """Yield rank, name and suggestion for every name with a word that begins as typed."""
    address = WrittenAddress(typed)
    kind, words = _kind_and_words(address)
    if not words:
        return
    for commune in _communes(index, province):
        rank = _rank(commune.name, kind, words)
        if rank is not None:
            yield (rank, False), commune.search_key, CommuneSuggestion(commune)
    for unit in _former_units(index, province):
        rank = _rank(unit.name, kind, words)
        if rank is not None:
            for commune in unit.communes:
                if province is None or commune.province_id == province:
                    yield (rank, True), unit.accents, CommuneSuggestion(commune, unit)


def _kind_and_words(address: WrittenAddress) -> tuple[str, list[str]]:
    """Split what is typed into a kind (`phường`, `x.`; maybe none) and the keys of the words of the name."""
    if not address.words:
        return "", []
    *_, whole = address.mentions_ending_at(len(address.words))
    for mention in address.mentions_ending_at(len(address.words)):
        if mention.start == 0 and mention.kind in names.COMMUNE_KINDS:
            return mention.kind, [word.key for word in address.words[mention.name_start :]]
    return "", [word.key for word in address.words[whole.name_start :]]


def _rank(name: str, kind: str, words: list[str]) -> int | None:
    name_kind, keys = _kind_and_keys(name)
    if kind and name_kind != kind:
        return None
    typed, whole = "".join(words), "".join(keys)
    if whole == typed:
        return _WHOLE_NAME
    if typed.isdigit():
        return None
    if whole.startswith(typed):
        return _BEGINNING
    if any("".join(keys[position:]).startswith(typed) for position in range(1, len(keys))):
        return _WORD_BEGINNING
    return None


@cache
def _kind_and_keys(name: str) -> tuple[str, list[str]]:
    kind, short = names.split_kind(name)
    return kind, [names.place_key(word) for word in short.replace("-", " ").split()]


def _communes(index: PlaceIndex, province: str | None) -> list[Commune]:
    return list(index.communes.values()) if province is None else index.communes_by_province.get(province, [])


def _former_units(index: PlaceIndex, province: str | None) -> list[FormerUnit]:
    if province is None:
        return [unit for units in index.former_units.values() for unit in units]
    return index.former_by_province.get(province, [])
