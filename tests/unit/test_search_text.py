"""Vietnamese text made comparable: spelling, syllables, keyboards, synonyms, phrases, slips."""

import unicodedata

import pytest

from search.documents import Text, text_tokens
from search.interpretation import Form, interpret
from search.keyboard import decode
from search.phrases import Phrases, read_phrases
from search.slips import sound_key
from search.spelling import Vocabulary
from search.syllables import split_syllables
from search.synonyms import find_concepts
from search.text import fold, words


def canonical(text: str) -> list[str]:
    return [word.text for word in words(text)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("hoà", "hòa"),
        ("thuỷ", "thủy"),
        ("khoẻ", "khỏe"),
        ("Thuý", "Thúy"),
        ("hoàn", "hòan"),
        ("mì", "mỳ"),
        ("kỹ sĩ lí", "kĩ sỹ lý"),
        ("quý", "quí"),
        ("Đắk Lắk", "Đăk Lăk"),
        ("Đà Lạt", unicodedata.normalize("NFD", "Đà Lạt")),
        ("Đà", "Ðà"),  # the Icelandic letter that old fonts put there
        ("CÀ PHÊ", "cà phê"),
        ("Phan Thiết - Mũi Né", "phan thiết/mũi né"),
        ("“Trà” (xanh)", "trà xanh"),
        ("K'Ho", "K’ho"),
    ],
)
def test_spellings_of_the_same_words(one: str, other: str) -> None:
    assert canonical(one) == canonical(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("dâu", "đậu"), ("dầu", "dâu"), ("hoa", "hoà"), ("tai", "tay"), ("thúy", "thuế"), ("ngay", "ngai")],
)
def test_different_words_stay_different(one: str, other: str) -> None:
    assert canonical(one) != canonical(other)


def test_folding_takes_every_mark() -> None:
    assert fold("Đường Nguyễn Thị Ữ, cà phê CHỒN") == "duong nguyen thi u, ca phe chon"


def test_foreign_words_keep_their_own_marks() -> None:
    assert canonical("Café crème naïve") == ["café", "crème", "naïve"]


def test_digits_stay_with_their_letters() -> None:
    assert canonical("ST25 500g 2,5kg B'Lao") == ["st25", "500g", "2", "5kg", "blao"]


@pytest.mark.parametrize(
    ("letters", "expected"),
    [
        ("dalat", [("da", "lat")]),
        ("daklak", [("dak", "lak")]),
        ("phucbontu", [("phuc", "bon", "tu")]),
        ("traxanh", [("tra", "xanh")]),
        ("coffee", []),
        ("trà", []),
        ("tra", []),
    ],
)
def test_letters_fall_into_syllables(letters: str, expected: list[tuple[str, ...]]) -> None:
    assert list(split_syllables(letters)) == expected


def test_every_way_to_split_is_kept_and_a_long_run_stays_cheap() -> None:
    assert ("dong", "trung", "ha", "thao") in split_syllables("dongtrunghathao")
    assert split_syllables("a" * 33) == ()
    assert len(split_syllables("anananananananananananananananan")) <= 3


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("caf", "cà"), ("phee", "phê"), ("dduwowngf", "đường"), ("duowngf", "dường"), ("nuwowcs", "nước"),
        ("mawsm", "mắm"), ("maatj", "mật"), ("gaoj", "gạo"), ("thowm", "thơm"), ("lajt", "lạt"), ("nguyeenx", "nguyễn"),
        ("tra2", "trà"), ("o6", "ô"), ("d9u7o7ng2", "đường"), ("nu7o7c1", "nước"), ("ma65t", "mật"), ("ca6u2", "cầu"),
        ("d9a61t", "đất"),
    ],
)  # fmt: skip
def test_telex_and_vni_are_decoded(typed: str, meant: str) -> None:
    assert decode(typed) == meant


