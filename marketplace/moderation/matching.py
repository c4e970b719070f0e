"""Finds phrases in what people write, however they are spaced, dotted, stretched or spelt without marks.

`ngu`, `n g u`, `n.g.u`, `nguuuu` and `NGỤ` are one word to a phrase whose marks don't count. Pure functions.
"""

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

from marketplace.folding import folded

#: A letter written more often than twice is one that was stretched.
_STRETCHED: Final = re.compile(r"(.)\1{2,}")
_WORDS: Final = re.compile(r"[^\W_]+")


def written_like(text: str, *, marks_count: bool) -> list[str]:
    """Return the words of `text` as they are compared: small letters, with marks only where they count."""
    plain = unicodedata.normalize("NFKC", text)
    small = plain.lower() if marks_count else folded(plain)
    return [_STRETCHED.sub(r"\1", word) for word in _WORDS.findall(small)]


def stands_in(phrase: Sequence[str], words: Sequence[str]) -> bool:
    """Return whether `phrase` stands among `words` (both of `written_like`): whole, run together, or taken apart into letters.

    Words that are whole elsewhere are left alone: `lo` and `n` make one only because the second is a single letter.
    """
    wanted, length = "".join(phrase), len(phrase)
    for start in range(len(words)):
        together = ""
        for end in range(start, len(words)):
            together += words[end]
            if not wanted.startswith(together):
                break
            if together == wanted and _is_meant(words[start : end + 1], length, phrase):
                return True
    return False


def _is_meant(found: Sequence[str], length: int, phrase: Sequence[str]) -> bool:
    run_together = len(found) == 1
    taken_apart = any(len(word) == 1 for word in found)
    return run_together or taken_apart or (len(found) == length and list(found) == list(phrase))
