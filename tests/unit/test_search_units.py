"""What runs of words are taken for: places by short names, negations, fillers, the law's sets, slips of keys."""

import pytest

from search.demands import without_unit
from search.expressions import AnyOf, Match
from search.facts import facts_of_texts
from search.gazetteer import gazetteer
from search.intents import IntentKind
from search.interpretation import interpret
from search.text import words


def places(text: str) -> list[str]:
    return [named.places[0].name for named in gazetteer().find(words(text))]


@pytest.mark.parametrize(
    ("typed", "official"),
    [
        ("TP BMT", "Buôn Ma Thuột"),
        ("bmt", "Buôn Ma Thuột"),
        ("ban mê thuột", "Buôn Ma Thuột"),
        ("Buôn Mê", "Buôn Ma Thuột"),
        ("ĐL", "Đà Lạt"),
        ("sg", "Hồ Chí Minh"),
        ("tp hcm", "Hồ Chí Minh"),
        ("plây ku", "Pleiku"),
    ],
)
def test_short_and_older_names_mean_the_place(typed: str, official: str) -> None:
    (alias,) = gazetteer().find(words(typed))
    (named,) = gazetteer().find(words(f"tp {official}"))

    assert {fact for place in alias.places for fact in place.own | place.wider} <= {
        fact for place in named.places for fact in place.own | place.wider
    }


@pytest.mark.parametrize("typed", ["dl", "h nấm", "q tây", "p"])
def test_letters_that_may_mean_anything_are_no_place(typed: str) -> None:
    assert places(typed) == []


@pytest.mark.parametrize(("typed", "full"), [("h. đơn dương", "huyện đơn dương"), ("q. tây hồ", "quận tây hồ"), ("tt. lạc dương", "thị trấn lạc dương")])  # fmt: skip
def test_a_letter_before_a_name_tells_its_kind(typed: str, full: str) -> None:
    (short,), (spelt,) = gazetteer().find(words(typed)), gazetteer().find(words(full))

    assert short.kind_said
    assert short.places == spelt.places


@pytest.mark.parametrize(
    ("typed", "kind", "said"),
    [
        ("sapa", IntentKind.PLACE, "sa pa"),
        ("miendong nari", IntentKind.PLACE, "na ri"),
        ("bánh nam định", IntentKind.PLACE, "nam định"),
        ("vải, may mặc", IntentKind.KIND, "vải may mặc"),
        ("rau, củ, quả, hạt tươi", IntentKind.KIND, "rau củ quả hạt tươi"),
        ("coffee without sugar", IntentKind.WITHOUT, "sugar"),
    ],
)
def test_what_is_understood(typed: str, kind: IntentKind, said: str) -> None:
    assert [(intent.kind, intent.said) for intent in interpret(typed).intents if intent.kind is kind] == [
        (kind, said)
    ]


def test_a_kind_whose_name_has_a_negation_in_it_is_the_kind() -> None:
    assert interpret("non-alcoholic drinks").intents == ()
    assert interpret("alcoholic drinks").exact != interpret("non-alcoholic drinks").exact


def test_a_negation_means_the_same_in_both_languages() -> None:
    says_so = facts_of_texts(["Cà phê hoà tan không đường"])

    for typed in ("without sugar", "no sugar", "không đường"):
        expression = without_unit(words(typed)).expression
        assert isinstance(expression, Match)
        assert set(expression.tokens) & set(says_so), typed


def test_a_gift_is_wished_for_and_not_asked() -> None:
    both = interpret("quà tết cà phê").exact
    coffee = interpret("cà phê").exact

    assert both == coffee
    assert isinstance(interpret("quà biếu").exact, AnyOf)


@pytest.mark.parametrize(
    ("typed", "understood"),
    [
        ("traf hoa atisoo", "trà hoa atisô"),  # a loan word of several syllables
        ("sapa", "sa pa"),  # no sấp in Telex
    ],
)
def test_keys_are_undone_only_where_somebody_knows_the_result(typed: str, understood: str) -> None:
    assert interpret(typed).understood == understood