@pytest.mark.parametrize(
    "typed", ["tra", "long", "coffee", "macca", "st25", "500g", "b12", "omega3", "green", "tea", "honey"]
)
def test_what_is_no_keyboard_slip_is_left_alone(typed: str) -> None:
    assert decode(typed) is None


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("Trà Atiso túi lọc", {"tea", "artichoke", "artichoketea", "teabag"}),
        ("Chè đậu xanh", {"sweetsoup", "bean", "mungbean", "green"}),
        ("Gạo thơm", {"rice", "fragrantrice"}),
        ("Thơm sấy dẻo", {"pineapple", "driedpineapple", "soft", "softdried", "saydried"}),
        ("Dâu tằm", {"mulberry"}),
        ("Dâu tây", {"strawberry"}),
        ("Hợp tác xã", {"cooperative"}),
        ("ĐTHT", {"cordyceps"}),
        ("Lạc Dương", set()),
        ("Kẹo lạc Lạc Dương", {"peanut", "peanutcandy", "sweets"}),
        ("Công nghệ", set()),
    ],
)
def test_synonyms_know_their_exceptions(text: str, keys: set[str]) -> None:
    assert {concept.key for concept in find_concepts(words(text), lenient=False)} == keys


def test_marks_left_out_are_forgiven_only_where_asked() -> None:
    assert find_concepts(words("phuc bon tu"), lenient=False) == []
    assert [concept.key for concept in find_concepts(words("phuc bon tu"), lenient=True)] == ["raspberry"]


def test_a_text_without_marks_gets_twins_for_marked_words() -> None:
    bare = text_tokens(Text("Ca phe"))
    marked = text_tokens(Text("Cà phê Rin"))

    assert bare == {
        Form.EXACT: ["ca", "phe", "0ca", "0phe"],
        Form.FOLDED: ["ca", "phe", "1coffee"],
        Form.JOINED: ["caphe"],
    }
    assert marked == {
        Form.EXACT: ["cà", "phê", "rin"],
        Form.FOLDED: ["ca", "phe", "rin", "1coffee"],
        Form.JOINED: ["caphe", "pherin"],
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("dưới 500k", Phrases("", None, 500_000)),
        ("duoi 500 nghin ca phe", Phrases("ca phe", None, 500_000)),
        ("trà dưới 150.000đ", Phrases("trà", None, 150_000)),
        ("trà tầm 1 triệu", Phrases("trà", 800_000, 1_200_000)),
        ("khoảng 200 ngàn mật ong", Phrases("mật ong", 160_000, 240_000)),
        ("từ 100 đến 300 nghìn", Phrases("", 100_000, 300_000)),
        ("100k-300k trà", Phrases("trà", 100_000, 300_000)),
        ("trên 1tr5", Phrases("", 1_500_000, None)),
        ("dưới 1 triệu rưỡi", Phrases("", None, 1_500_000)),
        ("tea under 200k", Phrases("tea", None, 200_000)),
        ("ocop 5 sao", Phrases("", stars=frozenset({5}))),
        ("cà phê OCOP 4 sao", Phrases("cà phê", stars=frozenset({4}))),
        ("4 sao trở lên", Phrases("", stars=frozenset({4, 5}))),
        ("từ 3 sao dưới 500k", Phrases("", None, 500_000, frozenset({3, 4, 5}))),
        ("4★", Phrases("", stars=frozenset({4}))),
        ("4-star coffee", Phrases("coffee", stars=frozenset({4}))),
        ("trên 3 sao", Phrases("", stars=frozenset({4, 5}))),
        ("ocop", Phrases("")),
    ],
)
def test_filters_said_in_words(text: str, expected: Phrases) -> None:
    assert read_phrases(text) == expected


@pytest.mark.parametrize(
    "text", ["gạo st25", "nước mắm 40 độ đạm", "cà phê 500g", "trà 3-in-1", "dưới 500g", "hoa sao 6", "9 sao"]
)
def test_other_numbers_are_words(text: str) -> None:
    assert read_phrases(text) == Phrases(text)


