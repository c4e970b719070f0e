"""Which words of a query belong together, and as what: the runs that units are made of (`search.units`).

Where phrases overlap the longest is taken: the *trà* of Trà Vinh isn't tea, the *hạt* of *hạt điều* isn't a form. Of
equally long ones goods come before places, unless the place's kind is said (*xã Thanh Long*).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from search.facts import negations
from search.gazetteer import Level, NamedPlace, gazetteer
from search.intents import IntentKind
from search.synonyms import find_concepts, lexicon
from search.text import Word
from search.unit import UnitKind
from search.wording import forms_in, kinds_of_goods, query_wording


class Run(NamedTuple):
    """A possible reading of words ``start`` up to but not ``end``."""

    start: int
    end: int
    kind: UnitKind
    meaning: Any


Understands = Callable[[IntentKind], bool]


def runs_of(sequence: Sequence[Word], understands: Understands) -> list[Run]:
    """Return what the words are, side by side; each word is in one run."""
    return _longest(list(_runs(sequence, understands)), sequence)


def _runs(sequence: Sequence[Word], understands: Understands) -> Iterator[Run]:
    """Yield every reading of every run of words."""
    goods = list(_goods_runs(sequence))
    if understands(IntentKind.KIND):
        beside = _says_nothing(sequence)
        goods += [
            Run(span.start, span.end, UnitKind.KIND, span.meaning)
            for span in kinds_of_goods().find(sequence, lenient=True)
            if not span.meaning.whole
            or len(beside - {*range(span.start, span.end)}) + span.end - span.start == len(sequence)
        ]
    yield from goods
    if understands(IntentKind.WITHOUT):
        for start, at in negations(sequence):
            end = _end_of_thing(sequence, at)
            # *non alcoholic drinks* are a kind; *không đường* only says how something is.
            named = (run for run in goods if run.kind is not UnitKind.WISH)
            if not any(run.start < at and run.end >= end for run in named):
                yield Run(start, end, UnitKind.WITHOUT, at - start)
    if understands(IntentKind.PLACE):
        for place in gazetteer().find_all(sequence):
            told = UnitKind.TOLD_PLACE if place.kind_said else UnitKind.PLACE
            yield Run(place.start, place.end, told, place)
    if understands(IntentKind.FORM):
        for form in forms_in(sequence, lenient=True):
            yield Run(form.start, form.end, UnitKind.FORM, form.meaning)
    yield from _wording_runs(sequence)


def _goods_runs(sequence: Sequence[Word]) -> Iterator[Run]:
    describing = lexicon().describing
    strict = find_concepts(sequence, lenient=False)
    as_spelt = {(found.start, found.end) for found in strict if found.key not in describing}
    for concept in find_concepts(sequence, lenient=True):
        span = (concept.start, concept.end)
        is_wish = concept.key in describing
        alone = span[1] - span[0] == 1
        if span in as_spelt and (alone or is_wish) and concept not in strict:
            continue  # *ngao* are clams before they are *ngào*, *tre* is bamboo before it is *tré*
        yield Run(*span, UnitKind.WISH if is_wish else UnitKind.GOODS, concept.key)
    for at, item in enumerate(sequence):  # written together: ``caphe``, ``dongtrunghathao``
        key = lexicon().joined.get(item.folded)
        if key is not None and key not in describing and not item.marked and len(item.folded) > 4:
            yield Run(at, at + 1, UnitKind.GOODS, key)


def _wording_runs(sequence: Sequence[Word]) -> Iterator[Run]:
    wording = query_wording()
    for table, unit_kind in (
        (wording.compounds, UnitKind.COMPOUND),
        (wording.not_negated, UnitKind.COMPOUND),
        (wording.describing_phrases, UnitKind.WISH),
        (wording.filling_phrases, UnitKind.FILLING),
    ):
        for phrase in table.find(sequence, lenient=unit_kind is not UnitKind.COMPOUND):
            yield Run(phrase.start, phrase.end, unit_kind, None)
    for start, end in _recipients(sequence):
        yield Run(start, end, UnitKind.FILLING, None)
    last = len(sequence) - 1
    for at, item in enumerate(sequence):
        # *có bán mật ong không* asks: a negation that nothing follows
        if item.text in wording.filling or (0 < at == last and item.text in wording.negations):
            yield Run(at, at + 1, UnitKind.FILLING, None)
        elif item.text in wording.describing or (item.text.isdigit() and len(sequence) > 1):
            yield Run(at, at + 1, UnitKind.WISH, None)
        else:
            yield Run(at, at + 1, UnitKind.WORD, None)


def _recipients(sequence: Sequence[Word]) -> Iterator[tuple[int, int]]:
    """Yield where it is said for whom a gift is."""
    wording = query_wording()
    for phrase in wording.recipients.find(sequence, lenient=True):
        if phrase.start and sequence[phrase.start - 1].text in wording.giving:
            yield phrase.start, phrase.end


def _says_nothing(sequence: Sequence[Word]) -> set[int]:
    """Return the places of words that say nothing of the goods: fillers, and for whom they are."""
    filling = query_wording().filling
    said = {at for start, end in _recipients(sequence) for at in range(start, end)}
    return said | {at for at, item in enumerate(sequence) if item.text in filling}


def _end_of_thing(sequence: Sequence[Word], start: int) -> int:
    """Return where the form, the goods or the place ends that begins at ``start``; one word where none does."""
    forms = [form.end for form in forms_in(sequence, lenient=True) if form.start == start]
    begins = {start, start + 1} if sequence[start].text in query_wording().of else {start}
    goods = [concept.end for concept in find_concepts(sequence, lenient=True) if concept.start in begins]
    things = [
        thing.end for thing in query_wording().things.find(sequence, lenient=True) if thing.start == start
    ]
    places = [
        place.end
        for place in gazetteer().find(sequence)
        if place.start == start and place.places[0].level < Level.COMMUNE
    ]
    return max([start + 1, *forms, *goods, *things, *places])


def _longest(runs: list[Run], sequence: Sequence[Word]) -> list[Run]:
    """Return runs that cover every word once, the longest first; equal spans of goods keep all their meanings."""
    chosen: dict[tuple[int, int], list[Run]] = {}
    taken: set[int] = set()
    for run in sorted(_without_swallowed_places(runs, sequence), key=_order):
        span = (run.start, run.end)
        if span in chosen:
            is_described = run.end - run.start > 1 or isinstance(run.meaning, str)
            together = {UnitKind.GOODS, UnitKind.KIND, *([UnitKind.WISH] if is_described else [])}
            if run.kind in together and chosen[span][0].kind in together:
                chosen[span].append(run)
            continue
        if taken.isdisjoint(range(*span)):
            taken.update(range(*span))
            chosen[span] = [run]
    merged = []
    for (start, end), found in sorted(chosen.items()):
        kinds = {run.kind for run in found}
        if (
            len(found) == 1
            or UnitKind.FORM in kinds
            or UnitKind.WITHOUT in kinds
            or UnitKind.TOLD_PLACE in kinds
        ):
            merged.append(found[0])
        else:
            kind = next(kind for kind in (UnitKind.WISH, UnitKind.GOODS, UnitKind.KIND) if kind in kinds)
            merged.append(Run(start, end, kind, [run.meaning for run in found]))
    assert sum(run.end - run.start for run in merged) == len(sequence)  # noqa: S101 (single words fill every gap)
    return merged


def _order(run: Run) -> tuple[int, int, int, int]:
    """Sorts the longest first, of equally long ones by kind, of places the widest."""
    level = run.meaning.places[0].level if isinstance(run.meaning, NamedPlace) else 0
    return (run.start - run.end, run.kind, level, run.start)


def _without_swallowed_places(runs: list[Run], sequence: Sequence[Word]) -> list[Run]:
    """Leave out goods whose phrase ends in a place or within one, and places that end within another.

    The place binds: *nước mắm Phú Quốc* is fish sauce of Phú Quốc, *bánh Nam Định* no *bánh nam*; *mien dong bac kan* are glass noodles
    of Bắc Kạn, nothing of *miền Đông Bắc*. What stands before the place stays what it names.
    """
    places = [
        run
        for run in runs
        if isinstance(run.meaning, NamedPlace) and run.meaning.places[0].level < Level.COMMUNE
    ]
    kept: list[Run] = []
    for run in runs:
        place = next((place for place in places if _is_swallowed(run, place, places, sequence)), None)
        if place is None:
            kept.append(run)
        else:
            kept += (
                Run(run.start, place.start, UnitKind.GOODS, key)
                for key in _named_by(sequence[run.start : place.start])
                if key not in lexicon().describing
            )
    return kept


def _is_swallowed(run: Run, place: Run, places: Sequence[Run], sequence: Sequence[Word]) -> bool:
    """Whether the words of ``run`` are something else and then ``place``."""
    if run.kind not in {UnitKind.GOODS, UnitKind.PLACE, UnitKind.TOLD_PLACE} or run.start >= place.start:
        return False
    before, said = sequence[run.start : place.start], sequence[place.start : place.end]
    if place.start < run.end < place.end:
        others = [other for other in places if other is not place and other is not run]
        return bool(_named_by(before)) and _surely_meant(place, said, others)
    if place.end != run.end or _named_by(said):  # *đường thốt nốt* isn't sugar of Thốt Nốt
        return False
    spelt = place.meaning.places[0].words[-len(said) :]  # *mật ong bạc hà* doesn't end in Bắc Hà
    return run.meaning in _named_by([*sequence[run.start : run.end - len(spelt)], *spelt])


def _named_by(said: Sequence[Word]) -> list[str]:
    """Return the groups that these words name, all of them together."""
    return [
        found.key for found in find_concepts(said, lenient=True) if found.end - found.start == len(said) > 0
    ]


def _surely_meant(place: Run, said: Sequence[Word], others: Sequence[Run]) -> bool:
    if any(item.marked for item in said):
        return tuple(item.text for item in said) == place.meaning.places[0].spelt
    return not any(other.start < place.end and place.start < other.end for other in others)
