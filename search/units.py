"""What the words of a query are: goods, kinds of goods, places, forms, negations, praise, or words of a name.

Words are put together in `search.runs`; here each run becomes what is asked of the index.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

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
from search.facts import head_token
from search.intents import Intent, IntentKind
from search.runs import Run, Understands, runs_of
from search.spelling import Vocabulary
from search.synonyms import find_concepts, lexicon
from search.text import Word
from search.unit import Unit, UnitKind
from search.wording import KindOfGoods, forms_in

#: Groups of the lexicon that say that a maker is named.
_MAKERS: Final = frozenset({"cooperative", "cooperativegroup", "household", "company", "privateenterprise"})


def units_of(
    sequence: Sequence[Word], vocabulary: Vocabulary, *, understands: Understands, unfinished: bool
) -> tuple[list[Unit], list[Word]]:
    """Tell apart what the words are; return the units and the words that say something of the goods.

    A query of single fillers alone keeps them: they may be a name.
    """
    runs = runs_of(sequence, understands)
    said = [run for run in runs if run.kind is not UnitKind.FILLING]
    if not said and any(run.end - run.start == 1 for run in runs):
        said = [run._replace(kind=UnitKind.WORD) for run in runs if run.end - run.start == 1]
    kept = [word for run in said for word in sequence[run.start : run.end]]
    said = list(_renumbered(said))
    first_goods = next((run for run in said if run.kind in {UnitKind.GOODS, UnitKind.KIND}), None)
    builder = _Builder(kept, vocabulary, first_goods=first_goods, unfinished=unfinished)
    return [builder.unit(run) for run in said], kept


def _renumbered(runs: Iterable[Run]) -> Iterator[Run]:
    """Yield the runs as they lie side by side once fillers between them are gone."""
    start = 0
    for run in runs:
        end = start + run.end - run.start
        yield run._replace(start=start, end=end)
        start = end


class _Builder:
    """Makes units of runs."""

    def __init__(
        self, sequence: Sequence[Word], vocabulary: Vocabulary, *, first_goods: Run | None, unfinished: bool
    ) -> None:
        self.sequence = sequence
        self.vocabulary = vocabulary
        self.first_goods = first_goods
        self.unfinished = unfinished

    def unit(self, run: Run) -> Unit:
        words = list(self.sequence[run.start : run.end])
        said = " ".join(word.text for word in words)
        prefix = self.unfinished and run.end == len(self.sequence)
        match run.kind:
            case UnitKind.GOODS | UnitKind.KIND:
                meanings = run.meaning if isinstance(run.meaning, list) else [run.meaning]
                return self._goods(run, words, said, meanings, prefix=prefix)
            case UnitKind.PLACE | UnitKind.TOLD_PLACE:
                return place_unit(run.meaning, words, said, of_maker=self._names_a_maker())
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

    def _names_a_maker(self) -> bool:
        return any(found.key in _MAKERS for found in find_concepts(self.sequence, lenient=True))

    def _goods(self, run: Run, words: list[Word], said: str, meanings: list[Any], *, prefix: bool) -> Unit:
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

    def _own(self, run: Run, words: list[Word], *, weight: float, prefix: bool) -> Expression:
        """The words themselves, as a phrase."""
        if len(words) > 1:
            return phrase_expression(words)
        return weighed(any_of(list(self._ways(run, words[0], prefix=prefix))), weight)

    def _word(self, run: Run, word: Word, *, prefix: bool) -> Unit:
        ways = [*self._ways(run, word, prefix=prefix), *in_story(word, self._pairs(run, word))]
        return Unit(run.kind, expression=any_of(ways), required=True, lifts=tuple(self._lifts(run, word)))

    def _ways(self, run: Run, word: Word, *, prefix: bool) -> Iterator[Expression]:
        """Yield the ways in which a word can be found: itself, or written together with a neighbour."""
        if self._is_meant_bare(word):
            yield Match(Form.EXACT, (word.text, bare_token(word.folded)), prefix=prefix)
            yield from (weighed(way, ranking.LOOSE_WORD) for way in own_ways(word, prefix=prefix))
        else:
            yield from own_ways(word, prefix=prefix)
        if pairs := self._pairs(run, word):
            yield Match(Form.FOLDED, pairs, ranking.ANOTHER_SPACING)

    def _pairs(self, run: Run, word: Word) -> tuple[str, ...]:
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

    def _lifts(self, run: Run, word: Word) -> Iterator[Expression]:
        if run.start == 0:
            yield Match(Form.FACT, (head_token(word.text),), ranking.NAMED_FIRST / 2)
        yield from self._likelier(run, [word])

    def _likelier(self, run: Run, words: list[Word]) -> Iterator[Expression]:
        """Yield what lifts goods that have a single word without marks in its likelier reading."""
        if len(words) == 1 and not words[0].marked and (likely := self._likely_reading(run, words[0])):
            yield Match(Form.EXACT, (likely,), ranking.LIKELIER_READING / ranking.ZONE_WEIGHTS["name"])

    def _likely_reading(self, run: Run, word: Word) -> str | None:
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
