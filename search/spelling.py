"""First handling of misspelling: words that no good knows are replaced by the nearest that one does."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

from search.text import fold

#: Sounds that regions or habit write alike, on words without marks: (pattern, common letters).
_CONFUSIONS: Final = tuple(
    (re.compile(pattern), common)
    for pattern, common in (
        (r"^ngh", "ng"),
        (r"^gh", "g"),
        (r"^(?:tr|ch)", "ch"),
        (r"^(?:s|x)", "s"),
        (r"^(?:gi|d|r)(?=[aeiouy])", "d"),
        (r"^(?:l|n)(?=[aeiouy])", "l"),
        (r"^(?:k|q)", "c"),
        (r"(?:ch|c|k|t)$", "t"),
        (r"(?:ng|nh|n)$", "n"),
        (r"([a-z])\1", r"\1"),
    )
)
_SHORTEST: Final = 3
_LONG: Final = 8


def sound_key(folded: str) -> str:
    """Return ``folded`` with letters of confusable sounds made one."""
    for pattern, common in _CONFUSIONS:
        folded = pattern.sub(common, folded)
    return folded


@dataclass(frozen=True)
class Vocabulary:
    """The words that stand in the shown goods' names, places, producers and kinds.

    ``counts``: canonical word to number of documents. ``hidden``: words that are known but never
    offered (those of goods that may not be shown to everyone).
    """

    counts: Mapping[str, int]
    hidden: frozenset[str] = frozenset()
    _best: dict[str, str] = field(init=False, repr=False)
    _total: dict[str, int] = field(init=False, repr=False)
    _sounds: dict[str, list[str]] = field(init=False, repr=False)
    _hidden_folded: frozenset[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        best: dict[str, str] = {}
        total: dict[str, int] = {}
        sounds: dict[str, list[str]] = {}
        for text, count in self.counts.items():
            folded = fold(text)
            if folded not in best or count > self.counts[best[folded]]:
                best[folded] = text
            total[folded] = total.get(folded, 0) + count
        for folded in best:
            sounds.setdefault(sound_key(folded), []).append(folded)
        object.__setattr__(self, "_best", best)
        object.__setattr__(self, "_total", total)
        object.__setattr__(self, "_sounds", sounds)
        object.__setattr__(self, "_hidden_folded", frozenset(fold(text) for text in self.hidden))

    def __bool__(self) -> bool:
        return bool(self.counts)

    def knows(self, text: str) -> bool:
        """Whether a good has the word with exactly these marks."""
        return text in self.counts or text in self.hidden

    def knows_folded(self, folded: str) -> bool:
        """Whether a good has the word with any marks."""
        return folded in self._best or folded in self._hidden_folded

    def display(self, folded: str) -> str:
        """Return the commonest way to write ``folded``."""
        return self._best.get(folded, folded)

    def nearest(self, folded: str, *, by_sound_only: bool = False) -> str | None:
        """Return the known word (without marks) that ``folded`` most likely means, or None.

        A word of the same sound comes first, then the fewest changed letters, then the commoner.
        Words under three letters and words with digits are left alone.
        """
        if len(folded) < _SHORTEST or not folded.isalpha():
            return None
        candidates: Iterable[tuple[str, float]] = [
            (known, 0.5) for known in self._sounds.get(sound_key(folded), ())
        ]
        if len(folded) > _SHORTEST and not by_sound_only:
            limit = 2 if len(folded) >= _LONG else 1
            candidates = [
                *candidates,
                *(
                    (known, float(distance))
                    for known, distance, _ in process.extract(
                        folded, list(self._total), scorer=OSA.distance,
                        score_cutoff=limit, limit=50,
                    )
                    if len(known) >= _SHORTEST
                ),
            ]  # fmt: skip
        return min(
            candidates,
            key=lambda found: (found[1], -self._total[found[0]], found[0]),
            default=(None, 0.0),
        )[0]
