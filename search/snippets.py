"""Why a good was found where its card doesn't show it: a few words of what is told of it, the words of the search marked."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.html import format_html
from django.utils.safestring import SafeString

from search.highlighting import highlight
from search.interpretation import Interpretation
from search.synonyms import find_concepts, lexicon
from search.text import Word, word, words
from search.wording import query_wording

#: Letters that a snippet shows at most, those before the first marked word, and how far marked words may lie apart.
_LETTERS: Final = 90
_BEFORE: Final = 24
_APART: Final = 60
_WORD: Final = re.compile(r"[^\W_]+")
_SENTENCE_ENDS: Final = ".!?…:;\n"


@dataclass(frozen=True, slots=True)
class Snippet:
    """A piece of a text as HTML, in `language`."""

    html: SafeString
    language: str


@dataclass(frozen=True, slots=True)
class _Sought:
    """What a card should show: some words of the search, by themselves or by what they name."""

    words: tuple[Word, ...]
    keys: frozenset[str] = frozenset()

    def places(self, text: _Text) -> set[int]:
        """Return the positions of words in a text that say it."""
        if self.keys:
            named = {at for key in self.keys for at in text.named[key]}
            if named:
                return named
        found = [at for at in range(len(text.sequence) - len(self.words) + 1) if self._stands_at(text, at)]
        return {at + step for at in found for step in range(len(self.words))}

    def _stands_at(self, text: _Text, at: int) -> bool:
        return all(
            held.text == wanted.text if wanted.marked else held.folded == wanted.folded
            for wanted, held in zip(self.words, text.sequence[at:], strict=False)
        )


class _Text:
    """A text cut into words, with what they name."""

    def __init__(self, text: str, *, names: bool) -> None:
        self.text = text
        self.spans = [match.span() for match in _WORD.finditer(text)]
        self.sequence = [word(text[start:end]) for start, end in self.spans]
        self.named: defaultdict[str, set[int]] = defaultdict(set)
        if names:
            broader = lexicon().broader
            for concept in find_concepts(self.sequence, lenient=False):
                for key in (concept.key, *broader.get(concept.key, ())):
                    self.named[key].update(range(concept.start, concept.end))


class SnippetFinder:
    """Finds snippets for the goods of one page."""

    def __init__(self, interpretation: Interpretation) -> None:
        self._interpretation = interpretation
        self._sought = tuple(_sought(interpretation))
        self._names = any(sought.keys for sought in self._sought)
        self._texts: dict[str, _Text] = {}

    def find(self, told: Iterable[tuple[str, str]], *, shown: str) -> Snippet | None:
        """Return a piece of the text (`told`: language and text) that says most of what `shown` doesn't; None where none does."""
        if not self._sought:
            return None
        on_card = self._read(shown)
        missing = [sought for sought in self._sought if not sought.places(on_card)]
        best: tuple[int, _Text, int, str] | None = None
        for language, text in told if missing else ():
            read = self._read(text)
            number, start = _densest(read, missing)
            if number > (best[0] if best else 0):
                best = (number, read, start, language)
        if best is None:
            return None
        _, read, start, language = best
        return Snippet(self._cut(read, start), language)

    def _read(self, text: str) -> _Text:
        if text not in self._texts:  # goods of one producer tell the same
            self._texts[text] = _Text(text, names=self._names)
        return self._texts[text]

    def _cut(self, text: _Text, first: int) -> SafeString:
        """Return the piece around the word ``first``, whole words, in one line."""
        start, end = _bounds(text, first)
        piece = " ".join(text.text[start:end].split())
        before = "… " if start and text.text[:start].rstrip()[-1:] not in _SENTENCE_ENDS else ""
        behind = " …" if text.text[end:].strip() and piece[-1:] not in _SENTENCE_ENDS else ""
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
            yield _Sought(tuple(unit), keys)


def _densest(text: _Text, wanted: Sequence[_Sought]) -> tuple[int, int]:
    """Return how much of what is wanted stands close together somewhere, and the first word of that."""
    places = sorted((at, number) for number, sought in enumerate(wanted) for at in sought.places(text))
    best = (0, 0)
    for index, (at, _) in enumerate(places):
        begin = text.spans[at][0]
        near = {
            number
            for other, number in places[index:]
            if text.spans[other][1] - begin <= _APART or other == at
        }
        if len(near) > best[0]:
            best = (len(near), at)
    return best


def _bounds(text: _Text, first: int) -> tuple[int, int]:
    """Return where a piece begins and ends that has the word ``first`` near its beginning."""
    at = text.spans[first][0]
    start = at
    for begin, end in reversed(text.spans[:first]):
        between = text.text[end:start]
        if at - begin > _BEFORE or any(mark in between for mark in _SENTENCE_ENDS):
            break
        start = begin
    end = text.spans[first][1]
    for _, word_end in text.spans[first:]:
        if word_end - start > _LETTERS:
            break
        end = word_end
    rest = text.text[end:]
    return start, end + len(rest) - len(rest.lstrip(_SENTENCE_ENDS.strip() + ')”"'))
