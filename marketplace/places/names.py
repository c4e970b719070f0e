"""Names of Vietnamese places: their kinds, and the forms in which names are compared.

Pure functions. Names are compared in two forms: `place_key` forgets accents, spaces and hyphens, so that `Dalat`,
`Đà Lạt` and `da lat` are one; `accent_key` keeps the accents but not where the tone mark stands, so that `Hoà` and
`Hòa` are one and `Tân Hòa` and `Tân Hoa` are not.
"""

import re
import unicodedata
from functools import lru_cache

XA = "xã"
PHUONG = "phường"
THI_TRAN = "thị trấn"
DAC_KHU = "đặc khu"
HUYEN = "huyện"
QUAN = "quận"
THI_XA = "thị xã"
THANH_PHO = "thành phố"
TINH = "tỉnh"

COMMUNE_KINDS = (PHUONG, THI_TRAN, DAC_KHU, XA)
DISTRICT_KINDS = (HUYEN, QUAN, THI_XA, THANH_PHO)
PROVINCE_KINDS = (TINH, THANH_PHO)

_ENGLISH_KINDS = {
    XA: "Commune",
    PHUONG: "Ward",
    THI_TRAN: "Township",
    DAC_KHU: "Special Zone",
    HUYEN: "District",
    QUAN: "District",
    THI_XA: "Town",
    THANH_PHO: "City",
    TINH: "Province",
}
_ABBREVIATIONS = {PHUONG: "P.", THI_TRAN: "TT.", HUYEN: "H.", QUAN: "Q.", THI_XA: "TX.", THANH_PHO: "TP."}

# `Thi trấn` is a slip of the published list.
_KIND_PREFIX = re.compile(
    r"^(?P<kind>thành phố|thị xã|th[ịi] trấn|đặc khu|phường|quận|huyện|tỉnh|xã)\s+(?P<short>.+)$",
    re.IGNORECASE,
)
TONE_MARKS = "\u0300\u0301\u0303\u0309\u0323"  # grave, acute, tilde, hook, dot below
_WORD = re.compile(r"[^\W_]+", re.UNICODE)
_NOT_ALPHANUMERIC = re.compile(r"[^0-9a-z]+")
# `Mỹ` and `Mĩ`, `Quy Nhơn` and `Qui Nhơn` are the same names; `Tây` and `Tai` are not.
_Y_AS_I = re.compile(r"(?:(?<=[bcdghklmnpqrstvx])|(?<=qu))y\b")
_LEADING_ZEROS = re.compile(r"(?<!\d)0+(?=\d)")


def fold(text: str) -> str:
    """Return `text` in lower case without accents: `Đắk R'lấp` becomes `dak r'lap`."""
    decomposed = unicodedata.normalize("NFD", text.lower())
    bare = "".join(character for character in decomposed if not unicodedata.combining(character))
    return bare.replace("đ", "d").replace("ð", "d")


def place_key(text: str) -> str:
    """Return the form of a name that forgets accents, spaces, hyphens and leading zeros.

    `Đà Lạt`, `Dalat` and `DA-LAT` give `dalat`; `Mỹ Thọ` and `Mĩ Thọ` give `mitho`; `07` gives `7`.
    """
    return _NOT_ALPHANUMERIC.sub("", _LEADING_ZEROS.sub("", _Y_AS_I.sub("i", fold(text))))


def accent_key(text: str) -> str:
    """Return the form of a name that keeps accents, but not which vowel of a syllable carries the tone mark."""
    return " ".join(_tone_last(word) for word in _WORD.findall(unicodedata.normalize("NFC", text).lower()))


@lru_cache(maxsize=16_384)  # Vietnamese is written with fewer syllables than that
def _tone_last(syllable: str) -> str:
    decomposed = unicodedata.normalize("NFD", syllable)
    tones = "".join(mark for mark in decomposed if mark in TONE_MARKS)
    letters = "".join(mark for mark in decomposed if mark not in TONE_MARKS)
    return unicodedata.normalize("NFC", letters) + tones


