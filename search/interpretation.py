"""What a typed text asks for, as an expression that any engine can run.

The steps, each in a module of its own:

1. a code (`search/codes.py`) is looked for as such;
2. undecoded Telex and VNI is decoded (`search/repair.py`, `search/keyboard.py`);
3. price and stars become filters (`search/phrases.py`);
4. joined words are taken apart, split ones put together, words that nobody knows give way to the nearest known
   (`search/repair.py`, `search/correction.py`). Marks that were typed decide;
5. what the words are is told apart: goods by their groups of synonyms, kinds, places, forms, negations, praise
   (`search/runs.py`, `search/units.py`), the longest phrase first.

Words that name the goods must all be found; a place, a number of stars, a price binds. Goods that have every word
stand first; where goods are named by a group of synonyms, others of the same group follow. Where no good has every
word, nothing is found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, partial
from typing import Final

from search import ranking
from search.codes import find_code
from search.correction import correct
from search.demands import side_by_side, whole_name
from search.dictionary import dictionary
from search.expressions import AllOf, AnyOf, Constant, Expression, Form, Match, all_of, any_of
from search.facts import quantity_token, read_quantities
from search.intents import Intent, IntentKind
from search.phrases import Phrases, read_phrases
from search.repair import decode_keys, normalized, respace, spell_out
from search.spelling import Vocabulary
from search.text import Word, split_tokens, word
from search.unit import Unit, UnitKind
from search.units import units_of

_MAXIMUM_WORDS: Final = 16
_MAXIMUM_LETTERS: Final = 200
_NO_VOCABULARY: Final = Vocabulary({})


@dataclass(frozen=True, slots=True)
class Interpretation:
    """A text as understood. ``required`` is None for a text without words: everything matches.

    ``exact`` holds of goods that have every word; ``required`` of those and, after them, of goods of the same kind
    (the same where there is no such wider search). ``preferred`` lifts the rank and decides nothing. ``understood`` is
    the text of the words as taken; ``corrected`` says that it differs from what was typed by more than the keyboard's
    state. ``suggestion`` is another text that may have been meant, empty if there is none: the search fills it in where
    little was found. ``keys_as_typed`` says that undecoded Telex or VNI was read as it stands, as slips: good enough where nothing else is
    found, and nothing to offer. ``intents`` are what a page shows as chips. ``later`` thinks again, when it is asked to, and once:
    what it returns has no further one.
    """

    typed: str
    understood: str = ""
    corrected: bool = False
    suggestion: str = ""
    required: Expression | None = None
    exact: Expression | None = None
    preferred: tuple[Expression, ...] = ()
    phrases: Phrases = field(default_factory=lambda: Phrases(""))
    intents: tuple[Intent, ...] = ()
    words: tuple[Word, ...] = ()
    concepts: frozenset[str] = frozenset()
    unfinished: bool = False
    keys_as_typed: bool = False
    later: Callable[[], Interpretation | None] | None = field(default=None, repr=False, compare=False)

    @property
    def otherwise(self) -> Interpretation | None:
        """What is asked where this finds nothing, and may be offered where it finds little."""
        return self.later() if self.later is not None else None

    @property
    def least_score(self) -> float:
        """What the best hit must reach, else nothing was found: no good has every word."""
        return ranking.EVERY_WORD if self.exact is not None and self.exact is not self.required else 0.0

    def wanted(self, *, exactly: bool) -> Expression | None:
        """Return what hits must satisfy; ``exactly``: without goods that are only of the same kind."""
        return self.exact if exactly and self.exact is not None else self.required


def interpret(
    text: str,
    vocabulary: Vocabulary | None = None,
    *,
    unfinished: bool = False,
    plain: Iterable[str] = (),
) -> Interpretation:
    """Understand ``text``; ``unfinished``: the last word may be the beginning of a longer one.

    ``plain`` are the kinds of intents (`IntentKind`) that aren't to be understood: their words are taken as typed.
    Without a ``vocabulary`` only the lexicon's and the places' words are known.
    """
    return _Reader(vocabulary or _NO_VOCABULARY, unfinished=unfinished, plain=frozenset(plain)).read(
        normalized(text)[:_MAXIMUM_LETTERS]
    )


class _Reader:
    """Reads one text with what is known."""

    def __init__(self, vocabulary: Vocabulary, *, unfinished: bool, plain: frozenset[str]) -> None:
        self.vocabulary = vocabulary
        self.known = dictionary(vocabulary)
        self.unfinished = unfinished
        self.plain = plain
        #: How the words were typed, by how they are compared: *mỹ phẩm* is compared as *mĩ phẩm* and shown as typed.
        self.typed: dict[str, str] = {}

    def understands(self, kind: IntentKind) -> bool:
        return kind.value not in self.plain

    def read(self, typed: str) -> Interpretation:
        self._remember(typed)
        if not self.understands(IntentKind.CODE) or (code := find_code(typed)) is None:
            return self._read_words(typed, typed, [])
        unit = _code_unit(code.tokens, typed[code.start : code.end].strip(), sure=code.sure)
        rest = f"{typed[: code.start]} {typed[code.end :]}"
        as_code = self._read_words(typed, rest, [unit])
        return as_code if code.sure else self._code_or_words(typed, as_code)

    def _remember(self, text: str) -> None:
        for token in split_tokens(text):
            self.typed.setdefault(word(token).text, token)

    def _code_or_words(self, typed: str, as_code: Interpretation) -> Interpretation:
        """Look for what may be a code as such first; where no good has it, as words."""
        as_words = replace(self._read_words(typed, typed, []), later=None)
        return replace(as_code, understood=typed, words=as_words.words, later=lambda: as_words)

    def _read_words(
        self, typed: str, rest: str, extra: list[Unit], *, decoding: bool = True
    ) -> Interpretation:
        undecoded, said = rest, extra
        if decoding:
            rest = decode_keys(rest, self.known)
        was_decoded = rest != undecoded
        rest = spell_out(rest)
        self._remember(rest)
        phrases = read_phrases(
            rest,
            prices=self.understands(IntentKind.PRICE),
            stars=self.understands(IntentKind.STARS),
        )
        rest = phrases.rest
        if self.understands(IntentKind.WEIGHT):
            rest, weights = _cut_quantities(rest)
            extra = [*extra, *weights]
        tokens = split_tokens(rest)[:_MAXIMUM_WORDS]
        sequence = respace([word(token) for token in tokens], self.known)
        if self.unfinished and sequence:
            head, last = correct(sequence[:-1], self.known), sequence[-1]
            repaired, corrected = (*head.words, last), head.changed
        else:
            result = correct(sequence, self.known)
            repaired, corrected = result.words, result.changed
        found = self._compose(typed, repaired, phrases, extra, corrected=corrected)
        if self.unfinished or not sequence:
            return found
        further: Callable[[], Interpretation | None] | None = None
        if was_decoded:  # then the keys may have been slips
            further = partial(self._read_words, typed, undecoded, said, decoding=False)
        again = partial(self._think_again, typed, tuple(sequence), phrases, extra, further=further)
        unpriced = phrases.without_price() if phrases.has_price else None

        def later() -> Interpretation | None:
            doubted = again()
            if doubted is not None and doubted.words != found.words:
                return doubted
            if unpriced is not None:
                return self._compose(typed, repaired, unpriced, extra, corrected=corrected)
            # A word that no name has may stand in a description or a story, just as it was typed.
            return self._compose(typed, sequence, phrases, extra, corrected=False) if corrected else None

        return replace(found, later=cache(later))

    def _think_again(
        self,
        typed: str,
        sequence: tuple[Word, ...],
        phrases: Phrases,
        extra: list[Unit],
        *,
        further: Callable[[], Interpretation | None] | None,
    ) -> Interpretation | None:
        """Doubt the words that are known, then that the keyboard was off."""
        doubted = correct(sequence, self.known, doubtful=True)
        if doubted.changed:
            return replace(self._compose(typed, doubted.words, phrases, extra, corrected=True), later=further)
        if further is not None and (undecoded := further()) is not None:
            return replace(undecoded, corrected=True, keys_as_typed=True)
        return None

    def _compose(
        self, typed: str, sequence: Sequence[Word], phrases: Phrases, extra: list[Unit], *, corrected: bool
    ) -> Interpretation:
        told, kept = units_of(
            sequence, self.vocabulary, understands=self.understands, unfinished=self.unfinished
        )
        units = [*told, *extra, *_phrase_units(phrases)]
        intents = tuple(self._as_typed(intent) for unit in units for intent in unit.intents())
        shown = " ".join(self._shown(kept, at) for at in range(len(kept))) or phrases.rest
        result = Interpretation(
            typed=typed,
            understood=shown,
            corrected=corrected,
            phrases=phrases,
            intents=intents,
            words=tuple(kept),
            concepts=frozenset(key for unit in units for key in unit.concepts),
            unfinished=self.unfinished,
        )
        return _with_demands(result, units, kept) if units else result

    def _shown(self, sequence: Sequence[Word], at: int) -> str:
        """Write a word as taken; one that was corrected without marks as goods do that have it beside its neighbours."""
        item = sequence[at]
        if item.marked or item.text in self.typed:
            return self.typed.get(item.text, item.text)

        def spoken_for(text: str) -> int:
            pairs = [(other, text) for before in sequence[:at][-1:] for other in self._spellings(before)]
            pairs += [(text, other) for behind in sequence[at + 1 :][:1] for other in self._spellings(behind)]
            found = [self.known.names_with(*pair) for pair in pairs]
            return sum(names or 0 for names, exactly in found if exactly)

        return max(self.known.spellings(item.folded), key=spoken_for, default=item.folded)

    def _spellings(self, item: Word) -> list[str]:
        return [item.text] if item.marked else self.known.spellings(item.folded)

    def _as_typed(self, intent: Intent) -> Intent:
        return replace(intent, said=" ".join(self.typed.get(text, text) for text in intent.said.split()))


# -- parts ----------------------------------------------------------------------------------------


def _code_unit(tokens: tuple[str, ...], said: str, *, sure: bool) -> Unit:
    return Unit(
        kind=UnitKind.CODE,
        expression=Match(Form.FACT, tokens, ranking.CODE),
        required=True,
        intent=Intent(IntentKind.CODE, said, binds=sure),
    )


def _phrase_units(phrases: Phrases) -> list[Unit]:
    units = []
    if phrases.price_said:
        said = Intent(IntentKind.PRICE, phrases.price_said, binds=True, lacking=phrases.price_unknown)
        units.append(Unit(UnitKind.FILTER, intent=said))
    if phrases.proposed is not None:
        units.append(
            Unit(
                UnitKind.CODE,
                expression=Match(Form.FACT, (f"o:{phrases.proposed}",), ranking.KIND),
                required=True,
                intent=Intent(IntentKind.PROPOSED, phrases.stars_said, binds=True),
            )
        )
    elif phrases.stars_said:
        units.append(Unit(UnitKind.FILTER, intent=Intent(IntentKind.STARS, phrases.stars_said, binds=True)))
    return units


def _cut_quantities(text: str) -> tuple[str, list[Unit]]:
    units = []
    for start, end, grams in read_quantities(text):
        said = text[start:end]
        units.append(
            Unit(
                UnitKind.WISH,
                expression=Match(Form.FACT, (quantity_token(grams),), ranking.NUMBER),
                intent=Intent(IntentKind.WEIGHT, said),
            )
        )
        text = f"{text[:start]}{' ' * (end - start)}{text[end:]}"
    return text, units


def _with_demands(result: Interpretation, units: list[Unit], sequence: list[Word]) -> Interpretation:
    """Add ``required``, ``exact`` and ``preferred``."""
    asked = [unit for unit in units if unit.required]
    wishes = [unit for unit in units if not unit.required and unit.expression is not None]
    if not asked:  # a form, a weight, praise alone: then it is what was asked for, and to be without something only alone
        asked = [unit for unit in wishes if unit.kind is not UnitKind.WITHOUT] or wishes
        wishes = [unit for unit in wishes if unit not in asked]
    without = tuple(part for unit in units for part in unit.without)
    preferred = [unit.expression for unit in wishes if unit.expression is not None]
    preferred += [lift for unit in units for lift in unit.lifts]
    if not asked:
        return replace(result, required=AllOf((), without) if without else None, preferred=tuple(preferred))
    exact = _demand([unit.expression for unit in asked if unit.expression is not None], without)
    things = [unit for unit in asked if unit.kind not in {UnitKind.PLACE, UnitKind.TOLD_PLACE}]
    if any(not unit.is_kind for unit in things):
        # Whoever names goods means what they are, not that a maker's name says so.
        preferred += side_by_side(
            sequence,
            makers=any(unit.kind is not UnitKind.GOODS for unit in things),
            begins=len(things) < len(asked) and things[0].kind is UnitKind.GOODS,
        )
    preferred += whole_name(sequence)
    goods = [unit for unit in asked if unit.alone is not None]
    further = len(asked) - sum(unit.binds for unit in asked) > 1
    if not goods or not (further or goods[0].wider):
        return replace(result, required=exact, exact=exact, preferred=tuple(preferred))
    binding = [unit.expression for unit in asked if unit.binds and unit.expression is not None]
    alone = any_of([unit.alone for unit in goods if unit.alone is not None])
    preferred.append(Constant(exact, ranking.EVERY_WORD))
    preferred += [unit.expression for unit in asked if unit.expression is not None and not unit.binds]
    wider = AnyOf((exact, _demand([alone, *binding], without)))
    return replace(result, required=wider, exact=exact, preferred=tuple(preferred))


def _demand(parts: list[Expression], without: tuple[Expression, ...]) -> Expression:
    return AllOf(tuple(parts), without) if without else all_of(parts)
