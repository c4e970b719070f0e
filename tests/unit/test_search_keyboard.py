"""Undecoded Telex and VNI: every syllable comes back, whatever the order of the keys."""

from collections.abc import Callable

import pytest

from search.keyboard import decode, decode_telex, decode_vni
from search.lexicon.files import shipped_groups
from search.syllables import (
    ACUTE,
    DOT,
    GRAVE,
    HOOK,
    ONSETS,
    RIMES,
    TILDE,
    TONES,
    is_syllable,
    place_tone,
    split_tone,
)
from search.text import word, words

TELEX_TONES = {GRAVE: "f", ACUTE: "s", HOOK: "r", TILDE: "x", DOT: "j", "": ""}
VNI_TONES = {GRAVE: "2", ACUTE: "1", HOOK: "3", TILDE: "4", DOT: "5", "": ""}
TELEX_MARKS = {"ă": "aw", "â": "aa", "ê": "ee", "ô": "oo", "ơ": "ow", "ư": "uw"}
VNI_MARKS = {"ă": "a8", "â": "a6", "ê": "e6", "ô": "o6", "ơ": "o7", "ư": "u7"}
STOPS = ("c", "ch", "p", "t", "k")


def every_syllable() -> list[tuple[str, str, str]]:
    """Onset, rime and tone of each syllable of the language."""
    return [
        (onset, rime, tone)
        for onset in ("", *ONSETS)
        for rime in sorted(RIMES)
        for tone in ("", *sorted(TONES))
        if is_syllable(onset + rime, tone)
        and not (onset == "gi" and rime.startswith("i"))  # written with one i: below
        and not (onset == "qu" and rime[0] in "uưô")
        and not (tone == "" and rime.endswith(STOPS) and onset + rime == place_tone(onset + rime, ""))
    ]


SYLLABLES = every_syllable()


def telex_spellings(onset: str, rime: str, tone: str) -> set[str]:
    """The ways in which people type a syllable: marks at once or later, ``dd`` at once or later, any place of the tone."""
    bare = "".join(TELEX_MARKS.get(letter, letter)[0] for letter in rime)
    late = (
        "w" if "ươ" in rime else "".join(TELEX_MARKS[letter][1] for letter in rime if letter in TELEX_MARKS)
    )
    rimes = {"".join(TELEX_MARKS.get(letter, letter) for letter in rime.replace("oo", "ooo"))}
    if "oo" not in rime:
        rimes.add(bare + late)
        rimes.add(bare.replace("uo", "uow") if "ươ" in rime else bare + late)
    typed = set()
    for letters in rimes:
        for whole in {
            onset.replace("đ", "dd") + letters,
            onset.replace("đ", "d") + letters + "d" * ("đ" in onset),
        }:
            typed.add(whole + TELEX_TONES[tone])
            last = max(at for at, key in enumerate(whole) if key in "aeiouyw")
            typed.add(whole[: last + 1] + TELEX_TONES[tone] + whole[last + 1 :])
    return typed


def vni_spellings(onset: str, rime: str, tone: str) -> set[str]:
    bare = "".join(VNI_MARKS.get(letter, letter)[0] for letter in rime)
    late = "".join(dict.fromkeys(VNI_MARKS[letter][1] for letter in rime if letter in VNI_MARKS))
    typed = set()
    for letters in {"".join(VNI_MARKS.get(letter, letter) for letter in rime), bare + late}:
        typed.add(onset.replace("đ", "d9") + letters + VNI_TONES[tone])
        typed.add(onset.replace("đ", "d") + letters + VNI_TONES[tone] + "9" * ("đ" in onset))
    return typed


def test_there_are_as_many_syllables_as_the_language_has() -> None:
    assert len(SYLLABLES) > 10_000


@pytest.mark.parametrize(
    ("spellings", "decoded"), [(telex_spellings, decode_telex), (vni_spellings, decode_vni)]
)
def test_every_syllable_comes_back_however_its_keys_were_pressed(
    spellings: Callable[[str, str, str], set[str]], decoded: Callable[[str], str | None]
) -> None:
    lost = {
        (typed, meant)
        for onset, rime, tone in SYLLABLES
        for meant in (word(place_tone(onset + rime, tone)).text,)
        for typed in spellings(onset, rime, tone)
        if typed != onset + rime and word(decoded(typed) or "").text != meant
    }

    assert lost == set()


def test_the_words_of_the_lexicon_are_syllables_and_come_back() -> None:
    """A check from outside: the tables of onsets and rimes above can't miss what they lack themselves."""
    marked = {
        item.text
        for group in shipped_groups()
        for entry in group.entries
        if entry.language == "vi" and entry.kind in {"same", "regional"}
        for item in words(entry.text)
        if item.marked
    }
    strange = {text for text in marked if not is_syllable(*split_tone(text))}

    # Loan words, words of other peoples, and one of a dialect.
    assert strange == {"atisô", "hmông", "khuyếc", "sôcôla", "zèng"}
    assert len(marked) > 1_000
    for text in sorted(marked - strange):
        assert text in {word(decode(typed) or "").text for typed in (_in_telex(text), _in_vni(text))}


def _in_telex(text: str) -> str:
    letters, tone = split_tone(text)
    return "".join({"đ": "dd", **TELEX_MARKS}.get(letter, letter) for letter in letters) + TELEX_TONES[tone]


def _in_vni(text: str) -> str:
    letters, tone = split_tone(text)
    return "".join({"đ": "d9", **VNI_MARKS}.get(letter, letter) for letter in letters) + VNI_TONES[tone]


@pytest.mark.parametrize(
    "text", ["giếng", "giêng", "giết", "giếc", "giền", "gì", "gìn", "giữ", "quốc", "khuỷu"]
)
def test_hard_syllables(text: str) -> None:
    assert is_syllable(*split_tone(text))
    assert decode(_in_telex(text)) == decode(_in_vni(text)) == text


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ddoong", "đông"), ("trungf", "trùng"), ("haj", "hạ"), ("thaor", "thảo"), ("nwowcs", "nước"), ("nuowcs", "nước"),
        ("dduowcj", "được"), ("dienjed", "điện"), ("toans", "toán"), ("tosan", "toán"), ("quaan", "quân"), ("giuwowngf", "giường"),
        ("gif", "gì"), ("xooong", "xoong"), ("thuowr", "thuở"), ("tw", "tư"), ("khuyur", "khuỷu"), ("nguyeenx", "nguyễn"),
        ("tuong7", "tương"), ("d9u7o7ng2", "đường"), ("duong792", "đường"), ("ma65t", "mật"), ("đow", "đơ"), ("di9en65", "điện"),
    ],
)  # fmt: skip
def test_orders_of_keys(typed: str, meant: str) -> None:
    assert decode(typed) == meant
