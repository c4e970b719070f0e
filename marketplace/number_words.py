"""Whole numbers in Vietnamese words, as invoices write sums."""

from typing import Final

_DIGITS: Final = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
#: Groups of three digits; beyond a billion they begin again (*nghìn tỷ*, *triệu tỷ*).
_GROUPS: Final = ("", "nghìn", "triệu", "tỷ")
MOST: Final = 10**18 - 1


def number_words(number: int) -> str:
    """Return `number` (0 to `MOST`) in words: 1.205.000 is *một triệu hai trăm linh năm nghìn*. Raises ValueError outside."""
    if not 0 <= number <= MOST:
        raise ValueError(f"no words for {number}")
    return " ".join(_words(number)) or _DIGITS[0]


def _words(number: int) -> list[str]:
    billions, rest = divmod(number, 10**9)
    words = [*_words(billions), _GROUPS[3]] if billions else []
    for power in (2, 1, 0):
        group = rest // 1_000**power % 1_000
        if group:
            words += [*_group(group, leads=not words), *([_GROUPS[power]] if power else [])]
    return words


def _group(group: int, *, leads: bool) -> list[str]:
    """Return the words of three digits; only the first group of a number leaves out the hundreds that it hasn't."""
    hundreds, tens, ones = group // 100, group // 10 % 10, group % 10
    words = [] if leads and not hundreds else [_DIGITS[hundreds], "trăm"]
    if tens > 1:
        words += [_DIGITS[tens], "mươi"]
    elif tens == 1:
        words.append("mười")
    elif ones and words:
        words.append("linh")
    if ones == 1 and tens > 1:
        words.append("mốt")
    elif ones == 5 and tens:
        words.append("lăm")
    elif ones:
        words.append(_DIGITS[ones])
    return words
