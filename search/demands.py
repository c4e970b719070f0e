"""What each unit of a query asks of a document, as expressions."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from search import ranking
from search.expressions import (
    STORY,
    AllOf,
    AnyOf,
    Constant,
    Expression,
    Form,
    Match,
    all_of,
    any_of,
    bare_token,
    concept_token,
)
from search.facts import head_token, without_tokens
from search.gazetteer import Level, NamedPlace, gazetteer
from search.intents import Intent, IntentKind
from search.syllables import is_folded_syllable, split_syllables
from search.synonyms import Concept, find_concepts, lexicon
from search.text import Word, fold
from search.unit import Unit, UnitKind
from search.wording import FormOfGoods, KindOfGoods, forms_in

#: Groups of the lexicon that say of which kind a maker is.
_MAKERS: Final = frozenset(
    {
        "cooperative",
        "cooperativegroup",
        "household",
        "company",
        "limitedcompany",
        "privateenterprise",
        "productionestablishment",
    }
)


def own_ways(word: Word, *, prefix: bool = False) -> Iterator[Expression]:
    """Yield the ways in which one word can be found for itself."""
    if word.marked:
        yield Match(Form.EXACT, (word.text, bare_token(word.folded)), prefix=prefix)
    else:
        yield Match(Form.FOLDED, (word.folded,), prefix=prefix)
    if len(word.folded) < 4 or word.folded.isdigit() or is_folded_syllable(word.folded):
        return
    yield Match(Form.JOINED, (word.folded,), ranking.ANOTHER_SPACING, prefix=prefix)
    for parts in split_syllables(fold(word.folded)):
        if len(parts) > 2:
            yield chain(parts, ranking.ANOTHER_SPACING)


def in_story(word: Word, beside: Sequence[str]) -> Iterator[Expression]:
    """Yield how a word that names no goods is found in what the producer tells of itself.

    A long text has nearly every syllable, so one of Vietnamese counts there only ``beside`` a neighbour of it in the search (the two
    written as one, without marks), and with the marks that were typed; another word also alone.
    """
    if beside:
        pair = Match(Form.JOINED, tuple(beside), zone=STORY)
        yield (
            AllOf((pair, Constant(Match(Form.EXACT, (word.text,), zone=STORY), 0.0))) if word.marked else pair
        )
    elif not is_folded_syllable(word.folded) and not word.folded.isdigit():
        yield Match(Form.FOLDED, (word.folded,), zone=STORY)


def phrase_expression(words: Sequence[Word]) -> Expression:
    """Return the words side by side, or written as one; one word for itself."""
    if len(words) == 1:
        return any_of(list(own_ways(words[0])))
    joined = Match(Form.FOLDED, (joined_words(words),), ranking.ANOTHER_SPACING)
    beside = chain([word.folded for word in words], 1.0)
    marked = [word for word in words if word.marked]
    if marked:  # neighbours are kept without marks: the marks that were typed must be there too
        exact = [Constant(Match(Form.EXACT, (word.text, bare_token(word.folded))), 0.0) for word in marked]
        return AnyOf((AllOf((beside, *exact)), joined))
    return AnyOf((beside, joined))


def chain(parts: Sequence[str], weight: float) -> Expression:
    pairs = list(itertools.pairwise(parts))
    return all_of([Match(Form.JOINED, (first + second,), weight / len(pairs)) for first, second in pairs])


def joined_words(words: Iterable[Word]) -> str:
    return "".join(word.folded for word in words)


def weighed(expression: Expression, weight: float) -> Expression:
    """Return ``expression`` with every match's weight multiplied."""
    if isinstance(expression, Match):
        return Match(
            expression.form, expression.tokens, expression.weight * weight, expression.prefix, expression.zone
        )
    if isinstance(expression, AnyOf):
        return AnyOf(tuple(weighed(part, weight) for part in expression.parts))
    if isinstance(expression, AllOf):
        return AllOf(tuple(weighed(part, weight) for part in expression.parts), expression.without)
    return expression


