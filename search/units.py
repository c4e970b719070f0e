"""What the words of a query are: goods, kinds of goods, places, forms, negations, praise, or words of a name.

Where phrases overlap the longest is taken: the *trà* of Trà Vinh isn't tea, the *hạt* of *hạt điều* isn't a form. Of
equally long ones goods come before places, unless the place's kind is said (*xã Thanh Long*).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from search import ranking
from search.demands import (
    broader_parts,
    form_lifts,
    form_unit,
    in_other_words,
    in_story,
    joined_words,
    kind_parts,
    meaning_of,
    own_parts,
    own_ways,
    phrase_expression,
    place_unit,
    weighed,
    without_unit,
)
from search.expressions import (
    AllOf,
    Constant,
    Expression,
    Form,
    Match,
    any_of,
    bare_token,
    concept_token,
)
from search.facts import head_token, negations
from search.gazetteer import Level, NamedPlace, gazetteer
from search.intents import Intent, IntentKind
from search.spelling import Vocabulary
from search.synonyms import find_concepts, lexicon
from search.text import Word, word
from search.unit import Unit, UnitKind
from search.wording import KindOfGoods, forms_in, kinds_of_goods, query_wording


class _Run(NamedTuple):
    """A possible reading of words ``start`` up to but not ``end``."""

    start: int
    end: int
    kind: UnitKind
    meaning: Any


Understands = Callable[[IntentKind], bool]


def units_of(
    sequence: Sequence[Word], vocabulary: Vocabulary, *, understands: Understands, unfinished: bool
) -> tuple[list[Unit], list[Word]]:
    """Tell apart what the words are; return the units and the words that say something of the goods.

    A query of single fillers alone keeps them: they may be a name.
    """
    runs = _longest(list(_runs(sequence, understands)), sequence)
    said = [run for run in runs if run.kind is not UnitKind.FILLING]
    if not said and any(run.end - run.start == 1 for run in runs):
        said = [run._replace(kind=UnitKind.WORD) for run in runs if run.end - run.start == 1]
    kept = [word for run in said for word in sequence[run.start : run.end]]
    said = list(_renumbered(said))
    first_goods = next((run for run in said if run.kind in {UnitKind.GOODS, UnitKind.KIND}), None)
    builder = _Builder(kept, vocabulary, first_goods=first_goods, unfinished=unfinished)
    return [builder.unit(run) for run in said], kept


def _renumbered(runs: Iterable[_Run]) -> Iterator[_Run]:
    """Yield the runs as they lie side by side once fillers between them are gone."""
    start = 0
    for run in runs:
        end = start + run.end - run.start
        yield run._replace(start=start, end=end)
        start = end


# -- readings -------------------------------------------------------------------------------------


def _runs(sequence: Sequence[Word], understands: Understands) -> Iterator[_Run]:
    """Yield every reading of every run of words."""
    goods = list(_goods_runs(sequence))
    if understands(IntentKind.KIND):
        goods += [
            _Run(span.start, span.end, UnitKind.KIND, span.meaning)
            for span in kinds_of_goods().find(sequence, lenient=True)
            if not span.meaning.whole or span.end - span.start == len(sequence)
        ]
    yield from goods
    if understands(IntentKind.WITHOUT):
        for start, at in negations(sequence):
            end = _end_of_thing(sequence, at)
            # *non alcoholic drinks* are a kind; *không đường* only says how something is.
            named = (run for run in goods if run.kind is not UnitKind.WISH)
            if not any(run.start < at and run.end >= end for run in named):
                yield _Run(start, end, UnitKind.WITHOUT, at - start)
    if understands(IntentKind.PLACE):
        for place in gazetteer().find_all(sequence):
            told = UnitKind.TOLD_PLACE if place.kind_said else UnitKind.PLACE
            yield _Run(place.start, place.end, told, place)
    if understands(IntentKind.FORM):
        for form in forms_in(sequence, lenient=True):
            yield _Run(form.start, form.end, UnitKind.FORM, form.meaning)
    yield from _wording_runs(sequence)


def _goods_runs(sequence: Sequence[Word]) -> Iterator[_Run]:
    describing = lexicon().describing
    strict = find_concepts(sequence, lenient=False)
    as_spelt = {(found.start, found.end) for found in strict if found.key not in describing}
    for concept in find_concepts(sequence, lenient=True):
        span = (concept.start, concept.end)
        is_wish = concept.key in describing
        alone = span[1] - span[0] == 1
        if span in as_spelt and (alone or is_wish) and concept not in strict:
            continue  # *ngao* are clams before they are *ngào*, *tre* is bamboo before it is *tré*
        yield _Run(*span, UnitKind.WISH if is_wish else UnitKind.GOODS, concept.key)
    for at, item in enumerate(sequence):  # written together: ``caphe``, ``dongtrunghathao``
        key = lexicon().joined.get(item.folded)
        if key is not None and key not in describing and not item.marked and len(item.folded) > 4:
            yield _Run(at, at + 1, UnitKind.GOODS, key)


def _wording_runs(sequence: Sequence[Word]) -> Iterator[_Run]:
    wording = query_wording()
    for table, unit_kind in (
        (wording.compounds, UnitKind.COMPOUND),
        (wording.not_negated, UnitKind.COMPOUND),
        (wording.describing_phrases, UnitKind.WISH),
        (wording.filling_phrases, UnitKind.FILLING),
    ):
        for phrase in table.find(sequence, lenient=unit_kind is not UnitKind.COMPOUND):
            yield _Run(phrase.start, phrase.end, unit_kind, None)
    for at, item in enumerate(sequence):
        if item.text in wording.filling:
            yield _Run(at, at + 1, UnitKind.FILLING, None)
        elif item.text in wording.describing or (item.text.isdigit() and len(sequence) > 1):
            yield _Run(at, at + 1, UnitKind.WISH, None)
        else:
            yield _Run(at, at + 1, UnitKind.WORD, None)


def _end_of_thing(sequence: Sequence[Word], start: int) -> int:
    """Return where the form, the goods or the place ends that begins at ``start``; one word where none does."""
    forms = [form.end for form in forms_in(sequence, lenient=True) if form.start == start]
    goods = [concept.end for concept in find_concepts(sequence, lenient=True) if concept.start == start]
    things = [
        thing.end for thing in query_wording().things.find(sequence, lenient=True) if thing.start == start
    ]
    places = [
        place.end
        for place in gazetteer().find(sequence)
        if place.start == start and place.places[0].level < Level.COMMUNE
    ]
    return max([start + 1, *forms, *goods, *things, *places])


def _longest(runs: list[_Run], sequence: Sequence[Word]) -> list[_Run]:
    """Return runs that cover every word once, the longest first; equal spans of goods keep all their meanings."""
    chosen: dict[tuple[int, int], list[_Run]] = {}
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
            merged.append(_Run(start, end, kind, [run.meaning for run in found]))
    assert sum(run.end - run.start for run in merged) == len(sequence)  # noqa: S101 (single words fill every gap)
    return merged


def _order(run: _Run) -> tuple[int, int, int, int]:
    """Sorts the longest first, of equally long ones by kind, of places the widest."""
    level = run.meaning.places[0].level if isinstance(run.meaning, NamedPlace) else 0
    return (run.start - run.end, run.kind, level, run.start)


def _without_swallowed_places(runs: list[_Run], sequence: Sequence[Word]) -> list[_Run]:
    """Leave out goods whose phrase ends in a place or within one.

    The place binds: *nước mắm Phú Quốc* is fish sauce of Phú Quốc, *bánh Nam Định* no *bánh nam*.
    """
    places = [
        run
        for run in runs
        if isinstance(run.meaning, NamedPlace) and run.meaning.places[0].level < Level.COMMUNE
    ]

    def surely_meant(place: _Run) -> bool:
        said = sequence[place.start : place.end]
        if any(item.marked for item in said):
            return tuple(item.text for item in said) == place.meaning.places[0].spelt
        return not any(
            other.start < place.end and place.start < other.end for other in places if other is not place
        )

    def ends_in(run: _Run, place: _Run) -> bool:
        if run.start < place.start < run.end < place.end:
            before = sequence[run.start : place.start]
            named = any(
                found.end - found.start == len(before) for found in find_concepts(before, lenient=True)
            )
            return named and surely_meant(place)
        if not (run.start < place.start and place.end == run.end):
            return False
        spelt = [
            word(text) for text in place.meaning.places[0].spelt
        ]  # *mật ong bạc hà* doesn't end in Bắc Hà
        said = [*sequence[run.start : run.end - len(spelt)], *spelt]
        return any(
            concept.key == run.meaning and concept.end - concept.start == len(said)
            for concept in find_concepts(said, lenient=True)
        )

    return [
        run
        for run in runs
        if run.kind is not UnitKind.GOODS or not any(ends_in(run, place) for place in places)
    ]


# -- units ----------------------------------------------------------------------------------------


class _Builder:
    """Makes units of runs."""

    def __init__(
        self, sequence: Sequence[Word], vocabulary: Vocabulary, *, first_goods: _Run | None, unfinished: bool
    ) -> None:
        self.sequence = sequence
        self.vocabulary = vocabulary
        self.first_goods = first_goods
        self.unfinished = unfinished

    def unit(self, run: _Run) -> Unit:
        words = list(self.sequence[run.start : run.end])
        said = " ".join(word.text for word in words)
        prefix = self.unfinished and run.end == len(self.sequence)
        match run.kind:
            case UnitKind.GOODS | UnitKind.KIND:
                meanings = run.meaning if isinstance(run.meaning, list) else [run.meaning]
                return self._goods(run, words, said, meanings, prefix=prefix)
            case UnitKind.PLACE | UnitKind.TOLD_PLACE:
                return place_unit(run.meaning, words, said)
            case UnitKind.FORM:
                return form_unit(run.meaning, words, said)
            case UnitKind.WITHOUT:
                return without_unit(words[0], words[run.meaning :])
            case UnitKind.WISH:
                meanings = run.meaning if isinstance(run.meaning, list) else [run.meaning]
                keys = sorted({meaning for meaning in meanings if isinstance(meaning, str)})
                said_or_meant = any_of([phrase_expression(words), *meaning_of(keys)])
                likely = [
                    part
                    for meaning in meanings
                    if isinstance(meaning, KindOfGoods)
                    for part in kind_parts(meaning)
                ]
                wanted = weighed(said_or_meant, ranking.DESCRIPTION / ranking.ZONE_WEIGHTS["name"])
                return Unit(run.kind, any_of([wanted, *likely]))
            case UnitKind.COMPOUND:
                return Unit(run.kind, expression=phrase_expression(words), required=True)
            case _:
                return self._word(run, words[0], prefix=prefix)

    def _goods(self, run: _Run, words: list[Word], said: str, meanings: list[Any], *, prefix: bool) -> Unit:
        keys = sorted({meaning for meaning in meanings if isinstance(meaning, str)})
        kinds = [meaning for meaning in meanings if isinstance(meaning, KindOfGoods)]
        weak: list[Expression] = []
        if keys:  # what the lexicon knows better than the sets, which hold much else
            weak = [part for kind in kinds if kind.weak for part in kind_parts(kind)]
            kinds = [kind for kind in kinds if not kind.weak]
        facts = [part for kind in kinds for part in kind_parts(kind)]
        loose = ranking.LOOSE_WORD if keys and len(words) == 1 else 1.0
        parts = [
            *meaning_of(keys),
            self._own(run, words, weight=loose, prefix=prefix),
            *in_other_words(keys, words),
            *facts,
        ]
        is_first = run == self.first_goods
        inner = [concept.key for concept in broader_parts(keys, words)]
        heads = [f"1{key}" for key in keys] or [joined_words(words)]
        lifts: list[Expression] = [
            Match(
                Form.FACT,
                tuple(head_token(head) for head in heads),
                ranking.NAMED_FIRST if is_first else ranking.NAMED_FIRST / 3,
            ),
            weighed(phrase_expression(words), ranking.TYPED_WORD / ranking.ZONE_WEIGHTS["name"]),
            *(lift for form in forms_in(words, lenient=True) for lift in form_lifts(form.meaning)),
            *self._likelier(run, words),
        ]
        if not forms_in(self.sequence, lenient=True):
            lifts += self._as_they_grow(keys)
        if kinds:  # of goods of the kind those that say so
            lifts += [
                weighed(named, ranking.TYPED_WORD / ranking.ZONE_WEIGHTS["name"])
                for named in meaning_of(keys, zone="name")
            ]
        alone = [*meaning_of(sorted({*keys, *inner}), zone="name"), *facts]
        return Unit(
            UnitKind.GOODS if keys else UnitKind.KIND,
            expression=any_of(parts),
            required=bool(keys)
            or any(kind.sectors or kind.sets or kind.groups for kind in kinds)
            or not kinds,
            alone=any_of(alone) if alone else None,
            wider=bool(inner),
            intent=Intent(IntentKind.KIND, said) if kinds and not keys else None,
            lifts=(*lifts, *([any_of(weak)] if weak else []), *_lift_of(kinds)),
            concepts=frozenset(keys),
            is_kind=bool(kinds),
        )

    def _as_they_grow(self, keys: Sequence[str]) -> Iterator[Expression]:
        """Yield what lifts fruit before what was dried of it: so it is where nobody says a form."""
        table = lexicon()
        dried = {
            made
            for key in keys
            if "fruit" in table.broader.get(key, ())
            for parts, made in table.composites.get(key, ())
            if "dried" in parts
        }
        if dried:
            others = Match(Form.FOLDED, tuple(sorted(concept_token(key) for key in dried)), zone="name")
            yield Constant(AllOf((), (others,)), ranking.TYPED_WORD)

    def _own(self, run: _Run, words: list[Word], *, weight: float, prefix: bool) -> Expression:
        """The words themselves, as a phrase."""
        if len(words) > 1:
            return phrase_expression(words)
        return weighed(any_of(list(self._ways(run, words[0], prefix=prefix))), weight)

    def _word(self, run: _Run, word: Word, *, prefix: bool) -> Unit:
        ways = [*self._ways(run, word, prefix=prefix), *in_story(word, self._pairs(run, word))]
        return Unit(run.kind, expression=any_of(ways), required=True, lifts=tuple(self._lifts(run, word)))

    def _ways(self, run: _Run, word: Word, *, prefix: bool) -> Iterator[Expression]:
        """Yield the ways in which a word can be found: itself, or written together with a neighbour."""
        if self._is_meant_bare(word):
            yield Match(Form.EXACT, (word.text, bare_token(word.folded)), prefix=prefix)
            yield from (weighed(way, ranking.LOOSE_WORD) for way in own_ways(word, prefix=prefix))
        else:
            yield from own_ways(word, prefix=prefix)
        if pairs := self._pairs(run, word):
            yield Match(Form.FOLDED, pairs, ranking.ANOTHER_SPACING)

    def _pairs(self, run: _Run, word: Word) -> tuple[str, ...]:
        """Return the word written together with its neighbours."""
        before = self.sequence[run.start - 1] if run.start else None
        after = self.sequence[run.end] if run.end < len(self.sequence) else None
        return tuple(
            first.folded + second.folded
            for first, second in ((before, word), (word, after))
            if first is not None and second is not None
        )

    def _is_meant_bare(self, word: Word) -> bool:
        """Whether goods have ``word`` without marks and other words were typed with theirs: *cam Hoà Bình* is no *cẩm*."""
        return (
            not word.marked
            and self.vocabulary.knows_bare(word.folded)
            and any(other.marked for other in self.sequence)
        )

    def _lifts(self, run: _Run, word: Word) -> Iterator[Expression]:
        if run.start == 0:
            yield Match(Form.FACT, (head_token(word.text),), ranking.NAMED_FIRST / 2)
        yield from self._likelier(run, [word])

    def _likelier(self, run: _Run, words: list[Word]) -> Iterator[Expression]:
        """Yield what lifts goods that have a single word without marks in its likelier reading."""
        if len(words) == 1 and not words[0].marked and (likely := self._likely_reading(run, words[0])):
            yield Match(Form.EXACT, (likely,), ranking.LIKELIER_READING / ranking.ZONE_WEIGHTS["name"])

    def _likely_reading(self, run: _Run, word: Word) -> str | None:
        """Return how goods mostly write a word typed without marks, by its neighbours first."""
        spellings = self.vocabulary.spellings(word.folded)
        if len(spellings) < 2:
            return None
        before = self.sequence[run.start - 1] if run.start else None
        after = self.sequence[run.end] if run.end < len(self.sequence) else None

        def support(text: str) -> int:
            known = self.vocabulary
            return sum(
                any(known.are_neighbours(other, text) for other in known.spellings(before.folded))
                for _ in (1,)
                if before is not None
            ) + sum(
                any(known.are_neighbours(text, other) for other in known.spellings(after.folded))
                for _ in (1,)
                if after is not None
            )

        return max(spellings, key=lambda text: (support(text), self.vocabulary.count(text)))


def _lift_of(kinds: list[KindOfGoods]) -> Iterator[Expression]:
    """Yield what lifts goods that are of the kind, beside those whose words only say so."""
    own = [part for kind in kinds for part in own_parts(kind)]
    if own:
        yield Constant(any_of(own), ranking.NAMED_FIRST)
