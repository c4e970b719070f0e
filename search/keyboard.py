"""Words typed with the Vietnamese keyboard switched off: undecoded Telex and VNI.

``caf phee`` is *cà phê* in Telex, ``tra2 o6 long`` is *trà ô long* in VNI. Decoding is offered only
where the result is a possible syllable; whether it is taken is for the interpretation to decide,
since some English words (``box``, ``mix``) decode too.
"""

from __future__ import annotations

import re
from typing import Final

from search.syllables import ACUTE, DOT, GRAVE, HOOK, TILDE, is_syllable, place_tone

_TELEX_TONES: Final = {"f": GRAVE, "s": ACUTE, "r": HOOK, "x": TILDE, "j": DOT}
_VNI_TONES: Final = {"2": GRAVE, "1": ACUTE, "3": HOOK, "4": TILDE, "5": DOT}
_TELEX: Final = re.compile(r"^(?P<onset>[bcdghklmnpqrstvx]*)(?P<rest>[a-z]*)$")
_VNI: Final = re.compile(r"^[a-z]+[0-9][a-z0-9]*$")
_HORN_OR_BREVE: Final = (("uo", "ươ"), ("ua", "ưa"), ("oa", "oă"))
_HORN_OR_BREVE_ONE: Final = (("u", "ư"), ("o", "ơ"), ("a", "ă"))


def decode(token: str) -> str | None:
    """Return the syllable that ``token`` (lower case, no marks) spells in Telex or VNI, or None."""
    return decode_telex(token) or decode_vni(token)


def decode_telex(token: str) -> str | None:
    """Return the syllable that ``token`` spells in Telex; None if it uses none of its keys."""
    match = _TELEX.match(token)
    if not match or not match["rest"]:
        return None
    onset, rest = match["onset"], match["rest"]
    if onset.startswith("dd"):
        onset = f"đ{onset[2:]}"
    tones = [letter for letter in rest if letter in _TELEX_TONES]
    if len(tones) > 1:
        return None
    letters = "".join(letter for letter in rest if letter not in _TELEX_TONES)
    for doubled, vowel in (("aa", "â"), ("ee", "ê"), ("oo", "ô")):
        letters = letters.replace(doubled, vowel, 1)
    if "w" in letters:
        horned = _with_horn(letters.replace("uw", "u", 1).replace("w", "", 1))
        if horned is None:
            return None
        letters = horned
    return _syllable(token, f"{onset}{letters}", _TELEX_TONES[tones[0]] if tones else "")


def decode_vni(token: str) -> str | None:
    """Return the syllable that ``token`` spells in VNI; None if it carries none of its digits."""
    if not _VNI.match(token):
        return None
    digits = [letter for letter in token if letter.isdigit()]
    letters = "".join(letter for letter in token if not letter.isdigit())
    tones = [digit for digit in digits if digit in _VNI_TONES]
    if len(tones) > 1:
        return None
    for digit in dict.fromkeys(digits):  # ``d9u7o7ng2`` repeats the key that horns both vowels
        if digit == "9":
            letters = letters.replace("d", "đ", 1)
        elif digit == "6":
            letters = re.sub("[aeo]", lambda found: "âêô"["aeo".index(found[0])], letters, count=1)
        elif digit == "8":
            letters = letters.replace("a", "ă", 1)
        elif digit == "7":
            letters = _with_horn(letters) or letters
        elif digit not in _VNI_TONES:
            return None
    return _syllable(token, letters, _VNI_TONES[tones[0]] if tones else "")


def _with_horn(letters: str) -> str | None:
    """Put the horn or breve that one key stands for on the vowels that can bear it."""
    for plain, horned in (*_HORN_OR_BREVE, *_HORN_OR_BREVE_ONE):
        if plain in letters:
            return letters.replace(plain, horned, 1)
    return "ư" if not letters else None


def _syllable(token: str, letters: str, tone: str) -> str | None:
    if (letters == token and not tone) or not is_syllable(letters, tone):
        return None
    return place_tone(letters, tone)
