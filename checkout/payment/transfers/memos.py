"""Finds the order's number in what a buyer wrote as the memo of a transfer, however bank and buyer spelt it."""

import re
from collections.abc import Iterable
from itertools import pairwise
from typing import Final

from checkout.order.numbers import ALPHABET, read_order_number
from marketplace.folding import folded

#: `OC` and eight characters, wherever they stand: banks glue their own codes to both sides.
_WITH_PREFIX = re.compile(rf"(?=OC([{ALPHABET}]{{8}}))")
_LENGTH: Final = 8
_HALF: Final = 4
#: Slips of a person's hand for which a number is still proposed.
_MOST_SLIPS: Final = 2
#: Characters of a number that a bank cut off at which it still says something.
_FEWEST_LEFT: Final = 5


def memo_of(order_number: str) -> str:
    """Return what a buyer is asked to write: the number without signs, which some banks leave out anyway."""
    return order_number.replace("-", "")


def order_numbers_in(memo: str) -> list[str]:
    """Return the order numbers that `memo` holds, each once, as they are written: `OC-7K3M-9QXD`.

    With or without hyphens, in any case, inside other words; without `OC` only where it stands as a word (or two halves) of its own. The
    check character holds off what merely looks like one.
    """
    words = folded(memo).upper().split()
    candidates = _WITH_PREFIX.findall("".join(words))
    candidates += [word for word in words if len(word) == _LENGTH]
    candidates += [first + second for first, second in pairwise(words) if len(first) == len(second) == _HALF]
    read = (read_order_number(candidate) for candidate in candidates)
    return list(dict.fromkeys(number for number in read if number))


def is_nothing_but(memo: str, order_number: str) -> bool:
    """Return whether `memo` is the order's number and nothing else, however it is spelt."""
    written = "".join(letter for letter in folded(memo).upper() if letter.isalnum())
    return written.removeprefix("OC") == memo_of(order_number).removeprefix("OC")


def nearly_in(memo: str, numbers: Iterable[str]) -> list[str]:
    """Return those of `numbers` that `memo` could mean: one or two characters wrong, or the end cut off by a bank."""
    text = "".join(folded(memo).upper().split())
    return [number for number in numbers if _is_nearly_in(text, memo_of(number))]


def _is_nearly_in(text: str, number: str) -> bool:
    kept = next((length for length in range(len(number), 0, -1) if text.endswith(number[:length])), 0)
    if kept - len("OC") >= _FEWEST_LEFT:
        return True
    windows = (text[start : start + len(number)] for start in range(len(text) - len(number) + 1))
    return any(_slips(window, number) <= _MOST_SLIPS for window in windows)


def _slips(written: str, meant: str) -> int:
    return sum(one != other for one, other in zip(written, meant, strict=True))
