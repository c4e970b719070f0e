"""Knows every producer by name and place, and says who a name in a list is: the same, a close one, or a new one.

The index holds a few short strings for each producer and finds close names without comparing all of them: names one letter apart share
one of their halves.
"""

from collections import defaultdict
from dataclasses import dataclass, field

from catalogue.producers.joining.models import Merge
from catalogue.producers.matching import producer_core, producer_key
from catalogue.producers.models import Partner
from catalogue.wording import folded

#: Names shorter than this are never close by a letter: `Ba Na` and `Ba Ca` are two.
_SHORTEST_CLOSE = 8


@dataclass(slots=True, eq=False)
class ProducerState:
    """A producer, known or about to be made (`pk` None)."""

    pk: int | None
    name: str
    key: str
    core: str
    commune: str | None
    province: str | None
    made: Partner | None = None
    #: The numbers in the core, which close names share.
    digits: str = field(init=False)

    def __post_init__(self) -> None:
        self.digits = _digits(self.core)

    @property
    def place(self) -> str:
        return self.commune or self.province or ""


@dataclass(frozen=True, slots=True)
class ProducerMatch:
    """`same` is certain; `close` must be asked; neither: a new producer."""

    same: ProducerState | None = None
    close: tuple[ProducerState, ...] = ()


@dataclass(slots=True)
class ProducerIndex:
    """All producers by key, and by province and what makes names close."""

    by_pk: dict[int, ProducerState] = field(default_factory=dict)
    by_key: dict[str, list[ProducerState]] = field(default_factory=lambda: defaultdict(list))
    by_trait: dict[tuple[object, ...], list[ProducerState]] = field(default_factory=lambda: defaultdict(list))
    provinces: set[str | None] = field(default_factory=set)

    @classmethod
    def load(cls) -> "ProducerIndex":
        """Return the index of all producers, in two queries."""
        index = cls()
        gone = dict(Merge.objects.filter(undone_at=None).values_list("source", "target"))
        known = Partner.objects.order_by().values_list(
            "pk", "name", "match_key", "commune_id", "commune__province_id"
        )
        for pk, name, key, commune, province in known.iterator(chunk_size=2_000):
            # A list that names an entry which was merged means the one that it went into.
            index.add(
                ProducerState(
                    gone.get(pk, pk), name, key or producer_key(name), producer_core(name), commune, province
                )
            )
        return index

    def add(self, state: ProducerState) -> None:
        self.by_key[state.key].append(state)
        if state.pk is not None:
            self.by_pk.setdefault(state.pk, state)
        self.provinces.add(state.province)
        for trait in _traits(state):
            self.by_trait[(state.province, *trait)].append(state)

    def find(self, name: str, *, commune: str | None, province: str | None) -> ProducerMatch:
        """Return who `name` is, seen from a place (codes of commune and province, None where unknown)."""
        key = producer_key(name)
        same_name = self.by_key.get(key, [])
        here = [known for known in same_name if _compatible(known, commune, province)]
        if len(here) == 1:
            return ProducerMatch(same=here[0])
        if here:
            exact = [known for known in here if known.commune == commune]
            return ProducerMatch(same=exact[0]) if len(exact) == 1 else ProducerMatch(close=tuple(here))
        if same_name:
            return ProducerMatch(close=tuple(same_name))
        asked = ProducerState(None, name, key, producer_core(name), commune, province)
        close = {
            id(known): known
            for trait in _lookups(asked)
            for place in ((province, None) if province else self.provinces)
            for known in self.by_trait.get((place, *trait), ())
            if known.digits == asked.digits
            and _compatible(known, commune, province)
            and close_names(known.core, asked.core)
        }
        return ProducerMatch(close=tuple(close.values()))


def _compatible(known: ProducerState, commune: str | None, province: str | None) -> bool:
    """Return whether both could be in one place: nothing that is known of it contradicts."""
    if known.commune and commune:
        return known.commune == commune
    return not (known.province and province) or known.province == province


def close_names(one: str, other: str) -> bool:
    """Return whether two cores are equal or one letter apart; numbers in them must agree."""
    if one == other:
        return True
    if min(len(one), len(other)) < _SHORTEST_CLOSE or abs(len(one) - len(other)) > 1:
        return False
    if not _one_edit(one, other) and (len(one) != len(other) or sorted(one) != sorted(other)):
        return False
    return _digits(one) == _digits(other)


def _one_edit(one: str, other: str) -> bool:
    if len(one) > len(other):
        one, other = other, one
    at = next((i for i, (left, right) in enumerate(zip(one, other, strict=False)) if left != right), len(one))
    return one[at + (len(one) == len(other)) :] == other[at + 1 :]


def _digits(text: str) -> str:
    return "".join(letter for letter in text if letter.isdigit())


def _traits(state: ProducerState) -> list[tuple[object, ...]]:
    core, size = state.core, len(state.core)
    return [
        ("core", core),
        ("words", _bag(state)),
        ("head", size, core[: size // 2]),
        ("tail", size, core[size // 2 :]),
    ]


def _lookups(state: ProducerState) -> list[tuple[object, ...]]:
    core = state.core
    found: list[tuple[object, ...]] = [("core", core), ("words", _bag(state))]
    for size in (len(core) - 1, len(core), len(core) + 1):
        found.append(("head", size, core[: size // 2]))
        found.append(("tail", size, core[len(core) - (size - size // 2) :]))
    return found


def _bag(state: ProducerState) -> str:
    """Return the words of the name in the order of the alphabet: `Trà Organic Tây Nguyên`, `Organic Trà Tây Nguyên`."""
    return " ".join(sorted(folded(state.name).split()))
