"""Why a good was found where its card doesn't show it: a few words of what is told of it, the words of the search marked."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from django.utils.html import format_html
from django.utils.safestring import SafeString

from search.highlighting import highlight
from search.interpretation import Interpretation
from search.synonyms import find_concepts, lexicon
from search.text import Word, fold_in_place, word, words
from search.wording import query_wording

#: Letters that a snippet shows at most, those before the first marked word, and how far marked words may lie apart.
_LETTERS: Final = 90
_BEFORE: Final = 24
_APART: Final = 60
#: In a longer text only the words themselves are looked for, not what else names the same.
_LONGEST_NAMED: Final = 1_500
_WORD: Final = re.compile(r"[^\W_]+")
_SENTENCE_ENDS: Final = ".!?…:;\n"


@dataclass(frozen=True, slots=True)
class Snippet:
    """A piece of a text as HTML, in `language`."""

    html: SafeString
    language: str


@dataclass(frozen=True, slots=True)
class _Sought:
    """What a card should show: some words of the search (``pattern`` finds them without marks), or another name of the same."""

    words: tuple[Word, ...]
    pattern: re.Pattern[str]
    keys: frozenset[str] = frozenset()

    def spans(self, text: _Text) -> list[tuple[int, int]]:
        """Return where a text says it, from letter to letter."""
        found = [match.span() for match in self.pattern.finditer(text.folded)]
        spelt = [span for span in found if self._is_spelt(text.text[slice(*span)])]
        if spelt or not self.keys or len(text.text) > _LONGEST_NAMED:
            return spelt
        return [span for key, span in text.named if key in self.keys]

    def _is_spelt(self, said: str) -> bool:
        """Whether these are the words with the marks that were typed."""
        return all(
            not wanted.marked or wanted.text == held.text
            for wanted, held in zip(self.words, words(said), strict=False)
        )


class _Text:
    """A text as it is looked through: without marks letter by letter, and cut into words only where it must be."""

    def __init__(self, text: str) -> None:
        self.text = unicodedata.normalize("NFC", text)
        self.folded = _as_one(fold_in_place(self.text))

    @cached_property
    def named(self) -> list[tuple[str, tuple[int, int]]]:
        """What the text names, as the lexicon knows it, and where."""
        spans = [match.span() for match in _WORD.finditer(self.text)]
        sequence = [word(self.text[start:end]) for start, end in spans]
        broader = lexicon().broader
        return [
            (key, (spans[concept.start][0], spans[concept.end - 1][1]))
            for concept in find_concepts(sequence, lenient=False)
            for key in (concept.key, *broader.get(concept.key, ()))
        ]


class SnippetFinder:
    """Finds snippets for the goods of one page."""

    def __init__(self, interpretation: Interpretation) -> None:
        self._interpretation = interpretation
        self._sought = tuple(_sought(interpretation))
        self._texts: dict[str, _Text] = {}

    def find(self, told: Iterable[tuple[str, str]], *, shown: str) -> Snippet | None:
        """Return a piece of the text (`told`: language and text) that says most of what `shown` doesn't; None where none does."""
        on_card = _Text(shown)
        missing = [sought for sought in self._sought if not sought.spans(on_card)]
        best: tuple[int, _Text, tuple[int, int], str] | None = None
        for language, text in told if missing else ():
            read = self._read(text)
            number, span = _densest([sought.spans(read) for sought in missing])
            if number > (best[0] if best else 0):
                best = (number, read, span, language)
            if number == len(missing):
                break
        if best is None:
            return None
        _, read, span, language = best
        return Snippet(self._cut(read.text, *span), language)

    def _read(self, text: str) -> _Text:
        if text not in self._texts:  # goods of one producer tell the same
            self._texts[text] = _Text(text)
        return self._texts[text]

    def _cut(self, text: str, first: int, last: int) -> SafeString:
        """Return the piece around letters ``first`` to ``last``: whole words, in one line, within a sentence where that is long enough."""
        start, end = _beginning(text, first), _end(text, first, last)
        piece = " ".join(text[start:end].split())
        before = "… " if start and text[:start].rstrip()[-1:] not in _SENTENCE_ENDS else ""
        behind = " …" if text[end:].strip() and piece[-1:] not in _SENTENCE_ENDS else ""
        return format_html("{}{}{}", before, highlight(piece, self._interpretation), behind)


def _sought(interpretation: Interpretation) -> Iterable[_Sought]:
    """Yield what cards should show of a search: not what chips say, praise or bare numbers."""
    asked = interpretation.words
    on_chips = {item.text for intent in interpretation.intents for item in words(intent.said)}
    praise = query_wording().describing
    spans: defaultdict[tuple[int, int], set[str]] = defaultdict(set)
    for concept in find_concepts(asked, lenient=True):
        if concept.key in interpretation.concepts:
            spans[concept.start, concept.end].add(concept.key)
    covered = {at for start, end in spans for at in range(start, end)}
    units = [(asked[start:end], frozenset(keys)) for (start, end), keys in sorted(spans.items())]
    units += [((item,), frozenset()) for at, item in enumerate(asked) if at not in covered]
    for unit, keys in units:
        said = [item.text for item in unit]
        if not on_chips.issuperset(said) and not praise.issuperset(said) and not "".join(said).isdigit():
            folded = r"[\W_]+".join(re.escape(_as_one(item.folded)) for item in unit)
            yield _Sought(tuple(unit), re.compile(rf"(?<![^\W_]){folded}(?![^\W_])"), keys)


def _as_one(folded: str) -> str:
    """Return a folded text with *y* as *i*: they stand for one another (*mỳ*, *mì*)."""
    return folded.replace("y", "i")


def _densest(spans: Sequence[Sequence[tuple[int, int]]]) -> tuple[int, tuple[int, int]]:
    """Return how many of several things (where each stands) stand close together somewhere, and where the first of them does."""
    places = sorted((span, number) for number, own in enumerate(spans) for span in own)
    best, at = 0, (0, 0)
    behind = 0
    near: Counter[int] = Counter()
    for span, number in reversed(places):
        near[number] += 1
        while places[len(places) - 1 - behind][0][1] - span[0] > _APART and near.total() > 1:
            last = places[len(places) - 1 - behind][1]
            near[last] -= 1
            behind += 1
        together = len(+near)
        if together >= best:
            best, at = together, span
    return best, at


def _beginning(text: str, first: int) -> int:
    """Return where a piece begins that has letter ``first`` near its beginning: at its sentence's, if that is near."""
    start = first
    for match in reversed(list(_WORD.finditer(text, max(0, first - 2 * _BEFORE), first))):
        between = text[match.end() : start]
        is_cut = match.start() == first - 2 * _BEFORE > 0
        if first - match.start() > _BEFORE or is_cut or any(mark in between for mark in _SENTENCE_ENDS):
            break
        start = match.start()
    return start


def _end(text: str, start: int, last: int) -> int:
    """Return where a piece ends that holds letter ``last``, with the mark that ends its sentence."""
    end = last
    for match in _WORD.finditer(text, last, last + 2 * _LETTERS):
        if match.end() - start > _LETTERS or match.end() == last + 2 * _LETTERS:
            break
        end = match.end()
    rest = text[end:]
    return end + len(rest) - len(rest.lstrip(_SENTENCE_ENDS.strip() + ')”"'))