def meaning_of(keys: Sequence[str], *, zone: str = "") -> list[Expression]:
    """Return the match of groups of synonyms; nothing for none."""
    tokens = tuple(dict.fromkeys(concept_token(key) for key in keys))
    return [Match(Form.FOLDED, tokens, ranking.SAME_MEANING, zone=zone)] if tokens else []


def broader_parts(keys: Sequence[str], words: Sequence[Word]) -> list[Concept]:
    """Return the broader groups that part of a phrase names: the mushrooms of *nấm tươi*."""
    table = lexicon()
    broader = {key for own in keys for key in table.broader.get(own, ())}
    return [
        concept
        for size in range(1, len(words))
        for start in range(len(words) - size + 1)
        for concept in find_concepts(words[start : start + size], lenient=True)
        if concept.start == 0 and concept.end == size and concept.key in broader
        for concept in (Concept(concept.key, start, start + size),)
    ]


def in_other_words(keys: Sequence[str], words: Sequence[Word]) -> Iterator[Expression]:
    """Yield the broader group together with what narrows it, said apart: *Nấm mối đen tươi* for *nấm tươi*."""
    for concept in broader_parts(keys, words):
        rest = [*words[: concept.start], *words[concept.end :]]
        forms = forms_in(rest, lenient=True)
        in_forms = {at for form in forms for at in range(form.start, form.end)}
        said: list[Expression] = [Match(Form.FACT, (f"f:{form.meaning.key}",)) for form in forms]
        left = [word for at, word in enumerate(rest) if at not in in_forms]
        meant = [
            found.key for found in find_concepts(left, lenient=True) if found.end - found.start == len(left)
        ]
        if meant:
            said.append(any_of([*meaning_of(meant), phrase_expression(left)]))
        else:
            said += [any_of(list(own_ways(word))) for word in left]
        apart = all_of([*meaning_of([concept.key]), *said])
        yield weighed(apart, ranking.LOOSE_WORD)  # never more than the thing's own name


def kind_parts(kind: KindOfGoods) -> Iterator[Expression]:
    """Yield what goods of a kind are known by, and after them those that many count in as well."""
    yield from own_parts(kind)
    share = _share(kind)
    if kind.related:
        sets = tuple(f"{mark}{number}" for number in kind.related for mark in ("k:", "k?"))
        yield Match(Form.FACT, sets, ranking.KIND_RELATED * share)
    yield from _of_groups(kind.related_groups, ranking.KIND_RELATED * share)


def own_parts(kind: KindOfGoods) -> Iterator[Expression]:
    """Yield what goods of a kind itself are known by; where sets are named, the rest of the sector comes after them."""
    share = _share(kind)
    sector = ranking.KIND_SECTOR if kind.sets else ranking.KIND
    for mark, values, weight in (
        ("k:", kind.sets, ranking.KIND),
        ("k?", kind.sets, ranking.KIND_SUGGESTED),
        ("s:", kind.sectors, sector),
        ("s?", kind.sectors, min(sector, ranking.KIND_SUGGESTED)),
    ):
        if values:
            yield Match(Form.FACT, tuple(f"{mark}{value}" for value in values), weight * share)
    yield from _of_groups(kind.groups, ranking.KIND_SUGGESTED * share)


def _share(kind: KindOfGoods) -> float:
    return 0.5 if kind.weak else 1.0


def _of_groups(groups: Sequence[str], weight: float) -> Iterator[Expression]:
    if groups:
        tokens = tuple(concept_token(group) for group in groups)
        yield Match(Form.FOLDED, tokens, weight / ranking.ZONE_WEIGHTS["name"], zone="name")