def accents_fit(written: str, name: str) -> bool:
    """Say whether the accents of `written` may be those of `name`, both as `accent_key` gives them: left out, but not others.

    `Phu Hội` and `Đăk Song` fit `Phú Hội` and `Đắk Song`; `Phú Hồi` does not.
    """
    pairs = list(zip(written.split(), name.split(), strict=False))
    return all(_marks_fit(_marked_letters(typed), _marked_letters(official)) for typed, official in pairs)


def _marks_fit(typed: list[tuple[str, frozenset[str]]], official: list[tuple[str, frozenset[str]]]) -> bool:
    """Say that nothing typed contradicts. Syllables of other letters (a word written in one, `07` for `7`) are not compared."""
    if [letter for letter, _marks in typed] != [letter for letter, _marks in official]:
        return True
    return all(marks <= known for (_, marks), (_, known) in zip(typed, official, strict=True))


@lru_cache(maxsize=16_384)
def _marked_letters(syllable: str) -> list[tuple[str, frozenset[str]]]:
    """Take a syllable apart into letters and what each carries; a tone stands on the last one, see `accent_key`."""
    letters: list[tuple[str, frozenset[str]]] = []
    for character in unicodedata.normalize("NFD", _Y_AS_I.sub("i", syllable)):
        if unicodedata.combining(character) and letters:
            letter, marks = letters[-1]
            letters[-1] = (letter, marks | {character})
        else:
            letters.append(("d", frozenset("-")) if character == "đ" else (character, frozenset()))
    return letters


def has_accents(text: str) -> bool:
    """Say whether `text` was written with Vietnamese accents at all."""
    return not text.isascii()


def split_kind(name: str) -> tuple[str, str]:
    """Split an official name into kind and name proper: `Thị trấn Liên Nghĩa` gives `("thị trấn", "Liên Nghĩa")`.

    The kind is empty where the name carries none.
    """
    match = _KIND_PREFIX.match(name.strip())
    if match is None:
        return "", name.strip()
    kind = match["kind"].lower()
    return (THI_TRAN if kind == "thi trấn" else kind), match["short"]


def official_name(name: str) -> str:
    """Return `name` as published, with one spelling of its kind and single spaces: `thị Xã  Kỳ Anh` → `Thị xã Kỳ Anh`."""
    kind, short = split_kind(unicodedata.normalize("NFC", " ".join(name.split())))
    return f"{kind.capitalize()} {short}" if kind else short


def short_name(name: str) -> str:
    """Return the name as people say it, without its kind: `Tỉnh Lâm Đồng` gives `Lâm Đồng`.

    A number alone is no name: `Phường 7` and `Quận 1` stay whole.
    """
    _, short = split_kind(name)
    return name if short.isdigit() else short


def abbreviated_name(name: str) -> str:
    """Return the name as on an envelope or a card: `P. Lâm Viên - Đà Lạt`; a commune's `Xã` isn't shortened."""
    kind, short = split_kind(name)
    return f"{_ABBREVIATIONS[kind]} {short}" if kind in _ABBREVIATIONS else name


def english_name(name: str, *, keep_marks: bool = True) -> str:
    """Return the name in English word order: `Xã Đức Trọng` gives `Đức Trọng Commune`.

    Vietnamese marks stay unless `keep_marks` is false, for carriers and customs forms that take ASCII only.
    """
    kind, short = split_kind(name)
    if not keep_marks:
        short = strip_marks(short)
    if not kind:
        return short
    if short.isdigit():
        return f"{_ENGLISH_KINDS[kind]} {short}"
    return f"{short} {_ENGLISH_KINDS[kind]}"


def strip_marks(text: str) -> str:
    """Return `text` in plain Latin letters, case kept: `Đắk Nông` gives `Dak Nong`."""
    decomposed = unicodedata.normalize("NFD", text)
    bare = "".join(character for character in decomposed if not unicodedata.combining(character))
    return bare.replace("đ", "d").replace("Đ", "D")
