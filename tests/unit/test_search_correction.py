"""Misspelt words: what was meant, by slips that people make and by the words beside them."""

import pytest

from search.correction import correct
from search.slips import slip_cost
from search.spelling import Vocabulary
from search.text import words

#: A small catalogue: its words, and which stand side by side in names of goods (2) or only in the lexicon (0).
KNOWN = Vocabulary(
    dict.fromkeys(
        ["cà", "phê", "mật", "mát", "ong", "muối", "tôm", "nước", "mắm", "bánh", "đa", "tráng", "hồng", "treo", "trao", "gió"],
        3,
    )
    | dict.fromkeys(["trà", "hoa", "nhài", "lài", "chà", "sấy", "dẻo", "xoài", "lá", "là"], 3)
    | dict.fromkeys(["cà_phê", "mật_ong", "muối_tôm", "nước_mắm", "bánh_tráng", "hồng_treo", "treo_gió", "trà_hoa"], 2)
    | dict.fromkeys(["hoa_nhài", "sấy_dẻo", "xoài_sấy", "trà_lá"], 2)
    | {"hoa_lài": 0}
    | dict.fromkeys(["nhĩ", "nha", "trang", "quảng", "ninh", "bình"], 3)
    | dict.fromkeys(["mắm_nhĩ", "nha_trang", "quảng_bình", "hoa_quảng"], 2)
)  # fmt: skip


def mended(text: str, *, doubtful: bool = False) -> str:
    return " ".join(word.text for word in correct(words(text), KNOWN, doubtful=doubtful).words)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("muối tm", "muối tom"),  # a letter left out, of a word too short to be guessed alone
        ("cà hê", "cà phê"),
        ("mt ong", "mat ong"),
        ("àc phê", "cà phê"),  # swapped
        ("nước mắmm", "nước mắm"),  # doubled
        ("bánh cráng", "bánh tráng"),  # beside it on the keyboard: t, r … and tr/ch
        ("nuot mam", "nuoc mam"),  # c/t at the end
    ],
)
def test_a_word_that_nobody_knows_gives_way_to_what_its_neighbours_speak_for(typed: str, meant: str) -> None:
    assert mended(typed) == meant


@pytest.mark.parametrize("typed", ["tm", "hê", "blorp mắm qwzx", "xyzzy"])
def test_without_a_neighbour_short_and_strange_words_stay(typed: str) -> None:
    assert mended(typed) == typed


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("hồng trao gió", "hồng treo gió"),  # a wrong letter makes another word
        ("mát ong", "mật ong"),  # a wrong mark does
        ("trà là", "trà lá"),
    ],
)
def test_known_words_give_way_only_in_doubt(typed: str, meant: str) -> None:
    assert mended(typed) == typed
    assert mended(typed, doubtful=True) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "chà là",  # dates: both words would have to be others
        "trà lài",  # a phrase of the lexicon is what it says
        "hồng trao lá",  # whatever is changed, a word stands beside strangers
        "nước mắm nha trang",  # a place binds: fish sauce of another one wasn't asked for
        "nuoc mam nha trang",
        "trà hoa quảng ninh",
    ],
)
def test_a_text_that_would_become_another_isnt_mended(typed: str) -> None:
    assert mended(typed, doubtful=True) == typed


@pytest.mark.parametrize(
    ("typed", "likelier", "less_likely"),
    [
        ("dâu", "dấu", "đầm"),  # a mark before letters
        ("tua", "tủa", "tưa gạo"),
        ("chà", "trà", "cà"),  # tr/ch before a letter too many
        ("mẫm", "mẩm", "mắm"),  # ngã for hỏi before other tones
        ("tuong", "tưng", "tung hô"),
    ],
)
def test_commoner_slips_cost_less(typed: str, likelier: str, less_likely: str) -> None:
    assert slip_cost(typed, likelier) < slip_cost(typed, less_likely)


def test_in_doubt_the_names_of_goods_speak_louder_than_the_lexicon() -> None:
    assert mended("trà hoa nài") == "trà hoa lài"
    assert mended("trà hoa nài", doubtful=True) == "trà hoa nhài"


def test_marks_left_off_cost_nothing_where_none_were_typed() -> None:
    assert slip_cost("mam", "mắm") == 0.0
    assert slip_cost("mam", "mầm") == 0.0
    assert slip_cost("măm", "mắm") > 0.0


#: Words that somebody has; which of them stand together only the lexicon says.
HEARD = Vocabulary(
    dict.fromkeys(
        [
            "dây",
            "bánh",
            "trưng",
            "chưng",
            "miếng",
            "miến",
            "dong",
            "trà",
            "chà",
            "dứa",
            "giữa",
            "tươi",
            "trường",
        ],
        2,
    )
    | dict.fromkeys(["chường", "foods"], 1)
)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("bánh trưng", "bánh chưng"), ("miếng dong", "miến dong"), ("chà dây", "trà dây")],
)
def test_a_known_word_that_sounds_like_a_phrase_of_the_lexicon_is_that_phrase(typed: str, meant: str) -> None:
    result = correct(words(typed), HEARD)

    assert (" ".join(word.text for word in result.words), result.changed) == (meant, True)


@pytest.mark.parametrize(
    "typed",
    [
        "dứa tươi",  # names goods itself
        "trường foods",  # no phrase comes of it
        "bánh trừng",  # another mark is another word
        "tôm chưa",  # no sour shrimp
        "trưng",
    ],
)
def test_a_known_word_is_not_heard_otherwise_for_less(typed: str) -> None:
    assert [word.text for word in correct(words(typed), HEARD).words] == [word.text for word in words(typed)]