def place_unit(named: NamedPlace, words: list[Word], said: str, *, of_maker: bool) -> Unit:
    """``of_maker``: the search names a maker too, who may be called after the place: *HTX Khô Phú Thọ*."""
    own = tuple(sorted({fact for place in named.places for fact in place.own}))
    wider = tuple(sorted({fact for place in named.places for fact in place.wider}))
    parts: list[Expression] = []
    if own:
        parts.append(Match(Form.FACT, own, ranking.PLACE))
    if wider:
        parts.append(Match(Form.FACT, wider, ranking.PLACE_TODAY))
    level = named.places[0].level
    if level is not Level.REGION:
        # With its own marks, typed or not: *Bánh hỏi An Nhứt* isn't named after Hội An.
        spellings = {place.spelt: place.words for place in named.places}
        zones = ("name", "maker") if of_maker else ("name",)
        parts += [in_name(spellings[spelt], zone=zone) for spelt in sorted(spellings) for zone in zones]
    ordinary = level is Level.COMMUNE or (level is Level.DISTRICT and not any(word.marked for word in words))
    if (
        ordinary and not named.kind_said
    ):  # many communes, and many names without marks, are ordinary words too
        parts.append(phrase_expression(words))
    return Unit(
        UnitKind.PLACE,
        expression=any_of(parts),
        required=True,
        binds=True,
        intent=Intent(IntentKind.PLACE, said, name=_place_name(named, words), binds=True),
    )


def _place_name(named: NamedPlace, words: list[Word]) -> str:
    """Return how the place is written, behind the word for its kind; nothing where several may be meant."""
    names = {place.name for place in named.places}
    kind = [word.text for word in words[: -len(named.places[0].spelt)]]
    return " ".join([*kind, *names]) if len(names) == 1 else ""


def in_name(words: list[Word], *, zone: str = "name") -> Expression:
    weight = ranking.PLACE_IN_NAME / ranking.ZONE_WEIGHTS[zone]
    if len(words) == 1:
        tokens = (words[0].text, bare_token(words[0].folded)) if words[0].marked else (words[0].folded,)
        return Match(Form.EXACT if words[0].marked else Form.FOLDED, tokens, weight, zone=zone)
    pairs = list(itertools.pairwise(words))
    beside = [
        Match(Form.JOINED, (first.folded + second.folded,), weight / len(pairs), zone=zone)
        for first, second in pairs
    ]
    exact = [
        Constant(Match(Form.EXACT, (word.text, bare_token(word.folded), word.folded), zone=zone), 0.0)
        for word in words
        if word.marked
    ]
    apart = all_of([*beside, *exact])
    return AnyOf((apart, Match(Form.FOLDED, (joined_words(words),), weight, zone=zone)))


def form_unit(form: FormOfGoods, words: list[Word], said: str) -> Unit:
    fact = Match(Form.FACT, (f"f:{form.key}",), ranking.FORM)
    own = weighed(phrase_expression(words), ranking.FORM / ranking.ZONE_WEIGHTS["name"])
    lifts = (weighed(phrase_expression(words), 1 / ranking.ZONE_WEIGHTS["name"]), *not_otherwise(form))
    return Unit(
        UnitKind.FORM, expression=AnyOf((fact, own)), intent=Intent(IntentKind.FORM, said), lifts=lifts
    )


def form_lifts(form: FormOfGoods) -> Iterator[Expression]:
    """Yield what lifts goods that come in the form that a phrase of goods says (*trái cây sấy dẻo*)."""
    yield Match(Form.FACT, (f"f:{form.key}",), ranking.FORM / 2)
    yield from not_otherwise(form)


def not_otherwise(form: FormOfGoods) -> Iterator[Expression]:
    """Yield what lifts goods that at least don't say another form: few fresh fruits say that they are fresh."""
    if form.excluded:
        others = Match(Form.FACT, tuple(f"f:{key}" for key in form.excluded))
        yield Constant(AllOf((), (others,)), ranking.FORM / 2)