VOCABULARY = Vocabulary(
    {"trà": 9, "atiso": 5, "cà": 9, "phê": 9, "chồn": 2, "mật": 4, "ong": 4, "tử": 2, "đậu": 3},
    frozenset({"rượu"}),
)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("atizo", "atiso"),
        ("attiso", "atiso"),
        ("atsio", "atiso"),
        ("trồn", "chon"),
        ("chong", "chon"),
        ("xyzzy", None),
        ("st25", None),
        ("ab", None),
    ],
)
def test_the_nearest_known_word(typed: str, meant: str | None) -> None:
    nearest = next(iter(VOCABULARY.candidates(typed)), None)

    assert (nearest and fold(nearest.text)) == meant


def test_sounds_that_are_written_alike() -> None:
    assert sound_key("truối") != sound_key("muối")
    assert sound_key("sau") == sound_key("xau")
    assert sound_key("nap") == sound_key("lap")
    assert sound_key("gian") == sound_key("rang")


@pytest.mark.parametrize(
    ("typed", "understood", "corrected"),
    [
        ("trà atiso", "trà atiso", False),
        ("Trà  ATISO", "trà atiso", False),
        ("tra atizo", "tra atiso", True),
        ("caf phee", "cà phê", False),
        ("phúc bồn tữ", "phúc bồn tử", True),
        ("matong", "mật ong", False),
        ("trà ocop dưới 200k", "trà", False),
        ("rượu", "rượu", False),
        ("ruou", "ruou", False),
    ],
)
def test_what_was_understood(typed: str, understood: str, corrected: bool) -> None:
    interpretation = interpret(typed, VOCABULARY)

    assert (interpretation.understood, interpretation.corrected) == (understood, corrected)


@pytest.mark.parametrize(
    "typed",
    ["mỹ phẩm", "mĩ phẩm", "công ty sương mai", "cong ty suong mai", "hòa tan", "hoà tan", "thuý kiều"],
)
def test_words_are_shown_as_they_were_typed(typed: str) -> None:
    assert interpret(typed).understood == typed


def test_decoded_words_are_shown_as_the_keyboard_would_have_written_them() -> None:
    assert interpret("myx phaamr").understood == "mỹ phẩm"


def test_corrected_words_are_shown_as_goods_write_them_beside_each_other() -> None:
    known = Vocabulary(
        {"đông": 9, "yên": 9, "cam": 9, "thọ": 9}
        | dict.fromkeys(["miến", "dong", "yến", "sào", "thổ", "cẩm"], 2)
        | dict.fromkeys(["miến_dong", "yến_sào", "thổ_cẩm"], 2)
        | dict.fromkeys(["tỏi", "lí", "tỏi_lí"], 2)
    )

    shown = {typed: interpret(typed, known).understood for typed in ("miendong", "yensao", "thocam", "toily")}

    assert shown == {
        "miendong": "miến dong",
        "yensao": "yến sào",
        "thocam": "thổ cẩm",
        "toily": "tỏi lí",
    }


NEIGHBOURS = Vocabulary(
    {
        "trà": 9,
        "cà": 9,
        "phê": 9,
        "chồn": 2,
        "đậu": 3,
        "mai": 4,
        "chôm": 1,
        "cà_phê": 9,
        "phê_chồn": 2,
        "trà_chôm": 1,
    }
)


def test_a_word_that_nobody_knows_gives_way_at_once() -> None:
    interpretation = interpret("trà chồm", NEIGHBOURS)

    assert (interpretation.understood, interpretation.corrected) == ("trà chôm", True)


@pytest.mark.parametrize(
    ("typed", "otherwise"),
    [
        ("cà phê máy", None),
        ("cà phê tròn", "cà phê chồn"),
        ("ca phe chong", "ca phe chồn"),
        ("đẩu", "đậu"),
    ],
)
def test_where_nothing_is_found_known_words_give_way_to_those_their_neighbours_speak_for(
    typed: str, otherwise: str | None
) -> None:
    later = interpret(typed, NEIGHBOURS).otherwise

    assert (later and later.understood) == otherwise


@pytest.mark.parametrize("typed", ["", "   ", "!?", "-–/", "“”", "\x00", "🍵"])
def test_a_text_without_words_asks_for_everything(typed: str) -> None:
    assert interpret(typed).required is None


def test_endless_input_is_cut() -> None:
    assert len(interpret("trà " * 10_000).words) <= 16
