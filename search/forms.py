"""In which form goods come (fresh, dried, tea bags …), read from their names and packs."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final

from search.text import is_bare, words

_DATA: Final = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class _Phrase:
    """Words that say a form, or (``says`` is false) that mean something else than it where they stand."""

    form: str
    words: tuple[str, ...]
    says: bool


@dataclass(frozen=True, slots=True)
class _Forms:
    """Every phrase by its first word, with its marks and without; and what each form implies."""

    marked: dict[str, list[_Phrase]]
    bare: dict[str, list[_Phrase]]
    implied: dict[str, tuple[str, ...]]


def forms_of(texts: Iterable[str | None]) -> tuple[str, ...]:
    """Return the keys of the forms that any of the texts says, in the order of their names."""
    return tuple(sorted({form for text in texts if text for form in _said(text)}))


def form_choices(language: str) -> dict[str, str]:
    """Return the forms that visitors can narrow by, with their names, in the order of the filter."""
    return {choice["key"]: choice[language if language in choice else "vi"] for choice in _choices()}


@lru_cache(maxsize=4_096)
def _said(text: str) -> frozenset[str]:
    """Return the forms that one text says; a text written without marks is compared without them."""
    bare = is_bare(text)
    sequence = [word.folded if bare else word.text for word in words(text)]
    forms = _forms()
    phrases = forms.bare if bare else forms.marked
    said: set[tuple[str, int]] = set()
    covered: set[tuple[str, int]] = set()
    for start, first in enumerate(sequence):
        for phrase in phrases.get(first, ()):
            end = start + len(phrase.words)
            if tuple(sequence[start:end]) != phrase.words:
                continue
            if phrase.says:
                said.add((phrase.form, start))
            else:
                covered.update((phrase.form, position) for position in range(start, end))
    keys = {form for form, _start in said - covered}
    return frozenset(keys.union(*(forms.implied[key] for key in keys)))


@cache
def _forms() -> _Forms:
    marked: defaultdict[str, list[_Phrase]] = defaultdict(list)
    bare: defaultdict[str, list[_Phrase]] = defaultdict(list)
    rows = _read("forms.toml")["form"]
    for row in rows:
        for says, texts in ((False, row.get("except", ())), (True, row["phrases"])):
            for text in texts:
                sequence = words(text)
                for table, spelt in (
                    (marked, [word.text for word in sequence]),
                    (bare, [word.folded for word in sequence]),
                ):
                    table[spelt[0]].append(_Phrase(row["key"], tuple(spelt), says))
    return _Forms(marked, bare, {row["key"]: tuple(row.get("implies", ())) for row in rows})


@cache
def _choices() -> tuple[dict[str, str], ...]:
    return tuple(_read("form_choices.toml")["choice"])


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((_DATA / name).read_text(encoding="utf-8"))