def without_unit(negation: Word, thing: list[Word]) -> Unit:
    """Goods that say to be without it first; goods that have it in their names, and don't say so, never."""
    whole = [
        f"-1{concept.key}"
        for concept in find_concepts(thing, lenient=True)
        if concept.end - concept.start == len(thing) > 1
    ]
    says_so = Match(Form.FACT, tuple(whole or without_tokens(thing)), ranking.FORM)
    has_little = tuple(_has_little(negation, thing))
    forms = forms_in(thing, lenient=True)
    places = [place for place in gazetteer().find(thing) if place.places[0].level < Level.COMMUNE]
    if forms:
        has_it: Expression = Match(Form.FACT, tuple(f"f:{form.meaning.key}" for form in forms))
    elif places:
        has_it = Match(Form.FACT, tuple(sorted({fact for place in places[0].places for fact in place.own})))
    else:
        has_it = in_name(thing)
        # A single syllable without marks names too much; an English word goods say in Vietnamese.
        if len(thing) > 1 or thing[0].marked or not is_folded_syllable(thing[0].folded):
            # All of the words: *không phải trà xanh* lets other tea be.
            begin = [concept for concept in find_concepts(thing, lenient=True) if concept.start == 0]
            longest = max((concept.end for concept in begin), default=0)
            named = [concept.key for concept in begin if concept.end == longest]
            has_it = any_of([has_it, *meaning_of(named, zone="name")])
    return Unit(
        UnitKind.WITHOUT,
        expression=None if places and not forms else says_so,  # nothing says where it doesn't come from
        intent=Intent(IntentKind.WITHOUT, " ".join(word.text for word in thing)),
        lifts=(
            weighed(
                phrase_expression([negation, *thing]), ranking.DESCRIPTION / ranking.ZONE_WEIGHTS["name"]
            ),
            *(weighed(little, 0.5) for little in has_little),
        ),
        without=(AllOf((has_it,), (says_so, *has_little)),),
    )


def _has_little(negation: Word, thing: list[Word]) -> Iterator[Expression]:
    """Yield what goods have that say to have little of it: *ít ngọt* for *không đường*."""
    for form in forms_in([negation, *thing], lenient=True):
        if form.start:  # the form itself that is not wanted
            continue
        keys = (form.meaning.key, *form.meaning.implied)
        yield Match(Form.FACT, tuple(f"f:{key}" for key in keys), ranking.FORM)


def side_by_side(sequence: Sequence[Word], *, makers: bool, begins: bool) -> list[Expression]:
    """Return what lifts goods that have the words as neighbours, in the order of the query; all of them most.

    ``makers``: or whose makers have all of them so. ``begins``: all of them count only in names that begin so: *cà phê
    Gia Lai* is no *Mật ong hoa cà phê Gia Lai*.
    """
    pairs = [first.folded + second.folded for first, second in itertools.pairwise(sequence)]
    if not pairs:
        return []
    share = ranking.SIDE_BY_SIDE / ranking.ZONE_WEIGHTS["name"] / len(pairs)
    beginning = [Match(Form.FACT, (head_token(pairs[0]),))] if begins else []
    whole = [
        Constant(
            all_of([*(Match(Form.JOINED, (pair,), zone=zone) for pair in pairs), *beginning]),
            ranking.WHOLE_PHRASE * ranking.ZONE_WEIGHTS[zone] / ranking.ZONE_WEIGHTS["name"],
        )
        for zone in (("name", "maker") if makers else ("name",))
    ]
    return [
        *(Match(Form.JOINED, (pair,), share, zone="" if makers else "name") for pair in pairs),
        AnyOf(tuple(whole)),
    ]


def where_a_maker_begins(sequence: Sequence[Word]) -> int:
    """Return where the maker's own name begins behind the words for its kind (*công ty TNHH*); 0 where none is named."""
    said = (found.end for found in find_concepts(sequence, lenient=True) if found.key in _MAKERS)
    return max(said, default=0)


def makers_name(sequence: Sequence[Word]) -> list[Expression]:
    """Return what lifts the goods of the maker that is named: *HTX Mười Ngọt* sells no salt."""
    start = where_a_maker_begins(sequence)
    pairs = itertools.pairwise(sequence[start:]) if start else ()
    beside: list[Expression] = [
        Match(Form.JOINED, (first.folded + second.folded,), zone="maker") for first, second in pairs
    ]
    return [AnyOf((Constant(all_of(beside), ranking.MAKER_NAMED),))] if beside else []


def whole_name(sequence: Sequence[Word]) -> list[Expression]:
    """Return what lifts the good whose whole name was typed."""
    return [Match(Form.FACT, (f"={joined_words(sequence)}",), ranking.WHOLE_NAME)] if sequence else []
