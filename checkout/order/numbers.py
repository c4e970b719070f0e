"""Order numbers that nobody can guess and anybody can read out on the phone: `OC-7K3M-9QXD`.

Seven random characters of 31 (27 thousand million), without those that look or sound like another (0 O, 1 I L), and a check character
that catches every single slip and every swap of neighbours: 31 is a prime.
"""

import re
import secrets
from typing import Final

ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_PREFIX: Final = "OC"
_LENGTH: Final = 7
_NOT_WRITTEN = re.compile(r"[^0-9A-Z]")


def new_order_number() -> str:
    """Return a number that hasn't been drawn before, as far as chance goes; the database's constraint has the last word."""
    drawn = "".join(secrets.choice(ALPHABET) for _ in range(_LENGTH))
    return _written(drawn + _check_character(drawn))


def read_order_number(text: str) -> str | None:
    """Return the number that a person typed or read out, in its one spelling, or None where it can't be one."""
    characters = _NOT_WRITTEN.sub("", text.upper()).removeprefix(_PREFIX)
    if len(characters) != _LENGTH + 1 or any(character not in ALPHABET for character in characters):
        return None
    return _written(characters) if _check_character(characters[:-1]) == characters[-1] else None


def _check_character(characters: str) -> str:
    weighted = sum(place * ALPHABET.index(character) for place, character in enumerate(characters, start=2))
    return ALPHABET[weighted % len(ALPHABET)]


def _written(characters: str) -> str:
    return f"{_PREFIX}-{characters[:4]}-{characters[4:]}"
